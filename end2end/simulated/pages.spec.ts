// The other pages: signing in, the floor, the history, both languages, and what axe says.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

import { agent, card, expectNoComplaints, hydrated, open, signIn, supervisor } from "../support/people.js";
import { KNOWN, Server } from "../support/server.js";

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.stop());

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
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
  await expect(page.locator(".error")).toHaveText("Sai tên đăng nhập hoặc mật khẩu.");
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

test("the floor's link goes with its page, and comes back with it", async ({ browser }) => {
  const floor = await supervisor(browser, server);
  let sockets = 0;
  floor.on("websocket", () => sockets++);
  for (const times of [1, 2]) {
    await floor.getByRole("link", { name: "Cuộc gọi" }).click();
    await expect(floor.locator("select[name=direction]")).toBeVisible();
    await floor.getByRole("link", { name: "Giám sát" }).click();
    await expect(floor.locator("tr[data-exten='1000']")).toBeVisible();
    expect(sockets).toBe(times);
  }
  await expect.poll(async () => (await server.health()).clients).toBe(1);
  expectNoComplaints(floor);
  await floor.context().close();
});

// What is loaded when a page is opened.
const PARTS = /\/pkg\/\w+\/(split|chunk)_\w+\.wasm$/;

test("a page that does not come says so; the desk goes on, and the page comes when it can", async ({ browser }) => {
  const page = await agent(browser, server, "1007");
  // As after an upgrade: the parts that this tab knows are gone.
  await page.route(PARTS, (route) => route.fulfill({ status: 404 }));
  await page.getByRole("link", { name: "Cuộc gọi" }).click();
  await expect(page.getByText("Không tải được trang này")).toBeVisible();
  const call = await server.play({ scenario: "abandoned", caller: KNOWN, ringMs: 20_000 });
  await page.getByRole("link", { name: "Bàn trực" }).click();
  await expect(card(page, call)).toBeVisible();
  await page.unroute(PARTS);
  await page.getByRole("link", { name: "Cuộc gọi" }).click();
  await expect(page.locator("select[name=direction]")).toBeVisible();
  await page.context().close();
});

test("a call that is over is among the latest while its card is still open", async ({ browser }) => {
  const page = await agent(browser, server, "1008");
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1008", ringMs: 500, talkMs: 3000 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "wrapup");
  await expect(page.locator("ol.log li", { hasText: "0:03" }).first()).toBeVisible();
  await expect(card(page, call)).toHaveAttribute("data-phase", "wrapup");
  await page.context().close();
});

test("a page whose code is late is alive when it has come", async ({ browser }) => {
  const page = await supervisor(browser, server);
  let refused = 0;
  await page.route("**/pkg/*/split_floor.wasm", (route) => (refused++ < 2 ? route.abort() : route.continue()));
  await page.reload();
  await hydrated(page);
  expect(refused).toBe(3);
  await expect(page.locator("tr[data-exten='1000']")).toBeVisible();
  await page.context().close();
});

test("the supervisor sees desks, channels and calls move", async ({ browser }) => {
  const [floor, an] = [await supervisor(browser, server), await agent(browser, server, "1001")];
  const row = floor.locator("tr[data-exten='1001']");
  await expect(row).toContainText("Sẵn sàng");
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1001", ringMs: 8000, talkMs: 8000 });
  await expect(row.locator(".chip")).toHaveText("Đang đổ chuông");
  await expect(floor.locator(`tr[data-call-id="${call}"]`)).toHaveAttribute("data-phase", "ringing");
  await expect(row.locator(".chip")).toHaveText("Đang dùng");
  await expectAccessible(floor);
  await expect(row).toContainText("Sau cuộc gọi");
  await expect(floor.locator(`tr[data-call-id="${call}"]`)).toHaveCount(0);
  expectNoComplaints(floor, an);
  await floor.context().close();
  await an.context().close();
});

test("the floor shows who has waited long, and every endpoint of the PBX", async ({ browser }) => {
  const floor = await supervisor(browser, server);
  await expect(floor.locator("tr[data-endpoint='PJSIP/trunk']")).toBeVisible();
  const call = await server.play({ scenario: "abandoned", caller: KNOWN, ringMs: 24_000 });
  const age = floor.locator(`tr[data-call-id="${call}"] .age`);
  await expect(age).not.toHaveAttribute("data-age");
  await expect(age).toHaveAttribute("data-age", "warm");
  await expect(age).toContainText("chờ lâu");
  await expectAccessible(floor);
  await expect(age).toHaveAttribute("data-age", "hot");
  await floor.locator(".theme").click();
  await expectAccessible(floor);
  expectNoComplaints(floor);
  await floor.context().close();
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
  await row.locator(".who-called a").click();
  await expect(page.locator("h1.name")).toBeVisible();
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

test("a call that an agent made is among their latest, and on the calls page as outbound", async ({ browser }) => {
  const page = await agent(browser, server, "1005");
  const call = await server.play({ scenario: "outbound", caller: KNOWN, from: "1005", number: "0912000333", ringMs: 600, talkMs: 1200 });
  await expect.poll(() => server.sql("SELECT outcome FROM calls WHERE root_exten = '1005'")).toEqual(["answered"]);
  await card(page, call).locator(".close").click();
  await expect(card(page, call)).toHaveCount(0);
  await page.reload();
  await hydrated(page);
  const recent = page.locator(".log li", { hasText: "091 200 03 33" });
  await expect(recent).toContainText("Gọi đi");
  await page.getByRole("link", { name: "Cuộc gọi" }).click();
  await page.locator("select[name=direction]").selectOption("outbound");
  const row = page.locator("tbody tr");
  await expect(row).toHaveCount(1);
  await expect(row).toContainText("091 200 03 33");
  await expect(row).toContainText("1005");
  expectNoComplaints(page);
  await page.context().close();
});

test("a ring is told to who listens, and answered with the keyboard alone", async ({ browser }) => {
  const page = await agent(browser, server, "1006");
  await expectAccessible(page);
  const first = await server.play({ scenario: "answered", caller: KNOWN, by: "1006", ringMs: 4000, talkMs: 1500 });
  await expect(page.locator("p.spoken")).toHaveText(/^Đang đổ chuông: \D+$/);
  await expect(card(page, first)).toHaveAttribute("data-phase", "wrapup");
  await expect(page.locator("p.spoken")).toBeEmpty();
  const second = await server.play({ scenario: "abandoned", caller: KNOWN, ringMs: 30_000 });
  await expect(card(page, second)).toHaveAttribute("data-phase", "ringing");
  await page.keyboard.press("Alt+n");
  await expect(card(page, second).locator("textarea")).toBeFocused();
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(card(page, first).locator(".strip")).toBeFocused({ timeout: 100 });
  }).toPass();
  await page.keyboard.press("Enter");
  await expect(card(page, first).locator("textarea")).toBeFocused();
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

test("a supervisor is told when the floor's link is over", async ({ browser }) => {
  const page = await open(await browser.newContext());
  let close = (_code: number) => {};
  await page.routeWebSocket("**/ws", (socket) => {
    socket.connectToServer();
    close = (code) => void socket.close({ code });
  });
  await signIn(page, server, "supervisor", "");
  await expect(page.locator(".floor .light[data-link=online]")).toContainText("Simulator");
  close(4426);
  await expect(page.locator(".floor .banner[data-kind=version]")).toBeVisible();
  await expect(page.locator(".floor .light[data-link=refused]")).toBeVisible();
  await expect(page.locator(".banner[data-kind=pbx]")).toHaveCount(0);
  await page.context().close();
});

test("a password that is typed before the page is alive goes into no address, and is still there after", async ({ browser }) => {
  const page = await open(await browser.newContext());
  let wake = () => {};
  const asleep = new Promise<void>((done) => (wake = done));
  await page.route("**/*.wasm", async (route) => {
    await asleep;
    await route.continue();
  });
  await page.goto(`${server.url}/login`, { waitUntil: "commit" });
  await page.locator("input[name=login]").fill("an");
  await page.locator("input[name=password]").fill("ringside-an");
  await page.locator("input[name=password]").press("Enter");
  // Whatever sends the form all the same.
  await expect(page.locator("form")).toHaveAttribute("method", "post");
  expect(new URL(page.url()).search).toBe("");
  wake();
  await hydrated(page);
  await expect(page.locator("input[name=login]")).toHaveValue("an");
  await expect(page.locator("input[name=password]")).toHaveValue("ringside-an");
  await page.locator("form").evaluate((form: HTMLFormElement) => form.submit());
  await page.waitForURL(`${server.url}/login`);
  await hydrated(page);
  await page.context().close();
});

test("a sign-out that does not reach the server says so", async ({ browser }) => {
  const page = await agent(browser, server, "1009");
  await page.route("**/api/sign_out", (route) => route.abort());
  await page.locator(".bar .right .pick:not(.alerts, .lang, .theme, .person)").click();
  await expect(page.locator(".bar [role=alert]")).toContainText("Bạn vẫn đang đăng nhập");
  expect(new URL(page.url()).pathname).toBe("/");
  await page.context().close();
});
