//! Keeping notes: in this browser at once, on the server soon, in the database when saved.

use std::{collections::HashMap, time::Duration};

use domain::{
    Timestamp,
    ids::{AccountId, CallId, CustomerId, SaveId, TabId},
    note::{Draft, KeptDraft, joined},
};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};

use super::{
    Notebook,
    state::{Kept, NoteState},
};
use crate::{
    browser::{self, disk},
    error::AppError,
    patience::patient,
    server_fns::notes::{drafts, drop_draft, keep_draft, save_note, written},
};

/// After the last key press, the draft goes to the server.
const SOON: Duration = Duration::from_millis(600);
/// What could not be sent is tried again this often.
const AGAIN: Duration = Duration::from_secs(3);
/// Cards that ring wait no longer for what the browser keeps.
const SLOW_DISK: Duration = Duration::from_secs(2);
/// A note that was done with is remembered as such for a day.
const DONE_WITH_MS: i64 = 86_400_000;
/// How often a note is asked for that nobody answers about.
const FETCHES: usize = 3;

fn prefix(account: AccountId) -> String {
    format!("ringside.note.{account}.")
}

fn key(account: AccountId, call: &CallId) -> String {
    format!("{}{call}", prefix(account))
}

/// An entry of now, and its key.
fn entry(account: AccountId, call: CallId, kept: Option<Kept>) -> Option<(String, String)> {
    let key = key(account, &call);
    let json = serde_json::to_string(&Entry { call, at_ms: browser::now_ms(), kept }).ok()?;
    Some((key, json))
}

/// What one of the browser's stores has of a call's note.
#[derive(Serialize, Deserialize)]
struct Entry {
    call: CallId,
    /// By this computer's clock, in milliseconds since 1970.
    at_ms: i64,
    /// Nothing, where the note was done with: a store that comes back as it was seconds ago must
    /// not bring an older text along.
    kept: Option<Kept>,
}

/// Every note that this browser keeps for the account: what the later of its two stores has.
async fn stored(account: AccountId) -> Vec<Kept> {
    let prefix = prefix(account);
    let mut latest = HashMap::<CallId, Entry>::new();
    for json in browser::stored_all(&prefix).into_iter().chain(disk::all(&prefix).await) {
        let Ok(entry) = serde_json::from_str::<Entry>(&json) else { continue };
        if latest.get(&entry.call).is_none_or(|other| other.at_ms <= entry.at_ms) {
            latest.insert(entry.call.clone(), entry);
        }
    }
    let aged = browser::now_ms() - DONE_WITH_MS;
    let done = latest.values().filter(|it| it.kept.is_none() && it.at_ms < aged);
    let done: Vec<String> = done.map(|it| key(account, &it.call)).collect();
    // There may be as many as a day has calls, and cards wait for what is kept.
    spawn_local(async move {
        for key in done {
            disk::remove(&key).await;
        }
    });
    latest.into_values().filter_map(|entry| entry.kept).collect()
}

/// A draft of which the server has not told who called.
fn unheard_of(draft: Draft) -> KeptDraft {
    let kept_at = Timestamp::from_millisecond(browser::now_ms()).unwrap_or_default();
    KeptDraft::unheard_of(draft, kept_at)
}

impl Notebook {
    /// Somebody is signed in: what this browser keeps for them is sent on, and their drafts are
    /// fetched. Once: the desk may be opened again and again.
    pub fn open_for(self, account: AccountId) {
        if self.account.get_untracked() == Some(account) {
            return;
        }
        self.account.set(Some(account));
        spawn_local(async move {
            for kept in stored(account).await {
                self.take_up(kept);
            }
            self.is_open.set(true);
            self.list_drafts();
        });
        set_timeout(move || self.is_open.set(true), SLOW_DISK);
        set_interval(move || self.try_again(), AGAIN);
    }

    /// Goes on with a note that this browser kept.
    fn take_up(self, kept: Kept) {
        let call = kept.draft.call_id.clone();
        let is_saving = kept.saving.is_some();
        let note = match self.known(&call) {
            // The disk was slow, and its agent was not.
            Some(note) if note.with_untracked(NoteState::is_dirty) => {
                let text = note.with_untracked(|note| joined(&kept.draft.text, note.text()));
                return self.typed(&note, text, None);
            }
            Some(note) => {
                note.update(|note| *note = NoteState::new(call, self.tab.get_value(), Some(kept)));
                note
            }
            None => self.begin(call, Some(kept)),
        };
        if is_saving { self.save(note, None) } else { self.keep_on_server_soon(note) }
    }

    /// Keeps the text in this browser, and marks it so once it is there. `localStorage` has it before
    /// this returns, whatever becomes of the tab; the disk has it a little later, whatever becomes of
    /// the browser.
    pub(super) fn keep(self, note: &ArcRwSignal<NoteState>) {
        let Some(account) = self.account.get_untracked() else { return };
        let (kept, revision) = note.with_untracked(|note| (note.kept(), note.revision()));
        let call = kept.draft.call_id.clone();
        let Some((key, json)) = entry(account, call, Some(kept)) else { return };
        browser::store(&key, &json);
        let note = note.clone();
        spawn_local(async move {
            let is_kept = disk::put(&key, &json).await;
            note.update(|note| note.kept_in_browser(revision, is_kept));
        });
    }

    /// The browser need not keep it any more.
    pub(super) fn forget(self, call: &CallId) {
        let Some(account) = self.account.get_untracked() else { return };
        let Some((key, json)) = entry(account, call.clone(), None) else { return };
        browser::unstore(&key);
        // Where it cannot be written, an older text may come back: the server knows that it has it.
        spawn_local(async move {
            disk::put(&key, &json).await;
        });
    }

    /// A draft has to be in sight when its call is no longer on the board: forgotten by a server
    /// that was started again, or left behind by a sign-in that is over.
    pub(super) fn list_when_new(self, note: &ArcRwSignal<NoteState>) {
        let call = note.with_untracked(|note| note.call().clone());
        if self.drafts.with_untracked(|list| list.iter().all(|it| it.draft.call_id != call)) {
            self.list_drafts();
        }
    }

    /// Lists the drafts that the server has for this person, and those that only this browser has:
    /// of this page, or of another tab.
    fn list_drafts(self) {
        spawn_local(async move {
            let mut list = patient(drafts()).await.unwrap_or_else(|_| self.drafts.get_untracked());
            // What was typed and taken back is no draft.
            list.retain(|kept| !kept.draft.text.is_empty());
            let elsewhere = match self.account.get_untracked() {
                Some(account) => stored(account).await,
                None => vec![],
            };
            for draft in self.unsaved().into_iter().chain(elsewhere.into_iter().map(|kept| kept.draft)) {
                if !draft.text.is_empty() && list.iter().all(|it| it.draft.call_id != draft.call_id) {
                    list.push(unheard_of(draft));
                }
            }
            self.drafts.set(list);
        });
    }

    /// What was typed on this page, or kept for it, and is not in the database.
    fn unsaved(self) -> Vec<Draft> {
        let draft = |note: &NoteState| note.unsaved_text().map(|_| note.draft().clone());
        self.notes.with_value(|notes| notes.values().filter_map(|note| note.with_untracked(draft)).collect())
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
                    match patient(keep_draft(draft)).await {
                        Ok(at) => {
                            note.update(|note| note.kept_on_server(revision, at));
                            self.list_when_new(&note);
                        }
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
        note.update(|note| sent = note.save(SaveId(browser::new_uuid()), customer));
        let Some(sent) = sent else { return };
        self.keep(&note);
        let revision = sent.draft.revision;
        spawn_local(async move {
            let mut again = false;
            match patient(save_note(sent)).await {
                Ok(saved) => note.update(|note| again = note.saved(revision, saved)),
                Err(AppError::Unavailable | AppError::Network(_)) => note.update(NoteState::save_failed),
                Err(AppError::SignInNeeded) => note.update(NoteState::sign_in_needed),
                Err(error) => note.update(|note| note.refused(error)),
            }
            if note.with_untracked(NoteState::is_dirty) {
                self.keep(&note);
            } else {
                self.forget(&note.with_untracked(|note| note.call().clone()));
            }
            if again {
                self.save(note, None);
            }
        });
    }

    /// The agent wants this text no more: it is forgotten here and on the server, or it would be
    /// back the next time. The card goes where `closes`.
    pub fn discard(self, call: CallId, closes: bool) {
        self.forget(&call);
        spawn_local(async move {
            if patient(drop_draft(call.clone())).await.is_ok() && closes {
                // Or the next attempt would keep it again.
                self.note(&call).update(NoteState::abandon);
                self.remove(&call);
            }
        });
    }

    /// Something was typed or saved about a call: asks for it, unless it was by this tab, which knows it,
    /// and where the note was asked for before.
    pub fn changed(self, call: &CallId, by: Option<TabId>) {
        let is_own = by == Some(self.tab.get_value());
        if let Some(note) = self.known(call).filter(|_| !is_own) {
            self.fetch(call.clone(), note);
        }
    }

    /// A card of this call is opened: a colleague may have written since it was asked for last.
    pub fn opened(self, call: &CallId) {
        if let Some(note) = self.known(call) {
            let call = call.clone();
            set_timeout(move || self.fetch(call, note), super::AFTER_THE_CARD);
        }
    }

    /// Asks the server for this call's note and draft.
    pub(super) fn fetch(self, call: CallId, note: ArcRwSignal<NoteState>) {
        spawn_local(async move {
            // Where nobody answers, nothing is known: not that there is no draft.
            for _ in 0..FETCHES {
                if let Ok(written) = patient(written(call.clone())).await {
                    return note.update(|note| note.heard(written));
                }
            }
        });
    }
}
