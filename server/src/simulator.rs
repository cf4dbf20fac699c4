//! Plays [`pbx::script`] into the same signals as the real link: nothing behind them can tell
//! which it is.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    Timestamp,
    call::Party,
    ids::{CallId, PbxName},
};
use pbx::{
    ari::Event,
    script::{self, Cast, Day, Diary, Ids, NoSuchPhone, Scenario, Score, Stage},
};
use serde::Deserialize;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{ari::Signal, config::Config, store::demo};

/// A call on request: who calls, and what happens.
#[derive(Clone, Debug, Deserialize)]
pub struct Play {
    pub caller: Party,
    #[serde(flatten)]
    pub scenario: Scenario,
}

type Played = Result<CallId, NoSuchPhone>;

/// A handle on the simulator. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Simulator {
    requests: mpsc::Sender<(Play, oneshot::Sender<Played>)>,
}

impl Simulator {
    /// Starts playing: a day's calls where `[simulator] calls` is on, and calls on request.
    pub fn start(
        config: &Config,
        signals: mpsc::Sender<Signal>,
        tasks: &TaskTracker,
        shutdown: CancellationToken,
    ) -> Self {
        let (requests, queue) = mpsc::channel(64);
        let stage = Player::new(config, signals);
        tasks.spawn(async move {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = stage.run(queue) => {}
            }
        });
        Self { requests }
    }

    /// Plays a call; answers with its id. `None` where the server is shutting down.
    pub async fn play(&self, play: Play) -> Option<Played> {
        let (answer, played) = oneshot::channel();
        self.requests.send((play, answer)).await.ok()?;
        played.await.ok()
    }
}

/// What is on, and what comes next.
struct Player {
    pbx: PbxName,
    cast: Cast,
    pace: f64,
    day: Option<Day>,
    ids: Ids,
    diary: Diary,
    /// Events by when they are due; those of one moment in the order of writing.
    due: BTreeMap<(Instant, u64), String>,
    written: u64,
    next_call: Instant,
    signals: mpsc::Sender<Signal>,
}

impl Player {
    fn new(config: &Config, signals: mpsc::Sender<Signal>) -> Self {
        let cast = Cast {
            extensions: config.pbx.extensions.clone(),
            trunk: config.pbx.trunks.first().cloned().unwrap_or_else(|| "PJSIP/trunk".into()),
            inbound_context: config.pbx.inbound_contexts.first().cloned().unwrap_or_else(|| "from-trunk".to_owned()),
            did: "1900".to_owned(),
            app: "ringside".to_owned(),
        };
        let seed = config.simulator.seed;
        let day = config.simulator.calls.then(|| Day::new(seed, &cast, demo::callers(seed)));
        Self {
            pbx: config.pbx.name.clone(),
            cast,
            pace: config.simulator.pace,
            day,
            ids: Ids::default(),
            diary: Diary::default(),
            due: BTreeMap::new(),
            written: 0,
            next_call: Instant::now(),
            signals,
        }
    }

    async fn run(mut self, mut requests: mpsc::Receiver<(Play, oneshot::Sender<Played>)>) {
        let roll = Box::new(script::roll(&self.cast, Timestamp::now()));
        self.signal(Signal::Up { name: "Simulator".to_owned(), roll }).await;
        loop {
            let next_event = self.due.keys().next().map(|(at, _)| *at);
            tokio::select! {
                Some((play, answer)) = requests.recv() => {
                    // Whoever asked may have gone.
                    let _ = answer.send(self.play(&play.scenario, &play.caller));
                }
                () = sleep_until(self.next_call), if self.day.is_some() => self.plan(),
                () = sleep_until(next_event.unwrap_or_else(Instant::now)), if next_event.is_some() => self.say_next().await,
                else => return,
            }
        }
    }

    /// The next call of the day.
    fn plan(&mut self) {
        let now = Timestamp::now();
        let taken = self.diary.taken(now);
        let Some(planned) = self.day.as_mut().map(|day| day.next(&taken)) else { return };
        self.next_call = Instant::now() + planned.after.div_f64(self.pace).max(Duration::from_millis(1));
        if let Err(error) = self.play(&planned.scenario, &planned.caller) {
            tracing::warn!(%error, "A planned call could not be played");
        }
    }

    fn play(&mut self, scenario: &Scenario, caller: &Party) -> Played {
        let now = Timestamp::now();
        self.diary.forget_before(now);
        let busy = self.diary.talking(now);
        let stage = Stage { cast: &self.cast, start: now, pace: self.pace, busy: &busy };
        let score = script::play(scenario, caller, &stage, &mut self.ids)?;
        self.diary.note(&score);
        let call = self.call_of(&score);
        let start = Instant::now();
        for timed in score.events {
            self.written += 1;
            self.due.insert((start + timed.after, self.written), timed.event);
        }
        Ok(call)
    }

    /// A call is named for the channel that began it.
    fn call_of(&self, score: &Score) -> CallId {
        let first = score.events.first().map(|timed| Event::parse(&timed.event));
        match first {
            Some(Ok(Event::ChannelCreated(created))) => CallId::of(&self.pbx, &created.channel.id),
            _ => CallId::new(""),
        }
    }

    async fn say_next(&mut self) {
        let Some((_, text)) = self.due.pop_first() else { return };
        match Event::parse(&text) {
            Ok(event) => self.signal(Signal::Event(Box::new(event))).await,
            Err(error) => tracing::error!(%error, "The score has an event that cannot be read"),
        }
    }

    /// Waits for the exchange, as a played Asterisk may.
    async fn signal(&self, signal: Signal) {
        if self.signals.send(signal).await.is_err() {
            tracing::debug!("Nobody listens to the simulator any more");
        }
    }
}
