//! The exchange's own task.

use std::{collections::HashMap, time::Duration};

use domain::{
    Timestamp,
    history::CallRecord,
    ids::{CallId, ChannelId},
    protocol::CloseCode,
    view::PbxLink,
};
use futures::FutureExt;
use jiff::SignedDuration;
use pbx::switchboard::{Change, Known, Switchboard, Topology};
use rand::{SeedableRng, rngs::StdRng};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{Health, Input, clock::PbxClock, fit::Fit, news::last_words};
use crate::ari::Signal;
use hub::signature::Signer;
use hub::{self, ClientId, Effect, Hub, Text};

/// How often the hub is told the time: overdue lookups fail over no later than this.
const TICK: Duration = Duration::from_millis(200);

/// Signals that are taken in one go, and inputs that are heard between two such goes.
const AT_ONCE: usize = 64;

/// A channel of which nothing was heard for so long is asked about.
const SILENT: SignedDuration = SignedDuration::from_secs(30);
/// How often it is looked for such channels.
const ASK_EVERY: SignedDuration = SignedDuration::from_secs(5);

/// What the exchange is made from.
#[derive(Debug)]
pub struct Settings {
    pub topology: Topology,
    /// What was known when the server stopped.
    pub known: Known,
    pub hub: hub::Settings,
    pub signer: Signer,
    /// Of the elections and of the ids that the hub mints.
    pub seed: u64,
}

/// The sending end of one browser's socket.
#[derive(Debug)]
pub struct Outbox {
    pub frames: mpsc::Sender<Text>,
    pub close: oneshot::Sender<CloseCode>,
}

/// What goes to the database.
#[derive(Debug)]
pub enum Written {
    Call(Box<CallRecord>),
    Merged {
        from: CallId,
        into: CallId,
    },
    /// The switchboard has caught up with the PBX: open calls that it does not know are over.
    CaughtUp,
}

/// Runs until `shutdown`; then tells every browser to come back soon.
pub async fn run(
    settings: Settings,
    mut inputs: mpsc::Receiver<Input>,
    mut signals: mpsc::Receiver<Signal>,
    questions: mpsc::Sender<ChannelId>,
    writer: mpsc::Sender<Written>,
    shutdown: CancellationToken,
) {
    let hub = Hub::new(settings.hub, settings.signer, StdRng::seed_from_u64(settings.seed), Timestamp::now());
    let mut switchboard = Switchboard::new(settings.topology);
    switchboard.resume(settings.known);
    let mut it = Task {
        switchboard,
        hub,
        outboxes: HashMap::new(),
        questions,
        asked_at: Timestamp::now(),
        writer,
        dropped: 0,
        pbx_lost: None,
        pbx_clock: PbxClock::default(),
        fit: Fit::default(),
        behind: false,
        written_again: None,
    };
    let mut heard = Vec::new();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        // The PBX first: a flood of browsers must not delay a ring. However much it has to say, some
        // browsers are heard in between, and overdue lookups fail over.
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            1.. = signals.recv_many(&mut heard, AT_ONCE) => {
                it.signals(heard.drain(..));
                if tick.tick().now_or_never().is_some() {
                    it.tick();
                }
                for input in std::iter::from_fn(|| inputs.try_recv().ok()).take(AT_ONCE) {
                    it.input(input);
                }
            }
            _ = tick.tick() => it.tick(),
            Some(input) = inputs.recv() => it.input(input),
        }
    }
    // What goes on is written as it is now: the next start resumes it.
    for record in it.hub.records_after(None).filter(|record| record.call.ended_at.is_none()).collect::<Vec<_>>() {
        it.record(Box::new(record));
    }
    for (_, outbox) in it.outboxes.drain() {
        let _ = outbox.close.send(CloseCode::GoingAway);
    }
}

struct Task {
    switchboard: Switchboard,
    hub: Hub,
    outboxes: HashMap<ClientId, Outbox>,
    /// Channels that have been silent too long, to be asked about.
    questions: mpsc::Sender<ChannelId>,
    asked_at: Timestamp,
    writer: mpsc::Sender<Written>,
    dropped: u64,
    /// Why the link to the PBX is down, while it is.
    pbx_lost: Option<String>,
    pbx_clock: PbxClock,
    fit: Fit,
    /// Something was dropped, and not all calls were written again since.
    behind: bool,
    /// The last of those that were.
    written_again: Option<CallId>,
}

impl Task {
    fn tick(&mut self) {
        let effects = self.hub.tick(Timestamp::now());
        self.carry_out(effects);
        if self.hub.pbx().up {
            let now = Timestamp::now();
            let changes = self.switchboard.pass(self.pbx_clock.theirs(now));
            self.changed(changes, now);
        }
        self.ask_about_the_silent(Timestamp::now());
        self.write_again();
        self.count();
    }

    /// What Asterisk forgets to end is found out within a minute.
    fn ask_about_the_silent(&mut self, now: Timestamp) {
        if !self.hub.pbx().up || now.duration_since(self.asked_at) < ASK_EVERY {
            return;
        }
        self.asked_at = now;
        for channel in self.switchboard.silent(now, SILENT) {
            // What does not fit is silent the next time too.
            let _ = self.questions.try_send(channel);
        }
    }

    /// Folds what was heard before anything of it is told.
    fn signals(&mut self, heard: impl Iterator<Item = Signal>) {
        let now = Timestamp::now();
        let mut changes = Vec::new();
        for signal in heard {
            match signal {
                Signal::Event(event) => {
                    if let Some(at) = event.timestamp() {
                        self.pbx_clock.hear(at, now);
                    }
                    self.fit.hear(&event);
                    changes.extend(self.switchboard.apply(&event));
                }
                Signal::Checked { channel, found } => {
                    changes.extend(self.switchboard.checked(&channel, found.as_deref(), now));
                }
                Signal::Up { name, roll } => {
                    tracing::info!(pbx = name, channels = roll.channels.len(), "caught up with the PBX");
                    changes.extend(self.switchboard.reconcile(&roll, now));
                    self.changed(std::mem::take(&mut changes), now);
                    self.write(Written::CaughtUp);
                    self.pbx_lost = None;
                    self.link(PbxLink { up: true, replaced: false, since: Some(now), name: Some(name) });
                }
                Signal::Down { replaced, reason } => {
                    self.pbx_lost = Some(reason);
                    changes.extend(self.switchboard.link_down());
                    self.changed(std::mem::take(&mut changes), now);
                    let name = self.hub.pbx().name.clone();
                    let since = if self.hub.pbx().up { Some(now) } else { self.hub.pbx().since.or(Some(now)) };
                    self.link(PbxLink { up: false, replaced, since, name });
                }
            }
        }
        self.changed(changes, now);
    }

    fn link(&mut self, link: PbxLink) {
        let effects = self.hub.pbx_link(link);
        self.carry_out(effects);
    }

    fn changed(&mut self, changes: Vec<Change>, now: Timestamp) {
        for change in last_words(changes) {
            if let Change::Call(call) = &change
                && self.fit.count(call)
                && let Some(misfit) = self.fit.misfit()
            {
                let (contexts, endpoints) = (misfit.contexts.join(" "), misfit.endpoints.join(" "));
                tracing::error!(
                    contexts,
                    endpoints,
                    "Every call so far looks internal: inbound_contexts and trunks of [pbx] do not fit this PBX"
                );
            }
            let effects = self.hub.change(change, now);
            self.carry_out(effects);
        }
    }

    fn input(&mut self, input: Input) {
        let now = Timestamp::now();
        let hub = &mut self.hub;
        // An asker that has gone away needs no answer.
        let effects = match input {
            Input::Join(join) => {
                let client = hub.next_client();
                self.outboxes.insert(client, join.outbox);
                let _ = join.joined.send(client);
                hub.join(client, &join.who, join.session, join.view, join.position, now)
            }
            Input::Message { client, message } => hub.message(client, message, now),
            Input::Dismiss { client, code } => hub.dismiss(client, code, now),
            Input::Leave { client } => {
                self.outboxes.remove(&client);
                hub.leave(client, now)
            }
            Input::Redeem { seat, call, lookup, answer } => {
                let _ = answer.send(hub.redeem(&seat, &call, lookup));
                return;
            }
            Input::Record { call, answer } => {
                let record = hub.record(&call).map(Box::new);
                let _ = answer.send(record.map(|record| self.with_known(record)));
                return;
            }
            Input::Strangers { mut calls, answer } => {
                calls.retain(|call| self.switchboard.call(call).is_none());
                let _ = answer.send(calls);
                return;
            }
            Input::Deserted { exten, answer } => {
                let _ = answer.send(hub.is_deserted(&exten, now));
                return;
            }
            Input::NoteChanged { seat, call, by } => hub.note_changed(&seat, &call, by),
            Input::Recorded { calls } => calls.iter().flat_map(|(call, extens)| hub.recorded(call, extens)).collect(),
            Input::Vacate { seat, code, answer } => {
                let _ = answer.send(hub.is_taken(&seat));
                hub.vacate(&seat, code, now)
            }
            Input::EndSession { session } => hub.end_session(&session, now),
            Input::Health { answer } => {
                let (clients, live_calls) = hub.load();
                let (pbx, counters) = (hub.pbx().clone(), hub.counters());
                let _ = answer.send(Health {
                    pbx,
                    pbx_lost: self.pbx_lost.clone(),
                    misfit: self.fit.misfit(),
                    pbx_clock_ahead: self.pbx_clock.ahead_seconds(),
                    clients,
                    live_calls,
                    counters,
                    records_dropped: self.dropped,
                });
                return;
            }
        };
        self.carry_out(effects);
    }

    /// Frames go out first, then what is written. A client that does not read is dropped rather than
    /// waited for. It leaves the hub when all that is under way has been told: what its leaving tells
    /// the others is numbered after that.
    fn carry_out(&mut self, mut effects: Vec<Effect>) {
        let mut written = Vec::new();
        while !effects.is_empty() {
            let mut slow = Vec::new();
            for effect in effects {
                match effect {
                    Effect::Send { client, text } => slow.extend(self.send(client, text)),
                    Effect::Close { client, code } => self.close(client, code),
                    Effect::Record(record) => written.push(Written::Call(record)),
                    Effect::Merge { from, into } => written.push(Written::Merged { from, into }),
                }
            }
            let now = Timestamp::now();
            effects = slow.into_iter().flat_map(|client| self.hub.leave(client, now)).collect();
        }
        for written in written {
            match written {
                Written::Call(record) => self.record(record),
                other => self.write(other),
            }
        }
    }

    /// Sends a frame. The client is dropped, and given back, where its queue does not take it; it
    /// comes back and takes a snapshot.
    fn send(&mut self, client: ClientId, text: Text) -> Option<ClientId> {
        let sent = self.outboxes.get(&client)?.frames.try_send(text);
        matches!(sent, Err(mpsc::error::TrySendError::Full(_))).then(|| {
            tracing::info!(client = client.0, "dropped a client that reads too slowly");
            self.close(client, CloseCode::Slow);
            client
        })
    }

    fn close(&mut self, client: ClientId, code: CloseCode) {
        if let Some(outbox) = self.outboxes.remove(&client) {
            let _ = outbox.close.send(code);
        }
    }

    fn record(&mut self, record: Box<CallRecord>) {
        let record = self.with_known(record);
        self.write(Written::Call(record));
    }

    /// With all that is known of a call that goes on, to be resumed after a restart.
    fn with_known(&self, mut record: Box<CallRecord>) -> Box<CallRecord> {
        let known = self.switchboard.known(&record.call.id);
        record.known = known.and_then(|known| serde_json::to_string(&known).ok());
        record
    }

    /// The call history never holds a call up: where its queue is full, the record is counted as
    /// dropped. It is written again with all others when there is room.
    fn write(&mut self, written: Written) {
        if self.writer.try_send(written).is_err() {
            self.dropped += 1;
            self.written_again = None;
            if !std::mem::replace(&mut self.behind, true) {
                tracing::warn!(dropped = self.dropped, "the call history's queue is full: records are dropped");
            }
        }
    }

    /// After a database that was away for long: every call that is still known is written once
    /// more, as many at a time as half of the queue's room takes. Only those that ended too long ago
    /// are lost.
    fn write_again(&mut self) {
        let room = self.writer.capacity() / 2;
        if !self.behind || room == 0 {
            return;
        }
        let records: Vec<CallRecord> = self.hub.records_after(self.written_again.as_ref()).take(room).collect();
        tracing::info!(calls = records.len(), "Writing calls again of which records may have been dropped");
        let is_all = records.len() < room;
        self.written_again = records.last().map(|record| record.call.id.clone());
        for record in records {
            self.record(Box::new(record));
        }
        if is_all {
            self.behind = false;
            self.written_again = None;
            self.write(Written::CaughtUp);
        }
    }

    fn count(&self) {
        let counters = self.hub.counters();
        let (clients, calls) = self.hub.load();
        metrics::gauge!("ringside_clients").set(clients as f64);
        metrics::gauge!("ringside_live_calls").set(calls as f64);
        metrics::counter!("ringside_calls_total").absolute(counters.calls);
        metrics::counter!("ringside_lookups_total").absolute(counters.lookups);
        metrics::counter!("ringside_lookup_failovers_total").absolute(counters.failovers);
        metrics::counter!("ringside_lookup_retries_total").absolute(counters.retries);
        metrics::counter!("ringside_lookup_late_answers_total").absolute(counters.late_answers);
        metrics::counter!("ringside_lookup_bad_signatures_total").absolute(counters.bad_signatures);
        metrics::counter!("ringside_records_dropped_total").absolute(self.dropped);
    }
}
