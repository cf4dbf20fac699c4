//! Recorded calls of a ring group, and copies of them: every copy has channels, a caller and
//! phones of its own.

mod template;

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

pub use self::template::{Copy, FIRST_EXTENSION, extension};
use self::template::{Names, Template};
use crate::Outcome;

/// Phones of the recorded ring group: 1000 to 1011.
pub const PHONES: usize = 12;

/// What the benchmark plays: the caller hangs up, and the agent does.
const RECORDED: [&str; 2] = [
    include_str!("../../pbx/tests/transcripts/answer_caller_hangs.ndjson"),
    include_str!("../../pbx/tests/transcripts/agent_hangs.ndjson"),
];

/// A moment that a person at a desk waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Milestone {
    /// This phone rings.
    Rings(usize),
    /// This phone answers; the others fall silent.
    Answers(usize),
    /// The caller is gone.
    Over,
}

/// One event of a recording.
#[derive(Debug)]
pub struct Moment {
    /// After the first one.
    pub at: Duration,
    /// The event's `type`.
    pub kind: String,
    pub milestone: Option<Milestone>,
    event: Template,
    /// The channel that the event shows as it is now, for `GET /channels`.
    channel: Option<Template>,
    /// The channel is gone after it.
    pub is_last: bool,
}

impl Moment {
    /// The event as `copy` tells it. `bench` names the copy and the event, for the floor.
    pub fn event(&self, copy: Copy, recording: usize, number: usize) -> String {
        let mut text = self.event.render(copy);
        text.pop();
        let Copy { number: call, group } = copy;
        text.push_str(&format!(
            r#","bench":{{"call":{call},"group":{group},"recording":{recording},"event":{number}}}}}"#
        ));
        text
    }

    /// The channel as JSON.
    pub fn channel(&self, copy: Copy) -> Option<String> {
        Some(self.channel.as_ref()?.render(copy))
    }
}

/// A recorded call.
#[derive(Debug)]
pub struct Recording {
    pub moments: Vec<Moment>,
}

#[derive(Deserialize)]
struct Line<'a> {
    rx: f64,
    #[serde(borrow)]
    ev: &'a RawValue,
}

impl Recording {
    /// All that the benchmark plays.
    ///
    /// # Errors
    /// Where a recording is not as this program expects it.
    pub fn all() -> Outcome<Vec<Self>> {
        RECORDED.into_iter().map(Self::read).collect()
    }

    fn read(text: &str) -> Outcome<Self> {
        // The first line is the recorder's note.
        let lines: Vec<Line> = text.lines().skip(1).map(serde_json::from_str).collect::<Result<_, _>>()?;
        let events: Vec<Value> =
            lines.iter().map(|line| serde_json::from_str(line.ev.get())).collect::<Result<_, _>>()?;
        let names = Names::of(&events)?;
        let began = lines.first().map_or(0.0, |line| line.rx);
        let moments = lines.iter().zip(&events).map(|(line, event)| {
            let kind = event["type"].as_str().unwrap_or_default().to_owned();
            Moment {
                at: Duration::from_secs_f64((line.rx - began).max(0.0)),
                milestone: milestone(&kind, event, &names),
                event: names.template(line.ev.get()),
                channel: shown_channel(line.ev).map(|text| names.template(text)),
                is_last: kind == "ChannelDestroyed",
                kind,
            }
        });
        Ok(Self { moments: moments.collect() })
    }

    pub fn length(&self) -> Duration {
        self.moments.last().map_or(Duration::ZERO, |moment| moment.at)
    }
}

fn milestone(kind: &str, event: &Value, names: &Names) -> Option<Milestone> {
    let channel = &event["channel"];
    let phone = || names.phone(channel["name"].as_str()?);
    match (kind, channel["state"].as_str()?) {
        ("ChannelStateChange", "Ringing") => phone().map(Milestone::Rings),
        ("ChannelStateChange", "Up") => phone().map(Milestone::Answers),
        ("ChannelDestroyed", _) if names.is_root(channel["id"].as_str()?) => Some(Milestone::Over),
        _ => None,
    }
}

/// The text of the channel that an event is about.
fn shown_channel(event: &RawValue) -> Option<&str> {
    let fields: BTreeMap<&str, &RawValue> = serde_json::from_str(event.get()).ok()?;
    fields.get("channel").or(fields.get("peer")).map(|channel| channel.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phone_rings_and_one_answers() {
        for recording in Recording::all().unwrap() {
            let of = |wanted: fn(&Milestone) -> bool| {
                recording.moments.iter().filter_map(|it| it.milestone).filter(wanted).count()
            };
            assert_eq!(of(|it| matches!(it, Milestone::Rings(_))), PHONES);
            assert_eq!(of(|it| matches!(it, Milestone::Answers(_))), 1);
            assert_eq!(of(|it| *it == Milestone::Over), 1);
        }
    }

    #[test]
    fn a_copy_shares_no_name_with_another() {
        let recordings = Recording::all().unwrap();
        let told = |copy| -> String {
            recordings.iter().flat_map(|it| &it.moments).map(|moment| moment.event(copy, 0, 0)).collect()
        };
        let (one, other) = (told(Copy { number: 1, group: 0 }), told(Copy { number: 2, group: 1 }));
        for (name, copies) in [("PJSIP/10003-", &one), ("PJSIP/10015-", &other), ("1795490000.16\"", &one)] {
            assert!(copies.contains(name), "{name}");
        }
        for name in ["PJSIP/1003-", "PJSIP/10003-", "1795490000.16\"", "0904000001"] {
            assert!(!other.contains(name), "{name}");
        }
    }

    #[test]
    fn a_copy_is_still_json() {
        for moment in Recording::all().unwrap().iter().flat_map(|it| &it.moments) {
            let copy = Copy { number: 7, group: 2 };
            let event: Value = serde_json::from_str(&moment.event(copy, 1, 3)).unwrap();
            assert_eq!(event["type"], moment.kind.as_str());
            assert_eq!(event["bench"]["call"], 7);
        }
    }
}
