// Calls that the PBX begins: click to call, callbacks, call files.
import { sleep } from "../phone.mjs";
import { from, rang, s, talk, talkAndHangUp, until } from "./telling.mjs";

export const click_ami_context = {
  note: "click to call as operator panels do it: AMI Originate Local/1000@from-internal (optimised, no /n) to from-internal,0912345721; 1000 answers, then the customer; the customer hangs up",
  async run(rig) {
    rig.clock();
    await rig.asterisk.ami("Originate", { Channel: "Local/1000@from-internal", Context: "from-internal", Exten: "0912345721", Priority: "1", CallerID: "Click <1000>", Async: "true" });
    const agent = await rig.rings("1000");
    await sleep(1);
    // Without voice Asterisk keeps the Local channel between them.
    agent.answer().speak();
    const customer = await rig.rings("cmc");
    await sleep(1);
    customer.answer().speak();
    await sleep(0.7);
    await rig.roll();
    await talkAndHangUp(1.5, customer, agent);
    return `Click to call by 1000: its phone ${rang(agent)} and is answered at ${from(agent)}; then 0912345721 ${rang(customer)}, answers and talks with 1000 ${talk(customer)}, and hangs up.
      Asterisk takes the Local channel out of the way when both are up.
      Right: one outbound call of 1000 to 0912345721, Answered by the customer at ${from(customer)}.`;
  },
};

export const click_ami_application = {
  note: "AMI Originate with an application: Local/1001@from-internal/n, Application Dial, Data PJSIP/0912345722@cmc-sip; 1001 answers, then the customer; 1001 hangs up",
  async run(rig) {
    rig.clock();
    await rig.asterisk.ami("Originate", { Channel: "Local/1001@from-internal/n", Application: "Dial", Data: "PJSIP/0912345722@cmc-sip,30", CallerID: "0912345722", Async: "true" });
    const agent = await rig.rings("1001");
    await sleep(1);
    agent.answer();
    const customer = await rig.rings("cmc");
    await sleep(1);
    customer.answer();
    await sleep(0.7);
    await rig.roll();
    await talkAndHangUp(1.5, agent, customer);
    return `Click to call by 1001: its phone ${rang(agent)} and is answered at ${from(agent)}; then 0912345722 ${rang(customer)}, answers and talks with 1001 ${talk(customer)}. 1001 hangs up.
      Right: one outbound call of 1001 to 0912345722, Answered by the customer at ${from(customer)}.`;
  },
};

export const click_ami_phone_first = {
  note: "a CRM's click to call: AMI Originate PJSIP/1002 to from-internal,0912345723 with a caller id of the customer's number; the customer does not answer",
  async run(rig) {
    rig.clock();
    await rig.asterisk.ami("Originate", { Channel: "PJSIP/1002", Context: "from-internal", Exten: "0912345723", Priority: "1", CallerID: "CRM <0912345723>", Async: "true" });
    const agent = await rig.rings("1002");
    await sleep(1);
    agent.answer();
    const customer = await rig.rings("cmc");
    await agent.over();
    return `Click to call by 1002: its phone ${rang(agent)} and is answered at ${from(agent)}; then 0912345723 ${rang(customer)} until ${until(customer)} and does not answer; 1002 is out at ${until(agent)}.
      Right: one outbound call of 1002 to 0912345723, Missed (no answer); 1002's own answer is not the customer's.`;
  },
};

export const click_ami_agent_refuses = {
  note: "AMI Originate Local/1000@from-internal/n to 0912345724: 1000 declines; the customer is never called",
  async run(rig) {
    rig.clock();
    await rig.asterisk.ami("Originate", { Channel: "Local/1009@from-internal/n", Context: "from-internal", Exten: "0912345724", Priority: "1", CallerID: "Click <1009>", Async: "true" });
    const agent = await rig.rings("1009");
    await sleep(1.2);
    agent.refuse(603, "Decline");
    return `Click to call by 1009: its phone ${rang(agent)} and declines at ${until(agent)}. The customer is never called.
      Right: one call that the PBX began for 1009, not answered by the agent (Missed); no customer was called, nobody can know which was meant: ARI does not tell the extension of the Originate.`;
  },
};

export const click_hunt_then_customer = {
  note: "AMI Originate Local/603@from-internal/n (a hunt group) to 0912345728: 1000 rings in vain, 1001 answers, then the customer is called and answers; the customer hangs up",
  async run(rig) {
    rig.clock();
    await rig.asterisk.ami("Originate", { Channel: "Local/603@from-internal/n", Context: "from-internal", Exten: "0912345728", Priority: "1", CallerID: "Callback <02873001000>", Async: "true" });
    const first = await rig.rings("1000");
    const agent = await rig.rings("1001");
    await sleep(1);
    agent.answer();
    const customer = await rig.rings("cmc");
    await sleep(1);
    customer.answer();
    await sleep(0.7);
    await rig.roll();
    await talkAndHangUp(1.5, customer, agent);
    return `A callback that looks for an agent first: 1000 ${rang(first)} until ${until(first)} and does not answer, 1001 ${rang(agent)} and answers at ${from(agent)}; then 0912345728 ${rang(customer)}, answers and talks with 1001 ${talk(customer)}, and hangs up.
      Right: one outbound call of 1001 to 0912345728, Answered by the customer at ${from(customer)}; 1000 was rung for nothing.`;
  },
};

export const click_ari_local = {
  note: "ARI POST /channels Local/1004@from-internal/n to from-internal,0912345725: 1004 answers, the customer is busy",
  async run(rig) {
    rig.cmc.onInvite = async (leg) => {
      await sleep(0.5);
      leg.refuse(486, "Busy Here");
    };
    rig.clock();
    await rig.asterisk.ari("POST", "channels?endpoint=Local/1004@from-internal/n&context=from-internal&extension=0912345725&priority=1&callerId=1004&channelId=click-77");
    const agent = await rig.rings("1004");
    await sleep(1);
    agent.answer();
    await agent.over();
    return `Click to call by 1004: its phone ${rang(agent)} and is answered at ${from(agent)}; then 0912345725 is called and is busy. 1004 is out at ${until(agent)}.
      Right: one outbound call of 1004 to 0912345725, Busy; nobody talked with the customer.`;
  },
};

export const click_ari_failover = {
  note: "ARI POST /channels PJSIP/1003 to from-internal,0912345726: the first trunk refuses, over the second the customer answers; the agent hangs up",
  async run(rig) {
    rig.cmc.onInvite = (leg) => leg.refuse(503, "Service Unavailable");
    rig.clock();
    await rig.asterisk.ari("POST", "channels?endpoint=PJSIP/1003&context=from-internal&extension=0912345726&priority=1&callerId=1003");
    const agent = await rig.rings("1003");
    await sleep(1);
    agent.answer();
    const customer = await rig.rings("vnpt");
    await sleep(1);
    customer.answer();
    await sleep(0.6);
    await rig.roll();
    await talkAndHangUp(1.5, agent, customer);
    return `Click to call by 1003: its phone ${rang(agent)} and is answered at ${from(agent)}; the first trunk refuses; over PJSIP/vnpt_backup 0912345726 ${rang(customer)}, answers and talks ${talk(customer)}. 1003 hangs up.
      Right: one outbound call of 1003 to 0912345726, Answered over PJSIP/vnpt_backup.`;
  },
};

export const callfile_customer_first = {
  note: "a call file calls the customer over the trunk, who answers and is put into queue 700; 1002 answers; the customer hangs up",
  async run(rig) {
    rig.clock();
    rig.asterisk.spool("callback-1", { Channel: "PJSIP/0912345727@cmc-sip", CallerID: "Nha hang <02873001000>", MaxRetries: 0, WaitTime: 20, Context: "queue-callback", Extension: "s", Priority: 1, SetVar: "CUSTOMER=0912345727" });
    const customer = await rig.rings("cmc", 20);
    await sleep(1);
    customer.answer();
    const [first, third] = [await rig.rings("1000", 20), await rig.rings("1002")];
    await sleep(1);
    third.answer();
    await first.over();
    await rig.roll();
    await talkAndHangUp(2, customer, third);
    return `A callback that the PBX begins: it calls 0912345727, who ${rang(customer)} and answers at ${from(customer)} and is put into queue 700.
      1000, 1001 and 1002 ring at ${s(third.at.ringing)}; 1002 answers and talks with the customer ${talk(third)}. The customer hangs up.
      Right: one outbound call to 0912345727, answered by the customer; the agents have the customer's card while they ring; 1002 talked; 1000 and 1001: answered elsewhere.`;
  },
};

export const callfile_agent_first = {
  note: "a call file calls 1001 first (Local/1001@from-internal/n), then the customer, by the variable CUSTOMER over a further Local channel; the customer hangs up",
  async run(rig) {
    rig.clock();
    rig.asterisk.spool("callback-2", { Channel: "Local/1001@from-internal/n", CallerID: "Goi lai <0912345728>", MaxRetries: 0, WaitTime: 20, Context: "callback-agent-first", Extension: "s", Priority: 1, SetVar: "CUSTOMER=0912345728" });
    const agent = await rig.rings("1001", 20);
    await sleep(1);
    agent.answer();
    const customer = await rig.rings("cmc");
    await sleep(1);
    customer.answer();
    await sleep(0.6);
    await rig.roll();
    await talkAndHangUp(1.5, customer, agent);
    return `A callback that the PBX begins: 1001 ${rang(agent)} and answers at ${from(agent)}; then 0912345728 ${rang(customer)}, answers and talks with 1001 ${talk(customer)}, and hangs up.
      Right: one outbound call of 1001 to 0912345728, Answered by the customer at ${from(customer)}.`;
  },
};

export const queue_callback_nobody = {
  note: "a queue's callback: the PBX calls the customer over Local/0912345729@from-internal/n, who answers and is put into queue 701; nobody answers there in 7 s; ring group 601: 1003 answers; 1003 hangs up",
  async run(rig) {
    rig.clock();
    await rig.asterisk.ami("Originate", { Channel: "Local/0912345729@from-internal/n", Context: "queue-callback", Exten: "s", Priority: "1", CallerID: "Goi lai <02873001000>", Variable: "CUSTOMER=0912345729,QUEUE=701", Async: "true" });
    const customer = await rig.rings("cmc");
    await sleep(1);
    customer.answer();
    const first = await rig.rings("1000", 20);
    const third = await rig.rings("1003", 20);
    await sleep(1);
    third.answer();
    await talkAndHangUp(1.5, third, customer);
    return `A callback that the PBX begins: it calls 0912345729, who ${rang(customer)} and answers at ${from(customer)} and is put into queue 701.
      1000 ${rang(first)} in vain, then others; after 7 s ring group 601 rings 1003 and 1004 at ${s(third.at.ringing)}. 1003 answers and talks with the customer ${talk(third)}, then hangs up.
      Right: one outbound call to 0912345729, answered by the customer; 1003 talked with them.`;
  },
};

export const callback_customer_noanswer = {
  note: "a queue's callback: the customer does not answer in 6 s: no agent rings",
  async run(rig) {
    rig.clock();
    await rig.asterisk.ami("Originate", { Channel: "PJSIP/0912345730@cmc-sip", Context: "queue-callback", Exten: "s", Priority: "1", Timeout: "6000", CallerID: "Nha hang <02873001000>", Variable: "CUSTOMER=0912345730", Async: "true" });
    const customer = await rig.rings("cmc");
    await customer.over();
    return `A callback that the PBX begins: it calls 0912345730, who ${rang(customer)} until ${until(customer)} and does not answer. No agent is rung.
      Right: one outbound call to 0912345730 of nobody's, Missed (no answer).`;
  },
};
