//! Lets callers who are in our Stasis app go on in the dialplan: nothing is played to them there, and
//! nobody answers.

use std::sync::Arc;

use domain::ids::ChannelId;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{
    backoff,
    rest::{Rest, RestError},
};

/// Attempts that are under way at once. After an outage many callers may be stuck, and Asterisk's HTTP
/// server takes 100 connections (`sessionlimit` of http.conf).
const AT_ONCE: usize = 16;

/// Sends channels on, each in a task of its own.
#[derive(Clone, Debug)]
pub struct SendOn {
    rest: Rest,
    under_way: Arc<Semaphore>,
}

impl SendOn {
    pub fn new(rest: Rest) -> Self {
        Self { rest, under_way: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Tries until it succeeds or this life of the link is `over`: the next one begins by sending on
    /// whoever is stuck. Logged are the first failure and the success after it.
    pub fn start(&self, channel: ChannelId, over: CancellationToken) {
        let this = self.clone();
        tokio::spawn(async move {
            for failures in 0.. {
                match this.attempt(&channel).await {
                    Ok(()) if failures == 0 => return,
                    Ok(()) => {
                        tracing::info!(%channel, failures, "a caller was sent on into the dialplan after all");
                        return;
                    }
                    Err(error) if failures == 0 => {
                        tracing::error!(%error, %channel, "could not send a caller on into the dialplan; trying until it succeeds");
                    }
                    Err(_) => {}
                }
                if over.run_until_cancelled(tokio::time::sleep(backoff(failures))).await.is_none() {
                    return;
                }
            }
        });
    }

    async fn attempt(&self, channel: &ChannelId) -> Result<(), RestError> {
        // The semaphore is never closed.
        let _permit = self.under_way.acquire().await;
        self.rest.continue_in_dialplan(channel).await
    }
}
