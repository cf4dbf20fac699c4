//! One lookup per call: whom to ask, and what to do with the answer (R5, R6).

use std::collections::BTreeSet;

use domain::{
    Timestamp,
    ids::{CallId, Extension, LookupId},
    phone::E164,
    protocol::{Control, ErrorCode, LookupRequest, MOST_MATCHES, Matches},
    role::Seat,
};

use super::{ClientId, Effect, Hub, case::Case, lookup::Answer};

/// Characters of a browser's reason that are logged.
const LONGEST_REASON: usize = 200;

/// The extensions that may be asked: those whose phone rings or talks, the one where somebody
/// pressed retry, and after the end the one that has the card in wrap-up.
fn desks_of(case: &Case) -> BTreeSet<&Extension> {
    let mut extens = case.extens();
    extens.extend(case.lookup.retried_at());
    if case.is_over() {
        extens.extend(case.handled_by());
    }
    extens
}

impl Hub {
    /// Begins the lookup once a phone rings: all legs of a ring group are there by then.
    pub(super) fn seek_if_wanted(&mut self, id: &CallId, now: Timestamp) {
        let Some(case) = self.calls.get(id) else { return };
        if case.lookup.is_due(now) && case.is_at_a_desk() {
            self.lookups.begin(id);
            self.ask(id, now);
        }
    }

    /// Asks the next client if the last one has had its time, and tells the desks what came of it.
    pub(super) fn seek(&mut self, id: &CallId, now: Timestamp) {
        if self.ask(id, now) {
            self.publish(id, now);
        }
    }

    /// Asks a client if it is time to. True where that changed what the card shows.
    fn ask(&mut self, id: &CallId, now: Timestamp) -> bool {
        let Some(case) = self.calls.get(id).filter(|case| case.lookup.is_due(now)) else { return false };
        let before = case.lookup.shown();
        let candidates = self.candidates(case);
        let desks = desks_of(case).into_iter().any(|exten| self.registry.is_registered(exten));
        let selected = self.lookups.select(candidates, &mut self.rng);
        let Some(case) = self.calls.get_mut(id) else { return false };
        let Some((lookup, client, seat)) = selected else {
            if case.lookup.asked_nobody() {
                // There is nobody yet: the next desk to join is asked.
                case.lookup.wait(desks);
            } else {
                case.lookup.fail("nobody could look the customer up");
                self.lookups.end(id);
            }
            return case.lookup.shown() != before;
        };
        match (case.lookup.is_first(), case.lookup.is_retry()) {
            (true, _) => self.counters.lookups += 1,
            (_, true) => self.counters.retries += 1,
            _ => self.counters.failovers += 1,
        }
        let timeout = self.settings.lookup_timeout;
        case.lookup.ask(lookup, client, seat, now.saturating_add(timeout).unwrap_or(now));
        let changed = case.lookup.shown() != before;
        let timeout_ms = u64::try_from(timeout.as_millis()).unwrap_or(0);
        let request = LookupRequest { lookup_id: lookup, call_id: id.clone(), timeout_ms };
        self.tell(client, Control::LookupRequest(request));
        changed
    }

    /// Clients of the call's own extensions that may see the whole record and were not asked yet.
    fn candidates(&self, case: &Case) -> Vec<(Extension, (ClientId, Seat))> {
        let desks = desks_of(case).into_iter().filter_map(|exten| self.registry.desks.get(exten));
        desks
            .filter(|desk| desk.sight.whole_record)
            .flat_map(|desk| desk.clients.iter().map(move |client| (desk, *client)))
            .filter(|(_, client)| !case.lookup.was_asked(*client))
            .map(|(desk, client)| (desk.seat.exten.clone(), (client, desk.seat.clone())))
            .collect()
    }

    /// The number to look up, for the client that was asked.
    pub fn redeem(&mut self, seat: &Seat, call: &CallId, lookup: LookupId) -> Option<E164> {
        let case = self.calls.get_mut(call)?;
        if case.lookup.redeem(seat, lookup) { case.caller_phone.clone() } else { None }
    }

    /// What a selected client found. The server signed it, so nobody made it up.
    pub(super) fn found(&mut self, client: ClientId, lookup: LookupId, payload: &str, signature: &str, now: Timestamp) {
        if !self.signer.verify(payload.as_bytes(), signature) {
            self.counters.bad_signatures += 1;
            return self.complain(
                client,
                ErrorCode::BadSignature,
                "the customer's data is not as the server signed it",
            );
        }
        let Ok(mut matches) = serde_json::from_str::<Matches>(payload) else {
            return self.complain(client, ErrorCode::BadSignature, "the customer's data is of another version");
        };
        let Some(case) = self.calls.get_mut(&matches.call_id) else {
            return self.complain(client, ErrorCode::NoSuchCall, "the call is over");
        };
        match case.lookup.judge(client, lookup) {
            Answer::NotYours => self.complain(client, ErrorCode::NotYours, "this client was not asked to look that up"),
            Answer::Late => self.counters.late_answers += 1,
            Answer::Use => {
                matches.customers.truncate(MOST_MATCHES);
                case.lookup.answered(!matches.customers.is_empty());
                case.matches = matches.customers;
                let record = Box::new(case.record());
                self.effects.push(Effect::Record(record));
                self.lookups.end(&matches.call_id);
                self.publish(&matches.call_id, now);
            }
        }
    }

    /// A selected client erred: the next one is asked at once.
    pub(super) fn lookup_failed(&mut self, client: ClientId, lookup: LookupId, reason: &str, now: Timestamp) {
        for id in self.lookups.open() {
            if self.calls.get_mut(&id).is_some_and(|case| case.lookup.give_up(client, Some(lookup))) {
                let exten = self.registry.desk_of(client).map(|desk| desk.seat.exten.as_str());
                let reason: String = reason.chars().take(LONGEST_REASON).collect();
                tracing::warn!(call = %id, exten, ?reason, "A browser could not look a customer up");
                self.seek(&id, now);
            }
        }
    }

    /// A client is gone: whatever it was asked goes to the next one.
    pub(super) fn seek_without(&mut self, client: ClientId, now: Timestamp) {
        for id in self.lookups.open() {
            if self.calls.get_mut(&id).is_some_and(|case| case.lookup.give_up(client, None)) {
                self.seek(&id, now);
            }
        }
    }
}
