//! Lets callers who are in our Stasis app go on in the dialplan: nothing is played to them there, and
//! nobody answers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::ids::ChannelId;
use serde::Deserialize;
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
    /// Channels that are being tried. One that enters the app twice may be among them twice.
    tried: Arc<Mutex<Vec<ChannelId>>>,
}

impl SendOn {
    pub fn new(rest: Rest) -> Self {
        Self { rest, under_way: Arc::new(Semaphore::new(AT_ONCE)), tried: Arc::default() }
    }

    /// Tries until it succeeds or this life of the link is `over`: the next one begins by sending on
    /// whoever is stuck. Logged are the first failure and the success after it.
    pub fn start(&self, channel: ChannelId, over: CancellationToken) {
        let this = self.clone();
        this.tried().push(channel.clone());
        tokio::spawn(async move {
            this.try_until(&channel, &over).await;
            let mut tried = this.tried();
            if let Some(at) = tried.iter().position(|other| *other == channel) {
                tried.swap_remove(at);
            }
        });
    }

    /// As [`Self::start`], where this channel is not being tried.
    pub fn start_unless_tried(&self, channel: ChannelId, over: CancellationToken) {
        if !self.tried().contains(&channel) {
            tracing::warn!(%channel, "a caller is in our app though they were sent on; trying again");
            self.start(channel, over);
        }
    }

    async fn try_until(&self, channel: &ChannelId, over: &CancellationToken) {
        for failures in 0.. {
            match self.attempt(channel).await {
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
    }

    fn tried(&self) -> MutexGuard<'_, Vec<ChannelId>> {
        self.tried.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn attempt(&self, channel: &ChannelId) -> Result<(), RestError> {
        // The semaphore is never closed.
        let _permit = self.under_way.acquire().await;
        self.rest.continue_in_dialplan(channel).await
    }
}

/// Who has entered our app, of a `StasisStart` of which the rest cannot be read.
pub fn entered(text: &str) -> Option<ChannelId> {
    #[derive(Deserialize)]
    struct Start {
        r#type: String,
        channel: Entered,
    }
    #[derive(Deserialize)]
    struct Entered {
        id: ChannelId,
    }
    let start: Start = serde_json::from_str(text).ok()?;
    (start.r#type == "StasisStart").then_some(start.channel.id)
}
