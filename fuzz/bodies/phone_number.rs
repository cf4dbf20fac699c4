//! What claims to hold telephone numbers, read in several regions: it never panics, and each number
//! that is found is read back as itself, in E.164, as it is dialled, and as people of the region are
//! shown it. What one number is for a caller is the same number in a list.

use phone::Region;

pub fn check(data: &[u8]) {
    let Ok(raw) = std::str::from_utf8(data) else { return };
    let abroad = ["GB", "IT", "US"].map(|region| region.parse().expect("a region"));
    for region in [Region::VIETNAM].into_iter().chain(abroad) {
        let found = phone::find_all(raw, region);
        for number in &found.numbers {
            assert!(number.extension.iter().all(|digits| (1..=7).contains(&digits.len())), "{number:?}");
            let number = &number.e164;
            assert_eq!(phone::parse(number.as_str(), region).as_ref(), Some(number), "{raw:?} in {region:?}");
            if region == Region::VIETNAM {
                for shown in [number.national(), number.dialled()] {
                    assert_eq!(phone::parse(&shown, region).as_ref(), Some(number), "{raw:?} is shown as {shown:?}");
                }
            }
        }
        let Some(number) = phone::parse(raw, region) else { continue };
        assert!(!domain::phone::is_hidden(raw), "{raw:?} is {number} and hidden");
        assert!(
            found.numbers.iter().all(|known| known.e164 == number) && found.unread.is_empty(),
            "{raw:?}: {found:?}"
        );
    }
}
