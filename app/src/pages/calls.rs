//! The call history (R17): filtered and sorted by what is in the address, so that Back and a link bring
//! the same list. An agent sees the calls of their own extension.

mod asked;

use std::time::Duration;

use asked::{Asked, DIRECTIONS, OUTCOMES, direction_key, outcome_key};
use domain::{
    call::Direction,
    history::{HistoryPage, HistoryRow, Sort},
    role::SignedIn,
};
use jiff::civil::Date;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_navigate, use_query_map},
};

use super::{Opened, comes_when_opened};
use crate::{
    components::{
        became::{Became, what_became},
        error_text::error_text,
        guarded::Guarded,
    },
    format,
    live::use_live,
    patience::patient,
    server_fns::history::history,
    texts::{Texts, t, texts},
};

const PAGE: u32 = 50;
/// The list is asked for again this often: calls end while one looks.
const AGAIN: Duration = Duration::from_secs(15);
/// After the last letter, the search begins.
const TYPED: Duration = Duration::from_millis(400);

comes_when_opened!(Calls);

#[wasm_split(calls, wasm_split_path = leptos::wasm_split, preload(fetch), fallible)]
fn page() -> Opened {
    Ok(view! { <Guarded may=|_| true view=|who| view! { <Listed who/> }/> }.into_any())
}

#[component]
fn Listed(who: SignedIn) -> impl IntoView {
    let texts = texts();
    let live = use_live();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(Asked::of));
    let navigate = use_navigate();
    let ask = Callback::new(move |(asked, replace): (Asked, bool)| {
        let options = NavigateOptions { replace, scroll: !replace, ..NavigateOptions::default() };
        navigate(&format!("/calls{}", asked.query()), options);
    });
    let again = Trigger::new();
    // Only in the browser: the server has no such clock.
    Effect::new(move |_| {
        if let Ok(every) = set_interval_with_handle(move || again.notify(), AGAIN) {
            on_cleanup(move || every.clear());
        }
    });
    // Only in the browser: the server draws no calls.
    let page = LocalResource::new(move || {
        again.track();
        live.history.track();
        patient(history(asked.get().filter(PAGE)))
    });
    view! {
        <Title text=t(|t| t.calls)/>
        <section class="history panel">
            <h1 class="spoken">{t(|t| t.calls)}</h1>
            <Filters asked ask by_agent=who.role.watches_floor()/>
            <Transition>
                {move || page.get().map(|answer| match answer {
                    Ok(page) => view! { <Page page asked=asked.get_untracked() ask/> }.into_any(),
                    Err(error) => view! { <p class="error" role="alert">{move || error_text(&error, texts.get())}</p> }.into_any(),
                })}
            </Transition>
        </section>
    }
}

#[component]
fn Filters(asked: Memo<Asked>, ask: Callback<(Asked, bool)>, by_agent: bool) -> impl IntoView {
    let texts = texts();
    let day = use_live().today();
    let today = move || day.get();
    let change = move |replace: bool, change: &dyn Fn(&mut Asked)| {
        let mut asked = Asked { page: 0, ..asked.get_untracked() };
        change(&mut asked);
        ask.run((asked, replace));
    };
    let days = move |from: Option<Date>, until: Option<Date>| {
        change(false, &|asked| (asked.from, asked.until) = (from, until));
    };
    let date = |ev: &leptos::ev::Event| event_target_value(ev).parse::<Date>().ok();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    on_cleanup(stop);
    let search = move |ev| {
        let text = event_target_value(&ev);
        stop();
        let begin = move || change(true, &|asked| asked.text.clone_from(&text));
        waiting.set_value(set_timeout_with_handle(begin, TYPED).ok());
    };
    let is_range = move |from: Option<Date>, until: Option<Date>| {
        asked.with(|asked| (asked.from, asked.until) == (from, until)).to_string()
    };
    let yesterday = move || today().yesterday().ok();
    let week = move || today().checked_sub(jiff::Span::new().days(6)).ok();
    view! {
        <div class="filters">
            <div class="tabs" role="group" aria-label=t(|t| t.day)>
                <button class="tab" aria-pressed=move || is_range(None, None) on:click=move |_| days(None, None)>{t(|t| t.all)}</button>
                <button class="tab" aria-pressed=move || is_range(Some(today()), None) on:click=move |_| days(Some(today()), None)>{t(|t| t.today)}</button>
                <button class="tab" aria-pressed=move || is_range(yesterday(), yesterday()) on:click=move |_| days(yesterday(), yesterday())>{t(|t| t.yesterday)}</button>
                <button class="tab" aria-pressed=move || is_range(week(), None) on:click=move |_| days(week(), None)>{t(|t| t.seven_days)}</button>
            </div>
            <label>{t(|t| t.from_day)}
                <input name="from" type="date" prop:value=move || asked.with(|asked| asked.from.map(|it| it.to_string()).unwrap_or_default())
                    on:change=move |ev| { let day = date(&ev); change(false, &|asked| asked.from = day) }/></label>
            <label>{t(|t| t.to_day)}
                <input name="until" type="date" prop:value=move || asked.with(|asked| asked.until.map(|it| it.to_string()).unwrap_or_default())
                    on:change=move |ev| { let day = date(&ev); change(false, &|asked| asked.until = day) }/></label>
            <label>{t(|t| t.direction)}
                <select name="direction" prop:value=move || asked.with(|asked| asked.direction.map(direction_key).unwrap_or_default())
                    on:change=move |ev| { let key = event_target_value(&ev); change(false, &|asked| asked.direction = asked::direction(&key)) }>
                    <option value="">{t(|t| t.any)}</option>
                    {DIRECTIONS.map(|it| view! { <option value=direction_key(it)>{move || direction_text(it, texts.get())}</option> })}
                </select></label>
            <label>{t(|t| t.outcome)}
                <select name="outcome" prop:value=move || asked.with(|asked| asked.outcome.map(outcome_key).unwrap_or_default())
                    on:change=move |ev| { let key = event_target_value(&ev); change(false, &|asked| asked.outcome = asked::outcome(&key)) }>
                    <option value="">{t(|t| t.any)}</option>
                    {OUTCOMES.map(|it| view! { <option value=outcome_key(it)>{move || format::outcome(Some(it), texts.get())}</option> })}
                </select></label>
            {by_agent.then(|| view! {
                <label>{t(|t| t.extension)}
                    <input name="exten" inputmode="numeric" prop:value=move || asked.with(|asked| asked.exten.clone())
                        on:change=move |ev| { let exten = event_target_value(&ev); change(false, &|asked| asked.exten = exten.trim().to_owned()) }/></label>
            })}
            <label class="search">{t(|t| t.search)}
                <input name="text" type="search" prop:value=move || asked.with(|asked| asked.text.clone()) on:input=search/></label>
        </div>
    }
}

#[component]
fn Page(page: HistoryPage, asked: Asked, ask: Callback<(Asked, bool)>) -> impl IntoView {
    let texts = texts();
    let number = asked.page;
    let last = u32::try_from(page.total.saturating_sub(1) / u64::from(PAGE)).unwrap_or(u32::MAX);
    let empty = page.rows.is_empty();
    let (total, sums) = (page.total, page.sums);
    let turn = {
        let asked = asked.clone();
        move |page: u32| ask.run((Asked { page, ..asked.clone() }, false))
    };
    let (back, on) = (turn.clone(), turn);
    let head = move |sort: Sort, said: fn(&'static Texts) -> &'static str| {
        let is_it = asked.sort == sort;
        let order = match (is_it, asked.reversed) {
            (true, false) => Some(if descends(sort) { "descending" } else { "ascending" }),
            (true, true) => Some(if descends(sort) { "ascending" } else { "descending" }),
            _ => None,
        };
        let next = Asked { sort, reversed: is_it && !asked.reversed, page: 0, ..asked.clone() };
        view! {
            <th aria-sort=order><button class="sort" on:click=move |_| ask.run((next.clone(), false))>{t(said)}</button></th>
        }
    };
    let sums = move || {
        let texts = texts.get();
        let counts = [
            (texts.answered, sums.answered),
            (texts.missed, sums.missed),
            (texts.abandoned, sums.abandoned),
            (texts.busy, sums.busy),
            (texts.failed, sums.failed),
        ];
        let counts = counts.into_iter().filter(|(_, count)| *count > 0);
        let counts = counts.map(|(said, count)| format!(" · {said} {count}")).collect::<String>();
        let talked = format::clock(i64::try_from(sums.talked_ms).unwrap_or(i64::MAX));
        format!("{}{counts} · {} {talked}", (texts.count_of_calls)(total), texts.talked)
    };
    view! {
        <p class="sums num" role="status">{sums}</p>
        <table class="calls past">
            <thead><tr>
                {head(Sort::Time, |t| t.time)}{head(Sort::Customer, |t| t.with)}{head(Sort::Outcome, |t| t.outcome)}
                {head(Sort::Agent, |t| t.agent)}{head(Sort::Duration, |t| t.duration)}<th>{t(|t| t.note)}</th>
            </tr></thead>
            <tbody>{page.rows.into_iter().map(|row| view! { <Row row/> }).collect_view()}</tbody>
        </table>
        {empty.then(|| view! { <p class="empty">{t(|t| t.no_matches)}</p> })}
        <div class="pager">
            <button class="btn" disabled={number == 0} on:click=move |_| back(number.saturating_sub(1))>{t(|t| t.previous)}</button>
            <span class="dim num">{number + 1} " / " {last + 1}</span>
            <button class="btn" disabled={number >= last} on:click=move |_| on(number + 1)>{t(|t| t.next)}</button>
        </div>
    }
}

/// Does the largest come first?
fn descends(sort: Sort) -> bool {
    matches!(sort, Sort::Time | Sort::Duration)
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
    let talked = row.answered_at.zip(row.ended_at).map(|(from, to)| format::lasted(from, to));
    let who = move || format::other_side(&name, texts.get());
    view! {
        <tr data-call-id=row.call_id.to_string()>
            <td class="num when"><A href=format!("/calls/{}", row.call_id)>{format::day_and_time(row.started_at)}</A></td>
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

fn direction_text(direction: Direction, texts: &'static Texts) -> &'static str {
    match direction {
        Direction::Inbound => texts.inbound,
        Direction::Outbound => texts.outbound,
        Direction::Internal => texts.internal,
    }
}
