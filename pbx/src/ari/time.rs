//! Asterisk's timestamps: `2026-11-24T02:54:15.354+0000`, with an offset that lacks its colon,
//! so not RFC 3339.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de::Error};

/// Parses one of Asterisk's timestamps; RFC 3339 will do as well.
pub fn parse(text: &str) -> Result<Timestamp, jiff::Error> {
    Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).or_else(|_| text.parse())
}

pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    let text = std::borrow::Cow::<str>::deserialize(from)?;
    parse(&text).map_err(D::Error::custom)
}

pub mod maybe {
    use super::*;

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<std::borrow::Cow<str>>::deserialize(from)?;
        text.map(|text| parse(&text)).transpose().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn offsets_read_with_and_without_a_colon() {
        let expected = "2026-11-24T02:54:15.354Z";
        for text in ["2026-11-24T02:54:15.354+0000", "2026-11-24T09:54:15.354+0700", "2026-11-24T09:54:15.354+07:00"] {
            assert_eq!(parse(text).unwrap().to_string(), expected, "{text}");
        }
        assert!(parse("yesterday").is_err());
    }
}
