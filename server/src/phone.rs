//! From what a PBX or a person wrote to [`E164`]. Numbers are parsed here, once, when they come
//! in; everywhere else the type is the proof.

use domain::phone::E164;
use phonenumber::country;

/// The region whose national numbers are read as they are dialled there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region(country::Id);

impl Region {
    pub const VIETNAM: Self = Self(country::Id::VN);

    /// The region's calling code: `84` for Vietnam.
    fn calling_code(self) -> Option<u16> {
        phonenumber::metadata::DATABASE.by_id(self.0.as_ref()).map(|metadata| metadata.country_code())
    }
}

/// The text is not a region's two letters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the two letters of a region, such as VN, found {0:?}")]
pub struct UnknownRegion(String);

impl std::str::FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(text: &str) -> Result<Self, UnknownRegion> {
        let region = text.parse().map(Self).map_err(|_| UnknownRegion(text.to_owned()))?;
        region.calling_code().map(|_| region).ok_or_else(|| UnknownRegion(text.to_owned()))
    }
}

/// Reads the tables of the world's numbers, which take a tenth of a second: the first call does
/// not have to wait for them then.
pub fn prepare(region: Region) {
    let _ = region.calling_code();
}

/// Did the caller withhold the number? Asterisk says `anonymous` or nothing; carriers have
/// other words.
pub fn is_hidden(raw: &str) -> bool {
    let word = raw.trim().to_ascii_lowercase();
    matches!(word.as_str(), "" | "anonymous" | "unknown" | "unavailable" | "restricted" | "private" | "withheld")
}

/// The number that `raw` means when it is written or dialled in `region`; none where it is no
/// valid number. `+84…`, `0084…`, `84…` and `0…` are the same number, punctuation does not
/// matter, and Vietnamese mobile numbers from before 2018 become those of today.
pub fn parse(raw: &str, region: Region) -> Option<E164> {
    let (plus, digits) = digits_of(raw)?;
    let code = region.calling_code()?.to_string();
    let international = if plus {
        Some(digits.as_str())
    } else {
        digits.strip_prefix("00").or_else(|| digits.starts_with(&code).then_some(digits.as_str()))
    };
    // A national number may begin with the digits of the calling code: it is read so second.
    international.and_then(valid).or_else(|| if plus { None } else { valid(&format!("{code}{digits}")) })
}

/// Whether a plus leads, and the digits. None where anything but digits and punctuation is found.
fn digits_of(raw: &str) -> Option<(bool, String)> {
    let mut plus = false;
    let mut digits = String::with_capacity(raw.len());
    for c in raw.trim().chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if digits.is_empty() && !plus => plus = true,
            '/' | '(' | ')' | '-' | '.' => {}
            c if c.is_whitespace() => {}
            _ => return None,
        }
    }
    // E.164 has 15 digits at most; four more cover `00` and a trunk prefix.
    (!digits.is_empty() && digits.len() <= 19).then_some((plus, digits))
}

/// Digits that begin with a calling code, if they are a number in use there.
fn valid(digits: &str) -> Option<E164> {
    let digits = match digits.strip_prefix("84") {
        Some(national) => format!("84{}", renumbered(national.trim_start_matches('0'))),
        None => digits.to_owned(),
    };
    if is_vietnamese_mobile(&digits) {
        return E164::try_from(format!("+{digits}")).ok();
    }
    let read = |written: &str| {
        let number = phonenumber::parse(None, written).ok().filter(phonenumber::PhoneNumber::is_valid)?;
        Some(number.format().mode(phonenumber::Mode::E164).to_string())
    };
    // With a stray zero the tables read some numbers that they do not know without it.
    let number = read(&format!("+{digits}")).and_then(|number| read(&number))?;
    E164::try_from(number).ok()
}

/// All of 03, 05, 07, 08 and 09 is for mobiles. New networks open there faster than the
/// library's tables learn of them.
fn is_vietnamese_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with("84") && matches!(digits.as_bytes()[2], b'3' | b'5' | b'7' | b'8' | b'9')
}

/// Vietnam's renumbering of 2018: the 11-digit mobile numbers lost a digit. Only those
/// prefixes, and only with seven digits after them: old landlines look like new mobiles.
fn renumbered(national: &str) -> String {
    if national.len() == 10
        && let Some((prefix, rest)) = national.split_at_checked(3)
        && let Some(now) = prefix_of_today(prefix)
    {
        return format!("{now}{rest}");
    }
    national.to_owned()
}

fn prefix_of_today(prefix: &str) -> Option<&'static str> {
    Some(match prefix {
        // MobiFone
        "120" => "70",
        "121" => "79",
        "122" => "77",
        "126" => "76",
        "128" => "78",
        // VinaPhone
        "123" => "83",
        "124" => "84",
        "125" => "85",
        "127" => "81",
        "129" => "82",
        // Viettel
        "162" => "32",
        "163" => "33",
        "164" => "34",
        "165" => "35",
        "166" => "36",
        "167" => "37",
        "168" => "38",
        "169" => "39",
        // Vietnamobile
        "186" => "56",
        "188" => "58",
        // Gmobile
        "199" => "59",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn vietnamese(raw: &str) -> Option<String> {
        parse(raw, Region::VIETNAM).map(String::from)
    }

    #[test]
    fn every_way_of_writing_is_one_number() {
        let written =
            ["+84-912.345.603", "0084912345603", "84912345603", "0912345603", " (091) 234/56 03 ", "+84 0912 345 603"];
        for raw in written {
            assert_eq!(vietnamese(raw).as_deref(), Some("+84912345603"), "{raw}");
        }
    }

    #[test]
    fn numbers_of_before_2018_are_those_of_today() {
        let pairs = [
            ("120", "70"),
            ("121", "79"),
            ("122", "77"),
            ("126", "76"),
            ("128", "78"),
            ("123", "83"),
            ("124", "84"),
            ("125", "85"),
            ("127", "81"),
            ("129", "82"),
            ("162", "32"),
            ("163", "33"),
            ("164", "34"),
            ("165", "35"),
            ("166", "36"),
            ("167", "37"),
            ("168", "38"),
            ("169", "39"),
            ("186", "56"),
            ("188", "58"),
            ("199", "59"),
        ];
        for (old, new) in pairs {
            let now = Some(format!("+84{new}3456789"));
            for raw in [format!("0{old}3456789"), format!("+84{old}3456789"), format!("84 {old} 345 6789")] {
                assert_eq!(vietnamese(&raw), now, "{raw}");
            }
            assert_eq!(vietnamese(&format!("0{new}3456789")), now);
        }
    }

    #[test]
    fn landlines_are_not_taken_for_old_mobiles() {
        assert_eq!(vietnamese("024 3825 3825").as_deref(), Some("+842438253825"));
        assert_eq!(vietnamese("028 3829 5000").as_deref(), Some("+842838295000"));
        assert_eq!(vietnamese("0841234567").as_deref(), Some("+84841234567"), "VinaPhone's 084, not the calling code");
    }

    #[test]
    fn every_mobile_network_is_known() {
        for prefix in [
            "32", "39", "52", "55", "56", "58", "59", "70", "79", "81", "85", "86", "87", "88", "89", "90", "96", "98",
            "99",
        ] {
            assert_eq!(vietnamese(&format!("0{prefix}3456789")), Some(format!("+84{prefix}3456789")));
        }
    }

    #[test]
    fn foreign_numbers_keep_their_country() {
        assert_eq!(vietnamese("+44 20 7183 8750").as_deref(), Some("+442071838750"));
        assert_eq!(vietnamese("0044 20 7183 8750").as_deref(), Some("+442071838750"));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for raw in ["", "anonymous", "1000", "+", "12345", "091234560x", "+84912", "sip:0912345603", "٠٩١٢٣٤٥٦٠٣"]
        {
            assert_eq!(vietnamese(raw), None, "{raw:?}");
        }
    }

    #[test]
    fn hidden_callers_are_told_from_unreadable_ones() {
        assert!(["", " ", "anonymous", "Anonymous", "Restricted"].into_iter().all(is_hidden));
        assert!(!["0912345603", "1000", "x"].into_iter().any(is_hidden));
    }

    #[test]
    fn a_region_is_two_letters() {
        assert_eq!("VN".parse(), Ok(Region::VIETNAM));
        assert!("Vietnam".parse::<Region>().is_err());
        assert_eq!(parse("020 7183 8750", "GB".parse().unwrap()).unwrap().as_str(), "+442071838750");
    }

    proptest! {
        #[test]
        fn no_text_panics(raw in "\\PC*") {
            let _ = parse(&raw, Region::VIETNAM);
        }

        #[test]
        fn no_digits_panic_and_parsing_is_stable(raw in "\\+?[0-9 .()/-]{0,24}") {
            if let Some(number) = parse(&raw, Region::VIETNAM) {
                prop_assert_eq!(parse(number.as_str(), Region::VIETNAM), Some(number));
            }
        }
    }
}
