// A desk at the end of a bad line: whatever happens to it, no call pops twice, none that still rings
// is missed, and durations are true.
import { type Browser, expect, type Page, test } from "@playwright/test";

import { Line } from "../support/line.js";
import { card, open, signIn } from "../support/people.js";
import { eventually } from "../support/process.js";
import { KNOWN, Server } from "../support/server.js";

let server: Server;
let line: Line;
// One for each test: what rang before would ring into the next.
test.beforeEach(async () => {
  let port = 0;
  line = await Line.to(() => port);
  server = await Server.start({ RINGSIDE_PUBLIC_URL: line.url });
  port = server.port;
});
test.afterEach(async () => {
  line.close();
  await server.stop();
});

/** An agent at the far end of the line, whose page counts how often each call began to ring on it. */
async function remote(browser: Browser): Promise<Page> {
  const page = await open(await browser.newContext());
  await page.clock.install();
  await page.addInitScript(() => {
    const pops: Record<string, number> = ((window as unknown as { pops: object }).pops = {});
    let ringing = new Set<string>();
    const look = () => {
      const cards = [...document.querySelectorAll<HTMLElement>("article.card[data-phase=ringing]")];
      const now = new Set(cards.map((card) => card.dataset.callId ?? ""));
      for (const call of now) if (!ringing.has(call)) pops[call] = (pops[call] ?? 0) + 1;
      ringing = now;
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  });
  await signIn(page, line, "an", "1000");
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  return page;
}

const pops = (page: Page) => page.evaluate(() => (window as unknown as { pops: Record<string, number> }).pops);

const ended = (call: string) =>
  eventually(`${call} ends`, 20, () => server.sql(`SELECT 1 FROM calls WHERE id = '${call}' AND ended_at IS NOT NULL`)[0]);

/** How long the card says that it has been ringing, in seconds. */
async function shown(page: Page, call: string): Promise<number> {
  const [minutes, seconds] = (await card(page, call).locator(".band .clock").innerText()).split(":").map(Number);
  return minutes * 60 + seconds;
}

const FAULTS: { what: string; begin: () => void; asleep?: string }[] = [
  { what: "cut, and taken up again", begin: () => line.cut() },
  { what: "stalled for a while", begin: () => line.stall() },
  { what: "open to the browser, and to nobody behind", begin: () => line.part(), asleep: "00:40" },
  { what: "slow", begin: () => line.slow(700) },
  { what: "gone while the computer sleeps for ten minutes", begin: () => line.cut(), asleep: "10:00" },
];

for (const { what, begin, asleep } of FAULTS) {
  test(`the line is ${what}: the desk shows what is true`, async ({ browser }) => {
    const page = await remote(browser);
    const talk = await server.play({ scenario: "answered", caller: KNOWN, by: "1000", ringMs: 500, talkMs: 4000 });
    await expect(card(page, talk)).toHaveAttribute("data-phase", "talking");

    begin();
    const missed = await server.play({ scenario: "abandoned", caller: { name: "", number: "0987000111" }, ringMs: 800 });
    await ended(missed);
    await ended(talk);
    const rings = await server.play({ scenario: "abandoned", caller: KNOWN, ringMs: 60_000 });
    const since = Date.now();
    if (asleep) await page.clock.fastForward(asleep);
    line.mend();

    await expect(card(page, rings)).toHaveAttribute("data-phase", "ringing", { timeout: 30_000 });
    await expect(card(page, rings).locator(".facts")).toBeVisible();
    await expect(card(page, talk)).toHaveAttribute("data-phase", "wrapup");
    await expect(page.locator(".light[data-link=online]")).toBeVisible();
    await expect(page.locator("article.card[data-phase=ringing]")).toHaveCount(1);
    await expect.poll(async () => Math.abs((await shown(page, rings)) - (Date.now() - since) / 1000)).toBeLessThan(2.5);
    expect(await pops(page)).toMatchObject({ [talk]: 1, [rings]: 1 });
    expect((await pops(page))[missed] ?? 0).toBeLessThanOrEqual(1);
    await page.context().close();
  });
}
