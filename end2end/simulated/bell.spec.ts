// The bell and its notification, where a browser allows them.
import { expect, type Page, test } from "@playwright/test";

import { agent, card } from "../support/people.js";
import { KNOWN, Server } from "../support/server.js";

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.stop());

const ALLOWED = { permissions: ["notifications"] };

/** A page makes no sound until somebody touches it; that a test looks at it counts as a touch, and must not. */
function untouched(): void {
  let isTouched = false;
  window.addEventListener("click", () => (isTouched = true), true);
  const resume = AudioContext.prototype.resume;
  AudioContext.prototype.resume = function () {
    return isTouched ? resume.call(this) : new Promise(() => undefined);
  };
}

/** Keeps the notifications in hand, and lets the test say whether the page is in sight. */
function observed(): void {
  const shown: Notification[] = [];
  const Real = window.Notification;
  class Observed extends Real {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      shown.push(this);
    }
  }
  Object.assign(window, { Notification: Observed, shown, isHidden: false });
  Object.defineProperty(document, "visibilityState", {
    get: () => ((window as unknown as { isHidden: boolean }).isHidden ? "hidden" : "visible"),
  });
}

const hide = (page: Page, isHidden: boolean) => page.evaluate((isHidden) => Object.assign(window, { isHidden }), isHidden);

const shown = (page: Page) =>
  page.evaluate(() => (window as unknown as { shown: Notification[] }).shown.map(({ title, body }) => ({ title, body })));

test("where notifications are allowed the bell is on, says that it needs a click, and rings after one", async ({ browser }) => {
  const page = await agent(browser, server, "1000", ALLOWED);
  await page.addInitScript(untouched);
  await page.reload();
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  const bell = page.locator(".alerts");
  await expect(bell).toHaveAttribute("aria-pressed", "true");
  await expect(bell).toHaveAttribute("data-silent", "true");
  await expect(bell).toHaveAccessibleName("Chuông báo: Bấm để nghe chuông");
  const call = await server.play({ scenario: "abandoned", caller: KNOWN, ringMs: 8000 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "ringing");
  await expect(bell).toHaveAttribute("data-rings", "false");
  // Anywhere on the page.
  await page.locator(".stack").click({ position: { x: 5, y: 5 } });
  await expect(bell).toHaveAttribute("data-silent", "false");
  await expect(bell).toHaveAttribute("data-rings", "true");
  await expect(bell).toHaveAttribute("data-rings", "false");
  await page.context().close();
});

test("where nobody was asked yet the bell is off", async ({ browser }) => {
  const page = await agent(browser, server, "1001");
  await expect(page.locator(".alerts")).toHaveAttribute("aria-pressed", "false");
  await page.context().close();
});

test("a ring out of sight is one notification: who calls, by which number; a click opens the card", async ({ browser }) => {
  const page = await agent(browser, server, "1002", ALLOWED);
  await page.addInitScript(observed);
  await page.reload();
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  const name = server.sql("SELECT c.name FROM customers c JOIN customer_phones p ON p.customer_id = c.id WHERE p.number = '+84904859696'")[0];
  await page.getByRole("link", { name: "Cuộc gọi", exact: true }).click();
  await expect(page.locator("select[name=direction]")).toBeVisible();
  await hide(page, true);
  const call = await server.play({ scenario: "abandoned", caller: KNOWN, ringMs: 8000 });
  await expect(page.locator(".corner .name")).toHaveText(name);
  await expect.poll(() => shown(page)).toEqual([{ title: name, body: "090 485 96 96" }]);
  await hide(page, false);
  await page.evaluate(() => (window as unknown as { shown: Notification[] }).shown[0].dispatchEvent(new Event("click")));
  await expect(card(page, call).locator("h1.name")).toHaveText(name);
  await expect(card(page, call).locator("textarea[name=note]")).toBeFocused();
  await expect(card(page, call)).toHaveAttribute("data-phase", "left");
  expect((await shown(page)).length).toBe(1);
  await page.context().close();
});
