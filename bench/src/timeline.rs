//! Which copy of which recording plays when, on the phones of which group.

use std::{sync::Arc, time::Duration};

use crate::{
    Outcome,
    recording::{Copy, Moment, Recording},
};

/// Between two calls of a group: the agents' desks are quiet again by then.
const PAUSE: Duration = Duration::from_millis(400);

/// One call that is played.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub copy: Copy,
    pub recording: usize,
}

/// One event that is due.
#[derive(Clone, Copy, Debug)]
pub struct Cue {
    pub due: Duration,
    /// Of [`Timeline::calls`].
    pub call: usize,
    /// Of the recording's moments.
    pub event: usize,
}

/// Calls and their events, in the order in which they are due.
#[derive(Clone, Debug)]
pub struct Timeline {
    recordings: Arc<Vec<Recording>>,
    pub calls: Vec<Call>,
    pub cues: Vec<Cue>,
}

impl Timeline {
    /// So many groups that have a call at every time, and so many calls of each group, one after
    /// the other. The groups begin one after the other too, over the length of a call: what is
    /// measured is a busy house, not a clock that strikes. Copies are numbered from `first`.
    pub fn busy(recordings: &Arc<Vec<Recording>>, groups: usize, calls_each: usize, first: usize) -> Outcome<Self> {
        let length = recordings.iter().map(Recording::length).max().ok_or("there is no recording")?;
        let mut timeline = Self::empty(recordings);
        for group in 0..groups {
            let mut begins = (length + PAUSE).mul_f64(group as f64 / groups as f64);
            for _ in 0..calls_each {
                let number = first + timeline.calls.len();
                let call = Call { copy: Copy { number, group }, recording: number % recordings.len() };
                timeline.add(call, |_, moment| begins + moment.at);
                begins += recordings[call.recording].length() + PAUSE;
            }
        }
        timeline.cues.sort_by_key(|cue| cue.due);
        Ok(timeline)
    }

    /// One call with so much time between its events that each one's frames are its own.
    pub fn slow(recordings: &Arc<Vec<Recording>>, recording: usize, number: usize, step: Duration) -> Self {
        let mut timeline = Self::empty(recordings);
        let call = Call { copy: Copy { number, group: 0 }, recording };
        timeline.add(call, |event, _| step * u32::try_from(event).unwrap_or(u32::MAX));
        timeline
    }

    fn empty(recordings: &Arc<Vec<Recording>>) -> Self {
        Self { recordings: recordings.clone(), calls: Vec::new(), cues: Vec::new() }
    }

    fn add(&mut self, call: Call, due: impl Fn(usize, &Moment) -> Duration) {
        let number = self.calls.len();
        let moments = self.recordings[call.recording].moments.iter().enumerate();
        self.cues.extend(moments.map(|(event, moment)| Cue { due: due(event, moment), call: number, event }));
        self.calls.push(call);
    }

    pub fn call(&self, cue: Cue) -> Call {
        self.calls[cue.call]
    }

    pub fn moment(&self, cue: Cue) -> &Moment {
        &self.recordings[self.call(cue).recording].moments[cue.event]
    }

    /// Until the last event.
    pub fn length(&self) -> Duration {
        self.cues.last().map_or(Duration::ZERO, |cue| cue.due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_one_call_at_a_time() {
        let recordings = Arc::new(Recording::all().unwrap());
        let timeline = Timeline::busy(&recordings, 3, 2, 10).unwrap();
        assert_eq!(timeline.calls.len(), 6);
        assert!(timeline.cues.is_sorted_by_key(|cue| cue.due));
        for group in 0..3 {
            let calls: Vec<usize> = timeline
                .cues
                .iter()
                .filter(|cue| timeline.call(**cue).copy.group == group)
                .map(|cue| cue.call)
                .collect();
            assert!(calls.is_sorted(), "the first call's events come before the second one's");
        }
    }
}
