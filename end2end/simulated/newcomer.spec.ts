// A caller whom nobody knows: the number once, and the way into the customers.
import { expect, test } from "@playwright/test";

import { agent, card, expectNoComplaints, hydrated } from "../support/people.js";
import { Server } from "../support/server.js";

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.stop());

const stranger = (number: string) => ({ name: "", number });

test("an unknown caller's number is said once, and who answers adds them; every card knows them then", async ({ browser }) => {
  const [page, other] = [await agent(browser, server, "1000"), await agent(browser, server, "1001")];
  const call = await server.play({ scenario: "answered", caller: stranger("0987000111"), by: "1000", ringMs: 1500, talkMs: 60_000 });
  const it = card(page, call);
  await expect(it).toHaveAttribute("data-phase", "talking");
  await expect(it.locator("h1.name")).toHaveText("098 700 01 11");
  expect(((await it.textContent()) ?? "").match(/098/g)?.length).toBe(1);
  await it.locator("textarea[name=note]").fill("Hỏi bàn cho 8 người");

  await it.getByRole("button", { name: "Thêm khách hàng" }).press("Enter");
  await expect(it.locator("input[name=number]")).toHaveValue("098 700 01 11");
  await expect(it.locator("input[name=name]")).toBeFocused();
  await page.keyboard.type("Lê Thị Hoa");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Huế");
  // A card that makes way for another one, and comes back, keeps what was entered.
  await page.getByRole("link", { name: "Cuộc gọi", exact: true }).click();
  await page.getByRole("link", { name: "Bàn trực" }).click();
  await expect(it.locator("input[name=city]")).toHaveValue("Huế");
  await page.route("**/api/add_customer", (route) => route.abort());
  await it.locator("input[name=name]").press("Enter");
  await expect(it.locator(".newcomer .error")).not.toBeEmpty();
  await page.unroute("**/api/add_customer");
  await it.locator("input[name=name]").press("Enter");
  await expect(it.locator("h1.name")).toHaveText("Lê Thị Hoa");
  await expect(it.locator("textarea[name=note]")).toBeFocused();
  await page.keyboard.press("Control+Enter");
  await expect(it.locator(".saved")).toHaveAttribute("data-where", "saved");
  const [id] = server.sql("SELECT c.id FROM customers c JOIN customer_phones p ON p.customer_id = c.id WHERE p.number = '+84987000111'");
  expect(server.sql(`SELECT text, customer_id FROM notes WHERE call_id = '${call}'`)).toEqual([`Hỏi bàn cho 8 người|${id}`]);

  const again = await server.play({ scenario: "abandoned", caller: stranger("0987000111"), ringMs: 6000 });
  await expect(card(other, again).locator("h1.name")).toHaveText("Lê Thị Hoa");
  await expect(other.locator(".hist")).toContainText("Hỏi bàn cho 8 người");
  expectNoComplaints(other);
  await page.context().close();
  await other.context().close();
});

test("who was missed is added from the call's page, and a draft of theirs says its number once", async ({ browser }) => {
  const page = await agent(browser, server, "1002");
  const call = await server.play({ scenario: "answered", caller: stranger("0987000222"), by: "1002", ringMs: 300, talkMs: 300 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "wrapup");
  await card(page, call).locator("textarea[name=note]").fill("Gọi lại");
  await expect(card(page, call).locator(".saved")).toHaveAttribute("data-where", "server");
  await card(page, call).locator(".close").click();
  const draft = card(page, call);
  await expect(draft.locator(".strip")).toContainText("098 700 02 22");
  expect(((await draft.textContent()) ?? "").match(/098/g)?.length).toBe(1);

  await page.goto(`${server.url}/calls/${call}`);
  await hydrated(page);
  await page.getByRole("button", { name: "Thêm khách hàng" }).click();
  await page.keyboard.type("Trần Văn Bảo");
  await page.keyboard.press("Enter");
  await expect(page.locator(".past-call h1.name")).toHaveText("Trần Văn Bảo");
  await page.getByRole("link", { name: "Trang khách hàng" }).click();
  await expect(page.locator("h1.name")).toHaveText("Trần Văn Bảo");
  await expect(page.locator(".log li[data-call-id]")).toHaveCount(1);
  expectNoComplaints(page);
  await page.context().close();
});
