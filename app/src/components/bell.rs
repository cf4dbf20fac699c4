//! What calls the agent when the page is not in sight: the title, a sound, a notification.
//! Sound and notifications are asked for on a click; refused, the title says it all the same. In a
//! frame of another site there are no notifications and the title is that site's: the bell says that
//! it only sounds, and offers a tab of its own.

#[cfg(feature = "hydrate")]
mod aloud;

use domain::view::{CallState, Lookup};
use leptos::prelude::*;
use leptos_meta::Title;

use super::icon::{Icon, Shape};
use crate::{
    browser::{self, Notices},
    format,
    live::use_live,
    texts::{t, texts},
};

/// The call that rings, the latest of several, and the name that it goes by.
fn ringing() -> Memo<Option<(String, CallState)>> {
    let (live, texts) = (use_live(), texts());
    Memo::new(move |_| {
        let ringing = live.calls.all().into_iter().filter(CallState::rings);
        ringing.max_by_key(|call| call.started_at).map(|call| (format::caller(&call, texts.get()), call))
    })
}

/// The ring, once it is known who calls, or known that nobody knows.
fn identified(ringing: Memo<Option<(String, CallState)>>) -> Option<(String, CallState)> {
    ringing.get().filter(|(_, call)| call.lookup != Lookup::Looking)
}

/// A ring in the page's title, and once for whoever listens to the page instead of looking at it:
/// when it is known who calls, or known that nobody knows.
#[component]
pub fn RingTold() -> impl IntoView {
    let (ringing, texts) = (ringing(), texts());
    let title = move || ringing.get().map_or_else(String::new, |(name, _)| format!("☎ {name}"));
    let rings = Memo::new(move |_| ringing.with(Option::is_some));
    let spoken = Memo::new(move |_| {
        let (name, _) = identified(ringing)?;
        Some(format!("{}: {name}", texts.get().ringing))
    });
    view! {
        // Above the page's own title, for as long as it rings.
        {move || rings.get().then(|| view! { <Title text=title/> })}
        <p class="spoken" role="status">{move || spoken.get()}</p>
    }
}

/// Turns sound and notifications on; remembered in this browser, and followed by all its tabs.
/// `data-rings` is on the one tab that rings aloud.
#[component]
pub fn AlertsButton() -> impl IntoView {
    let (on, rings, may_sound) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let notices = RwSignal::new(Notices::default());
    #[cfg(feature = "hydrate")]
    {
        aloud::ring(on, ringing(), rings, may_sound, super::corner::opener());
        // Not before the page is alive as the server drew it.
        Effect::new(move |_| notices.set(browser::notices()));
    }
    let toggle = move |_| {
        on.update(|on| *on = !*on);
        remember(on.get_untracked());
        if on.get_untracked() && notices.get_untracked() != Notices::Framed {
            browser::ask_to_notify(move || {
                #[cfg(feature = "hydrate")]
                notices.try_set(browser::notices());
            });
        }
    };
    let texts = texts();
    // A browser keeps a page silent until somebody has clicked on it, or typed.
    let is_silent = move || on.get() && !may_sound.get();
    let is_sound_only = move || on.get() && notices.get() != Notices::Possible;
    let said = move || {
        let texts = texts.get();
        match () {
            () if is_silent() => texts.alerts_silent,
            () if is_sound_only() => texts.sound_only,
            () => texts.alerts,
        }
    };
    let label = move || match said() {
        said if said == texts.get().alerts => said.to_owned(),
        said => format!("{}: {said}", texts.get().alerts),
    };
    let hint = move || match notices.get() {
        _ if is_silent() => texts.get().alerts_silent_hint,
        Notices::Possible => texts.get().alerts_hint,
        Notices::Blocked => texts.get().sound_only_blocked,
        Notices::Framed => texts.get().sound_only_framed,
    };
    let is_framed = move || notices.get() == Notices::Framed;
    view! {
        <button
            class="pick alerts" aria-pressed=move || on.get().to_string() data-rings=move || rings.get().to_string()
            data-silent=move || is_silent().to_string()
            aria-label=label title=hint on:click=toggle
        >
            {move || if on.get() { view! { <Icon shape=Shape::Bell/> } } else { view! { <Icon shape=Shape::Silent/> } }}
            <span class:wide=move || !is_sound_only() && !is_silent()>{said}</span>
        </button>
        {move || is_framed().then(|| view! {
            <a
                class="pick own-tab" href="/" target="_blank" rel="external noopener"
                aria-label=t(|t| t.own_tab_hint) title=t(|t| t.own_tab_hint)
            >
                <Icon shape=Shape::Out/>
                <span class="wide">{t(|t| t.own_tab)}</span>
            </a>
        })}
    }
}

/// What this person chose, in this browser's storage.
const REMEMBERED: &str = "ringside.alerts";

fn remember(on: bool) {
    browser::store(REMEMBERED, if on { "on" } else { "off" });
}

/// Are they on? Until somebody chooses: where this browser is allowed to notify.
#[cfg(feature = "hydrate")]
fn is_on() -> bool {
    match browser::stored(REMEMBERED).as_deref() {
        Some("off") => false,
        Some(_) => true,
        None => browser::may_notify(),
    }
}
