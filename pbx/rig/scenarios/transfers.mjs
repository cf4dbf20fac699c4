// Calls that are handed on: by feature codes, by the phone, from the switchboard; parked; picked up.
import { sleep } from "../phone.mjs";
import { from, rang, s, talk, talkAndHangUp, until } from "./telling.mjs";

/** A customer calls extension 1000, who answers. */
async function answered(rig, number, name) {
  const customer = rig.customer("02873002000", number, name);
  const agent = await rig.rings("1000");
  await sleep(0.5);
  agent.answer();
  await customer.up();
  await sleep(1);
  return [customer, agent];
}

export const blind_feature = {
  note: "1000 answers, dials ## 1005 (blind transfer by feature code); 1005 answers; the customer hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345651", "Anh Tam");
    await agent.dtmf("##");
    await sleep(1.5);
    await agent.dtmf("1005");
    const fifth = await rig.rings("1005");
    await agent.over();
    await sleep(1);
    fifth.answer();
    await talkAndHangUp(2, customer, fifth);
    return `Inbound. 0912345651 "Anh Tam" calls 02873002000; 1000 answers at ${from(agent)}, hands on with ## to 1005 and is out at ${until(agent)}.
      1005 ${rang(fifth)}, answers and talks ${talk(fifth)}. The customer hangs up.
      Right: one inbound call, Answered by 1000 first, then 1005; 1000 Transferred.`;
  },
};

export const blind_refer_queue = {
  note: "1000 answers and transfers by the phone (REFER) to queue 702; 1001 answers there; 1001 hangs up",
  async run(rig) {
    rig.phone("1000").onInvite = (leg, _message) => leg.ring();
    const [customer, agent] = await answered(rig, "0912345652");
    rig.phone("1000").onInvite = (leg) => leg.refuse(486);
    await agent.refer("702");
    await agent.over();
    const second = await rig.rings("1001", 20);
    await rig.roll();
    await sleep(1);
    second.answer();
    await talkAndHangUp(2, second, customer);
    return `Inbound. 0912345652 calls 02873002000; 1000 answers at ${from(agent)} and hands on by its phone to queue 702 at ${until(agent)}. 1000's own phone is then busy for the queue.
      1001 ${rang(second)}, answers and talks ${talk(second)}, then hangs up.
      Right: one inbound call, Answered by 1000 first, then 1001; 1000 Transferred.`;
  },
};

export const blind_refer_voicemail = {
  note: "1000 answers and transfers by the phone (REFER) straight to 1001's mailbox (*1001); the customer leaves a message and hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345653");
    customer.speak();
    await agent.refer("*1001");
    await agent.over();
    await sleep(6);
    await customer.hangUp();
    return `Inbound. 0912345653 calls 02873002000; 1000 answers and talks ${talk(agent)}, then hands on to 1001's mailbox.
      The customer leaves a message and hangs up at ${until(customer)}. 1001 is not rung.
      Right: one inbound call, Answered by 1000, which Transferred it; it ended in the voicemail.`;
  },
};

export const blind_refer_outside = {
  note: "1000 answers and transfers by the phone (REFER) to a mobile outside, over the first trunk; the mobile answers; the mobile hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345654", "Chi Chin");
    await agent.refer("0912000555");
    const mobile = await rig.rings("cmc");
    await agent.over();
    await sleep(1);
    mobile.answer();
    await sleep(1);
    await rig.roll();
    await talkAndHangUp(1, mobile, customer);
    return `Inbound. 0912345654 "Chi Chin" calls 02873002000; 1000 answers and talks ${talk(agent)}, then hands on by its phone to 0912000555 outside.
      The mobile ${rang(mobile)}, answers and talks with the customer ${talk(mobile)}, then hangs up.
      Right: one inbound call, Answered by 1000, which Transferred it, then outside by 0912000555; no outbound call of its own.`;
  },
};

export const blind_noanswer = {
  note: "1000 answers and transfers by the phone (REFER) to 1009, who has no mailbox and does not answer: the PBX hangs up on the customer",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345655");
    await agent.refer("1009");
    await agent.over();
    const ninth = await rig.rings("1009");
    await ninth.over();
    await customer.over();
    return `Inbound. 0912345655 calls 02873002000; 1000 answers and talks ${talk(agent)}, then hands on by its phone to 1009.
      1009 ${rang(ninth)} until ${until(ninth)}: no answer. The PBX hangs up on the customer at ${until(customer)}.
      Right: one inbound call, Answered by 1000 (Transferred); 1009 missed it.`;
  },
};

export const attended_refer = {
  note: "1000 answers, holds, calls 1005 on a second line, speaks, and connects the two (REFER with Replaces); the customer hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345656", "Bac Ba");
    await agent.hold();
    const consult = rig.phone("1000").call("1005");
    const fifth = await rig.rings("1005");
    await sleep(0.8);
    fifth.answer();
    await consult.up();
    await sleep(1);
    await rig.roll();
    await agent.refer("1005", consult);
    await Promise.all([agent.over(), consult.over()]);
    const handed = rig.clock();
    await talkAndHangUp(2, customer, fifth);
    return `Inbound. 0912345656 "Bac Ba" calls 02873002000; 1000 answers at ${from(agent)}, puts the customer on hold and asks 1005, who ${rang(fifth)} and answers at ${from(fifth)}: the two agents speak.
      At ${s(handed)} 1000 connects the customer with 1005; they talk until ${until(customer)}; the customer hangs up.
      Right: one inbound call, Answered by 1000, then 1005 (from ${s(handed)}); 1000 Transferred; the consultation is folded into it.`;
  },
};

export const attended_refer_ringing = {
  note: "1000 answers, holds, calls 1005 and connects while 1005 still rings (semi-attended REFER with Replaces); 1005 answers; the customer hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345657");
    await agent.hold();
    const consult = rig.phone("1000").call("1005");
    const fifth = await rig.rings("1005");
    await consult.ringing();
    await sleep(1);
    // Phones that cannot name a dialog that is not answered drop it and transfer blind.
    await consult.hangUp();
    await agent.refer("1005");
    await agent.over();
    const again = await rig.rings("1005");
    await sleep(1);
    again.answer();
    await talkAndHangUp(2, customer, again);
    return `Inbound. 0912345657 calls 02873002000; 1000 answers at ${from(agent)}, puts the customer on hold and calls 1005, who ${rang(fifth)}. 1000 does not wait: its phone drops that call at ${until(fifth)} and hands the customer on blind at ${until(agent)}.
      1005 ${rang(again)} again, answers and talks ${talk(again)}. The customer hangs up.
      Right: an internal call of 1000 to 1005 that 1000 gave up; one inbound call, Answered by 1000 (Transferred), then by 1005.`;
  },
};

export const attended_cancelled = {
  note: "1000 answers, holds, calls 1005, gives up while 1005 rings, and comes back to the customer; the customer hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345658");
    await agent.hold();
    const consult = rig.phone("1000").call("1005");
    const fifth = await rig.rings("1005");
    await sleep(1.5);
    await consult.hangUp();
    await fifth.over();
    await agent.unhold();
    await talkAndHangUp(1.5, customer, agent);
    return `Inbound. 0912345658 calls 02873002000; 1000 answers and talks ${talk(agent)}, in between the customer is on hold while 1000 calls 1005, who ${rang(fifth)} until ${until(fifth)}, when 1000 gives up.
      1000 comes back to the customer, who hangs up.
      Right: one inbound call, Answered by 1000, Completed; an internal call 1000 to 1005, Abandoned; 1005 has a missed internal call.`;
  },
};

export const attended_back = {
  note: "1000 answers, holds, consults 1005 on a second line; 1005 hangs up; 1000 comes back to the customer; 1000 hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345659", "Co Tam");
    await agent.hold();
    const consult = rig.phone("1000").call("1005");
    const fifth = await rig.rings("1005");
    await sleep(0.5);
    fifth.answer();
    await consult.up();
    await talkAndHangUp(1.2, fifth, consult);
    await agent.unhold();
    await talkAndHangUp(1.5, agent, customer);
    return `Inbound. 0912345659 "Co Tam" calls 02873002000; 1000 answers and talks ${talk(agent)}, in between the customer is on hold while 1000 asks 1005 (${talk(fifth)}, 1005 hangs up).
      1000 comes back to the customer and hangs up.
      Right: one inbound call, Answered by 1000, Completed; an internal call 1000 to 1005, Answered.`;
  },
};

export const attended_to_outside = {
  note: "1000 answers, holds, consults a mobile outside and connects the two (REFER with Replaces); the customer hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345660");
    await agent.hold();
    const consult = rig.phone("1000").call("0912000666");
    const mobile = await rig.rings("cmc");
    await sleep(0.8);
    mobile.answer();
    await consult.up();
    await sleep(1);
    await agent.refer("0912000666", consult);
    await Promise.all([agent.over(), consult.over()]);
    const handed = rig.clock();
    await sleep(0.7);
    await rig.roll();
    await talkAndHangUp(1, customer, mobile);
    return `Inbound. 0912345660 calls 02873002000; 1000 answers at ${from(agent)}, puts the customer on hold and calls 0912000666 outside, who answers at ${from(mobile)}.
      At ${s(handed)} 1000 connects the customer with 0912000666; they talk until ${until(customer)}; the customer hangs up.
      Right: one inbound call, Answered by 1000 (Transferred), then outside by 0912000666; the outbound call of 1000 is folded into it.`;
  },
};

export const attended_feature_complete = {
  note: "1000 answers, dials *2 1005 (attended by feature code); they speak, 1000 hangs up: the customer talks with 1005; 1005 hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345661");
    await agent.dtmf("*2");
    await sleep(1.5);
    await agent.dtmf("1005");
    const fifth = await rig.rings("1005");
    await sleep(1);
    await rig.roll();
    fifth.answer();
    await sleep(1.5);
    await rig.roll();
    await agent.hangUp();
    const handed = rig.clock();
    await talkAndHangUp(2, fifth, customer);
    return `Inbound. 0912345661 calls 02873002000; 1000 answers at ${from(agent)}, presses *2 and asks 1005, who ${rang(fifth)} and answers at ${from(fifth)}; the customer hears music meanwhile.
      1000 hangs up at ${s(handed)}: the customer talks with 1005 until ${until(fifth)}; 1005 hangs up.
      Right: one inbound call, Answered by 1000, then 1005 from ${s(handed)}, not from ${from(fifth)}; 1000 Transferred.`;
  },
};

export const attended_feature_declined = {
  note: "1000 answers, dials *2 1005; 1005 declines (603); 1000 has the customer again; 1000 hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345662");
    await agent.dtmf("*2");
    await sleep(1.5);
    await agent.dtmf("1005");
    const fifth = await rig.rings("1005");
    await sleep(1.2);
    fifth.refuse(603, "Decline");
    await sleep(5);
    await talkAndHangUp(1.5, agent, customer);
    return `Inbound. 0912345662 calls 02873002000; 1000 answers and talks ${talk(agent)}, in between it presses *2 and calls 1005, who ${rang(fifth)} and declines at ${until(fifth)}.
      1000 has the customer again and hangs up.
      Right: one inbound call, Answered by 1000, Completed; no transfer; 1005 declined and never had the customer.`;
  },
};

export const attended_feature_blond = {
  note: "1000 answers, dials *2 1005 and hangs up while 1005 still rings (blond transfer); 1005 answers; the customer hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345663", "Duong Muoi");
    await agent.dtmf("*2");
    await sleep(1.5);
    await agent.dtmf("1005");
    const fifth = await rig.rings("1005");
    await sleep(1);
    await agent.hangUp();
    await sleep(1.2);
    fifth.answer();
    await talkAndHangUp(2, customer, fifth);
    return `Inbound. 0912345663 "Duong Muoi" calls 02873002000; 1000 answers at ${from(agent)}, presses *2, calls 1005, who ${rang(fifth)}, and hangs up at ${until(agent)} while it rings.
      1005 answers and talks with the customer ${talk(fifth)}. The customer hangs up.
      Right: one inbound call, Answered by 1000 (Transferred), then by 1005.`;
  },
};

export const attended_feature_customer_leaves = {
  note: "1000 answers, dials *2 1005 and speaks with 1005; the customer on hold hangs up; 1000 and 1005 speak on; 1005 hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345664");
    await agent.dtmf("*2");
    await sleep(1.5);
    await agent.dtmf("1005");
    const fifth = await rig.rings("1005");
    await sleep(0.8);
    fifth.answer();
    await sleep(1.2);
    await customer.hangUp();
    await sleep(1.2);
    if (fifth.state === "up") await fifth.hangUp();
    await agent.over();
    return `Inbound. 0912345664 calls 02873002000; 1000 answers at ${from(agent)}, presses *2 and asks 1005, who ${rang(fifth)} and answers at ${from(fifth)}.
      The waiting customer hangs up at ${until(customer)}; it never talked with 1005. 1005 is out at ${until(fifth)}, 1000 at ${until(agent)}.
      Right: one inbound call, Answered by 1000; 1005 only took part in a consultation and has no talk with the customer.`;
  },
};

export const park_taken_by_other = {
  note: "1000 answers and parks by its phone (REFER to 70): the customer is at 71; 1010 (minh.chau) dials 71 and takes the call; the customer hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345665", "Anh Muoi Mot");
    await agent.refer("70");
    await agent.over();
    await sleep(2);
    await rig.roll();
    const taker = rig.phone("minh.chau").call("71");
    await taker.up();
    await talkAndHangUp(2, customer, taker);
    return `Inbound. 0912345665 "Anh Muoi Mot" calls 02873002000; 1000 answers at ${from(agent)} and parks the customer at ${until(agent)} at 71.
      1010 dials 71 at ${s(taker.at.calls)} and talks with the customer ${talk(taker)}. The customer hangs up.
      Right: one inbound call, Answered by 1000, parked (Held) at 71, then 1010, who has the customer's card; no internal call "to 71".`;
  },
};

export const park_comeback_group = {
  note: "1000 answers and parks in the lot 90 (by REFER): nobody takes it; after 4 s it comes back to ring group 600, where 1001 answers; 1001 hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345666");
    await agent.refer("90");
    await agent.over();
    const parked = rig.clock();
    const [first, second] = [await rig.rings("1000", 20), await rig.rings("1001")];
    await sleep(1);
    second.answer();
    await first.over();
    await talkAndHangUp(2, second, customer);
    return `Inbound. 0912345666 calls 02873002000; 1000 answers at ${from(agent)} and parks the customer at ${s(parked)} (lot 90). Nobody takes the call.
      At ${s(second.at.ringing)} it comes back: 1000, 1001 and 1002 ring. 1001 answers and talks ${talk(second)}, then hangs up. 1000 and 1002: answered elsewhere, by 1001.
      Right: one inbound call, Answered by 1000, parked (Held), then by 1001.`;
  },
};

export const park_comeback_picked_up = {
  note: "1000 answers and parks with *3 (feature code): it comes back to 1000 after 6 s, 1004 picks it up there with **1000; the customer hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345667");
    await agent.dtmf("*3");
    await agent.over();
    const parked = rig.clock();
    const back = await rig.rings("1000", 20);
    await sleep(1);
    const fourth = rig.phone("1004").call("**1000");
    await fourth.up();
    await back.over();
    await talkAndHangUp(2, customer, fourth);
    return `Inbound. 0912345667 calls 02873002000; 1000 answers at ${from(agent)} and parks the customer with *3 at ${s(parked)}. Nobody takes the call.
      At ${s(back.at.ringing)} it comes back to 1000, which rings; 1004 picks it up with **1000 at ${from(fourth)} and talks until ${until(fourth)}. The customer hangs up.
      Right: one inbound call, Answered by 1000, parked (Held), then by 1004, who picked it up; 1000's second ring: answered elsewhere, by 1004.`;
  },
};

export const park_abandoned = {
  note: "1000 answers and parks (REFER to 70); the parked customer hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345668");
    await agent.refer("70");
    await agent.over();
    await sleep(2);
    await customer.hangUp();
    return `Inbound. 0912345668 calls 02873002000; 1000 answers and talks ${talk(agent)}, then parks the customer at 71.
      The parked customer hangs up at ${until(customer)}; nobody took the call there.
      Right: one inbound call, Answered by 1000; parked (Held) to its end.`;
  },
};

export const pickup_star8 = {
  note: "1000 rings; 1006 picks it up with *8 (group pickup); 1006 hangs up",
  async run(rig) {
    const customer = rig.customer("02873002000", "0912345669", "Chi Hai");
    const first = await rig.rings("1000");
    await sleep(1);
    const sixth = rig.phone("1006").call("*8");
    await sixth.up();
    await first.over();
    await rig.roll();
    await talkAndHangUp(2, sixth, customer);
    return `Inbound. 0912345669 "Chi Hai" calls 02873002000; 1000 ${rang(first)}. 1006 picks it up with *8 at ${from(sixth)} and talks until ${until(sixth)}; 1006 hangs up.
      Right: one inbound call, Answered by 1006; 1000: answered elsewhere, by 1006 (picked up); no internal call "to *8".`;
  },
};

export const pickup_directed_queue = {
  note: "queue 700 rings 1000, 1001 and 1002 over Local; 1005 picks 1002's ringing up with **1002; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873001700", "0912345670");
    const third = await rig.rings("1002");
    await sleep(1);
    const fifth = rig.phone("1005").call("**1002");
    await fifth.up();
    await third.over();
    await talkAndHangUp(2, customer, fifth);
    return `Inbound. 0912345670 calls 02873001700 and waits in queue 700; 1000, 1001 and 1002 ${rang(third)}. 1005 picks up 1002's ringing with **1002 at ${from(fifth)} and talks until ${until(fifth)}. The customer hangs up.
      Right: one inbound call, Answered by 1005; 1000, 1001 and 1002: answered elsewhere, by 1005; no internal call "to **1002".`;
  },
};

export const ami_redirect_to_group = {
  note: "an operator panel moves the customer from 1000 to ring group 601 (AMI Redirect); 1004 answers; 1004 hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345671");
    const { name } = await rig.channel("PJSIP/cmc-sip");
    await rig.asterisk.ami("Redirect", { Channel: name, Context: "from-internal", Exten: "601", Priority: "1" });
    await agent.over();
    const fourth = await rig.rings("1004");
    await sleep(1);
    await rig.roll();
    fourth.answer();
    await talkAndHangUp(1.5, fourth, customer);
    return `Inbound. 0912345671 calls 02873002000; 1000 answers and talks ${talk(agent)}. An operator panel moves the customer to ring group 601.
      1003 and 1004 ring at ${s(fourth.at.ringing)}; 1004 answers and talks ${talk(fourth)}, then hangs up. 1003: answered elsewhere.
      Right: one inbound call, Answered by 1000, then by 1004.`;
  },
};

export const ami_hangup = {
  note: "a supervisor ends the call (AMI Hangup of the customer's channel, cause 16)",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345672");
    const { name } = await rig.channel("PJSIP/cmc-sip");
    await rig.asterisk.ami("Hangup", { Channel: name, Cause: "16" });
    await Promise.all([agent.over(), customer.over()]);
    return `Inbound. 0912345672 calls 02873002000; 1000 answers and talks ${talk(agent)}. A supervisor's panel ends the call; both hear it end.
      Right: one inbound call, Answered by 1000, Completed.`;
  },
};

export const ami_bridge_from_ivr = {
  note: "an operator panel connects a customer in the IVR with 1006, who is on an echo test (AMI Bridge): they meet without a Dial; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873001900", "0912345673", "Thim Sau");
    await customer.up();
    const agent = rig.phone("1006").call("*43");
    await agent.up();
    await sleep(1);
    const [first, second] = [await rig.channel("PJSIP/cmc-sip"), await rig.channel("PJSIP/1006")];
    await rig.asterisk.ami("Bridge", { Channel1: first.name, Channel2: second.name, Tone: "no" });
    const met = rig.clock();
    await sleep(1);
    await rig.roll();
    await talkAndHangUp(1, customer, agent);
    return `Inbound. 0912345673 "Thim Sau" calls 02873001900 and is in the IVR from ${from(customer)}. 1006 calls *43 (an echo test) at ${s(agent.at.calls)}.
      A panel connects the two at ${s(met)}; they talk until ${until(customer)}; the customer hangs up.
      Right: one inbound call, Answered by 1006 at ${s(met)}, without a Dial.`;
  },
};

export const ami_redirect_agent_leg = {
  note: "an operator panel moves customer and agent into conference 8000 (AMI Redirect with ExtraChannel: the agent's leg has no dialplan, so that it is masqueraded); 1005 joins; 1000 leaves; the customer hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345674");
    const [first, second] = [await rig.channel("PJSIP/cmc-sip"), await rig.channel("PJSIP/1000")];
    const conference = { Context: "from-internal", Exten: "8000", Priority: "1", ExtraContext: "from-internal", ExtraExten: "8000", ExtraPriority: "1" };
    await rig.asterisk.ami("Redirect", { Channel: first.name, ExtraChannel: second.name, ...conference });
    await rig.bridged(2);
    const met = rig.clock();
    await sleep(1);
    const fifth = rig.phone("1005").call("8000");
    await fifth.up();
    await sleep(1);
    await rig.roll();
    await agent.hangUp();
    await sleep(1);
    await customer.hangUp();
    await sleep(0.3);
    await fifth.hangUp();
    return `Inbound. 0912345674 calls 02873002000; 1000 answers at ${from(agent)}. A panel moves both into the conference 8000, where they talk on from ${s(met)}; 1005 dials in, ${talk(fifth)}.
      1000 leaves at ${until(agent)}, the customer hangs up at ${until(customer)}, then 1005.
      Right: one inbound call, Answered by 1000, then 1005 talks too; nothing ends in between.`;
  },
};

export const ami_park = {
  note: "an operator panel parks the customer (AMI Park, 60 s); 1004 dials 71; the customer hangs up",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345675");
    const { name } = await rig.channel("PJSIP/cmc-sip");
    // Asterisk does not answer this action where events are off.
    rig.asterisk.ami("Park", { Channel: name, Timeout: "60000" });
    await agent.over();
    await sleep(1.5);
    const fourth = rig.phone("1004").call("71");
    await fourth.up();
    await talkAndHangUp(1.5, customer, fourth);
    return `Inbound. 0912345675 calls 02873002000; 1000 answers and talks ${talk(agent)}; a panel parks the customer at 71.
      1004 dials 71 and talks with the customer ${talk(fourth)}. The customer hangs up.
      Right: one inbound call, Answered by 1000, parked (Held), then by 1004, who has the customer's card.`;
  },
};

export const hangup_by_feature = {
  note: "1000 answers and ends the call with ** (the disconnect feature code)",
  async run(rig) {
    const [customer, agent] = await answered(rig, "0912345676");
    await agent.dtmf("**");
    await Promise.all([customer.over(), agent.over()]);
    return `Inbound. 0912345676 calls 02873002000; 1000 answers and talks ${talk(agent)} and ends the call with **.
      Right: one inbound call, Answered by 1000, Completed.`;
  },
};

export const hangup_by_time_limit = {
  note: "the dialplan's time limit (TIMEOUT(absolute), 3 s) ends the call while 1001 talks",
  async run(rig) {
    const customer = rig.customer("02873004008", "0912345677");
    const second = await rig.rings("1001");
    await sleep(0.7);
    second.answer();
    await Promise.all([customer.over(), second.over()]);
    return `Inbound. 0912345677 calls 02873004008; 1000, 1001 and 1002 ring; 1001 answers and talks ${talk(second)}, when the PBX's time limit ends the call.
      Right: one inbound call, Answered by 1001, Completed; 1000 and 1002: answered elsewhere.`;
  },
};

export const unknown_number = {
  note: "a customer dials a number of ours that the dialplan does not know: over the second trunk, then over the first, whose own context takes every number; then one that it knows: 1000 answers",
  async run(rig) {
    const refused = rig.vnpt.call("02873009999", { from: "0912345678" });
    await refused.over();
    const lost = rig.customer("02873009999", "0912345678");
    await lost.over();
    const [customer, agent] = await answered(rig, "0912345678");
    await talkAndHangUp(0.5, customer, agent);
    return `Inbound. 0912345678 dials 02873009999, which the PBX does not know, over PJSIP/vnpt_backup: refused with ${refused.status}. Asterisk makes no channel where no extension of the trunk's context fits, so that nobody can know of this call.
      Then the same over PJSIP/cmc-sip, whose own context takes every number and goes on to nowhere: a channel is made and hung up by the PBX at once (${lost.status}). Right: one inbound call, nobody was there to be rung: Missed.
      Then 0912345678 calls 02873002000; 1000 answers and talks ${talk(agent)}; the customer hangs up. Right: one inbound call, Answered by 1000.`;
  },
};
