// How long after Asterisk's Ringing event an agent has the frame, and sees the card. Not a test:
// `cargo xtask measure` runs it, on the release build, and it only prints. Times are of one clock:
// Asterisk, Ringside, the clients and Chromium are on one machine. Asterisk's own are whole
// milliseconds.
import { expect, test } from "@playwright/test";

import { EXTENS } from "../support/asterisk.js";
import { Centre, customer, number } from "../support/centre.js";
import { Observer } from "../support/observer.js";
import { paintedOn, Spans, watch } from "../support/painted.js";
import { card, open, signIn } from "../support/people.js";
import { KNOWN, Server } from "../support/server.js";

const CALLS = 20;

/** When a frame about a call came, and whether it had the customer's data. */
interface Heard {
  call: string;
  hasData: boolean;
  at: number;
}

test("from Asterisk's event to the agent's eye", async ({ browser }) => {
  test.setTimeout(600_000);
  const centre = await Centre.open(browser);
  const observer = await Observer.open(centre.asterisk);
  for (const page of centre.pages.values()) await watch(page);
  const spans = new Spans();
  const before = { health: await centre.server.health(), requests: await centre.server.counter("ringside_ari_requests_total") };
  for (let index = 0; index < CALLS; index++) {
    await centre.telephones.all({ 1001: { does: "answer", after: 1200 } });
    const known = centre.known();
    const first = observer.events.length;
    const caller = index % 12;
    centre.telephones.call({ number: number(caller), talk: 1000 });
    const { callId } = await centre.seen(number(caller), known);
    await expect(card(centre.page("1001"), callId).locator("h1.name")).toHaveText(customer(caller));
    await expect(card(centre.page("1001"), callId)).toHaveAttribute("data-phase", "wrapup");
    await centre.quiet();
    const events = observer.events.slice(first);
    const ringing = (exten: string) => events.find((it) => it.channel.state === "Ringing" && it.channel.name.startsWith(`PJSIP/${exten}-`))?.at;
    const up = events.find((it) => it.channel.state === "Up" && it.channel.name.startsWith("PJSIP/1001-"))?.at;
    for (const [exten, client] of centre.clients) {
      const states = client.frames.filter((frame) => frame.type === "callState" && frame.callId === callId);
      spans.note("Ringing → frame", ringing(exten), states[0]?.at);
      spans.note("Ringing → frame with the customer's data", ringing(exten), states.find((frame) => frame.data)?.at);
      spans.note("answer → frame of the others", up, client.frames.find((frame) => frame.type === "callLeft" && frame.callId === callId)?.at);
    }
    for (const exten of EXTENS.filter((it) => centre.pages.has(it))) {
      const painted = await paintedOn(centre.page(exten));
      const when = (what: string) => painted.find((it) => it.call === callId && it.what === what)?.at;
      spans.note("Ringing → painted card", ringing(exten), when("card"));
      spans.note("Ringing → painted card with the customer's data", ringing(exten), when("data"));
      if (exten === "1001") spans.note("answer → painted talk", up, when("talking"));
      else spans.note("answer → painted fold of the others", up, when("over"));
    }
    await centre.tidy();
  }
  const after = { health: await centre.server.health(), requests: await centre.server.counter("ringside_ari_requests_total") };
  observer.close();
  await centre.close();

  const calls = after.health.calls - before.health.calls;
  console.log(spans.table());
  console.log(`${calls} calls: ${(after.health.lookups - before.health.lookups) / calls} lookups and ${(after.requests - before.requests) / calls} ARI requests a call`);
});

// What of that is the browser's own: nothing but one desk and the simulator is on the machine.
test("from the frame to the agent's eye, one desk alone", async ({ browser }) => {
  test.setTimeout(600_000);
  const server = await Server.start();
  const context = await browser.newContext();
  await context.addInitScript(() => {
    const heard: Heard[] = ((window as unknown as { heard: Heard[] }).heard = []);
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL) {
        super(url);
        this.addEventListener("message", ({ data }) => {
          const at = performance.timeOrigin + performance.now();
          const frame = JSON.parse(String(data)) as { type: string; callId: string; data?: unknown };
          if (frame.type === "callState") heard.push({ call: frame.callId, hasData: !!frame.data, at });
        });
      }
    };
  });
  const page = await open(context);
  await signIn(page, server, "an", "1000");
  await expect(page.locator(".light[data-link=online]")).toBeVisible();
  await watch(page);
  for (let index = 0; index < CALLS; index++) {
    const call = await server.play({ scenario: "abandoned", caller: KNOWN, ringMs: 1500 });
    await expect(card(page, call).locator(".facts")).toBeVisible();
    await expect(card(page, call)).toHaveAttribute("data-phase", "left");
  }
  const [heard, painted] = [await page.evaluate(() => (window as unknown as { heard: Heard[] }).heard), await paintedOn(page)];
  const spans = new Spans();
  for (const { call, what, at } of painted) {
    const first = heard.find((it) => it.call === call && (what === "card" || it.hasData));
    if (what === "card") spans.note("frame → painted card", first?.at, at);
    if (what === "data") spans.note("frame with the customer's data → painted card with it", first?.at, at);
  }
  console.log(spans.table());
  await context.close();
  await server.stop();
});
