//! Keeping notes: in this browser at once, on the server soon, in the database when saved.

use std::time::Duration;

use domain::{
    ids::{AccountId, CallId, CustomerId, SaveId},
    note::KeptDraft,
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    Notebook,
    state::{Kept, NoteState},
};
use crate::{
    browser,
    error::AppError,
    server_fns::notes::{drafts, keep_draft, note as note_of, save_note},
};

/// After the last key press, the draft goes to the server.
const SOON: Duration = Duration::from_millis(600);
/// What could not be sent is tried again this often.
const AGAIN: Duration = Duration::from_secs(3);

fn prefix(account: AccountId) -> String {
    format!("ringside.note.{account}.")
}

fn key(account: AccountId, call: &CallId) -> String {
    format!("{}{call}", prefix(account))
}

pub fn load(account: AccountId, call: &CallId) -> Option<Kept> {
    serde_json::from_str(&browser::stored(&key(account, call))?).ok()
}

/// True where the browser took it.
pub fn save(account: AccountId, note: &NoteState) -> bool {
    serde_json::to_string(&note.kept()).is_ok_and(|json| browser::store(&key(account, note.call()), &json))
}

pub fn forget(account: AccountId, call: &CallId) {
    browser::unstore(&key(account, call));
}

/// Every note that this browser keeps for the account.
fn kept(account: AccountId) -> Vec<Kept> {
    let keys = browser::stored_keys(&prefix(account));
    keys.iter().filter_map(|key| serde_json::from_str(&browser::stored(key)?).ok()).collect()
}

impl Notebook {
    /// Somebody is signed in: what this browser keeps for them is sent on, and their drafts are
    /// fetched. Once: the desk may be opened again and again.
    pub fn open_for(self, account: AccountId) {
        if self.account.get_untracked() == Some(account) {
            return;
        }
        self.account.set(Some(account));
        for kept in kept(account) {
            let note = self.note(&kept.draft.call_id);
            if kept.saving.is_some() { self.save(note, None) } else { self.keep_on_server_soon(note) }
        }
        spawn_local(async move {
            if let Ok(drafts) = drafts().await {
                self.drafts.set(drafts);
            }
        });
        set_interval(move || self.try_again(), AGAIN);
    }

    /// Notes whose save waits, or which the server lacks, are sent again.
    fn try_again(self) {
        let notes: Vec<_> = self.notes.with_value(|notes| notes.values().cloned().collect());
        for note in notes {
            if note.with_untracked(NoteState::is_waiting) {
                self.save(note, None);
            } else if note.with_untracked(NoteState::wants_server) {
                self.keep_on_server_soon(note);
            }
        }
    }

    /// The draft goes to the server, unless more is typed first.
    pub(super) fn keep_on_server_soon(self, note: ArcRwSignal<NoteState>) {
        let revision = note.with_untracked(NoteState::revision);
        set_timeout(
            move || {
                if note.with_untracked(|note| note.revision() != revision || !note.wants_server()) {
                    return;
                }
                let draft = note.with_untracked(|note| note.draft().clone());
                spawn_local(async move {
                    match keep_draft(draft).await {
                        Ok(at) => note.update(|note| note.kept_on_server(revision, at)),
                        Err(AppError::SignInNeeded) => note.update(NoteState::sign_in_needed),
                        // Kept in this browser; the next attempt is near.
                        Err(_) => {}
                    }
                });
            },
            SOON,
        );
    }

    /// Save is pressed, or tried again.
    pub fn save(self, note: ArcRwSignal<NoteState>, customer: Option<CustomerId>) {
        let mut sent = None;
        note.update(|note| sent = Some(note.save(SaveId(browser::new_uuid()), customer)));
        let (Some(sent), Some(account)) = (sent, self.account.get_untracked()) else { return };
        note.with_untracked(|note| save(account, note));
        let revision = sent.draft.revision;
        spawn_local(async move {
            match save_note(sent).await {
                Ok(saved) => note.update(|note| note.saved(revision, saved)),
                Err(AppError::Unavailable | AppError::Network(_)) => note.update(NoteState::save_failed),
                Err(AppError::SignInNeeded) => note.update(NoteState::sign_in_needed),
                Err(error) => note.update(|note| note.refused(error.to_string())),
            }
            note.with_untracked(|note| {
                if note.is_dirty() {
                    save(account, note);
                } else {
                    forget(account, note.call());
                }
            });
        });
    }

    /// Asks the server for this call's note and draft.
    pub fn fetch(self, call: CallId, note: ArcRwSignal<NoteState>) {
        spawn_local(async move {
            let saved = note_of(call.clone()).await.ok().flatten();
            let mine = drafts().await.unwrap_or_default();
            let draft: Option<KeptDraft> = mine.into_iter().find(|it| it.draft.call_id == call);
            self.heard(&note, saved, draft);
        });
    }
}
