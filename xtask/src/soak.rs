//! Very many calls through the program, and then a look at what it still holds.

use crate::run::{Outcome, command, run};

/// Runs it; prints what the server held on the way.
pub fn run_all(calls: u64) -> Outcome {
    let soak = ["test", "--release", "--package", "server", "--test", "program", "soak", "--", "--nocapture"];
    let mut command = command("cargo", &soak);
    command.env("SOAK_CALLS", calls.to_string());
    run(command)
}
