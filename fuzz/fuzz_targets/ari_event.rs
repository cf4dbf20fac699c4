#![no_main]

#[path = "../bodies/ari_event.rs"]
mod ari_event;

libfuzzer_sys::fuzz_target!(|data: &[u8]| ari_event::check(data));
