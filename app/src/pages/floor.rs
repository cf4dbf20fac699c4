//! The supervisor's floor: every desk, every channel, every call in progress (R13).

use domain::{
    call::{CallPhase, Direction},
    ids::Extension,
    protocol::View,
    view::CallState,
};
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::components::A;

mod desks;
mod tiles;

use desks::Desks;
use tiles::Tiles;

use super::{Opened, comes_when_opened};
use crate::{
    components::{
        age::AgeCell,
        banners::Banners,
        bar::{link_name, link_text},
        card::{phase_name, phase_text},
        endpoints::Endpoints,
        guarded::Guarded,
    },
    format,
    live::{ByExtension, Live},
    texts::{t, texts},
};

comes_when_opened!(Floor);

#[wasm_split(floor, wasm_split_path = leptos::wasm_split, preload(fetch), fallible)]
fn page() -> Opened {
    Ok(view! { <Guarded may=|who| who.role.watches_floor() view=|_| view! { <LiveFloor/> }/> }.into_any())
}

#[component]
fn LiveFloor() -> impl IntoView {
    let live = Live::new();
    let by = ByExtension::of(live);
    Effect::new(move |_| live.start(View::Floor));
    on_cleanup(move || live.stop());
    // Cards, channels and presence of the parts below are the floor's, not the desk's.
    provide_context(live);
    view! {
        <Title text=t(|t| t.floor)/>
        <div class="floor">
            <h1 class="spoken">{t(|t| t.floor)}</h1>
            <Banners live/>
            <FloorLight live/>
            <Tiles live/>
            <InProgress live/>
            <Desks live by/>
            <Endpoints live/>
        </div>
    }
}

/// Whether what is seen is now: the link, and the PBX at its other end.
#[component]
fn FloorLight(live: Live) -> impl IntoView {
    let texts = texts();
    let pbx = move || live.pbx.with(|pbx| pbx.name.clone()).map(|name| format!("{name} · "));
    view! {
        <p class="light" data-link=move || link_name(live.link.get())>
            <span class="said">{pbx} <span role="status">{move || link_text(live.link.get(), texts.get())}</span></span>
        </p>
    }
}

fn joined(extens: &[Extension]) -> String {
    extens.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Is a caller waiting for the first answer?
fn waits(call: &CallState) -> bool {
    call.direction == Direction::Inbound
        && call.answered_at.is_none()
        && matches!(call.phase, CallPhase::Ringing | CallPhase::Waiting)
}

/// Calls in progress, those in an IVR or a queue included.
#[component]
fn InProgress(live: Live) -> impl IntoView {
    let texts = texts();
    let row = move |call: ArcRwSignal<CallState>| {
        let call: Signal<CallState> = Signal::derive(move || call.get());
        let href = call.with_untracked(|call| format!("/calls/{}", call.call_id));
        let phase = Memo::new(move |_| call.with(|call| call.phase));
        let class = move || match phase.get() {
            CallPhase::Ringing if !call.with(CallState::calls_out) => "chip ringing",
            CallPhase::Ringing => "chip",
            CallPhase::Talking => "chip talking",
            CallPhase::Held => "chip held",
            CallPhase::Waiting | CallPhase::Ended => "chip",
        };
        let phones = move || {
            call.with(|call| match (&call.talking[..], &call.answered_by, &call.answered_outside) {
                ([_, _, ..], ..) => joined(&call.talking),
                (_, Some(by), _) => by.to_string(),
                (_, None, Some(number)) if call.direction == Direction::Inbound => number.clone(),
                (_, None, _) if call.called_by.is_some() => call.called_by.iter().map(ToString::to_string).collect(),
                (_, None, _) => call.state.iter().map(|leg| leg.exten.to_string()).collect::<Vec<_>>().join(" "),
            })
        };
        view! {
            <tr data-call-id=call.with_untracked(|call| call.call_id.to_string()) data-phase=move || call.with(phase_name)>
                <td><span class=class>{move || call.with(|call| phase_text(call, texts.get()))}</span></td>
                <td><A href=href>{move || call.with(|call| format::caller(call, texts.get()))}</A> " "
                    <span class="sub num">{move || call.with(format::number_beside)}</span></td>
                <td class="num">{move || call.with(|call| call.dialled.clone())}</td>
                <td class="num phones-of">{phones}</td>
                <AgeCell live since=Signal::derive(move || call.with(|call| call.answered_at.unwrap_or(call.started_at))) waits=Signal::derive(move || call.with(waits))/>
            </tr>
        }
    };
    view! {
        <section class="panel">
            <header><h2>{t(|t| t.calls_in_progress)}</h2></header>
            <table class="calls">
                <thead><tr>
                    <th>{t(|t| t.state)}</th><th>{t(|t| t.caller)}</th><th>{t(|t| t.dialled)}</th><th>{t(|t| t.phones_of_call)}</th><th>{t(|t| t.since)}</th>
                </tr></thead>
                <tbody><For each=move || live.calls.keys() key=Clone::clone let:id>{live.calls.row(&id).map(row)}</For></tbody>
            </table>
            {move || live.calls.is_empty().then(|| view! { <p class="empty">{t(|t| t.no_live_calls)}</p> })}
        </section>
    }
}
