//! The popup card (R11): who calls, what is known of them, who else rings, and the note.

use std::time::Duration;

use domain::{
    call::{CallPhase, Direction, Place},
    ids::{CallId, CustomerId, Extension},
    phone::E164,
    protocol::ClientMessage,
    view::{CallState, Lookup},
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    add_customer::AddCustomer,
    clock::Clock,
    facts::Facts,
    icon::{Icon, Shape},
    note_box::{NoteBox, element_id},
    phones::Phones,
};
use crate::{
    browser, format,
    live::Live,
    notes::use_notebook,
    texts::{Texts, t, texts},
};

const SAYS_COPIED: Duration = Duration::from_secs(2);

/// The phase as the card's colour is named.
pub fn phase_name(call: &CallState) -> &'static str {
    match call.phase {
        _ if call.calls_out() => "calling",
        CallPhase::Waiting => "waiting",
        CallPhase::Ringing => "ringing",
        CallPhase::Talking => "talking",
        CallPhase::Held => "held",
        CallPhase::Ended => "wrapup",
    }
}

/// The desk's cards, which have the focus when one of them is closed.
pub const STACK: &str = "cards";

/// Since when the card's clock runs: since the caller began to wait, the talk, or the wrap-up.
pub fn phase_began(call: &CallState) -> domain::Timestamp {
    call.ended_at.or(call.answered_at).unwrap_or(call.started_at)
}

/// How long a call that is over was talked.
fn talked(call: &CallState) -> Option<String> {
    Some(format::lasted(call.answered_at?, call.ended_at?))
}

/// Where a call stands, in words: also that it is one of ours to the outside, or where its caller waits.
pub fn phase_text(call: &CallState, texts: &'static Texts) -> String {
    match (call.phase, &call.place) {
        _ if call.calls_out() => texts.phase_calling.to_owned(),
        (CallPhase::Ended, _) if call.handed_to.is_some() => {
            let to = call.handed_to.as_ref().map(Extension::as_str).unwrap_or_default();
            (texts.transferred_to)(to)
        }
        (_, Some(Place::Parked { space: Some(space) })) => (texts.parked_at)(space),
        (_, Some(Place::Parked { space: None })) => texts.parked.to_owned(),
        (CallPhase::Waiting, Some(Place::Queue)) => texts.in_queue.to_owned(),
        (CallPhase::Waiting, Some(Place::Voicemail)) => texts.voicemail.to_owned(),
        (phase, _) => phase_word(phase, texts).to_owned(),
    }
}

fn phase_word(phase: CallPhase, texts: &'static Texts) -> &'static str {
    match phase {
        CallPhase::Waiting => texts.phase_waiting,
        CallPhase::Ringing => texts.phase_ringing,
        CallPhase::Talking => texts.phase_talking,
        CallPhase::Held => texts.phase_held,
        CallPhase::Ended => texts.phase_ended,
    }
}

#[component]
pub fn Card(
    live: Live,
    call: ArcRwSignal<CallState>,
    own: Option<Extension>,
    /// May a caller whom nobody knows be added to the customers?
    may_add: bool,
) -> impl IntoView {
    let texts = texts();
    let id = call.with_untracked(|call| call.call_id.clone());
    let (shown_id, closing) = (id.to_string(), id.clone());
    let call = Signal::derive(move || call.get());
    let done = Memo::new(move |_| call.with(|call| call.phase == CallPhase::Ended));
    let colour = move || call.with(phase_name);
    let since = Signal::derive(move || call.with(phase_began));
    let talked = move || call.with(talked);
    let notebook = use_notebook();
    let close = Callback::new(move |()| {
        live.send(ClientMessage::CloseCard { call_id: closing.clone() });
        notebook.close(&closing);
        // Where one goes on: the next card, or the desk.
        browser::focus(STACK.to_owned());
    });
    // Whom one of ours calls is on the card.
    let line = move || {
        call.with(|call| match (call.direction, &call.caller_prefix) {
            (Direction::Outbound, _) => None,
            (_, Some(prefix)) => Some(format!("{prefix} · {}", call.dialled)),
            (_, None) => Some(call.dialled.clone()),
        })
    };
    view! {
        <article class="card" data-call-id=shown_id data-phase=colour>
            <div class="band">
                <Icon shape=Shape::Bell/>
                {move || call.with(|call| phase_text(call, texts.get()))}
                {move || line().map(|line| view! { <span class="chip plain dialled num">{line}</span> })}
                {move || call.with(|call| call.stale).then(|| view! { <span class="chip lost">{t(|t| t.stale)}</span> })}
                {move || talked().map(|talked| view! { <span class="chip plain talked num"><span class="wide">{t(|t| t.talked)} " "</span>{talked}</span> })}
                <Clock live since/>
            </div>
            <Who call/>
            <Known live call may_add/>
            <Phones call own/>
            <NoteBox call=id state=Signal::derive(move || Some(call.get())) done close/>
        </article>
    }
}

#[component]
fn Who(call: Signal<CallState>) -> impl IntoView {
    let texts = texts();
    // Once: where nobody is known by a name, it is the title.
    let number = move || {
        let beside = call.with(format::number_beside);
        if beside.is_empty() { texts.get().copy_number.to_owned() } else { beside }
    };
    let is_beside = move || call.with(|call| !format::number_beside(call).is_empty());
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let number =
            call.with_untracked(|call| call.caller_phone.as_ref().map_or(call.caller_id.clone(), E164::dialled));
        spawn_local(async move {
            // The number is on screen all the same, and can be selected.
            if browser::copy(&number).await {
                let _ = copied.try_set(true);
                set_timeout(
                    move || {
                        let _ = copied.try_set(false);
                    },
                    SAYS_COPIED,
                );
            }
        });
    };
    let about = move || {
        call.with(|call| {
            let customer = call.data.as_ref()?;
            let since = customer.since.map(|year| format!("{} {year}", texts.get().customer_since));
            Some(since.into_iter().chain(customer.city.clone()).collect::<Vec<_>>().join(" · "))
        })
    };
    view! {
        <div class="who">
            <h1 class="name">{move || call.with(|call| format::caller(call, texts.get()))}</h1>
            <div class="line">
                {move || call.with(|call| !call.hidden).then(|| view! {
                    <button class=move || if is_beside() { "phone num" } else { "copy dim" } title=t(|t| t.copy_number) on:click=copy>{number}</button>
                })}
                <span class="dim">{about}</span>
                <span class="faint" role="status">{move || copied.get().then(t(|t| t.copied))}</span>
            </div>
        </div>
    }
}

/// What is known of the customer, or why nothing is.
#[component]
fn Known(live: Live, call: Signal<CallState>, may_add: bool) -> impl IntoView {
    let id = StoredValue::new(call.with_untracked(|call| call.call_id.clone()));
    let known = Memo::new(move |_| {
        call.with(|call| (call.lookup.clone(), call.data.clone(), call.matches.clone(), call.chosen))
    });
    move || {
        let (lookup, data, matches, chosen) = known.get();
        let retry = move |_| live.send(ClientMessage::RetryLookup { call_id: id.get_value() });
        match lookup {
            Lookup::Looking => view! { <p class="notice skeleton" role="status">{t(|t| t.looking)}</p> }.into_any(),
            Lookup::Unknown => {
                let phone = call.with_untracked(|call| call.caller_phone.clone()).filter(|_| may_add);
                let added = Callback::new(move |()| {
                    // Every desk that has the card looks at the customer then.
                    live.send(ClientMessage::RetryLookup { call_id: id.get_value() });
                    browser::focus(element_id(&id.get_value()));
                });
                view! {
                    <div class="notice">
                        {t(|t| t.unknown_customer)}
                        {phone.map(|phone| view! { <AddCustomer call=id.get_value() number=phone.national() added/> })}
                    </div>
                }.into_any()
            }
            Lookup::Failed { .. } => view! {
                <p class="notice" role="status">{t(|t| t.lookup_failed)} " " <button class="btn retry" on:click=retry>{t(|t| t.retry)}</button></p>
            }.into_any(),
            Lookup::None => ().into_any(),
            Lookup::Found => view! {
                {(matches.len() > 1).then(|| view! { <Matches live call=id.get_value() matches chosen/> })}
                {data.map(|customer| view! { <Facts customer/> })}
            }.into_any(),
        }
    }
}

/// Several customers on one number: the agent who talks says who it is.
#[component]
fn Matches(
    live: Live,
    call: CallId,
    matches: Vec<domain::customer::CustomerData>,
    chosen: Option<CustomerId>,
) -> impl IntoView {
    let choices = matches.into_iter().map(|customer| {
        let (call_id, customer_id) = (call.clone(), customer.id);
        let choose = move |_| live.send(ClientMessage::Choose { call_id: call_id.clone(), customer_id });
        let name = format!("choice-{call}");
        let last = customer.last_booking.map(|last| match last.booking {
            Some(booking) => format::date(booking.at.date()),
            None => last.info,
        });
        view! {
            <label class="match"><input type="radio" name=name checked=chosen == Some(customer_id) on:change=choose/>
                <b>{customer.name}</b> " " <span class="dim">{last}</span></label>
        }
    });
    view! { <fieldset class="matches"><legend>{t(|t| t.several_customers)}</legend>{choices.collect_view()}</fieldset> }
}
