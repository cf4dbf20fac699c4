//! Asterisk's clock beside ours. What happened carries Asterisk's time and durations are counted
//! from it by our clock, so a PBX whose clock is off shows durations that are.

use domain::Timestamp;
use jiff::SignedDuration;

/// So many events make a measurement. The one that was quickest on its way counts.
const EVENTS: u32 = 20;
/// A difference that nobody minds.
const TOLERATED: SignedDuration = SignedDuration::from_secs(2);

/// Measures how far Asterisk's clock is ahead of ours.
#[derive(Debug, Default)]
pub(super) struct PbxClock {
    heard: u32,
    /// Of the events of this measurement; a delay makes it less, never more.
    most: Option<SignedDuration>,
    ahead: SignedDuration,
}

impl PbxClock {
    /// An event that happened `at` by Asterisk's clock is heard `now` by ours. Says it when the
    /// difference has become one to mind, or no longer is.
    pub(super) fn hear(&mut self, at: Timestamp, now: Timestamp) {
        let ahead = at.duration_since(now);
        self.most = Some(self.most.map_or(ahead, |most| most.max(ahead)));
        self.heard += 1;
        if self.heard < EVENTS {
            return;
        }
        let before = self.ahead_seconds();
        self.heard = 0;
        self.ahead = self.most.take().unwrap_or_default();
        match (before, self.ahead_seconds()) {
            (0, 0) => {}
            (0, seconds) => {
                tracing::warn!(seconds, "Asterisk's clock is ahead of ours (behind, if less than 0): set both by NTP")
            }
            (_, 0) => tracing::info!("Asterisk's clock is ours again"),
            _ => {}
        }
    }

    /// What Asterisk's clock shows now.
    pub(super) fn theirs(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(self.ahead).unwrap_or(now)
    }

    /// In full seconds; 0 for what nobody minds, less than 0 where it is behind.
    pub(super) fn ahead_seconds(&self) -> i64 {
        if self.ahead.abs() > TOLERATED { self.ahead.as_secs() } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A measurement of a PBX that is so far ahead; most of its events are delayed on their way.
    fn measured(clock: &mut PbxClock, ahead: i64) -> i64 {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        for n in 0..EVENTS {
            let delay = if n == 7 { 0 } else { i64::from(n) };
            clock.hear(now + SignedDuration::from_secs(ahead - delay), now);
        }
        clock.ahead_seconds()
    }

    #[test]
    fn the_event_that_was_not_delayed_tells_the_difference() {
        let mut clock = PbxClock::default();
        assert_eq!(measured(&mut clock, 1), 0);
        assert_eq!(measured(&mut clock, 130), 130);
        assert_eq!(measured(&mut clock, -130), -130);
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        assert_eq!(clock.theirs(now), now - SignedDuration::from_secs(130));
        assert_eq!(measured(&mut clock, 0), 0);
    }
}
