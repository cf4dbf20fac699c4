//! The agent's latest calls, abandoned and missed ones among them (R17), day by day.

use domain::{
    call::Outcome,
    history::{HistoryFilter, HistoryRow},
    ids::Extension,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    became::{Became, what_became},
    error_text::error_text,
    icon::{Icon, Shape},
    settled::settled,
};
use crate::{
    format,
    live::use_live,
    patience::patient,
    server_fns::history::history,
    texts::{Texts, t, texts},
};

const SHOWN: u32 = 12;

#[component]
pub fn Recent(own: Option<Extension>) -> impl IntoView {
    let live = use_live();
    let texts = texts();
    // Asked again when a call has left or ended; only in the browser, since the server draws no calls.
    let ended = Memo::new(move |_| {
        let ended = live.calls.all().into_iter().filter(|call| call.ended_at.is_some());
        ended.map(|call| call.call_id).collect::<Vec<_>>()
    });
    let settled = settled(move || {
        live.left.track();
        // Read, not tracked alone: a memo that nobody reads follows nothing.
        ended.get();
    });
    let rows = LocalResource::new(move || {
        settled.track();
        patient(history(HistoryFilter { exten: own.clone(), page_size: SHOWN, ..HistoryFilter::default() }))
    });
    // Once a day, and never on the server, whose zone is not the person's.
    let today = Memo::new(move |_| format::day(live.now()));
    let list = move || {
        rows.get().map(|answer| match answer {
            Err(error) => view! { <p class="empty">{move || error_text(&error, texts.get())}</p> }.into_any(),
            Ok(page) if page.rows.is_empty() => view! { <p class="empty">{t(|t| t.nothing_yet)}</p> }.into_any(),
            Ok(page) => {
                let mut above = today.get();
                let rows = page.rows.into_iter().filter(|row| row.ended_at.is_some()).map(|row| {
                    let day = format::day(row.started_at);
                    let begins = std::mem::replace(&mut above, day) != day;
                    let heading = begins.then(
                        || view! { <li class="day">{move || format::past_day(day, today.get(), texts.get())}</li> },
                    );
                    view! { {heading}<Row row/> }
                });
                view! { <ol class="log">{rows.collect_view()}</ol> }.into_any()
            }
        })
    };
    view! {
        <aside class="panel">
            <header><h2>{t(|t| t.recent)}</h2><A href="/calls" attr:class="faint">{t(|t| t.all)}</A></header>
            <Transition>{list}</Transition>
        </aside>
    }
}

#[component]
fn Row(row: HistoryRow) -> impl IntoView {
    let texts = texts();
    let (shape, kind) = match Became::of(&row) {
        Became::Made => (Shape::Out, "out"),
        Became::Talked => (Shape::In, "in"),
        Became::Elsewhere => (Shape::In, "elsewhere"),
        Became::Lost => (Shape::Missed, "lost"),
    };
    let name = row.clone();
    let started = row.started_at;
    view! {
        <li>
            <Icon shape kind/>
            <b>{move || format::other_side(&name, texts.get())}</b>
            <span class="t num">{format::time(started)}</span>
            <small>{move || said(&row, texts.get())}</small>
        </li>
    }
}

/// What became of it, and how long that took.
fn said(row: &HistoryRow, texts: &'static Texts) -> String {
    let kind = Became::of(row);
    let answered = row.outcome == Some(Outcome::Answered);
    let from = match (kind, row.answered_at) {
        (Became::Talked | Became::Made, Some(at)) if answered => Some(at),
        (Became::Lost, _) => Some(row.started_at),
        _ => None,
    };
    let became = what_became(row, texts);
    let lasted = from.zip(row.ended_at).map(|(from, to)| format::clock(to.as_millisecond() - from.as_millisecond()));
    match (kind, lasted) {
        (Became::Made, Some(lasted)) => format!("{} · {lasted}", texts.outbound),
        (Became::Made, None) => format!("{} · {became}", texts.outbound),
        (_, Some(lasted)) => format!("{became} · {lasted}"),
        (_, None) => became,
    }
}
