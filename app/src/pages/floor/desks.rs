//! Every extension: who sits there and what they do. Found by a word, narrowed to a state, sorted.

use domain::{
    agent::AgentState,
    call::ChannelState,
    ids::Extension,
    view::{ChannelRow, DeskRow},
};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    components::{age::AgeCell, bar::agent_text},
    format,
    live::{ByExtension, Live},
    texts::{Texts, t, texts},
};

/// States that the table can be narrowed to; none of them: everybody.
const STATES: [Option<AgentState>; 5] =
    [None, Some(AgentState::Available), Some(AgentState::OnCall), Some(AgentState::WrapUp), Some(AgentState::Offline)];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Extension,
    Agent,
    State,
    /// The longest in their state first.
    Since,
}

#[component]
pub fn Desks(live: Live, by: ByExtension) -> impl IntoView {
    let texts = texts();
    let (text, state) = (RwSignal::new(String::new()), RwSignal::new(None::<AgentState>));
    let column = RwSignal::new((Column::Extension, false));
    let shown = Memo::new(move |_| {
        let mut rows = live.desks.all();
        state.with(|state| rows.retain(|row| state.is_none_or(|state| row.client_state == state)));
        text.with(|text| rows.retain(|row| is_named(row, text)));
        let (column, reversed) = column.get();
        // The order of extensions stands, where nothing else is said.
        match column {
            Column::Extension => {}
            Column::Agent => rows.sort_by_key(|row| (row.agent.is_none(), row.agent.clone())),
            Column::State => rows.sort_by_key(|row| std::cmp::Reverse(row.client_state)),
            Column::Since => rows.sort_by_key(|row| row.since),
        }
        if reversed {
            rows.reverse();
        }
        rows.into_iter().map(|row| row.exten).collect::<Vec<_>>()
    });
    let head = move |it: Column, said: fn(&'static Texts) -> &'static str| {
        let order = move || {
            let (shown, reversed) = column.get();
            (shown == it).then_some(if reversed { "descending" } else { "ascending" })
        };
        let turn = move |_| column.update(|(shown, reversed)| (*shown, *reversed) = (it, *shown == it && !*reversed));
        view! { <th aria-sort=order><button class="sort" on:click=turn>{t(said)}</button></th> }
    };
    let tabs = STATES.map(|it| {
        let said = move || it.map_or(texts.get().all, |state| state_text(state, texts.get()));
        view! { <button class="tab" aria-pressed=move || (state.get() == it).to_string() on:click=move |_| state.set(it)>{said}</button> }
    });
    view! {
        <section class="panel">
            <div class="filters">
                <div class="tabs" role="group" aria-label=t(|t| t.client)>{tabs}</div>
                <label class="search"><span class="spoken">{t(|t| t.search_agents)}</span>
                    <input name="agents" type="search" placeholder=t(|t| t.search_agents) on:input=move |ev| text.set(event_target_value(&ev))/></label>
            </div>
            <table class="desks">
                <thead><tr>
                    {head(Column::Extension, |t| t.extension)}{head(Column::Agent, |t| t.agent)}{head(Column::State, |t| t.client)}
                    <th>{t(|t| t.phone)}</th><th>{t(|t| t.with)}</th>{head(Column::Since, |t| t.since)}
                </tr></thead>
                <tbody>
                    <For each=move || shown.get() key=Clone::clone let:exten><Desk live by exten/></For>
                </tbody>
            </table>
            {move || shown.with(Vec::is_empty).then(|| view! { <p class="empty">{t(|t| t.nobody_matches)}</p> })}
        </section>
    }
}

/// Is what is looked for a part of the extension or of the agent's name, marks and capitals aside?
fn is_named(row: &DeskRow, text: &str) -> bool {
    let wanted = domain::fold::fold(text.trim());
    row.exten.as_str().contains(wanted.as_str())
        || row.agent.as_ref().is_some_and(|agent| domain::fold::fold(agent).contains(&wanted))
}

fn state_text(state: AgentState, texts: &'static Texts) -> &'static str {
    match state {
        AgentState::Offline => texts.no_client,
        state => agent_text(state, texts),
    }
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
        Some(channel) if channel.held => (texts.get().phase_held, "chip held"),
        // One ring of a dozen phones is one thing to the eye: the call's own row has its colour.
        Some(channel) if channel.channel_state == ChannelState::Ringing => (texts.get().ringing, "chip"),
        Some(channel) => {
            (format::channel_text(channel.channel_state, texts.get()), format::channel_chip(channel.channel_state))
        }
        None if offline() => (texts.get().not_registered, "chip"),
        None => (texts.get().phone_idle, "chip plain"),
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
    let (shown, href) = (exten.to_string(), format!("/calls?exten={exten}"));
    view! {
        <tr data-exten=exten.to_string() class=move || if row.with(|row| row.client_state == AgentState::Offline) { "off" } else { "" }>
            <td class="num"><A href=href><b>{shown}</b></A></td>
            <td>{move || row.with(|row| row.agent.clone()).unwrap_or_else(|| "–".to_owned())}</td>
            <td class="client">{move || row.with(|row| state_text(row.client_state, texts.get()))}</td>
            <td class="state"><span class=move || state.get().1>{move || state.get().0}</span></td>
            <td class="with">{move || with().map(|(name, number)| view! { {name} " " <span class="sub num">{number}</span> })}</td>
            {move || if busy() { view! { <AgeCell live since waits=rings/> }.into_any() } else { view! { <td class="age"></td> }.into_any() }}
        </tr>
    }
    .into_any()
}
