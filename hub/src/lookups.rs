//! Which calls' lookups are not done: one waits for an answer, or for somebody to ask. How each of them
//! stands is [`super::lookup`]'s.

use std::collections::BTreeSet;

use domain::{
    ids::{CallId, Extension, LookupId},
    role::Seat,
};
use rand::rngs::StdRng;

use super::{
    ClientId,
    election::{self, Order},
    random_uuid,
};

#[derive(Debug)]
pub(super) struct Lookups {
    open: BTreeSet<CallId>,
    order: Order,
}

impl Lookups {
    pub fn new(order: Order) -> Self {
        Self { open: BTreeSet::new(), order }
    }

    pub fn begin(&mut self, call: &CallId) {
        self.open.insert(call.clone());
    }

    pub fn end(&mut self, call: &CallId) {
        self.open.remove(call);
    }

    pub fn open(&self) -> Vec<CallId> {
        self.open.iter().cloned().collect()
    }

    /// Whom to ask, and by which id.
    pub fn select(
        &self,
        candidates: Vec<(Extension, (ClientId, Seat))>,
        rng: &mut StdRng,
    ) -> Option<(LookupId, ClientId, Seat)> {
        let (client, seat) = election::rank(candidates, &self.order, rng).into_iter().next()?;
        Some((LookupId(random_uuid(rng)), client, seat))
    }
}
