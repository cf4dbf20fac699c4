// Queues of every strategy, whose members are Local channels as FreePBX writes them.
import { sleep } from "../phone.mjs";
import { from, rang, s, talk, talkAndHangUp, until } from "./telling.mjs";

export const queue_ringall = {
  note: "Queue 700 (ringall) over Local/…@from-queue/n: 1000, 1001 and 1002 ring, 1001 answers; talk; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873001700", "0912345601", "Anh Ba");
    const [first, second, third] = [await rig.rings("1000"), await rig.rings("1001"), await rig.rings("1002")];
    await sleep(1);
    second.answer();
    await first.over();
    await rig.roll();
    await talkAndHangUp(2, customer, second);
    return `Inbound. 0912345601 "Anh Ba" calls 02873001700 and waits in queue 700, which answers the line itself at ${from(customer)}.
      1000, 1001 and 1002 ring at ${s(first.at.ringing)}. 1001 answers and talks with the customer ${talk(second)}; 1000 and 1002 stop ringing then: answered elsewhere, by 1001 (third phone over at ${until(third)}).
      The customer hangs up.
      Right: one inbound call, Answered by 1001; the caller is 0912345601; no internal calls of the Local channels.`;
  },
};

export const queue_linear_timeout = {
  note: "Queue 701 (linear): 1000, then 1001 ring in vain; after 7 s the customer leaves the queue for ring group 601, where 1004 answers; 1004 hangs up",
  async run(rig) {
    const customer = rig.customer("02873001701", "0912345602");
    const first = await rig.rings("1000");
    const second = await rig.rings("1001");
    const [third, fourth] = [await rig.rings("1003", 20), await rig.rings("1004")];
    await sleep(1);
    fourth.answer();
    await third.over();
    await talkAndHangUp(2, fourth, customer);
    return `Inbound. 0912345602 calls 02873001701 and waits in queue 701.
      1000 ${rang(first)} until ${until(first)}: no answer. 1001 ${rang(second)} until ${until(second)}: no answer.
      The queue's time is over; ring group 601 rings 1003 and 1004 at ${s(fourth.at.ringing)}.
      1004 answers and talks ${talk(fourth)}, then hangs up. 1003: answered elsewhere, by 1004.
      Right: one inbound call, Answered by 1004; 1000 and 1001 missed it.`;
  },
};

export const queue_rrmemory = {
  note: "Queue 702 (rrmemory): two customers one after the other; 1000 takes the first, 1001 is asked for the second",
  async run(rig) {
    const told = [];
    for (const [index, number] of ["0912345603", "0912345604"].entries()) {
      const customer = rig.customer("02873001702", number);
      const leg = await Promise.race(["1000", "1001", "1002"].map((user) => rig.rings(user, 30).then((leg) => ({ user, leg }))));
      rig.phones.forEach((phone) => (phone.waiting.length = 0));
      await sleep(0.8);
      leg.leg.answer();
      await customer.up();
      if (index === 0) await rig.roll();
      await talkAndHangUp(1.5, leg.leg, customer);
      told.push(`${number} calls 02873001702; ${leg.user} ${rang(leg.leg)}, answers and talks ${talk(leg.leg)}, then hangs up.`);
      await rig.quiet();
    }
    return `Inbound, two calls, one after the other, each rung at one phone only.
      ${told.join("\n")}
      Right: two inbound calls, each Answered by its agent; nobody else rang.`;
  },
};

export const queue_rrordered_busy = {
  note: "Queue 703 (rrordered): 1000 refuses (busy), 1001 declines (603), 1002 answers; the customer hangs up",
  async run(rig) {
    rig.phone("1000").onInvite = (leg) => leg.refuse(486);
    rig.phone("1001").onInvite = (leg) => leg.ring();
    const customer = rig.customer("02873001703", "0912345605", "Chi Tu");
    const second = await rig.rings("1001", 20);
    await sleep(1);
    second.refuse(603, "Decline");
    const third = await rig.rings("1002", 20);
    await sleep(1);
    third.answer();
    await talkAndHangUp(2, customer, third);
    return `Inbound. 0912345605 "Chi Tu" calls 02873001703 and waits in queue 703.
      1000 is busy (486 at once, never rings). 1001 ${rang(second)} and declines at ${until(second)}.
      1002 ${rang(third)}, answers and talks ${talk(third)}. The customer hangs up.
      Right: one inbound call, Answered by 1002; 1000 Busy, 1001 Declined.`;
  },
};

export const queue_leastrecent_voicemail = {
  note: "Queue 704 (leastrecent): each member rings in vain, after 20 s the customer is led to the voicemail of 1000, leaves a message and hangs up",
  async run(rig) {
    const customer = rig.customer("02873001704", "0912345606").speak();
    await customer.up();
    const rung = [];
    for (const user of ["1000", "1001", "1002"]) rig.phone(user).onInvite = (leg) => (leg.ring(), rung.push(`${user} at ${s(leg.at.ringing)}`));
    for (;;) {
      await sleep(0.5);
      const root = (await rig.channels()).find((channel) => channel.name.startsWith("PJSIP/cmc-sip"));
      if (root?.dialplan.app_name === "VoiceMail") break;
    }
    const mailbox = rig.clock();
    await sleep(5);
    await customer.hangUp();
    return `Inbound. 0912345606 calls 02873001704 and waits in queue 704.
      These rang, 3 s each, and nobody answered: ${rung.join(", ")}.
      From ${s(mailbox)} on the customer is in the voicemail of 1000, leaves a message and hangs up at ${until(customer)}.
      Right: one inbound call, Missed (waited to the end of the ring), voicemail shown; nobody answered.`;
  },
};

export const queue_fewestcalls_abandoned = {
  note: "Queue 705 (fewestcalls): the customer gives up while one member rings",
  async run(rig) {
    const customer = rig.customer("02873001705", "0912345607");
    const leg = await Promise.race(["1000", "1001", "1002"].map((user) => rig.rings(user, 30).then((leg) => ({ user, leg }))));
    await sleep(1.5);
    await customer.hangUp();
    await leg.leg.over();
    return `Inbound. 0912345607 calls 02873001705 and waits in queue 705, which answers the line itself at ${from(customer)}.
      ${leg.user} ${rang(leg.leg)}. The customer hangs up at ${until(customer)} while it rings.
      Right: one inbound call, Abandoned; ${leg.user}'s card says that the caller gave up.`;
  },
};

export const queue_random_between = {
  note: "Queue 706 (random): one member rings 3 s in vain, the customer hangs up in the pause before the next one rings",
  async run(rig) {
    const rung = [];
    for (const user of ["1000", "1001", "1002"]) rig.phone(user).onInvite = (leg) => (leg.ring(), rung.push({ user, leg }));
    const customer = rig.customer("02873001706", "0912345608");
    while (!rung.length) await sleep(0.05);
    await rung[0].leg.over();
    await sleep(0.3);
    await customer.hangUp();
    return `Inbound. 0912345608 calls 02873001706 and waits in queue 706.
      ${rung[0].user} ${rang(rung[0].leg)} until ${until(rung[0].leg)}: no answer. The customer hangs up at ${until(customer)}, when nobody rings.
      Right: one inbound call, Abandoned (in the queue); ${rung[0].user} missed it.`;
  },
};

export const queue_wrandom_held = {
  note: "Queue 707 (wrandom): a member answers, holds the customer and comes back; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873001707", "0912345609");
    const leg = await Promise.race(["1000", "1001"].map((user) => rig.rings(user, 30).then((leg) => ({ user, leg }))));
    await sleep(1);
    leg.leg.answer();
    await sleep(1);
    await leg.leg.hold();
    const held = rig.clock();
    await sleep(1);
    await rig.roll();
    await leg.leg.unhold();
    const back = rig.clock();
    await talkAndHangUp(1.5, customer, leg.leg);
    return `Inbound. 0912345609 calls 02873001707 and waits in queue 707.
      ${leg.user} ${rang(leg.leg)}, answers and talks ${talk(leg.leg)}; the customer is held from ${s(held)} to ${s(back)} and hangs up.
      Right: one inbound call, Answered by ${leg.user}; Held in between.`;
  },
};

export const queue_penalty_device = {
  note: "Queue 708 (ringall, penalties): 1000 is talking on a call of its own, so 1005 and 1010 (PJSIP/minh.chau) ring; 1010 answers and hangs up",
  async run(rig) {
    const busy = rig.phone("1000").call("1009");
    const other = await rig.rings("1009");
    other.answer();
    await busy.up();
    await sleep(0.5);
    const customer = rig.customer("02873001708", "0912345610");
    const [fifth, tenth] = [await rig.rings("1005", 20), await rig.rings("minh.chau")];
    await sleep(1);
    tenth.answer();
    await fifth.over();
    await talkAndHangUp(2, tenth, customer);
    await busy.hangUp();
    await other.over();
    return `Two calls. Internal: 1000 calls 1009 and talks with it ${talk(other)}; 1000 hangs up.
      Inbound: 0912345610 calls 02873001708 at ${s(customer.at.calls)} and waits in queue 708. 1005 and 1010 (whose device is minh.chau) ring at ${s(tenth.at.ringing)}; 1000 does not ring, it is talking.
      1010 answers and talks ${talk(tenth)}, then hangs up. 1005: answered elsewhere, by 1010.
      Right: one internal call 1000 to 1009, Answered; one inbound call, Answered by 1010.`;
  },
};

export const queue_exit_digit = {
  note: "Queue 709: the members ring, the customer presses 0 and leaves the queue for 1005, who answers; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873001709", "0912345611");
    const ringing = [await rig.rings("1000"), await rig.rings("1001"), await rig.rings("1002")];
    await sleep(1);
    await customer.dtmf("0");
    const fifth = await rig.rings("1005");
    await sleep(1);
    fifth.answer();
    await talkAndHangUp(2, customer, fifth);
    return `Inbound. 0912345611 calls 02873001709 and waits in queue 709. 1000, 1001 and 1002 ring at ${s(ringing[0].at.ringing)}.
      The customer presses 0: they stop ringing at ${until(ringing[0])}, nobody took the call there.
      1005 ${rang(fifth)}, answers and talks ${talk(fifth)}; the customer hangs up.
      Right: one inbound call, Answered by 1005. For 1000 to 1002 it did not end with an answer of theirs: no answer (the caller chose another way; while 1005 does not ring yet nobody can know more).`;
  },
};

export const queue_empty = {
  note: "Queue 710 has no members: the customer goes straight on to ring group 601; 1003's second device does not belong to it; 1003 answers",
  async run(rig) {
    const customer = rig.customer("02873001710", "0912345612");
    const third = await rig.rings("1003");
    const fourth = await rig.rings("1004");
    await sleep(1);
    third.answer();
    await fourth.over();
    await talkAndHangUp(1.5, customer, third);
    return `Inbound. 0912345612 calls 02873001710; queue 710 takes nobody, ring group 601 rings 1003 and its second device 1003-mobile, and 1004, at ${s(third.at.ringing)}.
      1003 answers at its desk and talks ${talk(third)}; the customer hangs up. 1004: answered elsewhere, by 1003; the second device is the agent's own.
      Right: one inbound call, Answered by 1003.`;
  },
};

export const queue_members_as_phones = {
  note: "Queue 711 (rrmemory, members are PJSIP phones; who answers hears an announcement first): the customer of each answer waits until it is over; then talk; the agent hangs up",
  async run(rig) {
    rig.phone("1000").onInvite = (leg) => leg.refuse(486);
    const customer = rig.customer("02873001711", "0912345613");
    const third = await rig.rings("1003", 20);
    await sleep(0.7);
    third.answer();
    await sleep(5);
    await rig.roll();
    await talkAndHangUp(0.5, third, customer);
    return `Inbound. 0912345613 calls 02873001711 and waits in queue 711, whose members are phones.
      1000 refuses (busy), then 1003 ${rang(third)} (the desk only), answers at ${from(third)}, hears an announcement for about 2 s and then talks with the customer until ${until(third)}.
      Right: one inbound call, Answered by 1003; talk begins when both are in the bridge.`;
  },
};

export const queue_member_forwards_outside = {
  note: "queue 702: the member 1000 forwards everything to a mobile outside (CF); the mobile answers in the queue's time; the customer hangs up",
  async run(rig) {
    await rig.asterisk.command("database put CF 1000 0912000777");
    const customer = rig.customer("02873001702", "0912345614", "Anh Bay");
    const mobile = await rig.rings("cmc");
    await sleep(1);
    mobile.answer();
    await sleep(1);
    await rig.roll();
    await talkAndHangUp(1, customer, mobile);
    return `Inbound. 0912345614 "Anh Bay" calls 02873001702 and waits in queue 702, whose member 1000 forwards everything to 0912000777. 1000's phone does not ring.
      The mobile 0912000777 (outside, over PJSIP/cmc-sip) ${rang(mobile)}, answers and talks ${talk(mobile)}. The customer hangs up.
      Right: one inbound call, Answered outside by 0912000777, not by the queue at ${from(customer)}.`;
  },
};
