//! Between the columns of the database and the types of `domain`.

use jiff::{Timestamp, civil::DateTime};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::StoreError;

/// A time as the database keeps it: milliseconds since 1970, as Asterisk tells them.
pub(super) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// Back from [`millis`].
pub(super) fn timestamp(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|_| StoreError::Unreadable { what: "time", found: millis.to_string() })
}

/// A time that may be absent.
pub(super) fn maybe_timestamp(millis: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    millis.map(timestamp).transpose()
}

/// Now, to the millisecond: what is answered is what is kept.
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// A restaurant's own time, as text that sorts.
pub(super) fn civil(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Back from [`civil`].
pub(super) fn from_civil(text: &str) -> Result<DateTime, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable { what: "booking time", found: text.to_owned() })
}

/// An enum without fields, by the name that it has on the wire.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        // No enum of ours is anything else; a wrong word would be told as Unreadable.
        Ok(other) => other.to_string(),
        Err(error) => error.to_string(),
    }
}

/// JSON for SQLite to read rows from.
pub(super) fn json<T: Serialize>(value: &T) -> String {
    // No row of ours fails to be written; an error's text would be refused as no JSON.
    serde_json::to_string(value).unwrap_or_else(|error| error.to_string())
}

/// Back from [`word`].
pub(super) fn from_word<T: DeserializeOwned>(what: &'static str, word: &str) -> Result<T, StoreError> {
    serde_json::from_value(Value::String(word.to_owned()))
        .map_err(|_| StoreError::Unreadable { what, found: word.to_owned() })
}

/// A column of JSON.
pub(super) fn from_json<T: DeserializeOwned>(what: &'static str, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Unreadable { what, found: json.to_owned() })
}

/// A count, which SQLite never makes negative.
pub(super) fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}
