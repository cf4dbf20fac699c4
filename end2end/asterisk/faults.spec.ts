// What becomes of calls when one end of the link to Asterisk is killed, held, or loses its place.
import { expect, test } from "@playwright/test";

import { PASSWORD } from "../support/asterisk.js";
import { Centre, customer, number } from "../support/centre.js";
import { Observer } from "../support/observer.js";
import { card } from "../support/people.js";
import { eventually } from "../support/process.js";

const DESK = "1000";
/** A phone without a page. */
const OTHER = "1005";

let centre: Centre;
test.beforeAll(async ({ browser }) => {
  centre = await Centre.open(browser, [DESK]);
});
test.afterAll(() => centre?.close());
test.beforeEach(() => centre.telephones.all({}));
test.afterEach(async () => {
  await centre.telephones.hangUp();
  await centre.asterisk.hangUpAll();
  await centre.quiet();
});

const linkSays = async (word: string, seconds = 20) =>
  eventually(`the link is ${word}`, seconds, async () => (await centre.server.health()).pbx.link.startsWith(word) || undefined);
const channels = async (state: string) => (await centre.asterisk.channels()).filter((channel) => channel.state === state);
const ringing = () => eventually("all twelve phones ring", 20, async () => (await channels("Ringing")).length === 12 || undefined);

/** A call rings, and its card is on the desks with the customer's name. */
async function expectPop(index: number): Promise<void> {
  const known = centre.known();
  centre.telephones.call({ number: number(index), givesUpAfter: 4000 });
  const { callId } = await centre.seen(number(index), known);
  await expect(card(centre.page(DESK), callId).locator("h1.name")).toHaveText(customer(index));
  await centre.client(OTHER).state((state) => state.callId === callId && state.data?.name === customer(index));
}

test("a caller who entered the Stasis app of a Ringside that hangs is sent on when it is started again", async () => {
  centre.server.pause();
  centre.telephones.call({ number: number(0), to: "1900" });
  await eventually("the caller is in the hop", 10, async () => (await channels("Ring")).length === 1 || undefined);
  await new Promise((done) => setTimeout(done, 1000));
  expect(await channels("Ringing")).toEqual([]);
  await centre.server.kill();
  await centre.server.launch();
  await ringing();
  await centre.server.linked();
  await centre.signInAgain();
  const { callId } = await centre.seen(number(0));
  await expect(card(centre.page(DESK), callId).locator("h1.name")).toHaveText(customer(0));
});

test("while Ringside is down both dialplans ring the phones; when it is back, the desks have their cards", async () => {
  await centre.server.kill();
  centre.telephones.call({ number: number(1), to: "1900" });
  await ringing();
  await centre.telephones.hangUp();
  await centre.asterisk.hangUpAll();
  await centre.telephones.all({});
  centre.telephones.call({ number: number(2), to: "1901" });
  await ringing();
  await centre.server.launch();
  await centre.server.linked();
  await centre.signInAgain();
  const { callId } = await centre.seen(number(2));
  await expect(card(centre.page(DESK), callId).locator("h1.name")).toHaveText(customer(2));
});

test("an Asterisk that is held is noticed, told, and recovered from without a restart", async () => {
  centre.asterisk.pause();
  await linkSays("down", 30);
  await expect(centre.page(DESK).locator(".banner[data-kind=pbx]")).toBeVisible();
  centre.asterisk.resume();
  await linkSays("up");
  await expect(centre.page(DESK).locator(".banner[data-kind=pbx]")).toHaveCount(0);
  await expectPop(3);
});

test("a password that is no longer right is told, and the link comes back when it is right again", async () => {
  for (const [password, word] of [["another one", "down"], [PASSWORD, "up"]]) {
    await centre.asterisk.kill();
    await linkSays("down");
    centre.asterisk.changePassword(password);
    await centre.asterisk.launch();
    await new Promise((done) => setTimeout(done, 3000));
    await linkSays(word);
    const { reason } = (await centre.server.health()).pbx;
    if (word === "up") expect(reason).toBeNull();
    else expect(reason).toContain("refused the user name or the password");
  }
  await centre.telephones.register();
  await expectPop(4);
});

test("when another program takes the app's name, Ringside stands by, and returns when it is free", async () => {
  test.setTimeout(240_000);
  const thief = await Observer.open(centre.asterisk, "ringside");
  await linkSays("standing by");
  await expect(centre.page(DESK).locator(".banner[data-kind=pbx]")).toBeVisible();
  // It does not take the name back, not even for a moment.
  await new Promise((done) => setTimeout(done, 5000));
  centre.telephones.call({ number: number(5), givesUpAfter: 1500 });
  await eventually("the other program hears of a call", 10, () => thief.events.length > 0 || undefined);
  await linkSays("standing by");
  thief.close();
  await linkSays("up", 120);
  await expectPop(6);
});
