//! The agent's latest calls, abandoned and missed ones among them (R17).

use domain::{
    call::{Direction, LegEnd, Outcome},
    history::{HistoryFilter, HistoryRow},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    error_text::error_text,
    icon::{Icon, Shape},
};
use crate::{
    format,
    live::use_live,
    server_fns::history::history,
    texts::{Texts, t, texts},
};

const SHOWN: u32 = 12;

#[component]
pub fn Recent() -> impl IntoView {
    let live = use_live();
    let texts = texts();
    // Asked again when a call comes or goes; only in the browser, since the server draws no calls.
    let rows = LocalResource::new(move || {
        live.left.track();
        let _ = live.calls.len();
        history(HistoryFilter { page_size: SHOWN, ..HistoryFilter::default() })
    });
    let list = move || {
        rows.get().map(|answer| match answer {
            Err(error) => view! { <p class="empty">{move || error_text(&error, texts.get())}</p> }.into_any(),
            Ok(page) if page.rows.is_empty() => view! { <p class="empty">{t(|t| t.nothing_yet)}</p> }.into_any(),
            Ok(page) => {
                let rows = page.rows.into_iter().filter(|row| row.ended_at.is_some());
                view! { <ol class="log">{rows.map(|row| view! { <Row row/> }).collect_view()}</ol> }.into_any()
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
    let (shape, kind) = match (row.direction, row.outcome, row.own_leg) {
        (Direction::Outbound, _, _) => (Shape::Out, "out"),
        (_, Some(Outcome::Answered), None | Some(LegEnd::Completed | LegEnd::Transferred)) => (Shape::In, "in"),
        (_, Some(Outcome::Answered), _) => (Shape::In, "missed"),
        _ => (Shape::Missed, "lost"),
    };
    let name = row.clone();
    let started = row.started_at;
    view! {
        <li>
            <Icon shape kind/>
            <b>{move || format::past_caller(&name, texts.get())}</b>
            <span class="t num">{format::time(started)}</span>
            <small>{move || what_became(&row, texts.get())}</small>
        </li>
    }
}

fn what_became(row: &HistoryRow, texts: &'static Texts) -> String {
    let own = matches!(row.own_leg, None | Some(LegEnd::Completed | LegEnd::Transferred));
    match (row.outcome, row.answered_at, row.ended_at, &row.answered_by) {
        (Some(Outcome::Answered), _, _, Some(by)) if !own => {
            (texts.answered_by)(by.as_str(), row.answered_by_name.as_deref())
        }
        (Some(Outcome::Answered), Some(from), Some(to), _) => {
            format!("{} · {}", texts.answered, format::clock(to.as_millisecond() - from.as_millisecond()))
        }
        (outcome, _, Some(to), _) => {
            let rang = format::clock(to.as_millisecond() - row.started_at.as_millisecond());
            format!("{} · {rang}", format::outcome(outcome, texts))
        }
        (outcome, ..) => format::outcome(outcome, texts).to_owned(),
    }
}
