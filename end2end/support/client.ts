// A browser without a page: signs in, holds the WebSocket, looks callers up when it is asked, and
// remembers what it heard and when.
import WebSocket from "ws";

import { eventually } from "./process.js";
import type { Server } from "./server.js";

/** CALLERID_STATE_DATA, as far as the tests read it. */
export interface CallState {
  callId: string;
  phase: "waiting" | "ringing" | "talking" | "held" | "ended";
  callerId: string;
  callerName: string;
  data: { name: string } | null;
  lookup: { status: string };
  state: { exten: string; outboundChannelState: string }[];
  direction: "inbound" | "outbound" | "internal";
  hidden: boolean;
  answeredBy: string | null;
  answeredOutside: string | null;
  talking: string[];
  place: { kind: string } | null;
  startedAt: string;
  answeredAt: string | null;
  outcome: string | null;
  stale: boolean;
}

export interface Frame {
  type: string;
  /** When it was received: milliseconds since 1970, with fractions. */
  at: number;
  [key: string]: unknown;
}

export class Client {
  readonly frames: Frame[] = [];
  /** How often this one was asked to look a caller up. */
  lookups = 0;
  /** Why the server closed the socket. */
  private closed?: string;

  private constructor(
    readonly exten: string,
    private readonly url: string,
    private readonly cookie: string,
    private readonly socket: WebSocket,
  ) {}

  /** An agent at an extension, or a supervisor where there is none; welcomed. */
  static async signIn(server: Server, login: string, exten = ""): Promise<Client> {
    const attempt = { login, password: `ringside-${login}`, exten: exten || null, takeOver: false };
    const answer = await fetch(`${server.url}/api/sign_in`, post(server.url, { attempt }));
    const cookie = answer.headers.get("set-cookie")?.split(";")[0];
    if (!cookie) throw new Error(`${login} could not sign in: ${answer.status} ${await answer.text()}`);
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws`, { headers: { cookie, origin: server.url } });
    const client = new Client(exten, server.url, cookie, socket);
    socket.on("message", (text) => client.hear(JSON.parse(text.toString()) as Frame));
    socket.on("close", (code, reason) => (client.closed = `${code} ${reason}`));
    await new Promise((done, failed) => socket.once("open", done).once("error", failed));
    client.say({ type: "hello", version: 2, view: exten ? "desk" : "floor" });
    await client.heard("snapshot", () => true);
    return client;
  }

  private say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  private hear(frame: Frame): void {
    frame.at = performance.timeOrigin + performance.now();
    this.frames.push(frame);
    if (frame.type === "ping") this.say({ type: "pong" });
    if (frame.type === "lookupRequest") void this.lookUp(frame);
  }

  private async lookUp({ callId, lookupId }: Frame): Promise<void> {
    this.lookups += 1;
    const question = post(this.url, { call_id: callId, lookup_id: lookupId });
    question.headers.cookie = this.cookie;
    const answer = await fetch(`${this.url}/api/find_customer`, question);
    this.say({ type: "customerData", lookupId, ...((await answer.json()) as object) });
  }

  /** The first frame of a type that is wanted, already heard or still to come. */
  heard(type: string, wanted: (frame: Frame) => boolean, seconds = 20): Promise<Frame> {
    const who = this.exten || "the floor";
    return eventually(`${who} hears ${type}`, seconds, () => {
      const frame = this.frames.find((frame) => frame.type === type && wanted(frame));
      if (!frame && this.closed) throw new Error(`${who} was closed: ${this.closed}`);
      return frame;
    });
  }

  /** The first state of a call that is as wanted. */
  async state(wanted: (state: CallState) => boolean): Promise<CallState & { at: number }> {
    return (await this.heard("callState", (frame) => wanted(frame as unknown as CallState))) as unknown as CallState & { at: number };
  }

  /** The states that this client was told of a call. */
  states(callId: string): CallState[] {
    return this.frames.filter((frame) => frame.type === "callState" && frame.callId === callId) as unknown as CallState[];
  }

  close(): void {
    this.socket.terminate();
  }
}

function post(origin: string, body: object): { method: string; headers: Record<string, string>; body: string } {
  return { method: "POST", headers: { "content-type": "application/json", origin }, body: JSON.stringify(body) };
}
