//! Learns the plan of the floor: plays each recording so slowly into Ringside that it is plain
//! which event each frame answers.

use std::{fs, sync::Arc, time::Duration};

use crate::{
    Outcome,
    asterisk::Stamp,
    desk::Log,
    plan::{Frame, Plan},
    recording::{Copy, PHONES, Recording},
    systems::{Places, Running, System},
    timeline::Timeline,
};

/// Between two events: a lookup, and all that follows from it, takes less.
const STEP: Duration = Duration::from_millis(40);

/// Writes the plan.
///
/// # Errors
/// Where Ringside does not run.
pub async fn learn(places: &Places, recordings: &Arc<Vec<Recording>>) -> Outcome {
    let mut running = Running::start(System::Ringside, places, PHONES).await?;
    running.open_desks(PHONES, true).await?;
    let mut plan = Plan::default();
    for recording in 0..recordings.len() {
        let copy = Copy { number: recording, group: 0 };
        let timeline = Timeline::slow(recordings, recording, copy.number, STEP);
        let stamps = running.asterisk.play(&timeline).await?;
        tokio::time::sleep(STEP * 5).await;
        let logs: Vec<Log> = running.desks.iter().map(|desk| desk.take_log()).collect();
        plan.0.push(by_event(&stamps, &logs, copy));
    }
    Ok(fs::write(places.plan(), serde_json::to_vec(&plan)?)?)
}

/// Every frame goes to the event that was the last one before it.
fn by_event(stamps: &[Stamp], logs: &[Log], copy: Copy) -> Vec<Vec<Frame>> {
    let mut events: Vec<Vec<Frame>> = stamps.iter().map(|_| Vec::new()).collect();
    for (phone, log) in logs.iter().enumerate() {
        for (at, text) in &log.texts {
            let before = stamps.partition_point(|stamp| stamp <= at);
            // A state without a number is the periodic resend, which answers no event.
            let is_resend = text.starts_with(r#"{"type":"callState""#);
            if let Some(event) = events.get_mut(before.saturating_sub(1)).filter(|_| !is_resend) {
                event.push(Frame::learnt(phone, text, copy));
            }
        }
    }
    events
}
