//! The call history, with filters (R17). An agent sees the calls of their own extension.

use domain::{
    call::{Direction, Outcome},
    history::{HistoryFilter, HistoryPage, HistoryRow},
};
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::components::A;

use super::{Opened, comes_when_opened};
use crate::{
    components::{
        became::{Became, what_became},
        error_text::error_text,
        guarded::Guarded,
    },
    format,
    patience::patient,
    server_fns::history::history,
    texts::{Texts, t, texts},
};

const PAGE: u32 = 50;

comes_when_opened!(Calls);

#[wasm_split(calls, wasm_split_path = leptos::wasm_split, preload(fetch), fallible)]
fn page() -> Opened {
    Ok(view! { <Guarded may=|_| true view=|_| view! { <Listed/> }/> }.into_any())
}

#[component]
fn Listed() -> impl IntoView {
    let texts = texts();
    let filter = RwSignal::new(HistoryFilter { page_size: PAGE, ..HistoryFilter::default() });
    let change = move |change: &dyn Fn(&mut HistoryFilter)| {
        filter.update(|filter| {
            filter.page = 0;
            change(filter);
        })
    };
    // Only in the browser: the server draws no calls.
    let page = LocalResource::new(move || patient(history(filter.get())));
    let direction = move |ev| {
        let chosen = DIRECTIONS.into_iter().find(|it| direction_key(*it) == event_target_value(&ev));
        change(&|filter| filter.direction = chosen);
    };
    let outcome = move |ev| {
        let chosen = OUTCOMES.into_iter().find(|it| outcome_key(*it) == event_target_value(&ev));
        change(&|filter| filter.outcome = chosen);
    };
    view! {
        <Title text=t(|t| t.calls)/>
        <section class="history panel">
            <div class="filters">
                <label>{t(|t| t.direction)}
                    <select name="direction" on:change=direction>
                        <option value="">{t(|t| t.any)}</option>
                        {DIRECTIONS.map(|it| view! { <option value=direction_key(it)>{move || direction_text(it, texts.get())}</option> })}
                    </select></label>
                <label>{t(|t| t.outcome)}
                    <select name="outcome" on:change=outcome>
                        <option value="">{t(|t| t.any)}</option>
                        {OUTCOMES.map(|it| view! { <option value=outcome_key(it)>{move || format::outcome(Some(it), texts.get())}</option> })}
                    </select></label>
                <label class="search">{t(|t| t.search)}
                    <input name="text" type="search" on:change=move |ev| change(&|filter| filter.text = event_target_value(&ev))/></label>
            </div>
            <Transition>
                {move || page.get().map(|answer| match answer {
                    Ok(page) => view! { <Page page filter/> }.into_any(),
                    Err(error) => view! { <p class="error" role="alert">{move || error_text(&error, texts.get())}</p> }.into_any(),
                })}
            </Transition>
        </section>
    }
}

#[component]
fn Page(page: HistoryPage, filter: RwSignal<HistoryFilter>) -> impl IntoView {
    let number = filter.get_untracked().page;
    let last = u32::try_from(page.total.saturating_sub(1) / u64::from(PAGE)).unwrap_or(u32::MAX);
    let empty = page.rows.is_empty();
    view! {
        <table class="calls past">
            <thead><tr>
                <th>{t(|t| t.time)}</th><th>{t(|t| t.with)}</th><th>{t(|t| t.outcome)}</th><th>{t(|t| t.agent)}</th>
                <th>{t(|t| t.duration)}</th><th>{t(|t| t.note)}</th>
            </tr></thead>
            <tbody>{page.rows.into_iter().map(|row| view! { <Row row/> }).collect_view()}</tbody>
        </table>
        {empty.then(|| view! { <p class="empty">{t(|t| t.nothing_yet)}</p> })}
        <div class="pager">
            <button class="btn" disabled={number == 0} on:click=move |_| filter.update(|it| it.page = number.saturating_sub(1))>{t(|t| t.previous)}</button>
            <span class="dim num">{number + 1} " / " {last + 1}</span>
            <button class="btn" disabled={number >= last} on:click=move |_| filter.update(|it| it.page = number + 1)>{t(|t| t.next)}</button>
        </div>
    }
}

#[component]
fn Row(row: HistoryRow) -> impl IntoView {
    let texts = texts();
    let class = Became::of(&row).chip(&row);
    let became = row.clone();
    let name = row.clone();
    let number = format::other_number(&row);
    let agent = match row.made_by() {
        Some(made_by) => [Some(made_by.to_string()), None],
        None => [
            row.answered_by.as_ref().map(ToString::to_string).or_else(|| row.answered_outside.clone()),
            row.answered_by_name.clone(),
        ],
    };
    let talked =
        row.answered_at.zip(row.ended_at).map(|(from, to)| format::clock(to.as_millisecond() - from.as_millisecond()));
    let who = move || format::other_side(&name, texts.get());
    view! {
        <tr data-call-id=row.call_id.to_string()>
            <td class="num when">{format::day_and_time(row.started_at)}</td>
            <td class="who-called">
                {match row.customer_id {
                    Some(id) => view! { <A href=format!("/customers/{id}")>{who}</A> }.into_any(),
                    None => who.into_any(),
                }}
                " " <span class="sub num">{number}</span>
            </td>
            <td><span class=class>{move || what_became(&became, texts.get())}</span>
                " " <span class="dim">{move || direction_text(row.direction, texts.get())}</span></td>
            <td class="by">{agent.into_iter().flatten().collect::<Vec<_>>().join(" · ")}</td>
            <td class="num talked">{talked}</td>
            <td class="noted">{row.note.map(|note| note.text)}</td>
        </tr>
    }
}

const DIRECTIONS: [Direction; 3] = [Direction::Inbound, Direction::Outbound, Direction::Internal];
const OUTCOMES: [Outcome; 5] = [Outcome::Answered, Outcome::Abandoned, Outcome::Missed, Outcome::Busy, Outcome::Failed];

fn direction_key(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
        Direction::Internal => "internal",
    }
}

fn outcome_key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Abandoned => "abandoned",
        Outcome::Missed => "missed",
        Outcome::Busy => "busy",
        Outcome::Failed => "failed",
    }
}

fn direction_text(direction: Direction, texts: &'static Texts) -> &'static str {
    match direction {
        Direction::Inbound => texts.inbound,
        Direction::Outbound => texts.outbound,
        Direction::Internal => texts.internal,
    }
}
