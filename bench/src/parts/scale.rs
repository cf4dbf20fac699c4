//! How many: idle clients beside a few calls, and then more and more calls.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Serialize;

use super::progress;
use crate::{
    Outcome,
    measure::{Measured, measure},
    recording::Recording,
    systems::{Places, Running, System, seats},
    timeline::Timeline,
};

/// Calls at once beside the idle clients: at ten thousand, one client in a hundred is in one.
const BUSY_GROUPS: usize = 8;
/// How long the idle house is watched.
const IDLE: Duration = Duration::from_secs(10);
/// A load at which the p99 is longer than this is too much.
const HOLDS_MS: f64 = 50.0;

/// Calls beside so many clients.
#[derive(Clone, Debug, Serialize)]
pub struct ScaleRow {
    pub clients: usize,
    /// Of the server, per client that was opened since the row before.
    pub bytes_per_client: f64,
    /// CPU of the idle house, in milliseconds a second.
    pub idle_cpu: f64,
    /// CPU of a call, without that.
    pub cpu_ms_per_call: f64,
    #[serde(flatten)]
    pub measured: Measured,
}

/// More and more calls, all clients open.
#[derive(Clone, Debug, Serialize)]
pub struct LoadRow {
    pub at_once: usize,
    pub calls_per_second: f64,
    #[serde(flatten)]
    pub measured: Measured,
}

#[derive(Clone, Debug, Serialize)]
pub struct Scale {
    pub clients: Vec<ScaleRow>,
    pub loads: Vec<LoadRow>,
}

/// Measures Ringside alone.
///
/// # Errors
/// Where it does not run.
pub async fn scale(places: &Places, recordings: &Arc<Vec<Recording>>, quick: bool) -> Outcome<Scale> {
    let steps: &[usize] = if quick { &[96, 1_000] } else { &[96, 1_000, 3_000, 10_000] };
    let loads: &[usize] = if quick { &[24, 80] } else { &[25, 50, 100, 200, 400, 800] };
    let most = steps.iter().copied().max().unwrap_or_default();
    progress(&format!("signing {most} agents in"));
    let mut running = Running::start(System::Ringside, places, most).await?;
    let mut played = 0;
    let mut timeline = |groups, calls_each| {
        let timeline = Timeline::busy(recordings, groups, calls_each, played)?;
        played += timeline.calls.len();
        Outcome::Ok(timeline)
    };
    let mut scale = Scale { clients: Vec::new(), loads: Vec::new() };
    for step in steps {
        let (memory, open) = (running.program.memory()?, running.desks.len());
        running.open_desks(*step, false).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let grown = running.program.memory()?.saturating_sub(memory);
        let bytes_per_client = grown as f64 / (step - open) as f64;
        if open == 0 {
            measure(&running, &timeline(BUSY_GROUPS, 1)?).await?;
        }
        let idle_cpu = idle(&running).await?;
        let (began, calls) = (Instant::now(), timeline(BUSY_GROUPS, if quick { 1 } else { 3 })?);
        let measured = measure(&running, &calls).await?;
        let idle_share = idle_cpu * began.elapsed().as_secs_f64() / calls.calls.len() as f64;
        let cpu_ms_per_call = measured.cpu_ms_per_call - idle_share;
        progress(&format!(
            "{step} clients: {:.1} KB each, p99 {:.2} ms, {cpu_ms_per_call:.2} ms of CPU a call, idle {idle_cpu:.1} ms a second",
            bytes_per_client / 1024.0,
            measured.all.p99,
        ));
        scale.clients.push(ScaleRow { clients: *step, bytes_per_client, idle_cpu, cpu_ms_per_call, measured });
    }
    for at_once in loads.iter().copied().filter(|groups| seats(*groups) <= most) {
        let calls = timeline(at_once, 2)?;
        let rate = calls.calls.len() as f64 / calls.length().as_secs_f64();
        let measured = measure(&running, &calls).await?;
        progress(&format!("{at_once} calls at once, {rate:.0} a second: p99 {:.2} ms", measured.all.p99));
        let holds = measured.all.p99 <= HOLDS_MS && measured.missed == 0;
        scale.loads.push(LoadRow { at_once, calls_per_second: rate, measured });
        if !holds {
            break;
        }
    }
    Ok(scale)
}

/// Milliseconds of CPU in a second in which nothing happens.
async fn idle(running: &Running) -> Outcome<f64> {
    let (cpu, began) = (running.program.cpu()?, Instant::now());
    tokio::time::sleep(IDLE).await;
    let spent = running.program.cpu()?.saturating_sub(cpu);
    Ok(spent.as_secs_f64() * 1000.0 / began.elapsed().as_secs_f64())
}
