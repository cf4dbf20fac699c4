#![no_main]

#[path = "../bodies/client_message.rs"]
mod client_message;

libfuzzer_sys::fuzz_target!(|data: &[u8]| client_message::check(data));
