//! The hub against browsers that run the real client's state machine.

mod schedules;
mod world;

use std::collections::BTreeMap;

use domain::{
    agent::AgentState,
    call::{CallPhase, LegEnd, Outcome},
    ids::CustomerId,
    protocol::{ClientMessage, CloseCode, View},
    view::Lookup,
};
use expect_test::expect;
use jiff::SignedDuration;
use world::{World, call};

#[test]
fn a_ring_group_is_one_lookup_and_a_card_on_every_ringing_desk() {
    let mut world = World::new();
    let desks = [world.agent("1000"), world.agent("1001"), world.agent("1002")];
    let outsider = world.agent("1007");
    world.says(call("1.1").ringing(&["1000", "1001", "1002", "1003"]));

    let asked: Vec<_> = desks.iter().filter(|it| world.request_of(**it).is_some()).collect();
    assert_eq!(asked.len(), 1);
    world.answer_lookup(*asked[0], &["Lan Anh"]);
    for desk in desks {
        let card = world.card(desk, "1.1").unwrap();
        assert_eq!(card.data.as_ref().unwrap().name, "Lan Anh");
        let extens: Vec<_> = card.state.iter().map(|leg| leg.exten.as_str()).collect();
        assert_eq!(extens, ["1000", "1001", "1002"], "1003 has no client open");
    }
    assert!(world.card(outsider, "1.1").is_none());
    assert_eq!(world.hub.counters().lookups, 1);
}

#[test]
fn one_answers_and_the_others_fold_and_say_who() {
    let mut world = World::new();
    let (winner, loser) = (world.agent("1000"), world.agent("1001"));
    let ring = call("1.1").ringing(&["1000", "1001"]);
    world.says(ring.clone());
    world.says(ring.answered_by("1000"));
    assert_eq!(world.card(winner, "1.1").unwrap().phase, CallPhase::Talking);
    expect![[r#"["1.1 AnsweredElsewhere by 1000 Agent 1000"]"#]].assert_eq(&world.left(loser));
}

#[test]
fn a_hangup_leaves_a_card_in_wrap_up_until_the_agent_closes_it() {
    let mut world = World::new();
    let agent = world.agent("1000");
    let talk = call("1.1").ringing(&["1000"]).answered_by("1000");
    world.says(talk.clone());
    // The phone hangs up a moment before the trunk.
    world.says(talk.clone().leg_ended(LegEnd::Completed));
    world.says(talk.ended(Outcome::Answered, LegEnd::Completed));
    assert_eq!(world.card(agent, "1.1").unwrap().phase, CallPhase::Ended);
    assert_eq!(world.hub.floor.board(BTreeMap::new()).desks[&"1000".into()].client_state, AgentState::WrapUp);
    world.send(agent, ClientMessage::CloseCard { call_id: "main:1.1".into() });
    assert!(world.card(agent, "1.1").is_none());
    assert_eq!(world.hub.floor.board(BTreeMap::new()).desks[&"1000".into()].client_state, AgentState::Available);
}

#[test]
fn a_card_in_wrap_up_outlives_any_number_of_calls_at_other_desks() {
    let mut world = World::new();
    let (agent, _other) = (world.agent("1000"), world.agent("1001"));
    world.says(call("1.1").ringing(&["1000"]).answered_by("1000").ended(Outcome::Answered, LegEnd::Completed));
    let talk = call("1.2").ringing(&["1000"]).answered_by("1000");
    world.says(talk.clone());
    world.says(talk.ended(Outcome::Answered, LegEnd::Completed));
    for n in 0..super::live_calls::ENDED_KEPT + 10 {
        let ring = call(&format!("2.{n}")).ringing(&["1001"]);
        world.says(ring.clone());
        world.says(ring.ended(Outcome::Abandoned, LegEnd::Abandoned));
    }
    assert_eq!(world.card(agent, "1.2").unwrap().phase, CallPhase::Ended);
    assert_eq!(world.hub.calls.iter().count(), super::live_calls::ENDED_KEPT + 1);
    world.send(agent, ClientMessage::CloseCard { call_id: "main:1.2".into() });
    assert_eq!(world.hub.calls.iter().count(), super::live_calls::ENDED_KEPT, "nobody needs it any more");
}

#[test]
fn a_caller_who_gives_up_closes_every_card() {
    let mut world = World::new();
    let agent = world.agent("1000");
    let ring = call("1.1").ringing(&["1000"]);
    world.says(ring.clone());
    world.says(ring.ended(Outcome::Abandoned, LegEnd::Abandoned));
    expect![[r#"["1.1 Abandoned by - -"]"#]].assert_eq(&world.left(agent));
}

#[test]
fn a_silent_client_is_passed_over_and_its_late_answer_counts_only_if_it_is_the_only_one() {
    let mut world = World::new();
    let (first, second) = (world.agent("1000"), world.agent("1001"));
    world.says(call("1.1").ringing(&["1000", "1001"]));
    let (slow, quick) = if world.request_of(first).is_some() { (first, second) } else { (second, first) };
    world.pass(SignedDuration::from_secs(3));
    assert!(world.request_of(quick).is_some());
    world.answer_lookup(slow, &["Late but only"]);
    assert_eq!(world.card(quick, "1.1").unwrap().data.unwrap().name, "Late but only");
    world.answer_lookup(quick, &["Second"]);
    assert_eq!(world.card(quick, "1.1").unwrap().data.unwrap().name, "Late but only");
    let counters = world.hub.counters();
    assert_eq!((counters.lookups, counters.failovers, counters.late_answers), (1, 1, 1));
}

#[test]
fn when_nobody_can_look_the_card_says_so_and_offers_a_retry() {
    let mut world = World::new();
    let agent = world.agent("1000");
    world.says(call("1.1").ringing(&["1000"]));
    world.fail_lookup(agent);
    assert!(matches!(world.card(agent, "1.1").unwrap().lookup, Lookup::Failed { .. }));
    world.send(agent, ClientMessage::RetryLookup { call_id: "main:1.1".into() });
    assert_eq!(world.card(agent, "1.1").unwrap().lookup, Lookup::Looking);
    world.answer_lookup(agent, &[]);
    assert_eq!(world.card(agent, "1.1").unwrap().lookup, Lookup::Unknown);
    assert_eq!(world.hub.counters().retries, 1);
}

#[test]
fn where_no_desk_may_look_the_card_says_so_until_one_comes_that_may() {
    let mut world = World::new();
    let limited = world.limited_agent("1001");
    world.says(call("1.1").ringing(&["1000", "1001"]));
    assert!(matches!(world.card(limited, "1.1").unwrap().lookup, Lookup::Failed { .. }));
    let whole = world.agent("1000");
    assert_eq!(world.card(limited, "1.1").unwrap().lookup, Lookup::Looking);
    world.answer_lookup(whole, &["Lan Anh"]);
    assert_eq!(world.card(limited, "1.1").unwrap().lookup, Lookup::Found);
}

#[test]
fn a_short_call_is_looked_up_in_wrap_up() {
    let mut world = World::new();
    let (agent, _colleague) = (world.agent("1000"), world.agent("1001"));
    let talk = call("1.1").ringing(&["1000"]).answered_by("1000");
    world.says(talk.clone());
    assert!(world.request_of(agent).is_some());
    world.says(talk.ended(Outcome::Answered, LegEnd::Completed));
    assert_eq!(world.card(agent, "1.1").unwrap().lookup, Lookup::Looking);
    world.pass(SignedDuration::from_secs(3));
    assert!(matches!(world.card(agent, "1.1").unwrap().lookup, Lookup::Failed { .. }), "and a retry is offered");
    world.send(agent, ClientMessage::RetryLookup { call_id: "main:1.1".into() });
    world.answer_lookup(agent, &["Lan Anh"]);
    assert_eq!(world.card(agent, "1.1").unwrap().data.unwrap().name, "Lan Anh");
}

#[test]
fn a_selected_client_that_leaves_is_replaced_at_once() {
    let mut world = World::new();
    let (first, second) = (world.agent("1000"), world.agent("1001"));
    world.says(call("1.1").ringing(&["1000", "1001"]));
    let (gone, next) = if world.request_of(first).is_some() { (first, second) } else { (second, first) };
    world.cut(gone);
    assert!(world.request_of(next).is_some());
}

#[test]
fn what_nobody_signed_is_shown_to_nobody() {
    let mut world = World::new();
    let agent = world.agent("1000");
    world.says(call("1.1").ringing(&["1000"]));
    let lookup_id = world.request_of(agent).unwrap().0;
    let payload = r#"{"callId":"main:1.1","customers":[]}"#.to_owned();
    world.send(agent, ClientMessage::CustomerData { lookup_id, payload, signature: "00".into() });
    assert_eq!(world.card(agent, "1.1").unwrap().lookup, Lookup::Looking);
    assert_eq!(world.hub.counters().bad_signatures, 1);
}

#[test]
fn a_desk_that_comes_back_is_asked_what_it_failed_to_look_up() {
    let mut world = World::new();
    let agent = world.agent("1000");
    world.says(call("1.1").ringing(&["1000"]));
    let browser = world.cut(agent);
    let agent = world.reconnect(browser);
    assert_eq!(world.card(agent, "1.1").unwrap().lookup, Lookup::Looking);
    world.answer_lookup(agent, &["Lan Anh"]);
    assert_eq!(world.card(agent, "1.1").unwrap().lookup, Lookup::Found);
    let counters = world.hub.counters();
    assert_eq!((counters.lookups, counters.failovers), (1, 1));
}

#[test]
fn a_hidden_number_pops_without_a_lookup() {
    let mut world = World::new();
    let agent = world.agent("1000");
    world.says(call("1.1").from("anonymous").ringing(&["1000"]));
    let card = world.card(agent, "1.1").unwrap();
    assert!(card.hidden && card.lookup == Lookup::None);
    assert!(world.request_of(agent).is_none());
}

#[test]
fn a_number_that_is_replaced_is_looked_up_anew_and_the_old_answer_is_dropped() {
    let mut world = World::new();
    let agent = world.agent("1000");
    let ring = call("1.1").from("0912345603").ringing(&["1000"]);
    world.says(ring.clone());
    let first = world.request_of(agent).unwrap();
    world.answer_lookup(agent, &["Bình"]);
    world.send(agent, ClientMessage::Choose { call_id: "main:1.1".into(), customer_id: CustomerId(1) });
    assert_eq!(world.card(agent, "1.1").unwrap().chosen, Some(CustomerId(1)));

    world.says(ring.clone().from("0904859696"));
    let card = world.card(agent, "1.1").unwrap();
    assert_eq!((card.data, card.chosen, card.lookup), (None, None, Lookup::Looking), "nobody's card meanwhile");
    assert_eq!(card.caller_phone.unwrap().as_str(), "+84904859696");
    world.answer_request(agent, first, &["Bình, late"]);
    assert_eq!(world.card(agent, "1.1").unwrap().data, None, "an answer for the other number");
    world.answer_lookup(agent, &["An"]);
    assert_eq!(world.card(agent, "1.1").unwrap().data.unwrap().name, "An");
    assert_eq!(world.hub.counters().lookups, 2, "one for each number");

    world.says(ring.from("anonymous"));
    let card = world.card(agent, "1.1").unwrap();
    assert_eq!((card.hidden, card.data, card.lookup), (true, None, Lookup::None));
}

#[test]
fn a_call_of_ours_outside_is_a_card_of_whoever_makes_it() {
    let mut world = World::new();
    let (agent, other) = (world.agent("1000"), world.agent("1001"));
    let calls = call("1.1").calling("1000", "90904859696");
    world.says(calls.clone());
    let card = world.card(agent, "1.1").unwrap();
    assert!(card.calls_out() && !card.rings());
    assert_eq!(card.caller_phone.unwrap().as_str(), "+84904859696", "without what is dialled before it");
    world.answer_lookup(agent, &["An"]);
    world.says(calls.clone().far_end(false));
    assert_eq!(world.card(agent, "1.1").unwrap().data.unwrap().name, "An");
    assert!(world.card(other, "1.1").is_none());
    world.says(calls.far_end(true));
    assert_eq!(world.card(agent, "1.1").unwrap().phase, CallPhase::Ended, "in wrap-up");
    world.send(agent, ClientMessage::CloseCard { call_id: "main:1.1".into() });
    assert!(world.card(agent, "1.1").is_none());
}

#[test]
fn a_withheld_number_is_on_no_card_and_no_floor() {
    let mut world = World::new();
    let (agent, floor) = (world.agent("1000"), world.supervisor());
    let mut ring = call("1.1").ringing(&["1000"]);
    ring.0.caller.hidden = true;
    world.says(ring);
    for client in [agent, floor] {
        let card = world.card(client, "1.1").unwrap();
        assert_eq!((card.hidden, card.caller_id.as_str(), card.caller_name.as_str()), (true, "anonymous", ""));
        assert_eq!((card.caller_phone, card.lookup), (None, Lookup::None));
    }
}

#[test]
fn internal_calls_do_not_pop() {
    let mut world = World::new();
    let agent = world.agent("1000");
    world.says(call("1.1").internal().ringing(&["1000"]));
    assert!(world.card(agent, "1.1").is_none());
    assert!(world.request_of(agent).is_none());
}

#[test]
fn who_signs_in_in_mid_call_gets_the_card_and_is_asked_if_nobody_was() {
    let mut world = World::new();
    world.says(call("1.1").ringing(&["1000"]));
    let late = world.agent("1000");
    assert_eq!(world.card(late, "1.1").unwrap().phase, CallPhase::Ringing);
    assert!(world.request_of(late).is_some());
}

#[test]
fn two_tabs_of_a_desk_show_the_same() {
    let mut world = World::new();
    let tab = world.agent("1000");
    let other = world.tab(tab);
    world.says(call("1.1").ringing(&["1000"]));
    assert_eq!(world.card(tab, "1.1"), world.card(other, "1.1"));
    world.cut(tab);
    assert!(world.hub.registry.is_registered(&"1000".into()));
    world.cut(other);
    assert!(!world.hub.registry.is_registered(&"1000".into()));
}

#[test]
fn a_new_sign_in_takes_the_desk_over() {
    let mut world = World::new();
    let old = world.agent("1000");
    world.says(call("1.1").ringing(&["1000"]));
    let new = world.agent("1000");
    assert_eq!(world.closed(old), Some(CloseCode::TakenOver));
    assert!(world.card(old, "1.1").is_none());
    assert!(world.card(new, "1.1").is_some());
}

#[test]
fn who_was_let_in_just_before_the_desk_was_taken_over_comes_too_late() {
    let mut world = World::new();
    let old = world.agent("1000");
    let mut late = world.cut(old);
    let seat = late.who.desk.clone().unwrap();
    // The colleague's browser is quicker than the old one's last attempt to come back.
    let new = world.agent("1000");
    let effects = world.hub.vacate(&seat, CloseCode::TakenOver, world.now);
    world.deliver(effects);
    world.now += SignedDuration::from_secs(20);
    late.link.handle(domain::link::Input::Tick, world.now.as_millisecond().unsigned_abs(), 0.0);
    let late = world.connect(late);
    assert_eq!((world.closed(late), world.closed(new)), (Some(CloseCode::TakenOver), None));
}

#[test]
fn an_agent_may_not_watch_the_floor() {
    let mut world = World::new();
    let agent = world.agent_viewing("1000", View::Floor);
    assert_eq!(world.closed(agent), Some(CloseCode::Forbidden));
}

#[test]
fn a_client_that_answers_no_ping_leaves_the_registered_extensions() {
    let mut world = World::new();
    let agent = world.agent("1000");
    world.mute(agent);
    for _ in 0..5 {
        world.pass(SignedDuration::from_secs(10));
    }
    assert_eq!(world.closed(agent), Some(CloseCode::NoPong));
    assert!(!world.hub.registry.is_registered(&"1000".into()));
}

#[test]
fn the_floor_sees_calls_begin_and_end() {
    let mut world = World::new();
    let supervisor = world.supervisor();
    let waiting = call("1.1");
    world.says(waiting.clone());
    assert_eq!(world.card(supervisor, "1.1").unwrap().phase, CallPhase::Waiting);
    world.says(waiting.ended(Outcome::Abandoned, LegEnd::Abandoned));
    assert!(world.card(supervisor, "1.1").is_none());
}

#[test]
fn an_account_without_the_whole_record_sees_it_masked_and_is_never_asked() {
    let mut world = World::new();
    let (whole, limited) = (world.agent("1000"), world.limited_agent("1001"));
    world.says(call("1.1").ringing(&["1000", "1001"]));
    assert!(world.request_of(limited).is_none());
    world.answer_lookup(whole, &["Lan Anh"]);
    let card = world.card(limited, "1.1").unwrap();
    assert_eq!(card.caller_id, "•••••••696");
    assert_eq!(card.data.unwrap().phone, "•••••••••696");
    // Some carriers put the number into the name.
    let mut ring = call("1.2").ringing(&["1001"]);
    ring.0.caller.name = "0904859696".into();
    world.says(ring);
    assert_eq!(world.card(limited, "1.2").unwrap().caller_name, "•••••••696");
}

#[test]
fn a_supervisor_without_the_whole_record_has_neither_the_floor_nor_a_lookup() {
    let mut world = World::new();
    let limited = world.limited_supervisor("1001");
    world.says(call("1.1").ringing(&["1001"]));
    assert!(world.request_of(limited).is_none());
    assert_eq!(world.card(limited, "1.1").unwrap().caller_id, "•••••••696");
    let floor = world.floor_of(limited);
    assert_eq!(world.closed(floor), Some(CloseCode::Forbidden));
}

#[test]
fn a_blind_transfer_moves_the_card_and_leaves_a_wrap_up() {
    let mut world = World::new();
    let (from, to) = (world.agent("1000"), world.agent("1001"));
    let talk = call("1.1").ringing(&["1000"]).answered_by("1000");
    world.says(talk.clone());
    world.says(talk.transferred_to("1001"));
    let wrap_up = world.card(from, "1.1").unwrap();
    assert_eq!((wrap_up.phase, wrap_up.handed_to), (CallPhase::Ended, Some("1001".into())));
    assert!(wrap_up.ended_at.is_some());
    assert_eq!(world.card(to, "1.1").unwrap().phase, CallPhase::Ringing);
}

#[test]
fn a_wrap_up_during_the_call_is_closed_for_good() {
    let mut world = World::new();
    let (from, to) = (world.agent("1000"), world.agent("1001"));
    let talk = call("1.1").ringing(&["1000"]).answered_by("1000").transferred_to("1001");
    world.says(call("1.1").ringing(&["1000"]).answered_by("1000"));
    world.says(talk.clone());
    world.send(from, ClientMessage::CloseCard { call_id: "main:1.1".into() });
    assert!(world.card(from, "1.1").is_none());
    world.says(talk.answered_by("1001"));
    assert!(world.card(from, "1.1").is_none());
    assert_eq!(world.card(to, "1.1").unwrap().phase, CallPhase::Talking);
}

#[test]
fn a_desk_whose_browser_is_gone_for_minutes_is_free() {
    let mut world = World::new();
    let agent = world.agent("1000");
    world.pass(SignedDuration::from_mins(6));
    assert!(!world.is_deserted("1000"), "its browser is there");
    assert!(world.is_deserted("1001"), "nobody was ever there");
    world.cut(agent);
    world.pass(SignedDuration::from_mins(4));
    assert!(!world.is_deserted("1000"), "it may come back");
    world.pass(SignedDuration::from_mins(2));
    assert!(world.is_deserted("1000"));
}
