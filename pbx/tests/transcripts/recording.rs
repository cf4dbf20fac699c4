//! A recording, and how else its events might have come.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

use domain::{Timestamp, ids::Extension};
use pbx::{
    ari::{Bridge, Channel, Endpoint, Event},
    switchboard::{Roll, Topology},
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Debug)]
pub enum Step {
    /// As it was sent, and read.
    Event(Value, Rc<Event>),
    LinkDown,
    Roll(Value),
    /// Ringside is started anew: all that it knows is what the database kept, and then the roll.
    Restart(Value),
}

#[derive(Clone, Debug)]
pub struct Recording {
    pub note: String,
    pub steps: Vec<Step>,
    /// When the roll was called.
    pub heard_at: Timestamp,
    pub pbx: Pbx,
}

/// What has to be told about the PBX that was recorded, as `[pbx]` of ringside.toml has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Pbx {
    inbound_contexts: Vec<String>,
    trunks: Vec<String>,
    extensions: Vec<String>,
    devices: BTreeMap<String, String>,
}

impl Default for Pbx {
    fn default() -> Self {
        Self {
            inbound_contexts: vec!["from-trunk".to_owned()],
            trunks: vec!["PJSIP/trunk".to_owned()],
            extensions: vec!["1000-1011".to_owned()],
            devices: BTreeMap::new(),
        }
    }
}

impl Pbx {
    pub fn topology(&self) -> Topology {
        let range = |text: &String| {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            first.parse::<u32>().unwrap()..=last.parse().unwrap()
        };
        let device = |(device, exten): (&String, &String)| (device.as_str().into(), exten.as_str().into());
        Topology {
            pbx: "rig".into(),
            inbound_contexts: self.inbound_contexts.clone(),
            trunks: self.trunks.iter().map(|trunk| trunk.as_str().into()).collect(),
            extensions: self.extensions.iter().flat_map(range).map(|it| Extension::new(it.to_string())).collect(),
            devices: self.devices.iter().map(device).collect(),
        }
    }
}

impl Recording {
    pub fn load(name: &str) -> Self {
        let path = format!("{}/tests/transcripts/{name}.ndjson", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut recording =
            Self { note: String::new(), steps: Vec::new(), heard_at: Timestamp::UNIX_EPOCH, pbx: Pbx::default() };
        for line in text.lines() {
            let mut line: Value = serde_json::from_str(line).unwrap();
            if let Some(note) = line["note"].as_str() {
                recording.note = note.to_owned();
            } else if line["topology"].is_object() {
                recording.pbx = serde_json::from_value(line["topology"].take()).unwrap();
            } else if line["link"] == "down" {
                recording.steps.push(Step::LinkDown);
            } else if line["roll"].is_object() {
                let millis = (line["rx"].as_f64().unwrap() * 1000.0) as i64;
                recording.heard_at = Timestamp::from_millisecond(millis).unwrap();
                recording.steps.push(Step::Roll(line["roll"].take()));
            } else {
                recording.steps.push(Step::event(line["ev"].take()));
            }
        }
        recording
    }

    /// When the last event before this step happened.
    pub fn time_before(&self, step: usize) -> Timestamp {
        let of = |step: &Step| if let Step::Event(_, event) = step { event.timestamp() } else { None };
        self.steps[..step].iter().rev().find_map(of).unwrap_or(self.heard_at)
    }

    /// As from a PBX whose admin did not set `channelvars`.
    pub fn without_linkedid(&self) -> Self {
        let mut other = self.clone();
        for step in &mut other.steps {
            match step {
                Step::Event(value, event) => {
                    strip(value);
                    *event = read(value);
                }
                Step::Roll(value) | Step::Restart(value) => strip(value),
                Step::LinkDown => {}
            }
        }
        other
    }

    pub fn doubled(&self) -> Self {
        let steps = self.steps.iter().flat_map(|step| [step.clone(), step.clone()]).collect();
        Self { steps, ..self.clone() }
    }

    /// Ringside is started anew after so many steps; Asterisk then says what there is at that moment.
    pub fn restarted(&self, after: usize) -> Self {
        let mut there = There::default();
        self.steps[..after].iter().for_each(|step| there.hear(step));
        let mut other = self.clone();
        other.steps.insert(after, Step::Restart(there.roll()));
        other
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

/// What is there after some steps, as Asterisk would answer to GET.
#[derive(Default)]
struct There {
    /// A last event may come after the end of its channel.
    gone: HashSet<String>,
    channels: BTreeMap<String, Value>,
    bridges: BTreeMap<String, Value>,
}

impl There {
    fn hear(&mut self, step: &Step) {
        match step {
            Step::Event(value, _) => self.event(value),
            Step::LinkDown => {}
            Step::Roll(roll) | Step::Restart(roll) => {
                let by_id = |key: &str| {
                    let list = roll[key].as_array().cloned().unwrap_or_default();
                    list.into_iter().map(|it| (it["id"].as_str().unwrap().to_owned(), it)).collect()
                };
                (self.channels, self.bridges) = (by_id("channels"), by_id("bridges"));
            }
        }
    }

    fn event(&mut self, event: &Value) {
        for field in event.as_object().unwrap().values().filter(|field| field.get("creationtime").is_some()) {
            let known = field.get("dialplan").is_some() && event["type"] != "ChannelDestroyed";
            if let Some(id) = field["id"].as_str().filter(|id| known && !self.gone.contains(*id)) {
                self.channels.insert(id.to_owned(), field.clone());
            }
        }
        let id = event["channel"]["id"].as_str().unwrap_or("").to_owned();
        match event["type"].as_str().unwrap() {
            "ChannelDestroyed" => {
                self.channels.remove(&id);
                self.leave(&id);
                self.gone.insert(id);
            }
            "ChannelEnteredBridge" => {
                self.leave(&id);
                let bridge = &event["bridge"];
                let of = |bridge: &Value| bridge["channels"].as_array().cloned().unwrap_or_default();
                let mut channels = self.bridges.get(bridge["id"].as_str().unwrap()).map(of).unwrap_or_default();
                channels.push(id.into());
                let mut bridge = bridge.clone();
                bridge["channels"] = channels.into();
                self.bridges.insert(bridge["id"].as_str().unwrap().to_owned(), bridge);
            }
            "ChannelLeftBridge" => self.leave(&id),
            _ => {}
        }
    }

    fn leave(&mut self, channel: &str) {
        for bridge in self.bridges.values_mut() {
            bridge["channels"].as_array_mut().unwrap().retain(|id| id != channel);
        }
        self.bridges.retain(|_, bridge| !bridge["channels"].as_array().unwrap().is_empty());
    }

    fn roll(self) -> Value {
        let list = |map: BTreeMap<String, Value>| map.into_values().collect::<Vec<_>>();
        serde_json::json!({ "channels": list(self.channels), "bridges": list(self.bridges), "endpoints": [] })
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
            fields.remove("CHANNEL(linkedid)");
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

fn are_independent(a: &Step, b: &Step) -> bool {
    let (Step::Event(a, _), Step::Event(b, _)) = (a, b) else { return false };
    channels(a).is_disjoint(&channels(b))
}

fn channels(event: &Value) -> HashSet<&str> {
    let fields = event.as_object().into_iter().flat_map(|event| event.values());
    fields.filter_map(|field| field.get("name").and(field["id"].as_str())).collect()
}

impl Step {
    fn event(value: Value) -> Self {
        let event = read(&value);
        Self::Event(value, event)
    }
}

fn read(value: &Value) -> Rc<Event> {
    Rc::new(Event::parse(&value.to_string()).unwrap())
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
