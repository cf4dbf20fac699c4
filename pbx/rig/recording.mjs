// What Asterisk tells over ARI, in the form of pbx/tests/transcripts: one JSON object a line.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const WebSocket = createRequire(import.meta.url)("ws");

/** The types that the call tracker reads (`EVENTS` in server/src/ari/rest.rs), and those about bridges. */
const TYPES = new Set([
  "ApplicationReplaced", "BridgeAttendedTransfer", "BridgeBlindTransfer", "BridgeCreated", "BridgeDestroyed", "BridgeMerged",
  "ChannelCallerId", "ChannelConnectedLine", "ChannelCreated", "ChannelDestroyed", "ChannelEnteredBridge", "ChannelHangupRequest",
  "ChannelHold", "ChannelLeftBridge", "ChannelStateChange", "ChannelUnhold", "ContactStatusChange", "Dial", "EndpointStateChange",
  "PeerStatusChange", "StasisEnd", "StasisStart",
]);
const FIELDS = {
  channel: ["id", "name", "state", "caller", "connected", "dialplan", "creationtime", "channelvars"],
  bridge: ["id", "technology", "bridge_type", "bridge_class", "name", "channels", "creationtime"],
  endpoint: ["technology", "resource", "state", "channel_ids"],
};
/** Fields of events that nobody reads. */
const UNREAD = new Set(["application", "asterisk_id", "peer"]);

const pick = (object, keys) => Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, object[key]]));

function slimChannel(channel) {
  const slim = pick(channel, FIELDS.channel);
  slim.dialplan = pick(channel.dialplan, ["context", "exten", "app_name", "app_data"]);
  return slim;
}

function slimValue(value) {
  if (!value || typeof value !== "object" || Array.isArray(value)) return value;
  if ("bridge_type" in value) return pick(value, FIELDS.bridge);
  if ("name" in value && "state" in value && "dialplan" in value) return slimChannel(value);
  if ("technology" in value && "resource" in value) return pick(value, FIELDS.endpoint);
  return value;
}

function slim(event) {
  const kept = Object.entries(event).filter(([key]) => !UNREAD.has(key) || (key === "peer" && event.type === "Dial") || (key === "application" && event.type === "ApplicationReplaced"));
  return Object.fromEntries(kept.map(([key, value]) => [key, slimValue(value)]));
}

export class Recorder {
  lines = [];
  held = undefined;

  constructor(asterisk, app = "rig") {
    this.asterisk = asterisk;
    this.app = app;
  }

  write(line) {
    this.lines.push({ rx: Date.now() / 1000, ...line });
  }

  /** Opens the link and calls the roll, as Ringside does: what comes meanwhile is held and told after it. */
  async connect() {
    this.socket = new WebSocket(this.asterisk.events(this.app));
    this.socket.on("message", (data) => {
      const event = JSON.parse(data);
      if (!TYPES.has(event.type)) return;
      const line = { rx: Date.now() / 1000, ev: slim(event) };
      (this.held ?? this.lines).push(line);
    });
    await new Promise((done, failed) => {
      this.socket.once("open", done);
      this.socket.once("error", failed);
    });
    this.socket.on("error", () => {});
    await this.roll();
  }

  async roll() {
    this.held = [];
    const { ari } = this.asterisk;
    const get = (path) => ari.call(this.asterisk, "GET", path);
    const [channels, bridges, endpoints, info] = [await get("channels"), await get("bridges"), await get("endpoints/PJSIP"), await get("asterisk/info")];
    const roll = { channels: channels.map(slimChannel), bridges: bridges.map(slimValue), endpoints: endpoints.map(slimValue), startedAt: info.status.startup_time };
    this.write({ roll });
    this.lines.push(...this.held);
    this.held = undefined;
  }

  disconnect() {
    this.socket?.terminate();
    this.write({ link: "down" });
  }

  close() {
    this.socket?.terminate();
  }

  save(file, head) {
    writeFileSync(file, [...head, ...this.lines].map((line) => `${JSON.stringify(line)}\n`).join(""));
  }
}
