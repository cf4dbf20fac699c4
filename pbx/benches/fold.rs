//! How many events the switchboard takes in a second, and what they cost in allocations.
//! A recorded call of a ring group of twelve, as one client with `subscribeAll` hears it.
//!
//! `cargo bench -p pbx`

use pbx::{
    ari::Event,
    switchboard::{Switchboard, Topology},
};

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

const RECORDING: &str = include_str!("../tests/transcripts/answer_caller_hangs.ndjson");

fn main() {
    divan::main();
}

/// The events' own texts.
fn texts() -> Vec<String> {
    let lines = RECORDING.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    lines.filter_map(|line| Some(line.get("ev")?.to_string())).collect()
}

fn switchboard() -> Switchboard {
    Switchboard::new(Topology {
        pbx: "rig".into(),
        inbound_contexts: vec!["from-trunk".to_owned()],
        trunks: vec!["PJSIP/trunk".into()],
        extensions: (1000..1012).map(|exten| exten.to_string().as_str().into()).collect(),
        devices: std::collections::BTreeMap::new(),
    })
}

#[divan::bench]
fn parse(bencher: divan::Bencher) {
    let texts = texts();
    bencher
        .counter(divan::counter::ItemsCount::new(texts.len()))
        .bench(|| texts.iter().filter(|text| Event::parse(text).is_ok()).count());
}

#[divan::bench]
fn fold(bencher: divan::Bencher) {
    let events: Vec<Event> = texts().iter().filter_map(|text| Event::parse(text).ok()).collect();
    bencher
        .counter(divan::counter::ItemsCount::new(events.len()))
        .with_inputs(switchboard)
        .bench_refs(|switchboard| events.iter().map(|event| switchboard.apply(event).len()).sum::<usize>());
}

#[divan::bench]
fn parse_and_fold(bencher: divan::Bencher) {
    let texts = texts();
    bencher.counter(divan::counter::ItemsCount::new(texts.len())).with_inputs(switchboard).bench_refs(|switchboard| {
        let events = texts.iter().filter_map(|text| Event::parse(text).ok());
        events.map(|event| switchboard.apply(&event).len()).sum::<usize>()
    });
}
