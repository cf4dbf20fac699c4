//! A PBX that says anything at all: four bytes are one step of it. Whatever the order, and
//! whatever is lost or repeated: no panic; no call or channel is told of after its end; what was
//! told is what is so; and when every channel is gone, so is every call.
//!
//! The bytes are read by hand, so that an input that is kept means the same for ever.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Timestamp,
    call::{Call, CallPhase, ChannelState, Party},
    ids::{CallId, ChannelId},
};
use pbx::{
    ari::{
        AttendedTransfer, BlindTransfer, Bridge, Channel, Destroyed, Dial, Dialplan, Endpoint, Event, Hangup, InBridge,
        OnChannel, OnEndpoint,
    },
    switchboard::{Change, Roll, Switchboard, Topology},
};

/// The names that channels may have; one id has one name for ever.
const NAMES: [&str; 8] = [
    "PJSIP/trunk-1",
    "PJSIP/1000-2",
    "PJSIP/1001-3",
    "Local/1000@agents-4;1",
    "Local/1000@agents-4;2",
    "PJSIP/1000-softphone-6",
    "PJSIP/1005-7",
    "PJSIP/trunk-8",
];
const CHANNELS: u8 = 16;
const STATES: [ChannelState; 8] = [
    ChannelState::Down,
    ChannelState::Ring,
    ChannelState::Ringing,
    ChannelState::Up,
    ChannelState::Busy,
    ChannelState::Dialing,
    ChannelState::Mute,
    ChannelState::Unknown,
];
const STATUSES: [&str; 8] = ["", "RINGING", "PROGRESS", "ANSWER", "CANCEL", "BUSY", "NOANSWER", "CHANUNAVAIL"];
const CAUSES: [i32; 8] = [0, 16, 17, 19, 21, 26, 34, 127];

pub fn check(data: &[u8]) {
    let Some((end, steps)) = data.split_first() else { return };
    let mut world = World::new();
    let mut said = Vec::new();
    for step in steps.as_chunks::<4>().0.iter().take(256) {
        world.at += i64::from(step[0] >> 5);
        match step[0] % 20 {
            16 => world.link_down(),
            17 => world.reconcile(&roll(step)),
            18 if !said.is_empty() => {
                let again = usize::from(step[1]) % said.len();
                world.apply(&said[again]);
            }
            _ => {
                let event = event(step, time(world.at));
                world.apply(&event);
                said.push(event);
            }
        }
    }
    world.end(end % 2 == 0);
    // Late and repeated, they revive nothing.
    for event in &said {
        world.apply(event);
    }
    world.end(true);
}

struct World {
    switchboard: Switchboard,
    at: i64,
    /// The calls and rows as they were told.
    calls: BTreeMap<CallId, Call>,
    rows: BTreeSet<ChannelId>,
    /// Calls that are over, or are parts of others.
    over: BTreeSet<CallId>,
    gone: BTreeSet<ChannelId>,
}

impl World {
    fn new() -> Self {
        let topology = Topology {
            pbx: "t".into(),
            inbound_contexts: vec!["from-trunk".to_owned()],
            trunks: vec!["PJSIP/trunk".into()],
            extensions: ["1000", "1001", "1005"].map(Into::into).into(),
            devices: [("PJSIP/1000-softphone".into(), "1000".into())].into(),
        };
        Self {
            switchboard: Switchboard::new(topology),
            at: 1_000,
            calls: BTreeMap::new(),
            rows: BTreeSet::new(),
            over: BTreeSet::new(),
            gone: BTreeSet::new(),
        }
    }

    fn apply(&mut self, event: &Event) {
        let changes = self.switchboard.apply(event);
        self.hear(changes);
    }

    fn link_down(&mut self) {
        let changes = self.switchboard.link_down();
        self.hear(changes);
        assert!(self.switchboard.calls().all(|call| call.stale), "the link is down");
    }

    fn reconcile(&mut self, roll: &Roll) {
        let changes = self.switchboard.reconcile(roll, time(self.at));
        self.hear(changes);
        assert!(self.switchboard.calls().all(|call| !call.stale), "the link is up");
    }

    /// Ends every channel, as Asterisk says it or as a roll shows it.
    fn end(&mut self, destroyed: bool) {
        if destroyed {
            for id in 0..CHANNELS {
                self.apply(&Event::ChannelDestroyed(Destroyed {
                    timestamp: time(self.at),
                    channel: channel(id, 0),
                    cause: 16,
                    cause_txt: String::new(),
                }));
            }
        } else {
            self.reconcile(&Roll::default());
        }
        assert_eq!(self.switchboard.calls().count(), 0, "a call is left");
        assert_eq!(self.switchboard.channels().count(), 0, "a channel is left");
    }

    /// Takes the changes as the server's hub does, and holds them against what is so.
    fn hear(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Call(call) => {
                    assert!(!self.over.contains(&call.id), "{} was reopened", call.id);
                    let ended = call.phase == CallPhase::Ended;
                    assert_eq!((call.ended_at.is_some(), call.outcome.is_some()), (ended, ended), "{call:?}");
                    let channels: BTreeSet<_> = call.legs.iter().map(|leg| &leg.channel).collect();
                    assert_eq!(channels.len(), call.legs.len(), "a channel has two legs: {call:?}");
                    if ended {
                        assert!(call.live_legs().next().is_none(), "a leg outlived its call: {call:?}");
                        self.over.insert(call.id.clone());
                        self.calls.remove(&call.id);
                    } else {
                        self.calls.insert(call.id.clone(), *call);
                    }
                }
                Change::Merged { from, into } => {
                    assert!(!self.over.contains(&into), "{from} was merged into {into}, which is over");
                    assert!(self.over.insert(from.clone()), "{from} was merged, and it is over");
                    self.calls.remove(&from);
                }
                Change::Channel(row) => {
                    assert!(!self.gone.contains(&row.channel_id), "{} was revived", row.channel_id);
                    self.rows.insert(row.channel_id);
                }
                Change::ChannelGone(id) => {
                    assert!(self.rows.remove(&id), "{id} was not told");
                    self.gone.insert(id);
                }
                Change::Endpoint(_) => {}
            }
        }
        let calls: BTreeMap<_, _> = self.switchboard.calls().map(|call| (call.id.clone(), call.clone())).collect();
        assert_eq!(self.calls, calls, "told, and so");
        for row in self.switchboard.channels() {
            assert!(self.rows.contains(&row.channel_id), "{} was not told", row.channel_id);
            assert!(row.call_id.as_ref().is_none_or(|id| calls.contains_key(id)), "{row:?} has a call that is over");
        }
    }
}

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

fn id(id: u8) -> ChannelId {
    ChannelId::new(format!("1.{}", id % CHANNELS))
}

/// The low half of `who` is the channel, the rest its state and whether it says its linkedid;
/// the low half of `more` is that linkedid, the highest bit that it serves somebody's Dial.
fn channel(who: u8, more: u8) -> Channel {
    let name = NAMES[usize::from(who) % NAMES.len()];
    let linkedid = (who & 0x80 != 0).then(|| ("CHANNEL(linkedid)".to_owned(), id(more).to_string()));
    let party = |number: &str| Party::new("", number.to_owned());
    Channel {
        id: id(who),
        name: name.to_owned(),
        state: STATES[usize::from(who >> 4) % STATES.len()],
        caller: party(name.trim_start_matches("PJSIP/")),
        connected: party(if more & 0x40 == 0 { "" } else { "1005" }),
        dialplan: Dialplan {
            context: if name.starts_with("PJSIP/trunk") { "from-trunk" } else { "from-internal" }.to_owned(),
            exten: if more & 0x20 == 0 { "1900" } else { "s" }.to_owned(),
            app_name: if more & 0x80 == 0 { "Dial" } else { "AppDial" }.to_owned(),
            app_data: String::new(),
        },
        creationtime: time(i64::from(who % CHANNELS)),
        channelvars: linkedid.into_iter().collect(),
    }
}

/// One of two bridges where people talk, or a parking lot.
fn bridge(channels: Vec<ChannelId>, more: u8) -> Bridge {
    let (id, technology) = [("b", "simple_bridge"), ("c", "softmix"), ("p", "holding_bridge")][usize::from(more) % 3];
    Bridge { id: id.to_owned(), technology: technology.to_owned(), channels, ..Bridge::default() }
}

fn event(step: &[u8; 4], timestamp: Timestamp) -> Event {
    let [kind, who, whom, more] = *step;
    let select = usize::from(more >> 4) % 8;
    let channel = || channel(who, more);
    let other = || self::channel(whom, more);
    let on = || OnChannel { timestamp, channel: channel(), caller_presentation: None };
    let a_bridge = || bridge(vec![id(who), id(whom), id(more)], more);
    let in_bridge = || InBridge { timestamp, bridge: a_bridge(), channel: channel() };
    let result = || if more & 0x10 == 0 { "Success" } else { "Fail" }.to_owned();
    match kind % 20 {
        0 => Event::ChannelCreated(on()),
        1 => Event::ChannelStateChange(on()),
        2 => Event::ChannelConnectedLine(on()),
        3 => Event::ChannelHold(on()),
        4 => Event::ChannelUnhold(on()),
        5 => Event::ChannelHangupRequest(Hangup { timestamp, channel: channel(), soft: more & 0x10 == 0 }),
        6 | 7 => Event::ChannelDestroyed(Destroyed {
            timestamp,
            channel: channel(),
            cause: CAUSES[select],
            cause_txt: String::new(),
        }),
        8 => Event::ChannelEnteredBridge(in_bridge()),
        9 => Event::ChannelLeftBridge(in_bridge()),
        10 => Event::BridgeBlindTransfer(BlindTransfer { timestamp, channel: channel(), result: result() }),
        11 | 12 => Event::BridgeAttendedTransfer(Box::new(AttendedTransfer {
            timestamp,
            transferer_first_leg: channel(),
            transferer_second_leg: other(),
            transferee: (more & 0x20 == 0).then(|| self::channel(more, more)),
            transfer_target: (more & 0x40 == 0).then(|| self::channel(more >> 4, more)),
            result: result(),
        })),
        13 => Event::EndpointStateChange(OnEndpoint {
            endpoint: Endpoint {
                technology: "PJSIP".to_owned(),
                resource: "1000".to_owned(),
                state: (who & 1 == 0).then(|| "online".to_owned()),
            },
        }),
        _ => Event::Dial(Box::new(Dial {
            timestamp,
            caller: (kind & 0x80 == 0).then(channel),
            peer: other(),
            dialstatus: STATUSES[select].to_owned(),
            dialstring: if whom & 0x20 == 0 { "0912345637@trunk" } else { "" }.to_owned(),
            forward: if whom & 0x10 == 0 { "" } else { "1005" }.to_owned(),
        })),
    }
}

/// Bits choose the channels that are there; what they are is the same for all of them.
fn roll(step: &[u8; 4]) -> Roll {
    let there = u16::from_le_bytes([step[1], step[2]]);
    let ids = (0..CHANNELS).filter(|id| there & (1 << id) != 0);
    let channels: Vec<_> = ids.map(|id| channel(id | (step[3] & 0xf0), step[3])).collect();
    let all = bridge(channels.iter().map(|it| it.id.clone()).collect(), step[3]);
    Roll {
        channels,
        bridges: if step[0] & 0x40 == 0 { vec![all] } else { Vec::new() },
        endpoints: Vec::new(),
        started_at: Some(time(i64::from(step[0] >> 7))),
    }
}
