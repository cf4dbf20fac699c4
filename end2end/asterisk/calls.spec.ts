// The main job on the real thing: SIP calls into an Asterisk, twelve phones, agents in Chromium.
// In each: who saw which card, how often the customer was looked up, what was asked of Asterisk,
// and what the database says in the end.
import { expect, test } from "@playwright/test";

import { EXTENS } from "../support/asterisk.js";
import { Centre, customer, number } from "../support/centre.js";
import { card, expectNoComplaints } from "../support/people.js";
import { eventually } from "../support/process.js";

let centre: Centre;
test.beforeAll(async ({ browser }) => {
  centre = await Centre.open(browser);
});
test.afterAll(() => centre?.close());

let before: { lookups: number; requests: number; calls: number };
const counted = async () => {
  const health = await centre.server.health();
  return { lookups: health.lookups, calls: health.calls, requests: await centre.server.counter("ringside_ari_requests_total") };
};
test.beforeEach(async () => {
  await centre.quiet();
  before = await counted();
});
test.afterEach(async () => {
  await centre.telephones.hangUp();
  await centre.asterisk.hangUpAll();
  await centre.quiet();
  await centre.tidy();
});

/** How many calls there were since the test began, lookups, and requests to Asterisk. */
async function expectCosts(calls: number, lookups: number, requests: number): Promise<void> {
  const now = await counted();
  const costs = { calls: now.calls - before.calls, lookups: now.lookups - before.lookups, requests: now.requests - before.requests };
  expect(costs).toEqual({ calls, lookups, requests });
}

/** Every desk rings with the customer's name on the card. */
async function expectRinging(call: string, name: string): Promise<void> {
  for (const page of centre.pages.values()) {
    await expect(card(page, call)).toHaveAttribute("data-phase", "ringing");
    await expect(card(page, call).locator("h1.name")).toHaveText(name);
  }
  for (const client of centre.clients.values()) {
    await client.state((state) => state.callId === call && state.phase === "ringing" && state.data?.name === name);
  }
}

/** The desks but these were told to put the card away, and why. */
async function expectFolded(call: string, reason: string, by: string | null, except: string[] = []): Promise<void> {
  for (const [exten, client] of centre.clients) {
    if (except.includes(exten)) continue;
    const left = await client.heard("callLeft", (frame) => frame.callId === call);
    expect({ exten, reason: left.reason, by: left.by }).toEqual({ exten, reason, by });
  }
  for (const [exten, page] of centre.pages) {
    if (except.includes(exten)) continue;
    await expect(card(page, call)).toHaveAttribute("data-phase", "left");
    if (by) await expect(card(page, call)).toContainText(by);
  }
}

/** The call's row, once it is there with its end. */
const row = (call: string) =>
  eventually(`${call} is in the database`, 10, () => {
    const rows = centre.server.sql(
      `SELECT direction, outcome, coalesce(answered_by, '-'), coalesce(customer_id, '-') FROM calls WHERE id = '${call}' AND ended_at IS NOT NULL`,
    );
    return rows.length > 0 ? rows : undefined;
  });
const endings = (call: string) =>
  centre.server.sql(`SELECT ending, count(*) FROM legs WHERE call_id = '${call}' AND exten IS NOT NULL GROUP BY ending ORDER BY ending`);

for (const [did, how, requests] of [["1901", "straight to the ring group", 0], ["1900", "through a hop in the Stasis app", 1]] as const) {
  test(`a call that goes ${how}: twelve cards, one lookup, one answers, the note is saved`, async () => {
    await centre.telephones.all({ 1001: { does: "answer", after: 6000 } });
    const known = centre.known();
    centre.telephones.call({ number: number(0), to: did, talk: 6000 });
    const { callId } = await centre.seen(number(0), known);
    await expectRinging(callId, customer(0));
    await expectCosts(1, 1, requests);

    const page = centre.page("1001");
    await expect(card(page, callId)).toHaveAttribute("data-phase", "talking");
    await expectFolded(callId, "answeredElsewhere", "1001", ["1001"]);
    await card(page, callId).locator("textarea[name=note]").fill("Đổi sang 4 người, bàn cửa sổ");
    await card(page, callId).locator(".save").click();
    await expect(card(page, callId).locator(".saved")).toHaveAttribute("data-where", "saved");
    await expect(card(page, callId)).toHaveAttribute("data-phase", "wrapup");

    await centre.quiet();
    await expectCosts(1, 1, requests);
    expect(await row(callId)).toEqual(["inbound|answered|1001|1"]);
    expect(endings(callId)).toEqual(["answeredElsewhere|11", "completed|1"]);
    expect(centre.server.sql(`SELECT text FROM notes WHERE call_id = '${callId}'`)).toEqual(["Đổi sang 4 người, bàn cửa sổ"]);
    // The supervisor saw the caller's channel and all twelve legs, from their ring to their end.
    const rows = centre.floor.frames.filter((frame) => frame.type === "channelChanged" && frame.callId === callId);
    const channels = new Set(rows.map((frame) => frame.channelId));
    expect(channels.size).toBe(13);
    const ringing = new Set(rows.filter((frame) => frame.channelState === "Ringing").map((frame) => frame.exten));
    expect([...ringing].sort()).toEqual(EXTENS);
    for (const channelId of channels) await centre.floor.heard("channelGone", (frame) => frame.channelId === channelId);
    expectNoComplaints(...centre.pages.values());
  });
}

test("a caller who gives up: every card folds, and the call is kept as abandoned", async () => {
  await centre.telephones.all({});
  const known = centre.known();
  centre.telephones.call({ number: number(1), givesUpAfter: 5000 });
  const { callId } = await centre.seen(number(1), known);
  await expectRinging(callId, customer(1));
  await expectFolded(callId, "abandoned", null);
  await centre.quiet();
  await expectCosts(1, 1, 0);
  expect(await row(callId)).toEqual(["inbound|abandoned|-|2"]);
  expect(endings(callId)).toEqual(["abandoned|12"]);
});

test("every phone is busy: no card stays, and the call is kept as busy", async () => {
  await centre.telephones.all({}, { does: "refuse" });
  const known = centre.known();
  centre.telephones.call({ number: number(2) });
  const { callId } = await centre.seen(number(2), known);
  await centre.floor.heard("callLeft", (frame) => frame.callId === callId);
  await centre.quiet();
  expect((await row(callId))[0]).toMatch(/^inbound\|busy\|-\|/);
  expect(endings(callId)).toEqual(["busy|12"]);
  for (const page of centre.pages.values()) await expect(page.locator(`article.card[data-call-id="${callId}"]:not([data-phase=left])`)).toHaveCount(0);
});

test("two calls of one number at once are two cards, answered by two agents", async () => {
  await centre.telephones.all({
    1000: { does: "answer", after: 7000, only: "First" },
    1001: { does: "answer", after: 8000, only: "Second" },
  });
  const known = centre.known();
  centre.telephones.call({ number: number(3), name: "First", talk: 5000 });
  centre.telephones.call({ number: number(3), name: "Second", talk: 5000 });
  const one = (await centre.seen(number(3), known)).callId;
  const two = (await centre.seen(number(3), [...known, one])).callId;
  const [first, second] = centre.floor.states(one).some((state) => state.callerName === "First") ? [one, two] : [two, one];
  for (const client of centre.clients.values()) {
    for (const call of [first, second]) await client.state((state) => state.callId === call && state.data?.name === customer(3));
  }
  for (const page of centre.pages.values()) await expect(page.locator(`[data-call-id="${first}"], [data-call-id="${second}"]`)).toHaveCount(2);
  await expect(card(centre.page("1000"), first)).toHaveAttribute("data-phase", "talking");
  await expect(card(centre.page("1001"), second)).toHaveAttribute("data-phase", "talking");
  await centre.quiet();
  await expectCosts(2, 2, 0);
  expect(await row(first)).toEqual(["inbound|answered|1000|4"]);
  expect(await row(second)).toEqual(["inbound|answered|1001|4"]);
  expectNoComplaints(...centre.pages.values());
});

test("twelve calls at once over twelve agents: each talks to their own customer", async () => {
  await centre.telephones.all(
    Object.fromEntries(EXTENS.map((exten, index) => [exten, { does: "answer", after: 9000, only: number(index) }])),
  );
  const known = centre.known();
  EXTENS.forEach((_, index) => centre.telephones.call({ number: number(index), talk: 8000 }));
  const calls = await Promise.all(EXTENS.map(async (_, index) => (await centre.seen(number(index), known)).callId));
  expect(new Set(calls).size).toBe(12);
  // Every desk had every call's data while it rang.
  for (const client of centre.clients.values()) {
    for (const [index, call] of calls.entries()) {
      await client.state((state) => state.callId === call && state.phase === "ringing" && state.data?.name === customer(index));
    }
  }
  for (const [index, exten] of EXTENS.entries()) {
    const page = centre.pages.get(exten);
    if (page) {
      await expect(card(page, calls[index])).toHaveAttribute("data-phase", "talking", { timeout: 30_000 });
      await expect(card(page, calls[index]).locator("h1.name")).toHaveText(customer(index));
    } else {
      await centre.client(exten).state((state) => state.callId === calls[index] && state.answeredBy === exten);
    }
  }
  await centre.quiet();
  await expectCosts(12, 12, 0);
  for (const [index, exten] of EXTENS.entries()) {
    expect(await row(calls[index])).toEqual([`inbound|answered|${exten}|${index + 1}`]);
    expect(endings(calls[index])).toEqual(["answeredElsewhere|11", "completed|1"]);
  }
  expectNoComplaints(...centre.pages.values());
});

test("a blind transfer: the call's card goes on to the next desk with its data, and is not looked up again", async () => {
  await centre.telephones.all({
    1000: { does: "answer", after: 4000, transfer: { after: 3000, to: "1001" } },
    // Longer than the ring group rings: it answers only what is handed to it.
    1001: { does: "answer", after: 12_000 },
  });
  const known = centre.known();
  centre.telephones.call({ number: number(4), talk: 22_000 });
  const { callId } = await centre.seen(number(4), known);
  await expect(card(centre.page("1000"), callId)).toHaveAttribute("data-phase", "talking");
  await expect(card(centre.page("1001"), callId)).toHaveAttribute("data-phase", "left");
  await expect(card(centre.page("1001"), callId)).toHaveAttribute("data-phase", "ringing");
  await expect(card(centre.page("1001"), callId).locator("h1.name")).toHaveText(customer(4));
  await expect(card(centre.page("1001"), callId)).toHaveAttribute("data-phase", "talking");
  await centre.quiet();
  await expectCosts(1, 1, 0);
  expect(await row(callId)).toEqual(["inbound|answered|1001|5"]);
  expectNoComplaints(...centre.pages.values());
});

test("Asterisk is killed in mid-call and started again: it is told, the call is closed, the next one rings", async () => {
  await centre.telephones.all({ 1000: { does: "answer", after: 3000 } });
  const known = centre.known();
  centre.telephones.call({ number: number(5) });
  const { callId } = await centre.seen(number(5), known);
  const page = centre.page("1000");
  await expect(card(page, callId)).toHaveAttribute("data-phase", "talking");

  await centre.asterisk.kill();
  for (const it of centre.pages.values()) await expect(it.locator(".banner[data-kind=pbx]")).toBeVisible();
  await expect(card(page, callId).locator(".chip.lost")).toBeVisible();
  await card(page, callId).locator("textarea[name=note]").fill("Cuộc gọi bị ngắt");
  await centre.telephones.hangUp();

  await centre.asterisk.launch();
  await centre.server.linked();
  for (const it of centre.pages.values()) await expect(it.locator(".banner[data-kind=pbx]")).toHaveCount(0);
  await expect(card(page, callId)).toHaveAttribute("data-phase", "wrapup");
  await card(page, callId).locator(".save").click();
  await expect(card(page, callId).locator(".saved")).toHaveAttribute("data-where", "saved");
  await centre.quiet();
  expect(await row(callId)).toEqual(["inbound|answered|1000|6"]);
  expect(endings(callId)).toEqual(["answeredElsewhere|11", "lost|1"]);
  expect(centre.server.sql(`SELECT text FROM notes WHERE call_id = '${callId}'`)).toEqual(["Cuộc gọi bị ngắt"]);

  await centre.telephones.register();
  await centre.telephones.all({});
  centre.telephones.call({ number: number(6), givesUpAfter: 4000 });
  const next = await centre.seen(number(6), known);
  expect(next.callId).not.toBe(callId);
  await expectRinging(next.callId, customer(6));
  await expectFolded(next.callId, "abandoned", null);
});
