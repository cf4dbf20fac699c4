//! One note's text as a state machine: what is typed, which version it began from, and where it
//! is kept. No storage, no requests: the caller says what came of them.

use domain::{
    Timestamp,
    ids::{CallId, CustomerId, SaveId, TabId},
    note::{ColleagueDraft, Draft, KeptDraft, Note, SaveNote, Saved, TabEdit, Written, joined},
};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// Where the text is. The card always says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// Nothing was typed.
    Nowhere,
    /// Typed, and on its way to the browser's disk.
    Here,
    Browser,
    Server(Timestamp),
    Saving,
    /// Save was pressed and could not be carried out; it is tried again.
    Waiting,
    /// The session is over.
    SignInNeeded,
    Saved {
        at: Timestamp,
        version: u32,
    },
    /// It was saved first: by a colleague, or by this agent before the page had read it.
    Conflict(Box<Note>),
    /// The server will not take it, for this reason.
    Refused(AppError),
}

/// What this browser keeps of a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub draft: Draft,
    /// Save was pressed: the press has a name, so that sending it again writes nothing twice.
    pub saving: Option<SaveId>,
    /// Text of a save before this one, which the server may have written.
    #[serde(default)]
    pub unanswered: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NoteState {
    draft: Draft,
    whereabouts: Whereabouts,
    /// The browser would not keep this text.
    unkept: bool,
    /// The revision that is in the database or was there when it was loaded.
    clean: u64,
    saving: Option<SaveId>,
    /// The text of the save that is under way: a second one waits for its answer, or it would
    /// begin from the same version and be in conflict with the first.
    sent: Option<String>,
    /// Save was pressed meanwhile.
    again: bool,
    /// The text of a save whose answer was lost: the server may have written it.
    unanswered: Option<String>,
    /// The other tab's draft that this text went on from.
    follows: Option<TabEdit>,
    /// What colleagues in this call have typed and not saved.
    colleagues: Vec<ColleagueDraft>,
}

impl NoteState {
    /// A note of `call`, with what this browser kept of it.
    pub fn new(call: CallId, tab: TabId, kept: Option<Kept>) -> Self {
        let empty = Draft { call_id: call, customer_id: None, base_version: 0, text: String::new(), tab, revision: 0 };
        let new = Self {
            draft: empty,
            whereabouts: Whereabouts::Nowhere,
            unkept: false,
            clean: 0,
            saving: None,
            sent: None,
            again: false,
            unanswered: None,
            follows: None,
            colleagues: vec![],
        };
        match kept {
            Some(kept) => Self {
                follows: Some(kept.draft.edit()),
                unanswered: kept.saving.map(|_| kept.draft.text.clone()).or(kept.unanswered),
                // This tab goes on counting from its own beginning.
                draft: Draft { tab, revision: 1, ..kept.draft },
                whereabouts: if kept.saving.is_some() { Whereabouts::Waiting } else { Whereabouts::Browser },
                saving: kept.saving,
                ..new
            },
            None => new,
        }
    }

    pub fn text(&self) -> &str {
        &self.draft.text
    }

    pub fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }

    pub fn call(&self) -> &CallId {
        &self.draft.call_id
    }

    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    pub fn revision(&self) -> u64 {
        self.draft.revision
    }

    /// Is there text that the database does not have?
    pub fn is_dirty(&self) -> bool {
        self.draft.revision != self.clean
    }

    pub fn unsaved_text(&self) -> Option<&str> {
        (self.is_dirty() && !self.draft.text.is_empty()).then_some(&self.draft.text)
    }

    /// What the browser is to keep of it.
    pub fn kept(&self) -> Kept {
        let unanswered = self.sent.clone().or_else(|| self.unanswered.clone());
        Kept { draft: self.draft.clone(), saving: self.saving, unanswered }
    }

    /// A key was pressed. A save that is under way goes on with the text it has.
    pub fn type_text(&mut self, text: String, customer: Option<CustomerId>) {
        self.draft.text = text;
        self.draft.customer_id = customer.or(self.draft.customer_id);
        self.draft.revision += 1;
        self.saving = None;
        self.whereabouts = Whereabouts::Here;
        self.unkept = false;
    }

    /// The browser keeps this revision, or refuses to.
    pub fn kept_in_browser(&mut self, revision: u64, is_kept: bool) {
        if revision == self.draft.revision {
            self.unkept = !is_kept;
            if is_kept && self.whereabouts == Whereabouts::Here {
                self.whereabouts = Whereabouts::Browser;
            }
        }
    }

    /// Is the text on this page and nowhere else, as far as is known?
    pub fn is_on_page_alone(&self) -> bool {
        use Whereabouts::{Browser, Nowhere, Saved, Server};
        self.unkept && !matches!(self.whereabouts, Nowhere | Browser | Server(_) | Saved { .. })
    }

    /// The server keeps this revision.
    pub fn kept_on_server(&mut self, revision: u64, at: Timestamp) {
        if revision == self.draft.revision && self.wants_server() {
            self.whereabouts = Whereabouts::Server(at);
            self.unkept = false;
        }
    }

    /// Does the server lack what this browser has?
    pub fn wants_server(&self) -> bool {
        self.is_dirty() && matches!(self.whereabouts, Whereabouts::Here | Whereabouts::Browser)
    }

    /// Save is pressed, or a waiting save is tried again: what to send. Nothing where the database
    /// has it all, and not before the last one is answered.
    pub fn save(&mut self, id: SaveId, customer: Option<CustomerId>) -> Option<SaveNote> {
        if !self.is_dirty() {
            return None;
        }
        self.draft.customer_id = customer.or(self.draft.customer_id);
        if self.sent.is_some() {
            self.again = true;
            return None;
        }
        let save_id = *self.saving.get_or_insert(id);
        self.whereabouts = Whereabouts::Saving;
        self.sent = Some(self.draft.text.clone());
        Some(SaveNote { save_id, draft: self.draft.clone(), follows: self.follows })
    }

    pub fn is_waiting(&self) -> bool {
        self.whereabouts == Whereabouts::Waiting
    }

    /// What the save of `revision` came to. True where the next one is to be sent at once.
    pub fn saved(&mut self, revision: u64, saved: Saved) -> bool {
        let sent = self.sent.take();
        self.saving = None;
        match saved {
            Saved::Written { version, saved_at } => self.written(revision, version, saved_at),
            // Our own write, whose answer was lost: nobody was first but we.
            Saved::Conflict { theirs } if Some(&theirs.text) == sent.as_ref() => {
                self.written(revision, theirs.version, theirs.saved_at);
            }
            Saved::Conflict { theirs } if Some(&theirs.text) == self.unanswered.as_ref() => {
                self.unanswered = None;
                self.draft.base_version = theirs.version;
                self.whereabouts = Whereabouts::Here;
                self.again = true;
            }
            Saved::Conflict { theirs } => {
                self.whereabouts = Whereabouts::Conflict(Box::new(theirs));
                self.again = false;
            }
        }
        std::mem::take(&mut self.again) && self.is_dirty()
    }

    fn written(&mut self, revision: u64, version: u32, at: Timestamp) {
        self.draft.base_version = version;
        (self.unanswered, self.follows) = (None, None);
        if revision == self.draft.revision {
            self.clean = revision;
            self.whereabouts = Whereabouts::Saved { at, version };
        } else {
            self.whereabouts = Whereabouts::Here;
        }
    }

    /// The text is not wanted any more, anywhere.
    pub fn abandon(&mut self) {
        self.clean = self.draft.revision;
    }

    /// The save could not be carried out now, as far as we know; nothing is lost.
    pub fn save_failed(&mut self) {
        self.unanswered = self.sent.take().or(self.unanswered.take());
        self.again = false;
        // What was typed meanwhile is saved by the next attempt.
        self.whereabouts = Whereabouts::Waiting;
    }

    pub fn sign_in_needed(&mut self) {
        self.sent = None;
        self.again = false;
        self.whereabouts = Whereabouts::SignInNeeded;
    }

    pub fn refused(&mut self, error: AppError) {
        self.saving = None;
        self.sent = None;
        self.again = false;
        self.whereabouts = Whereabouts::Refused(error);
    }

    /// The agent answers a conflict: both texts, to be saved on top of the colleague's.
    pub fn keep_both(&mut self) {
        if let Whereabouts::Conflict(theirs) = &self.whereabouts {
            let (text, version) = (joined(&theirs.text, &self.draft.text), theirs.version);
            self.draft.base_version = version;
            self.type_text(text, None);
        }
    }

    /// The agent answers a conflict: the colleague's text stands.
    pub fn take_theirs(&mut self) {
        if let Whereabouts::Conflict(theirs) = self.whereabouts.clone() {
            self.load(&theirs);
        }
    }

    fn load(&mut self, note: &Note) {
        self.draft.text.clone_from(&note.text);
        self.draft.base_version = note.version;
        self.draft.revision += 1;
        (self.saving, self.unanswered, self.follows) = (None, None, None);
        self.clean = self.draft.revision;
        self.whereabouts = Whereabouts::Saved { at: note.saved_at, version: note.version };
    }

    pub fn colleagues(&self) -> &[ColleagueDraft] {
        &self.colleagues
    }

    /// What the server has: used where nothing is typed here that it lacks.
    pub fn heard(&mut self, Written { note, draft, colleagues }: Written) {
        self.colleagues = colleagues;
        if self.is_dirty() && !matches!(self.whereabouts, Whereabouts::Server(_)) {
            return;
        }
        match (draft, note) {
            // Our own, as it was kept: another tab's save may have moved it on.
            (Some(kept), _) if kept.draft.tab == self.draft.tab && self.is_dirty() => {
                self.draft.base_version = self.draft.base_version.max(kept.draft.base_version);
            }
            (Some(kept), _) if self.is_outdated(&kept) => {}
            (Some(kept), _) => {
                let tab = self.draft.tab;
                let revision = self.draft.revision + 1;
                self.follows = Some(kept.draft.edit());
                self.draft = Draft { tab, revision, ..kept.draft };
                self.whereabouts = Whereabouts::Server(kept.kept_at);
            }
            (None, Some(note)) if note.version > self.draft.base_version || !self.is_dirty() => self.load(&note),
            _ => {}
        }
    }

    /// Is that draft older than what is before the agent? Answers may overtake each other.
    fn is_outdated(&self, kept: &KeptDraft) -> bool {
        let older = matches!(self.whereabouts, Whereabouts::Server(at) if kept.kept_at <= at);
        older || kept.draft.base_version < self.draft.base_version
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn note(kept: Option<Kept>) -> NoteState {
        NoteState::new("main:1".into(), TabId(Uuid::nil()), kept)
    }

    fn typed(text: &str) -> NoteState {
        let mut note = note(None);
        note.type_text(text.into(), None);
        note.kept_in_browser(note.revision(), true);
        note
    }

    fn press(note: &mut NoteState, id: u128) -> SaveNote {
        note.save(SaveId(Uuid::from_u128(id)), None).expect("something to save")
    }

    fn written(version: u32) -> Saved {
        Saved::Written { version, saved_at: AT }
    }

    fn theirs() -> Note {
        Note {
            call_id: "main:1".into(),
            customer_id: None,
            version: 3,
            text: "theirs".into(),
            author: "An".into(),
            saved_at: AT,
        }
    }

    #[test]
    fn text_goes_from_the_browser_to_the_server_to_the_database() {
        let mut note = typed("hello");
        assert_eq!(*note.whereabouts(), Whereabouts::Browser);
        note.kept_on_server(note.revision(), AT);
        assert_eq!(*note.whereabouts(), Whereabouts::Server(AT));
        press(&mut note, 1);
        note.saved(note.revision(), Saved::Written { version: 1, saved_at: AT });
        assert!(!note.is_dirty());
    }

    #[test]
    fn a_later_key_press_is_not_taken_for_kept() {
        let mut note = typed("a");
        let sent = note.revision();
        note.type_text("ab".into(), None);
        note.kept_in_browser(sent, true);
        note.kept_on_server(sent, AT);
        assert_eq!(*note.whereabouts(), Whereabouts::Here);
        note.saved(sent, Saved::Written { version: 1, saved_at: AT });
        assert!(note.is_dirty());
    }

    #[test]
    fn a_browser_that_keeps_nothing_is_told_of_and_the_server_asked() {
        let mut note = note(None);
        note.type_text("a".into(), None);
        assert!(!note.is_on_page_alone(), "it is not known yet");
        note.kept_in_browser(note.revision(), false);
        assert!(note.is_on_page_alone() && note.wants_server());
        press(&mut note, 1);
        note.save_failed();
        assert!(note.is_on_page_alone(), "waiting, and nowhere else");
        note.type_text("ab".into(), None);
        note.kept_in_browser(note.revision(), false);
        note.kept_on_server(note.revision(), AT);
        note.sign_in_needed();
        assert!(!note.is_on_page_alone());
    }

    #[test]
    fn a_save_that_is_tried_again_keeps_its_name() {
        let mut note = typed("a");
        let first = press(&mut note, 1);
        note.save_failed();
        assert_eq!(press(&mut note, 2), first);
    }

    #[test]
    fn a_browser_that_was_closed_while_saving_goes_on_saving() {
        let mut before = typed("a");
        let first = press(&mut before, 1);
        let mut after = note(Some(before.kept()));
        assert!(after.is_waiting());
        assert_eq!(press(&mut after, 2).save_id, first.save_id);
        assert_eq!(after.text(), "a");
    }

    #[test]
    fn a_conflict_loses_neither_text() {
        let mut note = typed("mine");
        press(&mut note, 1);
        note.saved(note.revision(), Saved::Conflict { theirs: theirs() });
        note.keep_both();
        assert_eq!(note.text(), "theirs\n\nmine");
        assert_eq!(press(&mut note, 2).draft.base_version, 3);
    }

    #[test]
    fn the_server_never_overwrites_what_only_this_browser_has() {
        let mut dirty = typed("mine");
        dirty.heard(Written { note: Some(theirs()), ..Written::default() });
        assert_eq!(dirty.text(), "mine");
        let mut clean = note(None);
        clean.heard(Written { note: Some(theirs()), ..Written::default() });
        assert_eq!(clean.text(), "theirs");
        assert!(!clean.is_dirty());
    }

    #[test]
    fn a_second_save_waits_for_the_first_and_nothing_is_saved_twice() {
        let mut note = typed("a");
        let first = press(&mut note, 1);
        assert_eq!(note.save(SaveId(Uuid::nil()), None), None, "it is under way");
        note.type_text("ab".into(), None);
        assert_eq!(note.save(SaveId(Uuid::nil()), None), None);
        assert!(note.saved(first.draft.revision, written(1)), "now the second");
        assert_eq!(press(&mut note, 2).draft.base_version, 1);
        assert!(!note.saved(note.revision(), written(2)));
        assert_eq!(note.save(SaveId(Uuid::nil()), None), None, "all of it is in the database");
    }

    #[test]
    fn a_save_whose_answer_was_lost_is_nobody_elses() {
        let mut note = typed("a");
        press(&mut note, 1);
        note.save_failed();
        note.type_text("ab".into(), None);
        let second = press(&mut note, 2);
        let own = Note { text: "a".into(), version: 1, ..theirs() };
        assert!(note.saved(second.draft.revision, Saved::Conflict { theirs: own }), "and sent again");
        assert_eq!(press(&mut note, 3).draft.base_version, 1);
    }

    #[test]
    fn nor_is_one_whose_answer_was_lost_to_a_reload() {
        let own = || Note { text: "a".into(), version: 1, ..theirs() };
        let mut before = typed("a");
        press(&mut before, 1);
        let mut reloaded = note(Some(before.kept()));
        reloaded.type_text("ab".into(), None);
        before.type_text("ab".into(), None);
        for mut after in [reloaded.clone(), note(Some(reloaded.kept())), note(Some(before.kept()))] {
            let sent = press(&mut after, 3);
            assert!(after.saved(sent.draft.revision, Saved::Conflict { theirs: own() }), "and sent again");
            assert_eq!(press(&mut after, 4).draft.base_version, 1);
        }
    }

    #[test]
    fn an_answer_that_comes_late_replaces_no_newer_text() {
        let of = |text: &str, tab: u128, second: i64| {
            let tab = TabId(Uuid::from_u128(tab));
            let call_id = "main:1".into();
            let draft = Draft { call_id, customer_id: None, base_version: 0, text: text.into(), tab, revision: 4 };
            KeptDraft::unheard_of(draft, Timestamp::from_second(second).unwrap_or_default())
        };
        let mut note = note(None);
        note.heard(Written { draft: Some(of("newer", 7, 20)), ..Written::default() });
        note.heard(Written { draft: Some(of("older", 8, 10)), ..Written::default() });
        assert_eq!(note.text(), "newer");
        let follows = press(&mut note, 1).follows;
        assert_eq!(follows, Some(TabEdit { tab: TabId(Uuid::from_u128(7)), revision: 4 }));
        let mut own = typed("abc");
        own.kept_on_server(own.revision(), AT);
        own.heard(Written { draft: Some(of("ab", 0, 30)), ..Written::default() });
        assert_eq!(own.text(), "abc");
    }
}
