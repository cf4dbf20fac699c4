// A SIP user agent for the loopback: one UDP port, any number of dialogs, and the times at which
// things happened to each, which are the truth that a recording is compared with.
// SIP: RFC 3261; REFER: RFC 3515; Replaces: RFC 3891; DTMF by INFO as Asterisk's `dtmf_mode = info`.
import { createSocket } from "node:dgram";
import { randomBytes } from "node:crypto";

const id = () => randomBytes(6).toString("hex");
const ALLOW = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, REFER, NOTIFY, INFO, OPTIONS\r\nSupported: replaces";
export const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

/** A promise that others keep. */
class Signal {
  constructor() {
    this.promise = new Promise((done) => (this.give = done));
  }
}

/** Waits, but not for ever: what does not happen is a scenario that went otherwise than it says. */
export async function within(seconds, what, promise) {
  let timer;
  const late = new Promise((_, failed) => {
    timer = setTimeout(() => failed(new Error(`${what}: not within ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function parse(data) {
  const text = data.toString("utf8");
  const end = text.indexOf("\r\n\r\n");
  const [first, ...lines] = text.slice(0, end).split("\r\n");
  const headers = lines.map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]);
  const header = (name) => headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? "";
  return { first, headers, header, body: text.slice(end + 4) };
}

/** One dialog of a phone. */
export class Leg {
  cseq = 1;
  tag = id();
  remoteTag = "";
  state = "new";
  /** The final status of an outgoing call. */
  status = 0;
  /** Seconds since the scenario's beginning. */
  at = {};
  signals = { ringing: new Signal(), up: new Signal(), over: new Signal() };
  answers = new Map();
  version = 1;

  constructor(phone, number) {
    this.phone = phone;
    this.number = number;
    this.rtpPort = phone.nextRtpPort();
  }

  mark(what) {
    this.at[what] ??= this.phone.clock();
    this.phone.log(`${this.number}: ${what}`);
    this.signals[what]?.give(this);
  }

  sdp(direction = "sendrecv") {
    const { ip } = this.phone;
    const lines = ["v=0", `o=- 1 ${this.version++} IN IP4 ${ip}`, "s=-", `c=IN IP4 ${ip}`, "t=0 0", `m=audio ${this.rtpPort} RTP/AVP 0`, "a=rtpmap:0 PCMU/8000", `a=${direction}`];
    return lines.join("\r\n") + "\r\n";
  }

  // As the called party.

  reply(status, reason, { body = "", extra = "", to = this.invite } = {}) {
    const kept = to.headers.filter(([key]) => /^(via|from|call-id|cseq)$/i.test(key)).map(([key, value]) => `${key}: ${value}`);
    const called = to.header("To");
    const lines = [`SIP/2.0 ${status} ${reason}`, ...kept, `To: ${called.includes("tag=") ? called : `${called};tag=${this.tag}`}`];
    if (status < 300 || status >= 400) lines.push(`Contact: <${this.phone.uri}>`);
    lines.push(ALLOW, ...(extra ? [extra] : []), ...(body ? ["Content-Type: application/sdp"] : []));
    this.phone.send(`${lines.join("\r\n")}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  }

  ring() {
    this.state = "ringing";
    this.reply(180, "Ringing");
    this.mark("ringing");
  }

  progress() {
    this.state = "ringing";
    this.reply(183, "Session Progress", { body: this.sdp() });
    this.mark("ringing");
  }

  answer() {
    if (this.state === "over") return this;
    this.state = "up";
    this.reply(200, "OK", { body: this.sdp() });
    this.mark("up");
    return this;
  }

  refuse(status = 486, reason = "Busy Here", extra = "") {
    this.status = status;
    this.reply(status, reason, { extra });
    this.end("refused");
  }

  /** Sends whoever calls elsewhere, as the phone's own "forward to". */
  redirect(number) {
    this.refuse(302, "Moved Temporarily", `Contact: <sip:${number}@127.0.0.1:${this.phone.sipPort}>`);
  }

  end(how) {
    if (this.state === "over") return;
    this.state = "over";
    this.at.end ??= this.phone.clock();
    this.phone.log(`${this.number}: over (${how})`);
    clearInterval(this.voice);
    this.signals.over.give(this);
  }

  // Within the dialog.

  request(method, { body = "", extra = "", type = "application/sdp", cseq } = {}) {
    if (cseq === undefined) cseq = ++this.cseq;
    const me = this.me ?? `<sip:${this.phone.user}@${this.phone.ip}>;tag=${this.tag}`;
    const other = this.other + (this.remoteTag ? `;tag=${this.remoteTag}` : "");
    const lines = [`${method} ${this.target} SIP/2.0`, `Via: SIP/2.0/UDP ${this.phone.ip}:${this.phone.port};branch=z9hG4bK${id()}`, "Max-Forwards: 70", `From: ${me}`, `To: ${other}`, `Call-ID: ${this.callId}`, `CSeq: ${cseq} ${method}`, `Contact: <${this.phone.uri}>`, ALLOW];
    if (extra) lines.push(extra);
    if (body) lines.push(`Content-Type: ${type}`);
    const answer = new Signal();
    if (method !== "ACK") this.answers.set(`${cseq} ${method}`, answer);
    this.phone.send(`${lines.join("\r\n")}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    return answer.promise;
  }

  /** BYE, CANCEL, or a refusal: whatever ends it now. */
  async hangUp() {
    if (this.state === "over") return;
    if (this.state === "up") {
      const answer = this.request("BYE");
      this.end("hung up");
      await within(3, "the answer to BYE", answer);
    } else if (this.outgoing) {
      this.phone.send(this.invitation("CANCEL"));
      await this.over(5);
    } else {
      this.refuse(603, "Decline");
    }
  }

  async reinvite(direction) {
    const status = await within(3, "the answer to re-INVITE", this.request("INVITE", { body: this.sdp(direction) }));
    this.request("ACK", { cseq: this.cseq });
    if (status !== 200) throw new Error(`re-INVITE was answered ${status}`);
    this.phone.log(`${this.number}: re-INVITE ${direction}`);
  }

  hold() {
    return this.reinvite("sendonly");
  }

  unhold() {
    return this.reinvite("sendrecv");
  }

  /** Transfers the other side: blind, or by taking the place of `instead`, another dialog of this phone. */
  async refer(number, instead) {
    const replaces = instead ? `?Replaces=${encodeURIComponent(`${instead.callId};to-tag=${instead.remoteTag};from-tag=${instead.tag}`)}` : "";
    const extra = `Refer-To: <sip:${number}@127.0.0.1:${this.phone.sipPort}${replaces}>\r\nReferred-By: <sip:${this.phone.user}@${this.phone.ip}>`;
    const status = await within(3, "the answer to REFER", this.request("REFER", { extra }));
    this.phone.log(`${this.number}: REFER to ${number}${instead ? " with Replaces" : ""} answered ${status}`);
    return status;
  }

  async dtmf(digits, gap = 0.2) {
    for (const digit of digits) {
      const info = { body: `Signal=${digit}\r\nDuration=120\r\n`, type: "application/dtmf-relay" };
      await within(3, "the answer to INFO", this.request("INFO", info));
      await sleep(gap);
    }
    this.phone.log(`${this.number}: pressed ${digits}`);
  }

  /** Sends noise, for what records or listens. */
  speak() {
    let sequence = 0;
    this.voice = setInterval(() => {
      if (!this.rtp) return;
      const packet = Buffer.alloc(172, sequence % 2 ? 0x10 : 0x90);
      packet.set([0x80, 0, (sequence >> 8) & 255, sequence & 255]);
      packet.writeUInt32BE((sequence * 160) >>> 0, 4);
      packet.writeUInt32BE(7, 8);
      sequence++;
      this.phone.socket.send(packet, this.rtp.port, this.rtp.ip);
    }, 20);
    return this;
  }

  hearsFrom(body) {
    const ip = /c=IN IP4 (\S+)/.exec(body)?.[1];
    const port = Number(/m=audio (\d+)/.exec(body)?.[1]);
    if (ip && port) this.rtp = { ip, port };
  }

  // What a scenario waits for.

  ringing(seconds = 10) {
    return within(seconds, `${this.phone.user} hears ${this.number} ring`, this.signals.ringing.promise);
  }

  up(seconds = 15) {
    return within(seconds, `${this.phone.user} is connected with ${this.number}`, this.signals.up.promise);
  }

  over(seconds = 30) {
    return within(seconds, `${this.phone.user}'s call with ${this.number} ends`, this.signals.over.promise);
  }

  // As the caller.

  invitation(method, body = "") {
    const lines = [`${method} ${this.target0} SIP/2.0`, `Via: SIP/2.0/UDP ${this.phone.ip}:${this.phone.port};branch=z9hG4bK${this.branch}`, "Max-Forwards: 70", `From: ${this.me}`, `To: ${this.other}`, `Call-ID: ${this.callId}`, `CSeq: 1 ${method}`];
    if (method === "INVITE") lines.push(`Contact: <${this.phone.uri}>`, ALLOW, ...this.extra, "Content-Type: application/sdp");
    return `${lines.join("\r\n")}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  }
}

/** A phone, or a carrier: whoever has a port. */
export class Phone {
  legs = new Map();
  rtpNext = 0;
  arrived = [];
  waiting = [];
  /** What it does by itself with a call that comes in. */
  onInvite = (leg) => leg.ring();

  constructor({ user, ip, sipPort, clock, log }) {
    this.user = user;
    this.ip = ip;
    this.sipPort = sipPort;
    this.clock = clock;
    this.say = log;
  }

  get uri() {
    return `sip:${this.user}@${this.ip}:${this.port}`;
  }

  async open() {
    this.socket = createSocket("udp4");
    await new Promise((done) => this.socket.bind(0, this.ip, done));
    this.port = this.socket.address().port;
    this.socket.on("message", (data) => this.take(parse(data)));
    return this;
  }

  close() {
    for (const leg of this.legs.values()) clearInterval(leg.voice);
    this.socket.close();
  }

  log(what) {
    this.say(`${this.user}: ${what}`);
  }

  /** Nobody listens there: what Asterisk sends is lost, as with a phone that is mute. */
  nextRtpPort() {
    return 40000 + ((this.port * 8 + (this.rtpNext++ % 4) * 2) % 8000);
  }

  send(text) {
    this.socket.send(text, this.sipPort, "127.0.0.1");
  }

  /** With an expiry of 0 seconds the phone is gone. */
  async register(expires = 3600) {
    const leg = new Leg(this, "the registrar");
    Object.assign(leg, { callId: id(), me: `<sip:${this.user}@127.0.0.1>;tag=${leg.tag}`, other: `<sip:${this.user}@127.0.0.1>`, target: `sip:127.0.0.1:${this.sipPort}` });
    this.legs.set(leg.callId, leg);
    const status = await within(5, `${this.user} registers`, leg.request("REGISTER", { extra: `Expires: ${expires}` }));
    if (status !== 200) throw new Error(`${this.user} could not register: ${status}`);
  }

  /** Calls a number. `from` and `name` are who it says to be; `extra` are further headers. */
  call(number, { from = this.user, name = "", extra = [] } = {}) {
    const leg = new Leg(this, number);
    leg.outgoing = true;
    leg.callId = `${id()}@${this.ip}`;
    leg.branch = id();
    leg.extra = extra;
    leg.target = leg.target0 = `sip:${number}@127.0.0.1:${this.sipPort}`;
    leg.me = `${name ? `"${name}" ` : ""}<sip:${from}@${this.ip}>;tag=${leg.tag}`;
    leg.other = `<sip:${number}@127.0.0.1:${this.sipPort}>`;
    this.legs.set(leg.callId, leg);
    leg.mark("calls");
    this.send(leg.invitation("INVITE", leg.sdp()));
    return leg;
  }

  /** The next call that comes in, or the one that has come and that nobody has asked for yet. */
  async incoming(seconds = 12) {
    if (this.arrived.length) return this.arrived.shift();
    const signal = new Signal();
    this.waiting.push(signal);
    return within(seconds, `a call for ${this.user}`, signal.promise);
  }

  take({ first, headers, header, body }) {
    const callId = header("Call-ID");
    let leg = this.legs.get(callId);
    if (first.startsWith("SIP/2.0")) return leg && this.answered(leg, Number(first.split(" ")[1]), header, body);
    const method = first.split(" ")[0];
    if (method === "ACK") return undefined;
    const message = { headers, header };
    if (method === "INVITE" && !leg) return this.invited(message, body, callId);
    leg ??= new Leg(this, "nobody");
    if (method === "INVITE") {
      leg.hearsFrom(body);
      return leg.reply(200, "OK", { to: message, body: leg.sdp(body.includes("a=sendonly") ? "recvonly" : "sendrecv") });
    }
    leg.reply(this.legs.has(callId) || method === "OPTIONS" ? 200 : 481, "OK", { to: message });
    if (method === "BYE") leg.end("the other side hung up");
    // A transfer gets on: phones leave when they hear of it.
    if (method === "NOTIFY" && /^SIP\/2\.0 (18\d|2\d\d)/.test(body) && leg.state === "up") leg.hangUp().catch(() => {});
    if (method === "CANCEL" && leg.state !== "up" && leg.state !== "over") {
      leg.reply(487, "Request Terminated");
      leg.end("cancelled");
    }
    return undefined;
  }

  invited(message, body, callId) {
    const from = message.header("From");
    const leg = new Leg(this, /sip:([^@>]*)/.exec(from)?.[1] ?? "?");
    leg.name = /^"([^"]*)"/.exec(from)?.[1] ?? "";
    Object.assign(leg, { callId, invite: message, cseq: 100, target: /<([^>]+)>/.exec(message.header("Contact"))?.[1], other: from.replace(/;tag=.*/, ""), remoteTag: /tag=([^;]+)/.exec(from)?.[1] });
    this.legs.set(callId, leg);
    leg.hearsFrom(body);
    leg.mark("invited");
    leg.reply(100, "Trying");
    this.onInvite(leg, message);
    const taker = this.waiting.shift();
    if (taker) taker.give(leg);
    else this.arrived.push(leg);
  }

  answered(leg, status, header, body) {
    const [cseq, method] = header("CSeq").split(" ");
    if (method !== "INVITE" || cseq !== "1") {
      if (status >= 200) leg.answers.get(`${cseq} ${method}`)?.give(status);
      return;
    }
    if (status < 200) {
      if (status === 183) leg.hearsFrom(body);
      if (status > 100 && !leg.at.ringing) leg.mark("ringing");
      return;
    }
    leg.remoteTag = /tag=([^;]+)/.exec(header("To"))?.[1] ?? "";
    if (status < 300) {
      leg.target = /<([^>]+)>/.exec(header("Contact"))?.[1] ?? leg.target;
      leg.hearsFrom(body);
      leg.request("ACK", { cseq: 1 });
      if (leg.state === "up") return;
      leg.state = "up";
      leg.mark("up");
    } else {
      this.send(leg.invitation("ACK").replace(/\r\nTo: [^\r]*/, `\r\nTo: ${header("To")}`));
      leg.status = status;
      leg.end(`refused with ${status}`);
    }
  }
}
