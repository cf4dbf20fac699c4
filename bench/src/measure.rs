//! A timeline, played into a system: how long each desk waited for each of its moments, and what
//! it cost.

use std::{collections::HashMap, time::Duration};

use serde::Serialize;

use crate::{
    Outcome,
    asterisk::Stamp,
    desk::{Log, News},
    numbers::{Spread, median},
    recording::{Milestone, PHONES},
    systems::Running,
    timeline::Timeline,
};

/// After the last event: whoever polls hears of it within a second.
const SETTLE: Duration = Duration::from_millis(1_500);

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    pub calls: usize,
    /// All of the below.
    pub all: Spread,
    /// A phone rings: its desk has the card.
    pub ring: Spread,
    /// A phone answers: its desk says so, and the others' cards fold.
    pub answer: Spread,
    /// The caller is gone: the desk that talked says so.
    pub over: Spread,
    /// Moments of which a desk never heard.
    pub missed: usize,
    pub cpu_ms_per_call: f64,
    pub ari_requests_per_call: f64,
    /// Per call and client of the ring group.
    pub frames: f64,
    pub bytes: f64,
}

impl Measured {
    /// Of several rounds under one load: the median of what each says; calls and misses add up.
    pub fn of_rounds(rounds: &[Self]) -> Self {
        let spread = |of: fn(&Self) -> &Spread| Spread::of_rounds(rounds.iter().map(of));
        let median = |of: fn(&Self) -> f64| median(rounds.iter().map(of));
        Self {
            calls: rounds.iter().map(|round| round.calls).sum(),
            all: spread(|round| &round.all),
            ring: spread(|round| &round.ring),
            answer: spread(|round| &round.answer),
            over: spread(|round| &round.over),
            missed: rounds.iter().map(|round| round.missed).sum(),
            cpu_ms_per_call: median(|round| round.cpu_ms_per_call),
            ari_requests_per_call: median(|round| round.ari_requests_per_call),
            frames: median(|round| round.frames),
            bytes: median(|round| round.bytes),
        }
    }
}

/// Plays it to the end.
///
/// # Errors
/// Where the system fails.
pub async fn measure(running: &Running, timeline: &Timeline) -> Outcome<Measured> {
    for desk in &running.desks {
        desk.take_log();
    }
    let (cpu, requests) = (running.program.cpu()?, running.asterisk.requests());
    let stamps = running.asterisk.play(timeline).await?;
    tokio::time::sleep(SETTLE).await;
    let cpu = running.program.cpu()?.saturating_sub(cpu);
    let requests = running.asterisk.requests() - requests;
    let closed = running.desks.iter().filter(|desk| desk.is_closed()).count();
    if closed > 0 {
        return Err(format!("{closed} desks were closed").into());
    }
    let logs: Vec<Log> = running.desks.iter().map(|desk| desk.take_log()).collect();
    let waits = Waits::of(timeline, &stamps, &logs);
    let calls = timeline.calls.len();
    let per_call = |value: f64| value / calls as f64;
    let per_desk = |value: u64| per_call(value as f64 / PHONES as f64);
    Ok(Measured {
        calls,
        all: Spread::of([&waits.ring[..], &waits.answer, &waits.over].concat()),
        ring: Spread::of(waits.ring),
        answer: Spread::of(waits.answer),
        over: Spread::of(waits.over),
        missed: waits.missed,
        cpu_ms_per_call: per_call(cpu.as_secs_f64() * 1000.0),
        ari_requests_per_call: per_call(requests as f64),
        frames: per_desk(logs.iter().map(|log| log.frames).sum()),
        bytes: per_desk(logs.iter().map(|log| log.bytes).sum()),
    })
}

#[derive(Default)]
struct Waits {
    ring: Vec<Duration>,
    answer: Vec<Duration>,
    over: Vec<Duration>,
    missed: usize,
}

impl Waits {
    fn of(timeline: &Timeline, stamps: &[Stamp], logs: &[Log]) -> Self {
        let mut waits = Self::default();
        // Whoever answers is the one to hear of the end.
        let mut talking = HashMap::new();
        for (cue, stamp) in timeline.cues.iter().zip(stamps) {
            let Some(milestone) = timeline.moment(*cue).milestone else { continue };
            let copy = timeline.call(*cue).copy;
            let mut wait = |phone: usize, news: News| {
                let heard = logs.get(copy.group * PHONES + phone).and_then(|log| log.heard.get(&(copy.number, news)));
                let wait = heard.map(|at| at.saturating_duration_since(*stamp));
                waits.missed += usize::from(wait.is_none());
                wait
            };
            match milestone {
                Milestone::Rings(phone) => waits.ring.extend(wait(phone, News::Shown)),
                Milestone::Answers(phone) => {
                    talking.insert(cue.call, phone);
                    let news = |other| if other == phone { News::Talking } else { News::Left };
                    waits.answer.extend((0..PHONES).filter_map(|other| wait(other, news(other))));
                }
                Milestone::Over => {
                    let phone = talking.get(&cue.call).copied();
                    waits.over.extend(phone.and_then(|phone| wait(phone, News::Ended)));
                }
            }
        }
        waits
    }
}
