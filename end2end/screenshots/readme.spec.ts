// The pictures of the README, taken anew by `cargo xtask screenshots`, so that they stay true.
import { resolve } from "node:path";

import { expect, type Page, test } from "@playwright/test";

import { Client } from "../support/client.js";
import { agent, card, supervisor } from "../support/people.js";
import { KNOWN, LOGINS, Server, SHARED } from "../support/server.js";

const DOCS = resolve(import.meta.dirname, "../../docs");

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.stop());

/** Without what moves. */
async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: resolve(DOCS, name), animations: "disabled" });
}

async function inEnglish(page: Page): Promise<void> {
  await page.locator(".lang").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
}

test("the desk during a ring, as a page and as a narrow panel, and the floor", async ({ browser }) => {
  const [desk, panel] = [await agent(browser, server, "1003"), await agent(browser, server, "1004")];
  const floor = await supervisor(browser, server);
  // Most of the other desks are manned too.
  for (const index of [0, 1, 2, 5, 6, 7, 9, 11]) await Client.signIn(server, LOGINS[index], `${1000 + index}`);
  for (const page of [desk, panel, floor]) await inEnglish(page);
  await panel.setViewportSize({ width: 380, height: 820 });
  await panel.locator(".theme").click();
  const talk = await server.play({ scenario: "answered", caller: SHARED, by: "1006", ringMs: 1000, talkMs: 60_000 });
  await expect(floor.locator(`tr[data-call-id="${talk}"]`)).toHaveAttribute("data-phase", "talking");
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1003", ringMs: 20_000, talkMs: 1000 });
  for (const page of [desk, panel]) await expect(card(page, call).locator(".facts")).toBeVisible();
  await expect(floor.locator(`tr[data-call-id="${call}"]`)).toHaveAttribute("data-phase", "ringing");
  await expect(card(desk, call).locator(".band")).toContainText("0:04");
  await take(desk, "desk-ringing.png");
  await take(panel, "panel-dark.png");
  await take(floor, "floor.png");
});
