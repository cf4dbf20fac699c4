// A Ringside of its own for a file of tests: a free port, a fresh database. Either its calls are
// simulated, and ring only when a test says so, or it is linked to a real Asterisk.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type Asterisk, EXTENS, PASSWORD } from "./asterisk.js";
import { freePort } from "./ports.js";
import { end, eventually, gone } from "./process.js";

const ROOT = resolve(import.meta.dirname, "../..");
const BINARY = process.env.E2E_BINARY ?? join(ROOT, "target/debug/ringside");
/** Who sits at 1000 to 1011, in the demo and in the tests. */
export const LOGINS = ["an", "binh", "chi", "dung", "giang", "ha", "khanh", "lan", "minh", "nga", "oanh", "phuc"];

export interface Play {
  scenario: "answered" | "abandoned" | "noAnswer" | "allBusy" | "blindTransfer" | "held" | "outbound" | "internal";
  caller: { name: string; number: string };
  by?: string;
  from?: string;
  to?: string;
  number?: string;
  ringMs?: number;
  talkMs?: number;
}

/** Numbers that the demo's database knows. */
export const KNOWN = { name: "", number: "0904859696" };
export const SHARED = { name: "", number: "0912345603" };

/** What `/health` says, as far as the tests read it. */
export interface Health {
  pbx: { link: string; reason: string | null };
  clients: number;
  calls: number;
  liveCalls: number;
  lookups: number;
}

export class Server {
  private constructor(
    readonly url: string,
    private readonly dir: string,
    readonly database: string,
    private readonly env: Record<string, string>,
    private child?: ChildProcess,
  ) {}

  /** With simulated calls, and the demo's people and customers. */
  static async start(extra: Record<string, string> = {}): Promise<Server> {
    const server = await Server.make({ RINGSIDE_SIMULATOR__CALLS: "false", ...extra });
    await server.launch(["--simulate"]);
    return server;
  }

  /** Linked to this Asterisk, with twelve agents, a supervisor, and the customers of `sql`. */
  static async on(asterisk: Asterisk, sql: string): Promise<Server> {
    const ari = { RINGSIDE_ARI__URL: asterisk.url, RINGSIDE_ARI__USERNAME: "ringside", RINGSIDE_ARI__PASSWORD: PASSWORD };
    const server = await Server.make(ari);
    for (const [index, login] of LOGINS.entries()) server.addUser(login, ["--extens", EXTENS[index]]);
    server.addUser("supervisor", ["--role", "supervisor"]);
    server.sql(sql);
    await server.launch();
    await server.linked();
    return server;
  }

  private static async make(settings: Record<string, string>): Promise<Server> {
    const dir = mkdtempSync(join(tmpdir(), "ringside-"));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const database = join(dir, "ringside.db");
    return new Server(url, dir, database, {
      LEPTOS_SITE_ROOT: process.env.E2E_SITE ?? join(ROOT, "target/site"),
      RINGSIDE_LISTEN: `127.0.0.1:${port}`,
      RINGSIDE_PUBLIC_URL: url,
      RINGSIDE_DATABASE: database,
      ...settings,
    });
  }

  private addUser(login: string, more: string[]): void {
    const password = `ringside-${login}`;
    const options = { env: { ...process.env, ...this.env }, input: `${password}\n${password}\n` };
    execFileSync(BINARY, ["user", "add", "--name", login, ...more, login], options);
  }

  /** Where it listens. */
  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Starts it, also after a kill, and waits until it is healthy. */
  async launch(args: string[] = []): Promise<void> {
    const env = { ...process.env, ...this.env };
    // A file that may not grow is an error of the write, and not the program's end.
    const shell = ["-c", `trap "" XFSZ; exec "$0" "$@"`, BINARY, "serve", ...args];
    const child = spawn("sh", shell, { env, stdio: ["ignore", "ignore", "inherit"] });
    this.child = child;
    await eventually("the server is healthy", 20, async () => {
      if (gone(child)) throw new Error(`the server ended: ${child.exitCode ?? child.signalCode}`);
      const answer = await fetch(`${this.url}/health`).catch(() => undefined);
      // Behind a proxy it goes by another name than its port, and says so.
      return answer?.ok || answer?.status === 421 || undefined;
    });
  }

  /** Waits until the link to Asterisk is up. */
  async linked(): Promise<void> {
    await eventually("the link to Asterisk is up", 20, async () => (await this.health()).pbx.link === "up" || undefined);
  }

  /** Plays a call; gives its id. */
  async play(play: Play): Promise<string> {
    const answer = await fetch(`${this.url}/simulator/play`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(play),
    });
    if (answer.status !== 202) throw new Error(`could not play: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { callId: string }).callId;
  }

  async health(): Promise<Health> {
    return (await (await fetch(`${this.url}/health`)).json()) as Health;
  }

  /** A counter of `/metrics`. */
  async counter(name: string): Promise<number> {
    const lines = (await (await fetch(`${this.url}/metrics`)).text()).split("\n");
    return Number(lines.find((line) => line.startsWith(`${name} `))?.split(" ")[1] ?? 0);
  }

  /** Rows of the database, columns parted by `|`. */
  sql(query: string): string[] {
    const printed = execFileSync("sqlite3", ["-cmd", ".timeout 10000", this.database, query], { encoding: "utf8" });
    return printed.split("\n").filter((line) => line !== "");
  }

  /** Where none of its files may grow, writes fail as on a full disk. */
  allowGrowth(may: boolean): void {
    execFileSync("prlimit", [`--fsize=${may ? "unlimited" : "0:unlimited"}`, "--pid", String(this.child?.pid)]);
  }

  /** Holds it: its sockets stay open, and it says nothing. */
  pause(): void {
    this.child?.kill("SIGSTOP");
  }

  /** Lets it go on. */
  resume(): void {
    this.child?.kill("SIGCONT");
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    if (this.child) await end(this.child, "SIGKILL");
  }

  async stop(): Promise<void> {
    if (this.child) await end(this.child);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
