//! A day held against itself.

use std::{
    collections::{BTreeMap, HashSet},
    mem,
};

use super::{super::*, cast, start, topology};
use crate::{ari::Event, switchboard::Switchboard};

fn known() -> Vec<Party> {
    ["0903000001", "0903000002"].map(|number| Party::new("", number.to_owned())).to_vec()
}

/// So many calls, as whoever plays them would: what was planned, when it began, its score.
fn calls(seed: u64, count: usize) -> Vec<(Planned, Timestamp, Score)> {
    let (cast, mut diary, mut ids, mut now) = (cast(), Diary::default(), Ids::default(), start());
    let mut day = Day::new(seed, &cast, known());
    let next = |_| {
        let planned = day.next(&diary.taken(now));
        now += planned.after;
        let stage = Stage { cast: &cast, start: now, pace: 1.0, busy: &diary.talking(now) };
        let score = play(&planned.scenario, &planned.caller, &stage, &mut ids).unwrap();
        diary.forget_before(now);
        diary.note(&score);
        (planned, now, score)
    };
    (0..count).map(next).collect()
}

#[test]
fn the_same_seed_is_the_same_day() {
    assert_eq!(calls(7, 40), calls(7, 40));
    assert_ne!(calls(7, 40), calls(8, 40));
}

#[test]
fn some_twelve_calls_a_minute_come_from_all_sorts_of_callers() {
    const CALLS: usize = 300;
    let calls = calls(1, CALLS);
    let minutes = calls.last().unwrap().1.duration_since(start()).as_secs_f64() / 60.0;
    let a_minute = CALLS as f64 / minutes;
    assert!((10.0..14.0).contains(&a_minute), "{a_minute} calls a minute");

    let kinds: HashSet<_> = calls.iter().map(|(planned, ..)| mem::discriminant(&planned.scenario)).collect();
    assert_eq!(kinds.len(), 11, "every scenario has its turn");
    let share =
        |of: &dyn Fn(&Party) -> bool| calls.iter().filter(|(planned, ..)| of(&planned.caller)).count() * 100 / CALLS;
    let is_known = |caller: &Party| known().contains(caller);
    let is_hidden = |caller: &Party| caller.number == "anonymous";
    assert!((60..80).contains(&share(&is_known)));
    assert!((5..15).contains(&share(&is_hidden)));
    assert!((12..30).contains(&share(&|caller| !is_known(caller) && !is_hidden(caller))));
}

#[test]
fn nobody_talks_to_two_at_once() {
    let mut talks: BTreeMap<Extension, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
    for talk in calls(2, 240).into_iter().flat_map(|(.., score)| score.talks) {
        talks.entry(talk.exten).or_default().push((talk.from, talk.until));
    }
    assert_eq!(talks.len(), 12, "everybody has something to do");
    for (exten, talks) in &mut talks {
        talks.sort();
        for pair in talks.windows(2) {
            assert!(pair[0].1 < pair[1].0, "{exten} talks twice at {}", pair[1].0);
        }
    }
}

#[test]
fn several_calls_at_once_all_come_to_an_end() {
    let calls = calls(3, 240);
    let mut events: Vec<_> = calls
        .iter()
        .flat_map(|(_, began, score)| score.events.iter().map(|timed| (*began + timed.after, &timed.event)))
        .collect();
    // Stable: what a channel tells in one instant keeps its order.
    events.sort_by_key(|(at, _)| *at);

    let mut switchboard = Switchboard::new(topology());
    let mut most = 0;
    for (_, event) in events {
        switchboard.apply(&Event::parse(event).unwrap());
        most = most.max(switchboard.calls().count());
    }
    assert!((3..=20).contains(&most), "{most} calls at once");
    assert_eq!((switchboard.calls().count(), switchboard.channels().count()), (0, 0));
}
