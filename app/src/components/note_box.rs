//! The note on a card: the text, where it is kept, and what to do in a conflict.

use domain::{
    ids::CallId,
    note::{ColleagueDraft, MAX_TYPED},
    view::CallState,
};
use leptos::prelude::*;

use super::error_text::error_text;
use crate::{
    format,
    notes::{
        state::{NoteState, Whereabouts},
        use_notebook,
    },
    texts::{Texts, t, texts},
};

/// The id of a call's note on the page.
pub fn element_id(call: &CallId) -> String {
    format!("note-{call}")
}

/// The note of a call. `done` where the call is over here: then its card can be closed, which `close`
/// does.
#[component]
pub fn NoteBox(
    call: CallId,
    #[prop(into)] state: Signal<Option<CallState>>,
    #[prop(into)] done: Signal<bool>,
    close: Callback<()>,
) -> impl IntoView {
    let notebook = use_notebook();
    notebook.opened(&call);
    let note = notebook.note(&call);
    let texts = texts();
    let customer = move || {
        let state = state.get_untracked()?;
        state.chosen.or(state.data.filter(|_| state.matches.len() < 2).map(|data| data.id))
    };
    let id = element_id(&call);
    let label_for = id.clone();
    let text = {
        let note = note.clone();
        move || note.with(|note| note.text().to_owned())
    };
    let typed = {
        let note = note.clone();
        move |ev| notebook.typed(&note, event_target_value(&ev), customer())
    };
    let save = {
        let note = note.clone();
        move || notebook.save(note.clone(), customer())
    };
    let save_and_close = save_and_close(note.clone(), save.clone(), close);
    let save_by_key = {
        let (save, save_and_close) = (save.clone(), save_and_close.clone());
        move |ev: leptos::ev::KeyboardEvent| {
            let act: &dyn Fn() = match ev.key().as_str() {
                "Enter" if ev.ctrl_key() || ev.meta_key() => &save,
                "Enter" if ev.alt_key() && done.get_untracked() => &save_and_close,
                _ => return,
            };
            ev.prevent_default();
            act();
        }
    };
    let kind = {
        let note = note.clone();
        move || note.with(kind)
    };
    let said = {
        let note = note.clone();
        // Until the browser has a letter more, the word about the others stands, or it would flicker.
        Memo::new(move |before: Option<&String>| {
            let texts = texts.get();
            note.with(|note| match (note.whereabouts(), before) {
                (Whereabouts::Here, Some(before)) if before == texts.kept_in_browser => before.clone(),
                _ => said(note, texts),
            })
        })
    };
    let clean = {
        let note = note.clone();
        move || note.with(|note| !note.is_dirty() || *note.whereabouts() == Whereabouts::Saving)
    };
    let colleagues = {
        let note = note.clone();
        Memo::new(move |_| note.with(|note| note.colleagues().to_vec()))
    };
    view! {
        <div class="note">
            <label for=label_for>{t(|t| t.note)}</label>
            <For each=move || colleagues.get() key=|draft| (draft.author.clone(), draft.kept_at) let:draft>
                {
                    let ColleagueDraft { author, text, .. } = draft;
                    view! { <p class="colleague"><b>{move || (texts.get().colleague_writes)(&author)}</b> " " {text}</p> }
                }
            </For>
            <textarea id=id name="note" maxlength=MAX_TYPED.to_string() placeholder=t(|t| t.note_hint) prop:value=text on:input=typed on:keydown=save_by_key></textarea>
            <Conflict note/>
            <div class="row">
                <span class="saved" role="status" data-where=kind>{said}</span>
                {move || done.get().then(|| view! { <button class="btn close" on:click=move |_| close.run(())>{t(|t| t.close)}</button> })}
                <button class="btn save" class:primary=move || !done.get() disabled=clean on:click=move |_| save() aria-keyshortcuts="Control+Enter">
                    {t(|t| t.save)} <kbd>"Ctrl ↵"</kbd>
                </button>
                {move || {
                    let save_and_close = save_and_close.clone();
                    done.get().then(|| view! {
                        <button class="btn primary save-and-close" on:click=move |_| save_and_close() aria-keyshortcuts="Alt+Enter">
                            {t(|t| t.save_and_close)} <kbd>"Alt ↵"</kbd>
                        </button>
                    })
                }}
            </div>
        </div>
    }
}

/// Saves, and closes the card once the note is in the database; what could not be saved, or is typed
/// meanwhile, leaves it open.
fn save_and_close(
    note: ArcRwSignal<NoteState>,
    save: impl Fn() + Clone + Send + Sync + 'static,
    close: Callback<()>,
) -> impl Fn() + Clone + Send + Sync + 'static {
    let closing = RwSignal::new(false);
    let watched = note.clone();
    Effect::new(move |_| {
        if !closing.get() {
            return;
        }
        match watched.with(|note| (note.whereabouts().clone(), note.is_dirty())) {
            (Whereabouts::Saved { .. }, false) => close.run(()),
            (Whereabouts::Saving | Whereabouts::Waiting, _) => {}
            _ => closing.set(false),
        }
    });
    move || {
        if note.with_untracked(NoteState::is_dirty) {
            save();
            closing.set(true);
        } else {
            close.run(());
        }
    }
}

#[component]
fn Conflict(note: ArcRwSignal<NoteState>) -> impl IntoView {
    let notebook = use_notebook();
    move || {
        let Whereabouts::Conflict(theirs) = note.with(|note| note.whereabouts().clone()) else { return None };
        let (mine, both, take) = (note.with_untracked(|note| note.text().to_owned()), note.clone(), note.clone());
        Some(view! {
            <div class="conflict" role="group" aria-label=t(|t| t.conflict)>
                <div><b>{t(|t| t.mine)}</b><p>{mine}</p>
                    <button class="btn" on:click=move |_| notebook.keep_both(&both)>{t(|t| t.keep_mine)}</button></div>
                <div><b>{t(|t| t.theirs)} " · " {theirs.author.clone()}</b><p>{theirs.text.clone()}</p>
                    <button class="btn" on:click=move |_| notebook.take_theirs(&take)>{t(|t| t.take_theirs)}</button></div>
            </div>
        })
    }
}

fn kind(note: &NoteState) -> &'static str {
    match note.whereabouts() {
        Whereabouts::Nowhere => "nowhere",
        Whereabouts::Here if note.is_on_page_alone() => "page",
        Whereabouts::Here => "here",
        Whereabouts::Browser => "browser",
        Whereabouts::Server(_) => "server",
        Whereabouts::Saving => "saving",
        Whereabouts::Waiting => "waiting",
        Whereabouts::SignInNeeded => "signin",
        Whereabouts::Saved { .. } => "saved",
        Whereabouts::Conflict(_) => "conflict",
        Whereabouts::Refused(_) => "refused",
    }
}

/// Where the text is, in words.
pub fn said(note: &NoteState, texts: &'static Texts) -> String {
    let words = match note.whereabouts() {
        Whereabouts::Nowhere | Whereabouts::Here => String::new(),
        Whereabouts::Browser => texts.kept_in_browser.to_owned(),
        Whereabouts::Server(at) => format!("{} {}", texts.kept_on_server, format::time_with_seconds(*at)),
        Whereabouts::Saving => texts.saving.to_owned(),
        Whereabouts::Waiting => texts.waiting_for_database.to_owned(),
        Whereabouts::SignInNeeded => texts.sign_in_to_save.to_owned(),
        Whereabouts::Saved { at, .. } => format!("{} {}", texts.saved, format::time_with_seconds(*at)),
        Whereabouts::Conflict(_) => texts.conflict.to_owned(),
        Whereabouts::Refused(error) => format!("{}: {}", texts.not_saved, error_text(error, texts)),
    };
    match (note.is_on_page_alone(), words.is_empty()) {
        (false, _) => words,
        (true, true) => texts.only_on_page.to_owned(),
        (true, false) => format!("{words} · {}", texts.only_on_page),
    }
}
