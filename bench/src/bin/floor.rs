//! The floor: the least program that tells the same desks the same news. It reads which event came
//! from the event's `bench` field and looks up what Ringside had said to it when it came alone: no
//! model, no sessions, no history, no lookup.

use std::fs;

use bench::{
    Outcome,
    plain::{self, Desks},
    plan::Plan,
    recording::{Copy, PHONES},
};
use futures::StreamExt;
use serde::Deserialize;
use tokio_tungstenite::tungstenite::Message;

#[derive(Deserialize)]
struct Event {
    bench: Place,
}

#[derive(Deserialize)]
struct Place {
    call: usize,
    group: usize,
    recording: usize,
    event: usize,
}

#[tokio::main]
async fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [asterisk, listen, plan] = &arguments[..] else {
        return Err("usage: floor ASTERISK LISTEN PLAN".into());
    };
    let plan: Plan = serde_json::from_slice(&fs::read(plan)?)?;
    let desks = Desks::default();
    desks.serve(listen).await?;
    let mut events = plain::events(asterisk).await?;
    while let Some(Ok(message)) = events.next().await {
        let Message::Text(text) = message else { continue };
        let Event { bench } = serde_json::from_str(&text)?;
        let copy = Copy { number: bench.call, group: bench.group };
        for frame in plan.frames(bench.recording, bench.event) {
            desks.send(copy.group * PHONES + frame.phone, frame.text(copy).into()).await;
        }
    }
    Ok(())
}
