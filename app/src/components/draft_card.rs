//! A draft of a call that is over and on no board any more: typed before a tab was closed or a
//! server restarted.

use domain::note::KeptDraft;
use leptos::prelude::*;

use super::note_box::NoteBox;
use crate::{format, notes::use_notebook, texts::texts};

#[component]
pub fn DraftCard(kept: KeptDraft) -> impl IntoView {
    let notebook = use_notebook();
    let texts = texts();
    let id = kept.draft.call_id.clone();
    let number = format::draft_number(&kept);
    let started = kept.started_at.map(format::day_and_time);
    let shown_id = id.to_string();
    let discarded = id.clone();
    let close = Callback::new(move |()| notebook.discard(discarded.clone(), true));
    view! {
        <article class="card" data-call-id=shown_id data-phase="wrapup">
            <div class="strip">
                <span class="chip phase">{move || texts.get().phase_ended}</span>
                <b class="name">{move || format::draft_caller(&kept, texts.get())}</b>
                <span class="dim num">{number}</span>
                <span class="clock num dim">{started}</span>
            </div>
            <NoteBox call=id state=Signal::derive(|| None) done=true close/>
        </article>
    }
}
