//! The lookup of one call's customer: asked of one selected client, and of the next when that
//! one disconnects, errs or stays silent past its deadline (R5, R6).

use domain::{
    Timestamp,
    ids::{Extension, LookupId},
    role::Seat,
    view::Lookup,
};

use super::ClientId;

/// A browser that gets no answer asks for the number again, up to six times.
const MOST_REDEMPTIONS: u32 = 8;

/// Where a lookup stands, and who was asked.
#[derive(Debug)]
pub struct LookupState {
    status: Status,
    /// Everyone asked in this round, in order; the last one is being waited for.
    asked: Vec<Asked>,
    /// Everyone asked in the round before: a person pressed retry, but their answer is one too.
    earlier: Vec<Asked>,
    /// The desk where somebody pressed retry: it is asked even when its phone is down again.
    retried_at: Option<Extension>,
    /// Everyone asked for a number that the call has no more: their answers are of no use.
    outdated: Vec<(ClientId, LookupId)>,
}

#[derive(Debug)]
enum Status {
    Unwanted,
    /// Nobody has been asked yet.
    Wanted,
    /// The call's desks are there, and none of them may look. The next one that may is asked.
    NobodyMay,
    Looking,
    Found,
    Unknown,
    Failed(String),
}

#[derive(Debug)]
struct Asked {
    lookup: LookupId,
    client: ClientId,
    seat: Seat,
    deadline: Timestamp,
    /// How often the number was asked for.
    redeemed: u32,
    /// It failed, went away or was too late: not waited for any more.
    given_up: bool,
}

/// Whether an answer is to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Use,
    /// The customer is known already, or the call has another number by now.
    Late,
    /// This client was not asked that.
    NotYours,
}

impl LookupState {
    /// Of a call whose caller can be looked up.
    pub fn wanted() -> Self {
        Self::with(Status::Wanted)
    }

    /// Of a number that cannot be read.
    pub fn unknown() -> Self {
        Self::with(Status::Unknown)
    }

    /// Of a hidden number, and of calls that are no customer's.
    pub fn unwanted() -> Self {
        Self::with(Status::Unwanted)
    }

    fn with(status: Status) -> Self {
        Self { status, asked: Vec::new(), earlier: Vec::new(), retried_at: None, outdated: Vec::new() }
    }

    /// Begun anew for another number: who was asked before is not waited for.
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        let asked = before.asked.iter().chain(&before.earlier).map(|asked| (asked.client, asked.lookup));
        self.outdated = before.outdated.iter().copied().chain(asked).collect();
        self
    }

    /// Is there a customer's number at all?
    pub fn is_wanted(&self) -> bool {
        !matches!(self.status, Status::Unwanted)
    }

    /// As the card shows it.
    pub fn shown(&self) -> Lookup {
        match &self.status {
            Status::Unwanted => Lookup::None,
            Status::Wanted | Status::Looking => Lookup::Looking,
            Status::Found => Lookup::Found,
            Status::Unknown => Lookup::Unknown,
            Status::NobodyMay => Lookup::Failed { reason: "no desk of this call may look the customer up".to_owned() },
            Status::Failed(reason) => Lookup::Failed { reason: reason.clone() },
        }
    }

    /// Is it time to ask somebody?
    pub fn is_due(&self, now: Timestamp) -> bool {
        match self.status {
            Status::Wanted | Status::NobodyMay => true,
            Status::Looking => self.asked.last().is_none_or(|last| last.given_up || now >= last.deadline),
            _ => false,
        }
    }

    /// Is it the first time, and not a fail-over or a retry?
    pub fn is_first(&self) -> bool {
        self.asked_nobody() && self.retried_at.is_none()
    }

    /// Is it the first one after a person pressed retry?
    pub fn is_retry(&self) -> bool {
        self.asked_nobody() && self.retried_at.is_some()
    }

    /// Was nobody asked in this round yet?
    pub fn asked_nobody(&self) -> bool {
        self.asked.is_empty()
    }

    /// There is nobody to ask yet; `desks` says whether somebody looks at the card meanwhile.
    pub fn wait(&mut self, desks: bool) {
        self.status = if desks { Status::NobodyMay } else { Status::Wanted };
    }

    pub fn retried_at(&self) -> Option<&Extension> {
        self.retried_at.as_ref()
    }

    pub fn was_asked(&self, client: ClientId) -> bool {
        self.asked.iter().any(|it| it.client == client)
    }

    /// `client` is the selected one from now until `deadline`.
    pub fn ask(&mut self, lookup: LookupId, client: ClientId, seat: Seat, deadline: Timestamp) {
        self.status = Status::Looking;
        self.asked.push(Asked { lookup, client, seat, deadline, redeemed: 0, given_up: false });
    }

    /// Somebody has come who may not have been asked: what failed is open again.
    pub fn reopen(&mut self) {
        if let Status::Failed(_) = self.status {
            self.status = Status::Looking;
        }
    }

    /// Nobody is left to ask.
    pub fn fail(&mut self, reason: &str) {
        self.status = Status::Failed(reason.to_owned());
    }

    /// A person at `exten` presses retry. True where there is something to retry.
    pub fn retry(&mut self, exten: &Extension) -> bool {
        let possible = matches!(self.status, Status::Failed(_) | Status::NobodyMay | Status::Unknown);
        if possible {
            self.status = Status::Wanted;
            self.earlier = std::mem::take(&mut self.asked);
            self.retried_at = Some(exten.clone());
        }
        possible
    }

    /// Marks the request of `client` as failed. True where it was one of the open ones.
    pub fn give_up(&mut self, client: ClientId, lookup: Option<LookupId>) -> bool {
        let mut any = false;
        for asked in &mut self.asked {
            if asked.client == client && lookup.is_none_or(|it| it == asked.lookup) && !asked.given_up {
                asked.given_up = true;
                any = true;
            }
        }
        any
    }

    /// May a client of `seat` have the number? Where it was asked for it; more than once, because
    /// an answer may be lost on a connection that died unnoticed, but not without end.
    pub fn redeem(&mut self, seat: &Seat, lookup: LookupId) -> bool {
        let Some(asked) = self.asked.iter_mut().find(|it| it.lookup == lookup && it.seat == *seat) else {
            return false;
        };
        asked.redeemed += 1;
        asked.redeemed <= MOST_REDEMPTIONS
    }

    /// What to do with an answer of `client`. A late one is used if it is the only one.
    pub fn judge(&self, client: ClientId, lookup: LookupId) -> Answer {
        let mut requests = self.asked.iter().chain(&self.earlier);
        match self.status {
            _ if self.outdated.contains(&(client, lookup)) => Answer::Late,
            _ if !requests.any(|it| it.client == client && it.lookup == lookup) => Answer::NotYours,
            Status::Found | Status::Unknown | Status::Unwanted => Answer::Late,
            Status::Wanted | Status::NobodyMay | Status::Looking | Status::Failed(_) => Answer::Use,
        }
    }

    /// The answer is in: `found` says whether it names anybody.
    pub fn answered(&mut self, found: bool) {
        self.status = if found { Status::Found } else { Status::Unknown };
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::Epoch;
    use uuid::Uuid;

    use super::*;

    const FIRST: LookupId = LookupId(Uuid::from_u128(1));
    const SECOND: LookupId = LookupId(Uuid::from_u128(2));

    fn seat(exten: &str) -> Seat {
        Seat { exten: exten.into(), epoch: Epoch(Uuid::nil()) }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn asked() -> LookupState {
        let mut lookup = LookupState::wanted();
        lookup.ask(FIRST, ClientId(1), seat("1000"), at(2));
        lookup
    }

    #[test]
    fn the_next_one_is_due_when_the_first_is_silent_fails_or_leaves() {
        let mut lookup = asked();
        assert!(!lookup.is_due(at(1)));
        assert!(lookup.is_due(at(2)));
        assert!(lookup.give_up(ClientId(1), Some(FIRST)));
        assert!(lookup.is_due(at(1)));
    }

    #[test]
    fn a_number_is_handed_out_to_the_seat_that_was_asked_and_not_without_end() {
        let mut lookup = asked();
        assert!(!lookup.redeem(&seat("1001"), FIRST));
        assert!(!lookup.redeem(&seat("1000"), SECOND));
        for _ in 0..MOST_REDEMPTIONS {
            assert!(lookup.redeem(&seat("1000"), FIRST));
        }
        assert!(!lookup.redeem(&seat("1000"), FIRST));
    }

    #[test]
    fn a_late_answer_is_kept_only_if_it_is_the_only_one() {
        let mut lookup = asked();
        lookup.ask(SECOND, ClientId(2), seat("1001"), at(4));
        assert_eq!(lookup.judge(ClientId(1), FIRST), Answer::Use);
        lookup.answered(true);
        assert_eq!(lookup.judge(ClientId(1), FIRST), Answer::Late);
        assert_eq!(lookup.judge(ClientId(3), FIRST), Answer::NotYours);
    }

    #[test]
    fn an_answer_of_the_round_before_a_retry_is_an_answer() {
        let mut lookup = asked();
        lookup.fail("nobody answered");
        assert!(lookup.retry(&"1000".into()));
        lookup.ask(SECOND, ClientId(1), seat("1000"), at(9));
        assert_eq!(lookup.judge(ClientId(1), FIRST), Answer::Use);
    }

    #[test]
    fn only_a_failure_can_be_retried() {
        let mut lookup = asked();
        assert!(!lookup.retry(&"1000".into()));
        lookup.fail("nobody answered");
        assert!(lookup.retry(&"1000".into()));
        assert!(lookup.is_due(at(0)) && !lookup.is_first());
    }
}
