//! The call history's writer: takes what the exchange queued, one after the other, and tries
//! again while the database is locked, full or away.

use std::time::Duration;

use tokio::sync::mpsc;

use crate::{
    exchange::Written,
    store::{Store, StoreError},
};

/// Records that may wait. A busy centre makes a few a second, so this is minutes of a locked
/// database.
pub const QUEUE: usize = 4096;
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Writes until the exchange is gone and its queue is empty.
pub async fn run(store: Store, mut queue: mpsc::Receiver<Written>) {
    while let Some(written) = queue.recv().await {
        let mut failures = 0_u32;
        while let Err(error) = write(&store, &written).await {
            if failures.is_multiple_of(20) {
                tracing::error!(%error, waiting = queue.len(), "Could not write the call history; trying again");
            }
            failures += 1;
            // A server that stops does not wait for a database that does not come back.
            if queue.is_closed() && failures > 2 {
                tracing::error!(lost = queue.len() + 1, "Stopped with call records unwritten");
                return;
            }
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }
}

async fn write(store: &Store, written: &Written) -> Result<(), StoreError> {
    match written {
        Written::Call(record) => store.record_call(record).await,
        Written::Merged { from, into } => store.merge_calls(from, into).await,
    }
}
