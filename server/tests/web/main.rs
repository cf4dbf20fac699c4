//! The web side of a whole server, through its doors: HTTP and WebSockets.
//!
//! - `desks`: what desks and the floor are pushed, and who holds a desk
//! - `lookups`: one lookup per call, asked of one browser and then of the next
//! - `notes`: drafts and notes
//! - `origins`: whose requests and sockets are let in
//! - `restart`: a server that is restarted in mid-call
//! - `rude`: frames and requests that nobody should send
//! - `streams`: coming back after a loss
//! - `sessions`: signing in, guessing, and sessions that are over
//! - `strangers`: what is somebody else's
//! - `live`: the server that these play with; `browser`: the browsers

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../browser/mod.rs"]
mod browser;
mod desks;
mod live;
mod lookups;
mod notes;
mod origins;
mod restart;
mod rude;
mod sessions;
mod strangers;
mod streams;
