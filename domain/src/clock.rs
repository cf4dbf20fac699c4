//! Two clocks of a browser, whose own may be set back, and wrong: one that only goes forward, and
//! the server's.

/// The samples of the server's time that count.
const SAMPLES: usize = 4;

/// Adds up the steps of a wall clock that go forward: a sleep counts, a clock set back does not.
#[derive(Clone, Copy, Debug, Default)]
pub struct SteadyClock {
    last: Option<i64>,
    lost: i64,
}

impl SteadyClock {
    pub const fn new() -> Self {
        Self { last: None, lost: 0 }
    }

    /// The time, in milliseconds, when the wall clock says `wall`.
    pub fn now(&mut self, wall: i64) -> i64 {
        self.lost += self.last.map_or(0, |last| (last - wall).max(0));
        self.last = Some(wall);
        wall + self.lost
    }
}

/// The server's time, from what it says of it now and then. What it says may arrive late and never
/// early: of the last few samples, the one that puts the server furthest ahead is the truest.
#[derive(Clone, Debug, Default)]
pub struct ServerClock {
    offsets: Vec<i64>,
}

impl ServerClock {
    /// The server said `server` when this computer's clock, which only goes forward, said `here`.
    pub fn heard(&mut self, server: i64, here: i64) {
        if self.offsets.len() == SAMPLES {
            self.offsets.remove(0);
        }
        self.offsets.push(server - here);
    }

    /// A new link: what earlier ones said may be of another server, or of before a sleep.
    pub fn start_afresh(&mut self) {
        self.offsets.clear();
    }

    /// The server's time when it is `here`.
    pub fn at(&self, here: i64) -> i64 {
        here + self.offsets.iter().max().copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::{ServerClock, SteadyClock};

    #[test]
    fn a_wall_clock_that_is_set_back_stops_nothing_and_a_sleep_counts() {
        let mut clock = SteadyClock::new();
        let walls = [1_000, 2_000, 500, 1_500, 601_500];
        assert_eq!(walls.map(|wall| clock.now(wall)), [1_000, 2_000, 2_000, 3_000, 603_000]);
    }

    #[test]
    fn a_ping_that_was_held_up_does_not_put_the_server_back() {
        let mut clock = ServerClock::default();
        clock.heard(10_100, 100);
        clock.heard(20_000, 25_000);
        assert_eq!(clock.at(25_000), 35_000);
        // A clock that drifted is believed once the old samples are gone.
        for second in 1..=4 {
            clock.heard(34_000 + second, 25_000 + second);
        }
        assert_eq!(clock.at(26_000), 35_000);
        clock.start_afresh();
        clock.heard(5, 1);
        assert_eq!(clock.at(2), 6);
    }
}
