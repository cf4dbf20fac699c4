// A real Asterisk of its own for a file of tests: its configuration is `end2end/asterisk/etc`, on
// free ports of the loopback, in a folder that is removed in the end.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import WebSocket from "ws";

import { freePort, freeUdpPorts } from "./ports.js";
import { end, eventually, gone } from "./process.js";

const REPOSITORY = resolve(import.meta.dirname, "../..");
/** Where `cargo xtask` unpacks an Asterisk on machines that have none. */
const FETCHED = join(REPOSITORY, "target/asterisk/root");
/** The extensions of the twelve phones. */
export const EXTENS = Array.from({ length: 12 }, (_, index) => `${1000 + index}`);
export const PASSWORD = "of the tests' Asterisk";

export class Asterisk {
  private child?: ChildProcess;
  private password = PASSWORD;

  private constructor(
    private readonly run: string,
    private readonly root: string,
    readonly url: string,
    readonly sipPort: number,
    /** Where each extension's phone is. */
    readonly phonePorts: Map<string, number>,
    readonly carrierPort: number,
  ) {}

  static async start(): Promise<Asterisk> {
    const run = mkdtempSync(join(tmpdir(), "ringside-asterisk-"));
    const root = existsSync(FETCHED) ? FETCHED : "";
    const [sipPort, carrierPort, ...phones] = await freeUdpPorts(2 + EXTENS.length);
    const httpPort = await freePort();
    const phonePorts = new Map(EXTENS.map((exten, index) => [exten, phones[index]]));
    const asterisk = new Asterisk(run, root, `http://127.0.0.1:${httpPort}`, sipPort, phonePorts, carrierPort);
    asterisk.configure({ HTTP_PORT: `${httpPort}`, PASSWORD });
    await asterisk.launch();
    return asterisk;
  }

  private configure(given: Record<string, string>): void {
    for (const folder of ["etc", "cache", "lib", "spool", "run", "log"]) mkdirSync(join(this.run, folder));
    const phones = EXTENS.map((exten) => `[${exten}](phone)\naors = ${exten}\ncallerid = "Phone ${exten}" <${exten}>\n\n[${exten}](phone-aor)\n`);
    const values: Record<string, string> = {
      RUN: this.run,
      ROOT: this.root,
      // Debian's packages have their sounds there until they are installed.
      LANGUAGE: this.root ? "en_US_f_Allison" : "en",
      SIP_PORT: `${this.sipPort}`,
      CARRIER_PORT: `${this.carrierPort}`,
      ...given,
      PHONES: phones.join("\n"),
      GROUP: EXTENS.map((exten) => `PJSIP/${exten}`).join("&"),
    };
    const templates = join(REPOSITORY, "end2end/asterisk/etc");
    for (const file of readdirSync(templates)) writeFileSync(join(this.run, "etc", file), filled(join(templates, file), values));
  }

  /** Gives Ringside's user another password, from the next start on. */
  changePassword(password: string): void {
    const file = join(this.run, "etc/ari.conf");
    writeFileSync(file, readFileSync(file, "utf8").replace(this.password, password));
    this.password = password;
  }

  /** Starts it, also after a kill, and waits until ARI answers. */
  async launch(): Promise<void> {
    const binary = `${this.root}/usr/sbin/asterisk`;
    const args = ["-f", "-C", join(this.run, "etc/asterisk.conf")];
    // An Asterisk that was only unpacked runs by its own loader and libraries.
    const [program, ...before] = this.root
      ? [`${this.root}/lib64/ld-linux-x86-64.so.2`, "--library-path", `${this.root}/usr/lib/x86_64-linux-gnu`, binary]
      : [binary];
    rmSync(join(this.run, "run/asterisk.ctl"), { force: true });
    const child = spawn(program, [...before, ...args], { stdio: "ignore" });
    this.child = child;
    await eventually("ARI answers", 30, async () => {
      if (gone(child)) throw new Error(`Asterisk ended: ${this.log().slice(-2000)}`);
      return (await this.ari("GET", "asterisk/info").catch(() => undefined))?.ok || undefined;
    });
  }

  /** One request to ARI, as its administrator. */
  ari(method: string, path: string): Promise<Response> {
    const authorization = `Basic ${Buffer.from(`ringside:${this.password}`).toString("base64")}`;
    return fetch(`${this.url}/ari/${path}`, { method, headers: { authorization } });
  }

  async channels(): Promise<{ id: string; name: string; state: string }[]> {
    return (await (await this.ari("GET", "channels")).json()) as { id: string; name: string; state: string }[];
  }

  /** Ends the calls of phones that are gone without a word. */
  async hangUpAll(): Promise<void> {
    for (const { id } of await this.channels()) await this.ari("DELETE", `channels/${id}`);
  }

  /** Click to call as FreePBX does it: the agent's phone by a Local channel, then the number. */
  async clickToCall(exten: string, number: string): Promise<void> {
    const query = new URLSearchParams({
      endpoint: `Local/${exten}@from-internal-freepbx/n`,
      context: "from-internal-freepbx",
      extension: number,
      priority: "1",
      callerId: exten,
    });
    const answer = await this.ari("POST", `channels?${query}`);
    if (!answer.ok) throw new Error(`click to call: ${answer.status} ${await answer.text()}`);
  }

  /** A channel with an id of the test's choosing that hops through our Stasis app, to the ring group. */
  async hop(channelId: string): Promise<void> {
    const query = new URLSearchParams({ endpoint: "Local/s@idle/n", context: "from-trunk", extension: "1900", priority: "1", channelId });
    const answer = await this.ari("POST", `channels?${query}`);
    if (!answer.ok) throw new Error(`a channel named ${channelId}: ${answer.status} ${await answer.text()}`);
  }

  /** Another ARI application listens to a channel, by a Snoop channel; returns what ends it. */
  async snoop(channelId: string): Promise<() => Promise<void>> {
    const socket = new WebSocket(`${this.url.replace("http", "ws")}/ari/events?app=listener&api_key=ringside:${encodeURIComponent(this.password)}`);
    await new Promise((done, failed) => socket.once("open", done).once("error", failed));
    const answer = await this.ari("POST", `channels/${encodeURIComponent(channelId)}/snoop?app=listener&spy=both`);
    if (!answer.ok) throw new Error(`snoop: ${answer.status} ${await answer.text()}`);
    const { id } = (await answer.json()) as { id: string };
    return async () => {
      await this.ari("DELETE", `channels/${id}`);
      socket.close();
    };
  }

  log(): string {
    const file = join(this.run, "log/messages");
    return existsSync(file) ? readFileSync(file, "utf8") : "it logged nothing";
  }

  /** Holds it, as a machine that swaps or a debugger would; and lets it go on. */
  pause(): void {
    this.child?.kill("SIGSTOP");
  }

  resume(): void {
    this.child?.kill("SIGCONT");
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    if (this.child) await end(this.child, "SIGKILL");
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.run, { recursive: true, force: true });
  }
}

/** A template with each `@NAME@` replaced. */
export function filled(template: string, values: Record<string, string>): string {
  return readFileSync(template, "utf8").replace(/@([A-Z_]+)@/g, (whole, name: string) => values[name] ?? whole);
}
