// What a PBX does beyond a ring group, on the real thing: each call is told as it happened, on the
// cards, to the others, and in the database.
import { expect, test } from "@playwright/test";

import { Centre, customer, number } from "../support/centre.js";
import type { CallState } from "../support/client.js";
import { card } from "../support/people.js";
import { eventually } from "../support/process.js";

let centre: Centre;
test.beforeAll(async ({ browser }) => {
  centre = await Centre.open(browser, ["1000", "1001"]);
});
test.afterAll(() => centre?.close());
test.beforeEach(() => centre.quiet());
test.afterEach(async () => {
  await centre.telephones.hangUp();
  await centre.asterisk.hangUpAll();
  await centre.quiet();
  expect((await centre.server.health()).liveCalls, "no live call is left").toBe(0);
  await centre.tidy();
});

/** The first state of a call that the floor has not seen before and that fits. */
async function story(known: string[], fits: (state: CallState) => boolean): Promise<CallState> {
  return centre.floor.state((state) => !known.includes(state.callId) && fits(state));
}

/** The call in the database, once it is over. */
const row = (call: string) =>
  eventually(`${call} is over in the database`, 15, () => {
    const columns = "direction, outcome, coalesce(answered_by, '-'), coalesce(answered_outside, '-'), coalesce(customer_id, '-'), voicemail, hidden";
    const rows = centre.server.sql(`SELECT ${columns} FROM calls WHERE id = '${call}' AND ended_at IS NOT NULL`);
    return rows[0];
  });

const answering = { 1000: { does: "answer", after: 1500 } } as const;

test("a number that the dialplan normalises first is looked up as it is then", async () => {
  await centre.telephones.all(answering);
  const known = centre.known();
  centre.telephones.call({ number: `84${number(0).slice(1)}`, to: "1911", talk: 3000 });
  const { callId } = await story(known, (state) => state.data?.name === customer(0));
  await expect(card(centre.page("1000"), callId).locator("h1.name")).toHaveText(customer(0));
  expect(await row(callId)).toBe("inbound|answered|1000|-|1|0|0");
});

test("a number that is replaced while phones ring shows the other customer, who gets the note", async () => {
  await centre.telephones.all({ 1001: { does: "answer", after: 3500, only: "Replaced" } });
  const known = centre.known();
  centre.telephones.call({ number: number(0), to: "1912", talk: 12_000 });
  const first = await story(known, (state) => state.data?.name === customer(0));
  const { callId } = await story(known, (state) => state.data?.name === customer(2) && state.callId === first.callId);
  const page = centre.page("1001");
  await expect(card(page, callId)).toHaveAttribute("data-phase", "talking");
  await expect(card(page, callId).locator("h1.name")).toHaveText(customer(2));
  await card(page, callId).locator("textarea[name=note]").fill("Bàn ngoài trời");
  await card(page, callId).locator(".save").click();
  await expect(card(page, callId).locator(".saved")).toHaveAttribute("data-where", "saved");
  expect(await row(callId)).toBe("inbound|answered|1001|-|3|0|0");
  expect(centre.server.sql(`SELECT customer_id FROM notes WHERE call_id = '${callId}'`)).toEqual(["3"]);
});

test("who joins the caller's conference talks with the caller: one call, a card each", async () => {
  await centre.telephones.all({});
  const known = centre.known();
  centre.telephones.call({ number: number(0), to: "1913", talk: 9000 });
  const { callId } = await story(known, (state) => state.callerId === number(0));
  centre.telephones.call({ number: "1000", to: "8000", talk: 20_000 });
  await story(known, (state) => state.callId === callId && state.answeredBy === "1000");
  centre.telephones.call({ number: "1001", to: "8000", talk: 20_000 });
  await story(known, (state) => state.callId === callId && state.talking.length === 2);
  for (const exten of ["1000", "1001"]) await expect(card(centre.page(exten), callId).locator("h1.name")).toHaveText(customer(0));
  expect(await row(callId)).toBe("inbound|answered|1000|-|1|0|0");
});

test("a parked caller is on hold, and whoever takes them has the card", async () => {
  await centre.telephones.all({ 1000: { does: "answer", after: 1000, transfer: { after: 1500, to: "70" } } });
  const known = centre.known();
  centre.telephones.call({ number: number(0), to: "1914", talk: 14_000 });
  const { callId } = await story(known, (state) => state.answeredBy === "1000");
  await story(known, (state) => state.callId === callId && state.phase === "held" && state.place?.kind === "parked");
  centre.telephones.call({ number: "1001", to: "71", talk: 20_000 });
  await story(known, (state) => state.callId === callId && state.answeredBy === "1001" && state.phase === "talking");
  await expect(card(centre.page("1001"), callId).locator("h1.name")).toHaveText(customer(0));
  expect(await row(callId)).toBe("inbound|answered|1001|-|1|0|0");
});

test("a caller who hangs up in the voicemail was missed", async () => {
  await centre.telephones.all({});
  const known = centre.known();
  centre.telephones.call({ number: number(0), to: "1914", talk: 3000 });
  const { callId } = await story(known, (state) => state.callerId === number(0));
  expect(await row(callId)).toBe("inbound|missed|-|-|1|1|0");
});

test("a mobile that must press 1 has answered when it has pressed, and not before", async () => {
  await centre.telephones.all({});
  await centre.telephones.outside({ does: "answer", after: 1000, press: { after: 3000, key: "1" } });
  const known = centre.known();
  centre.telephones.call({ number: number(0), to: "1915", talk: 9000 });
  const { callId } = await story(known, (state) => state.phase === "ringing");
  const talks = await story(known, (state) => state.callId === callId && state.phase === "talking");
  expect(talks.answeredOutside).toBe("0912000111");
  const [answered, started] = [Date.parse(talks.answeredAt ?? ""), Date.parse(talks.startedAt)];
  expect(answered - started, "it came to the phone after one second and pressed after four").toBeGreaterThan(2500);
  await expect(card(centre.page("1000"), callId)).toContainText("0912000111");
  expect(await row(callId)).toBe("inbound|answered|-|0912000111|1|0|0");
});

test("a call that a mobile outside answers is told so on the folded card", async () => {
  await centre.telephones.all({});
  await centre.telephones.outside({ does: "answer", after: 2500 });
  const known = centre.known();
  centre.telephones.call({ number: number(0), to: "1916", talk: 6000 });
  const { callId } = await story(known, (state) => state.answeredOutside === "0912000111");
  await expect(card(centre.page("1000"), callId)).toHaveAttribute("data-phase", "left");
  await expect(card(centre.page("1000"), callId)).toContainText("0912000111");
  expect(await row(callId)).toBe("inbound|answered|-|0912000111|1|0|0");
});

test("a withheld number is neither shown nor looked up, though the carrier says it", async () => {
  await centre.telephones.all(answering);
  const known = centre.known();
  const { lookups } = await centre.server.health();
  centre.telephones.call({ number: number(0), to: "1901", talk: 3000, withheld: true });
  const { callId } = await story(known, (state) => state.hidden && state.phase === "ringing");
  await expect(card(centre.page("1000"), callId)).toBeVisible();
  expect(await card(centre.page("1000"), callId).textContent()).not.toContain(number(0).slice(-4));
  // Asterisk makes the channel before it says that the number is withheld: what was told until then is
  // of the moment before anything rings.
  const rings = centre.floor.frames.findIndex((frame) => frame.callId === callId && frame.phase === "ringing");
  const since = centre.floor.frames.slice(rings).filter((frame) => frame.callId === callId);
  expect(JSON.stringify(since)).not.toContain(number(0).slice(1));
  expect(await row(callId)).toBe("inbound|answered|1000|-|-|0|1");
  expect((await centre.server.health()).lookups).toBe(lookups);
});

test("a snoop by another application is no call", async () => {
  await centre.telephones.all(answering);
  const known = centre.known();
  centre.telephones.call({ number: number(0), to: "1901", talk: 7000 });
  const { callId } = await story(known, (state) => state.phase === "talking");
  const before = centre.server.sql("SELECT count(*) FROM calls")[0];
  const end = await centre.asterisk.snoop(callId.slice(callId.indexOf(":") + 1));
  await new Promise((done) => setTimeout(done, 1500));
  expect((await centre.server.health()).liveCalls).toBe(1);
  await end();
  await row(callId);
  expect(centre.server.sql("SELECT count(*) FROM calls")[0]).toBe(before);
});

test("an agent's call outside is a card of the customer who is called, with note and wrap-up", async () => {
  await centre.telephones.all({});
  await centre.telephones.outside({ does: "answer", after: 6000 });
  const known = centre.known();
  centre.telephones.call({ number: "1000", to: number(3), talk: 6000 });
  const { callId } = await story(known, (state) => state.direction === "outbound" && state.data?.name === customer(3));
  const page = centre.page("1000");
  await expect(card(page, callId)).toHaveAttribute("data-phase", "calling");
  await expect(card(page, callId).locator("h1.name")).toHaveText(customer(3));
  await expect(card(page, callId)).toHaveAttribute("data-phase", "talking");
  await card(page, callId).locator("textarea[name=note]").fill("Gọi lại xác nhận");
  await card(page, callId).locator(".save").click();
  await expect(card(page, callId).locator(".saved")).toHaveAttribute("data-where", "saved");
  await expect(card(page, callId)).toHaveAttribute("data-phase", "wrapup");
  await expect(card(centre.page("1001"), callId)).toHaveCount(0);
  expect(await row(callId)).toBe(`outbound|answered|-|${number(3)}|4|0|0`);
});

test("FreePBX's click to call is one call of the agent's to the customer", async () => {
  await centre.telephones.all({ 1000: { does: "answer", after: 1000 } });
  await centre.telephones.outside({ does: "answer", after: 1500 });
  const known = centre.known();
  await centre.asterisk.clickToCall("1000", number(4));
  const { callId } = await story(known, (state) => state.direction === "outbound" && state.phase === "talking");
  await expect(card(centre.page("1000"), callId).locator("h1.name")).toHaveText(customer(4));
  await centre.asterisk.hangUpAll();
  expect(await row(callId)).toBe(`outbound|answered|-|${number(4)}|5|0|0`);
  const calls = centre.server.sql("SELECT id FROM calls").filter((id) => !known.includes(id));
  expect(calls).toContain(callId);
});

test("a channel whose id has a slash is sent on into the dialplan", async () => {
  await centre.telephones.all(answering);
  const known = centre.known();
  await centre.asterisk.hop("crm/7");
  await story(known, (state) => state.callId.endsWith("crm/7") && state.answeredBy === "1000");
  await centre.asterisk.hangUpAll();
});
