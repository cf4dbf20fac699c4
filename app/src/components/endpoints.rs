//! What else the PBX has: trunks, and phones that are no desk's (R13).

use std::collections::BTreeMap;

use domain::{
    ids::Endpoint,
    view::{ChannelRow, EndpointRow},
};
use leptos::prelude::*;

use crate::{
    format,
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
    // One walk for all of them: rows that each walked all channels would cost one times the other.
    let channels = Memo::new(move |_| by_endpoint(live.channels.all()));
    view! {
        <section class="panel">
            <header><h2>{t(|t| t.endpoints)}</h2></header>
            <table class="calls">
                <tbody><For each=others key=|row| (row.endpoint.to_string(), row.online) let:row><Row channels row/></For></tbody>
            </table>
        </section>
    }
}

#[component]
fn Row(channels: Memo<BTreeMap<Endpoint, Vec<ChannelRow>>>, row: EndpointRow) -> impl IntoView {
    let texts = texts();
    let online = row.online;
    let reached = move || match online {
        Some(true) => texts.get().registered,
        Some(false) => texts.get().not_registered,
        None => "–",
    };
    let (id, name) = (row.endpoint.to_string(), row.endpoint.to_string());
    let own = Memo::new(move |_| channels.with(|all| all.get(&row.endpoint).cloned().unwrap_or_default()));
    view! {
        <tr data-endpoint=id>
            <td>{name}</td>
            <td class="dim">{reached}</td>
            <td>{move || own.get().into_iter().map(|channel| view! { <Chip channel/> " " }).collect_view()}</td>
        </tr>
    }
}

fn by_endpoint(rows: Vec<ChannelRow>) -> BTreeMap<Endpoint, Vec<ChannelRow>> {
    let mut all: BTreeMap<Endpoint, Vec<ChannelRow>> = BTreeMap::new();
    for row in rows {
        all.entry(row.endpoint.clone()).or_default().push(row);
    }
    all
}

#[component]
fn Chip(channel: ChannelRow) -> impl IntoView {
    let texts = texts();
    let class = format::channel_chip(channel.channel_state);
    let party = channel.with.map(|with| with.number).filter(|number| !number.is_empty());
    let state = channel.channel_state;
    view! { <span class=class>{move || format::channel_text(state, texts.get())} {party.map(|number| view! { " · " {number} })}</span> }
}
