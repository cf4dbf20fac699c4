// Texts that are meant to run, and the desk in a frame of another site.
import { expect, type FrameLocator, test } from "@playwright/test";

import { agent, card, expectNoComplaints, hydrated, open, signIn } from "../support/people.js";
import { listening } from "../support/ports.js";
import { KNOWN, LOGINS, Server } from "../support/server.js";
import { certificate, proxy, website } from "../support/tls.js";

const IMAGE = '<img src=x onerror="window.hit=1">';
const SCRIPT = "<script>window.hit=1</script>";
/** As long as a prefix may be. */
const PREFIX = "<svg onload=hit=1>";
const VECTOR = '"><svg onload="window.hit=1">';

test("names, notes and prefixes are text, whatever they say", async ({ browser }) => {
  const server = await Server.start();
  server.sql(`UPDATE customers SET name = '${SCRIPT}${IMAGE}', city = '${VECTOR}' WHERE id IN
    (SELECT customer_id FROM customer_phones WHERE number = '+84904859696')`);
  server.sql(`UPDATE restaurants SET name = '${IMAGE}' || id`);
  const page = await agent(browser, server, "1000");
  const known = await server.play({ scenario: "answered", caller: KNOWN, by: "1000", ringMs: 1500, talkMs: 60_000 });
  await expect(card(page, known).locator(".name")).toHaveText(SCRIPT + IMAGE);
  await card(page, known).locator("textarea[name=note]").fill(VECTOR + SCRIPT);
  await card(page, known).locator(".save").click();
  await expect(card(page, known).locator(".saved")).toHaveAttribute("data-where", "saved");
  await page.reload();
  await hydrated(page);
  await expect(card(page, known).locator("textarea[name=note]")).toHaveValue(VECTOR + SCRIPT);

  const watcher = await agent(browser, server, "1001");
  const caller = { name: `${PREFIX}: ${SCRIPT}`, number: "0977000111" };
  const unknown = await server.play({ scenario: "noAnswer", caller, ringMs: 60_000 });
  await expect(card(watcher, unknown).locator(".name")).toHaveText(SCRIPT);
  await expect(card(watcher, unknown).locator(".dialled")).toContainText(PREFIX);
  const [id] = server.sql("SELECT customer_id FROM customer_phones WHERE number = '+84904859696'");
  for (const path of ["/calls", `/customers/${id}`]) {
    await page.goto(server.url + path);
    await hydrated(page);
    await expect(page.locator("main")).toContainText(SCRIPT);
  }
  for (const it of [page, watcher]) {
    const ran = await it.evaluate(() => "hit" in window || document.querySelector("main script, main img, main svg[onload]") !== null);
    expect(ran).toBe(false);
  }
  expectNoComplaints(page, watcher);
  await page.context().close();
  await watcher.context().close();
  await server.stop();
});

/** Signs the first agent in, in a frame that shows the door. */
async function fillIn(inside: FrameLocator): Promise<void> {
  await expect(inside.locator("html[data-hydrated=true]")).toBeAttached();
  await inside.locator("input[name=login]").fill(LOGINS[0]);
  await inside.locator("input[name=password]").fill(`ringside-${LOGINS[0]}`);
  await inside.locator("input[name=exten]").fill("1000");
  await inside.locator("button[type=submit]").click();
}

test("over TLS the desk works in a frame of a configured site, stays signed in there, and in no other's", async ({ browser }) => {
  const tls = certificate();
  let behind = 0;
  const desk = proxy(tls, () => behind);
  const url = `https://127.0.0.1:${await listening(desk)}`;
  // Another site than 127.0.0.1, to a browser.
  const frame = `<!doctype html><iframe src="${url}/login" width="1000" height="800"></iframe>`;
  const [crm, other] = [website(tls, frame), website(tls, frame)];
  const [crmUrl, otherUrl] = [`https://localhost:${await listening(crm)}`, `https://localhost:${await listening(other)}`];
  const server = await Server.start({ RINGSIDE_PUBLIC_URL: url, RINGSIDE_EMBED__ORIGINS: crmUrl });
  behind = server.port;

  const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  // Even so there are none in a frame of another site.
  await page.context().grantPermissions(["notifications"], { origin: url });
  await page.goto(crmUrl);
  const inside = page.frameLocator("iframe");
  await fillIn(inside);
  await expect(inside.locator(".light[data-link=online]")).toBeVisible();
  const call = await server.play({ scenario: "answered", caller: KNOWN, by: "1000", ringMs: 3000, talkMs: 60_000 });
  await expect(inside.locator(`article.card[data-call-id="${call}"] .facts`)).toBeVisible();
  const bell = inside.locator(".alerts");
  await expect(bell).not.toContainText("Chỉ kêu");
  await expect(bell).toHaveAttribute("title", /không hiện thông báo/);
  await bell.click();
  await expect(bell).toHaveAttribute("aria-pressed", "true");
  await expect(bell).toContainText("Chỉ kêu");
  await expect(bell).toHaveAccessibleName("Chuông báo: Chỉ kêu");
  const tab = page.context().waitForEvent("page");
  await inside.locator(".own-tab").click();
  const own = await tab;
  await hydrated(own);
  // The frame's cookie is the frame's alone.
  expect(own.url()).toBe(`${url}/login`);
  await signIn(own, { url }, LOGINS[0], "1000");
  await expect(own.locator(".alerts")).toHaveAttribute("title", /hiện thông báo khi có cuộc gọi/);
  await expect(own.locator(".own-tab")).toHaveCount(0);
  await own.close();
  // The same person has the extension elsewhere; of the frame's own session there is no desk left.
  await inside.getByRole("button", { name: "Tiếp tục tại đây" }).click();
  await expect(inside.locator("input[name=login]")).toBeVisible();
  await fillIn(inside);
  await expect(inside.locator(".light[data-link=online]")).toBeVisible();

  const cookies = await page.context().cookies(url);
  expect(cookies.find((cookie) => cookie.name === "__Host-ringside")).toMatchObject({ secure: true, httpOnly: true, sameSite: "None" });

  await page.frames()[1].goto(url);
  await expect(inside.locator(`article.card[data-call-id="${call}"]`)).toBeVisible();

  await page.goto(otherUrl);
  await expect.poll(() => page.frames()[1].url()).toContain("chrome-error:");
  await page.context().close();
  await server.stop();
  for (const site of [desk, crm, other]) {
    site.closeAllConnections();
    site.close();
  }
});

for (const [locale, lang, other, offer] of [
  ["en-GB", "en", "vi", "Tiếng Việt"],
  ["vi-VN", "vi", "en", "English"],
  ["fr-FR", "vi", "en", "English"],
]) {
  test(`a browser of ${locale} is spoken to in ${lang} until the person chooses`, async ({ browser }) => {
    const server = await Server.start();
    const page = await open(await browser.newContext({ locale }));
    await page.goto(`${server.url}/login`);
    await hydrated(page);
    await expect(page.locator("html")).toHaveAttribute("lang", lang);
    const choice = page.locator(".lang");
    await expect(choice).toHaveText(offer);
    await expect(choice).toHaveAttribute("lang", other);
    await choice.click();
    await expect(page.locator("html")).toHaveAttribute("lang", other);
    await page.reload();
    await hydrated(page);
    await expect(page.locator("html")).toHaveAttribute("lang", other);
    await expect(choice).toHaveAttribute("lang", lang);
    expectNoComplaints(page);
    await page.context().close();
    await server.stop();
  });
}

test("pages that are answered beside server functions have their own nonce in their policy, or send a stranger to the door", async ({ browser }) => {
  const server = await Server.start();
  const page = await agent(browser, server, "1000");
  const stranger = await browser.newContext();
  const ask = (path: string) => page.request.post(`${server.url}/api/${path}`, { data: {}, headers: { origin: server.url } });
  const turnedAway = async () => {
    const answer = await stranger.request.get(server.url, { maxRedirects: 0 });
    expect(answer.status()).toBe(302);
    expect(answer.headers().location).toBe("/login");
  };
  for (let round = 0; round < 60; round++) {
    const pages = ["/", "/calls", "/login", "/calls"].map(async (path) => {
      const answer = await page.request.get(server.url + path, { maxRedirects: 0 });
      const nonce = /nonce="([^"]+)"/.exec(await answer.text())?.[1];
      expect(answer.headers()["content-security-policy"]).toContain(`'nonce-${nonce}'`);
    });
    await Promise.all([...pages, ask("who"), ask("today"), ask("drafts"), turnedAway()]);
  }
  await stranger.close();
  await page.context().close();
  await server.stop();
});
