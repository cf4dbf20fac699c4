//! Notes and drafts. A call has one note; every save makes a new version of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CallId, CustomerId, SaveId, TabId},
    phone::E164,
};

/// The longest text that a page lets be typed, in characters.
pub const MAX_TYPED: usize = 8_000;
/// The longest note that the server takes, in characters: room for texts that were joined, which
/// nobody should have to shorten to save them.
pub const MAX_NOTE: usize = 4 * MAX_TYPED;

/// A note as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    pub call_id: CallId,
    pub customer_id: Option<CustomerId>,
    /// 1 for the first save.
    pub version: u32,
    pub text: String,
    /// Who saved this version.
    pub author: String,
    pub saved_at: Timestamp,
}

/// Text that is being typed, kept on the server for its author until it is saved or closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    pub call_id: CallId,
    pub customer_id: Option<CustomerId>,
    /// The version of the note that this text began from; 0 where there was none.
    pub base_version: u32,
    pub text: String,
    /// The tab that typed it, and its count of edits: an older edit of the same tab that
    /// arrives late is dropped.
    pub tab: TabId,
    pub revision: u64,
}

/// A draft that the server keeps, with what a card needs to be drawn for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptDraft {
    pub draft: Draft,
    pub kept_at: Timestamp,
    pub caller_name: String,
    pub caller_number: String,
    /// The same number where it is known whose it could be.
    #[serde(default)]
    pub caller_phone: Option<E164>,
    /// The caller withheld the number.
    #[serde(default)]
    pub hidden: bool,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

impl KeptDraft {
    /// Of a call of which nothing else is known.
    pub fn unheard_of(draft: Draft, kept_at: Timestamp) -> Self {
        let (caller_name, caller_number) = (String::new(), String::new());
        Self {
            draft,
            kept_at,
            caller_name,
            caller_number,
            caller_phone: None,
            hidden: false,
            started_at: None,
            ended_at: None,
        }
    }
}

/// What is written about a call, as one of its agents may read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Written {
    pub note: Option<Note>,
    /// The reader's own draft.
    pub draft: Option<KeptDraft>,
    /// What colleagues in this call are typing, or have not saved: the latest first.
    pub colleagues: Vec<ColleagueDraft>,
}

/// A colleague's text that is not saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColleagueDraft {
    pub author: String,
    pub text: String,
    pub kept_at: Timestamp,
}

/// A press of Save. Sending it twice writes it once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SaveNote {
    pub save_id: SaveId,
    pub draft: Draft,
    /// The draft of another tab that this text goes on from, and takes the place of.
    #[serde(default)]
    pub follows: Option<TabEdit>,
}

/// An edit, as its tab counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TabEdit {
    pub tab: TabId,
    pub revision: u64,
}

impl Draft {
    pub fn edit(&self) -> TabEdit {
        TabEdit { tab: self.tab, revision: self.revision }
    }
}

/// Two texts that become one, each once: `first` above.
pub fn joined(first: &str, second: &str) -> String {
    match (first.trim(), second.trim()) {
        ("", _) => second.to_owned(),
        (_, "") => first.to_owned(),
        (one, other) if one == other => first.to_owned(),
        _ => format!("{first}\n\n{second}"),
    }
}

/// What a save came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "camelCase")]
pub enum Saved {
    /// It is in the database.
    #[serde(rename_all = "camelCase")]
    Written { version: u32, saved_at: Timestamp },
    /// A colleague saved first; the text stays a draft, and this is theirs.
    Conflict { theirs: Note },
}
