//! Scores held against recordings of a real Asterisk, and a day held against itself.

mod day;
mod story;

use std::collections::{BTreeMap, BTreeSet};

use domain::call::{CallPhase, LegEnd, Outcome};
use serde_json::Value;

use super::*;
use crate::switchboard::{Change, Switchboard, Topology};
use story::{lives, story};

fn cast() -> Cast {
    Cast {
        extensions: (1000..1012).map(|exten| Extension::new(exten.to_string())).collect(),
        trunk: "PJSIP/trunk".into(),
        inbound_context: "from-trunk".to_owned(),
        did: "1900".to_owned(),
        app: "ringside".to_owned(),
    }
}

fn topology() -> Topology {
    Topology {
        pbx: "rig".into(),
        inbound_contexts: vec!["from-trunk".to_owned()],
        trunks: vec!["PJSIP/trunk".into()],
        extensions: cast().extensions.into_iter().collect(),
        devices: BTreeMap::new(),
    }
}

fn start() -> Timestamp {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

fn caller() -> Party {
    Party::new("Nguyễn Văn A", "0912345603")
}

fn score(scenario: &str, busy: &[&str]) -> Score {
    let scenario = serde_json::from_str(scenario).unwrap();
    let busy = busy.iter().map(|exten| Extension::from(*exten)).collect();
    let stage = Stage { cast: &cast(), start: start(), pace: 1.0, busy: &busy };
    play(&scenario, &caller(), &stage, &mut Ids::default()).unwrap()
}

fn texts(score: &Score) -> Vec<Value> {
    score.events.iter().map(|timed| serde_json::from_str(&timed.event).unwrap()).collect()
}

/// The events of a recording, whichever directory the tests run in.
fn recording(name: &str) -> Vec<Value> {
    let path = format!("{}/tests/transcripts/{name}.ndjson", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter_map(|mut line| Some(line.get_mut("ev")?.take())).collect()
}

/// Less the channels that rang in vain.
fn without_losers(events: &[Value]) -> Vec<Value> {
    let channel = |event: &Value| event.get("channel").or(event.get("peer")).map(|channel| channel["id"].clone());
    let lost = events.iter().filter(|event| event["type"] == "ChannelDestroyed" && event["cause"] == 26);
    let losers: Vec<_> = lost.map(channel).collect();
    events.iter().filter(|event| !losers.contains(&channel(event))).cloned().collect()
}

/// The same story as the recording, and the same life for every channel.
#[track_caller]
fn check(name: &str, scenario: &str) {
    compare(name, &texts(&score(scenario, &[])), &recording(name));
}

/// As [`check`], for recordings in which not all phones rang.
#[track_caller]
fn check_winners(name: &str, scenario: &str) {
    compare(name, &without_losers(&texts(&score(scenario, &[]))), &without_losers(&recording(name)));
}

#[track_caller]
fn compare(name: &str, played: &[Value], recorded: &[Value]) {
    assert_eq!(story(played), story(recorded), "{name}");
    let (played, mut recorded) = (lives(played), lives(recorded));
    // A phone rings so fast that its state may overtake the Dials, which another thread tells.
    let rank = |what: &String| match what.as_str() {
        "ChannelCreated \"Down\"" => 0,
        "Dial \"\"" => 1,
        "ChannelStateChange \"Ringing\"" => 2,
        "Dial \"RINGING\"" => 3,
        _ => 4,
    };
    for life in recorded.values_mut().filter(|life| rank(&life[0]) == 0 && life.iter().any(|what| rank(what) == 1)) {
        life.sort_by_key(rank);
    }
    assert_eq!(played, recorded, "{name}");
}

#[test]
fn an_answered_call() {
    check("answer_caller_hangs", r#"{"scenario": "answered", "by": "1003"}"#);
}

#[test]
fn an_abandoned_call() {
    check("abandoned", r#"{"scenario": "abandoned", "ringMs": 2500}"#);
}

#[test]
fn a_call_that_nobody_answers() {
    check("no_answer", r#"{"scenario": "noAnswer"}"#);
}

#[test]
fn a_call_that_everybody_refuses() {
    check("all_busy", r#"{"scenario": "allBusy"}"#);
}

#[test]
fn a_blind_transfer() {
    check("blind_refer", r#"{"scenario": "blindTransfer", "from": "1003", "to": "1005"}"#);
}

#[test]
fn a_call_on_hold() {
    check("hold", r#"{"scenario": "held", "by": "1003", "talkMs": 5000, "holdMs": 2000}"#);
}

#[test]
fn an_outbound_call() {
    check("outbound", r#"{"scenario": "outbound", "from": "1004", "number": "0281234567"}"#);
}

#[test]
fn an_internal_call() {
    check("internal", r#"{"scenario": "internal", "from": "1004", "to": "1006"}"#);
}

#[test]
fn a_queue() {
    check("queue", r#"{"scenario": "queue", "by": "1004"}"#);
}

#[test]
fn a_menu_that_answers_first() {
    check_winners("ivr", r#"{"scenario": "ivrFirst", "by": "1006"}"#);
}

#[test]
fn an_attended_transfer() {
    check_winners("attended", r#"{"scenario": "attendedTransfer", "from": "1000", "to": "1005"}"#);
}

#[test]
fn a_phone_that_talks_refuses_and_the_others_ring() {
    let story = story(&texts(&score(r#"{"scenario": "answered", "by": "1003"}"#, &["1000", "1003"])));
    let of = |endpoint: &str| story.legs.iter().find(|(leg, _)| leg == endpoint).unwrap().1;
    assert_eq!(of("PJSIP/1000"), Some(LegEnd::Busy));
    assert_eq!(of("PJSIP/1001"), Some(LegEnd::AnsweredElsewhere));
    assert_eq!(of("PJSIP/1003"), Some(LegEnd::Completed), "a second call, since the scenario wants it");
}

#[test]
fn where_everybody_talks_the_caller_hears_busy() {
    let everybody: Vec<_> = cast().extensions.iter().map(ToString::to_string).collect();
    let everybody: Vec<_> = everybody.iter().map(String::as_str).collect();
    for scenario in [r#"{"scenario": "abandoned"}"#, r#"{"scenario": "noAnswer"}"#, r#"{"scenario": "allBusy"}"#] {
        let story = story(&texts(&score(scenario, &everybody)));
        assert_eq!((story.outcome, story.phases), (Some(Outcome::Busy), vec![CallPhase::Waiting, CallPhase::Ended]));
    }
}

#[test]
fn a_phone_that_is_not_there_is_named() {
    let scenario = serde_json::from_str(r#"{"scenario": "internal", "from": "1000", "to": "1099"}"#).unwrap();
    let stage = Stage { cast: &cast(), start: start(), pace: 1.0, busy: &BTreeSet::new() };
    let error = play(&scenario, &caller(), &stage, &mut Ids::default()).unwrap_err();
    assert!(error.to_string().contains("1099"), "{error}");
}

#[test]
fn twice_the_pace_is_half_the_time() {
    let scenario = serde_json::from_str(r#"{"scenario": "answered", "by": "1003", "ringMs": 4000, "talkMs": 6000}"#);
    let (scenario, cast, busy) = (scenario.unwrap(), cast(), BTreeSet::new());
    let [slow, fast] = [1.0, 2.0].map(|pace| {
        let stage = Stage { cast: &cast, start: start(), pace, busy: &busy };
        play(&scenario, &caller(), &stage, &mut Ids::default()).unwrap()
    });
    let last = |score: &Score| score.events.last().unwrap().after;
    assert!(last(&slow) > Duration::from_secs(10));
    assert_eq!(last(&slow), last(&fast) * 2);
    let told = texts(&fast).last().unwrap()["timestamp"].as_str().unwrap().to_owned();
    assert!(told.starts_with("2026-11-24T09:00:05.0"), "events carry the time at which they are played: {told}");
}

#[test]
fn the_roll_has_every_phone_and_the_trunk_online() {
    let mut switchboard = Switchboard::new(topology());
    let changes = switchboard.reconcile(&roll(&cast(), start()), start());
    let online = changes.iter().filter(|change| matches!(change, Change::Endpoint(row) if row.online == Some(true)));
    assert_eq!(online.count(), 13);
}
