// Agents and supervisors in browsers of their own.
import { type Browser, type BrowserContext, type BrowserContextOptions, expect, type Locator, type Page } from "@playwright/test";

import { LOGINS, type Server } from "./server.js";

/** What a page complained of: no test may end with any. */
export const complaints = new WeakMap<Page, string[]>();

export async function open(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  const heard: string[] = [];
  complaints.set(page, heard);
  page.on("console", (message) => {
    if (message.type() === "error") heard.push(message.text());
  });
  page.on("pageerror", (error) => heard.push(String(error)));
  return page;
}

export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator("html[data-hydrated=true]")).toBeAttached({ timeout: 20_000 });
}

export async function signIn(page: Page, server: { url: string }, login: string, exten: string): Promise<void> {
  await page.goto(`${server.url}/login`);
  await hydrated(page);
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill(`ringside-${login}`);
  await page.locator("input[name=exten]").fill(exten);
  await page.locator("button[type=submit]").click();
  await page.waitForURL((url) => url.pathname !== "/login");
  await hydrated(page);
}

/** An agent at an extension, with the light green. */
export async function agent(browser: Browser, server: Server, exten: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await open(await browser.newContext(options));
  await signIn(page, server, LOGINS[Number(exten) - 1000], exten);
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  return page;
}

export async function supervisor(browser: Browser, server: Server): Promise<Page> {
  const page = await open(await browser.newContext());
  await signIn(page, server, "supervisor", "");
  await expect(page.locator("tr[data-exten='1000']")).toBeVisible();
  return page;
}

export function card(page: Page, call: string): Locator {
  return page.locator(`article.card[data-call-id="${call}"]`);
}

export function expectNoComplaints(...pages: Page[]): void {
  for (const page of pages) expect(complaints.get(page)).toEqual([]);
}
