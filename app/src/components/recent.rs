//! The agent's latest calls (R17), day by day: all of them, their own, or those that nobody answered.

use domain::{
    call::Outcome,
    history::{HistoryFilter, HistoryRow, Part},
    ids::Extension,
    link::LinkState,
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    became::{Became, what_became},
    error_text::error_text,
    icon::{Icon, Shape},
};
use crate::{
    browser, format,
    live::use_live,
    patience::patient,
    server_fns::history::history,
    texts::{Texts, t, texts},
};

const SHOWN: u32 = 12;
const PARTS: [Option<Part>; 3] = [Some(Part::Mine), Some(Part::Missed), None];

#[component]
pub fn Recent(own: Option<Extension>) -> impl IntoView {
    let live = use_live();
    let texts = texts();
    let part = RwSignal::new(None::<Part>);
    // What happened while the link was down is told to nobody: it is asked for when it is up again.
    let is_online = Memo::new(move |_| live.link.get() == LinkState::Online);
    let times_online = Memo::new(move |before: Option<&u32>| before.unwrap_or(&0) + u32::from(is_online.get()));
    // Never on the server, whose zone is not the person's.
    let today = live.today();
    let ask = StoredValue::new(move |part: Option<Part>, since_today: bool, page_size: u32| {
        live.history.track();
        times_online.track();
        let from = since_today.then(|| browser::midnight(today.get()));
        patient(history(HistoryFilter { exten: own.clone(), part, from, page_size, ..HistoryFilter::default() }))
    });
    // Only in the browser, since the server draws no calls.
    let rows = LocalResource::new(move || ask.with_value(|ask| ask(part.get(), false, SHOWN)));
    let missed = LocalResource::new(move || ask.with_value(|ask| ask(Some(Part::Missed), true, 1)));
    let missed = move || missed.get().and_then(Result::ok).map(|page| page.total).filter(|total| *total > 0);
    let tabs = PARTS.map(|it| {
        let count = move || if it == Some(Part::Missed) { missed() } else { None };
        view! {
            <button class="tab" aria-pressed=move || (part.get() == it).to_string() on:click=move |_| part.set(it)>
                {move || part_text(it, texts.get())}
                <Transition>{move || count().map(|count| view! { " " <span class="count num" title=t(|t| t.today)>{count}</span> })}</Transition>
            </button>
        }
    });
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
        <aside class="panel recent" aria-label=t(|t| t.recent)>
            <header><h2>{t(|t| t.recent)}</h2><A href="/calls" attr:class="faint">{t(|t| t.all_calls)}</A></header>
            <div class="tabs" role="group" aria-label=t(|t| t.recent)>{tabs}</div>
            <Transition>{list}</Transition>
        </aside>
    }
}

fn part_text(part: Option<Part>, texts: &'static Texts) -> &'static str {
    match part {
        Some(Part::Mine) => texts.part_mine,
        Some(Part::Missed) => texts.part_missed,
        None => texts.all,
    }
}

/// One call, which opens its page.
#[component]
pub fn Row(row: HistoryRow) -> impl IntoView {
    let texts = texts();
    let (shape, kind) = match Became::of(&row) {
        Became::Made => (Shape::Out, "out"),
        Became::Talked => (Shape::In, "in"),
        Became::Elsewhere => (Shape::In, "elsewhere"),
        Became::Lost => (Shape::Missed, "lost"),
    };
    let name = row.clone();
    let started = row.started_at;
    let (id, href) = (row.call_id.to_string(), format!("/calls/{}", row.call_id));
    let note = row.note.as_ref().map(|note| note.text.clone());
    view! {
        <li data-kind=kind data-call-id=id>
            <Icon shape kind/>
            <A href=href><b>{move || format::other_side(&name, texts.get())}</b></A>
            <span class="t num">{format::time(started)}</span>
            <small>{move || said(&row, texts.get())}</small>
            {note.map(|note| view! { <small class="noted">{note}</small> })}
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
    let lasted = from.zip(row.ended_at).map(|(from, to)| format::lasted(from, to));
    match (kind, lasted) {
        (Became::Made, Some(lasted)) => format!("{} · {lasted}", texts.outbound),
        (Became::Made, None) => format!("{} · {became}", texts.outbound),
        (_, Some(lasted)) => format!("{became} · {lasted}"),
        (_, None) => became,
    }
}
