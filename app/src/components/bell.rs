//! What calls the agent when the page is not in sight: the title, a sound, a notification.
//! Sound and notifications are asked for on a click; refused, the title says it all the same.

use domain::call::CallPhase;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    browser, format,
    live::use_live,
    texts::{t, texts},
};

/// Turns sound and notifications on; remembered in this browser.
#[component]
pub fn AlertsButton() -> impl IntoView {
    let on = RwSignal::new(false);
    let live = use_live();
    let texts = texts();
    let ringing = Memo::new(move |_| {
        let mut calls = live.calls.all().into_iter();
        calls.find(|call| call.phase == CallPhase::Ringing).map(|call| format::caller(&call, texts.get()))
    });
    #[cfg(feature = "hydrate")]
    ring_aloud(on, ringing);
    let title = move || ringing.get().map_or_else(String::new, |name| format!("☎ {name}"));
    view! {
        <Title text=title/>
        <button
            class="pick wide alerts" aria-pressed=move || on.get().to_string()
            on:click=move |_| { on.update(|on| *on = !*on); browser::ask_to_notify(); }
        >
            {move || if on.get() { texts.get().alerts_are_on } else { t(|t| t.alerts_on)() }}
        </button>
    }
}

/// One tab of a browser rings aloud: the one that last said so in the browser's storage.
#[cfg(feature = "hydrate")]
fn ring_aloud(on: RwSignal<bool>, ringing: Memo<Option<String>>) {
    use std::time::Duration;

    const LEADER: &str = "ringside.bell";
    let me = StoredValue::new(browser::new_uuid().to_string());
    let audio = StoredValue::new_local(None::<web_sys::AudioContext>);
    Effect::new(move |_| {
        if on.get() && audio.with_value(Option::is_none) {
            audio.set_value(web_sys::AudioContext::new().ok());
        }
    });
    Effect::new(move |_| {
        if let (true, Some(name)) = (on.get(), ringing.get()) {
            me.with_value(|me| browser::store(LEADER, me));
            browser::notify(&name);
        }
    });
    set_interval(
        move || {
            let leads =
                browser::stored(LEADER).is_none_or(|leader| me.with_value(|me| *me == leader) || browser::is_visible());
            if on.get_untracked() && ringing.get_untracked().is_some() && leads {
                audio.with_value(|audio| audio.as_ref().and_then(browser::strike_bell));
            }
        },
        Duration::from_secs(2),
    );
}
