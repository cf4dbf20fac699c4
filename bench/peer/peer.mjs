// What a Node shop would write: ari-client hears the events, socket.io tells the desks. The same
// desks hear the same news as from Ringside; nothing is looked up, kept or replayed.
//
// node peer.mjs ASTERISK PORT
import { createServer } from "node:http";
import ari from "ari-client";
import { Server } from "socket.io";

const [asterisk, port] = process.argv.slice(2);
const calls = new Map();

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });
io.on("connection", (socket) => {
  socket.join(`phone:${socket.handshake.auth.phone}`);
  socket.emit("call", { type: "snapshot" });
});

const client = await ari.connect(asterisk, "ringside", "secret");
const phoneOf = (channel) => /^PJSIP\/(\d+)-/.exec(channel.name)?.[1];
const callOf = (channel) => calls.get(channel.channelvars?.["CHANNEL(linkedid)"] ?? channel.id);

client.on("ChannelCreated", (_event, channel) => {
  if (channel.dialplan.context === "from-trunk") {
    const { id, caller, creationtime } = channel;
    calls.set(id, { id, caller, dialled: channel.dialplan.exten, legs: new Map(), startedAt: creationtime });
  } else {
    const phone = phoneOf(channel);
    if (phone) callOf(channel)?.legs.set(phone, { exten: phone, outboundChannelId: channel.id, outboundChannelState: channel.state });
  }
});

client.on("StasisStart", (_event, channel) => channel.continueInDialplan().catch(console.error));

client.on("ChannelStateChange", (event, channel) => {
  const call = callOf(channel);
  const leg = call?.legs.get(phoneOf(channel));
  if (!leg) return;
  leg.outboundChannelState = channel.state;
  if (channel.state === "Up" && !call.answeredBy) {
    call.answeredBy = leg.exten;
    call.answeredAt = event.timestamp;
    for (const other of call.legs.values()) if (other !== leg) leave(call, other);
  }
  publish(call);
});

client.on("ChannelDestroyed", (event, channel) => {
  const call = callOf(channel);
  if (!call) return;
  if (channel.id === call.id) {
    call.endedAt = event.timestamp;
    publish(call);
    calls.delete(call.id);
    return;
  }
  const leg = call.legs.get(phoneOf(channel));
  if (leg && leg.exten !== call.answeredBy) {
    leave(call, leg);
    call.legs.delete(leg.exten);
  }
});

function publish(call) {
  const state = [...call.legs.values()].filter((leg) => !leg.left);
  const frame = {
    type: "callState",
    callId: `main:${call.id}`,
    callerId: call.caller.number,
    callerName: call.caller.name,
    dialled: call.dialled,
    phase: call.endedAt ? "ended" : call.answeredBy ? "talking" : "ringing",
    state: state.map(({ exten, outboundChannelId, outboundChannelState }) => ({ exten, outboundChannelId, outboundChannelState })),
    answeredBy: call.answeredBy ?? null,
    startedAt: call.startedAt,
    answeredAt: call.answeredAt ?? null,
    endedAt: call.endedAt ?? null,
  };
  const rooms = state.filter((leg) => leg.outboundChannelState !== "Down").map((leg) => `phone:${leg.exten}`);
  if (rooms.length > 0) io.to(rooms).emit("call", frame);
}

function leave(call, leg) {
  if (leg.left) return;
  leg.left = true;
  io.to(`phone:${leg.exten}`).emit("call", { type: "callLeft", callId: `main:${call.id}`, reason: call.answeredBy ? "answeredElsewhere" : "abandoned", by: call.answeredBy ?? null });
}

await client.start("ringside", true);
http.listen(Number(port), "127.0.0.1");
