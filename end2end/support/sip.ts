// Phones and callers, played by SIPp.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type Asterisk, EXTENS, filled } from "./asterisk.js";
import { udpPortIsTaken } from "./ports.js";
import { end, eventually, gone } from "./process.js";

const SCENARIOS = resolve(import.meta.dirname, "../asterisk/sipp");
/** No phone outlives this, whatever becomes of the test. */
const LIFE_SECONDS = 900;
/** Longer than any test; nobody hangs up by themselves. */
const FOREVER = 600_000;

/** What a phone does. Times are in milliseconds. */
export type Phone =
  | { does: "ring" }
  | {
      does: "answer";
      after: number;
      talk?: number;
      only?: string;
      transfer?: { after: number; to: string };
      press?: { after: number; key: string };
    }
  | { does: "refuse" };

export interface Caller {
  number: string;
  name?: string;
  /** The number that is dialled: 1901 goes straight to the ring group, 1900 hops through Stasis; see extensions.conf. */
  to?: string;
  /** The carrier says the number, and that it is not to be shown. */
  withheld?: boolean;
  /** The caller talks this long, in milliseconds. */
  talk?: number;
  /** The caller gives up when it has rung this long, in milliseconds. */
  givesUpAfter?: number;
}

export class Telephones {
  private readonly dir = mkdtempSync(join(tmpdir(), "ringside-sip-"));
  private readonly phones = new Map<string, ChildProcess>();
  private readonly callers: ChildProcess[] = [];
  private files = 0;

  constructor(private readonly asterisk: Asterisk) {}

  /** Every phone tells Asterisk where it is. */
  async register(): Promise<void> {
    const list = join(this.dir, "phones.csv");
    const rows = [...this.asterisk.phonePorts].map(([exten, port]) => `${exten};${port}`);
    writeFileSync(list, `SEQUENTIAL\n${rows.join("\n")}\n`);
    const registers = this.sipp(join(SCENARIOS, "register.xml"), ["-inf", list, "-m", `${rows.length}`, "-timeout", "20"]);
    const code = await new Promise((done) => registers.once("exit", done));
    if (code !== 0) throw new Error(`the phones could not register: SIPp ended with ${code}`);
  }

  /** Twelve phones that do this, and are ready; those that are not named ring. */
  async all(these: Record<string, Phone>, others: Phone = { does: "ring" }): Promise<void> {
    await this.hangUp();
    for (const exten of EXTENS) this.place(exten, these[exten] ?? others);
    for (const [exten, port] of this.asterisk.phonePorts) {
      await eventually(`the phone ${exten} is ready`, 20, async () => {
        // Of many that start at once, one may find the port taken on which SIPp is controlled, and ends.
        const phone = this.phones.get(exten);
        if (!phone || gone(phone)) this.place(exten, these[exten] ?? others);
        return (await udpPortIsTaken(port)) || undefined;
      });
    }
  }

  /** What the far end of the carrier does with the calls that go outside. */
  async outside(phone: Phone): Promise<void> {
    const port = this.asterisk.carrierPort;
    this.phones.set("outside", this.sipp(this.scenario(phone), ["-p", `${port}`, "-aa", "-timeout", `${LIFE_SECONDS}`]));
    await eventually("the far end is ready", 20, async () => (await udpPortIsTaken(port)) || undefined);
  }

  private place(exten: string, phone: Phone): void {
    const port = this.asterisk.phonePorts.get(exten);
    if (!port) throw new Error(`no phone ${exten}`);
    this.phones.set(exten, this.sipp(this.scenario(phone), ["-p", `${port}`, "-aa", "-timeout", `${LIFE_SECONDS}`]));
  }

  private scenario(phone: Phone): string {
    if (phone.does === "refuse") return join(SCENARIOS, "phone-busy.xml");
    const answers = phone.does === "answer" ? phone : undefined;
    const hands = answers?.transfer;
    const presses = answers?.press;
    const acts = [
      presses && filled(join(SCENARIOS, "press.xml"), { THEN: `${presses.after}`, KEY: presses.key }),
      hands && filled(join(SCENARIOS, "transfer.xml"), { THEN: `${hands.after}`, TO: hands.to }),
    ];
    return this.written("phone.xml", {
      // A pattern that no From has: such a phone only rings.
      ONLY: answers ? (answers.only ?? "sip:") : "nobody at all",
      AFTER: `${answers?.after ?? FOREVER}`,
      TALK: `${answers?.talk ?? FOREVER}`,
      ACT: acts.filter(Boolean).join(""),
    });
  }

  /** A call comes in; or one of the phones calls, where the number is its extension. */
  call(caller: Caller): void {
    const PRIVACY = caller.withheld ? `Privacy: id\nP-Asserted-Identity: <sip:${caller.number}@127.0.0.1>\n` : "";
    const file = caller.givesUpAfter
      ? this.written("caller-gives-up.xml", { PRIVACY, RING: `${caller.givesUpAfter}` })
      : this.written("caller.xml", { PRIVACY, TALK: `${caller.talk ?? FOREVER}` });
    const keys = ["-key", "number", caller.withheld ? "anonymous" : caller.number, "-key", "name", caller.name ?? ""];
    this.callers.push(this.sipp(file, ["-s", caller.to ?? "1901", ...keys, "-m", "1", "-aa", "-timeout", "120"]));
  }

  private written(template: string, values: Record<string, string>): string {
    const file = join(this.dir, `${this.files++}-${template}`);
    writeFileSync(file, filled(join(SCENARIOS, template), values));
    return file;
  }

  private sipp(scenario: string, args: string[]): ChildProcess {
    const all = ["-sf", scenario, "-i", "127.0.0.1", "-nostdin", ...args, `127.0.0.1:${this.asterisk.sipPort}`];
    const child = spawn("sipp", all, { cwd: this.dir, stdio: ["ignore", "ignore", "pipe"] });
    let complaints = "";
    child.stderr?.on("data", (text) => (complaints += String(text)));
    child.once("exit", (code, signal) => {
      if (code || (signal && signal !== "SIGKILL")) console.error(`SIPp ended with ${code ?? signal}: ${scenario}: ${complaints.slice(-2000)}`);
    });
    return child;
  }

  /** Nobody is left. */
  async hangUp(): Promise<void> {
    await Promise.all([...this.phones.values(), ...this.callers].map((child) => end(child, "SIGKILL")));
    this.phones.clear();
    this.callers.length = 0;
  }

  async stop(): Promise<void> {
    await this.hangUp();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
