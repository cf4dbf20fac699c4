//! What no recording holds: each test says a few events and what is to be so after them.

use std::cell::Cell;

use domain::{
    SignedDuration,
    call::{CallPhase, Direction, LegEnd, Outcome},
    ids::Extension,
    view::ChannelRow,
};
use serde_json::{Value, json};

use super::*;

/// A PBX that says what a test makes it say, a second apart.
struct Pbx {
    switchboard: Switchboard,
    second: Cell<i64>,
}

/// A channel as ARI has it: `7 PJSIP/1000 Ringing`, linked to the root's id.
struct Chan {
    id: u32,
    endpoint: &'static str,
    state: &'static str,
    number: &'static str,
    root: u32,
}

const fn chan(id: u32, endpoint: &'static str, state: &'static str, number: &'static str, root: u32) -> Chan {
    Chan { id, endpoint, state, number, root }
}

impl Chan {
    fn json(&self, created: i64) -> Value {
        let context = if self.endpoint == "PJSIP/trunk" { "from-trunk" } else { "from-internal" };
        let mut channel = json!({
            "id": format!("1.{}", self.id),
            "name": format!("{}-{:08x}", self.endpoint, self.id),
            "state": self.state,
            "caller": { "name": "", "number": self.number },
            "connected": { "name": "", "number": "" },
            "dialplan": { "context": context, "exten": "1900", "app_name": "", "app_data": "" },
            "creationtime": time(created),
        });
        if self.root > 0 {
            channel["channelvars"] = json!({ "CHANNEL(linkedid)": format!("1.{}", self.root) });
        }
        channel
    }
}

fn time(second: i64) -> String {
    format!("2026-11-24T02:{:02}:{:02}.000+0000", second / 60, second % 60)
}

impl Pbx {
    fn new() -> Self {
        let topology = Topology {
            pbx: "t".into(),
            inbound_contexts: vec!["from-trunk".to_owned()],
            trunks: vec!["PJSIP/trunk".into()],
            extensions: ["1000", "1001", "1005"].map(Extension::from).into(),
            devices: BTreeMap::from([("PJSIP/1000-softphone".into(), "1000".into())]),
        };
        Self { switchboard: Switchboard::new(topology), second: Cell::new(0) }
    }

    fn say(&mut self, kind: &str, fields: Value) -> Vec<Change> {
        self.second.set(self.second.get() + 1);
        let mut event = fields;
        event["type"] = json!(kind);
        event["timestamp"] = json!(time(self.second.get()));
        self.switchboard.apply(&Event::parse(&event.to_string()).unwrap())
    }

    fn created(&mut self, channel: &Chan) -> Vec<Change> {
        let created = self.second.get() + 1;
        self.say("ChannelCreated", json!({ "channel": channel.json(created) }))
    }

    fn state(&mut self, channel: &Chan) -> Vec<Change> {
        self.say("ChannelStateChange", json!({ "channel": channel.json(0) }))
    }

    fn dial(&mut self, caller: &Chan, peer: &Chan, status: &str) -> Vec<Change> {
        self.say("Dial", json!({ "caller": caller.json(0), "peer": peer.json(0), "dialstatus": status }))
    }

    fn gone(&mut self, channel: &Chan, cause: i32) -> Vec<Change> {
        self.say("ChannelDestroyed", json!({ "channel": channel.json(0), "cause": cause, "cause_txt": "" }))
    }

    fn call(&self, root: u32) -> &Call {
        self.switchboard.call(&id(root)).unwrap()
    }

    fn row(&self, channel: u32) -> &ChannelRow {
        let id = ChannelId::new(format!("1.{channel}"));
        self.switchboard.channels().find(|row| row.channel_id == id).unwrap()
    }

    /// A customer on channel 1 talks to 1000 on channel 2.
    fn talking() -> Self {
        let mut pbx = Self::new();
        pbx.created(&CUSTOMER);
        pbx.created(&chan(2, "PJSIP/1000", "Down", "1000", 1));
        pbx.state(&chan(2, "PJSIP/1000", "Up", "1000", 1));
        pbx.meet(&[&CUSTOMER, &chan(2, "PJSIP/1000", "Up", "1000", 1)], "b");
        pbx
    }

    /// These channels enter a bridge.
    fn meet(&mut self, channels: &[&Chan], bridge: &str) {
        for channel in channels {
            let bridge = json!({ "id": bridge, "technology": "simple_bridge", "channels": [] });
            self.say("ChannelEnteredBridge", json!({ "channel": channel.json(0), "bridge": bridge }));
        }
    }
}

const CUSTOMER: Chan = chan(1, "PJSIP/trunk", "Ring", "0912345678", 1);

fn bridge(channels: &[u32]) -> ari::Bridge {
    let channels = channels.iter().map(|channel| ChannelId::new(format!("1.{channel}"))).collect();
    ari::Bridge { id: "b".to_owned(), channels, ..ari::Bridge::default() }
}

fn id(root: u32) -> CallId {
    format!("t:1.{root}").as_str().into()
}

#[test]
fn an_attended_transfer_by_the_phone_folds_the_asking_into_the_customers_call() {
    let mut pbx = Pbx::talking();
    let asking = chan(3, "PJSIP/1000", "Ring", "1000", 3);
    let asked = chan(4, "PJSIP/1005", "Up", "1005", 3);
    pbx.created(&asking);
    pbx.created(&chan(4, "PJSIP/1005", "Down", "1005", 3));
    pbx.state(&asked);
    pbx.meet(&[&asking, &asked], "c");
    assert_eq!(pbx.row(4).with.as_ref().unwrap().number, "1000", "asked by a colleague");

    let changes = pbx.say(
        "BridgeAttendedTransfer",
        json!({
            "result": "Success",
            "transferer_first_leg": chan(2, "PJSIP/1000", "Up", "1000", 1).json(0),
            "transferer_second_leg": asking.json(0),
            "transferee": CUSTOMER.json(0),
            "transfer_target": asked.json(0),
        }),
    );
    assert_eq!(changes[0], Change::Merged { from: id(3), into: id(1) });
    assert!(matches!(&changes[1], Change::Call(call) if call.id == id(1)));
    assert_eq!(pbx.row(4).with.as_ref().unwrap().number, "0912345678", "talks to the customer");

    pbx.meet(&[&asked], "b");
    pbx.gone(&asking, 16);
    pbx.gone(&chan(2, "PJSIP/1000", "Up", "1000", 1), 16);
    let call = pbx.call(1);
    assert_eq!(call.phase, CallPhase::Talking);
    assert_eq!(call.answer.as_ref().unwrap().exten, Some("1005".into()));
    assert_eq!(call.aliases, [id(3)]);
    assert_eq!(call.legs.iter().map(|leg| leg.end).collect::<Vec<_>>(), [Some(LegEnd::Transferred), None]);
    assert_eq!(pbx.call(3).id, id(1), "found by its old name");

    pbx.gone(&asked, 16);
    pbx.gone(&CUSTOMER, 16);
    assert_eq!(pbx.call(1).outcome, Some(Outcome::Answered));
    assert_eq!(pbx.switchboard.calls().count(), 0);
}

#[test]
fn two_hidden_callers_at_once_stay_apart_without_linkedid() {
    let mut pbx = Pbx::new();
    let callers = [1, 2].map(|id| chan(id, "PJSIP/trunk", "Ring", "anonymous", 0));
    let phones = [chan(11, "PJSIP/1000", "Ringing", "1000", 0), chan(12, "PJSIP/1001", "Ringing", "1001", 0)];
    for caller in &callers {
        pbx.created(caller);
    }
    // The phones ring before the Dial that tells for whom.
    for phone in &phones {
        pbx.state(phone);
    }
    assert!(pbx.call(1).legs.is_empty() && pbx.row(11).call_id.is_none());
    pbx.dial(&callers[1], &phones[0], "");
    pbx.dial(&callers[0], &phones[1], "");
    assert_eq!(pbx.row(11).call_id, Some(id(2)));
    assert_eq!(pbx.row(12).call_id, Some(id(1)));
    assert_eq!(pbx.call(1).phase, CallPhase::Ringing);
}

#[test]
fn a_ring_that_moves_on_leaves_the_caller_waiting() {
    let mut pbx = Pbx::new();
    pbx.created(&CUSTOMER);
    let first = chan(2, "PJSIP/1000", "Ringing", "1000", 1);
    pbx.state(&first);
    pbx.dial(&CUSTOMER, &first, "NOANSWER");
    pbx.gone(&first, 0);
    assert_eq!(pbx.call(1).phase, CallPhase::Waiting);
    assert_eq!(pbx.call(1).legs[0].end, Some(LegEnd::NoAnswer));
    pbx.state(&chan(3, "PJSIP/1001", "Ringing", "1001", 1));
    assert_eq!(pbx.call(1).phase, CallPhase::Ringing);
}

#[test]
fn a_phone_that_never_rang_has_missed_nothing() {
    let mut pbx = Pbx::talking();
    let dead = chan(3, "PJSIP/1001", "Down", "1001", 1);
    pbx.created(&dead);
    pbx.gone(&dead, 26);
    assert_eq!(pbx.call(1).legs[1].end, Some(LegEnd::Failed));
}

#[test]
fn a_second_device_belongs_to_its_extension() {
    let mut pbx = Pbx::new();
    pbx.created(&CUSTOMER);
    let softphone = chan(2, "PJSIP/1000-softphone", "Up", "1000", 1);
    pbx.state(&softphone);
    pbx.dial(&CUSTOMER, &softphone, "ANSWER");
    assert_eq!(pbx.call(1).answer.as_ref().unwrap().exten, Some("1000".into()));
}

#[test]
fn an_agent_who_called_out_holds_the_call_on_the_root() {
    let mut pbx = Pbx::new();
    let agent = chan(1, "PJSIP/1000", "Ring", "1000", 1);
    pbx.created(&agent);
    assert_eq!(pbx.call(1).direction, Direction::Internal);
    let customer = chan(2, "PJSIP/trunk", "Up", "0912345678", 1);
    pbx.state(&customer);
    assert_eq!((pbx.call(1).direction, &pbx.call(1).root_exten), (Direction::Outbound, &Some("1000".into())));
    pbx.meet(&[&agent, &customer], "b");
    pbx.say("ChannelHold", json!({ "channel": agent.json(0) }));
    assert_eq!(pbx.call(1).phase, CallPhase::Held);
    pbx.say("ChannelUnhold", json!({ "channel": agent.json(0) }));
    assert_eq!(pbx.call(1).phase, CallPhase::Talking);
}

#[test]
fn a_channel_that_is_silent_too_long_is_asked_about_and_ended_when_it_is_gone() {
    let mut pbx = Pbx::talking();
    let (phone, at) = (ChannelId::new("1.2"), |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap());
    let patience = SignedDuration::from_secs(30);
    assert!(pbx.switchboard.silent(at(0), patience).is_empty());
    assert!(pbx.switchboard.silent(at(29), patience).is_empty());
    assert_eq!(pbx.switchboard.silent(at(30), patience), [ChannelId::new("1.1"), phone.clone()]);
    assert!(pbx.switchboard.silent(at(31), patience).is_empty(), "asked about already");

    pbx.switchboard.checked(&ChannelId::new("1.1"), None, at(32));
    let last = pbx.switchboard.checked(&phone, None, at(32));
    assert!(last.iter().any(|it| matches!(it, Change::Call(call) if call.phase == CallPhase::Ended)), "{last:?}");
    assert_eq!(pbx.call(1).legs[0].end, Some(LegEnd::Lost));
    assert!(pbx.switchboard.checked(&phone, None, at(33)).is_empty(), "it was gone already");
}

#[test]
fn nothing_is_told_where_nothing_changed() {
    let mut pbx = Pbx::talking();
    let again = pbx.state(&chan(2, "PJSIP/1000", "Up", "1000", 1));
    let late = pbx.state(&chan(2, "PJSIP/1000", "Ringing", "1000", 1));
    assert_eq!(again, []);
    assert_eq!(late, []);
    assert_eq!(pbx.call(1).phase, CallPhase::Talking);
}

#[test]
fn a_lost_link_makes_calls_stale_and_the_roll_clears_them() {
    let mut pbx = Pbx::talking();
    assert_eq!(pbx.switchboard.link_down().len(), 1);
    assert!(pbx.call(1).stale);
    let still_there = [CUSTOMER.json(1), chan(2, "PJSIP/1000", "Up", "1000", 1).json(2)];
    let channels = still_there.map(|channel| serde_json::from_value(channel).unwrap()).to_vec();
    let roll = Roll { channels, bridges: vec![bridge(&[1, 2])], ..Roll::default() };
    pbx.switchboard.reconcile(&roll, Timestamp::UNIX_EPOCH);
    assert!(!pbx.call(1).stale);
    assert_eq!(pbx.switchboard.reconcile(&roll, Timestamp::UNIX_EPOCH), [], "nothing new");

    let now = Timestamp::from_second(1_800_000_000).unwrap();
    pbx.switchboard.reconcile(&Roll::default(), now);
    let call = pbx.call(1);
    assert_eq!((call.phase, call.ended_at), (CallPhase::Ended, Some(now)));
    assert_eq!(call.legs[0].end, Some(LegEnd::Lost));
}

#[test]
fn a_call_whose_root_has_left_keeps_its_name_when_the_server_starts_anew() {
    let mut pbx = Pbx::new();
    let channels = [chan(2, "PJSIP/trunk", "Up", "0912345678", 1), chan(3, "PJSIP/1005", "Up", "1005", 1)];
    let channels = channels.map(|channel| serde_json::from_value(channel.json(7)).unwrap()).to_vec();
    let roll = Roll { channels, bridges: vec![bridge(&[2, 3])], ..Roll::default() };
    let changes = pbx.switchboard.reconcile(&roll, Timestamp::UNIX_EPOCH);
    let call = pbx.call(1);
    assert_eq!((call.phase, call.direction, call.legs.len()), (CallPhase::Talking, Direction::Outbound, 2));
    assert_eq!(changes.iter().filter(|change| matches!(change, Change::Call(_))).count(), 1);
}

impl Pbx {
    /// The customer on channel 2 is handed to 1000 on channel 1, whose call theirs becomes a part
    /// of. Channel 5, the root of theirs, had left before anybody looked.
    fn merged_without_its_root() -> Self {
        let mut pbx = Self::new();
        let customer = chan(2, "PJSIP/trunk", "Up", "0912345678", 5);
        let agent = chan(1, "PJSIP/1000", "Up", "1000", 1);
        pbx.roll(&customer);
        pbx.created(&agent);
        let changes = pbx.say(
            "BridgeAttendedTransfer",
            json!({
                "result": "Success",
                "transferer_first_leg": agent.json(0),
                "transferer_second_leg": agent.json(0),
                "transfer_target": customer.json(0),
            }),
        );
        assert_eq!(changes[0], Change::Merged { from: id(5), into: id(1) });
        pbx
    }

    /// A roll with no other channel than this one.
    fn roll(&mut self, channel: &Chan) {
        let channels = vec![serde_json::from_value(channel.json(0)).unwrap()];
        self.switchboard.reconcile(&Roll { channels, ..Roll::default() }, Timestamp::UNIX_EPOCH);
    }
}

#[test]
fn a_root_that_shows_up_after_the_merge_finds_its_call_in_the_other() {
    let mut pbx = Pbx::merged_without_its_root();
    pbx.created(&chan(5, "PJSIP/1005", "Up", "1005", 5));
    assert_eq!((pbx.switchboard.calls().count(), &pbx.row(5).call_id), (1, &Some(id(1))));
}

#[test]
fn no_channel_stands_in_for_the_root_of_a_call_that_ended_in_another() {
    let mut pbx = Pbx::merged_without_its_root();
    pbx.switchboard.reconcile(&Roll::default(), Timestamp::UNIX_EPOCH);
    assert_eq!(pbx.call(5).phase, CallPhase::Ended);
    pbx.roll(&chan(3, "PJSIP/1001", "Up", "1001", 5));
    assert_eq!(pbx.switchboard.calls().count(), 0);
}

#[test]
fn a_phone_that_rang_when_nobody_listened_has_rung() {
    let mut pbx = Pbx::new();
    let phone = |state| chan(2, "PJSIP/1000", state, "1000", 1);
    pbx.created(&CUSTOMER);
    pbx.created(&phone("Down"));
    pbx.switchboard.link_down();
    pbx.gone(&phone("Ringing"), 0);
    pbx.gone(&CUSTOMER, 0);
    assert_eq!(pbx.call(1).legs[0].end, Some(LegEnd::NoAnswer));
}

#[test]
fn a_caller_whom_everybody_left_waits_and_is_asked_about() {
    let mut pbx = Pbx::talking();
    pbx.say("ChannelLeftBridge", json!({ "channel": CUSTOMER.json(0), "bridge": { "id": "b", "channels": [] } }));
    assert_eq!(pbx.call(1).phase, CallPhase::Talking, "as a rule Asterisk hangs up on the caller now");
    let now = pbx.switchboard.now;
    assert!(pbx.switchboard.pass(now).is_empty());
    let later = now + SignedDuration::from_secs(1);
    assert_eq!(pbx.switchboard.pass(later).len(), 1);
    assert_eq!(pbx.call(1).phase, CallPhase::Waiting);
    assert!(pbx.switchboard.pass(later).is_empty());
    let patience = SignedDuration::from_secs(30);
    assert_eq!(pbx.switchboard.silent(later, patience), [ChannelId::new("1.1")], "where the caller is now");
}
