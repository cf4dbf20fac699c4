//! The floor in numbers: what goes on now, and what today's calls came to. Those that are over add up.

use domain::{agent::AgentState, call::CallPhase, history::Today};
use leptos::prelude::*;

use super::waits;
use crate::{
    components::{age::Age, settled::settled},
    format,
    live::Live,
    patience::patient,
    server_fns::history::today,
    texts::t,
};

#[component]
pub fn Tiles(live: Live) -> impl IntoView {
    let calls = Memo::new(move |_| live.calls.all());
    let count = move |phases: &'static [CallPhase]| {
        calls.with(|calls| calls.iter().filter(|call| phases.contains(&call.phase)).count())
    };
    let longest = move || {
        let ringing = calls.with(|calls| {
            let ringing = calls.iter().filter(|call| call.rings() && waits(call));
            ringing.map(|call| call.started_at).min()
        });
        ringing.map(|since| live.elapsed_ms(since))
    };
    let age = Memo::new(move |_| longest().and_then(Age::of));
    let longest = move || longest().map_or_else(|| "–".to_owned(), format::clock);
    let agents = move || live.desks.all().iter().filter(|desk| desk.client_state != AgentState::Offline).count();
    let settled = settled(move || {
        live.calls.len();
    });
    let numbers = LocalResource::new(move || {
        settled.track();
        patient(today())
    });
    let ended = move |pick: fn(&Today) -> u64| {
        numbers.get().and_then(Result::ok).map(|numbers| {
            let count = pick(&numbers);
            let share = (numbers.ended > 0).then(|| format!("{}%", count * 100 / numbers.ended));
            view! { {count} " " <small>{share}</small> }
        })
    };
    let waited = move || {
        let numbers = numbers.get().and_then(Result::ok)?;
        Some(format::clock(i64::try_from(numbers.waited_ms).unwrap_or(i64::MAX)))
    };
    view! {
        <dl class="tiles">
            <div data-tile="ringing"><dt>{t(|t| t.ringing)}</dt><dd class="num">{move || calls.with(|calls| calls.iter().filter(|call| call.rings()).count())}</dd></div>
            <div data-tile="talking"><dt>{t(|t| t.talking)}</dt><dd class="num">{move || count(&[CallPhase::Talking, CallPhase::Held])}</dd></div>
            <div data-age=move || age.get().map(Age::name)><dt>{t(|t| t.longest_ring)}</dt><dd class="num">{longest}</dd></div>
            <div><dt>{t(|t| t.agents_in)}</dt><dd class="num">{agents} " " <small>"/ " {move || live.desks.len()}</small></dd></div>
            <div><dt>{t(|t| t.answered_today)}</dt><dd class="num"><Transition>{move || ended(|it| it.answered)}</Transition></dd></div>
            <div><dt>{t(|t| t.missed_today)}</dt><dd class="num"><Transition>{move || ended(|it| it.missed)}</Transition></dd></div>
            <div><dt>{t(|t| t.abandoned_today)}</dt><dd class="num"><Transition>{move || ended(|it| it.abandoned)}</Transition></dd></div>
            <div><dt>{t(|t| t.busy_today)}</dt><dd class="num"><Transition>{move || ended(others)}</Transition></dd></div>
            <div><dt>{t(|t| t.average_wait)}</dt><dd class="num"><Transition>{waited}</Transition></dd></div>
        </dl>
    }
}

/// Calls that are over in another way: the lines were busy, or nobody could be reached.
fn others(today: &Today) -> u64 {
    today.ended.saturating_sub(today.answered + today.missed + today.abandoned)
}
