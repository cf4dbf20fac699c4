// A Ringside of its own for a file of tests: a free port, a fresh database, simulated calls that
// ring only when a test says so.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Play {
  scenario: "answered" | "abandoned" | "noAnswer" | "allBusy" | "blindTransfer" | "held";
  caller: { name: string; number: string };
  by?: string;
  from?: string;
  to?: string;
  ringMs?: number;
  talkMs?: number;
}

/** Numbers that the demo's database knows. */
export const KNOWN = { name: "", number: "0904859696" };
export const SHARED = { name: "", number: "0912345603" };

export class Server {
  private constructor(
    readonly url: string,
    readonly database: string,
    private readonly dir: string,
    private child: ChildProcess,
  ) {}

  static async start(extra: Record<string, string> = {}): Promise<Server> {
    const dir = mkdtempSync(join(tmpdir(), "ringside-"));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const database = join(dir, "ringside.db");
    const env = {
      ...process.env,
      LEPTOS_SITE_ROOT: join(ROOT, "target/site"),
      RINGSIDE_LISTEN: `127.0.0.1:${port}`,
      RINGSIDE_PUBLIC_URL: url,
      RINGSIDE_DATABASE: database,
      RINGSIDE_SIMULATOR__CALLS: "false",
      ...extra,
    };
    const child = spawn(join(ROOT, "target/debug/ringside"), ["serve", "--simulate"], { env, stdio: ["ignore", "ignore", "inherit"] });
    const server = new Server(url, database, dir, child);
    await server.healthy();
    return server;
  }

  private async healthy(): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      if (this.gone()) throw new Error(`the server ended: ${this.child.exitCode ?? this.child.signalCode}`);
      const answer = await fetch(`${this.url}/health`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error("the server was not healthy within 20 s");
  }

  private gone(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
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

  async health(): Promise<Record<string, number>> {
    return (await (await fetch(`${this.url}/health`)).json()) as Record<string, number>;
  }

  /** Rows of the database, columns parted by `|`. */
  sql(query: string): string[] {
    const printed = execFileSync("sqlite3", [this.database, query], { encoding: "utf8" });
    return printed.split("\n").filter((line) => line !== "");
  }

  async stop(): Promise<void> {
    // One that crashed says "exit" no more.
    if (!this.gone()) {
      const gone = new Promise((done) => this.child.once("exit", done));
      this.child.kill("SIGTERM");
      await gone;
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address ? done(address.port) : failed(new Error("no port"))));
    });
  });
}
