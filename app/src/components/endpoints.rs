//! What else the PBX has: trunks, and phones that are no desk's (R13).

use domain::{
    call::ChannelState,
    ids::Endpoint,
    protocol::{ChannelRow, EndpointRow},
};
use leptos::prelude::*;

use crate::{
    live::Live,
    texts::{t, texts},
};

#[component]
pub fn Endpoints(live: Live) -> impl IntoView {
    let others = move || {
        let desks = live.desks.keys();
        let others = live.endpoints.all().into_iter();
        others.filter(|it| it.exten.as_ref().is_none_or(|exten| !desks.contains(exten))).collect::<Vec<_>>()
    };
    view! {
        <section class="panel">
            <header><h2>{t(|t| t.endpoints)}</h2></header>
            <table class="calls">
                <tbody><For each=others key=|row| (row.endpoint.to_string(), row.online) let:row><Row live row/></For></tbody>
            </table>
        </section>
    }
}

#[component]
fn Row(live: Live, row: EndpointRow) -> impl IntoView {
    let texts = texts();
    let online = row.online;
    let reached = move || match online {
        Some(true) => texts.get().registered,
        Some(false) => texts.get().not_registered,
        None => "–",
    };
    let (id, name) = (row.endpoint.to_string(), row.endpoint.to_string());
    view! {
        <tr data-endpoint=id>
            <td>{name}</td>
            <td class="dim">{reached}</td>
            <td>{move || channels(live, &row.endpoint).into_iter().map(|channel| view! { <Chip channel/> " " }).collect_view()}</td>
        </tr>
    }
}

fn channels(live: Live, endpoint: &Endpoint) -> Vec<ChannelRow> {
    live.channels.all().into_iter().filter(|channel| channel.endpoint == *endpoint).collect()
}

#[component]
fn Chip(channel: ChannelRow) -> impl IntoView {
    let class = match channel.channel_state {
        ChannelState::Ringing | ChannelState::Ring => "chip ringing",
        ChannelState::Up => "chip talking",
        _ => "chip",
    };
    let party = channel.with.map(|with| with.number).filter(|number| !number.is_empty());
    view! { <span class=class>{channel.channel_state.as_str()} {party.map(|number| view! { " · " {number} })}</span> }
}
