#![no_main]

#[path = "../bodies/switchboard.rs"]
mod switchboard;

libfuzzer_sys::fuzz_target!(|data: &[u8]| switchboard::check(data));
