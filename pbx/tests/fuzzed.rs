//! The inputs that fuzzing has kept, replayed. `cargo xtask fuzz` looks for more.

#![allow(clippy::unwrap_used, reason = "an input that cannot be read fails the test")]

#[path = "../../fuzz/bodies/ari_event.rs"]
mod ari_event;
#[path = "../../fuzz/bodies/replay.rs"]
mod replay;
#[path = "../../fuzz/bodies/switchboard.rs"]
mod switchboard;

#[test]
fn frames_of_ari() {
    replay::replay("ari_event", ari_event::check);
}

#[test]
fn what_a_pbx_may_say() {
    replay::replay("switchboard", switchboard::check);
}
