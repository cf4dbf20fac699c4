// Tells a recording in one short line an event: `node pbx/rig/show.mjs FILE…`.
import { readFileSync } from "node:fs";

const channel = ({ name, id, state, caller, connected, dialplan } = {}) =>
  name ? `${name}#${id.split(".").pop()} ${state} "${caller.name}" <${caller.number}> with <${connected.number}> at ${dialplan.exten}@${dialplan.context} ${dialplan.app_name}` : "nobody";
const bridge = ({ bridge_class, technology, name, channels }) => `[${bridge_class} ${technology} ${name}: ${channels.map((id) => `#${id.split(".").pop()}`).join(" ")}]`;

function told({ roll, link, ev }) {
  if (link) return `LINK ${link}`;
  if (roll) return `ROLL ${roll.channels.map((each) => `${each.name} ${each.state}`).join(", ")} ${roll.bridges.map(bridge).join(" ")}`;
  if (ev.type === "Dial") return `Dial ${ev.dialstatus || "begins"} ${ev.dialstring}${ev.forward ? ` forward ${ev.forward}` : ""}: ${channel(ev.caller)} → ${channel(ev.peer)}`;
  if (ev.endpoint) return `${ev.type} ${ev.endpoint.resource} ${ev.endpoint.state}`;
  const rest = Object.entries(ev).filter(([key]) => !["type", "timestamp", "channel", "bridge", "caller_presentation_txt"].includes(key));
  const fields = rest.map(([key, value]) => `${key}=${value?.name ?? (typeof value === "object" ? JSON.stringify(value) : value)}`);
  return [ev.type, ev.channel && channel(ev.channel), ev.bridge && bridge(ev.bridge), ...fields].filter(Boolean).join(" ");
}

for (const file of process.argv.slice(2)) {
  const lines = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const began = lines.find(({ rx }) => rx)?.rx;
  for (const line of lines) {
    if (line.note || line.topology) console.log(line.note ?? JSON.stringify(line.topology));
    else console.log(`${(line.rx - began).toFixed(2).padStart(7)} ${told(line)}`);
  }
}
