//! The link to Asterisk: one ARI client and one Stasis app for all extensions (R1).
//!
//! - `link`: connects, catches up, reads events, and comes back after a loss
//! - `rest`: the few requests that it makes over HTTP
//! - `send_on`: lets callers who are in our app go on
//! - [`survey`](survey()): whether a configuration fits this Asterisk, for `config check`
//!
//! What comes of it is one ordered stream of [`Signal`]s, so that catching up cannot race with
//! events: the socket is opened first and what it says is held, the roll of channels is called,
//! and then what was held follows. The simulator speaks the same [`Signal`]s.

mod link;
mod rest;
mod send_on;
mod survey;

use std::time::Duration;

use domain::ids::ChannelId;
use pbx::{
    ari::{Channel, Event},
    switchboard::Roll,
};

pub use link::run;
pub use rest::RestError;
pub use survey::{Profile, Survey, survey};

/// What a PBX, or the simulator, tells the exchange, in order.
#[derive(Debug)]
pub enum Signal {
    /// The link is up, and this is what is there now.
    Up {
        name: String,
        roll: Box<Roll>,
    },
    Event(Box<Event>),
    /// What Asterisk says of a channel that had been silent for long, and that it was asked about.
    ///
    /// It comes after every event that was read before the answer, but the answer may be older than the
    /// last of them: a channel that was found may have ended since. One that was not found stays gone,
    /// since Asterisk never gives an id twice.
    Checked {
        channel: ChannelId,
        /// None where it is gone, and nobody was told.
        found: Option<Box<Channel>>,
    },
    /// The link is lost. `replaced`: another program has taken the Stasis app over, and we
    /// stand by.
    Down {
        replaced: bool,
        /// Why, for the administrator.
        reason: String,
    },
}

/// How many questions about silent channels may wait for the link. What it does not take is asked again.
pub const QUESTIONS: usize = 256;

/// How many signals may wait for the exchange. The reader never waits: when this is full, the
/// link is dropped and caught up again, which costs no more than what was in the queue.
pub const SIGNALS: usize = 65_536;

/// Waits between attempts; the last one repeats.
const BACKOFF: [Duration; 5] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// How long to wait after so many failures before this one; the last wait repeats.
fn backoff(failures: usize) -> Duration {
    BACKOFF[failures.min(BACKOFF.len() - 1)]
}
