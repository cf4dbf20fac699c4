//! The inputs that fuzzing has kept, replayed. `cargo xtask fuzz` looks for more.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "an input that cannot be read fails the test")]

#[path = "../../fuzz/bodies/phone_number.rs"]
mod phone_number;
#[path = "../../fuzz/bodies/replay.rs"]
mod replay;

#[test]
fn telephone_numbers() {
    replay::replay("phone", phone_number::check);
}
