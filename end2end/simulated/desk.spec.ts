// The agent's desk: the card, the colleagues, the note.
import { expect, test } from "@playwright/test";

import { forget, kept } from "../support/disk.js";
import { agent, card, expectNoComplaints, hydrated } from "../support/people.js";
import { KNOWN, Server, SHARED } from "../support/server.js";

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.stop());

test("a ring shows the customer on every desk, looked up once; the others fold and say who answered", async ({ browser }) => {
  const [an, binh] = [await agent(browser, server, "1000"), await agent(browser, server, "1001")];
  const before = (await server.health()).lookups;
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1000", ringMs: 9000, talkMs: 5000 });
  for (const page of [an, binh]) {
    await expect(card(page, call)).toHaveAttribute("data-phase", "ringing");
    await expect(card(page, call).locator(".name")).not.toHaveText(/\d/);
    await expect(card(page, call).locator(".phone")).toHaveText("090 485 96 96");
    await expect(card(page, call).locator(".facts")).toBeVisible();
  }
  expect((await server.health()).lookups).toBe(before + 1);
  await expect(card(an, call)).toHaveAttribute("data-phase", "talking");
  await expect(card(binh, call)).toHaveAttribute("data-phase", "left");
  await expect(card(binh, call)).toContainText("1000");
  await expect(card(an, call)).toHaveAttribute("data-phase", "wrapup");
  await card(an, call).locator(".close").click();
  await expect(an.locator(`article.card[data-call-id="${call}"][data-phase=wrapup]`)).toHaveCount(0);
  expectNoComplaints(an, binh);
  await an.context().close();
  await binh.context().close();
});

test("a note is saved, in the database, and there after a reload", async ({ browser }) => {
  const page = await agent(browser, server, "1002");
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1002", ringMs: 1500, talkMs: 3000 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "talking");
  const note = card(page, call).locator("textarea[name=note]");
  await note.fill("Muốn đổi sang bàn gần cửa sổ");
  await expect(card(page, call).locator(".saved")).toHaveAttribute("data-where", "server");
  await card(page, call).locator(".save").click();
  await expect(card(page, call).locator(".saved")).toHaveAttribute("data-where", "saved");
  expect(server.sql(`SELECT text FROM notes WHERE call_id = '${call}'`)).toEqual(["Muốn đổi sang bàn gần cửa sổ"]);
  await page.reload();
  await hydrated(page);
  await expect(card(page, call).locator("textarea[name=note]")).toHaveValue("Muốn đổi sang bàn gần cửa sổ");
  expectNoComplaints(page);
  await page.context().close();
});

test("a draft is there after the tab was closed in mid-word", async ({ browser }) => {
  const page = await agent(browser, server, "1003");
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1003", ringMs: 1500, talkMs: 2000 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "talking");
  await card(page, call).locator("textarea[name=note]").pressSequentially("Khách dị ứng hải s");
  await page.close();
  const again = await page.context().newPage();
  await again.goto(server.url);
  await hydrated(again);
  await expect(card(again, call).locator("textarea[name=note]")).toHaveValue("Khách dị ứng hải s");
  await again.context().close();
});

test("a tab from before an upgrade saves its note, and says what to do", async ({ browser }) => {
  const page = await agent(browser, server, "1011");
  let isUpgraded = false;
  await page.routeWebSocket(/\/ws$/, (socket) => {
    if (!isUpgraded) socket.connectToServer();
    // As a server of another version answers its hello.
    else socket.onMessage(() => void socket.close({ code: 4426, reason: "new version" }));
  });
  await page.reload();
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1011", ringMs: 500, talkMs: 20_000 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "talking");
  const note = card(page, call).locator("textarea[name=note]");
  await note.fill("Gõ trước khi nâng cấp");
  isUpgraded = true;
  await server.kill();
  await server.launch(["--simulate"]);
  await expect(page.locator(".banner[data-kind=version]")).toBeVisible();
  await note.fill("Gõ trước và sau khi nâng cấp");
  await card(page, call).locator(".save").click();
  await expect(card(page, call).locator(".saved")).toHaveAttribute("data-where", "saved");
  expect(server.sql(`SELECT text FROM notes WHERE call_id = '${call}'`)).toEqual(["Gõ trước và sau khi nâng cấp"]);
  await page.context().close();
});

test("where no browser can look anything up, no card ever has data, and each offers a retry", async ({ browser }) => {
  const page = await agent(browser, server, "1004");
  await page.route("**/api/find_customer", (route) => route.abort());
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1004", ringMs: 6000, talkMs: 3000 });
  await expect(card(page, call).locator(".retry")).toBeVisible();
  await expect(card(page, call).locator(".facts")).toHaveCount(0);
  await page.unroute("**/api/find_customer");
  await card(page, call).locator(".retry").click();
  await expect(card(page, call).locator(".facts")).toBeVisible();
  await page.context().close();
});

test("a caller who gives up closes the card", async ({ browser }) => {
  const page = await agent(browser, server, "1005");
  const call = await server.play({ scenario: "abandoned", caller: KNOWN, ringMs: 7000 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "ringing");
  await expect(card(page, call)).toHaveAttribute("data-phase", "left");
  await expect(card(page, call)).toContainText("Khách đã bỏ máy");
  await page.context().close();
});

test("several customers on one number are offered, and a hidden number is not looked up", async ({ browser }) => {
  const page = await agent(browser, server, "1006");
  const shared = await server.play({ scenario: "answered", caller: SHARED, by: "1006", ringMs: 1500, talkMs: 2500 });
  await expect(card(page, shared).locator(".match")).toHaveCount(2);
  await card(page, shared).locator(".match").nth(1).locator("input").check();
  const chosen = await card(page, shared).locator(".match b").nth(1).textContent();
  await expect(card(page, shared).locator("h1.name")).toHaveText(chosen ?? "");
  await expect(card(page, shared)).toHaveAttribute("data-phase", "wrapup");
  await card(page, shared).locator(".close").click();
  const hidden = await server.play({ scenario: "abandoned", caller: { name: "", number: "anonymous" }, ringMs: 8000 });
  await expect(card(page, hidden).locator(".name")).toHaveText("Số ẩn");
  await expect(card(page, hidden).locator(".facts")).toHaveCount(0);
  await page.context().close();
});

test("a call that rings while the note of the last one is written leaves the keys alone, and is one key away", async ({ browser }) => {
  const page = await agent(browser, server, "1007");
  const first = await server.play({ scenario: "answered", caller: KNOWN, by: "1007", ringMs: 500, talkMs: 500 });
  await expect(card(page, first)).toHaveAttribute("data-phase", "wrapup");
  const note = card(page, first).locator("textarea[name=note]");
  await note.pressSequentially("Khách ");
  const second = await server.play({ scenario: "answered", caller: SHARED, by: "1007", ringMs: 6000, talkMs: 6000 });
  await expect(card(page, second)).toHaveAttribute("data-phase", "ringing");
  await page.keyboard.type("muốn bàn lớn");
  await expect(note).toHaveValue("Khách muốn bàn lớn");
  await page.keyboard.press("Alt+KeyR");
  await expect(card(page, second).locator("textarea[name=note]")).toBeFocused();
  // What is saved gives way by itself.
  await card(page, first).locator("button.strip").click();
  await card(page, first).locator(".save").click();
  await expect(card(page, first).locator(".saved")).toHaveAttribute("data-where", "saved");
  await expect(card(page, second)).toHaveAttribute("data-phase", "talking");
  await expect(card(page, second).locator(".band")).toBeVisible();
  await page.context().close();
});

test("of two calls that are over, the one whose note is being written is open after a reload", async ({ browser }) => {
  const page = await agent(browser, server, "1009");
  const over = async () => {
    const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1009", ringMs: 300, talkMs: 300 });
    await expect(card(page, call)).toHaveAttribute("data-phase", "wrapup");
    return call;
  };
  await over();
  const second = await over();
  await card(page, second).locator("textarea[name=note]").fill("Khách gọi lại sau");
  await expect(card(page, second).locator(".saved")).toHaveAttribute("data-where", "server");
  await page.reload();
  await expect(card(page, second).locator("textarea[name=note]")).toHaveValue("Khách gọi lại sau");
  // What another browser has typed comes a moment later, and moves no card: the strip says it.
  await forget(page);
  await page.reload();
  await expect(card(page, second).locator("button.strip")).toContainText("Đã giữ nháp lúc");
  await page.context().close();
});

test("a card that is closed unsaved leaves its draft in sight, and a draft that is closed does not come back", async ({ browser }) => {
  const page = await agent(browser, server, "1008");
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1008", ringMs: 300, talkMs: 300 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "wrapup");
  await card(page, call).locator("textarea[name=note]").pressSequentially("chưa lưu");
  await expect(card(page, call).locator(".saved")).toHaveAttribute("data-where", "server");
  await card(page, call).locator(".close").click();
  await expect(card(page, call).locator(".band")).toHaveCount(0);
  await expect(card(page, call).locator("textarea[name=note]")).toHaveValue("chưa lưu");
  await card(page, call).locator(".close").click();
  await expect(card(page, call)).toHaveCount(0);
  await page.reload();
  await hydrated(page);
  await expect(page.locator(".log")).toBeVisible();
  await expect(page.locator("textarea[name=note]")).toHaveCount(0);
  expect(await kept(page)).toEqual([]);
  await page.context().close();
});

test("a browser that keeps nothing says so, until the server has it", async ({ browser }) => {
  const page = await agent(browser, server, "1011");
  await page.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: null }));
  await page.reload();
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1011", ringMs: 300, talkMs: 300 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "wrapup");
  await page.route(/\/api\/(save_note|keep_draft)$/, (route) => route.abort());
  const saved = card(page, call).locator(".saved");
  await card(page, call).locator("textarea[name=note]").fill("chỉ ở đây");
  await expect(saved).toHaveAttribute("data-where", "page");
  await card(page, call).locator(".save").click();
  await expect(saved).toHaveAttribute("data-where", "waiting");
  await expect(saved).toContainText("Mới chỉ có trên trang này");
  await page.unrouteAll({ behavior: "wait" });
  await expect(saved).toHaveAttribute("data-where", "saved");
  await expect(saved).not.toContainText("Mới chỉ có trên trang này");
  await page.context().close();
});

test("saving by key writes what was typed once, however often it is pressed", async ({ browser }) => {
  const page = await agent(browser, server, "1010");
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1010", ringMs: 300, talkMs: 300 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "wrapup");
  await page.route("**/api/save_note", async (route) => {
    await new Promise((done) => setTimeout(done, 500));
    await route.continue();
  });
  const note = card(page, call).locator("textarea[name=note]");
  await note.press("Control+Enter");
  await note.pressSequentially("một");
  await note.press("Control+Enter");
  await note.pressSequentially(" hai");
  await note.press("Control+Enter");
  await expect(card(page, call).locator(".saved")).toHaveAttribute("data-where", "saved");
  await note.press("Control+Enter");
  const versions = () => server.sql(`SELECT text FROM note_versions WHERE call_id = '${call}' ORDER BY version`);
  await expect.poll(versions).toEqual(["một", "một hai"]);
  await page.context().close();
});
