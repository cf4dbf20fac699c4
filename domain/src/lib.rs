//! The vocabulary of Ringside, shared by the server and the browser.
//!
//! - [`ids`]: names for what is identified: channels, calls, extensions, accounts
//! - [`phone`]: a telephone number in E.164 and how it is shown
//! - [`role`]: who may do what, and who is signed in
//! - [`sign_in`]: signing in, and why it is refused
//! - [`call`]: calls and their legs, as the switchboard tells them
//! - [`clock`]: a clock that only goes forward, and the server's
//! - [`agent`]: the agent's state, derived from calls
//! - [`customer`]: the record on the card
//! - [`fold`]: text without case and diacritics, to compare it
//! - [`note`]: notes, drafts, and what saving them can answer
//! - [`history`]: calls that are over
//! - [`view`]: the rows that desks and the floor show
//! - [`delta`]: the changes of those rows
//! - [`board`]: the live table that server and browser both hold
//! - [`protocol`]: the frames of the WebSocket and its close codes
//! - [`link`]: the browser's end of the WebSocket as a state machine
//!
//! Nothing here knows a clock, a socket or a runtime: the time is an argument.

pub mod agent;
pub mod board;
pub mod call;
pub mod clock;
pub mod customer;
pub mod delta;
pub mod fold;
pub mod history;
pub mod ids;
pub mod link;
pub mod note;
pub mod phone;
pub mod protocol;
pub mod role;
pub mod sign_in;
pub mod view;

pub use jiff::{SignedDuration, Timestamp};
