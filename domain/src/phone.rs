//! A telephone number in E.164, and how a person reads it.
//!
//! Parsing what a PBX or a person wrote is the server's work; this type is its proof.

mod hidden;

use std::fmt;

pub use hidden::is_hidden;
use serde::{Deserialize, Serialize};

/// A number in E.164: `+`, a country code, and at most 15 digits in all (ITU-T E.164).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct E164(String);

/// The text is not `+` and 3 to 15 digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected + and 3 to 15 digits, found {0:?}")]
pub struct NotE164(pub String);

impl E164 {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is said in its own country: `+84904859696` reads `090 485 96 96`, and the hotline
    /// `+8419001234` reads `1900 1234`, as no zero is dialled before it.
    /// Numbers of other countries read as they are, in E.164.
    pub fn national(&self) -> String {
        let Some(rest) = self.0.strip_prefix(VIETNAM) else {
            return self.0.clone();
        };
        let (trunk, groups): (&str, &[usize]) = match (rest.starts_with(SERVICE), rest.len()) {
            (true, 8) => ("", &[4, 4]),
            (true, 9) => ("", &[4, 5]),
            (true, 10) => ("", &[4, 3, 3]),
            (true, _) => ("", &[]),
            (false, 9) => ("0", &[3, 3, 2, 2]),
            (false, 10) => ("0", &[3, 4, 2, 2]),
            (false, _) => ("0", &[]),
        };
        grouped(&format!("{trunk}{rest}"), groups)
    }

    /// What to dial for it: E.164, or the digits alone where the number cannot be reached through
    /// its country's code, as Vietnam's hotlines.
    pub fn dialled(&self) -> String {
        let service = self.0.strip_prefix(VIETNAM).filter(|rest| rest.starts_with(SERVICE));
        service.unwrap_or(&self.0).to_owned()
    }
}

const VIETNAM: &str = "+84";
/// Vietnam's numbers for services, 1800 and 1900 among them, have no trunk prefix.
const SERVICE: char = '1';

/// The digits in groups of these lengths, which are as many digits; as they are without groups.
fn grouped(digits: &str, groups: &[usize]) -> String {
    let mut shown = String::with_capacity(digits.len() + groups.len());
    let mut rest = digits;
    for length in groups {
        let (group, others) = rest.split_at(*length);
        shown.push_str(group);
        shown.push(' ');
        rest = others;
    }
    shown.push_str(rest);
    shown.trim_end().to_owned()
}

impl TryFrom<String> for E164 {
    type Error = NotE164;

    fn try_from(text: String) -> Result<Self, NotE164> {
        let digits = text.strip_prefix('+').unwrap_or("");
        if (3..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text))
        } else {
            Err(NotE164(text))
        }
    }
}

impl From<E164> for String {
    fn from(number: E164) -> Self {
        number.0
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn national(text: &str) -> String {
        E164::try_from(text.to_owned()).unwrap().national()
    }

    #[test]
    fn vietnamese_numbers_read_in_groups() {
        assert_eq!(national("+84904859696"), "090 485 96 96");
        assert_eq!(national("+842471000000"), "024 7100 00 00");
        assert_eq!(national("+84691234"), "0691234");
    }

    #[test]
    fn hotlines_are_read_and_dialled_without_a_zero() {
        for (number, shown, dialled) in [
            ("+8419001234", "1900 1234", "19001234"),
            ("+8418001091", "1800 1091", "18001091"),
            ("+841900545415", "1900 545 415", "1900545415"),
            ("+84180012345", "1800 12345", "180012345"),
            ("+841900", "1900", "1900"),
            ("+84113", "113", "113"),
        ] {
            let number = E164::try_from(number.to_owned()).unwrap();
            assert_eq!((number.national().as_str(), number.dialled().as_str()), (shown, dialled));
        }
        assert_eq!(E164::try_from("+84904859696".to_owned()).unwrap().dialled(), "+84904859696");
    }

    #[test]
    fn foreign_numbers_stay_in_e164() {
        assert_eq!(national("+442071838750"), "+442071838750");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "+", "84904859696", "+84 904", "+12", "+1234567890123456", "+8490x"] {
            assert!(E164::try_from(text.to_owned()).is_err(), "{text:?}");
        }
    }
}
