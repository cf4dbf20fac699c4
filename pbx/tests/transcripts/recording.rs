//! A recording, and how else its events might have come.

use std::collections::{HashMap, HashSet};

use domain::Timestamp;
use pbx::{
    ari::{Bridge, Channel, Endpoint, Event},
    switchboard::Roll,
};
use serde_json::Value;

#[derive(Clone, Debug)]
pub enum Step {
    Event(Value),
    LinkDown,
    Roll(Value),
}

#[derive(Clone, Debug)]
pub struct Recording {
    pub note: String,
    pub steps: Vec<Step>,
    /// When the roll was called.
    pub heard_at: Timestamp,
}

impl Recording {
    pub fn load(name: &str) -> Self {
        let path = format!("{}/tests/transcripts/{name}.ndjson", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut recording = Self { note: String::new(), steps: Vec::new(), heard_at: Timestamp::UNIX_EPOCH };
        for line in text.lines() {
            let mut line: Value = serde_json::from_str(line).unwrap();
            if let Some(note) = line["note"].as_str() {
                recording.note = note.to_owned();
            } else if line["link"] == "down" {
                recording.steps.push(Step::LinkDown);
            } else if line["roll"].is_object() {
                let millis = (line["rx"].as_f64().unwrap() * 1000.0) as i64;
                recording.heard_at = Timestamp::from_millisecond(millis).unwrap();
                recording.steps.push(Step::Roll(line["roll"].take()));
            } else {
                recording.steps.push(Step::Event(line["ev"].take()));
            }
        }
        recording
    }

    /// As from a PBX whose admin did not set `channelvars`.
    pub fn without_linkedid(&self) -> Self {
        let mut other = self.clone();
        for step in &mut other.steps {
            if let Step::Event(value) | Step::Roll(value) = step {
                strip(value);
            }
        }
        other
    }

    pub fn doubled(&self) -> Self {
        let steps = self.steps.iter().flat_map(|step| [step.clone(), step.clone()]).collect();
        Self { steps, ..self.clone() }
    }

    /// Swaps neighbours that have no channel in common, within small windows, over and over.
    pub fn reordered(&self, seed: u64) -> Self {
        let mut other = self.clone();
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..4 {
            for at in 1..other.steps.len() {
                let (before, after) = (&other.steps[at - 1], &other.steps[at]);
                if random.next().is_multiple_of(2) && are_independent(before, after) {
                    other.steps.swap(at - 1, at);
                }
            }
        }
        other
    }
}

/// A xorshift: chaos that is the same every time.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("channelvars");
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

fn are_independent(a: &Step, b: &Step) -> bool {
    let (Step::Event(a), Step::Event(b)) = (a, b) else { return false };
    channels(a).is_disjoint(&channels(b))
}

fn channels(event: &Value) -> HashSet<&str> {
    let fields = event.as_object().into_iter().flat_map(|event| event.values());
    fields.filter_map(|field| field.get("name").and(field["id"].as_str())).collect()
}

pub fn event(value: &Value) -> Event {
    Event::parse(&value.to_string()).unwrap()
}

pub fn roll(value: &Value) -> Roll {
    let list = |key: &str| value[key].clone();
    let started: HashMap<&str, Value> = HashMap::from([("startup_time", value["startedAt"].clone())]);
    let info: pbx::ari::AsteriskInfo = serde_json::from_value(serde_json::json!({ "status": started })).unwrap();
    Roll {
        channels: serde_json::from_value::<Vec<Channel>>(list("channels")).unwrap(),
        bridges: serde_json::from_value::<Vec<Bridge>>(list("bridges")).unwrap(),
        endpoints: serde_json::from_value::<Vec<Endpoint>>(list("endpoints")).unwrap(),
        started_at: info.started_at(),
    }
}
