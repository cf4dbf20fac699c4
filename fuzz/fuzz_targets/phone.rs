#![no_main]

// So that the module finds its own, beside it.
#[path = "../../server/src"]
mod server {
    pub mod phone;
}
#[path = "../bodies/phone_number.rs"]
mod phone_number;

use server::phone;

libfuzzer_sys::fuzz_target!(init: phone::prepare(phone::Region::VIETNAM), |data: &[u8]| phone_number::check(data));
