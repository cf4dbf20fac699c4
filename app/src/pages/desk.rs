//! The agent's desk: recent calls, the card in use with the others as strips, the customer's
//! history.

use domain::{call::CallPhase, ids::CallId, protocol::CallState, role::SignedIn};
use leptos::prelude::*;

use crate::{
    components::{
        card::Card,
        customer_history::CustomerHistory,
        draft_card::DraftCard,
        guarded::Guarded,
        recent::Recent,
        strip::{LeftStrip, Strip},
    },
    live::use_live,
    notes::use_notebook,
    texts::t,
};

#[component]
pub fn Desk() -> impl IntoView {
    view! { <Guarded may=|who| who.desk.is_some() view=|who| view! { <DeskOf who/> }/> }
}

#[component]
fn DeskOf(who: SignedIn) -> impl IntoView {
    let live = use_live();
    let notebook = use_notebook();
    let own = who.desk.map(|seat| seat.exten);
    let account = who.account;
    Effect::new(move |_| notebook.open_for(account));
    Effect::new(move |_| {
        if let Some(merged) = live.merged.get() {
            notebook.merged(&merged.from, &merged.into);
        }
    });
    Effect::new(move |_| {
        if let Some((call, _)) = live.refetch.get() {
            let note = notebook.note(&call);
            notebook.fetch(call, note);
        }
    });

    let picked = RwSignal::new(None::<CallId>);
    let calls = Memo::new(move |_| live.calls.all());
    let in_use = Memo::new(move |before: Option<&Option<CallId>>| {
        calls.with(|calls| choose(calls, picked.get().as_ref(), before.and_then(Option::as_ref)))
    });
    let customer = Signal::derive(move || {
        let id = in_use.get()?;
        live.calls.row(&id)?.get().data
    });
    let card = move || {
        in_use.get().and_then(|id| live.calls.row(&id)).map(|call| {
            view! { <Card live call own=own.clone()/> }
        })
    };
    let others = move || {
        let in_use = in_use.get();
        let mut rest: Vec<_> = calls.get().into_iter().filter(|call| Some(&call.call_id) != in_use.as_ref()).collect();
        rest.sort_by_key(rank);
        rest.into_iter().map(|call| call.call_id).collect::<Vec<_>>()
    };
    let drafts = move || {
        let drafts = notebook.drafts.get().into_iter();
        drafts
            .filter(|it| calls.with(|calls| calls.iter().all(|call| call.call_id != it.draft.call_id)))
            .collect::<Vec<_>>()
    };
    let quiet = move || live.known.get() && calls.with(Vec::is_empty);
    view! {
        <div class="desk">
            <Recent/>
            <section class="stack" aria-label=t(|t| t.calls)>
                {card}
                <For each=others key=Clone::clone let:id>
                    {live.calls.row(&id).map(|call| view! { <Strip live call open=Callback::new(move |()| picked.set(Some(id.clone())))/> })}
                </For>
                <For each=drafts key=|it| it.draft.call_id.clone() let:kept><DraftCard kept/></For>
                {move || quiet().then(|| view! { <div class="empty"><b>{t(|t| t.no_calls)}</b><p>{t(|t| t.no_calls_hint)}</p></div> })}
                <For each=move || live.left.get() key=|left| (left.call.call_id.clone(), left.at_ms) let:left><LeftStrip left/></For>
            </section>
            <CustomerHistory customer/>
        </div>
    }
}

/// Talking before ringing before wrap-up; within each, the older first.
fn rank(call: &CallState) -> (u8, i64) {
    let phase = match call.phase {
        CallPhase::Talking | CallPhase::Held => 0,
        CallPhase::Ringing | CallPhase::Waiting => 1,
        CallPhase::Ended => 2,
    };
    (phase, call.started_at.as_millisecond())
}

/// The call whose card is open. A new ring never replaces one in use: it only takes the place
/// of a call in wrap-up that nobody picked.
fn choose(calls: &[CallState], picked: Option<&CallId>, before: Option<&CallId>) -> Option<CallId> {
    let there = |id: &CallId| calls.iter().find(|call| call.call_id == *id);
    if let Some(call) = picked.and_then(there) {
        return Some(call.call_id.clone());
    }
    let kept = before.and_then(there).filter(|call| call.phase != CallPhase::Ended);
    kept.or_else(|| calls.iter().min_by_key(|call| rank(call))).map(|call| call.call_id.clone())
}
