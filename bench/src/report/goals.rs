//! What was to be reached, and whether it was.

use super::Results;
use crate::{measure::Measured, systems::System};

/// Of ARI: the one that sends the caller on.
const REQUESTS: f64 = 1.0;
const KB_PER_CLIENT: f64 = 12.0;
const LOOKUP_MS: f64 = 2.0;

struct Goal {
    what: String,
    goal: String,
    measured: f64,
    reached: bool,
}

impl Goal {
    fn at_most(what: impl Into<String>, measured: f64, goal: f64, unit: &str) -> Self {
        Self { what: what.into(), goal: format!("≤ {goal}{unit}"), measured, reached: measured <= goal }
    }

    fn at_least(what: impl Into<String>, measured: f64, goal: f64, unit: &str) -> Self {
        Self { what: what.into(), goal: format!("≥ {goal}{unit}"), measured, reached: measured >= goal }
    }
}

pub(super) fn table(results: &Results) -> String {
    let mut table = String::from("| what | goal | measured | |\n|---|--:|--:|---|\n");
    for Goal { what, goal, measured, reached } in goals(results) {
        let said = if reached { "reached" } else { "**not reached**" };
        table.push_str(&format!("| {what} | {goal} | {measured:.2} | {said} |\n"));
    }
    table
}

fn goals(results: &Results) -> Vec<Goal> {
    let mut goals = Vec::new();
    let loads: std::collections::BTreeSet<usize> = results.frames.iter().map(|row| row.at_once).collect();
    for at_once in loads {
        let of = |system| {
            let row = results.frames.iter().find(|row| row.at_once == at_once && row.system == system);
            row.map(|row| &row.measured)
        };
        if let (Some(ours), Some(floor), Some(peer), Some(polling)) =
            (of(System::Ringside), of(System::Floor), of(System::Peer), of(System::Polling))
        {
            goals.extend(of_load(at_once, ours, floor, peer, polling));
        }
    }
    if let Some(scale) = &results.scale
        && let (Some(first), Some(last)) = (scale.clients.first(), scale.clients.last())
    {
        let kilobytes = last.bytes_per_client / 1024.0;
        goals.push(Goal::at_most("memory of an idle client", kilobytes, KB_PER_CLIENT, " KB"));
        let what = format!("CPU of a call, {} clients over {}", last.clients, first.clients);
        goals.push(Goal::at_most(what, last.cpu_ms_per_call / first.cpu_ms_per_call, 1.1, "×"));
    }
    if let Some(lookup) = &results.lookup {
        goals.push(Goal::at_most("lookup p99", lookup.spread.p99, LOOKUP_MS, " ms"));
    }
    goals
}

fn of_load(at_once: usize, ours: &Measured, floor: &Measured, peer: &Measured, polling: &Measured) -> [Goal; 6] {
    let what = |text: &str| format!("{text}, {at_once} at once");
    [
        Goal::at_most(what("p50 over the floor's"), ours.all.p50 / floor.all.p50, 1.5, "×"),
        Goal::at_most(what("p99 over the floor's"), ours.all.p99 / floor.all.p99, 2.0, "×"),
        Goal::at_least(what("ring to frame, quicker than polling"), polling.ring.p50 / ours.ring.p50, 30.0, "×"),
        Goal::at_least(what("p99 ahead of the Node peer"), peer.all.p99 / ours.all.p99, 5.0, "×"),
        Goal::at_least(what("CPU ahead of the Node peer"), peer.cpu_ms_per_call / ours.cpu_ms_per_call, 5.0, "×"),
        Goal::at_most(what("ARI requests a call"), ours.ari_requests_per_call, REQUESTS, ""),
    ]
}
