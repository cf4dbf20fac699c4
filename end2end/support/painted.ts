// When an agent sees what: noted in the page, and put into a table.
import type { Page } from "@playwright/test";

export interface Painted {
  call: string;
  what: "card" | "data" | "talking" | "over";
  at: number;
}

/** Notes, in the page, when a card was first painted, with its data, and at each turn of its call. */
export async function watch(page: Page): Promise<void> {
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

/** What the page has noted. */
export const paintedOn = (page: Page): Promise<Painted[]> => page.evaluate(() => (window as unknown as { painted: Painted[] }).painted);

/** Spans in milliseconds, by name. */
export class Spans {
  private readonly spans: Record<string, number[]> = {};

  note(name: string, from: number | undefined, to: number | undefined): void {
    if (from !== undefined && to !== undefined) (this.spans[name] ??= []).push(to - from);
  }

  table(): string {
    const at = (sorted: number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    const lines = ["| span, in ms | n | median | p95 | worst |", "|---|--:|--:|--:|--:|"];
    for (const [name, values] of Object.entries(this.spans)) {
      const sorted = [...values].sort((a, b) => a - b);
      const columns = [at(sorted, 0.5), at(sorted, 0.95), sorted[sorted.length - 1]].map((value) => value.toFixed(1));
      lines.push(`| ${name} | ${sorted.length} | ${columns.join(" | ")} |`);
    }
    return `\n${lines.join("\n")}\n`;
  }
}
