// A page that speaks with a server of a later version, which says more than the page knows.
import { expect, test } from "@playwright/test";

import { agent, card, expectNoComplaints, open, signIn } from "../support/people.js";
import { KNOWN, Server } from "../support/server.js";

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.stop());

test("frames, tables and fields that a page does not know leave it online", async ({ browser }) => {
  const page = await open(await browser.newContext());
  let [sockets, skipped] = [0, 0];
  await page.routeWebSocket(/\/ws$/, (browserEnd) => {
    sockets += 1;
    const serverEnd = browserEnd.connectToServer();
    serverEnd.onMessage((text) => {
      const frame = JSON.parse(String(text));
      if (frame.seq !== undefined) {
        // One of a kind of its own before each that the page knows.
        const seq = frame.seq + skipped++;
        browserEnd.send(JSON.stringify({ seq, type: "queueChanged", queue: "sales", waiting: skipped }));
        frame.seq = seq + 1;
      }
      if (frame.board) frame.board.queues = [{ queue: "sales" }];
      frame.node = "b";
      browserEnd.send(JSON.stringify(frame));
      browserEnd.send(JSON.stringify({ type: "announcement", text: "at nine" }));
    });
  });
  await signIn(page, server, "an", "1000");
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1000", ringMs: 1500, talkMs: 1500 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "wrapup");
  expect(skipped).toBeGreaterThan(3);
  expect(sockets).toBe(1);
  expectNoComplaints(page);
  await page.context().close();
});

test("a tab that types asks for its own draft no more, and another tab has it", async ({ browser }) => {
  const page = await agent(browser, server, "1001");
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1001", ringMs: 500, talkMs: 500 });
  await expect(card(page, call)).toHaveAttribute("data-phase", "wrapup");
  const other = await open(page.context());
  await other.goto(server.url);
  await expect(other.locator("textarea[name=note]")).toBeVisible();
  await page.waitForTimeout(1000);
  let asked = 0;
  page.on("request", (request) => (asked += request.url().endsWith("/api/written") ? 1 : 0));
  for (const words of ["Bàn ", "cạnh ", "cửa sổ"]) {
    await card(page, call).locator("textarea[name=note]").pressSequentially(words);
    await expect(card(page, call).locator(".saved")).toHaveAttribute("data-where", "server");
    await page.waitForTimeout(300);
  }
  await expect(other.locator("textarea[name=note]")).toHaveValue("Bàn cạnh cửa sổ");
  expect(asked).toBe(0);
  await page.context().close();
});
