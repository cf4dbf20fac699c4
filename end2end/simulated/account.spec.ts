// One's own account: the password, and being at one's extension twice.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

import { agent, card, expectNoComplaints, hydrated, open, signIn } from "../support/people.js";
import { KNOWN, Server } from "../support/server.js";

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.stop());

const field = (page: Page, name: string) => page.locator(`.account input[name=${name}]`);

async function change(page: Page, current: string, next: string, again = next): Promise<void> {
  await field(page, "current").fill(current);
  await field(page, "new").fill(next);
  await field(page, "again").fill(again);
  await page.keyboard.press("Enter");
}

test("a person changes their password; every other browser of theirs is signed out", async ({ browser }) => {
  const [other, page] = [await agent(browser, server, "1000"), await agent(browser, server, "1000")];

  await page.locator(".person").click();
  await expect(page.locator(".account h1")).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  const said = page.locator(".account [role=alert]");
  await change(page, "ringside-an", "mật khẩu mới dài", "mật khẩu mới khác");
  await expect(said).toContainText("không khớp");
  await expect(field(page, "again")).toBeFocused();
  await change(page, "not-the-password", "mật khẩu mới dài");
  await expect(said).toContainText("hiện tại không đúng");
  await expect(field(page, "current")).toBeFocused();
  await change(page, "ringside-an", "ngắn");
  await expect(said).toContainText("Ít nhất 10 ký tự");
  await expect(field(page, "new")).toBeFocused();
  await change(page, "ringside-an", "mật khẩu mới dài");
  await expect(said).toContainText("Đã đổi mật khẩu");
  await expect(field(page, "new")).toHaveValue("");

  await page.getByRole("link", { name: "Bàn trực" }).click();
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  // It was disconnected when the same person signed in elsewhere.
  await other.getByRole("button", { name: "Tiếp tục tại đây" }).click();
  await expect(other).toHaveURL(/\/login$/);
  await hydrated(other);
  await other.locator("input[name=login]").fill("an");
  await other.locator("input[name=password]").fill("mật khẩu mới dài");
  await other.locator("input[name=exten]").fill("1000");
  await other.keyboard.press("Enter");
  await expect(other.locator(".light[data-link=online]")).toBeVisible();
  expectNoComplaints(page);
  await page.context().close();
  await other.context().close();
});

test("who takes their own extension over is told at both ends, and what was typed comes along", async ({ browser }) => {
  const old = await agent(browser, server, "1001");
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1001", ringMs: 300, talkMs: 300 });
  await expect(card(old, call)).toHaveAttribute("data-phase", "wrapup");
  await card(old, call).locator("textarea[name=note]").fill("Gọi lại lúc sáu giờ");
  await expect(card(old, call).locator(".saved")).toHaveAttribute("data-where", "server");

  const page = await open(await browser.newContext());
  await signIn(page, server, "binh", "1001");
  const told = page.locator(".banner[data-kind=moved]");
  await expect(told).toContainText("nơi đó đã được ngắt");
  await expect(old.locator(".banner[data-kind=replaced]")).toContainText("Bạn vừa đăng nhập lại");
  await expect(page.locator("textarea[name=note]")).toHaveValue("Gọi lại lúc sáu giờ");
  await told.getByRole("button").click();
  await expect(told).toHaveCount(0);
  await page.reload();
  await hydrated(page);
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  await expect(told).toHaveCount(0);
  expectNoComplaints(page);
  await page.context().close();
  await old.context().close();
});

test("another tab of the same browser goes on after a press", async ({ browser }) => {
  const old = await agent(browser, server, "1002");
  const page = await open(old.context());
  await signIn(page, server, "chi", "1002");
  await old.getByRole("button", { name: "Tiếp tục tại đây" }).click();
  await hydrated(old);
  await expect(old.locator(".light[data-link=online]")).toBeVisible();
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  await old.context().close();
});
