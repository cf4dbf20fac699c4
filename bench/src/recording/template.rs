//! A text in which every name of the recorded call is a hole.

use serde_json::Value;

use super::PHONES;
use crate::Outcome;

/// Copies' channels are numbered from `EPOCH.0`; a call has at most so many.
const EPOCH: &str = "1795490000";
const CHANNELS: usize = 16;
/// The copies' extensions begin here.
pub const FIRST_EXTENSION: usize = 10_000;

/// One playing of a recording: the how-manieth, and on the phones of which group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copy {
    pub number: usize,
    pub group: usize,
}

impl Copy {
    /// The id of its root channel, which names the call.
    pub fn root(self) -> String {
        format!("{EPOCH}.{}", self.number * CHANNELS)
    }

    /// The number of the copy whose root channel this is.
    pub fn of_root(id: &str) -> Option<usize> {
        let number: usize = id.strip_prefix(EPOCH)?.strip_prefix('.')?.parse().ok()?;
        Some(number / CHANNELS)
    }

    /// The caller's number: the copies have so many customers, who call again and again.
    pub fn caller(self) -> String {
        format!("0904{:06}", self.number % 10_000)
    }
}

/// The extension of a phone, counted over all groups.
pub fn extension(phone: usize) -> String {
    (FIRST_EXTENSION + phone).to_string()
}

#[derive(Debug)]
enum Piece {
    Text(String),
    Channel(usize),
    Phone(usize),
    Caller,
    Bridge,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Template(Vec<Piece>);

impl Template {
    pub(super) fn render(&self, copy: Copy) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Channel(channel) => text.push_str(&format!("{EPOCH}.{}", copy.number * CHANNELS + channel)),
                Piece::Phone(phone) => text.push_str(&extension(copy.group * PHONES + phone)),
                Piece::Caller => text.push_str(&copy.caller()),
                Piece::Bridge => text.push_str(&format!("841a7cfe-c26a-4178-bb4c-{:012}", copy.number)),
            }
        }
        text
    }
}

/// The names of a recorded call.
pub(super) struct Names {
    /// In the order of their making; the first one is the caller's.
    channels: Vec<String>,
    caller: String,
    bridge: Option<String>,
}

impl Names {
    pub(super) fn of(events: &[Value]) -> Outcome<Self> {
        let created = events.iter().filter(|event| event["type"] == "ChannelCreated");
        let channels: Vec<String> =
            created.filter_map(|event| event["channel"]["id"].as_str().map(str::to_owned)).collect();
        if channels.len() > CHANNELS {
            return Err("a recording has too many channels".into());
        }
        let first = events.first().ok_or("a recording is empty")?;
        let caller = first["channel"]["caller"]["number"].as_str().ok_or("a recording has no caller")?.to_owned();
        let bridge = events.iter().find_map(|event| event["bridge"]["id"].as_str()).map(str::to_owned);
        Ok(Self { channels, caller, bridge })
    }

    pub(super) fn is_root(&self, channel: &str) -> bool {
        self.channels.first().is_some_and(|root| root == channel)
    }

    /// `PJSIP/1003-0000001b` is phone 3.
    pub(super) fn phone(&self, channel: &str) -> Option<usize> {
        phone(channel.strip_prefix("PJSIP/")?.split('-').next()?)
    }

    /// Names are found as whole runs of digits and dots; a bridge's as the text that it is.
    pub(super) fn template(&self, text: &str) -> Template {
        let mut pieces = Vec::new();
        let parts: Vec<&str> = match &self.bridge {
            Some(bridge) => text.split(bridge.as_str()).collect(),
            None => vec![text],
        };
        for (number, part) in parts.into_iter().enumerate() {
            if number > 0 {
                pieces.push(Piece::Bridge);
            }
            self.cut(part, &mut pieces);
        }
        Template(pieces)
    }

    fn cut(&self, text: &str, pieces: &mut Vec<Piece>) {
        let is_digit = |c: char| c.is_ascii_digit() || c == '.';
        let mut plain = String::new();
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
            let (run, after) = rest.split_at(digits);
            match self.named(run) {
                Some(piece) => {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    pieces.push(piece);
                }
                None => plain.push_str(run),
            }
            let words = after.find(is_digit).unwrap_or(after.len());
            plain.push_str(&after[..words]);
            rest = &after[words..];
        }
        pieces.push(Piece::Text(plain));
    }

    fn named(&self, run: &str) -> Option<Piece> {
        if run == self.caller {
            return Some(Piece::Caller);
        }
        let channel = self.channels.iter().position(|channel| channel == run).map(Piece::Channel);
        channel.or_else(|| phone(run).map(Piece::Phone))
    }
}

fn phone(exten: &str) -> Option<usize> {
    let exten: usize = exten.parse().ok()?;
    let phone = exten.checked_sub(1000)?;
    (phone < PHONES).then_some(phone)
}
