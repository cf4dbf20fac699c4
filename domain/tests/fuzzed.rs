//! The inputs that fuzzing has kept, replayed. `cargo xtask fuzz` looks for more.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "an input that cannot be read fails the test")]

#[path = "../../fuzz/bodies/client_message.rs"]
mod client_message;
#[path = "../../fuzz/bodies/replay.rs"]
mod replay;

#[test]
fn frames_of_browsers() {
    replay::replay("client_message", client_message::check);
}
