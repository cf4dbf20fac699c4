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

/// A load, and for how long it is kept up.
struct Load {
    /// Groups that have a call, all the time.
    at_once: usize,
    /// Of each group in a round, one after the other.
    calls_each: usize,
    rounds: usize,
}

/// A round has 75 moments or more: its p99 is then one of them, not all that is above.
fn loads(quick: bool) -> [Load; 3] {
    let rounds = |number| if quick { 1 } else { number };
    [
        Load { at_once: 1, calls_each: 3, rounds: rounds(7) },
        Load { at_once: 12, calls_each: 1, rounds: rounds(7) },
        Load { at_once: 100, calls_each: 1, rounds: rounds(5) },
    ]
}

/// Measures every system under every load.
///
/// # Errors
/// Where a system does not run.
pub async fn frames(places: &Places, recordings: &Arc<Vec<Recording>>, quick: bool) -> Outcome<Vec<FrameRow>> {
    progress("learning what is said to whom");
    learn(places, recordings).await?;
    let mut rows = Vec::new();
    for load in loads(quick) {
        rows.extend(of_load(places, recordings, &load).await?);
    }
    Ok(rows)
}

async fn of_load(places: &Places, recordings: &Arc<Vec<Recording>>, load: &Load) -> Outcome<Vec<FrameRow>> {
    let Load { at_once, calls_each, rounds } = *load;
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
