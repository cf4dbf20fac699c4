//! How fast, how many, how small: Ringside and its references, measured in one run by the same
//! clock.
//!
//! - [`recording`]: recorded calls, and copies of them with ids and numbers of their own
//! - [`timeline`]: which copy plays when, on whose phones
//! - [`asterisk`]: a fake Asterisk that plays a timeline and stamps every event as it writes it
//! - [`house`]: Ringside's database and its signed-in agents, made without waiting for argon2
//! - [`desk`]: the clients, and what they heard when
//! - [`program`]: what is measured, as a process: its CPU time and its memory
//! - [`systems`]: Ringside and what it is compared with, started in the same way
//! - [`measure`]: a timeline played into a system; [`numbers`]: what comes out
//! - [`plan`]: what Ringside says to each event, for the floor; [`learn`]: how that is known
//! - [`parts`]: what is measured, part by part; [`report`]: how it is told
//! - [`plain`]: what the floor and the polling design share
//!
//! The programs are `bench`, which measures, and what it measures beside Ringside: `floor`,
//! `poller`, and `peer/` in Node.

pub mod asterisk;
pub mod desk;
pub mod house;
pub mod learn;
pub mod measure;
pub mod numbers;
pub mod parts;
pub mod plain;
pub mod plan;
pub mod program;
pub mod recording;
pub mod report;
pub mod systems;
pub mod timeline;

/// What went wrong, for the person who runs the benchmark.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
/// A benchmark that cannot go on says why.
pub type Outcome<T = ()> = Result<T, Failure>;
