//! A telephone number in E.164, and how a person reads it.
//!
//! Parsing what a PBX or a person wrote is the server's work; this type is its proof.

use std::fmt;

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

    /// As it is said in its own country: `+84904859696` reads `090 485 96 96`.
    /// Numbers of other countries read as they are, in E.164.
    pub fn national(&self) -> String {
        let Some(rest) = self.0.strip_prefix("+84") else {
            return self.0.clone();
        };
        let digits = format!("0{rest}");
        let groups: &[usize] = match digits.len() {
            10 => &[3, 3, 2, 2],
            11 => &[3, 4, 2, 2],
            _ => return digits,
        };
        let mut shown = String::with_capacity(digits.len() + groups.len());
        let mut at = 0;
        for (index, length) in groups.iter().enumerate() {
            if index > 0 {
                shown.push(' ');
            }
            shown.push_str(&digits[at..at + length]);
            at += length;
        }
        shown
    }
}

/// Is this caller's number withheld? Asterisk says `anonymous` or nothing; carriers have other words.
pub fn is_hidden(number: &str) -> bool {
    let word = number.trim().to_ascii_lowercase();
    matches!(word.as_str(), "" | "anonymous" | "unknown" | "unavailable" | "restricted" | "private" | "withheld")
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
        assert_eq!(national("+841900"), "01900");
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
