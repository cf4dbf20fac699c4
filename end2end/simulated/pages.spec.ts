// The other pages: signing in, the floor, the history, both languages, and what axe says.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

import { agent, card, expectNoComplaints, hydrated, open, signIn, supervisor } from "../support/people.js";
import { KNOWN, Server } from "../support/server.js";

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.stop());

async function expectAccessible(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).analyze();
  const serious = found.violations.filter((it) => it.impact === "serious" || it.impact === "critical");
  expect(serious.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}

test("a page that needs a sign-in leads to it; a wrong password is told", async ({ browser }) => {
  const page = await open(await browser.newContext());
  await page.goto(server.url);
  await expect(page).toHaveURL(/\/login$/);
  await hydrated(page);
  await expectAccessible(page);
  await page.locator("input[name=login]").fill("an");
  await page.locator("input[name=password]").fill("wrong-password");
  await page.locator("input[name=exten]").fill("1000");
  await page.locator("button[type=submit]").click();
  await expect(page.locator(".error")).toHaveText("Sai tài khoản hoặc mật khẩu.");
  expectNoComplaints(page);
  await page.context().close();
});

test("an extension that is held can be taken over, and the first desk is told", async ({ browser }) => {
  const first = await agent(browser, server, "1000");
  const second = await open(await browser.newContext());
  await second.goto(`${server.url}/login`);
  await hydrated(second);
  await second.locator("input[name=login]").fill("binh");
  await second.locator("input[name=password]").fill("ringside-binh");
  await second.locator("input[name=exten]").fill("1000");
  await second.locator("button[type=submit]").click();
  await second.locator(".take-over").click();
  await expect(second.locator(".light[data-link=online]")).toBeVisible();
  await expect(first.locator(".banner[data-kind=replaced]")).toBeVisible();
  await first.context().close();
  await second.context().close();
});

test("the supervisor sees desks, channels and calls move", async ({ browser }) => {
  const [floor, an] = [await supervisor(browser, server), await agent(browser, server, "1001")];
  const row = floor.locator("tr[data-exten='1001']");
  await expect(row).toContainText("Sẵn sàng");
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1001", ringMs: 8000, talkMs: 8000 });
  await expect(row.locator(".chip")).toHaveText("Ringing");
  await expect(floor.locator(`tr[data-call-id="${call}"]`)).toHaveAttribute("data-phase", "ringing");
  await expect(row.locator(".chip")).toHaveText("Up");
  await expectAccessible(floor);
  await expect(row).toContainText("Sau cuộc gọi");
  await expect(floor.locator(`tr[data-call-id="${call}"]`)).toHaveCount(0);
  expectNoComplaints(floor, an);
  await floor.context().close();
  await an.context().close();
});

test("the history lists the call with its outcome; an agent sees only their own", async ({ browser }) => {
  const page = await agent(browser, server, "1002");
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1002", ringMs: 1200, talkMs: 1500 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "wrapup");
  await page.goto(`${server.url}/calls`);
  await hydrated(page);
  const row = page.locator(`tr[data-call-id="${call}"]`);
  await expect(row).toContainText("Đã trả lời");
  await expectAccessible(page);
  await page.goto(`${server.url}/floor`);
  await expect(page).not.toHaveURL(/floor/);
  await page.context().close();
});

test("both languages, kept over a reload; a ringing desk is accessible in light and dark", async ({ browser }) => {
  const page = await agent(browser, server, "1003");
  await expect(page.locator("nav")).toContainText("Bàn trực");
  await page.locator(".lang").click();
  await expect(page.locator("nav")).toContainText("Desk");
  await page.reload();
  await hydrated(page);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator("nav")).toContainText("Desk");
  const call = await server.play({ scenario: "abandoned", caller: KNOWN, ringMs: 15000 });
  await expect(card(page, call).locator(".band")).toContainText("Ringing");
  await expect(page).toHaveTitle(/^☎ /);
  await expectAccessible(page);
  await page.locator(".theme").click();
  await expectAccessible(page);
  expectNoComplaints(page);
  await page.context().close();
});

test("signing out gives the extension back", async ({ browser }) => {
  const page = await agent(browser, server, "1004");
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await signIn(page, server, "giang", "1004");
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  await page.context().close();
});
