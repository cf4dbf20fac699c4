// Words of a truth: times of the phones' own diary, in seconds since the first call began.
import { sleep } from "../phone.mjs";

export const s = (time) => (time === undefined ? "?" : `${time.toFixed(1)} s`);
export const from = (leg) => s(leg.at.up);
export const until = (leg) => s(leg.at.end);
export const talk = (leg) => `from ${from(leg)} to ${until(leg)}`;
export const rang = (leg) => `rings at ${s(leg.at.ringing)}`;

/** They are connected, talk, and `who` hangs up; all of them are over. */
export async function talkAndHangUp(seconds, who, ...others) {
  await sleep(seconds);
  await who.hangUp();
  for (const other of others) await other.over();
}
