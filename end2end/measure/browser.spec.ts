// What the pages cost the agent's and the supervisor's computers. Not a test: `cargo xtask measure`
// runs it, on the release build, and it only prints. Shares, sizes and counts hold on any machine;
// a time stands beside one of the same run.
import { readFileSync } from "node:fs";

import { type Browser, type BrowserContext, type Page, test } from "@playwright/test";

import { agent, supervisor } from "../support/people.js";
import { eventually } from "../support/process.js";
import { Server } from "../support/server.js";

/** How much slower than this machine the computer is on which a page is loaded. */
const SLOWER = 4;
/** A slow line: 400 kbit/s, and 400 ms there and back. */
const SLOW = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
/** A table of so many channels, of which so many change in a second. */
const CHANNELS = 500;
const CHANGES = 200;
const CHANGES_OF_A_CALL = 10;
const SECONDS = 20;
/** Simulated hours go by so much faster than real ones. */
const PACE = 30;

let server: Server;
test.afterEach(() => server.stop());

const table = (head: string[], rows: (string | number)[][]) =>
  console.log(["", head, head.map((_, column) => (column ? "--:" : "---")), ...rows, ""].map((row) => (Array.isArray(row) ? `| ${row.join(" | ")} |` : row)).join("\n"));

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

interface Load {
  /** How much slower than this machine the computer is. */
  slower: number;
  isSlowLine: boolean;
  /** Has this browser loaded the page before? */
  again: boolean;
}

/** Bytes over the line, and milliseconds from the navigation to the first paint and to a page that is alive. */
async function load(context: BrowserContext, url: string, { slower, isSlowLine, again }: Load): Promise<{ bytes: number; painted: number; alive: number }> {
  // Says that this browser has the fonts.
  if (!again) await context.clearCookies({ name: "fonts" });
  const page = await context.newPage();
  if (again) {
    await page.goto(url);
    await page.waitForLoadState("networkidle");
  }
  const chromium = await context.newCDPSession(page);
  await chromium.send("Network.enable");
  await chromium.send("Network.setCacheDisabled", { cacheDisabled: !again });
  await chromium.send("Emulation.setCPUThrottlingRate", { rate: slower });
  if (isSlowLine) await chromium.send("Network.emulateNetworkConditions", SLOW);
  let bytes = 0;
  chromium.on("Network.loadingFinished", (it) => (bytes += it.encodedDataLength));
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.documentElement?.dataset.hydrated !== "true") return;
      (window as unknown as { alive: number }).alive = performance.now();
      observer.disconnect();
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => (window as unknown as { alive?: number }).alive);
  const times = await page.evaluate(() => ({
    alive: (window as unknown as { alive: number }).alive,
    painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
  }));
  // What is fetched once the page is alive is on its bill, too.
  await page.waitForLoadState("networkidle");
  await page.close();
  return { bytes, ...times };
}

test("a page is loaded, for the first time and again", async ({ browser }) => {
  test.setTimeout(600_000);
  server = await Server.start();
  const [desk, floor] = [(await agent(browser, server, "1000")).context(), (await supervisor(browser, server)).context()];
  const rows = [];
  for (const [name, context, url] of [["desk", desk, "/"], ["floor", floor, "/floor"]] as const) {
    for (const [slower, isSlowLine] of [[1, false], [SLOWER, false], [SLOWER, true]] as const) {
      for (const again of [false, true]) {
        const loads: Awaited<ReturnType<typeof load>>[] = [];
        for (let i = 0; i < 5; i++) loads.push(await load(context, server.url + url, { slower, isSlowLine, again }));
        const of = (what: "bytes" | "painted" | "alive") => middle(loads.map((it) => it[what]));
        const figures = [(of("bytes") / 1000).toFixed(0), of("painted").toFixed(0), of("alive").toFixed(0)];
        rows.push([name, `${slower}×`, isSlowLine ? "400 kbit/s" : "–", again ? "again" : "first", ...figures]);
      }
    }
  }
  table(["page", "slower", "line", "load", "kB", "painted, ms", "alive, ms"], rows);
});

test("the floor's table of very many channels", async ({ browser }) => {
  test.setTimeout(300_000);
  server = await Server.start({ RINGSIDE_PBX__EXTENSIONS: `1000-${1000 + CHANNELS - 1}` });
  const page = await supervisor(browser, server);
  let heard = 0;
  page.on("websocket", (socket) => socket.on("framereceived", () => heard++));
  await page.reload();
  const call = (from: number, talkMs: number) => {
    const caller = { name: "", number: `${1000 + from}` };
    return server.play({ scenario: "internal", caller, from: caller.number, to: `${1001 + from}`, ringMs: 500, talkMs });
  };
  for (let desk = 0; desk < CHANNELS; desk += 2) await call(desk, 600_000);
  const channels = page.locator("tr[data-exten] .chip.talking");
  await eventually("every desk talks", 60, async () => (await channels.count()) === CHANNELS || undefined);

  const busy = async (rate: number) => {
    const until = Date.now() + SECONDS * 1000;
    await page.evaluate(watchFrames);
    const before = heard;
    let due = Date.now();
    while (rate > 0 && Date.now() < until) {
      await call(2 * Math.floor((Math.random() * CHANNELS) / 2), 500);
      // The floor hears of a call that comes, rings, is answered and goes, and of its two channels.
      due += (1000 * CHANGES_OF_A_CALL) / rate;
      await page.waitForTimeout(Math.max(0, due - Date.now()));
    }
    await page.waitForTimeout(Math.max(0, until - Date.now()));
    const seen = await page.evaluate(() => (window as unknown as { seen: () => Seen }).seen());
    const times = [seen.p50, seen.p99, seen.worst].map((time) => time.toFixed(1));
    return [((heard - before) / SECONDS).toFixed(0), ...times, seen.longTasks, seen.longest.toFixed(0), `${((100 * seen.busy) / SECONDS / 1000).toFixed(0)}%`];
  };
  const head = ["frames heard a second", "paint to paint p50 ms", "p99 ms", "worst ms", `long tasks in ${SECONDS} s`, "longest ms", "in long tasks"];
  table(head, [await busy(0), await busy(CHANGES)]);
});

interface Seen {
  p50: number;
  p99: number;
  worst: number;
  longTasks: number;
  longest: number;
  /** Milliseconds in long tasks. */
  busy: number;
}

/** In the page: how long from paint to paint, and which tasks took over 50 ms. */
function watchFrames(): void {
  const gaps: number[] = [];
  const tasks: number[] = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((it) => it.duration)));
  observer.observe({ type: "longtask" });
  let last = performance.now();
  let isWatching = true;
  const next = (now: number) => {
    gaps.push(now - last);
    last = now;
    if (isWatching) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  (window as unknown as { seen: () => Seen }).seen = () => {
    isWatching = false;
    observer.disconnect();
    const sorted = gaps.slice(1).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    return { p50: at(0.5), p99: at(0.99), worst: at(1), longTasks: tasks.length, longest: Math.max(0, ...tasks), busy: tasks.reduce((sum, task) => sum + task, 0) };
  };
}

test("an hour of calls", async ({ browser }) => {
  test.setTimeout(600_000);
  server = await Server.start({ RINGSIDE_SIMULATOR__CALLS: "true", RINGSIDE_SIMULATOR__PACE: `${PACE}` });
  const pages: [string, Page][] = [["desk", await agent(browser, server, "1000")], ["floor", await supervisor(browser, server)]];
  const rows = [];
  for (const minutes of [0, 15, 30, 45, 60]) {
    if (minutes) await pages[0][1].waitForTimeout((15 * 60_000) / PACE);
    const row: (string | number)[] = [minutes, (await server.health()).calls];
    for (const [, page] of pages) {
      const chromium = await page.context().newCDPSession(page);
      await chromium.send("HeapProfiler.collectGarbage");
      const { metrics } = await chromium.send("Performance.enable").then(() => chromium.send("Performance.getMetrics"));
      const of = (name: string) => metrics.find((it) => it.name === name)?.value ?? Number.NaN;
      row.push((of("JSHeapUsedSize") / 1e6).toFixed(1), of("Nodes"));
      await chromium.detach();
    }
    row.push((await renderers(browser)).map((bytes) => (bytes / 1e6).toFixed(0)).join(" + "));
    rows.push(row);
  }
  table(["minutes", "calls", "desk JS MB", "desk nodes", "floor JS MB", "floor nodes", "renderers, resident MB"], rows);
});

/** What the processes hold that run pages, in bytes. */
async function renderers(browser: Browser): Promise<number[]> {
  const chromium = await browser.newBrowserCDPSession();
  const { processInfo } = await chromium.send("SystemInfo.getProcessInfo");
  await chromium.detach();
  const resident = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
  return processInfo.filter((it) => it.type === "renderer").map((it) => resident(it.id)).sort((a, b) => b - a);
}
