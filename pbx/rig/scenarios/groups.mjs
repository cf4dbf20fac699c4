// Ring groups, follow-me, forwards, do not disturb, devices, voicemail, the IVR.
import { sleep } from "../phone.mjs";
import { from, rang, s, talk, talkAndHangUp, until } from "./telling.mjs";

export const group_to_group = {
  note: "ring group 600 (1000, 1001, 1002) rings 6 s in vain, then ring group 601 over Local rings 1003 (two devices) and 1004; 1004 answers and hangs up",
  async run(rig) {
    const customer = rig.customer("02873001600", "0912345621", "Khach Sau");
    const first = await rig.rings("1000");
    const [desk, mobile, fourth] = [await rig.rings("1003", 20), await rig.rings("1003-mobile"), await rig.rings("1004")];
    await sleep(0.5);
    await rig.roll();
    await sleep(0.5);
    fourth.answer();
    await Promise.all([desk.over(), mobile.over()]);
    await talkAndHangUp(2, fourth, customer);
    return `Inbound. 0912345621 "Khach Sau" calls 02873001600. 1000, 1001 and 1002 ring from ${s(first.at.ringing)} to ${until(first)}: no answer.
      Then 1003 (desk and 1003-mobile) and 1004 ring at ${s(fourth.at.ringing)}. 1004 answers and talks ${talk(fourth)}, then hangs up. 1003: answered elsewhere, by 1004.
      Right: one inbound call, Answered by 1004; 1000 to 1002 missed it.`;
  },
};

export const group_hunt = {
  note: "ring group 603 (hunt): 1000 and 1001 ring 2 s each, 1002 answers; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873001603", "0912345622");
    const legs = [await rig.rings("1000"), await rig.rings("1001"), await rig.rings("1002")];
    await sleep(1);
    legs[2].answer();
    await talkAndHangUp(1.5, customer, legs[2]);
    return `Inbound. 0912345622 calls 02873001603. 1000 ${rang(legs[0])} until ${until(legs[0])}, 1001 ${rang(legs[1])} until ${until(legs[1])}: no answer.
      1002 ${rang(legs[2])}, answers and talks ${talk(legs[2])}. The customer hangs up.
      Right: one inbound call, Answered by 1002; 1000 and 1001 missed it.`;
  },
};

export const group_nobody_voicemail = {
  note: "ring groups 600 and 601 ring in vain; the voicemail of 1000 takes the message; the customer hangs up there",
  async run(rig) {
    const customer = rig.customer("02873001600", "0912345623").speak();
    const first = await rig.rings("1000");
    const fourth = await rig.rings("1004", 20);
    await fourth.over();
    await customer.up();
    await sleep(6);
    await rig.roll();
    await sleep(1);
    await customer.hangUp();
    return `Inbound. 0912345623 calls 02873001600. 1000, 1001 and 1002 ring until ${until(first)}, then 1003 and 1004 until ${until(fourth)}: nobody answers.
      The voicemail of 1000 answers the line at ${from(customer)}; the customer leaves a message and hangs up at ${until(customer)}.
      Right: one inbound call, Missed, with voicemail; answered by nobody.`;
  },
};

export const group_all_refuse = {
  note: "ring group 600: 1000 busy, 1001 declines (603), 1002 unavailable (480); ring group 601: 1003 busy on both devices, 1004 not found (404); the customer hangs up in the voicemail greeting",
  async run(rig) {
    const refusals = { 1000: [486, "Busy Here"], 1001: [603, "Decline"], 1002: [480, "Temporarily Unavailable"], 1003: [486, "Busy Here"], "1003-mobile": [486, "Busy Here"], 1004: [404, "Not Found"] };
    for (const [user, [status, reason]] of Object.entries(refusals)) {
      rig.phone(user).onInvite = async (leg) => {
        leg.ring();
        await sleep(0.5);
        leg.refuse(status, reason);
      };
    }
    const customer = rig.customer("02873001600", "0912345624");
    await customer.up();
    await sleep(1.5);
    await customer.hangUp();
    return `Inbound. 0912345624 calls 02873001600. Every phone rings half a second and refuses: 1000 busy, 1001 declines, 1002 "temporarily unavailable"; then 1003 busy on both devices, 1004 "not found".
      The voicemail of 1000 answers at ${from(customer)}; the customer hangs up at ${until(customer)} while its greeting plays.
      Right: one inbound call that no person answered: Missed, with voicemail (each phone's own end: Busy, Declined, NoAnswer, Busy, Failed).`;
  },
};

export const followme_confirmed = {
  note: "follow-me of 1001 (FMPR, FMGL): the mobile outside answers, hears the prompt, presses 1 and talks; the customer hangs up",
  async run(rig) {
    await rig.asterisk.command("database put FOLLOWME 1001 yes");
    const customer = rig.customer("02873002001", "0912345625", "Anh Nam");
    const [desk, mobile] = [await rig.rings("1001"), await rig.rings("cmc")];
    await sleep(1);
    mobile.answer();
    await sleep(2);
    await rig.roll();
    const pressed = rig.clock();
    await mobile.dtmf("1");
    await desk.over();
    await customer.up();
    await rig.roll();
    await talkAndHangUp(2, customer, mobile);
    return `Inbound. 0912345625 "Anh Nam" calls 02873002001, the extension 1001 with a follow-me. 1001 and the mobile 0912000111 (outside, over PJSIP/cmc-sip) ring from ${s(desk.at.ringing)}.
      The mobile is picked up at ${from(mobile)} and hears "press 1"; 1001 rings on, the customer is not answered. At ${s(pressed)} the mobile presses 1: now they talk, until ${until(customer)}; the customer hangs up.
      Right: one inbound call, Answered outside by 0912000111 at ${s(pressed)}, not before; 1001: answered elsewhere.`;
  },
};

export const followme_declined = {
  note: "follow-me of 1001: the mobile answers and presses 2 (declines); 1001 rings on and answers inside; 1001 hangs up",
  async run(rig) {
    await rig.asterisk.command("database put FOLLOWME 1001 yes");
    const customer = rig.customer("02873002001", "0912345626");
    const [desk, mobile] = [await rig.rings("1001"), await rig.rings("cmc")];
    await sleep(1);
    mobile.answer();
    await sleep(1.5);
    await mobile.dtmf("2");
    await mobile.over();
    await sleep(1.5);
    desk.answer();
    await talkAndHangUp(2, desk, customer);
    return `Inbound. 0912345626 calls 02873002001, the extension 1001 with a follow-me. 1001 and the mobile 0912000111 ring from ${s(desk.at.ringing)}.
      The mobile is picked up at ${from(mobile)}, hears "press 1", presses 2 and is let go at ${until(mobile)}: it never talked with the customer. 1001 rings on.
      1001 answers and talks ${talk(desk)}, then hangs up.
      Right: one inbound call, Answered by 1001; the mobile declined.`;
  },
};

export const followme_inside_first = {
  note: "follow-me of 1001: while the mobile hears the prompt, 1001 answers at its desk; talk; the customer hangs up",
  async run(rig) {
    await rig.asterisk.command("database put FOLLOWME 1001 yes");
    const customer = rig.customer("02873002001", "0912345627");
    const [desk, mobile] = [await rig.rings("1001"), await rig.rings("cmc")];
    await sleep(0.8);
    mobile.answer();
    await sleep(1.2);
    desk.answer();
    await mobile.over();
    await talkAndHangUp(2, customer, desk);
    return `Inbound. 0912345627 calls 02873002001. 1001 and the mobile 0912000111 ring from ${s(desk.at.ringing)}.
      The mobile is picked up at ${from(mobile)} and hears "press 1". 1001 answers at its desk at ${from(desk)}: the mobile is let go at ${until(mobile)}.
      1001 talks with the customer ${talk(desk)}; the customer hangs up.
      Right: one inbound call, Answered by 1001 at ${from(desk)}; the mobile never talked.`;
  },
};

export const followme_prompt_abandoned = {
  note: "follow-me of 1001: the mobile answers and does nothing, its prompt times out; 1001 rings on; the customer gives up",
  async run(rig) {
    await rig.asterisk.command("database put FOLLOWME 1001 yes");
    const customer = rig.customer("02873002001", "0912345628");
    const [desk, mobile] = [await rig.rings("1001"), await rig.rings("cmc")];
    await sleep(0.5);
    mobile.answer();
    await mobile.over();
    await sleep(1);
    await customer.hangUp();
    await desk.over();
    return `Inbound. 0912345628 calls 02873002001. 1001 and the mobile 0912000111 ring from ${s(desk.at.ringing)}.
      The mobile (a mailbox) is picked up at ${from(mobile)}, presses nothing and is let go at ${until(mobile)}. 1001 rings on.
      The customer gives up at ${until(customer)}.
      Right: one inbound call, Abandoned; answered by nobody.`;
  },
};

export const followme_outside_plain = {
  note: "follow-me of 1006 without confirm: 1006 rings 3 s, then the mobile 0912000222, which answers and hangs up",
  async run(rig) {
    const customer = rig.customer("02873002006", "0912345629", "Co Bay");
    const [desk, mobile] = [await rig.rings("1006"), await rig.rings("cmc")];
    await sleep(1.2);
    mobile.answer();
    await customer.up();
    await rig.roll();
    await talkAndHangUp(2, mobile, customer);
    return `Inbound. 0912345629 "Co Bay" calls 02873002006, the extension 1006 with a follow-me. 1006 ${rang(desk)} until ${until(desk)}: no answer.
      The mobile 0912000222 (outside, over PJSIP/cmc-sip) ${rang(mobile)}, answers and talks ${talk(mobile)}, then hangs up.
      Right: one inbound call, Answered outside by 0912000222; 1006 missed it.`;
  },
};

export const dnd_voicemail = {
  note: "1000 has do not disturb: its phone does not ring, the voicemail answers with the busy greeting; the customer hangs up",
  async run(rig) {
    await rig.asterisk.command("database put DND 1000 YES");
    const customer = rig.customer("02873002000", "0912345630").speak();
    await customer.up();
    await sleep(2);
    await customer.hangUp();
    return `Inbound. 0912345630 calls 02873002000, the extension 1000, which has do not disturb. No phone rings.
      The voicemail of 1000 answers at ${from(customer)}; the customer hangs up at ${until(customer)}.
      Right: one inbound call that nobody was rung for and no person answered: Missed, with voicemail.`;
  },
};

export const dnd_in_group = {
  note: "ring group 600 while 1001 has do not disturb: only 1000 and 1002 ring; 1002 answers; 1002 hangs up",
  async run(rig) {
    await rig.asterisk.command("database put DND 1001 YES");
    const customer = rig.customer("02873001600", "0912345631");
    const [first, third] = [await rig.rings("1000"), await rig.rings("1002")];
    await sleep(1);
    third.answer();
    await first.over();
    await talkAndHangUp(1.5, third, customer);
    return `Inbound. 0912345631 calls 02873001600. 1000 and 1002 ring at ${s(first.at.ringing)}; 1001 has do not disturb and does not ring.
      1002 answers and talks ${talk(third)}, then hangs up. 1000: answered elsewhere, by 1002.
      Right: one inbound call, Answered by 1002; 1001 has no part in it.`;
  },
};

export const forward_always_outside = {
  note: "1002 forwards everything to a mobile outside (CF): Local/0912000333@from-internal/n over the first trunk; the mobile answers; the customer hangs up",
  async run(rig) {
    await rig.asterisk.command("database put CF 1002 0912000333");
    const customer = rig.customer("02873002002", "0912345632", "Anh Chin");
    const mobile = await rig.rings("cmc");
    await sleep(1);
    mobile.answer();
    await customer.up();
    await rig.roll();
    await talkAndHangUp(2, customer, mobile);
    return `Inbound. 0912345632 "Anh Chin" calls 02873002002, the extension 1002, which forwards everything to 0912000333. 1002's phone does not ring.
      The mobile 0912000333 (outside, over PJSIP/cmc-sip) ${rang(mobile)}, answers and talks ${talk(mobile)}. The customer hangs up.
      Right: one inbound call, Answered outside by 0912000333.`;
  },
};

export const forward_busy_inside = {
  note: "1002 is busy and forwards when busy to 1005 (CFB): 1005 answers; 1005 hangs up",
  async run(rig) {
    await rig.asterisk.command("database put CFB 1002 1005");
    rig.phone("1002").onInvite = (leg) => leg.refuse(486);
    const customer = rig.customer("02873002002", "0912345633");
    const fifth = await rig.rings("1005");
    await sleep(1);
    fifth.answer();
    await talkAndHangUp(1.5, fifth, customer);
    return `Inbound. 0912345633 calls 02873002002, the extension 1002, which is busy (486, it never rings) and then forwards to 1005.
      1005 ${rang(fifth)}, answers and talks ${talk(fifth)}, then hangs up.
      Right: one inbound call, Answered by 1005; 1002 Busy.`;
  },
};

export const forward_noanswer_inside = {
  note: "1002 does not answer and then forwards to 1010 (CFU), whose device is PJSIP/minh.chau: it answers; the customer hangs up",
  async run(rig) {
    await rig.asterisk.command("database put CFU 1002 1010");
    const customer = rig.customer("02873002002", "0912345634");
    const [second, tenth] = [await rig.rings("1002"), await rig.rings("minh.chau", 20)];
    await sleep(1);
    tenth.answer();
    await talkAndHangUp(1.5, customer, tenth);
    return `Inbound. 0912345634 calls 02873002002, the extension 1002. 1002 ${rang(second)} until ${until(second)}: no answer.
      1010 (device minh.chau) ${rang(tenth)}, answers and talks ${talk(tenth)}. The customer hangs up.
      Right: one inbound call, Answered by 1010; 1002 missed it.`;
  },
};

export const forward_302_inside = {
  note: "1002's phone itself forwards to 1005 (302 Moved Temporarily): 1005 answers; the customer hangs up",
  async run(rig) {
    rig.phone("1002").onInvite = (leg) => leg.redirect("1005");
    const customer = rig.customer("02873002002", "0912345635");
    const fifth = await rig.rings("1005");
    await sleep(1);
    fifth.answer();
    await talkAndHangUp(1.5, customer, fifth);
    return `Inbound. 0912345635 calls 02873002002, the extension 1002, whose phone is set to forward to 1005 by itself (302): it does not ring.
      1005 ${rang(fifth)}, answers and talks ${talk(fifth)}. The customer hangs up.
      Right: one inbound call, Answered by 1005; 1002 has moved on: nobody gave up on it and it did not fail.`;
  },
};

export const forward_302_outside_group = {
  note: "ring group 600: after 1.5 s of ringing 1001's phone forwards to the mobile 0912000444 (302), 1000 and 1002 ring on; the mobile answers; the mobile hangs up",
  async run(rig) {
    rig.phone("1001").onInvite = async (leg) => {
      leg.ring();
      await sleep(1.5);
      leg.redirect("0912000444");
    };
    const customer = rig.customer("02873001600", "0912345636");
    const [first, third] = [await rig.rings("1000"), await rig.rings("1002")];
    const mobile = await rig.rings("cmc");
    await sleep(1);
    mobile.answer();
    await Promise.all([first.over(), third.over()]);
    await rig.roll();
    await talkAndHangUp(1.5, mobile, customer);
    return `Inbound. 0912345636 calls 02873001600; 1000, 1001 and 1002 ring at ${s(first.at.ringing)}. After 1.5 s 1001's phone forwards by itself (302) to 0912000444; 1000 and 1002 ring on.
      The mobile 0912000444 (outside, over PJSIP/cmc-sip) ${rang(mobile)}, answers and talks ${talk(mobile)}, then hangs up.
      Right: one inbound call, Answered outside by 0912000444; 1000 and 1002: answered elsewhere; 1001 moved on.`;
  },
};

export const devices_race = {
  note: "ring group 604 (1003 with two devices, 1010, 1011): 1003's desk and 1010 answer within the same millisecond; one of them wins; the winner hangs up",
  async run(rig) {
    const customer = rig.customer("02873001604", "0912345637");
    const legs = { 1003: await rig.rings("1003"), "1003-mobile": await rig.rings("1003-mobile"), 1010: await rig.rings("minh.chau"), 1011: await rig.rings("991011") };
    await sleep(1.5);
    legs["1003"].answer();
    legs["1010"].answer();
    await sleep(0.8);
    const [winner] = ["1003", "1010"].filter((user) => legs[user].state === "up");
    const loser = winner === "1003" ? "1010" : "1003";
    await talkAndHangUp(1.5, legs[winner], customer);
    return `Inbound. 0912345637 calls 02873001604. 1003 (desk and 1003-mobile), 1010 (minh.chau) and 1011 (991011) ring at ${s(legs["1003"].at.ringing)}.
      1003's desk and 1010 are picked up at the same moment, ${from(legs[winner])}. ${winner} gets the customer and talks until ${until(legs[winner])}; ${loser}'s phone is hung up by the PBX at ${until(legs[loser])}, it never talked with the customer.
      Right: one inbound call, Answered by ${winner}; ${loser} and 1011: answered elsewhere.`;
  },
};

export const second_device_answers = {
  note: "an extension with two devices: 1003 is called directly, its second device 1003-mobile answers, holds, comes back; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873002003", "0912345638", "Di Muoi");
    const [desk, mobile] = [await rig.rings("1003"), await rig.rings("1003-mobile")];
    await sleep(1);
    mobile.answer();
    await desk.over();
    await sleep(0.6);
    await mobile.hold();
    await sleep(0.8);
    await mobile.unhold();
    await talkAndHangUp(1, customer, mobile);
    return `Inbound. 0912345638 "Di Muoi" calls 02873002003, the extension 1003. Its desk and its second device 1003-mobile ring at ${s(desk.at.ringing)}.
      1003 answers on the second device and talks ${talk(mobile)}, with the customer on hold for 0.8 s in between. The customer hangs up.
      Right: one inbound call, Answered by 1003; one card, the desk is the agent's own, not "elsewhere".`;
  },
};

export const call_waiting = {
  note: "1000 talks with one customer when a second one calls (call waiting): 1000 holds the first, answers the second, ends it, comes back to the first; the first customer hangs up",
  async run(rig) {
    const first = rig.customer("02873002000", "0912345639");
    const one = await rig.rings("1000");
    one.answer();
    await first.up();
    await sleep(1);
    const second = rig.customer("02873002000", "0912345640");
    const two = await rig.rings("1000");
    await sleep(1);
    await one.hold();
    two.answer();
    await second.up();
    await sleep(0.7);
    await rig.roll();
    await talkAndHangUp(0.8, two, second);
    await one.unhold();
    await talkAndHangUp(1, first, one);
    return `Two inbound calls to 02873002000, the extension 1000. 0912345639 calls first, 1000 answers and talks with them ${talk(one)}.
      0912345640 calls at ${s(second.at.calls)}; 1000's phone knocks at ${s(two.at.ringing)}. 1000 puts the first customer on hold, answers the second, talks ${talk(two)} and hangs up, then comes back to the first, who hangs up.
      Right: two calls, both Answered by 1000; the first Held while the second talks.`;
  },
};

export const ivr_hangup = {
  note: "the customer comes into the IVR and hangs up before pressing anything",
  async run(rig) {
    const customer = rig.customer("02873001900", "0912345641");
    await customer.up();
    await sleep(2);
    await customer.hangUp();
    return `Inbound. 0912345641 calls 02873001900; the IVR answers the line at ${from(customer)}. The customer hangs up at ${until(customer)} without having pressed anything.
      Right: one inbound call, Abandoned (in the IVR): no person answered and nobody was rung.`;
  },
};

export const ivr_after_ring = {
  note: "1000 and 1001 ring for 3 s in vain; then the IVR, where the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873004010", "0912345658");
    const [first, second] = [await rig.rings("1000"), await rig.rings("1001")];
    await customer.up();
    await sleep(2);
    await customer.hangUp();
    return `Inbound. 0912345658 calls 02873004010; 1000 ${rang(first)} and 1001 ${rang(second)}, both until ${until(first)}. The IVR answers the line at ${from(customer)}; the customer hangs up there at ${until(customer)} without having pressed anything.
      Right: one inbound call, Abandoned: neither a mailbox nor an announcement ended it, the customer gave up in the menu. 1000 and 1001 have it as not answered.`;
  },
};

export const survey_after_talk = {
  note: "1000 answers and hangs up; the dialplan goes on with a question to the customer, who hangs up during it",
  async run(rig) {
    const customer = rig.customer("02873004009", "0912345659");
    const agent = await rig.rings("1000");
    await sleep(1);
    agent.answer();
    await customer.up();
    await talkAndHangUp(2, agent);
    await sleep(3);
    await rig.roll();
    await customer.hangUp();
    return `Inbound. 0912345659 calls 02873004009; 1000 ${rang(agent)} and talks with the customer ${talk(agent)}, and hangs up. The customer hears a question and hangs up at ${until(customer)}.
      Right: one inbound call, Answered by 1000. From ${until(agent)} on nobody talks: the customer waits in the dialplan.`;
  },
};

export const ivr_queue = {
  note: "the customer presses 9 (invalid), then 1 in the IVR; queue 700 rings, 1002 answers; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873001900", "0912345642", "Bac Hai");
    await customer.up();
    await sleep(1);
    await customer.dtmf("9");
    // While the PBX says that 9 is invalid it does not listen.
    await sleep(6);
    await customer.dtmf("1");
    const [first, third] = [await rig.rings("1000", 20), await rig.rings("1002")];
    await sleep(1);
    third.answer();
    await first.over();
    await talkAndHangUp(2, customer, third);
    return `Inbound. 0912345642 "Bac Hai" calls 02873001900; the IVR answers the line at ${from(customer)}. The customer presses 9, which is invalid, then 1: queue 700.
      1000, 1001 and 1002 ring at ${s(third.at.ringing)}; 1002 answers and talks ${talk(third)}. The customer hangs up.
      Right: one inbound call, Answered by 1002 at ${from(third)}, not by the IVR.`;
  },
};

export const ivr_timeout_extension = {
  note: "the customer presses nothing in the IVR and is led to 1002, who answers; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873001900", "0912345643");
    await customer.up();
    const second = await rig.rings("1002", 30);
    await sleep(1);
    second.answer();
    await talkAndHangUp(1.5, second, customer);
    return `Inbound. 0912345643 calls 02873001900; the IVR answers the line at ${from(customer)}, nothing is pressed.
      1002 ${rang(second)}, answers and talks ${talk(second)}, then hangs up.
      Right: one inbound call, Answered by 1002.`;
  },
};

export const voicemail_message = {
  note: "1001 does not answer; the voicemail takes a message that the customer ends with #",
  async run(rig) {
    const customer = rig.customer("02873002001", "0912345644").speak();
    const first = await rig.rings("1001");
    await customer.up();
    // The greeting, then some seconds of a message.
    await sleep(11);
    await customer.dtmf("#");
    await customer.over();
    return `Inbound. 0912345644 calls 02873002001, the extension 1001. 1001 ${rang(first)} until ${until(first)}: no answer.
      The voicemail answers the line at ${from(customer)}; the customer leaves a message and ends it with #; the PBX hangs up at ${until(customer)}.
      Right: one inbound call, Missed, with voicemail.`;
  },
};

export const closed_announcement = {
  note: "out of hours: the line is answered, an announcement plays, the PBX hangs up; nobody is rung",
  async run(rig) {
    const customer = rig.customer("02873004005", "0912345645");
    await customer.up();
    await customer.over();
    return `Inbound. 0912345645 calls 02873004005; the PBX answers at ${from(customer)}, plays an announcement and hangs up at ${until(customer)}. Nobody is rung.
      Right: one inbound call, Missed, with an announcement: no person answered, the caller did not give up.`;
  },
};

export const early_media_group = {
  note: "an announcement as early media, without an answer, then ring group 600: 1001 answers; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873004006", "0912345646");
    const first = await rig.rings("1001");
    await sleep(1);
    first.answer();
    await talkAndHangUp(1.5, customer, first);
    return `Inbound. 0912345646 calls 02873004006, hears an announcement before the line is answered, then 1000, 1001 and 1002 ring at ${s(first.at.ringing)}.
      1001 answers and talks ${talk(first)}. The customer hangs up.
      Right: one inbound call, Answered by 1001.`;
  },
};

export const second_trunk_hold_by_customer = {
  note: "a customer calls over the second trunk (context from-pstn) to ring group 600; 1002 answers; the customer puts 1002 on hold and comes back; 1002 hangs up",
  async run(rig) {
    const customer = rig.vnpt.call("02873001600", { from: "02838112233", name: "Cong ty Sao" });
    const third = await rig.rings("1002");
    await sleep(1);
    third.answer();
    await customer.up();
    await sleep(1);
    await customer.hold();
    await sleep(1.2);
    await customer.unhold();
    await talkAndHangUp(0.8, third, customer);
    return `Inbound over PJSIP/vnpt_backup. 02838112233 "Cong ty Sao" calls 02873001600; 1000, 1001 and 1002 ring at ${s(third.at.ringing)}. 1002 answers and talks ${talk(third)}; in between the customer holds for 1.2 s. 1002 hangs up.
      Right: one inbound call over the second trunk, Answered by 1002.`;
  },
};

export const abandoned_before_ring = {
  note: "the customer hangs up while the dialplan still thinks (Wait), before any phone rings and before the line is answered",
  async run(rig) {
    const customer = rig.customer("02873003002", "0912345647");
    await sleep(0.5);
    await customer.hangUp();
    return `Inbound. 0912345647 calls 02873003002 and hangs up at ${until(customer)}, before anything rings.
      Right: one inbound call, Abandoned; nobody was rung.`;
  },
};

export const phone_gone = {
  note: "1008's phone has unregistered and 1008 has no mailbox: the customer hears congestion; the phone comes back; a second customer reaches it; 1008 hangs up",
  async run(rig) {
    const phone = rig.phone("1008");
    await phone.register(0);
    await sleep(0.3);
    const first = rig.customer("02873002008", "0912345648");
    await first.over();
    await phone.register();
    await sleep(0.5);
    const second = rig.customer("02873002008", "0912345649");
    const leg = await rig.rings("1008");
    await sleep(0.7);
    leg.answer();
    await talkAndHangUp(1, leg, second);
    return `Two inbound calls to 02873002008, the extension 1008. At the first its phone is gone from the PBX: nothing rings, 0912345648 hears congestion and is out at ${until(first)}.
      The phone is back; 0912345649 calls at ${s(second.at.calls)}; 1008 ${rang(leg)}, answers and talks ${talk(leg)}, then hangs up.
      Right: the first call Missed (nobody was there to be rung), the second Answered by 1008.`;
  },
};
