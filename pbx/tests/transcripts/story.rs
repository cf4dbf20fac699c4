//! What a person at the call centre would say happened, told from the changes alone.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};

use domain::{
    Timestamp,
    call::{Call, CallPhase, Leg},
    ids::{CallId, ChannelId},
};
use pbx::switchboard::{Change, Switchboard};

use crate::recording::{Recording, Step, roll};

/// The changes, gathered as the server's hub would.
pub struct Story {
    note: String,
    calls: BTreeMap<CallId, Told>,
    merged: HashSet<CallId>,
    rows: BTreeMap<ChannelId, domain::view::ChannelRow>,
    live: usize,
    /// Ringside was started anew: it tells again what it told before.
    restarted: bool,
}

struct Told {
    last: Call,
    phases: Vec<String>,
}

impl Story {
    pub fn of(recording: &Recording) -> Self {
        let mut switchboard = Switchboard::new(recording.pbx.topology());
        let mut story = Self {
            note: recording.note.clone(),
            calls: BTreeMap::new(),
            merged: HashSet::new(),
            rows: BTreeMap::new(),
            live: 0,
            restarted: recording.steps.iter().any(|step| matches!(step, Step::Restart(_))),
        };
        let now = recording.heard_at;
        for (index, step) in recording.steps.iter().enumerate() {
            // As the server does between events.
            let passed = if let Step::Event(_, event) = step { event.timestamp() } else { None };
            for change in passed.map(|at| switchboard.pass(at)).unwrap_or_default() {
                story.hear(change);
            }
            let changes = match step {
                Step::Event(_, event) => switchboard.apply(event),
                Step::LinkDown => switchboard.link_down(),
                Step::Roll(value) => switchboard.reconcile(&roll(value), now),
                Step::Restart(value) => {
                    let known = switchboard.all_known();
                    switchboard = Switchboard::new(recording.pbx.topology());
                    story.rows.clear();
                    switchboard.resume(known);
                    switchboard.reconcile(&roll(value), recording.time_before(index))
                }
            };
            for change in changes {
                story.hear(change);
            }
        }
        story.live = switchboard.calls().count();
        let rows: BTreeMap<_, _> = switchboard.channels().map(|row| (row.channel_id.clone(), row.clone())).collect();
        assert_eq!(rows, story.rows, "the channel table is what was told");
        story
    }

    /// Takes one change, and insists that it is one.
    fn hear(&mut self, change: Change) {
        match change {
            Change::Call(call) => {
                // Whoever is started anew opens a merged call again, and merges it again.
                assert!(self.restarted || !self.merged.contains(&call.id), "{} was merged into another", call.id);
                self.merged.remove(&call.id);
                let mut phase = format!("{:?}", call.phase);
                if call.stale {
                    phase.push_str(" (stale)");
                }
                let told = self
                    .calls
                    .entry(call.id.clone())
                    .or_insert_with(|| Told { last: (*call).clone(), phases: Vec::new() });
                if let Some(last) = told.phases.last() {
                    assert!(told.last != *call || self.restarted, "told twice");
                    assert_ne!(told.last.phase, CallPhase::Ended, "{} was reopened", call.id);
                    if *last != phase {
                        told.phases.push(phase);
                    }
                } else {
                    told.phases.push(phase);
                }
                told.last = *call;
            }
            Change::Merged { from, into } => {
                assert!(self.calls.contains_key(&into));
                self.merged.insert(from);
            }
            Change::Channel(row) => {
                assert_ne!(self.rows.insert(row.channel_id.clone(), row.clone()), Some(row), "told twice");
            }
            Change::ChannelGone(id) => assert!(self.rows.remove(&id).is_some(), "{id} was not there"),
            Change::Endpoint(_) => {}
        }
    }

    /// How each call and each of its legs ended: what no order of events may change.
    pub fn endings(&self) -> String {
        let mut endings = format!("{} live, {} channels\n", self.live, self.rows.len());
        for (id, Told { last, .. }) in &self.calls {
            let merged = self.merged.contains(id);
            if merged {
                continue;
            }
            let by = last.answer.as_ref().map(|answer| (answer.channel.as_str(), answer.exten.as_ref()));
            endings += &format!(
                "{id} {:?} {:?} by {by:?}, {:?} hidden {} dialled {:?}\n",
                last.direction, last.outcome, last.caller.number, last.caller.hidden, last.dialled
            );
            for leg in &last.legs {
                endings += &format!("  {} {:?}\n", leg.channel, leg.end);
            }
        }
        endings
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}", self.note)?;
        for (id, told) in &self.calls {
            writeln!(f)?;
            tell(f, told, self.merged.contains(id))?;
        }
        if self.live > 0 || !self.rows.is_empty() {
            writeln!(f, "\nStill there: {} calls, {} channels", self.live, self.rows.len())?;
        }
        Ok(())
    }
}

fn tell(f: &mut fmt::Formatter<'_>, Told { last: call, phases }: &Told, merged: bool) -> fmt::Result {
    writeln!(
        f,
        "{:?} call {} from {:?} <{}>{} on {}, dialled {:?}",
        call.direction,
        call.id,
        call.caller.name,
        call.caller.number,
        if call.caller.hidden { " (hidden)" } else { "" },
        call.root_endpoint,
        call.dialled
    )?;
    let mut lines: BTreeMap<(String, u8, String), Vec<String>> = BTreeMap::new();
    let mut add = |at: Option<Timestamp>, rank: u8, what: String, leg: &Leg| {
        if let Some(at) = at {
            lines.entry((since(call.started_at, at), rank, what)).or_default().push(name(leg));
        }
    };
    for leg in &call.legs {
        add(leg.ringing_at, 0, "rings".to_owned(), leg);
        add(leg.answered_at, 1, "answers".to_owned(), leg);
        let end = leg.end.map(|end| format!("ends {end:?}"));
        add(leg.ended_at, 2, end.unwrap_or_default(), leg);
    }
    for ((at, _, what), who) in &lines {
        writeln!(f, "{at}  {what:24} {}", who.join(" "))?;
    }
    writeln!(f, "        phases: {}", phases.join(", "))?;
    if merged {
        return writeln!(f, "        merged into another call");
    }
    let ended = call.ended_at.map_or("not over".to_owned(), |at| since(call.started_at, at).trim().to_owned());
    let by = call.answer.as_ref().map(|answer| match (&answer.exten, &answer.number) {
        (Some(exten), _) => format!(" by {exten}"),
        (None, Some(number)) => format!(" outside by {number}"),
        (None, None) => " by the far end".to_owned(),
    });
    let place = call.place.as_ref().map(|place| format!(" ({place:?})")).unwrap_or_default();
    let outcome = call.outcome.map_or("no outcome yet".to_owned(), |outcome| format!("{outcome:?}"));
    writeln!(f, "        {outcome}{place}{}, {ended}", by.unwrap_or_default())
}

fn name(leg: &Leg) -> String {
    leg.exten.as_ref().map_or_else(|| leg.endpoint.to_string(), ToString::to_string)
}

fn since(start: Timestamp, at: Timestamp) -> String {
    format!("{:6.1}", at.duration_since(start).as_secs_f64())
}
