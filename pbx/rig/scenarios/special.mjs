// Restarts, broken links, and two of everything.
import { sleep } from "../phone.mjs";
import { joins } from "./meeting.mjs";
import { from, rang, s, talk, talkAndHangUp, until } from "./telling.mjs";

export const asterisk_restarted = {
  note: "Asterisk is killed while 1001 talks with a customer from queue 700 and another waits; it starts again; a new customer calls and 1000 answers",
  async run(rig) {
    const first = rig.customer("02873001700", "0912345761");
    const second = await rig.rings("1001");
    await sleep(0.8);
    second.answer();
    await first.up();
    await sleep(0.8);
    const other = rig.customer("02873001900", "0912345762");
    await other.up();
    await sleep(0.8);
    const killed = rig.clock();
    await rig.asterisk.kill();
    rig.recorder.disconnect();
    for (const leg of [first, second, other]) leg.end("the PBX is gone");
    rig.phones.forEach((phone) => {
      phone.arrived.length = 0;
      phone.legs.forEach((leg) => leg.end("the PBX is gone"));
    });
    await rig.start();
    const back = rig.clock();
    const third = rig.customer("02873001600", "0912345763");
    const agent = await rig.rings("1000");
    await sleep(1);
    agent.answer();
    await talkAndHangUp(1.5, third, agent);
    return `Inbound, three calls. 0912345761 calls 02873001700; 1001 answers at ${from(second)} and talks. 0912345762 calls 02873001900 and is in the IVR from ${from(other)}. At ${s(killed)} Asterisk dies: both calls are gone without a word.
      It is back at ${s(back)}, with channel names from the beginning. 0912345763 calls 02873001600; 1000 answers and talks ${talk(agent)}; the customer hangs up.
      Right: the first call Answered by 1001, its leg Lost; the second ended without an answer (the PBX failed, nobody gave up); the third, Answered by 1000, is a call of its own.`;
  },
};

export const link_lost_while_ringing = {
  note: "the link breaks while queue 700 rings; meanwhile 1001 answers; the link comes back; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873001700", "0912345764", "Ong Nam");
    const second = await rig.rings("1001");
    await sleep(1);
    await rig.unheard(async () => {
      await sleep(0.5);
      second.answer();
      await sleep(1.2);
    });
    await talkAndHangUp(2, customer, second);
    return `Inbound. 0912345764 "Ong Nam" calls 02873001700 and waits in queue 700; 1000, 1001 and 1002 ${rang(second)}. The link to Asterisk is lost for some 1.7 s, in which 1001 answers, at ${from(second)}.
      The link is back; 1001 talks with the customer until ${until(customer)}; the customer hangs up.
      Right: one inbound call, Answered by 1001 (found so at the reconnect); 1000 and 1002: answered elsewhere.`;
  },
};

export const link_lost_in_transfer = {
  note: "1000 talks with a customer; the link breaks; meanwhile 1000 transfers (REFER) to 1005, who answers; the link comes back; 1005 hangs up",
  async run(rig) {
    const customer = rig.customer("02873002000", "0912345765");
    const agent = await rig.rings("1000");
    await sleep(0.5);
    agent.answer();
    await customer.up();
    await sleep(1);
    let fifth;
    await rig.unheard(async () => {
      await agent.refer("1005");
      fifth = await rig.rings("1005");
      await agent.over();
      await sleep(0.6);
      fifth.answer();
      await sleep(0.8);
    });
    await talkAndHangUp(1.5, fifth, customer);
    return `Inbound. 0912345765 calls 02873002000; 1000 answers at ${from(agent)}. The link to Asterisk is lost; meanwhile 1000 hands the customer on to 1005, at ${until(agent)}, who answers at ${from(fifth)}.
      The link is back; 1005 talks until ${until(fifth)} and hangs up.
      Right: one inbound call, Answered by 1000, then 1005, with the DID 02873002000; 1000's leg is over (how, nobody can know).`;
  },
};

export const link_lost_in_conference = {
  note: "a customer and 1003 are in conference 8000; the link breaks; meanwhile 1004 joins; the link comes back; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873001800", "0912345766");
    await rig.bridged(1);
    const third = await joins(rig, "1003", 2);
    await sleep(1);
    let fourth;
    await rig.unheard(async () => {
      fourth = await joins(rig, "1004", 3);
      await sleep(0.5);
    });
    await sleep(1);
    await customer.hangUp();
    await third.hangUp();
    await fourth.hangUp();
    return `Inbound. 0912345766 calls 02873001800, the conference 8000; 1003 dials in and is with the customer from ${s(third.at.met)}. While the link to Asterisk is lost 1004 joins, at ${s(fourth.at.met)}.
      The customer hangs up at ${until(customer)}, then the agents.
      Right: one inbound call, Answered by 1003; 1004 talks too; no internal calls "to 8000".`;
  },
};

export const link_lost_while_parked = {
  note: "1000 answers and parks a customer at 71; the link breaks and comes back; 1005 takes the call at 71; 1005 hangs up",
  async run(rig) {
    const customer = rig.customer("02873002000", "0912345767");
    const agent = await rig.rings("1000");
    await sleep(0.5);
    agent.answer();
    await customer.up();
    await sleep(0.8);
    await agent.refer("70");
    await agent.over();
    await sleep(0.5);
    await rig.unheard(() => sleep(1));
    await sleep(0.7);
    const fifth = rig.phone("1005").call("71");
    await fifth.up();
    await talkAndHangUp(1.5, fifth, customer);
    return `Inbound. 0912345767 calls 02873002000; 1000 answers at ${from(agent)} and parks the customer at ${until(agent)}. The link to Asterisk is lost for a second and comes back.
      1005 dials 71 and talks with the customer ${talk(fifth)}, then hangs up.
      Right: one inbound call with the DID 02873002000, Answered by 1000, Held while parked, then by 1005.`;
  },
};

export const link_lost_to_the_end = {
  note: "1000 talks with a customer; the link breaks; meanwhile they hang up and another customer comes and goes; the link comes back to an empty PBX",
  async run(rig) {
    const customer = rig.customer("02873002000", "0912345768");
    const agent = await rig.rings("1000");
    await sleep(0.5);
    agent.answer();
    await customer.up();
    await sleep(1);
    await rig.unheard(async () => {
      await talkAndHangUp(0.3, customer, agent);
      const other = rig.customer("02873002000", "0912345769");
      await rig.rings("1000");
      await sleep(0.7);
      await other.hangUp();
      await rig.quiet();
    });
    return `Inbound. 0912345768 calls 02873002000; 1000 answers and talks ${talk(agent)}; the customer hangs up while the link to Asterisk is lost. Another customer comes and goes unheard.
      Right: one inbound call, Answered by 1000, over by the time the link is back (how it ended nobody can know: Lost); nothing is left over. Of the second call nobody can know.`;
  },
};

export const two_customers_one_number = {
  note: "the same number calls twice at once (a company's switchboard), once into queue 700 and once into group 603; 1001 answers the one, 1000 the other; both hang up",
  async run(rig) {
    const one = rig.customer("02873001700", "02839990000", "Cong ty");
    const [first, second] = [await rig.rings("1000"), await rig.rings("1001")];
    await sleep(0.6);
    second.answer();
    await first.over();
    const two = rig.customer("02873001603", "02839990000", "Cong ty");
    const again = await rig.rings("1000");
    await sleep(0.7);
    again.answer();
    await two.up();
    await rig.roll();
    await talkAndHangUp(1, one, second);
    await talkAndHangUp(1, two, again);
    return `Two inbound calls of 02839990000 "Cong ty". The first, to 02873001700, is answered by 1001, ${talk(second)}; the second, to 02873001603, at ${s(two.at.calls)}, by 1000, ${talk(again)}. Each ends with its customer's hang-up.
      Right: two calls that never mix: Answered by 1001, Answered by 1000.`;
  },
};

export const queue_many = {
  note: "four customers wait in queue 702 with three members; the agents answer as they ring; one customer gives up while all talk",
  async run(rig) {
    const legs = new Map();
    for (const user of ["1000", "1001", "1002"]) {
      rig.phone(user).onInvite = async (leg) => {
        leg.ring();
        legs.set(user, [...(legs.get(user) ?? []), leg]);
        await sleep(0.8);
        leg.answer();
      };
    }
    const customers = [];
    for (const number of ["0912345771", "0912345772", "0912345773", "0912345774"]) {
      customers.push(rig.customer("02873001702", number));
      await sleep(0.4);
    }
    const patient = customers.slice(0, 3);
    await sleep(6);
    await rig.roll();
    const waiting = customers.filter((customer) => ![...legs.values()].flat().some((leg) => leg.number === /sip:([^@]*)/.exec(customer.me)[1]));
    for (const customer of waiting) await customer.hangUp();
    for (const customer of customers) if (customer.state === "up") await customer.hangUp();
    for (const leg of [...legs.values()].flat()) await leg.over();
    const told = [...legs].flatMap(([user, list]) => list.map((leg) => `${user} with ${leg.number} ${talk(leg)}`));
    if (waiting.length !== 1 || patient.length !== 3) throw new Error(`${waiting.length} wait`);
    return `Four inbound calls to 02873001702, 0.4 s apart: 0912345771 to 0912345774. Talks: ${told.join("; ")}.
      ${/sip:([^@]*)/.exec(waiting[0].me)[1]} waits in the queue and gives up at ${until(waiting[0])}; nobody was free. The other customers hang up after that.
      Right: four inbound calls, three Answered by the agents named, one Abandoned.`;
  },
};

export const iax_inbound = {
  note: "a customer calls over an IAX2 trunk (a second Asterisk) to ring group 600; 1001 answers and holds; the customer hangs up",
  async run(rig) {
    const far = await rig.viettel();
    rig.clock();
    await far.ari("POST", "channels?endpoint=IAX2/viettel/02873001600&context=from-internal&extension=*43&priority=1&callerId=" + encodeURIComponent("Bac Nam <0981234501>"));
    const [first, second] = [await rig.rings("1000"), await rig.rings("1001")];
    await sleep(1);
    second.answer();
    await first.over();
    await sleep(0.8);
    await second.hold();
    await sleep(0.8);
    await rig.roll();
    await second.unhold();
    await sleep(0.8);
    const gone = rig.clock();
    for (const { id } of await far.ari("GET", "channels")) await far.ari("DELETE", `channels/${id}`);
    await second.over();
    return `Inbound over IAX2/viettel. 0981234501 "Bac Nam" calls 02873001600; 1000, 1001 and 1002 ring at ${s(second.at.ringing)}. 1001 answers and talks ${talk(second)}, with the customer on hold in between. The customer hangs up at ${s(gone)}.
      Right: one inbound call over the trunk IAX2/viettel, whose channel is IAX2/viettel-NUMBER, Answered by 1001.`;
  },
};

export const iax_outbound = {
  note: "1002 calls 80981234502: over the IAX2 trunk; the customer answers after a second and hangs up 2 s later",
  async run(rig) {
    await rig.viettel();
    const agent = rig.phone("1002").call("80981234502");
    await agent.up();
    await sleep(0.7);
    await rig.roll();
    await agent.over();
    return `Outbound over IAX2/viettel. 1002 dials 80981234502: the 8 chooses the trunk, the customer is 0981234502, who answers and talks ${talk(agent)}, then hangs up.
      Right: one outbound call of 1002 to 0981234502, Answered over IAX2/viettel.`;
  },
};
