//! Whatever the order, and whatever is lost, repeated or garbled: no panic, no call reopened, and
//! no call left when all channels are gone.

use std::collections::HashSet;

use domain::{Timestamp, ids::CallId};
use pbx::{
    ari::Event,
    switchboard::{Change, Roll, Switchboard},
};
use proptest::prelude::*;

use crate::recording::{Random, Recording, Step};

const RECORDINGS: [&str; 18] = [
    "attended",
    "blind_refer",
    "click_to_dial",
    "devices_lost",
    "internal",
    "local",
    "outbound",
    "pickup",
    "queue",
    "reported/ami_callback_local",
    "reported/asyncgoto",
    "reported/atxfer_feature",
    "reported/conference_redirect",
    "reported/confirm_pressed",
    "reported/page_local_nolink",
    "reported/park_retrieve",
    "reported/queue_callback",
    "reported/followme_outside",
];
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn texts(which: usize) -> Vec<String> {
    let steps = Recording::load(RECORDINGS[which]).steps;
    steps
        .iter()
        .filter_map(|step| if let Step::Event(value, _) = step { Some(value.to_string()) } else { None })
        .collect()
}

fn events(which: usize) -> Vec<Event> {
    texts(which).iter().map(|text| Event::parse(text).unwrap()).collect()
}

/// Hears the changes, and insists that the last word about a call is the last.
#[derive(Default)]
struct Listener {
    ended: HashSet<CallId>,
}

impl Listener {
    fn hear(&mut self, changes: Vec<Change>) {
        for change in changes {
            if let Change::Call(call) = change {
                assert!(!self.ended.contains(&call.id), "{} was reopened", call.id);
                if call.ended_at.is_some() {
                    self.ended.insert(call.id);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ended_is_final(which in 0..RECORDINGS.len(), seed: u64, drop_one_in in 2_u64..50, reach in 1_u64..200, cut: bool) {
        let mut events = events(which);
        let mut random = Random(seed | 1);
        for at in (1..events.len()).rev() {
            let back = usize::try_from(random.next() % reach).unwrap();
            events.swap(at, at.saturating_sub(back));
        }
        let mut switchboard = Switchboard::new(Recording::load(RECORDINGS[which]).pbx.topology());
        let mut listener = Listener::default();
        for (at, event) in events.iter().enumerate() {
            let times = match random.next() % drop_one_in {
                0 => 0,
                1 => 2,
                _ => 1,
            };
            for _ in 0..times {
                listener.hear(switchboard.apply(event));
            }
            if cut && at == events.len() / 2 {
                listener.hear(switchboard.link_down());
                listener.hear(switchboard.reconcile(&Roll::default(), NOW));
            }
        }
        // What was dropped may have been an end; the next roll knows.
        listener.hear(switchboard.reconcile(&Roll::default(), NOW));
        prop_assert_eq!(switchboard.calls().count(), 0);
        prop_assert_eq!(switchboard.channels().count(), 0);
        for event in &events {
            listener.hear(switchboard.apply(event));
        }
    }

    #[test]
    fn garbled_text_is_an_error_and_no_more(which in 0..RECORDINGS.len(), seed: u64) {
        let mut random = Random(seed | 1);
        let mut switchboard = Switchboard::new(Recording::load(RECORDINGS[which]).pbx.topology());
        for text in texts(which) {
            let (from, to) = (random.next() % text.len() as u64, random.next() % text.len() as u64);
            let garbled: String = text.char_indices().filter(|(at, _)| !(from..to).contains(&(*at as u64))).map(|(_, c)| c).collect();
            if let Ok(event) = Event::parse(&garbled) {
                switchboard.apply(&event);
            }
        }
    }
}
