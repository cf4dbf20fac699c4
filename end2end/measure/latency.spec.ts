// How long after Asterisk's Ringing event an agent has the frame, and sees the card. Not a test:
// `cargo xtask measure` runs it, on the release build, and it only prints. Times are of one clock:
// Asterisk, Ringside, the clients and Chromium are on one machine. Asterisk's own are whole
// milliseconds.
import type { Page } from "@playwright/test";
import { expect, test } from "@playwright/test";

import { EXTENS } from "../support/asterisk.js";
import { Centre, customer, number } from "../support/centre.js";
import { Observer } from "../support/observer.js";
import { card } from "../support/people.js";

const CALLS = 20;

interface Painted {
  call: string;
  what: "card" | "data" | "talking" | "over";
  at: number;
}

/** Notes, in the page, when a card was first painted, with its data, and at each turn of its call. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen = new Set<string>();
    const painted: Painted[] = ((window as unknown as { painted: Painted[] }).painted = []);
    const look = () => {
      const fresh: Omit<Painted, "at">[] = [];
      for (const card of document.querySelectorAll<HTMLElement>("article[data-call-id]")) {
        const call = card.dataset.callId ?? "";
        const phase = card.dataset.phase;
        const whats: Painted["what"][] = ["card"];
        if (card.querySelector(".facts")) whats.push("data");
        if (phase === "talking") whats.push("talking");
        if (phase === "left" || phase === "wrapup") whats.push("over");
        for (const what of whats) {
          if (!seen.has(`${call} ${what}`)) {
            seen.add(`${call} ${what}`);
            fresh.push({ call, what });
          }
        }
      }
      if (fresh.length === 0) return;
      // A task that is queued in a frame's callback runs once that frame has been painted.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => {
          const at = performance.timeOrigin + performance.now();
          for (const it of fresh) painted.push({ ...it, at });
        };
        channel.port2.postMessage(null);
      });
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}

test("from Asterisk's event to the agent's eye", async ({ browser }) => {
  test.setTimeout(600_000);
  const centre = await Centre.open(browser);
  const observer = await Observer.open(centre.asterisk);
  for (const page of centre.pages.values()) await watch(page);
  const spans: Record<string, number[]> = {};
  const note = (name: string, from: number | undefined, to: number | undefined) => {
    if (from !== undefined && to !== undefined) (spans[name] ??= []).push(to - from);
  };
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
      note("Ringing → frame", ringing(exten), states[0]?.at);
      note("Ringing → frame with the customer's data", ringing(exten), states.find((frame) => frame.data)?.at);
      note("answer → frame of the others", up, client.frames.find((frame) => frame.type === "callLeft" && frame.callId === callId)?.at);
    }
    for (const exten of EXTENS.filter((it) => centre.pages.has(it))) {
      const painted = await centre.page(exten).evaluate(() => (window as unknown as { painted: Painted[] }).painted);
      const when = (what: string) => painted.find((it) => it.call === callId && it.what === what)?.at;
      note("Ringing → painted card", ringing(exten), when("card"));
      note("Ringing → painted card with the customer's data", ringing(exten), when("data"));
      if (exten === "1001") note("answer → painted talk", up, when("talking"));
      else note("answer → painted fold of the others", up, when("over"));
    }
    await centre.tidy();
  }
  const after = { health: await centre.server.health(), requests: await centre.server.counter("ringside_ari_requests_total") };
  observer.close();
  await centre.close();

  const at = (sorted: number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const lines = ["| span, in ms | n | median | p95 | worst |", "|---|--:|--:|--:|--:|"];
  for (const [name, values] of Object.entries(spans)) {
    const sorted = [...values].sort((a, b) => a - b);
    const columns = [at(sorted, 0.5), at(sorted, 0.95), sorted[sorted.length - 1]].map((value) => value.toFixed(1));
    lines.push(`| ${name} | ${sorted.length} | ${columns.join(" | ")} |`);
  }
  const calls = after.health.calls - before.health.calls;
  lines.push("", `${calls} calls: ${(after.health.lookups - before.health.lookups) / calls} lookups and ${(after.requests - before.requests) / calls} ARI requests a call`);
  console.log(`\n${lines.join("\n")}\n`);
});
