//! Random schedules of calls, cut wires, new sign-ins and passing time. After each of them every
//! browser's board is what the hub would tell a newcomer, no call has popped twice, and every
//! call that a desk's phone still rings for is on its board.

use std::env;

use domain::{
    call::{LegEnd, Outcome},
    protocol::{ClientMessage, View},
};
use jiff::SignedDuration;
use proptest::{prelude::*, test_runner::TestRunner};

use super::world::{Browser, Shorthand, World, call};

/// Enough for every kind of schedule to come up many times; `SCHEDULES` in the environment asks for more.
const SCHEDULES: u32 = 10_000;

#[derive(Clone, Debug)]
enum Step {
    Ring { extens: Vec<u8> },
    Answer { call: usize, by: u8 },
    Hangup { call: usize },
    Transfer { call: usize, to: u8 },
    Cut { browser: usize },
    Reconnect { browser: usize },
    SignIn { exten: u8 },
    Tab { browser: usize },
    AnswerLookup { browser: usize, found: bool },
    CloseCards { browser: usize },
    Pass { seconds: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    let index = 0..8_usize;
    prop_oneof![
        3 => prop::collection::vec(0..4_u8, 1..4).prop_map(|extens| Step::Ring { extens }),
        3 => (index.clone(), 0..4_u8).prop_map(|(call, by)| Step::Answer { call, by }),
        2 => index.clone().prop_map(|call| Step::Hangup { call }),
        1 => (index.clone(), 0..4_u8).prop_map(|(call, to)| Step::Transfer { call, to }),
        3 => index.clone().prop_map(|browser| Step::Cut { browser }),
        3 => index.clone().prop_map(|browser| Step::Reconnect { browser }),
        1 => (0..4_u8).prop_map(|exten| Step::SignIn { exten }),
        1 => index.clone().prop_map(|browser| Step::Tab { browser }),
        3 => (index.clone(), any::<bool>()).prop_map(|(browser, found)| Step::AnswerLookup { browser, found }),
        1 => index.prop_map(|browser| Step::CloseCards { browser }),
        2 => (0..20_u8).prop_map(|seconds| Step::Pass { seconds }),
    ]
}

fn exten(index: u8) -> String {
    format!("{}", 1000 + u32::from(index))
}

struct Run {
    world: World,
    calls: Vec<Shorthand>,
    offline: Vec<Browser>,
}

impl Run {
    fn pick<T>(list: &[T], index: usize) -> Option<usize> {
        (!list.is_empty()).then(|| index % list.len())
    }

    fn live_call(&mut self, index: usize, change: impl FnOnce(Shorthand) -> Shorthand) {
        let live: Vec<usize> = (0..self.calls.len()).filter(|it| self.calls[*it].0.ended_at.is_none()).collect();
        if let Some(index) = Self::pick(&live, index) {
            let changed = change(self.calls[live[index]].clone());
            self.calls[live[index]] = changed.clone();
            self.world.says(changed);
        }
    }

    fn step(&mut self, step: Step) {
        let open: Vec<_> =
            self.world.browsers.iter().filter(|(_, it)| it.closed.is_none()).map(|(id, _)| *id).collect();
        match step {
            Step::Ring { extens } => {
                let extens: Vec<String> = extens.into_iter().map(exten).collect();
                let extens: Vec<&str> = extens.iter().map(String::as_str).collect();
                let ring = call(&format!("1.{}", self.calls.len())).ringing(&extens);
                self.calls.push(ring.clone());
                self.world.says(ring);
            }
            Step::Answer { call, by } => self.live_call(call, |it| it.answered_by(&exten(by))),
            Step::Hangup { call } => self.live_call(call, |it| {
                let talked = it.0.answer.is_some();
                if talked {
                    it.ended(Outcome::Answered, LegEnd::Completed)
                } else {
                    it.ended(Outcome::Abandoned, LegEnd::Abandoned)
                }
            }),
            Step::Transfer { call, to } => self.live_call(call, |it| it.transferred_to(&exten(to))),
            Step::Cut { browser } => {
                if let Some(index) = Self::pick(&open, browser) {
                    let browser = self.world.cut(open[index]);
                    self.offline.push(browser);
                }
            }
            Step::Reconnect { browser } => {
                if let Some(index) = Self::pick(&self.offline, browser) {
                    let browser = self.offline.remove(index);
                    self.world.reconnect(browser);
                }
            }
            Step::SignIn { exten: index } => {
                // Whoever held the desk before may not come back to it.
                self.offline.retain(|it| it.who.desk.as_ref().is_none_or(|seat| seat.exten.as_str() != exten(index)));
                self.world.agent(&exten(index));
            }
            Step::Tab { browser } => {
                let desks: Vec<_> = open.into_iter().filter(|id| self.world.browsers[id].view == View::Desk).collect();
                if let Some(index) = Self::pick(&desks, browser) {
                    self.world.tab(desks[index]);
                }
            }
            Step::AnswerLookup { browser, found } => {
                if let Some(index) = Self::pick(&open, browser)
                    && self.world.request_of(open[index]).is_some()
                {
                    self.world.answer_lookup(open[index], if found { &["Lan Anh"] } else { &[] });
                }
            }
            Step::CloseCards { browser } => {
                let Some(index) = Self::pick(&open, browser) else { return };
                let cards: Vec<_> = self.world.browsers[&open[index]].link.board().calls.keys().cloned().collect();
                for call_id in cards {
                    self.world.send(open[index], ClientMessage::CloseCard { call_id });
                }
            }
            Step::Pass { seconds } => self.world.pass(SignedDuration::from_secs(seconds.into())),
        }
    }

    fn check(&self) {
        self.world.assert_boards_are_true();
        for (client, browser) in self.world.browsers.iter().filter(|(_, it)| it.closed.is_none()) {
            let Some(seat) = &browser.who.desk else { continue };
            for call in self.calls.iter().filter(|it| it.0.ended_at.is_none() && it.0.answer.is_none()) {
                let rings = call.0.legs.iter().any(|leg| leg.is_live() && leg.exten.as_ref() == Some(&seat.exten));
                let shown = browser.link.board().calls.contains_key(&call.0.id);
                assert_eq!(rings, shown, "{client:?} at {} and {}", seat.exten, call.0.id);
            }
        }
    }
}

#[test]
fn boards_are_true_after_any_schedule() {
    let cases = env::var("SCHEDULES").map_or(SCHEDULES, |many| many.parse().unwrap());
    let schedule = prop::collection::vec(step(), 1..40);
    // Whatever fails is shortened, and printed.
    let mut runner = TestRunner::new(ProptestConfig { cases, ..ProptestConfig::with_source_file(file!()) });
    let tried = runner.run(&schedule, |steps| {
        let mut world = World::new();
        world.supervisor();
        for index in 0..3 {
            world.agent(&exten(index));
        }
        let mut run = Run { world, calls: vec![], offline: vec![] };
        for step in steps {
            run.step(step);
        }
        run.check();
        Ok(())
    });
    if let Err(broken) = tried {
        panic!("{broken}");
    }
    println!("measured: {}: {cases} schedules", file!());
}
