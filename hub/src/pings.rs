//! Pings, spread over their period: ten thousand at once would stand in the way of a ring.

use domain::{
    Timestamp,
    protocol::{CloseCode, Control, Frame, Ping},
};
use jiff::SignedDuration;

use super::{
    ClientId, Effect, Hub,
    stream::{Text, to_json},
};

/// Clients are pinged in so many shares, one after the other.
const SHARES: u64 = 50;

/// Whose turn it is.
#[derive(Debug)]
pub(super) struct Rota {
    next: u64,
    turned_at: Timestamp,
}

/// Shares that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    first: u64,
    shares: u64,
}

impl Turn {
    fn has(self, client: ClientId) -> bool {
        (client.0 % SHARES + SHARES - self.first) % SHARES < self.shares
    }
}

impl Rota {
    pub(super) fn new(now: Timestamp) -> Self {
        Self { next: 0, turned_at: now }
    }

    /// The shares that are due; every share is once in `period`, and after a pause no share is
    /// due twice.
    fn turn(&mut self, period: SignedDuration, now: Timestamp) -> Option<Turn> {
        let step = period / SHARES as i32;
        let mut shares = 0;
        while shares < SHARES && now.duration_since(self.turned_at) >= step {
            self.turned_at = self.turned_at.saturating_add(step).unwrap_or(now);
            shares += 1;
        }
        if shares == SHARES {
            self.turned_at = now;
        }
        let first = self.next;
        self.next = (first + shares) % SHARES;
        (shares > 0).then_some(Turn { first, shares })
    }
}

impl Hub {
    /// Pings the clients whose turn it is; one that let too many go unanswered has left.
    pub(super) fn ping(&mut self, now: Timestamp) {
        let Some(turn) = self.rota.turn(self.settings.ping_every, now) else { return };
        let text: Text = to_json(&Frame::from(Control::Ping(Ping { now }))).into();
        let mut silent = Vec::new();
        for (id, client) in self.registry.clients.iter_mut().filter(|(id, _)| turn.has(**id)) {
            if client.unanswered >= self.settings.missed_pings {
                silent.push(*id);
            } else {
                client.unanswered += 1;
                self.effects.push(Effect::Send { client: *id, text: text.clone() });
            }
        }
        for client in silent {
            self.expel(client, CloseCode::NoPong, now);
        }
        // Once a round is enough: they are kept for much longer.
        if turn.first + turn.shares >= SHARES {
            self.forget_empty_desks(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: SignedDuration = SignedDuration::from_secs(10);

    /// How often each of a hundred clients had its turn, in ticks so far apart.
    fn turns(tick: SignedDuration, ticks: i32) -> Vec<usize> {
        let mut rota = Rota::new(Timestamp::UNIX_EPOCH);
        let mut turns = vec![0; 100];
        for at in 1..=ticks {
            if let Some(turn) = rota.turn(PERIOD, Timestamp::UNIX_EPOCH + tick * at) {
                (0..100).filter(|client| turn.has(ClientId(*client))).for_each(|client| turns[client as usize] += 1);
            }
        }
        turns
    }

    #[test]
    fn everyone_has_one_turn_in_a_period_however_often_it_ticks() {
        for (tick, ticks) in [(200, 50), (70, 143), (500, 20), (10_000, 1)] {
            let turns = turns(SignedDuration::from_millis(tick), ticks);
            assert!(turns.iter().all(|turns| *turns == 1), "every {tick} ms: {turns:?}");
        }
    }

    #[test]
    fn a_tick_pings_few_and_a_pause_nobody_twice() {
        assert_eq!(turns(SignedDuration::from_millis(200), 1).iter().sum::<usize>(), 2);
        assert_eq!(turns(SignedDuration::from_secs(60), 1).iter().sum::<usize>(), 100);
    }
}
