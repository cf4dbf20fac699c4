// Where more than two meet: conferences, pages, supervisors, other applications' bridges.
import { createServer } from "node:net";
import { createRequire } from "node:module";

import { sleep } from "../phone.mjs";
import { from, rang, s, talk, talkAndHangUp, until } from "./telling.mjs";

const WebSocket = createRequire(import.meta.url)("ws");

/** Dials into the conference, and is in it when the PBX has said who is there: as number `count`. */
export async function joins(rig, user, count) {
  const leg = rig.phone(user).call("8000");
  await leg.up();
  await rig.bridged(count);
  leg.at.met = rig.clock();
  return leg;
}

export const conference_agents_leave = {
  note: "the customer comes into conference 8000, 1003 and 1004 dial in; 1003 leaves first, then the customer, then 1004",
  async run(rig) {
    const customer = rig.customer("02873001800", "0912345681", "Anh Hai");
    await rig.bridged(1);
    const alone = rig.clock();
    const third = await joins(rig, "1003", 2);
    await sleep(1.2);
    const fourth = await joins(rig, "1004", 3);
    await sleep(1.2);
    await rig.roll();
    await third.hangUp();
    await sleep(1.2);
    await customer.hangUp();
    await sleep(1);
    await fourth.hangUp();
    return `Inbound. 0912345681 "Anh Hai" calls 02873001800, the conference 8000, and is alone there from ${s(alone)}, hearing music.
      1003 dials 8000 at ${s(third.at.calls)}, is with the customer from ${s(third.at.met)} and leaves at ${until(third)}; 1004 dials 8000 at ${s(fourth.at.calls)} and is with them from ${s(fourth.at.met)}. The customer leaves at ${until(customer)}; then 1004 is alone and leaves.
      Right: one inbound call, Answered by 1003, who joined first; 1004 talks too; both have the customer's card; no internal calls "to 8000". It ends for the customer at ${until(customer)}.`;
  },
};

export const conference_two_customers = {
  note: "two customers and 1003 in conference 8000: the first customer comes, then 1003, then the second customer; 1003 leaves last",
  async run(rig) {
    const first = rig.customer("02873001800", "0912345683", "Anh Ba");
    await rig.bridged(1);
    const third = await joins(rig, "1003", 2);
    await sleep(1.2);
    const second = rig.customer("02873001800", "0912345684", "Chi Tu");
    await rig.bridged(3);
    const met = rig.clock();
    await sleep(1.5);
    await rig.roll();
    await first.hangUp();
    await sleep(1.2);
    await second.hangUp();
    await sleep(1);
    await third.hangUp();
    return `Inbound, two. 0912345683 "Anh Ba" calls 02873001800, the conference 8000; 1003 dials in and is there from ${s(third.at.met)}. 0912345684 "Chi Tu" calls too and is with them from ${s(met)}. Anh Ba leaves at ${until(first)}, Chi Tu at ${until(second)}, 1003 at ${until(third)}.
      Right: two inbound calls, both Answered; each ends when its customer leaves. None is Abandoned.`;
  },
};

export const conference_refer = {
  note: "1000 answers, transfers the customer into conference 8000 (REFER), dials in itself, and 1005 too; 1000 leaves; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873002000", "0912345682");
    const agent = await rig.rings("1000");
    agent.answer();
    await customer.up();
    await sleep(1);
    await agent.refer("8000");
    await agent.over();
    await rig.bridged(1);
    const again = await joins(rig, "1000", 2);
    await sleep(1);
    const fifth = await joins(rig, "1005", 3);
    await sleep(1);
    await again.hangUp();
    await sleep(1);
    await rig.roll();
    await customer.hangUp();
    await sleep(0.5);
    await fifth.hangUp();
    return `Inbound. 0912345682 calls 02873002000; 1000 answers and talks ${talk(agent)}, then sends the customer into the conference 8000.
      1000 dials 8000 and is with the customer again from ${s(again.at.met)} to ${until(again)}; 1005 dials in too and is with them from ${s(fifth.at.met)}. The customer hangs up at ${until(customer)}, then 1005.
      Right: one inbound call, Answered by 1000; 1005 talks too.`;
  },
};

export const conference_announced = {
  note: "conference 8001 announces who comes and goes (CBAnn channels): the customer and 1004 meet there; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873001801", "0912345683").speak();
    await customer.up();
    // Each says a name, ends it with #, and waits until the announcements are over.
    await sleep(8);
    await customer.dtmf("#");
    await rig.bridged(1);
    const fourth = rig.phone("1004").call("8001").speak();
    await fourth.up();
    await sleep(8);
    await fourth.dtmf("#");
    await rig.bridged(2);
    const met = rig.clock();
    await sleep(2);
    await rig.roll();
    await customer.hangUp();
    await sleep(2);
    await fourth.hangUp();
    return `Inbound. 0912345683 calls 02873001801, the conference 8001, says a name and waits there. 1004 dials 8001 at ${s(fourth.at.calls)}, says a name and meets the customer at ${s(met)}.
      The customer hangs up at ${until(customer)}, then 1004. The conference's own channels (CBAnn) only play announcements.
      Right: one inbound call, Answered by 1004; no call of an announcer.`;
  },
};

export const page_group = {
  note: "1000 pages 1001, 1002 and 1004 (page 500 over Local, Alert-Info): 1001 and 1002 answer by themselves, 1004 rings in vain; 1000 hangs up",
  async run(rig) {
    for (const user of ["1001", "1002"]) {
      rig.phone(user).onInvite = (leg, message) => (message.header("Alert-Info").includes("answer-after=0") ? leg.answer() : leg.ring());
    }
    const pager = rig.phone("1000").call("500").speak();
    const [first, second, fourth] = [await rig.rings("1001"), await rig.rings("1002"), await rig.rings("1004")];
    await pager.up();
    await sleep(2);
    await rig.roll();
    await pager.hangUp();
    await Promise.all([first.over(), second.over(), fourth.over()]);
    return `Internal. 1000 pages with 500. 1001 and 1002 answer by themselves at ${from(first)} and hear 1000 until ${until(first)}; 1004 ${rang(fourth)} and does not answer, until ${until(fourth)}.
      Right: one internal call of 1000 to 500, no customer, no calls of the Local channels.`;
  },
};

export const intercom = {
  note: "1000 dials *801004 (intercom): 1004 answers by itself; 1004 hangs up",
  async run(rig) {
    rig.phone("1004").onInvite = (leg, message) => (message.header("Alert-Info").includes("answer-after=0") ? leg.answer() : leg.ring());
    const caller = rig.phone("1000").call("*801004");
    const fourth = await rig.rings("1004");
    await caller.up();
    await talkAndHangUp(2, fourth, caller);
    return `Internal. 1000 dials *801004; 1004 answers by itself at ${from(fourth)} and hangs up at ${until(fourth)}.
      Right: one internal call of 1000, Answered by 1004.`;
  },
};

export const spy_then_barge = {
  note: "1000 talks with a customer; 1009 listens (ChanSpy, 5551000), leaves, then barges in (5561000); the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873002000", "0912345684", "Co Hai");
    const agent = await rig.rings("1000");
    agent.answer();
    await customer.up();
    await sleep(1);
    const listener = rig.phone("1009").call("5551000");
    await listener.up();
    await sleep(1.5);
    await rig.roll();
    await listener.hangUp();
    await sleep(0.5);
    const barger = rig.phone("1009").call("5561000");
    await barger.up();
    await sleep(1.5);
    await rig.roll();
    await talkAndHangUp(0.5, customer, agent);
    await barger.over();
    return `Inbound. 0912345684 "Co Hai" calls 02873002000; 1000 answers and talks ${talk(agent)}.
      The supervisor 1009 listens from ${from(listener)} to ${until(listener)}, unheard; then barges in from ${from(barger)} to ${until(barger)} and speaks with both. The customer hangs up.
      Right: one inbound call, Answered by 1000. Who only listens is no talker and has no card of the customer. The barge-in is ChanSpy's too: over ARI its channel is in no bridge with them, only its application and its argument PJSIP/1000,qEB tell.`;
  },
};

export const snoop_and_mixmonitor = {
  note: "1000 talks with a customer; MixMonitor records, another ARI application snoops (Snoop/…) and records the bridge; the customer hangs up",
  async run(rig) {
    const socket = new WebSocket(rig.asterisk.events("listener"));
    await new Promise((done) => socket.once("open", done));
    const customer = rig.customer("02873002000", "0912345685").speak();
    const agent = await rig.rings("1000");
    await sleep(0.7);
    agent.answer().speak();
    await customer.up();
    await sleep(0.6);
    const { id, name } = await rig.channel("PJSIP/1000");
    await rig.asterisk.ami("MixMonitor", { Channel: name, File: "talk.wav" });
    const snoop = await rig.asterisk.ari("POST", `channels/${id}/snoop?app=listener&spy=both&snoopId=snoop-1`);
    await sleep(0.4);
    await rig.asterisk.ari("POST", `channels/${snoop.id}/record?name=spied&format=wav`);
    await sleep(1.2);
    await rig.roll();
    await rig.asterisk.ari("DELETE", `channels/${snoop.id}`);
    await talkAndHangUp(0.8, customer, agent);
    socket.terminate();
    return `Inbound. 0912345685 calls 02873002000; 1000 ${rang(agent)}, answers and talks ${talk(agent)}. A recorder records the call, another application listens by a Snoop channel for about 1.6 s. The customer hangs up.
      Right: one inbound call, Answered by 1000; the Snoop channel makes no call and no leg.`;
  },
};

export const agent_login = {
  note: "1007 logs in by AgentLogin and waits with music; a customer is connected by AgentRequest without a Dial; the customer hangs up, 1007 stays logged in; a second customer; 1007 logs off",
  async run(rig) {
    const agent = rig.phone("1007").call("*451007");
    await agent.up();
    // Asterisk gives a new agent no call for the first seconds.
    await sleep(9);
    const told = [];
    for (const number of ["0912345686", "0912345687"]) {
      const customer = rig.customer("02873004007", number);
      await customer.up();
      await sleep(3);
      if (number.endsWith("6")) await rig.roll();
      await customer.hangUp();
      told.push(`${number} calls 02873004007 at ${s(customer.at.calls)} and talks with 1007, over 1007's line that is up already, until ${until(customer)}; the customer hangs up.`);
      await sleep(2);
    }
    await agent.hangUp();
    return `1007 dials *451007 at ${s(agent.at.calls)}, logs in and waits, hearing music, until it hangs up at ${until(agent)}.
      ${told.join("\n")}
      Right: two inbound calls, each Answered by 1007, whose phone never rang; the login itself is no call of a customer.`;
  },
};

export const ari_bridge = {
  note: "another ARI application answers the customer, plays music in a bridge of its own, originates 1003's leg and adds it; announcement and recording of the bridge; the customer hangs up",
  async run(rig) {
    const ari = (method, path, body) => rig.asterisk.ari(method, path, body);
    const socket = new WebSocket(rig.asterisk.events("dispatcher"));
    await new Promise((done) => socket.once("open", done));
    const started = (id) =>
      new Promise((done) => {
        socket.on("message", (data) => {
          const event = JSON.parse(data);
          if (event.type === "StasisStart" && event.application === "dispatcher" && (!id || event.channel.id === id)) done(event.channel);
        });
      });
    const arrives = started();
    const customer = rig.customer("02873004001", "0912345688", "Bac Tu").speak();
    const root = await arrives;
    await ari("POST", `channels/${root.id}/answer`);
    await ari("POST", "bridges/desk-1?type=mixing&name=desk");
    await ari("POST", `bridges/desk-1/addChannel?channel=${root.id}`);
    await ari("POST", "bridges/desk-1/moh");
    await sleep(1);
    const joins = started("leg-1003");
    await ari("POST", "channels?endpoint=PJSIP/1003&app=dispatcher&channelId=leg-1003&callerId=0912345688");
    const third = await rig.rings("1003");
    await sleep(1);
    third.answer();
    await joins;
    await ari("DELETE", "bridges/desk-1/moh");
    await ari("POST", "bridges/desk-1/addChannel?channel=leg-1003");
    const met = rig.clock();
    await ari("POST", "bridges/desk-1/play?media=sound:beep");
    await ari("POST", "bridges/desk-1/record?name=desk&format=wav");
    await sleep(1.5);
    await rig.roll();
    await sleep(0.8);
    await customer.hangUp();
    await sleep(0.3);
    await ari("DELETE", "channels/leg-1003");
    await third.over();
    await ari("DELETE", "bridges/desk-1");
    socket.terminate();
    return `Inbound. 0912345688 "Bac Tu" calls 02873004001, where another application answers at ${from(customer)}, plays music and calls 1003 itself.
      1003 ${rang(third)}, answers at ${from(third)} and meets the customer in that application's bridge at ${s(met)}. The customer hangs up at ${until(customer)}; the application then ends 1003's leg.
      Right: one inbound call, Answered by 1003, who has the customer's card; no call of the announcer, recorder and music channels of the bridge.`;
  },
};

export const voice_bot = {
  note: "a voice bot by AudioSocket speaks with the customer first, then ring group 600: 1001 answers; another application records with ExternalMedia (UnicastRTP); the customer hangs up",
  async run(rig) {
    let bot;
    const server = createServer((socket) => {
      bot = socket;
      socket.on("error", () => {});
      socket.resume();
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    await rig.asterisk.command(`dialplan set global BOT_PORT ${server.address().port}`);
    const socket = new WebSocket(rig.asterisk.events("listener"));
    await new Promise((done) => socket.once("open", done));
    const customer = rig.customer("02873004002", "0912345689").speak();
    await customer.up();
    await sleep(2);
    // AudioSocket's own "hang up": the dialplan goes on.
    bot.write(Buffer.from([0, 0, 0]));
    bot.end();
    const second = await rig.rings("1001");
    await sleep(1);
    second.answer();
    await sleep(1);
    await rig.asterisk.ari("POST", "channels/externalMedia?app=listener&external_host=127.0.0.1:9&format=ulaw&channelId=media-1");
    await sleep(1);
    await rig.roll();
    await rig.asterisk.ari("DELETE", "channels/media-1");
    await talkAndHangUp(0.7, customer, second);
    socket.terminate();
    server.close();
    return `Inbound. 0912345689 calls 02873004002; a voice bot answers at ${from(customer)} and speaks with the customer for about 2 s. Then 1000, 1001 and 1002 ring at ${s(second.at.ringing)}; 1001 answers and talks ${talk(second)}. The customer hangs up.
      Meanwhile another application opens a media channel (UnicastRTP).
      Right: one inbound call, Answered by 1001 at ${from(second)}, not by the bot; the media channel makes no call.`;
  },
};

export const answer_announcement = {
  note: "1000 answers and hears an announcement first (Dial's A option), then talks; 1000 hangs up",
  async run(rig) {
    const customer = rig.customer("02873004003", "0912345690");
    const agent = await rig.rings("1000");
    await sleep(0.8);
    agent.answer();
    await talkAndHangUp(2.5, agent, customer);
    return `Inbound. 0912345690 calls 02873004003; 1000 ${rang(agent)}, answers at ${from(agent)}, hears a beep and talks with the customer until ${until(agent)}; 1000 hangs up.
      Right: one inbound call, Answered by 1000.`;
  },
};

export const stasis_hop = {
  note: "the dialplan hops through our Stasis app, which lets the customer go on to ring group 600; 1002 answers; the customer hangs up",
  async run(rig) {
    const customer = rig.customer("02873004004", "0912345691");
    await sleep(0.2);
    const { id } = await rig.channel("PJSIP/cmc-sip");
    await rig.asterisk.ari("POST", `channels/${encodeURIComponent(id)}/continue`);
    const third = await rig.rings("1002");
    await sleep(1);
    third.answer();
    await talkAndHangUp(1.5, customer, third);
    return `Inbound. 0912345691 calls 02873004004, waits 0.2 s in our Stasis app and goes on; 1000, 1001 and 1002 ring at ${s(third.at.ringing)}.
      1002 answers and talks ${talk(third)}. The customer hangs up.
      Right: one inbound call, Answered by 1002.`;
  },
};

export const slash_in_ids = {
  note: "asterisk.conf has systemname = hcm/1, so that every channel's id has a slash: the hop through our Stasis app, ring group 600; 1000 answers; the customer hangs up",
  options: { systemname: "hcm/1" },
  run: async (rig) => (await stasis_hop.run(rig)).replace("waits 0.2 s", "whose channel ids have a slash, waits 0.2 s"),
};
