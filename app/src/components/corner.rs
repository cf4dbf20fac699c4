//! A call on any other page than the desk: who it is, in a corner, and the way to its card.

use domain::{call::CallPhase, ids::CallId, link::LinkState, view::CallState};
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::{
    card::{phase_began, phase_name, phase_text},
    clock::Clock,
    icon::{Icon, Shape},
};
use crate::{
    format,
    live::{Live, use_live},
    texts::{t, texts},
};

/// Calls that are shown at once; the desk has the rest.
const SHOWN: usize = 3;

/// Opens the card of a call, from wherever one is.
pub fn opener() -> Callback<CallId> {
    let live = use_live();
    let navigate = use_navigate();
    Callback::new(move |id| {
        live.wanted.set(Some(id));
        navigate("/", NavigateOptions::default());
    })
}

/// The calls that ring or are talked on, the ringing ones first.
#[component]
pub fn Corner() -> impl IntoView {
    let live = use_live();
    let path = use_location().pathname;
    let elsewhere = Memo::new(move |_| path.get() != "/");
    let calls = Memo::new(move |_| {
        let mut calls: Vec<_> = live.calls.all().into_iter().filter(|call| call.phase != CallPhase::Ended).collect();
        calls.sort_by_key(|call| (!call.rings(), call.started_at));
        calls.truncate(SHOWN);
        calls.into_iter().map(|call| call.call_id).collect::<Vec<_>>()
    });
    // A link that is over tells nothing of them any more.
    let is_over = move || matches!(live.link.get(), LinkState::Replaced | LinkState::Refused(_));
    let shown = move || if elsewhere.get() && !is_over() { calls.get() } else { vec![] };
    let open = opener();
    Effect::new(move |_| {
        let keys = window_event_listener(ev::keydown, move |ev| {
            let first = || shown().into_iter().next();
            if ev.alt_key()
                && ev.code() == "KeyR"
                && let Some(id) = first()
            {
                ev.prevent_default();
                open.run(id);
            }
        });
        on_cleanup(move || keys.remove());
    });
    view! {
        <aside class="corner" aria-label=t(|t| t.your_calls)>
            <For each=shown key=Clone::clone let:id>
                {live.calls.row(&id).map(|call| view! { <Cornered live call open/> })}
            </For>
        </aside>
    }
}

#[component]
fn Cornered(live: Live, call: ArcRwSignal<CallState>, open: Callback<CallId>) -> impl IntoView {
    let texts = texts();
    let id = call.with_untracked(|call| call.call_id.clone());
    let shown_id = id.to_string();
    let call = Signal::derive(move || call.get());
    let rings = Memo::new(move |_| call.with(CallState::rings));
    let today = live.today();
    let last = move || {
        call.with(|call| {
            let booking = call.data.as_ref()?.last_booking.as_ref()?.booking.clone()?;
            Some(format!("{}: {}", texts.get().last_booking, format::booking(&booking, today.get(), texts.get())))
        })
    };
    view! {
        <article class="card" data-call-id=shown_id data-phase=move || call.with(phase_name)>
            <button class="cornered" on:click=move |_| open.run(id.clone()) aria-keyshortcuts="Alt+R">
                <span class="line">
                    {move || rings.get().then(|| view! { <Icon shape=Shape::Bell/> })}
                    <span class="chip phase">{move || call.with(|call| phase_text(call, texts.get()))}</span>
                    <Clock live since=Signal::derive(move || call.with(phase_began))/>
                </span>
                <b class="name">{move || call.with(|call| format::caller(call, texts.get()))}</b>
                <span class="dim num">{move || call.with(format::number_beside)}</span>
                <span class="dim">{last}</span>
                <span class="line"><span class="accent">{t(|t| t.open_card)}</span> <kbd>"Alt+R"</kbd></span>
            </button>
        </article>
    }
}
