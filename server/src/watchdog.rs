//! What a service manager is told, as sd_notify(3) has it: that we serve, that we are alive, that we
//! stop. Where there is none (no `NOTIFY_SOCKET`), nothing is said.

use std::time::Duration;

use sd_notify::{NotifyState, notify, watchdog_enabled};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use crate::exchange::Exchange;

/// Words for each time that it waits before it thinks us dead: one may be late.
const WORDS: u32 = 3;

/// Says that we serve, and then, where the manager asked for it, that we are alive for as long as
/// the exchange answers: a caller in the Stasis hop of a server that hangs would wait, and whoever
/// kills it lets the next one send them on. Returns after `shutdown`.
pub async fn run(exchange: Exchange, shutdown: CancellationToken) {
    tell(NotifyState::Ready);
    if let Some(patience) = watchdog_enabled() {
        let mut due = interval((patience / WORDS).max(Duration::from_millis(1)));
        while shutdown.run_until_cancelled(due.tick()).await.is_some() {
            if exchange.health().await.is_some() {
                tell(NotifyState::Watchdog);
            }
        }
    }
    shutdown.cancelled().await;
    tell(NotifyState::Stopping);
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = notify(&[state]) {
        tracing::warn!(%error, "the service manager cannot be told how we are");
    }
}
