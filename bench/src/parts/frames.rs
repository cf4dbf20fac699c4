//! From the event to the client's frame: Ringside, the floor, the Node peer and the polling
//! design, each under the same calls.

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

/// Calls at once, and how many calls each group then has, one after the other.
fn loads(quick: bool) -> [(usize, usize); 3] {
    if quick { [(1, 2), (12, 1), (100, 1)] } else { [(1, 8), (12, 3), (100, 2)] }
}

/// Measures every system under every load.
///
/// # Errors
/// Where a system does not run.
pub async fn frames(places: &Places, recordings: &Arc<Vec<Recording>>, quick: bool) -> Outcome<Vec<FrameRow>> {
    progress("learning what is said to whom");
    learn(places, recordings).await?;
    let mut rows = Vec::new();
    for (at_once, calls_each) in loads(quick) {
        // The first call of each group warms everything up and is not counted.
        let warm_up = Timeline::busy(recordings, at_once, 1, 0)?;
        let timeline = Timeline::busy(recordings, at_once, calls_each, warm_up.calls.len())?;
        for system in System::ALL {
            let mut running = Running::start(system, places, seats(at_once)).await?;
            running.open_desks(seats(at_once), false).await?;
            measure(&running, &warm_up).await?;
            let measured = measure(&running, &timeline).await?;
            progress(&format!(
                "{at_once} calls at once, {}: p50 {:.2} ms, p99 {:.2} ms, {:.2} ms of CPU a call, {} missed",
                system.name(),
                measured.all.p50,
                measured.all.p99,
                measured.cpu_ms_per_call,
                measured.missed
            ));
            rows.push(FrameRow { system, at_once, measured });
        }
    }
    Ok(rows)
}
