//! The agent's desk: recent calls, the card in use with the others as strips, the customer's
//! history.

use domain::{call::CallPhase, ids::CallId, role::SignedIn, view::CallState};
use leptos::{ev, prelude::*};

use crate::{
    browser,
    components::{
        banners::CameOver,
        card::{Card, STACK},
        customer_history::CustomerHistory,
        draft_card::DraftCard,
        guarded::Guarded,
        note_box::element_id,
        recent::Recent,
        strip::{LeftStrip, Strip},
    },
    live::use_live,
    notes::{state::NoteState, use_notebook},
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
    let recent_of = own.clone();
    let (account, may_add) = (who.account, who.whole_record);
    Effect::new(move |_| notebook.open_for(account));
    Effect::new(move |_| {
        if let Some(merged) = live.merged.get() {
            notebook.merged(&merged.from, &merged.into);
        }
    });
    Effect::new(move |_| {
        if let Some((call, by, _)) = live.refetch.get() {
            notebook.changed(&call, by);
        }
    });

    let in_use = RwSignal::new(None::<CallId>);
    let calls = Memo::new(move |_| if notebook.is_open.get() { live.calls.all() } else { vec![] });
    let is_written = move |id: &CallId| {
        notebook.note(id).with_untracked(NoteState::is_dirty) || browser::is_typing_about(id.as_str())
    };
    // When calls change, and at no other time: a card stays where the eye has found it.
    Effect::new(move |talked: Option<Vec<CallId>>| {
        let talks = calls.with(|calls| ids(calls, |call| rank(call).0 == 0));
        let begun = talked.and_then(|before| talks.iter().find(|id| !before.contains(id)).cloned());
        let chosen = calls.with(|calls| choose(calls, in_use.get_untracked().as_ref(), begun.as_ref(), is_written));
        if in_use.with_untracked(|before| *before != chosen) {
            in_use.set(chosen);
        }
        talks
    });
    let customer = Signal::derive(move || {
        let id = in_use.get()?;
        live.calls.row(&id)?.get().data
    });
    let others = move || {
        let in_use = in_use.get();
        let mut rest: Vec<_> = calls.get().into_iter().filter(|call| Some(&call.call_id) != in_use.as_ref()).collect();
        rest.sort_by_key(rank);
        rest.into_iter().map(|call| call.call_id).collect::<Vec<_>>()
    };
    let next_wrap_up = Memo::new(move |_| {
        let in_use = in_use.get();
        calls.with(|calls| wrap_up_beside(calls, in_use.as_ref(), is_written))
    });
    let drafts = move || {
        let drafts = notebook.drafts.get().into_iter();
        drafts
            .filter(|it| calls.with(|calls| calls.iter().all(|call| call.call_id != it.draft.call_id)))
            .collect::<Vec<_>>()
    };
    let to_note = move || {
        if let Some(id) = in_use.get_untracked() {
            browser::focus(element_id(&id));
        }
    };
    // Whoever opens a call means to write: the strip that had the focus is gone.
    let open = move |id: CallId| {
        in_use.set(Some(id));
        to_note();
    };
    Effect::new(move |_| {
        let wanted = live.wanted.get().filter(|id| calls.with(|calls| calls.iter().any(|call| call.call_id == *id)));
        if let Some(id) = wanted {
            live.wanted.set(None);
            open(id);
        }
    });
    let to_ring = move || {
        let rings = calls.with_untracked(|calls| ring_beside(calls, in_use.get_untracked().as_ref()));
        if let Some(id) = rings {
            open(id);
        }
    };
    let to_wrap_up = move || {
        if let Some(id) = next_wrap_up.get_untracked() {
            open(id);
        }
    };
    Effect::new(move |_| {
        let keys = window_event_listener(ev::keydown, move |ev| {
            let act: &dyn Fn() = match ev.code().as_str() {
                "KeyN" => &to_note,
                "KeyR" => &to_ring,
                "KeyW" => &to_wrap_up,
                _ => return,
            };
            if ev.alt_key() {
                ev.prevent_default();
                act();
            }
        });
        on_cleanup(move || keys.remove());
    });
    let quiet = move || live.known.get() && notebook.is_open.get() && calls.with(Vec::is_empty);
    view! {
        <CameOver/>
        <div class="desk">
            {move || in_use.get().map(|_| view! { <button class="btn skip" aria-keyshortcuts="Alt+N" on:click=move |_| to_note()>{t(|t| t.to_note)}</button> })}
            <Recent own=recent_of/>
            <section class="stack" id=STACK tabindex="-1" aria-label=t(|t| t.calls)>
                {move || in_use.with(Option::is_none).then(|| view! { <h1 class="spoken">{t(|t| t.desk)}</h1> })}
                // Each call has fields of its own: one that was taken over from another call would keep
                // the keys, and what is typed would be written about somebody else.
                <For each=move || in_use.get() key=Clone::clone let:id>
                    {live.calls.row(&id).map(|call| view! { <Card live call own=own.clone() may_add/> })}
                </For>
                <For each=others key=Clone::clone let:id>
                    {live.calls.row(&id).map(|call| {
                        let is_it = id.clone();
                        let is_next_wrap_up = Signal::derive(move || next_wrap_up.with(|next| next.as_ref() == Some(&is_it)));
                        view! { <Strip live call is_next_wrap_up open=Callback::new(move |()| open(id.clone()))/> }
                    })}
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
        _ if call.calls_out() => 0,
        CallPhase::Talking | CallPhase::Held => 0,
        CallPhase::Ringing | CallPhase::Waiting => 1,
        CallPhase::Ended => 2,
    };
    (phase, call.started_at.as_millisecond())
}

/// The call whose card is open. A new ring never replaces one in use: it only takes the place
/// of a call in wrap-up on which nothing is being written. A talk that has `begun` takes the place of
/// any in wrap-up: what is typed from now on is about somebody else.
fn choose(
    calls: &[CallState],
    before: Option<&CallId>,
    begun: Option<&CallId>,
    is_written: impl Fn(&CallId) -> bool,
) -> Option<CallId> {
    let open = before.and_then(|id| calls.iter().find(|call| call.call_id == *id));
    let is_kept = |call: &&CallState| call.phase != CallPhase::Ended || (begun.is_none() && is_written(&call.call_id));
    let kept = open.filter(is_kept);
    // Of two alike, the one whose note is begun, as after a reload; then the one that is open.
    let order = |call: &&CallState| {
        let (phase, since) = rank(call);
        (phase, !is_written(&call.call_id), Some(&call.call_id) != before, since)
    };
    let first = || calls.iter().min_by_key(order);
    kept.or_else(first).map(|call| call.call_id.clone())
}

fn ids(calls: &[CallState], which: impl Fn(&CallState) -> bool) -> Vec<CallId> {
    calls.iter().filter(|call| which(call)).map(|call| call.call_id.clone()).collect()
}

/// The latest call in wrap-up as a strip: before others, one whose note is begun.
fn wrap_up_beside(
    calls: &[CallState],
    in_use: Option<&CallId>,
    is_written: impl Fn(&CallId) -> bool,
) -> Option<CallId> {
    let over = calls.iter().filter(|call| call.phase == CallPhase::Ended && Some(&call.call_id) != in_use);
    over.max_by_key(|call| (is_written(&call.call_id), call.ended_at)).map(|call| call.call_id.clone())
}

/// The oldest call that rings as a strip.
fn ring_beside(calls: &[CallState], in_use: Option<&CallId>) -> Option<CallId> {
    let ringing = calls.iter().filter(|call| call.rings() && Some(&call.call_id) != in_use);
    ringing.min_by_key(|call| rank(call)).map(|call| call.call_id.clone())
}
