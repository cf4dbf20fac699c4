//! The supervisor's floor: every desk, every channel, every call in progress (R13).

use domain::{
    agent::AgentState,
    call::{CallPhase, ChannelState, Direction},
    ids::Extension,
    protocol::{CallState, ChannelRow, DeskRow, View},
};
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_meta::Title;

use super::{Opened, comes_when_opened};
use crate::{
    components::{
        age::{Age, AgeCell},
        banners::Banners,
        bar::{agent_text, link_name, link_text},
        card::{phase_name, phase_text},
        endpoints::Endpoints,
        guarded::Guarded,
        settled::settled,
    },
    format,
    live::{ByExtension, Live},
    patience::patient,
    server_fns::history::today,
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
            <section class="panel">
                <table class="desks">
                    <thead><tr>
                        <th>{t(|t| t.extension)}</th><th>{t(|t| t.agent)}</th><th>{t(|t| t.client)}</th><th>{t(|t| t.channel)}</th>
                        <th>{t(|t| t.with)}</th><th>{t(|t| t.since)}</th><th>{t(|t| t.channel_id)}</th>
                    </tr></thead>
                    <tbody>
                        <For each=move || live.desks.keys() key=Clone::clone let:exten><Desk live by exten/></For>
                    </tbody>
                </table>
            </section>
            <InProgress live/>
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

#[component]
fn Tiles(live: Live) -> impl IntoView {
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
    let ended = move |pick: fn(&domain::history::Today) -> u64| {
        numbers.get().and_then(Result::ok).map(|numbers| {
            let count = pick(&numbers);
            let share = (numbers.ended > 0).then(|| format!("{}%", count * 100 / numbers.ended));
            view! { {count} " " <small>{share}</small> }
        })
    };
    view! {
        <dl class="tiles">
            <div data-tile="ringing"><dt>{t(|t| t.ringing)}</dt><dd class="num">{move || calls.with(|calls| calls.iter().filter(|call| call.rings()).count())}</dd></div>
            <div data-tile="talking"><dt>{t(|t| t.talking)}</dt><dd class="num">{move || count(&[CallPhase::Talking, CallPhase::Held])}</dd></div>
            <div data-age=move || age.get().map(Age::name)><dt>{t(|t| t.longest_ring)}</dt><dd class="num">{longest}</dd></div>
            <div><dt>{t(|t| t.agents_in)}</dt><dd class="num">{agents} " " <small>{t(|t| t.of)} " " {move || live.desks.len()}</small></dd></div>
            <div><dt>{t(|t| t.answered_today)}</dt><dd class="num"><Transition>{move || ended(|it| it.answered)}</Transition></dd></div>
            <div><dt>{t(|t| t.abandoned)}</dt><dd class="num"><Transition>{move || ended(|it| it.abandoned)}</Transition></dd></div>
        </dl>
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

/// An extension's row: who sits there, and its channels.
#[component]
fn Desk(live: Live, by: ByExtension, exten: Extension) -> impl IntoView {
    let texts = texts();
    let Some(row) = live.desks.row(&exten) else { return ().into_any() };
    let row: Signal<DeskRow> = Signal::derive(move || row.get());
    let mine = exten.clone();
    let channel: Memo<Option<ChannelRow>> = Memo::new(move |_| by.channel.with(|rows| rows.get(&mine).cloned()));
    let mine = exten.clone();
    let offline = move || by.unreachable.with(|extens| extens.contains(&mine));
    let state = move || match channel.get() {
        Some(channel) if channel.held => {
            (format!("{} · {}", channel.channel_state.as_str(), texts.get().held), "chip held")
        }
        Some(channel) => (channel.channel_state.as_str().to_owned(), format::channel_chip(channel.channel_state)),
        None if offline() => (texts.get().not_registered.to_owned(), "chip"),
        None => (ChannelState::Down.as_str().to_owned(), "chip"),
    };
    let state = Memo::new(move |_| state());
    let with = move || {
        let channel = channel.get()?;
        let call = channel.call_id.as_ref().and_then(|id| live.calls.row(id)).map(|call| call.get());
        Some(match (call, channel.with) {
            (Some(call), _) if call.data.is_some() || call.hidden => {
                (format::caller(&call, texts.get()), format::number_beside(&call))
            }
            (Some(call), Some(party)) if party.number == call.caller_id => {
                (party.name, format::number(call.caller_phone.as_ref(), &call.caller_id))
            }
            (_, Some(party)) if party.hidden => (texts.get().hidden_number.to_owned(), String::new()),
            (_, Some(party)) => (party.name, party.number),
            _ => return None,
        })
    };
    let since =
        Signal::derive(move || channel.get().map_or_else(|| row.with(|row| row.since), |channel| channel.since));
    let rings =
        Signal::derive(move || channel.get().is_some_and(|channel| channel.channel_state == ChannelState::Ringing));
    let busy = move || channel.get().is_some() || row.with(|row| row.client_state == AgentState::WrapUp);
    view! {
        <tr data-exten=exten.to_string() class=move || if row.with(|row| row.client_state == AgentState::Offline) { "off" } else { "" }>
            <td class="num"><b>{exten.to_string()}</b></td>
            <td>{move || row.with(|row| row.agent.clone()).unwrap_or_else(|| "–".to_owned())}</td>
            <td class="client">{move || row.with(|row| match row.client_state {
                AgentState::Offline => texts.get().no_client,
                state => agent_text(state, texts.get()),
            })}</td>
            <td class="state"><span class=move || state.get().1>{move || state.get().0}</span></td>
            <td class="with">{move || with().map(|(name, number)| view! { {name} " " <span class="sub num">{number}</span> })}</td>
            {move || if busy() { view! { <AgeCell live since waits=rings/> }.into_any() } else { view! { <td class="age"></td> }.into_any() }}
            <td class="id">{move || channel.get().map_or_else(|| "–".to_owned(), |channel| channel.channel_id.to_string())}</td>
        </tr>
    }
    .into_any()
}

/// Calls in progress, those in an IVR or a queue included.
#[component]
fn InProgress(live: Live) -> impl IntoView {
    let texts = texts();
    let row = move |call: ArcRwSignal<CallState>| {
        let call: Signal<CallState> = Signal::derive(move || call.get());
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
                <td>{move || call.with(|call| format::caller(call, texts.get()))} " "
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
