//! What claims to be a telephone number, read in several regions: it never panics, and the number
//! that it means is read back as itself, both in E.164 and as people of the region are shown it.

use super::phone::{self, Region};

pub fn check(data: &[u8]) {
    let Ok(raw) = std::str::from_utf8(data) else { return };
    let abroad = ["GB", "IT", "US"].map(|region| region.parse().expect("a region"));
    for region in [Region::VIETNAM].into_iter().chain(abroad) {
        let Some(number) = phone::parse(raw, region) else { continue };
        assert!(!phone::is_hidden(raw), "{raw:?} is {number} and hidden");
        assert_eq!(phone::parse(number.as_str(), region).as_ref(), Some(&number), "{raw:?} in {region:?}");
        if region == Region::VIETNAM {
            let shown = number.national();
            assert_eq!(phone::parse(&shown, region).as_ref(), Some(&number), "{raw:?} is shown as {shown:?}");
        }
    }
}
