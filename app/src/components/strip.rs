//! A call in one line: another one in hand, or one that left this desk.

use domain::{call::CallPhase, delta::LeftReason, view::CallState};
use leptos::prelude::*;

use super::{
    card::{phase_began, phase_name, phase_text},
    clock::Clock,
    icon::{Icon, Shape},
    note_box::said,
};
use crate::{
    format,
    live::{Left, Live},
    notes::use_notebook,
    texts::{Texts, texts},
};

/// A call in hand; a click opens its card.
#[component]
pub fn Strip(
    live: Live,
    call: ArcRwSignal<CallState>,
    /// Alt+W opens it.
    #[prop(into)]
    is_next_wrap_up: Signal<bool>,
    open: Callback<()>,
) -> impl IntoView {
    let texts = texts();
    let note = use_notebook().note(&call.with_untracked(|call| call.call_id.clone()));
    let call = Signal::derive(move || call.get());
    let phase = Memo::new(move |_| call.with(|call| call.phase));
    let chip = move || match phase.get() {
        CallPhase::Held => "chip phase held",
        _ => "chip phase",
    };
    let unsaved = move || note.with(|note| note.is_dirty().then(|| said(note, texts.get())));
    let rings = move || call.with(CallState::rings);
    let key = move || if rings() { Some("Alt+R") } else { is_next_wrap_up.get().then_some("Alt+W") };
    let hint = move || match key() {
        Some("Alt+R") => Some(texts.get().to_ring),
        Some(_) => Some(texts.get().to_wrap_up),
        None => None,
    };
    let colour = move || call.with(phase_name);
    view! {
        <article class="card" data-call-id=call.with_untracked(|call| call.call_id.to_string()) data-phase=colour>
            <button
                class="strip" on:click=move |_| open.run(())
                aria-keyshortcuts=key title=hint
            >
                {move || rings().then(|| view! { <Icon shape=Shape::Bell/> })}
                <span class=chip>{move || call.with(|call| phase_text(call, texts.get()))}</span>
                <b class="name">{move || call.with(|call| format::caller(call, texts.get()))}</b>
                <span class="dim num">{move || call.with(format::number_beside)}</span>
                <span class="dim">{unsaved}</span>
                {move || key().map(|key| view! { <kbd>{key}</kbd> })}
                <Clock live since=Signal::derive(move || call.with(phase_began))/>
            </button>
        </article>
    }
}

/// A call that others have, or that is over: it folds, and says why.
#[component]
pub fn LeftStrip(left: Left) -> impl IntoView {
    let texts = texts();
    let (call, why, at_ms) = (left.call, left.left, left.at_ms);
    let lasted = at_ms - call.started_at.as_millisecond();
    let name = call.clone();
    view! {
        <article class="card" data-call-id=call.call_id.to_string() data-phase="left">
            <div class="strip" role="status">
                <span class="chip">{move || reason(&why, texts.get())}</span>
                <b class="name">{move || format::caller(&name, texts.get())}</b>
                <span class="dim num">{format::number_beside(&call)}</span>
                <span class="clock num dim">{format::clock(lasted)}</span>
            </div>
        </article>
    }
}

fn reason(left: &domain::delta::CallLeft, texts: &'static Texts) -> String {
    let by = left.by.as_ref().map(|exten| exten.as_str());
    match (left.reason, by) {
        (LeftReason::AnsweredElsewhere, Some(by)) => (texts.answered_by)(by, left.by_name.as_deref()),
        (LeftReason::AnsweredElsewhere, None) => match &left.by_number {
            Some(number) => (texts.answered_outside)(number),
            None => texts.answered_elsewhere.to_owned(),
        },
        (LeftReason::Transferred, Some(by)) => (texts.transferred_to)(by),
        (LeftReason::Abandoned, _) => texts.caller_gave_up.to_owned(),
        (LeftReason::NotAnswered, _) => format::outcome(left.outcome, texts).to_owned(),
        (LeftReason::Ended, _) => texts.phase_ended.to_owned(),
        _ => texts.moved_on.to_owned(),
    }
}
