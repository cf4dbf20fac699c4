// No note is lost and none is saved twice, whatever is cut, killed, locked, filled or closed while
// it is written. Each try types a text that occurs once, waits until the card says where it is
// kept, breaks something a random moment later, mends it, and then expects the text either in the
// database or before the agent. E2E_FAULTS says how many; E2E_SEED repeats a run. Repeated, each run
// has a server and a seed of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type BrowserContext, chromium, expect, type Locator, type Page, test } from "@playwright/test";

import { kept } from "../support/disk.js";
import { card as cardOn, signIn } from "../support/people.js";
import { end, eventually, killAllOf } from "../support/process.js";
import { KNOWN, Server } from "../support/server.js";

const FAULTS = Number(process.env.E2E_FAULTS ?? 20);
const SEED = Number(process.env.E2E_SEED ?? Date.now() % 1_000_000);
const EXTEN = "1000";

test.describe.configure({ mode: "parallel" });

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server?.stop());

/** Mulberry32: small, and the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type LaunchOptions = Parameters<typeof chromium.launchPersistentContext>[1];

/** A browser of its own, which can be killed, and its one page. */
interface Bench {
  /** What the browser keeps on the disk. */
  profile: string;
  launch: LaunchOptions;
  context: BrowserContext;
  page: Page;
}

async function openBrowser(profile: string, launch: LaunchOptions): Promise<Bench> {
  const context = await chromium.launchPersistentContext(profile, launch);
  await context.addInitScript(timeToMark);
  return { profile, launch, context, page: await context.newPage() };
}

/** In the page: how many milliseconds after a key its card says that the text is kept. */
function timeToMark(): void {
  let typed: { at: number; card: Element | null } | undefined;
  const typing = (event: Event) => {
    delete document.documentElement.dataset.keptAfter;
    typed = { at: performance.now(), card: (event.target as Element).closest("article") };
  };
  document.addEventListener("input", typing, true);
  const look = () => {
    const where = typed?.card?.querySelector<HTMLElement>(".saved")?.dataset.where;
    if (typed === undefined || (where !== "browser" && where !== "server")) return;
    document.documentElement.dataset.keptAfter = String(performance.now() - typed.at);
    typed = undefined;
  };
  new MutationObserver(look).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-where"] });
}
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const openDesk = async (bench: Bench) => {
  bench.page = await bench.context.newPage();
  await bench.page.goto(server.url);
};
const online = (page: Page) => expect(page.locator(".light[data-link=online]")).toBeVisible({ timeout: 30_000 });

/** A second program holds the database, as a backup or an administrator's shell may. */
async function lockDatabase(): Promise<ChildProcess> {
  const shell = spawn("sqlite3", [server.database], { stdio: ["pipe", "pipe", "inherit"] });
  const locked = new Promise((done) => shell.stdout?.once("data", done));
  shell.stdin?.write(".timeout 10000\nBEGIN IMMEDIATE;\nSELECT 'locked';\n");
  await locked;
  return shell;
}

/** What breaks, and how it is mended. */
const faults: Record<string, (bench: Bench, chance: () => number) => Promise<void>> = {
  "the tab is closed": async (bench) => {
    await bench.page.close();
    await openDesk(bench);
  },
  "the page is loaded again": async ({ page }) => {
    await page.reload();
  },
  "the network is gone for a while": async ({ context }, chance) => {
    await context.setOffline(true);
    await pause(300 + chance() * 1500);
    await context.setOffline(false);
  },
  "answers are lost after the server did its work": async ({ page }, chance) => {
    let left = 1 + Math.floor(chance() * 3);
    await page.route(/\/api\/(save_note|keep_draft)$/, async (route) => {
      if (left-- <= 0) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await pause(1500);
    await page.unrouteAll({ behavior: "wait" });
  },
  "a proxy answers for a server that is away": async ({ page }, chance) => {
    const away = { status: 502, contentType: "text/html", body: "<html><title>502 Bad Gateway</title></html>" };
    await page.route(/\/api\/(save_note|keep_draft)$/, (route) => route.fulfill(away));
    await pause(300 + chance() * 1500);
    await page.unrouteAll({ behavior: "wait" });
  },
  "the server is killed and started again": async ({ page }, chance) => {
    await server.kill();
    await pause(chance() * 1000);
    await server.launch(["--simulate"]);
    await online(page);
  },
  "the session ends": async ({ page }) => {
    server.sql("UPDATE sessions SET expires_at = 0");
    await pause(500);
    await signIn(page, server, "an", EXTEN);
  },
  "the page's process dies": async (bench) => {
    const debugging = await bench.context.newCDPSession(bench.page);
    const crashed = bench.page.waitForEvent("crash");
    // Nobody is left to answer it.
    void debugging.send("Page.crash").catch(() => undefined);
    await crashed;
    await bench.page.close();
    await openDesk(bench);
  },
  "the browser is killed": async (bench) => {
    await killAllOf(bench.profile);
    await bench.context.close().catch(() => undefined);
    Object.assign(bench, await openBrowser(bench.profile, bench.launch));
    await bench.page.goto(server.url);
    // Chromium writes its cookies seconds later: it may have forgotten who was signed in.
    const door = bench.page.locator("input[name=login]");
    await expect(door.or(bench.page.locator(".light"))).toBeVisible({ timeout: 30_000 });
    if (await door.isVisible()) await signIn(bench.page, server, "an", EXTEN);
    await online(bench.page);
  },
  "another tab of the desk is opened": async (bench) => {
    const before = bench.page;
    await openDesk(bench);
    await online(bench.page);
    await before.close();
  },
  "the disk is full for a while": async (_, chance) => {
    server.allowGrowth(false);
    await pause(500 + chance() * 4000);
    server.allowGrowth(true);
  },
  "the database is locked for a while": async (_, chance) => {
    const shell = await lockDatabase();
    await pause(500 + chance() * 4000);
    await end(shell, "SIGKILL");
  },
};

const versions = (text: string) => server.sql(`SELECT count(*) FROM note_versions WHERE text = '${text.replaceAll("'", "''")}'`)[0];

/** The card whose note is this text, where the agent sees one. */
async function cardOf(page: Page, text: string): Promise<Locator | undefined> {
  const call = await page
    .evaluate((text) => {
      const notes = [...document.querySelectorAll<HTMLTextAreaElement>("article.card textarea[name=note]")];
      return notes.find((note) => note.value === text)?.closest("article")?.dataset.callId;
    }, text)
    .catch(() => undefined);
  return call === undefined ? undefined : cardOn(page, call);
}

/** A card to write in: of a call that is over, or of a new one. */
async function openCard(page: Page): Promise<Locator> {
  await online(page);
  if ((await page.locator("article.card textarea[name=note]").count()) === 0) {
    await server.play({ scenario: "answered", caller: KNOWN, by: EXTEN, ringMs: 200, talkMs: 200 });
  }
  const id = await page.locator("article.card[data-phase=wrapup]", { has: page.locator("textarea") }).first().getAttribute("data-call-id");
  const card = cardOn(page, String(id));
  // What was saved is read before more is typed: else it is a conflict, and the agent's to answer.
  const saved = server.sql(`SELECT text FROM notes WHERE call_id = '${id}'`);
  await expect(card.locator("textarea[name=note]")).toHaveValue(saved[0] ?? "", { timeout: 30_000 });
  return card;
}

/** What is where, for whoever looks for a text that is lost. */
async function evidence(page: Page): Promise<string> {
  const html = await page.locator("main").innerHTML().catch(String);
  const here = await kept(page).catch(String);
  const drafts = server.sql("SELECT * FROM drafts").join("\n");
  return `the browser keeps ${here}\nthe server keeps ${drafts}\nthe page is ${html}`;
}

test(`${FAULTS} faults while notes are written: none lost, none doubled`, async ({ launchOptions, viewport, locale, timezoneId }, { repeatEachIndex }) => {
  test.setTimeout(FAULTS * 30_000);
  const seed = SEED + repeatEachIndex;
  const chance = random(seed);
  const profile = mkdtempSync(join(tmpdir(), "ringside-profile-"));
  const bench = await openBrowser(profile, { ...launchOptions, viewport, locale, timezoneId });
  await signIn(bench.page, server, "an", EXTEN);
  await online(bench.page);
  const names = Object.keys(faults);
  const tries = new Map(names.map((name) => [name, 0]));
  const [lost, unsaved, doubled]: string[][] = [[], [], []];
  const marks: number[] = [];
  for (let index = 0; index < FAULTS; index++) {
    const name = names[index % names.length];
    tries.set(name, (tries.get(name) ?? 0) + 1);
    const card = await openCard(bench.page);
    const text = `lần ${index} của ${seed}: ${name}`;
    await card.locator("textarea[name=note]").fill(text);
    await expect(card.locator(".saved")).toHaveAttribute("data-where", /browser|server/);
    const html = bench.page.locator("html");
    await expect(html).toHaveAttribute("data-kept-after");
    marks.push(Number(await html.getAttribute("data-kept-after")));
    if (chance() < 0.5) await card.locator(".save").click();
    await pause(chance() * 900);
    await faults[name](bench, chance);

    // The agent sees it, or it is in the database.
    const found = eventually(text, 40, async () => versions(text) !== "0" || (await cardOf(bench.page, text)) !== undefined || undefined);
    if (!(await found.catch(() => false))) {
      lost.push(text);
      console.log(`${text}: lost\n${await evidence(bench.page)}`);
      continue;
    }
    // Then it can be saved, and is there once.
    const saved = eventually(`${text} is saved`, 40, async () => {
      if (versions(text) !== "0") return true;
      const save = (await cardOf(bench.page, text))?.locator(".save");
      if (await save?.isEnabled({ timeout: 100 }).catch(() => false)) await save?.click({ timeout: 500 }).catch(() => undefined);
      return undefined;
    });
    if (!(await saved.catch(() => false))) {
      unsaved.push(text);
      console.log(`${text}: not saved\n${await evidence(bench.page)}`);
      continue;
    }
    // A save that was under way has its time to do harm.
    await pause(300);
    if (versions(text) !== "1") doubled.push(text);
  }
  const rows = [...tries].map(([name, count]) => `| ${name} | ${count} |`);
  console.log(`\nseed ${seed}\n\n| while a note is written | tries |\n|---|--:|\n${rows.join("\n")}\n`);
  const worst = Math.round(Math.max(...marks));
  console.log(`measured: end2end/torture/notes.spec.ts: ${FAULTS} faults, ${lost.length} lost, ${unsaved.length} not saved, ${doubled.length} doubled, worst ${worst} ms from a key until it is kept`);
  expect({ lost, unsaved, doubled }).toEqual({ lost: [], unsaved: [], doubled: [] });
  // Whatever was saved late.
  expect(server.sql("SELECT text FROM note_versions WHERE text LIKE 'lần %' GROUP BY text HAVING count(*) > 1")).toEqual([]);
  await bench.context.close();
  rmSync(profile, { recursive: true, force: true });
});
