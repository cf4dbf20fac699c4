//! What became of a call, and of each of its channels, in words that two calls can share.

use std::collections::BTreeMap;

use domain::{
    call::{CallPhase, Direction, LegEnd, Outcome},
    ids::Extension,
};
use serde_json::Value;

use super::topology;
use crate::{
    ari::Event,
    switchboard::{Change, Switchboard},
};

/// What became of a call, without its times and names.
#[derive(Debug, PartialEq)]
pub struct Story {
    pub direction: Direction,
    pub phases: Vec<CallPhase>,
    pub outcome: Option<Outcome>,
    pub answered_by: Option<Extension>,
    /// Endpoint and end of each leg, whichever was made first.
    pub legs: Vec<(String, Option<LegEnd>)>,
}

/// Folds the events of one call.
pub fn story(events: &[Value]) -> Story {
    let mut switchboard = Switchboard::new(topology());
    let mut calls = Vec::new();
    for event in events {
        let changes = switchboard.apply(&Event::parse(&event.to_string()).unwrap());
        calls.extend(changes.into_iter().filter_map(|change| match change {
            Change::Call(call) => Some(*call),
            _ => None,
        }));
    }
    assert_eq!(switchboard.channels().count(), 0, "every channel ends");
    let last = calls.last().unwrap();
    assert!(calls.iter().all(|call| call.id == last.id), "one call");
    let mut phases: Vec<_> = calls.iter().map(|call| call.phase).collect();
    phases.dedup();
    let mut legs: Vec<_> = last.legs.iter().map(|leg| (leg.endpoint.to_string(), leg.end)).collect();
    legs.sort_by(|(one, _), (other, _)| one.cmp(other));
    Story {
        direction: last.direction,
        phases,
        outcome: last.outcome,
        answered_by: last.answer.as_ref().and_then(|answer| answer.exten.clone()),
        legs,
    }
}

/// What each channel went through, by its endpoint and its turn there, sorted.
pub fn lives(events: &[Value]) -> BTreeMap<String, Vec<String>> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut lives: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in events {
        let what = match event["type"].as_str().unwrap() {
            kind @ ("ChannelCreated" | "ChannelStateChange") => format!("{kind} {}", event["channel"]["state"]),
            kind @ "Dial" => format!("{kind} {}", event["dialstatus"]),
            kind @ "ChannelDestroyed" => format!("{kind} {}", event["cause"]),
            kind @ "ChannelHangupRequest" if event["soft"] == true => format!("{kind} soft"),
            kind @ ("StasisStart"
            | "StasisEnd"
            | "ChannelHold"
            | "ChannelUnhold"
            | "ChannelEnteredBridge"
            | "ChannelLeftBridge"
            | "BridgeBlindTransfer"
            | "ChannelHangupRequest") => kind.to_owned(),
            _ => continue,
        };
        let channel = event.get("channel").unwrap_or(&event["peer"]);
        let (id, name) = (channel["id"].to_string(), channel["name"].as_str().unwrap());
        let (endpoint, serial) = name.rsplit_once('-').unwrap();
        let half = serial.split_once(';').map_or("", |(_, half)| half);
        let known = names.values().filter(|other| other.starts_with(endpoint)).count();
        let key = names.entry(id).or_insert_with(|| format!("{endpoint}{half} #{known}"));
        lives.entry(key.clone()).or_default().push(what);
    }
    lives
}
