// An Asterisk of its own on free ports of the loopback, in a folder that is removed in the end; ARI
// and AMI of it.
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { sleep } from "./phone.mjs";

const REPOSITORY = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
/** Where `cargo xtask` unpacks an Asterisk on machines that have none. */
const FETCHED = join(REPOSITORY, "target/asterisk/root");
const TEMPLATES = join(REPOSITORY, "pbx/rig/etc");
export const CHANNELVARS = "CHANNEL(linkedid),CALLERID(num-pres)";
export const EXTENSIONS = Array.from({ length: 12 }, (_, index) => `${1000 + index}`);

function freePort() {
  return new Promise((done) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

export function freeUdpPort() {
  return new Promise((done) => {
    const probe = createSocket("udp4");
    probe.bind(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

export class Asterisk {
  /** `iax`: the port of its IAX2, and that of the Asterisk behind the IAX2 trunk. */
  static async configured({ carriers, iax, channelvars = CHANNELVARS, systemname = "" }) {
    const asterisk = new Asterisk();
    asterisk.run = mkdtempSync(join(tmpdir(), "ringside-rig-"));
    asterisk.root = existsSync(FETCHED) ? FETCHED : "";
    asterisk.sipPort = await freeUdpPort();
    asterisk.httpPort = await freePort();
    asterisk.amiPort = await freePort();
    for (const folder of ["etc", "cache", "lib", "spool/outgoing", "spool/recording", "spool/monitor", "spool/confbridge", "run", "log"]) mkdirSync(join(asterisk.run, folder), { recursive: true });
    const values = {
      RUN: asterisk.run,
      ROOT: asterisk.root,
      SIP_PORT: asterisk.sipPort,
      HTTP_PORT: asterisk.httpPort,
      AMI_PORT: asterisk.amiPort,
      IAX_PORT: iax[0],
      IAX_PEER_PORT: iax[1],
      CHANNELVARS: channelvars,
      SYSTEMNAME: systemname ? `systemname = ${systemname}` : "",
      CARRIER_1: `${carriers[0].ip}:${carriers[0].port}`,
      CARRIER_2: `${carriers[1].ip}:${carriers[1].port}`,
    };
    for (const file of readdirSync(TEMPLATES)) {
      const text = readFileSync(join(TEMPLATES, file), "utf8");
      writeFileSync(join(asterisk.run, "etc", file), text.replace(/@([A-Z_0-9]+)@/g, (whole, name) => values[name] ?? whole));
    }
    return asterisk;
  }

  /** Starts it, also after a kill, and waits until ARI answers. */
  async launch() {
    const binary = `${this.root}/usr/sbin/asterisk`;
    const args = ["-f", "-C", join(this.run, "etc/asterisk.conf")];
    // An Asterisk that was only unpacked runs by its own loader and libraries.
    const [program, ...before] = this.root
      ? [`${this.root}/lib64/ld-linux-x86-64.so.2`, "--library-path", `${this.root}/usr/lib/x86_64-linux-gnu`, binary]
      : [binary];
    rmSync(join(this.run, "run/asterisk.ctl"), { force: true });
    this.child = spawn(program, [...before, ...args], { stdio: "ignore" });
    this.ended = new Promise((done) => this.child.once("exit", done));
    for (let tries = 0; tries < 600; tries++) {
      if (this.child.exitCode !== null) throw new Error(`Asterisk ended: ${this.log().slice(-2000)}`);
      if (await this.ari("GET", "asterisk/info").catch(() => undefined)) return;
      await sleep(0.05);
    }
    throw new Error("ARI did not answer within 30 s");
  }

  /** One request to ARI. Throws where the answer is no success. */
  async ari(method, path, body) {
    const headers = { authorization: `Basic ${Buffer.from("rig:rig").toString("base64")}`, "content-type": "application/json" };
    const response = await fetch(`http://127.0.0.1:${this.httpPort}/ari/${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`ARI ${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  events(app) {
    return `ws://127.0.0.1:${this.httpPort}/ari/events?app=${app}&subscribeAll=true&api_key=rig:rig`;
  }

  /** One AMI action, on a connection of its own. Throws where Asterisk answers with an error. */
  ami(action, fields = {}) {
    return new Promise((done, failed) => {
      const lines = (entries) => entries.map(([key, value]) => `${key}: ${value}\r\n`).join("") + "\r\n";
      const socket = connect(this.amiPort, "127.0.0.1");
      let heard = "";
      socket.on("error", failed);
      socket.on("data", (data) => {
        heard += data;
        const answer = /^Response: \S+\r\n(?:.+\r\n)*?ActionID: it\r\n(?:.+\r\n)*\r\n/m.exec(heard);
        if (!answer) return;
        socket.destroy();
        if (answer[0].startsWith("Response: Error")) failed(new Error(`AMI ${action}: ${answer[0]}`));
        else done(answer[0]);
      });
      socket.write(lines([["Action", "Login"], ["Username", "rig"], ["Secret", "rig"], ["Events", "off"]]));
      socket.write(lines([["Action", action], ["ActionID", "it"], ...Object.entries(fields)]));
    });
  }

  command(text) {
    return this.ami("Command", { Command: text });
  }

  /** A call file: written beside the spool and moved in, as pbx_spool wants it. */
  spool(name, fields) {
    const file = join(this.run, "spool", name);
    writeFileSync(file, Object.entries(fields).map(([key, value]) => `${key}: ${value}\n`).join(""));
    renameSync(file, join(this.run, "spool/outgoing", name));
  }

  log() {
    const file = join(this.run, "log/messages");
    return existsSync(file) ? readFileSync(file, "utf8") : "it logged nothing";
  }

  /** As a power cut would. */
  async kill() {
    this.child?.kill("SIGKILL");
    await this.ended;
  }

  async stop() {
    await this.kill();
    if (!process.env.KEEP) rmSync(this.run, { recursive: true, force: true });
  }
}
