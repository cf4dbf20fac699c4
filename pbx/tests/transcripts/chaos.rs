//! Whatever the order, and whatever is lost or repeated: no panic, no call reopened, and no call
//! left when all channels are gone.

use domain::Timestamp;
use pbx::{
    ari::Event,
    switchboard::{Change, Roll, Switchboard},
};
use proptest::prelude::*;

use crate::{
    recording::{Random, Recording, Step, event},
    story::topology,
};

const RECORDINGS: [&str; 8] =
    ["attended", "blind_refer", "click_to_dial", "devices_lost", "internal", "local", "outbound", "queue"];

fn events(name: &str) -> Vec<Event> {
    let steps = Recording::load(name).steps;
    steps.iter().filter_map(|step| if let Step::Event(value) = step { Some(event(value)) } else { None }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ended_is_final(which in 0..RECORDINGS.len(), seed: u64, drop_one_in in 2_u64..50, reach in 1_usize..200) {
        let mut events = events(RECORDINGS[which]);
        let mut random = Random(seed | 1);
        for at in (1..events.len()).rev() {
            let other = at.saturating_sub((random.next() % reach as u64) as usize);
            events.swap(at, other);
        }
        let mut switchboard = Switchboard::new(topology());
        let mut ended = std::collections::HashSet::new();
        let now: Timestamp = Timestamp::UNIX_EPOCH;
        let mut hear = |changes: Vec<Change>| {
            for change in changes {
                if let Change::Call(call) = change {
                    assert!(!ended.contains(&call.id), "{} was reopened", call.id);
                    if call.ended_at.is_some() {
                        ended.insert(call.id);
                    }
                }
            }
        };
        for event in &events {
            match random.next() % drop_one_in {
                0 => {}
                1 => {
                    hear(switchboard.apply(event, now));
                    hear(switchboard.apply(event, now));
                }
                _ => hear(switchboard.apply(event, now)),
            }
        }
        // What was dropped may have been an end; the next roll call knows.
        hear(switchboard.reconcile(&Roll::default(), now));
        prop_assert_eq!(switchboard.calls().count(), 0);
        prop_assert_eq!(switchboard.channels().count(), 0);
        for event in &events {
            hear(switchboard.apply(event, now));
        }
    }
}
