//! From the event to the client's frame: Ringside, the floor, the Node peer and the polling
//! design, each under the same calls.
//!
//! A machine has good minutes and bad ones. So all four are up at once and take turns at short
//! rounds, each round in another order; what a row says is the median of its rounds.

use std::sync::Arc;

use serde::Serialize;

use super::progress;
use crate::{
    Outcome,
    learn::learn,
    measure::{Measured, measure},
    recording::Recording,
    systems::{Places, Running, System, seats},
    timeline::Timeline,
};

/// One system under one load.
#[derive(Clone, Debug, Serialize)]
pub struct FrameRow {
    pub system: System,
    pub at_once: usize,
    #[serde(flatten)]
    pub measured: Measured,
}

/// Groups that have a call all the time, and how many calls each has in a round. A round has 75
/// moments or more: the median of what is the worst of so many is their p99.
const LOADS: [(usize, usize); 3] = [(1, 3), (12, 1), (100, 1)];
const ROUNDS: usize = 5;

/// Measures every system under every load.
///
/// # Errors
/// Where a system does not run.
pub async fn frames(places: &Places, recordings: &Arc<Vec<Recording>>, quick: bool) -> Outcome<Vec<FrameRow>> {
    progress("learning what is said to whom");
    learn(places, recordings).await?;
    let mut rows = Vec::new();
    let rounds = if quick { 1 } else { ROUNDS };
    for (at_once, calls_each) in LOADS {
        rows.extend(of_load(places, recordings, at_once, calls_each, rounds).await?);
    }
    Ok(rows)
}

async fn of_load(
    places: &Places,
    recordings: &Arc<Vec<Recording>>,
    at_once: usize,
    calls_each: usize,
    rounds: usize,
) -> Outcome<Vec<FrameRow>> {
    // The first call of each group warms everything up and is not counted.
    let warm_up = Timeline::busy(recordings, at_once, 1, 0)?;
    let mut systems = Vec::new();
    for system in System::ALL {
        let mut running = Running::start(system, places, seats(at_once)).await?;
        running.open_desks(seats(at_once), false).await?;
        measure(&running, &warm_up).await?;
        systems.push((running, Vec::with_capacity(rounds)));
    }
    let mut played = warm_up.calls.len();
    for round in 0..rounds {
        progress(&format!("{at_once} calls at once, round {} of {rounds}", round + 1));
        let timeline = Timeline::busy(recordings, at_once, calls_each, played)?;
        played += timeline.calls.len();
        for turn in 0..systems.len() {
            let system = (round + turn) % systems.len();
            let (running, measured) = &mut systems[system];
            measured.push(measure(running, &timeline).await?);
        }
    }
    let rows = System::ALL.into_iter().zip(systems).map(|(system, (_, rounds))| {
        let measured = Measured::of_rounds(&rounds);
        progress(&format!(
            "{at_once} calls at once, {}: p50 {:.2} ms, p99 {:.2} ms, {:.2} ms of CPU a call, {} missed",
            system.name(),
            measured.all.p50,
            measured.all.p99,
            measured.cpu_ms_per_call,
            measured.missed
        ));
        FrameRow { system, at_once, measured }
    });
    Ok(rows.collect())
}
