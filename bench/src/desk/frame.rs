//! What a frame says, as far as it is measured. Ringside's and the references' frames name type,
//! call and phase alike; socket.io puts an envelope of its own around them.

use serde::Deserialize;

use crate::recording::Copy;

/// What a desk learns of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum News {
    /// There is a card.
    Shown,
    /// Somebody talks.
    Talking,
    /// The call is over.
    Ended,
    /// The card folds.
    Left,
}

/// A frame.
#[derive(Debug)]
pub enum Frame<'a> {
    /// To be answered with this.
    Ping(&'static str),
    Said(Said<'a>),
    Nothing,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Said<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    call_id: Option<&'a str>,
    phase: Option<&'a str>,
    lookup_id: Option<&'a str>,
}

impl Said<'_> {
    pub fn news(&self) -> Option<(usize, News)> {
        let call = Copy::of_root(self.call_id?.strip_prefix("main:")?)?;
        let news = match (self.kind, self.phase) {
            ("callState", Some("ringing")) => News::Shown,
            ("callState", Some("talking")) => News::Talking,
            ("callState", Some("ended")) => News::Ended,
            ("callLeft", _) => News::Left,
            _ => return None,
        };
        Some((call, news))
    }

    /// The call and the lookup, where this asks for one.
    pub fn lookup(&self) -> Option<(String, String)> {
        Some((self.call_id?.to_owned(), self.lookup_id?.to_owned()))
    }
}

pub fn read(text: &str) -> Frame<'_> {
    if text == "2" {
        return Frame::Ping("3");
    }
    let body = text.strip_prefix(r#"42["call","#).and_then(|it| it.strip_suffix(']')).unwrap_or(text);
    match serde_json::from_str::<Said>(body) {
        Ok(Said { kind: "ping", .. }) => Frame::Ping(r#"{"type":"pong"}"#),
        Ok(said) => Frame::Said(said),
        Err(_) => Frame::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(text: &str) -> Option<(usize, News)> {
        match read(text) {
            Frame::Said(said) => said.news(),
            _ => None,
        }
    }

    #[test]
    fn everyone_s_frames_are_read() {
        let left = r#"{"type":"callLeft","callId":"main:1795490000.32","reason":"answeredElsewhere"}"#;
        assert_eq!(news(left), Some((2, News::Left)));
        assert_eq!(news(&format!(r#"42["call",{left}]"#)), Some((2, News::Left)));
        let state = r#"{"seq":3,"type":"callState","callId":"main:1795490000.0","phase":"talking"}"#;
        assert_eq!(news(state), Some((0, News::Talking)));
    }

    #[test]
    fn pings_are_answered_in_kind() {
        assert!(matches!(read("2"), Frame::Ping("3")));
        assert!(matches!(read(r#"{"type":"ping","now":"2026-01-01T00:00:00Z"}"#), Frame::Ping(r#"{"type":"pong"}"#)));
    }
}
