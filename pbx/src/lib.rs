//! Asterisk, understood: ARI's events folded into calls.
//!
//! - [`ari`]: what Asterisk sends, as types; what is unknown is kept
//! - [`switchboard`]: the fold of events into calls
//! - [`script`]: scripted calls as timed ARI events, the simulator's score
//!
//! Nothing here knows a clock, a socket or a runtime: events carry Asterisk's own time.

pub mod ari;
pub mod script;
pub mod switchboard;
