//! Scripted calls as timed ARI events: the simulator's score.
//!
//! - `scenario`: what may happen in a call
//! - `acts`: what calls are made of: a ring, an answer, a hangup
//! - `play`: each scenario, act after act
//! - `transfer`: callers who are handed on
//! - `score`: writes the events down, each with its time
//! - `channel`: channels and bridges, as ARI shows them
//! - `day`: a believable day, the same for the same seed
//! - `diary`: which phones talk when, so that nobody answers two calls at once
//!
//! Each channel's events come in the order in which a real Asterisk sent them; the tests hold the
//! scores against recordings. Nothing here waits: whoever plays a score keeps its time.

mod acts;
mod channel;
mod day;
mod diary;
mod play;
mod scenario;
mod score;
#[cfg(test)]
mod tests;
mod transfer;

use std::{collections::BTreeSet, time::Duration};

use domain::{
    Timestamp,
    call::Party,
    ids::{Endpoint, Extension},
};

use crate::{ari, switchboard::Roll};
pub use channel::Ids;
pub use day::{Day, Planned};
pub use diary::Diary;
pub use scenario::Scenario;

/// Who and what is on the stage.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The phones of the ring group. Extension 1000 is the endpoint `PJSIP/1000`.
    pub extensions: Vec<Extension>,
    /// Where calls from outside come in, such as `PJSIP/trunk`.
    pub trunk: Endpoint,
    /// Where their dialplan begins, such as `from-trunk`.
    pub inbound_context: String,
    /// The number that callers dial.
    pub did: String,
    /// The Stasis app through which their calls hop.
    pub app: String,
}

/// When and how fast a scenario is played, and what is going on meanwhile.
#[derive(Clone, Debug)]
pub struct Stage<'a> {
    pub cast: &'a Cast,
    pub start: Timestamp,
    /// 1 is real time, 2 is twice as fast. Above 0.
    pub pace: f64,
    /// Phones that talk already: they refuse the ring as busy, unless the scenario wants them.
    pub busy: &'a BTreeSet<Extension>,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed {
    /// Since the start of the call, the pace taken into account.
    pub after: Duration,
    /// The text, as the WebSocket would bring it.
    pub event: String,
}

/// A call, written down from its beginning to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// In the order of time.
    pub events: Vec<Timed>,
    /// Which phones talk in it, and when.
    pub talks: Vec<Talk>,
}

/// A phone talks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talk {
    pub exten: Extension,
    pub from: Timestamp,
    pub until: Timestamp,
}

/// The scenario wants a phone that is not on the stage. Whoever asked for the scenario reads it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no phone {0} is simulated: choose one of the configured extensions")]
pub struct NoSuchPhone(Extension);

/// Writes down what happens when `caller` calls. Outbound and internal calls have no caller from
/// outside: there, the scenario says who calls.
///
/// # Errors
/// [`NoSuchPhone`] where the scenario wants a phone that the cast has not.
pub fn play(scenario: &Scenario, caller: &Party, stage: &Stage, ids: &mut Ids) -> Result<Score, NoSuchPhone> {
    if let Some(stranger) = scenario.talkers().into_iter().find(|exten| !stage.cast.extensions.contains(exten)) {
        return Err(NoSuchPhone(stranger.clone()));
    }
    let mut writer = score::Writer::new(stage, ids);
    writer.play(scenario, caller)?;
    Ok(writer.finish())
}

/// What a PBX without calls answers when the roll is called: every phone online, and the trunk.
pub fn roll(cast: &Cast, started_at: Timestamp) -> Roll {
    let phones = cast.extensions.iter().map(|exten| ("PJSIP", exten.as_str()));
    let trunk = (cast.trunk.technology(), cast.trunk.resource());
    let online = |(technology, resource): (&str, &str)| ari::Endpoint {
        technology: technology.to_owned(),
        resource: resource.to_owned(),
        state: Some("online".to_owned()),
    };
    Roll { endpoints: phones.chain([trunk]).map(online).collect(), started_at: Some(started_at), ..Roll::default() }
}
