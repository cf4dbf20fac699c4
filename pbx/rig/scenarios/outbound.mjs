// Agents call outside, over two trunks.
import { sleep } from "../phone.mjs";
import { from, rang, s, talk, talkAndHangUp, until } from "./telling.mjs";

export const outbound_answered = {
  note: "1002 calls 0912345701 over the first trunk; the customer rings and answers; the customer hangs up",
  async run(rig) {
    const agent = rig.phone("1002").call("0912345701");
    const customer = await rig.rings("cmc");
    await sleep(1.2);
    customer.answer();
    await agent.up();
    await rig.roll();
    await talkAndHangUp(2, customer, agent);
    return `Outbound. 1002 calls 0912345701, who ${rang(customer)}, answers and talks with 1002 ${talk(customer)}, then hangs up.
      The number shown outside is ours, 02873001000.
      Right: one outbound call of 1002 to 0912345701, Answered by the customer.`;
  },
};

export const outbound_prefix_early_media = {
  note: "1010 (minh.chau) calls with 9 before the number; the carrier plays its own ring tone (183, no 180); the customer answers; the agent hangs up",
  async run(rig) {
    rig.cmc.onInvite = (leg) => leg.progress();
    const agent = rig.phone("minh.chau").call("90912345702");
    const customer = await rig.rings("cmc");
    await sleep(1.2);
    customer.answer();
    await agent.up();
    await talkAndHangUp(2, agent, customer);
    return `Outbound. 1010 dials 90912345702: the 9 is our own prefix, the customer is 0912345702. The carrier says only "session progress" from ${s(customer.at.ringing)} on; the customer answers and talks ${talk(customer)}. 1010 hangs up.
      Right: one outbound call of 1010 to 0912345702, Answered.`;
  },
};

export const outbound_failover = {
  note: "1002 calls 0912345703: the first trunk refuses (503), the second is tried with +84…; the customer answers there; the customer hangs up",
  async run(rig) {
    rig.cmc.onInvite = (leg) => leg.refuse(503, "Service Unavailable");
    const agent = rig.phone("1002").call("0912345703");
    const customer = await rig.rings("vnpt");
    await sleep(1.2);
    customer.answer();
    await agent.up();
    await rig.roll();
    await talkAndHangUp(2, customer, agent);
    return `Outbound. 1002 calls 0912345703. The first trunk (PJSIP/cmc-sip) refuses at once; over the second (PJSIP/vnpt_backup), dialled as +84912345703, the customer ${rang(customer)}, answers and talks ${talk(customer)}, then hangs up.
      Right: one outbound call of 1002 to 0912345703, Answered over PJSIP/vnpt_backup.`;
  },
};

export const outbound_busy = {
  note: "1002 calls 0912345704, who is busy (486)",
  async run(rig) {
    rig.cmc.onInvite = async (leg) => {
      await sleep(0.6);
      leg.refuse(486, "Busy Here");
    };
    const agent = rig.phone("1002").call("0912345704");
    await agent.over();
    return `Outbound. 1002 calls 0912345704, who is busy: 1002 hears the busy tone and is out at ${until(agent)}.
      Right: one outbound call of 1002 to 0912345704, Busy.`;
  },
};

export const outbound_noanswer = {
  note: "1002 calls 0912345705, who rings 8 s and does not answer",
  async run(rig) {
    const agent = rig.phone("1002").call("0912345705");
    const customer = await rig.rings("cmc");
    await agent.over();
    return `Outbound. 1002 calls 0912345705, who ${rang(customer)} until ${until(customer)} and does not answer; the PBX gives up and 1002 is out at ${until(agent)}.
      Right: one outbound call of 1002 to 0912345705, Missed (no answer).`;
  },
};

export const outbound_congestion = {
  note: "1002 calls 0912345706: both trunks refuse (503): all circuits are busy",
  async run(rig) {
    for (const carrier of [rig.cmc, rig.vnpt]) carrier.onInvite = (leg) => leg.refuse(503, "Service Unavailable");
    const agent = rig.phone("1002").call("0912345706");
    await agent.over();
    return `Outbound. 1002 calls 0912345706. Both trunks refuse at once; 1002 hears that all circuits are busy and is out at ${until(agent)}.
      Right: one outbound call of 1002 to 0912345706, Failed.`;
  },
};

export const outbound_cancelled = {
  note: "1002 calls 0912345707, who rings; 1002 gives up",
  async run(rig) {
    const agent = rig.phone("1002").call("0912345707");
    const customer = await rig.rings("cmc");
    await sleep(2);
    await agent.hangUp();
    await customer.over();
    return `Outbound. 1002 calls 0912345707, who ${rang(customer)}; 1002 gives up at ${until(agent)}.
      Right: one outbound call of 1002 to 0912345707, Abandoned (by 1002).`;
  },
};

export const outbound_unknown_number = {
  note: "1002 calls 0912345708, which does not exist (404 of the first carrier, 404 of the second)",
  async run(rig) {
    for (const carrier of [rig.cmc, rig.vnpt]) carrier.onInvite = (leg) => leg.refuse(404, "Not Found");
    const agent = rig.phone("1002").call("0912345708");
    await agent.over();
    return `Outbound. 1002 calls 0912345708, a number that does not exist: both carriers say 404; 1002 is out at ${until(agent)}.
      Right: one outbound call of 1002 to 0912345708, Failed.`;
  },
};

export const outbound_transferred = {
  note: "1002 calls 0912345709, who answers; 1002 transfers them by the phone (REFER) to 1005, who answers; the customer hangs up",
  async run(rig) {
    const agent = rig.phone("1002").call("0912345709");
    const customer = await rig.rings("cmc");
    await sleep(0.8);
    customer.answer();
    await agent.up();
    await sleep(1.2);
    await agent.refer("1005");
    await agent.over();
    const fifth = await rig.rings("1005");
    await sleep(1);
    await rig.roll();
    fifth.answer();
    await talkAndHangUp(1.5, customer, fifth);
    return `Outbound. 1002 calls 0912345709, who answers at ${from(customer)} and talks with 1002 until ${until(agent)}, when 1002 hands them on to 1005.
      1005 ${rang(fifth)}, answers and talks with the customer ${talk(fifth)}. The customer hangs up.
      Right: one outbound call of 1002 to 0912345709, Answered by the customer; 1002 handed it on to 1005.`;
  },
};

export const internal_noanswer = {
  note: "1002 calls 1009 (no mailbox), who rings 6 s and does not answer",
  async run(rig) {
    const caller = rig.phone("1002").call("1009");
    const ninth = await rig.rings("1009");
    await caller.over();
    return `Internal. 1002 calls 1009, who ${rang(ninth)} until ${until(ninth)}; nobody answers; 1002 is out at ${until(caller)}.
      Right: one internal call of 1002 to 1009, Missed.`;
  },
};

export const mailbox_asked = {
  note: "1000 calls its own mailbox (*97) and hangs up",
  async run(rig) {
    const caller = rig.phone("1000").call("*97");
    await caller.up();
    await sleep(1.5);
    await caller.hangUp();
    return `Internal. 1000 asks its mailbox with *97 from ${from(caller)} to ${until(caller)}.
      Right: one internal call of 1000 to *97, answered by the PBX; no card for anybody.`;
  },
};
