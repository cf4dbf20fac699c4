//! The exchange's own task.

use std::{collections::HashMap, time::Duration};

use domain::{
    Timestamp,
    history::CallRecord,
    ids::CallId,
    protocol::{CloseCode, PbxLink},
};
use pbx::switchboard::{Change, Switchboard, Topology};
use rand::{SeedableRng, rngs::StdRng};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{Health, Input};
use crate::{
    ari::Signal,
    hub::{self, ClientId, Effect, Hub, Text},
    signature::Signer,
};

/// How often the hub is told the time: overdue lookups fail over no later than this.
const TICK: Duration = Duration::from_millis(200);

/// What the exchange is made from.
#[derive(Debug)]
pub struct Settings {
    pub topology: Topology,
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
    Merged { from: CallId, into: CallId },
}

/// Runs until `shutdown`; then tells every browser to come back soon.
pub async fn run(
    settings: Settings,
    mut inputs: mpsc::Receiver<Input>,
    mut signals: mpsc::Receiver<Signal>,
    writer: mpsc::Sender<Written>,
    shutdown: CancellationToken,
) {
    let hub = Hub::new(settings.hub, settings.signer, StdRng::seed_from_u64(settings.seed), Timestamp::now());
    let mut it =
        Task { switchboard: Switchboard::new(settings.topology), hub, outboxes: HashMap::new(), writer, dropped: 0 };
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        // The PBX first: a flood of browsers must not delay a ring.
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            Some(signal) = signals.recv() => it.signal(signal),
            _ = tick.tick() => {
                let effects = it.hub.tick(Timestamp::now());
                it.carry_out(effects);
                it.count();
            }
            Some(input) = inputs.recv() => it.input(input),
        }
    }
    for (_, outbox) in it.outboxes.drain() {
        let _ = outbox.close.send(CloseCode::GoingAway);
    }
}

struct Task {
    switchboard: Switchboard,
    hub: Hub,
    outboxes: HashMap<ClientId, Outbox>,
    writer: mpsc::Sender<Written>,
    dropped: u64,
}

impl Task {
    fn signal(&mut self, signal: Signal) {
        let now = Timestamp::now();
        match signal {
            Signal::Event(event) => {
                let changes = self.switchboard.apply(&event, now);
                self.changed(changes, now);
            }
            Signal::Up { name, roll } => {
                tracing::info!(pbx = name, channels = roll.channels.len(), "caught up with the PBX");
                let changes = self.switchboard.reconcile(&roll, now);
                self.changed(changes, now);
                self.link(PbxLink { up: true, replaced: false, since: Some(now), name: Some(name) });
            }
            Signal::Down { replaced } => {
                let changes = self.switchboard.link_down(now);
                self.changed(changes, now);
                let name = self.hub.pbx().name.clone();
                let since = if self.hub.pbx().up { Some(now) } else { self.hub.pbx().since.or(Some(now)) };
                self.link(PbxLink { up: false, replaced, since, name });
            }
        }
    }

    fn link(&mut self, link: PbxLink) {
        let effects = self.hub.pbx_link(link);
        self.carry_out(effects);
    }

    fn changed(&mut self, changes: Vec<Change>, now: Timestamp) {
        for change in changes {
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
                let _ = answer.send(hub.record(&call).map(Box::new));
                return;
            }
            Input::NoteChanged { seat, call } => hub.note_changed(&seat, &call),
            Input::Vacate { seat, code } => hub.vacate(&seat, code, now),
            Input::EndSession { session } => hub.end_session(&session, now),
            Input::Health { answer } => {
                let (clients, live_calls) = hub.load();
                let (pbx, counters) = (hub.pbx().clone(), hub.counters());
                let _ = answer.send(Health { pbx, clients, live_calls, counters, records_dropped: self.dropped });
                return;
            }
        };
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { client, text } => self.send(client, text),
                Effect::Close { client, code } => {
                    if let Some(outbox) = self.outboxes.remove(&client) {
                        let _ = outbox.close.send(code);
                    }
                }
                Effect::Record(record) => self.write(Written::Call(record)),
                Effect::Merge { from, into } => self.write(Written::Merged { from, into }),
            }
        }
    }

    /// A client that does not read is dropped rather than waited for; it comes back and takes a
    /// snapshot.
    fn send(&mut self, client: ClientId, text: Text) {
        let Some(outbox) = self.outboxes.get(&client) else { return };
        if let Err(mpsc::error::TrySendError::Full(_)) = outbox.frames.try_send(text) {
            tracing::info!(client = client.0, "dropped a client that reads too slowly");
            if let Some(outbox) = self.outboxes.remove(&client) {
                let _ = outbox.close.send(CloseCode::Slow);
            }
            let effects = self.hub.leave(client, Timestamp::now());
            self.carry_out(effects);
        }
    }

    /// The call history never holds a call up: where its queue is full, the record is counted as
    /// dropped. The call's next change writes it again.
    fn write(&mut self, written: Written) {
        if self.writer.try_send(written).is_err() {
            self.dropped += 1;
            tracing::warn!(dropped = self.dropped, "the call history's queue is full: a record was dropped");
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
