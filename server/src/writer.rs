//! The call history's writer: gathers what the exchange queued, writes it in order, and tries
//! again while the database is locked, full or away. What it will never take is skipped.

use std::{collections::VecDeque, time::Duration};

use domain::{
    history::CallRecord,
    ids::{CallId, PbxName},
};
use tokio::sync::mpsc;

use crate::{
    exchange::{Exchange, Written},
    store::{Store, StoreError},
};

/// Records that may wait. A busy centre makes a few a second, so this is minutes of a locked
/// database.
pub const QUEUE: usize = 4096;
const RETRY_AFTER: Duration = Duration::from_millis(500);
/// So long what follows a record is gathered and written with it: a dozen phones begin to ring
/// within a few milliseconds, and that burst belongs to the browsers.
const GATHER: Duration = Duration::from_millis(100);

/// What the writer works with.
#[derive(Debug)]
pub struct Writer {
    pub store: Store,
    pub exchange: Exchange,
    /// Whose calls are ours to close.
    pub pbx: PbxName,
}

/// Writes until the exchange is gone and its queue is empty.
pub async fn run(writer: Writer, mut queue: mpsc::Receiver<Written>) {
    let mut gathered = Vec::new();
    while queue.recv_many(&mut gathered, QUEUE).await > 0 {
        if !queue.is_closed() {
            tokio::time::sleep(GATHER).await;
            gathered.extend(std::iter::from_fn(|| queue.try_recv().ok()));
        }
        let mut steps = VecDeque::from(steps(gathered.drain(..)));
        let mut failures = 0_u32;
        while let Some(step) = steps.front() {
            let Err(error) = writer.write(step).await else {
                steps.pop_front();
                failures = 0;
                continue;
            };
            if error.is_permanent() {
                skip(&mut steps, &error);
                continue;
            }
            if failures.is_multiple_of(20) {
                tracing::error!(%error, waiting = queue.len(), "Could not write the call history; trying again");
            }
            failures += 1;
            // A server that stops does not wait for a database that does not come back.
            if queue.is_closed() && failures > 2 {
                tracing::error!(lost = queue.len() + steps.len(), "Stopped with call records unwritten");
                return;
            }
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }
}

/// What is written in one transaction.
#[derive(Debug)]
enum Step {
    Calls(Vec<CallRecord>),
    Merged { from: CallId, into: CallId },
    CaughtUp,
}

/// Records that come one after the other are one step, and the last word about a call replaces
/// those before it: the states of a ringing burst are written once. The rest keeps its place.
fn steps(gathered: impl Iterator<Item = Written>) -> Vec<Step> {
    let mut steps = Vec::new();
    for written in gathered {
        match (written, steps.last_mut()) {
            (Written::Call(record), Some(Step::Calls(records))) => {
                match records.iter_mut().find(|before| before.call.id == record.call.id) {
                    Some(before) => *before = *record,
                    None => records.push(*record),
                }
            }
            (Written::Call(record), _) => steps.push(Step::Calls(vec![*record])),
            (Written::Merged { from, into }, _) => steps.push(Step::Merged { from, into }),
            (Written::CaughtUp, _) => steps.push(Step::CaughtUp),
        }
    }
    steps
}

/// The first step will never succeed: of several calls, each is tried alone; else it is left out.
fn skip(steps: &mut VecDeque<Step>, error: &StoreError) {
    match steps.pop_front() {
        Some(Step::Calls(records)) if records.len() > 1 => {
            for record in records.into_iter().rev() {
                steps.push_front(Step::Calls(vec![record]));
            }
        }
        Some(Step::Calls(records)) => {
            let call = records.first().map(|record| record.call.id.as_str());
            tracing::error!(%error, call, "Left a call out of the history: the database will not take it");
        }
        Some(Step::Merged { from, into }) => {
            tracing::error!(%error, %from, %into, "Left two calls apart in the history that became one");
        }
        Some(Step::CaughtUp) => tracing::error!(%error, "Could not close the calls that ended unseen"),
        None => {}
    }
}

impl Writer {
    async fn write(&self, step: &Step) -> Result<(), StoreError> {
        match step {
            Step::Calls(records) => {
                self.store.record_calls(records).await?;
                let ended = records.iter().filter(|record| record.call.ended_at.is_some());
                let ended = ended.map(|record| (record.call.id.clone(), record.call.extens())).collect::<Vec<_>>();
                if !ended.is_empty() {
                    self.exchange.recorded(ended).await;
                }
                Ok(())
            }
            Step::Merged { from, into } => self.store.merge_calls(from, into).await,
            Step::CaughtUp => self.close_orphans().await,
        }
    }

    /// Closes what ended unseen. First the rows are read and then the exchange is asked: a row of
    /// this run was written because the exchange knew its call, so a call that has just begun is
    /// in no danger, whoever writes its row.
    async fn close_orphans(&self) -> Result<(), StoreError> {
        let open = self.store.open_calls(&self.pbx).await?;
        let orphans = self.exchange.strangers(open).await.unwrap_or_default();
        if orphans.is_empty() {
            return Ok(());
        }
        let calls = self.store.close_orphans(&orphans).await?;
        tracing::info!(calls, "Closed calls that ended while nobody listened");
        Ok(())
    }
}
