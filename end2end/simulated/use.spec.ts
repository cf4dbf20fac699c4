// The desk as it is used for a day: what an agent has to see, to reach, and not to lose.
import { expect, type Page, test } from "@playwright/test";

import { agent, card, expectNoComplaints, hydrated, supervisor } from "../support/people.js";
import { KNOWN, Server, SHARED } from "../support/server.js";

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.stop());

const recent = (page: Page, call: string) => page.locator(`.recent li[data-call-id="${call}"]`);
const note = (page: Page, call: string) => card(page, call).locator("textarea[name=note]");

async function wrapUp(page: Page, exten: string, caller = KNOWN): Promise<string> {
  const call = await server.play({ scenario: "answered", caller, by: exten, ringMs: 300, talkMs: 300 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "wrapup");
  return call;
}

for (const scenario of ["noAnswer", "allBusy", "abandoned"] as const) {
  test(`a call that nobody took (${scenario}) is among the latest calls at once, and among the missed`, async ({ browser }) => {
    const page = await agent(browser, server, "1000");
    const call = await server.play({ scenario, caller: KNOWN, ringMs: 1500 });
    if (scenario !== "allBusy") {
      await expect(card(page, call)).toHaveAttribute("data-phase", "left");
      await expect(card(page, call)).toContainText(scenario === "noAnswer" ? "Nhỡ" : "Khách đã bỏ máy");
    }
    await expect(recent(page, call)).toBeVisible();
    await page.getByRole("button", { name: "Nhỡ" }).click();
    await expect(recent(page, call)).toBeVisible();
    await expect(page.locator(".recent .count")).not.toHaveText("0");
    await page.getByRole("button", { name: "Của tôi" }).click();
    await expect(recent(page, call)).toHaveCount(0);
    expectNoComplaints(page);
    await page.context().close();
  });
}

test("an agent who answers while they write about the last call has the new card, and loses no letter of either", async ({ browser }) => {
  const page = await agent(browser, server, "1001");
  const first = await wrapUp(page, "1001");
  await note(page, first).pressSequentially("Khách cũ ");
  const second = await server.play({ scenario: "answered", caller: SHARED, by: "1001", ringMs: 1500, talkMs: 9000 });
  // Letters before, during and after the change.
  let typed = "";
  while ((await card(page, second).getAttribute("data-phase").catch(() => "")) !== "talking") {
    await page.keyboard.type("x");
    typed += "x";
    await page.waitForTimeout(40);
  }
  await page.keyboard.type("yyy");
  await expect(card(page, second).locator("h1.name")).toBeVisible();
  await expect(note(page, second)).toHaveValue("");
  await page.keyboard.press("Alt+KeyN");
  await page.keyboard.type("Khách mới");
  await expect(note(page, second)).toHaveValue("Khách mới");
  await page.keyboard.press("Alt+KeyW");
  await page.keyboard.type("!");
  const kept = await note(page, first).inputValue();
  expect(kept.startsWith("Khách cũ x")).toBe(true);
  expect(kept.endsWith("!")).toBe(true);
  expect(typed.length + "Khách cũ !".length).toBeGreaterThanOrEqual(kept.length);
  expectNoComplaints(page);
  await page.context().close();
});

test("save and close is one key; what cannot be saved stays open", async ({ browser }) => {
  const page = await agent(browser, server, "1002");
  const call = await wrapUp(page, "1002");
  await note(page, call).fill("Gọi lại thứ Hai");
  await page.route("**/api/save_note", (route) => route.abort());
  await page.keyboard.press("Alt+Enter");
  await expect(card(page, call).locator(".saved")).toHaveAttribute("data-where", "waiting");
  await expect(note(page, call)).toHaveValue("Gọi lại thứ Hai");
  await page.unroute("**/api/save_note");
  await expect(card(page, call)).toHaveCount(0);
  expect(server.sql(`SELECT text FROM notes WHERE call_id = '${call}'`)).toEqual(["Gọi lại thứ Hai"]);
  await expect(page.locator("#cards")).toBeFocused();
  await page.context().close();
});

test("a blind transfer takes customer, note and draft along, and leaves a wrap-up that says to whom", async ({ browser }) => {
  const [from, to] = [await agent(browser, server, "1003"), await agent(browser, server, "1004")];
  const call = await server.play({ scenario: "blindTransfer", caller: KNOWN, from: "1003", to: "1004", ringMs: 4000, talkMs: 6000 });
  await expect(card(from, call)).toHaveAttribute("data-phase", "talking");
  await note(from, call).fill("Bàn cạnh cửa sổ");
  await card(from, call).locator(".save").click();
  await expect(card(from, call).locator(".saved")).toHaveAttribute("data-where", "saved");
  await note(from, call).pressSequentially(", 4 người");
  await expect(card(from, call)).toHaveAttribute("data-phase", "wrapup");
  await expect(card(from, call).locator(".band")).toContainText("Đã chuyển cho 1004");
  await expect(card(to, call).locator("h1.name")).not.toHaveText(/\d/);
  await expect(note(to, call)).toHaveValue("Bàn cạnh cửa sổ");
  await expect(card(to, call).locator(".colleague")).toContainText("Bàn cạnh cửa sổ, 4 người");
  await note(from, call).press("Alt+Enter");
  await expect(card(from, call)).toHaveCount(0);
  await expect(note(to, call)).toHaveValue("Bàn cạnh cửa sổ, 4 người");
  expectNoComplaints(from, to);
  await from.context().close();
  await to.context().close();
});

test("on any other page a ring is in a corner, and one key opens its card", async ({ browser }) => {
  const page = await agent(browser, server, "1005");
  await page.getByRole("link", { name: "Cuộc gọi", exact: true }).click();
  await expect(page.locator("select[name=direction]")).toBeVisible();
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1005", ringMs: 9000, talkMs: 3000 });
  await expect(page.locator(".corner .name")).not.toHaveText(/\d/);
  await page.keyboard.press("Alt+KeyR");
  await expect(card(page, call).locator("h1.name")).toBeVisible();
  await expect(page.locator(".corner article")).toHaveCount(0);
  await expect(note(page, call)).toBeFocused();
  await page.context().close();
});

test("a past call opens with its phones and its note, which a supervisor may change too", async ({ browser }) => {
  const [page, chief] = [await agent(browser, server, "1006"), await supervisor(browser, server)];
  const call = await wrapUp(page, "1006");
  await note(page, call).fill("Dị ứng tôm");
  await note(page, call).press("Alt+Enter");
  await recent(page, call).getByRole("link").click();
  await expect(page.locator(".past-call h1.name")).not.toHaveText(/\d/);
  await expect(page.locator(".past-call textarea")).toHaveValue("Dị ứng tôm");
  await expect(page.locator(".legs tbody tr")).toHaveCount(12);
  await chief.goto(`${server.url}/calls/${call}`);
  await hydrated(chief);
  await chief.locator(".past-call textarea").fill("Dị ứng tôm và cua");
  await chief.locator(".past-call .save").click();
  await expect(chief.locator(".past-call .saved")).toHaveAttribute("data-where", "saved");
  expect(server.sql(`SELECT version, text FROM note_versions WHERE call_id = '${call}' ORDER BY version`)).toEqual(["1|Dị ứng tôm", "2|Dị ứng tôm và cua"]);
  expectNoComplaints(page, chief);
  await page.context().close();
  await chief.context().close();
});

test("the calls page lists by day, outcome and agent, sorts, adds up, and keeps it in the address", async ({ browser }) => {
  const [page, chief] = [await agent(browser, server, "1011"), await supervisor(browser, server)];
  const call = await wrapUp(page, "1011");
  await note(page, call).fill("Bàn tròn");
  await note(page, call).press("Alt+Enter");
  await chief.getByRole("link", { name: "Cuộc gọi", exact: true }).click();
  const rows = chief.locator("tbody tr");
  await chief.getByRole("button", { name: "Hôm nay" }).click();
  await expect(chief).toHaveURL(/from=\d{4}-\d\d-\d\d/);
  await expect(chief.locator(`tr[data-call-id="${call}"]`)).toBeVisible();
  await chief.locator("input[name=text]").pressSequentially("phuc");
  await expect(chief).toHaveURL(/q=phuc/);
  await expect(rows).toHaveCount(server.sql("SELECT id FROM calls WHERE answered_by = '1011' AND started_at > unixepoch('now', '-1 hour') * 1000").length);
  await expect(chief.locator(".sums")).toContainText("Đã trả lời");
  await chief.locator(`tr[data-call-id="${call}"] .when a`).click();
  await expect(chief.locator(".past-call textarea")).toHaveValue("Bàn tròn");
  await chief.goBack();
  await expect(chief.locator("input[name=text]")).toHaveValue("phuc");
  await chief.goto(`${server.url}/calls?direction=inbound`);
  await hydrated(chief);
  await chief.getByRole("button", { name: "Trang sau" }).click();
  await expect(chief).toHaveURL(/page=2/);
  expect(await chief.evaluate(() => scrollY)).toBe(0);
  await chief.getByRole("button", { name: "Khách hàng" }).click();
  await expect(chief.locator("th[aria-sort=ascending]")).toHaveText("Khách hàng");
  await expect(chief).not.toHaveURL(/page=/);
  expectNoComplaints(page, chief);
  await page.context().close();
  await chief.context().close();
});

test("a second ring moves nothing that is being typed, and at 1280 by 620 Save is in sight", async ({ browser }) => {
  const page = await agent(browser, server, "1007");
  await page.setViewportSize({ width: 1280, height: 620 });
  const first = await wrapUp(page, "1007");
  await note(page, first).pressSequentially("Bàn ");
  const top = async () => (await note(page, first).boundingBox())?.y;
  const before = await top();
  const second = await server.play({ scenario: "abandoned", caller: SHARED, ringMs: 4000 });
  await expect(card(page, second)).toHaveAttribute("data-phase", "ringing");
  await expect(card(page, second)).toBeInViewport();
  expect(await top()).toBe(before);
  const save = await card(page, first).locator(".save").boundingBox();
  expect((save?.y ?? 999) + (save?.height ?? 0)).toBeLessThanOrEqual(620);
  // A phone that rings is in sight, and not before what is being written.
  const ring = await card(page, second).boundingBox();
  expect(ring?.y ?? 0).toBeGreaterThanOrEqual((save?.y ?? 0) + (save?.height ?? 0));
  await page.context().close();
});

test("a server that hangs is told within twelve seconds, and until it is back", async ({ browser }) => {
  const page = await agent(browser, server, "1008");
  server.pause();
  const since = Date.now();
  await expect(page.locator(".banner[data-kind=link]")).toBeVisible({ timeout: 15_000 });
  const after = Date.now() - since;
  const light = page.locator(".light");
  // It is tried again and again meanwhile.
  for (let second = 0; second < 14; second++) {
    await expect(page.locator(".banner[data-kind=link]")).toBeVisible({ timeout: 100 });
    await expect(light).toHaveAttribute("data-link", "reconnecting", { timeout: 100 });
    await page.waitForTimeout(1000);
  }
  server.resume();
  await expect(light).toHaveAttribute("data-link", "online", { timeout: 30_000 });
  await expect(page.locator(".banner[data-kind=link]")).toHaveCount(0);
  console.log(`told after ${after} ms`);
  await page.context().close();
});

test("a second load takes no byte of code, style or font from the server", async ({ browser }) => {
  const page = await agent(browser, server, "1009");
  await page.reload();
  await hydrated(page);
  await page.evaluate(() => document.fonts.ready);
  await page.reload();
  await hydrated(page);
  const taken = await page.evaluate(() => {
    const loaded = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    return loaded.filter((it) => /\/(pkg|fonts)\//.test(it.name)).map((it) => [it.name, it.transferSize] as const);
  });
  expect(taken.length).toBeGreaterThan(3);
  expect(taken.filter(([, bytes]) => bytes > 0)).toEqual([]);
  await page.context().close();
});

test("a page that does not exist is alive, and leads back", async ({ browser }) => {
  const page = await agent(browser, server, "1010");
  await page.goto(`${server.url}/no/such/page`);
  await hydrated(page);
  await page.locator(".lang").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByRole("link", { name: "Desk" }).click();
  await expect(page.locator(".stack")).toBeVisible();
  await page.context().close();
});

test("a failed sign-in leaves the keys where one goes on", async ({ browser }) => {
  const page = await browser.newPage();
  await page.goto(`${server.url}/login`);
  await hydrated(page);
  await expect(page.locator("input[name=login]")).toBeFocused();
  await page.locator("input[name=login]").fill("an");
  await page.locator("input[name=password]").fill("wrong");
  await page.keyboard.press("Enter");
  await expect(page.locator(".error")).toContainText("Sai tên đăng nhập");
  await expect(page.locator("input[name=password]")).toBeFocused();
  await page.close();
});

test("the floor is searched, narrowed and sorted; its rows open calls, its numbers add up", async ({ browser }) => {
  const [page, chief] = [await agent(browser, server, "1003"), await supervisor(browser, server)];
  const rows = chief.locator(".desks tbody tr");
  await expect(rows).toHaveCount(12);
  await chief.locator("input[name=agents]").fill("100");
  await expect(rows).toHaveCount(10);
  await chief.locator("input[name=agents]").fill("");
  await chief.getByRole("button", { name: "Sẵn sàng" }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toHaveAttribute("data-exten", "1003");
  await chief.locator(".desks").getByRole("button", { name: "Máy lẻ" }).click();
  await chief.getByRole("button", { name: "Tất cả" }).click();
  await expect(rows.first()).toHaveAttribute("data-exten", "1011");
  const call = await server.play({ scenario: "noAnswer", caller: KNOWN, ringMs: 4000 });
  await expect(chief.locator(`tr[data-call-id="${call}"]`)).toHaveAttribute("data-phase", "ringing");
  await chief.locator(`tr[data-call-id="${call}"] a`).click();
  await expect(chief.locator(".past-call h1.name")).not.toHaveText(/\d/);
  await chief.goBack();
  await chief.locator("tr[data-exten='1003'] a").click();
  await expect(chief).toHaveURL(/calls\?exten=1003/);
  await chief.goBack();
  const tiles = chief.locator(".tiles dd");
  const today = async () => (await tiles.allTextContents()).slice(4, 8).map((text) => Number(/\d+/.exec(text)?.[0]));
  const [ended] = server.sql("SELECT count(*) FROM calls WHERE direction = 'inbound' AND ended_at IS NOT NULL AND started_at >= unixepoch('now', '+7 hours', 'start of day', '-7 hours') * 1000");
  await expect.poll(async () => (await today()).reduce((sum, count) => sum + count, 0)).toBe(Number(ended));
  expectNoComplaints(page, chief);
  await page.context().close();
  await chief.context().close();
});
