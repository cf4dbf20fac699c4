//! The supervisor's floor: every desk, every channel, every call in progress (R13).

use domain::{
    agent::AgentState,
    call::{CallPhase, ChannelState},
    ids::Extension,
    protocol::{CallState, ChannelRow, DeskRow, View},
};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::{
        bar::agent_text,
        card::{phase_name, phase_text},
        clock::Clock,
        guarded::Guarded,
    },
    format,
    live::Live,
    server_fns::history::today,
    texts::{t, texts},
};

#[component]
pub fn Floor() -> impl IntoView {
    view! { <Guarded may=|who| who.role.watches_floor() view=|_| view! { <LiveFloor/> }/> }
}

#[component]
fn LiveFloor() -> impl IntoView {
    let live = Live::new();
    Effect::new(move |_| live.start(View::Floor));
    // Cards, channels and presence of the parts below are the floor's, not the desk's.
    provide_context(live);
    view! {
        <Title text=t(|t| t.floor)/>
        <div class="floor">
            <FloorBanner live/>
            <Tiles live/>
            <section class="panel">
                <table>
                    <thead><tr>
                        <th>{t(|t| t.extension)}</th><th>{t(|t| t.agent)}</th><th>{t(|t| t.client)}</th><th>{t(|t| t.channel)}</th>
                        <th>{t(|t| t.with)}</th><th>{t(|t| t.since)}</th><th>{t(|t| t.channel_id)}</th>
                    </tr></thead>
                    <tbody>
                        <For each=move || live.desks.keys() key=Clone::clone let:exten><Desk live exten/></For>
                    </tbody>
                </table>
            </section>
            <InProgress live/>
        </div>
    }
}

#[component]
fn FloorBanner(live: Live) -> impl IntoView {
    move || {
        let link = live.pbx.get();
        let text = if link.replaced { t(|t| t.pbx_replaced) } else { t(|t| t.pbx_down) };
        (live.known.get() && !link.up).then(|| view! { <p class="banner" role="alert" data-kind="pbx">{text}</p> })
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
            calls.iter().filter(|call| call.phase == CallPhase::Ringing).map(|call| call.started_at).min()
        });
        ringing.map_or_else(|| "–".to_owned(), |since| format::clock(live.elapsed_ms(since)))
    };
    let agents = move || live.desks.all().iter().filter(|desk| desk.client_state != AgentState::Offline).count();
    // The history lags behind by what the writer queues: asked again when a call goes.
    let numbers = LocalResource::new(move || {
        let _ = live.calls.len();
        today()
    });
    let ended = move |pick: fn(&domain::history::Today) -> u64| {
        numbers.get().and_then(Result::ok).map(|numbers| {
            let count = pick(&numbers);
            let share = (numbers.inbound > 0).then(|| format!("{}%", count * 100 / numbers.inbound));
            view! { {count} " " <small>{share}</small> }
        })
    };
    view! {
        <dl class="tiles">
            <div data-tile="ringing"><dt>{t(|t| t.ringing)}</dt><dd class="num">{move || count(&[CallPhase::Ringing])}</dd></div>
            <div data-tile="talking"><dt>{t(|t| t.talking)}</dt><dd class="num">{move || count(&[CallPhase::Talking, CallPhase::Held])}</dd></div>
            <div><dt>{t(|t| t.longest_ring)}</dt><dd class="num">{longest}</dd></div>
            <div><dt>{t(|t| t.agents_in)}</dt><dd class="num">{agents} " " <small>{t(|t| t.of)} " " {move || live.desks.len()}</small></dd></div>
            <div><dt>{t(|t| t.answered_today)}</dt><dd class="num"><Transition>{move || ended(|it| it.answered)}</Transition></dd></div>
            <div><dt>{t(|t| t.abandoned)}</dt><dd class="num"><Transition>{move || ended(|it| it.abandoned)}</Transition></dd></div>
        </dl>
    }
}

/// An extension's row: who sits there, and its channels.
#[component]
fn Desk(live: Live, exten: Extension) -> impl IntoView {
    let texts = texts();
    let Some(row) = live.desks.row(&exten) else { return ().into_any() };
    let row: Signal<DeskRow> = Signal::derive(move || row.get());
    let mine = exten.clone();
    let channel: Memo<Option<ChannelRow>> = Memo::new(move |_| {
        let rows = live.channels.all().into_iter().filter(|channel| channel.exten.as_ref() == Some(&mine));
        rows.max_by_key(|channel| (channel.channel_state == ChannelState::Up, channel.since))
    });
    let mine = exten.clone();
    let offline =
        move || live.endpoints.all().iter().any(|it| it.exten.as_ref() == Some(&mine) && it.online == Some(false));
    let state = move || match channel.get() {
        Some(channel) if channel.held => {
            (format!("{} · {}", channel.channel_state.as_str(), texts.get().held), "chip held")
        }
        Some(channel) => (
            channel.channel_state.as_str().to_owned(),
            match channel.channel_state {
                ChannelState::Ringing | ChannelState::Ring => "chip ringing",
                ChannelState::Up => "chip talking",
                _ => "chip",
            },
        ),
        None if offline() => (texts.get().not_registered.to_owned(), "chip"),
        None => (ChannelState::Down.as_str().to_owned(), "chip"),
    };
    let state = Memo::new(move |_| state());
    let with = move || {
        let channel = channel.get()?;
        let call = channel.call_id.as_ref().and_then(|id| live.calls.row(id)).map(|call| call.get());
        Some(match (call, channel.with) {
            (Some(call), _) if call.data.is_some() || call.hidden => {
                (format::caller(&call, texts.get()), format::number(call.caller_phone.as_ref(), &call.caller_id))
            }
            (_, Some(party)) => (party.name, party.number),
            _ => return None,
        })
    };
    let since =
        Signal::derive(move || channel.get().map_or_else(|| row.with(|row| row.since), |channel| channel.since));
    let busy = move || channel.get().is_some() || row.with(|row| row.client_state == AgentState::WrapUp);
    view! {
        <tr data-exten=exten.to_string() class=move || if row.with(|row| row.client_state == AgentState::Offline) { "off" } else { "" }>
            <td class="num"><b>{exten.to_string()}</b></td>
            <td>{move || row.with(|row| row.agent.clone()).unwrap_or_else(|| "–".to_owned())}</td>
            <td>{move || row.with(|row| match row.client_state {
                AgentState::Offline => texts.get().no_client,
                state => agent_text(state, texts.get()),
            })}</td>
            <td><span class=move || state.get().1>{move || state.get().0}</span></td>
            <td>{move || with().map(|(name, number)| view! { {name} " " <span class="sub num">{number}</span> })}</td>
            <td class="age num">{move || busy().then(|| view! { <Clock live since until=Signal::derive(|| None)/> })}</td>
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
            CallPhase::Ringing => "chip ringing",
            CallPhase::Talking => "chip talking",
            CallPhase::Held => "chip held",
            CallPhase::Waiting | CallPhase::Ended => "chip",
        };
        let phones = move || {
            call.with(|call| match &call.answered_by {
                Some(by) => by.to_string(),
                None => call.state.iter().map(|leg| leg.exten.to_string()).collect::<Vec<_>>().join(" "),
            })
        };
        view! {
            <tr data-call-id=call.with_untracked(|call| call.call_id.to_string()) data-phase=move || phase_name(phase.get())>
                <td><span class=class>{move || phase_text(phase.get(), texts.get())}</span></td>
                <td>{move || call.with(|call| format::caller(call, texts.get()))} " "
                    <span class="sub num">{move || call.with(|call| format::number(call.caller_phone.as_ref(), &call.caller_id))}</span></td>
                <td class="num">{move || call.with(|call| call.dialled.clone())}</td>
                <td class="num">{phones}</td>
                <td class="age num"><Clock live since=Signal::derive(move || call.with(|call| call.started_at)) until=Signal::derive(|| None)/></td>
            </tr>
        }
    };
    view! {
        <section class="panel">
            <header><h2>{t(|t| t.calls_in_progress)}</h2></header>
            <table class="calls">
                <thead><tr>
                    <th>{t(|t| t.channel)}</th><th>{t(|t| t.caller)}</th><th>{t(|t| t.dialled)}</th><th>{t(|t| t.phones_of_call)}</th><th>{t(|t| t.since)}</th>
                </tr></thead>
                <tbody><For each=move || live.calls.keys() key=Clone::clone let:id>{live.calls.row(&id).map(row)}</For></tbody>
            </table>
            {move || live.calls.is_empty().then(|| view! { <p class="empty">{t(|t| t.no_live_calls)}</p> })}
        </section>
    }
}
