//! What is typed, and where it is kept.
//!
//! - [`state`]: one note's text as a state machine
//! - [`Notebook`]: the notes of this page, each kept in the browser at every key press, on the
//!   server a moment later, and in the database when the agent saves

mod keep;
pub mod state;

use std::{collections::HashMap, time::Duration};

use domain::{
    ids::{AccountId, CallId, CustomerId, TabId},
    note::{KeptDraft, joined},
};
use leptos::prelude::*;
use state::{Kept, NoteState};

use crate::browser;

/// What was written about a call is asked for so long after its card: the card is painted by then,
/// the desks of a ring group have their customer, and the call is in the database.
const AFTER_THE_CARD: Duration = Duration::from_millis(300);

/// The notes that are open on this page. Copy: handles all.
#[derive(Clone, Copy)]
pub struct Notebook {
    tab: StoredValue<TabId>,
    /// Whose drafts these are: the next user of this browser never sees them.
    account: RwSignal<Option<AccountId>>,
    /// True once the notes that this browser keeps are in hand, or its disk is too slow to wait for.
    /// No card is shown before.
    pub is_open: RwSignal<bool>,
    notes: StoredValue<HashMap<CallId, ArcRwSignal<NoteState>>>,
    /// Drafts of calls that are over and on no board any more.
    pub drafts: RwSignal<Vec<KeptDraft>>,
}

impl Notebook {
    pub fn new() -> Self {
        Self {
            tab: StoredValue::new(TabId(browser::new_uuid())),
            account: RwSignal::new(None),
            is_open: RwSignal::new(false),
            notes: StoredValue::new(HashMap::new()),
            drafts: RwSignal::new(vec![]),
        }
    }

    /// The state of a call's note.
    pub fn note(self, call: &CallId) -> ArcRwSignal<NoteState> {
        self.known(call).unwrap_or_else(|| self.begin(call.clone(), None))
    }

    /// A note that was asked for before.
    fn known(self, call: &CallId) -> Option<ArcRwSignal<NoteState>> {
        self.notes.with_value(|notes| notes.get(call).cloned())
    }

    /// A call's note, from what this browser kept of it.
    fn begin(self, call: CallId, kept: Option<Kept>) -> ArcRwSignal<NoteState> {
        let note = ArcRwSignal::new(NoteState::new(call.clone(), self.tab.get_value(), kept));
        self.notes.update_value(|notes| {
            notes.insert(call.clone(), note.clone());
        });
        let begun = note.clone();
        set_timeout(move || self.fetch(call, begun), AFTER_THE_CARD);
        note
    }

    /// Text was typed.
    pub fn typed(self, note: &ArcRwSignal<NoteState>, text: String, customer: Option<CustomerId>) {
        note.update(|note| note.type_text(text, customer));
        self.keep(note);
        self.keep_on_server_soon(note.clone());
    }

    /// The card is closed: what was saved is forgotten here; what was not is a draft, and in sight.
    /// What was typed and taken back is nobody's draft.
    pub fn close(self, call: &CallId) {
        let note = self.note(call);
        match note.with_untracked(|note| (note.is_dirty(), note.unsaved_text().is_some())) {
            (true, true) => self.list_when_new(&note),
            (true, false) => self.discard(call.clone(), true),
            (false, _) => self.remove(call),
        }
    }

    fn remove(self, call: &CallId) {
        self.notes.update_value(|notes| {
            notes.remove(call);
        });
        self.drafts.update(|drafts| drafts.retain(|it| it.draft.call_id != *call));
    }

    /// The agent answers a conflict: the colleague's text stands.
    pub fn take_theirs(self, note: &ArcRwSignal<NoteState>) {
        note.update(NoteState::take_theirs);
        self.discard(note.with_untracked(|note| note.call().clone()), false);
    }

    /// The agent answers a conflict: both texts, to be saved.
    pub fn keep_both(self, note: &ArcRwSignal<NoteState>) {
        note.update(NoteState::keep_both);
        self.keep(note);
        self.keep_on_server_soon(note.clone());
    }

    /// An attended transfer: the draft goes with the call.
    pub fn merged(self, from: &CallId, into: &CallId) {
        let Some(old) = self.known(from) else { return };
        let text = old.with_untracked(|note| note.unsaved_text().map(ToOwned::to_owned));
        if let Some(text) = text {
            let note = self.note(into);
            let joined = note.with_untracked(|note| joined(note.text(), &text));
            self.typed(&note, joined, None);
        }
        self.forget(from);
        self.remove(from);
    }
}

impl Default for Notebook {
    fn default() -> Self {
        Self::new()
    }
}

pub fn use_notebook() -> Notebook {
    use_context().unwrap_or_default()
}
