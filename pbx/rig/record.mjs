// Records scenarios on a real Asterisk that is shaped like FreePBX: `node pbx/rig/record.mjs NAME…`,
// `--list` says which there are, `--all` records every one. See README.md.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Asterisk, EXTENSIONS, freeUdpPort } from "./asterisk.mjs";
import { Phone, sleep, within } from "./phone.mjs";
import { Recorder } from "./recording.mjs";
import * as callerid from "./scenarios/callerid.mjs";
import * as groups from "./scenarios/groups.mjs";
import * as meeting from "./scenarios/meeting.mjs";
import * as originated from "./scenarios/originated.mjs";
import * as outbound from "./scenarios/outbound.mjs";
import * as queues from "./scenarios/queues.mjs";
import * as special from "./scenarios/special.mjs";
import * as transfers from "./scenarios/transfers.mjs";

/** Without the helpers that other files share. */
const scenarios = (module) => Object.fromEntries(Object.entries(module).filter(([, each]) => each.run));
const SCENARIOS = { ...queues, ...groups, ...transfers, ...scenarios(meeting), ...outbound, ...originated, ...callerid, ...special };
const INTO = process.env.INTO ?? new URL("../tests/transcripts/freepbx", import.meta.url).pathname;
/** Devices whose name is not their extension's. */
const DEVICES = { "PJSIP/minh.chau": "1010", "PJSIP/991011": "1011", "PJSIP/1003-mobile": "1003" };
const TOPOLOGY = {
  inbound_contexts: ["from-trunk", "from-pstn", "from-trunk-pjsip-cmc-sip", "from-trunk-iax2-viettel"],
  trunks: ["PJSIP/cmc-sip", "PJSIP/vnpt_backup", "IAX2/viettel"],
  devices: DEVICES,
  extensions: ["1000-1011"],
};
const USERS = [...EXTENSIONS.slice(0, 10), "minh.chau", "991011", "1003-mobile"];

/** What a scenario has in its hands. */
class Rig {
  began = undefined;
  phones = new Map();
  diary = [];

  static async open(options) {
    const rig = new Rig();
    const clock = () => {
      rig.began ??= Date.now();
      return (Date.now() - rig.began) / 1000;
    };
    const log = (text) => {
      const line = `${rig.began ? ((Date.now() - rig.began) / 1000).toFixed(2).padStart(6) : "      "} ${text}`;
      rig.diary.push(line);
      if (process.env.VERBOSE) console.log(line);
    };
    rig.clock = clock;
    const carrier = (user, ip) => new Phone({ user, ip, clock, log }).open();
    rig.cmc = await carrier("cmc", "127.0.0.2");
    rig.vnpt = await carrier("vnpt", "127.0.0.3");
    rig.iax = [await freeUdpPort(), await freeUdpPort()];
    rig.asterisk = await Asterisk.configured({ carriers: [rig.cmc, rig.vnpt], iax: rig.iax, ...options });
    for (const phone of [rig.cmc, rig.vnpt]) phone.sipPort = rig.asterisk.sipPort;
    for (const user of USERS) rig.phones.set(user, await new Phone({ user, ip: "127.0.0.1", sipPort: rig.asterisk.sipPort, clock, log }).open());
    await rig.start();
    return rig;
  }

  /** Asterisk runs, the phones are registered, the recorder listens. */
  async start() {
    await this.asterisk.launch();
    for (const phone of this.phones.values()) await phone.register();
    await sleep(0.3);
    this.recorder ??= new Recorder(this.asterisk);
    await this.recorder.connect();
  }

  /** The other end of the IAX2 trunk: a second Asterisk of the same configuration. */
  async viettel() {
    this.far = await Asterisk.configured({ carriers: [this.cmc, this.vnpt], iax: [...this.iax].reverse() });
    await this.far.launch();
    return this.far;
  }

  phone(user) {
    return this.phones.get(user);
  }

  /** A customer calls a number of ours. */
  customer(did, from, name = "", options = {}) {
    return this.cmc.call(did, { from, name, ...options });
  }

  /** The next call that rings at this phone, once it rings. */
  rings(user, seconds) {
    const phone = this.phones.get(user) ?? this[user];
    return phone.incoming(seconds);
  }

  /** The roll in the middle of calls: a tracker that starts here must come to the same end. */
  roll() {
    return this.recorder.roll();
  }

  /** The link breaks, `meanwhile` happens unheard, and the link comes back. */
  async unheard(meanwhile) {
    this.recorder.disconnect();
    await meanwhile();
    await this.recorder.connect();
  }

  channels() {
    return this.asterisk.ari("GET", "channels");
  }

  /** The live channel whose name begins so. */
  async channel(name) {
    const found = (await this.channels()).find((channel) => channel.name.startsWith(name));
    if (!found) throw new Error(`no channel ${name}`);
    return found;
  }

  /** Waits until so many channels share a bridge. */
  async bridged(count, seconds = 20) {
    for (const until = Date.now() + seconds * 1000; ; await sleep(0.1)) {
      const bridges = await this.asterisk.ari("GET", "bridges");
      if (bridges.some(({ channels }) => channels.length >= count)) return;
      if (Date.now() > until) throw new Error(`no bridge of ${count}: ${JSON.stringify(bridges)}`);
    }
  }

  /** Waits until nobody has a channel any more. */
  async quiet(seconds = 20) {
    for (const until = Date.now() + seconds * 1000; ; await sleep(0.1)) {
      const left = await this.channels();
      if (left.length === 0) break;
      if (Date.now() > until) throw new Error(`still there: ${left.map((channel) => channel.name).join(", ")}`);
    }
    await sleep(0.3);
  }

  async close() {
    this.recorder?.close();
    await this.asterisk.stop();
    await this.far?.stop();
    for (const phone of [...this.phones.values(), this.cmc, this.vnpt]) phone.close();
  }
}

async function record(name, { note, options, run }) {
  const rig = await Rig.open(options);
  try {
    const truth = await within(120, name, run(rig));
    await rig.quiet();
    mkdirSync(INTO, { recursive: true });
    rig.recorder.save(join(INTO, `${name}.ndjson`), [{ note: `${name}: ${note}` }, { topology: TOPOLOGY }]);
    writeFileSync(join(INTO, `${name}.truth`), `${truth.trim().replace(/^ +/gm, "")}\n`);
    console.log(`${name}: ${rig.recorder.lines.length} lines`);
    return true;
  } catch (error) {
    console.error(`${name}: ${error.stack}\n${rig.diary.join("\n")}\n${rig.asterisk.log().split("\n").slice(-60).join("\n")}`);
    return false;
  } finally {
    await rig.close();
  }
}

const asked = process.argv.slice(2);
if (asked.length === 0 || asked[0] === "--list") {
  for (const [name, { note }] of Object.entries(SCENARIOS)) console.log(`${name}: ${note}`);
} else {
  const names = asked[0] === "--all" ? Object.keys(SCENARIOS) : asked[0] === "--new" ? Object.keys(SCENARIOS).filter((name) => !existsSync(join(INTO, `${name}.ndjson`))) : asked;
  let failed = 0;
  for (const name of names) {
    if (!SCENARIOS[name]) throw new Error(`no scenario ${name}`);
    if (!(await record(name, SCENARIOS[name]))) failed++;
  }
  process.exit(failed ? 1 : 0);
}
