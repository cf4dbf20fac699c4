//! A believable day at the call centre, the same for the same seed.

use std::{collections::BTreeSet, time::Duration};

use domain::{call::Party, ids::Extension};

use super::{Cast, Scenario};

/// Calls without end, some twelve a minute.
#[derive(Clone, Debug)]
pub struct Day {
    random: Random,
    extensions: Vec<Extension>,
    /// Whom the CRM may know.
    known: Vec<Party>,
}

/// The next call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Since the call before it began, at pace 1.
    pub after: Duration,
    pub scenario: Scenario,
    /// Who calls, if somebody calls from outside.
    pub caller: Party,
}

impl Day {
    pub fn new(seed: u64, cast: &Cast, known: Vec<Party>) -> Self {
        Self { random: Random(seed), extensions: cast.extensions.clone(), known }
    }

    /// Plans the next call. `taken` are the phones that talk already or are about to: see
    /// [`Diary::taken`](super::Diary::taken).
    pub fn next(&mut self, taken: &BTreeSet<Extension>) -> Planned {
        let after = self.gap();
        let caller = self.caller();
        let mut free: Vec<_> = self.extensions.iter().filter(|exten| !taken.contains(*exten)).cloned().collect();
        let one = self.random.take(&mut free);
        let other = self.random.take(&mut free);
        let scenario = self.scenario(one, other);
        Planned { after, scenario, caller }
    }

    /// Calls come in bunches: a quarter of them within a second or so of the one before.
    fn gap(&mut self) -> Duration {
        let ms =
            if self.random.chance(25) { self.random.between(200, 1_500) } else { self.random.between(2_000, 11_000) };
        Duration::from_millis(ms.into())
    }

    /// Most are known, some are new, some hide their number.
    fn caller(&mut self) -> Party {
        match self.random.below(100) {
            0..70 if !self.known.is_empty() => {
                let at = self.random.below(self.known.len());
                self.known[at].clone()
            }
            0..90 => {
                let prefix = ["032", "070", "086", "090", "091", "098"][self.random.below(6)];
                let number = format!("{prefix}{:07}", self.random.below(10_000_000));
                Party::new("", number)
            }
            _ => Party::new("Anonymous", "anonymous"),
        }
    }

    /// What becomes of the call, with one agent to spare, or two, or none.
    fn scenario(&mut self, one: Option<Extension>, other: Option<Extension>) -> Scenario {
        let random = &mut self.random;
        let ring_ms = random.between(2_000, 9_000);
        let talk_ms = random.between(15_000, 60_000);
        let Some(by) = one else { return Scenario::Abandoned { ring_ms } };
        let Some(to) = other else { return Scenario::Answered { by, ring_ms, talk_ms } };
        let short_ms = random.between(5_000, 15_000);
        let to_ring_ms = random.between(2_000, 6_000);
        match random.below(100) {
            0..52 => Scenario::Answered { by, ring_ms, talk_ms },
            52..62 => Scenario::Abandoned { ring_ms: random.between(3_000, 15_000) },
            62..65 => Scenario::NoAnswer { ring_ms: 20_000 },
            65 => Scenario::AllBusy,
            66..72 => {
                Scenario::BlindTransfer { from: by, to, ring_ms, talk_ms: short_ms, to_ring_ms, to_talk_ms: talk_ms }
            }
            72..76 => Scenario::AttendedTransfer {
                from: by,
                to,
                ring_ms,
                talk_ms: short_ms,
                to_ring_ms,
                consult_ms: random.between(4_000, 10_000),
                to_talk_ms: talk_ms,
            },
            76..83 => Scenario::Held { by, ring_ms, talk_ms, hold_ms: short_ms },
            83..88 => {
                let number = format!("024{:08}", random.below(100_000_000));
                Scenario::Outbound { from: by, number, ring_ms, talk_ms }
            }
            88..91 => Scenario::Internal { from: by, to, ring_ms, talk_ms: short_ms },
            91..96 => Scenario::Queue { by, ring_ms, talk_ms },
            _ => Scenario::IvrFirst { by, menu_ms: to_ring_ms, ring_ms, talk_ms },
        }
    }
}

/// SplitMix64: good enough for a play, and the same everywhere.
#[derive(Clone, Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// `bound` is not 0.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below((most - least) as usize) as u32
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn take(&mut self, from: &mut Vec<Extension>) -> Option<Extension> {
        (!from.is_empty()).then(|| from.swap_remove(self.below(from.len())))
    }
}
