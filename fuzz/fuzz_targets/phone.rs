#![no_main]

#[path = "../bodies/phone_number.rs"]
mod phone_number;

libfuzzer_sys::fuzz_target!(init: phone::prepare(phone::Region::VIETNAM), |data: &[u8]| phone_number::check(data));
