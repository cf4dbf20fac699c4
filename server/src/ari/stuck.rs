//! Callers in our Stasis app, who wait in silence until they are sent on into their dialplan.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::ids::ChannelId;
use pbx::ari::Channel;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::{backoff::backoff, rest::Rest};

/// Sends callers on, each in a task of its own.
pub(super) struct SendOn {
    rest: Rest,
    under_way: Arc<Mutex<Vec<ChannelId>>>,
}

impl SendOn {
    pub(super) fn new(rest: Rest) -> Self {
        Self { rest, under_way: Arc::default() }
    }

    /// Tries until it succeeds or this life of the link is over: the next one begins by sending on
    /// whoever is stuck.
    pub(super) fn start(&self, channel: ChannelId, over: &CancellationToken) {
        let (rest, over) = (self.rest.clone(), over.clone());
        let place = Place::take(&self.under_way, channel);
        tokio::spawn(async move {
            let channel = &place.channel;
            for failures in 0.. {
                let Err(error) = rest.continue_in_dialplan(channel).await else { return };
                tracing::error!(%error, %channel, "could not send a caller on into the dialplan; trying again");
                if over.run_until_cancelled(tokio::time::sleep(backoff(failures))).await.is_none() {
                    return;
                }
            }
        });
    }

    /// Sends this one on where it is in our app.
    pub(super) fn if_stuck(&self, channel: &Channel, over: &CancellationToken) {
        if self.rest.is_in_our_app(channel) {
            tracing::warn!(channel = %channel.id, "Sends on a caller who is stuck in our app");
            self.start(channel.id.clone(), over);
        }
    }

    /// As [`Self::if_stuck`], unless it is being tried.
    pub(super) fn if_forgotten(&self, channel: &Channel, over: &CancellationToken) {
        if !lock(&self.under_way).contains(&channel.id) {
            self.if_stuck(channel, over);
        }
    }
}

/// A channel among those that are being sent on, until it is dropped. One that enters the app twice
/// may be among them twice.
struct Place {
    under_way: Arc<Mutex<Vec<ChannelId>>>,
    channel: ChannelId,
}

impl Place {
    fn take(under_way: &Arc<Mutex<Vec<ChannelId>>>, channel: ChannelId) -> Self {
        lock(under_way).push(channel.clone());
        Self { under_way: under_way.clone(), channel }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut under_way = lock(&self.under_way);
        if let Some(at) = under_way.iter().position(|channel| *channel == self.channel) {
            under_way.swap_remove(at);
        }
    }
}

fn lock(under_way: &Mutex<Vec<ChannelId>>) -> MutexGuard<'_, Vec<ChannelId>> {
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who has entered our app, of a `StasisStart` that cannot be read otherwise.
pub(super) fn entered(text: &str) -> Option<ChannelId> {
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
