//! A call that is over: who it was, what became of it, its phones, and its note, to be read and changed.

use domain::{
    call::LegEnd,
    history::{PastCall, PastLeg},
    ids::CallId,
    note::Written,
    phone::E164,
    role::SignedIn,
};
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::{components::A, hooks::use_params_map};

use super::{Opened, comes_when_opened};
use crate::{
    components::{
        add_customer::AddCustomer,
        became::{Became, what_became},
        error_text::error_text,
        guarded::Guarded,
        note_box::NoteBox,
    },
    format,
    notes::use_notebook,
    patience::patient,
    server_fns::history::past_call,
    texts::{Texts, t, texts},
};

comes_when_opened!(Call);

#[wasm_split(call, wasm_split_path = leptos::wasm_split, preload(fetch), fallible)]
fn page() -> Opened {
    Ok(view! { <Guarded may=|_| true view=|who| view! { <Fetched who/> }/> }.into_any())
}

#[component]
fn Fetched(who: SignedIn) -> impl IntoView {
    let texts = texts();
    let notebook = use_notebook();
    let account = who.account;
    Effect::new(move |_| notebook.open_for(account));
    let params = use_params_map();
    let id = move || CallId::new(params.with(|params| params.get("id")).unwrap_or_default());
    // Only in the browser: the server draws no calls.
    let answer = LocalResource::new(move || patient(past_call(id())));
    let may_add = who.whole_record;
    let ask_again = Callback::new(move |()| answer.refetch());
    view! {
        <Title text=t(|t| t.past_call)/>
        <Transition>
            {move || answer.get().map(|answer| match answer {
                Ok(call) => view! { <Known call may_add ask_again/> }.into_any(),
                Err(error) => view! { <p class="error alone" role="alert">{move || error_text(&error, texts.get())}</p> }.into_any(),
            })}
        </Transition>
    }
}

#[component]
fn Known(call: PastCall, may_add: bool, ask_again: Callback<()>) -> impl IntoView {
    let texts = texts();
    let PastCall { row, legs } = call;
    let (name, became, id) = (row.clone(), row.clone(), row.call_id.clone());
    // Here already: what is typed now goes on from it.
    let written = Written { note: row.note.clone(), ..Written::default() };
    use_notebook().note(&id).update(|note| note.heard(written));
    let class = Became::of(&row).chip(&row);
    let number = format::other_number(&row);
    let customer = row.customer_id;
    let unknown = row.caller_phone.clone().filter(|_| may_add && customer.is_none() && !row.hidden);
    let unknown = unknown.and_then(|phone| E164::try_from(phone).ok());
    let call_id = row.call_id.clone();
    let talked = row.answered_at.zip(row.ended_at).map(|(from, to)| format::lasted(from, to));
    let started = row.started_at;
    let dialled = row.dialled.clone();
    let legs = legs.into_iter().map(move |leg| view! { <Leg leg/> });
    view! {
        <section class="history panel past-call">
            <div class="who">
                <h1 class="name">{move || format::other_side(&name, texts.get())}</h1>
                <div class="line">
                    <span class="phone num">{number}</span>
                    {unknown.map(|phone| view! { <AddCustomer call=call_id number=phone.national() added=ask_again/> })}
                    {customer.map(|id| view! { <A href=format!("/customers/{id}")>{t(|t| t.to_customer)}</A> })}
                </div>
            </div>
            <dl class="facts">
                <div><dt>{t(|t| t.time)}</dt><dd class="num">{format::date(format::day(started))} " " {format::time_with_seconds(started)}</dd></div>
                <div><dt>{t(|t| t.outcome)}</dt><dd><span class=class>{move || what_became(&became, texts.get())}</span></dd>
                    {talked.map(|talked| view! { <dd class="dim num">{t(|t| t.talked)} " " {talked}</dd> })}</div>
                <div><dt>{t(|t| t.dialled)}</dt><dd class="num">{dialled}</dd></div>
            </dl>
            <NoteBox call=id state=Signal::derive(|| None) done=false close=Callback::new(|()| ())/>
            <h2>{t(|t| t.phones_of_call)}</h2>
            <table class="calls legs">
                <thead><tr><th>{t(|t| t.extension)}</th><th>{t(|t| t.rang_at)}</th><th>{t(|t| t.answered)}</th><th>{t(|t| t.ended)}</th><th>{t(|t| t.outcome)}</th></tr></thead>
                <tbody>{legs.collect_view()}</tbody>
            </table>
        </section>
    }
}

#[component]
fn Leg(leg: PastLeg) -> impl IntoView {
    let texts = texts();
    let who = leg.exten.as_ref().map_or_else(|| leg.endpoint.to_string(), ToString::to_string);
    let at = |at: Option<_>| at.map(format::time_with_seconds);
    let class = match leg.end {
        Some(LegEnd::Completed | LegEnd::Transferred) => "chip talking",
        Some(LegEnd::NoAnswer | LegEnd::Declined | LegEnd::Failed | LegEnd::Lost) => "chip lost",
        _ => "chip",
    };
    view! {
        <tr>
            <td class="num">{who}</td>
            <td class="num">{at(leg.ringing_at)}</td>
            <td class="num">{at(leg.answered_at)}</td>
            <td class="num">{at(leg.ended_at)}</td>
            <td>{leg.end.map(|end| view! { <span class=class>{move || end_text(end, texts.get())}</span> })}</td>
        </tr>
    }
}

fn end_text(end: LegEnd, texts: &'static Texts) -> &'static str {
    match end {
        LegEnd::Completed => texts.answered,
        LegEnd::Transferred => texts.transferred,
        LegEnd::AnsweredElsewhere => texts.answered_elsewhere,
        LegEnd::Abandoned => texts.abandoned,
        LegEnd::NoAnswer => texts.not_answered,
        LegEnd::Busy => texts.busy,
        LegEnd::Declined => texts.declined,
        LegEnd::MovedOn => texts.moved_on,
        LegEnd::Failed => texts.failed,
        LegEnd::Lost => texts.lost,
    }
}
