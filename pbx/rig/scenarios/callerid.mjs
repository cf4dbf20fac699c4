// Who calls: numbers that the dialplan replaces, and numbers that are withheld.
import { sleep } from "../phone.mjs";
import { CHANNELVARS } from "../asterisk.mjs";
import { rang, s, talk, talkAndHangUp } from "./telling.mjs";

/** Ring group 600 rings, 1001 answers, the customer hangs up. */
async function groupAnswers(rig, customer) {
  const second = await rig.rings("1001");
  await sleep(1);
  second.answer();
  await customer.up();
  await talkAndHangUp(1.5, customer, second);
  return second;
}

const told = (second) => `1000, 1001 and 1002 ring at ${s(second.at.ringing)}; 1001 answers and talks ${talk(second)}. The customer hangs up.`;

export const number_replaced_50ms = {
  note: "the carrier sends +84912345741; 50 ms later the dialplan makes it 0912345741, then ring group 600; 1001 answers",
  async run(rig) {
    const second = await groupAnswers(rig, rig.customer("02873003001", "+84912345741", "Anh Muoi Ba"));
    return `Inbound. The carrier says +84912345741 "Anh Muoi Ba"; the dialplan makes it 0912345741 after 50 ms, before anything rings.
      ${told(second)}
      Right: one inbound call of 0912345741, looked up by that number, Answered by 1001.`;
  },
};

export const number_replaced_1s = {
  note: "the carrier sends +84912345742; a second later the dialplan makes it 'Chi Mai' 0912345742, then ring group 600; 1001 answers",
  async run(rig) {
    const second = await groupAnswers(rig, rig.customer("02873003002", "+84912345742"));
    return `Inbound. The carrier says +84912345742 without a name; after a second the dialplan makes it "Chi Mai" <0912345742>, before anything rings.
      ${told(second)}
      Right: one inbound call of "Chi Mai" 0912345742, Answered by 1001.`;
  },
};

export const number_replaced_first = {
  note: "the number is normalised by the very first step of the dialplan; ring group 600; 1001 answers",
  async run(rig) {
    const second = await groupAnswers(rig, rig.customer("02873003004", "84912345743"));
    return `Inbound. The carrier says 84912345743; the dialplan's first step makes it 0912345743.
      ${told(second)}
      Right: one inbound call of 0912345743, looked up by that number, Answered by 1001.`;
  },
};

export const number_replaced_ringing = {
  note: "a script replaces number and name while 1000 rings already (AMI Setvar CALLERID(all)); 1000 answers; 1000 hangs up",
  async run(rig) {
    const customer = rig.customer("02873003003", "0900000000");
    const first = await rig.rings("1000");
    await sleep(1);
    const { name } = await rig.channel("PJSIP/cmc-sip");
    await rig.asterisk.ami("Setvar", { Channel: name, Variable: "CALLERID(all)", Value: '"Co Nam" <0912345744>' });
    const replaced = rig.clock();
    await sleep(1.2);
    first.answer();
    await talkAndHangUp(1.5, first, customer);
    return `Inbound. The carrier says 0900000000 (a switchboard's own number); 1000 ${rang(first)}. At ${s(replaced)} a script says that it is "Co Nam" <0912345744>.
      1000 answers and talks ${talk(first)}, then hangs up.
      Right: one inbound call of "Co Nam" 0912345744 from ${s(replaced)} on, Answered by 1000; the number's customer is looked up anew.`;
  },
};

const PRIVATE = { extra: ["Privacy: id", "P-Asserted-Identity: <sip:0912345745@127.0.0.2>"] };

async function withheld(rig, did) {
  const customer = rig.customer(did, "anonymous", "Anonymous", PRIVATE);
  return groupAnswers(rig, customer);
}

export const withheld_presentation = {
  note: "the caller withholds the number, the carrier passes it on (Privacy: id, P-Asserted-Identity); the dialplan leaves the presentation; channelvars has CALLERID(num-pres)",
  async run(rig) {
    const second = await withheld(rig, "02873003000");
    return `Inbound. The caller withholds the number; the carrier passes 0912345745 on to the PBX with "Privacy: id".
      ${told(second)}
      Right: one inbound call of a hidden number (CALLERID(num-pres) says prohib…), Answered by 1001; 0912345745 only for who may see withheld numbers; no lookup.`;
  },
};

export const withheld_without_num_pres = {
  note: "the same where channelvars has only CHANNEL(linkedid): over ARI nothing but ChannelCallerId's caller_presentation tells",
  options: { channelvars: "CHANNEL(linkedid)" },
  async run(rig) {
    const second = await withheld(rig, "02873003000");
    return `Inbound. The caller withholds the number; the carrier passes 0912345745 on to the PBX with "Privacy: id". The administrator has not put CALLERID(num-pres) into channelvars.
      ${told(second)}
      Right as far as anybody can know: the channel objects say 0912345745 without any mark. Where a ChannelCallerId event comes (here: the group's prefix before the name) its caller_presentation says that it is withheld (32 to 35 or 67); from then on it is hidden.`;
  },
};

export const withheld_reset_by_dialplan = {
  note: "the same on a number where the dialplan allows every presentation, as FreePBX's inbound routes do (CALLERID(num-pres)=allowed_not_screened)",
  async run(rig) {
    const second = await withheld(rig, "02873001600");
    return `Inbound. The caller withholds the number; the carrier passes 0912345745 on with "Privacy: id". FreePBX's inbound route then says that it may be shown (it keeps the old word in CALLINGNUMPRES_SV).
      ${told(second)}
      Right: the PBX's last word before the ring is "allowed": the number 0912345745 is shown on the phones too. One inbound call, Answered by 1001.`;
  },
};

export const anonymous_carrier = {
  note: "the carrier itself withholds the number (From: anonymous, no P-Asserted-Identity); ring group 600; 1001 answers",
  options: { channelvars: CHANNELVARS },
  async run(rig) {
    const second = await groupAnswers(rig, rig.customer("02873001600", "anonymous", "Anonymous"));
    return `Inbound. The carrier does not say who calls ("anonymous").
      ${told(second)}
      Right: one inbound call of a hidden number, Answered by 1001; no lookup.`;
  },
};
