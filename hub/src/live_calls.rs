//! The calls that the hub knows: those that go on, and the last that are over, for notes that are
//! saved late and for cards in wrap-up.

use std::{
    collections::{BTreeMap, VecDeque, btree_map::Entry},
    ops::Bound,
};

use domain::{
    call::{Answer, Call, CallPhase},
    ids::CallId,
};

use super::{Settings, case::Case};

/// Ended calls that are remembered beside those in wrap-up.
pub(super) const ENDED_KEPT: usize = 500;

#[derive(Debug, Default)]
pub(super) struct LiveCalls {
    cases: BTreeMap<CallId, Case>,
    /// Ended calls, oldest first.
    ended: VecDeque<CallId>,
}

/// What a call was before it changed.
pub(super) struct Before {
    pub is_new: bool,
    pub phase: CallPhase,
    pub answer: Option<Answer>,
    /// It is another customer's now.
    pub identified: bool,
}

impl LiveCalls {
    pub fn get(&self, id: &CallId) -> Option<&Case> {
        self.cases.get(id)
    }

    pub fn get_mut(&mut self, id: &CallId) -> Option<&mut Case> {
        self.cases.get_mut(id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&CallId, &Case)> {
        self.cases.iter()
    }

    /// In the order of their ids; those after `last`, if it is given.
    pub fn after(&self, last: Option<&CallId>) -> impl Iterator<Item = &Case> {
        let after = (last.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded);
        self.cases.range::<CallId, _>(after).map(|(_, case)| case)
    }

    /// The call is as told now.
    pub fn update(&mut self, call: Call, settings: &Settings) -> Before {
        match self.cases.entry(call.id.clone()) {
            Entry::Occupied(mut entry) => {
                let case = entry.get_mut();
                let (phase, answer) = (case.call.phase, case.call.answer.clone());
                let identified = case.update(call, settings);
                Before { is_new: false, phase, answer, identified }
            }
            Entry::Vacant(entry) => {
                entry.insert(Case::new(call, settings));
                Before { is_new: true, phase: CallPhase::Waiting, answer: None, identified: false }
            }
        }
    }

    /// The call is over. Gives those that have become old by it: they go once no desk shows them.
    pub fn end(&mut self, id: CallId) -> Vec<CallId> {
        self.ended.push_back(id);
        let aged: Vec<CallId> = self.ended.drain(..self.ended.len().saturating_sub(ENDED_KEPT)).collect();
        for id in &aged {
            if let Some(case) = self.cases.get_mut(id) {
                case.aged = true;
            }
        }
        aged
    }

    pub fn remove(&mut self, id: &CallId) -> Option<Case> {
        let case = self.cases.remove(id)?;
        // An old one is in the list no more.
        if !case.aged {
            self.ended.retain(|it| it != id);
        }
        Some(case)
    }
}
