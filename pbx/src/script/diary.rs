//! Which phones talk when, so that nobody answers two calls at once.

use std::collections::BTreeSet;

use domain::{Timestamp, ids::Extension};

use super::{Score, Talk};

/// What the scores that are being played have in store.
#[derive(Clone, Debug, Default)]
pub struct Diary {
    talks: Vec<Talk>,
}

impl Diary {
    /// A score begins to be played.
    pub fn note(&mut self, score: &Score) {
        self.talks.extend_from_slice(&score.talks);
    }

    /// What is over is of no interest any more.
    pub fn forget_before(&mut self, now: Timestamp) {
        self.talks.retain(|talk| talk.until >= now);
    }

    /// The phones that talk: busy to whoever calls now.
    pub fn talking(&self, now: Timestamp) -> BTreeSet<Extension> {
        self.extens(|talk| talk.from <= now && now <= talk.until)
    }

    /// The phones that talk or are about to: not to be chosen for another call.
    pub fn taken(&self, now: Timestamp) -> BTreeSet<Extension> {
        self.extens(|talk| now <= talk.until)
    }

    fn extens(&self, of: impl Fn(&Talk) -> bool) -> BTreeSet<Extension> {
        self.talks.iter().filter(|talk| of(talk)).map(|talk| talk.exten.clone()).collect()
    }
}
