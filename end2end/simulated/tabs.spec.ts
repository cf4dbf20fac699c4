// What the tabs of one browser share, and those who use it in turn: the bell, the session, and
// notes that could not be sent.
import { type Browser, expect, type Page, test } from "@playwright/test";

import { agent, card, expectNoComplaints, hydrated, open, signIn } from "../support/people.js";
import { KNOWN, Server } from "../support/server.js";

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.stop());

/** Another tab of the same desk, clicked in once: a browser lets no other make a sound. */
async function another(page: Page): Promise<Page> {
  const tab = await open(page.context());
  await tab.goto(server.url);
  await hydrated(tab);
  await expect(tab.locator(".light[data-link=online]")).toBeVisible();
  await tab.locator(".mark").click();
  return tab;
}

const ringing = (tabs: Page[]) => () =>
  Promise.all(tabs.map((tab) => tab.locator(".alerts[data-rings=true]").count())).then((counts) => counts.join(""));

test("one tab rings aloud; when it is closed another does, and none when the ring is over", async ({ browser }) => {
  const first = await agent(browser, server, "1000");
  await first.locator(".alerts").click();
  const tabs = [first, await another(first), await another(first)];
  for (const tab of tabs) await expect(tab.locator(".alerts")).toHaveAttribute("aria-pressed", "true");
  const call = await server.play({ scenario: "abandoned", caller: KNOWN, ringMs: 12_000 });
  for (const tab of tabs) await expect(card(tab, call)).toHaveAttribute("data-phase", "ringing");
  await expect.poll(ringing(tabs)).toMatch(/^0*10*$/);
  const loud = (await ringing(tabs)()).indexOf("1");
  const [closed] = tabs.splice(loud, 1);
  await closed.close();
  await expect.poll(ringing(tabs)).toMatch(/^(10|01)$/);
  for (const tab of tabs) await expect(card(tab, call)).toHaveAttribute("data-phase", "left");
  await expect.poll(ringing(tabs)).toBe("00");
  expectNoComplaints(...tabs);
  await tabs[0].context().close();
});

/** An agent whose clock can be put forward. */
async function patient(browser: Browser, exten: string): Promise<Page> {
  const page = await agent(browser, server, exten);
  await page.clock.install();
  await page.reload();
  await hydrated(page);
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  return page;
}

test("a desk that only listens keeps its session, and says when it is over", async ({ browser }) => {
  const page = await patient(browser, "1001");
  const asked = page.waitForRequest("**/api/who");
  await page.clock.fastForward("10:01");
  expect((await (await asked).response())?.ok()).toBe(true);
  await expect(page.locator(".light")).not.toHaveAttribute("data-link", "refused");

  await page.route("**/api/who", (route) => route.fulfill({ json: null }));
  await page.clock.fastForward("10:01");
  await expect(page.locator(".light")).toHaveAttribute("data-link", "refused");
  await expect(page.locator(".banner[data-kind=replaced]")).toContainText("Phiên làm việc đã hết");
  await page.context().close();
});

test("what could not be saved before its writer signed out is hidden from the next, and saved when they are back", async ({ browser }) => {
  const page = await agent(browser, server, "1007");
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1007", ringMs: 500, talkMs: 500 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "wrapup");
  await page.route(/\/api\/(save_note|keep_draft)$/, (route) => route.abort());
  const [note, text] = [card(page, call).locator("textarea[name=note]"), "Chỉ người viết được đọc"];
  await note.fill(text);
  await card(page, call).locator(".save").click();
  await expect(card(page, call).locator(".saved")).toHaveAttribute("data-where", "waiting");
  const out = page.getByRole("button", { name: "Đăng xuất" });
  await out.click();
  await page.waitForURL("**/login");
  await page.unrouteAll({ behavior: "wait" });

  await signIn(page, server, "minh", "1008");
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  const other = await server.play({ scenario: "answered", caller: KNOWN, by: "1008", ringMs: 500, talkMs: 500 });
  await expect(card(page, other)).toHaveAttribute("data-phase", "wrapup");
  // Longer than what waits is tried again.
  await page.waitForTimeout(4_000);
  expect(await page.content()).not.toContain(text);
  const values = await page.locator("textarea").evaluateAll((all) => all.map((area) => (area as HTMLTextAreaElement).value));
  expect(values).toEqual([""]);
  const saved = () => server.sql(`SELECT v.text, a.login FROM note_versions v JOIN accounts a ON a.id = v.account_id WHERE v.call_id = '${call}'`);
  expect(saved()).toEqual([]);

  await out.click();
  await page.waitForURL("**/login");
  await signIn(page, server, "lan", "1007");
  await expect.poll(saved).toEqual([`${text}|lan`]);
  await page.context().close();
});
