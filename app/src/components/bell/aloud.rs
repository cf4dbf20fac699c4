//! The sound, in one tab of the browser, and the notification.

use std::time::Duration;

use domain::{ids::CallId, view::CallState};
use leptos::{ev, prelude::*};

use super::{identified, is_on};
use crate::{
    browser::{self, Bell, Turn},
    format,
};

const STROKES: Duration = Duration::from_secs(2);

/// Of the tabs that may make a sound, one rings: the others wait their turn, and have it when that
/// tab is closed. A browser lets a tab make a sound once it was clicked or typed in.
pub fn ring(
    on: RwSignal<bool>,
    ringing: Memo<Option<(String, CallState)>>,
    rings: RwSignal<bool>,
    may_sound: RwSignal<bool>,
    open: Callback<CallId>,
) {
    let recall = move || on.set(is_on());
    Effect::new(move |_| recall());
    let elsewhere = window_event_listener(ev::storage, move |_| recall());

    let bell = StoredValue::new_local(None::<Bell>);
    let rouse = move || {
        if !on.get_untracked() || may_sound.get_untracked() {
            return;
        }
        if bell.with_value(Option::is_none) {
            bell.set_value(Bell::new());
        }
        bell.with_value(|bell| {
            if let Some(bell) = bell {
                bell.rouse(move || {
                    may_sound.try_set(true);
                });
            }
        });
    };
    Effect::new(move |_| {
        on.track();
        rouse();
    });
    let clicked = window_event_listener(ev::click, move |_| rouse());
    let typed = window_event_listener(ev::keyup, move |_| rouse());
    on_cleanup(move || {
        elsewhere.remove();
        clicked.remove();
        typed.remove();
    });

    let turn = StoredValue::new_local(None::<Turn>);
    let wanted = Memo::new(move |_| on.get() && may_sound.get() && ringing.with(Option::is_some));
    Effect::new(move |_| {
        rings.set(false);
        turn.set_value(None);
        if wanted.get() {
            let begun = move || {
                rings.try_set(true);
            };
            turn.set_value(Turn::take("ringside.bell", begun));
        }
    });
    Effect::new(move |_| {
        if !rings.get() {
            return;
        }
        let strike = move || {
            bell.with_value(|bell| bell.as_ref().and_then(Bell::strike));
        };
        strike();
        if let Ok(strokes) = set_interval_with_handle(strike, STROKES) {
            on_cleanup(move || strokes.clear());
        }
    });
    // Once a ring.
    let told = Memo::new(move |_| {
        let (name, call) = identified(ringing)?;
        let number = format::number_beside(&call);
        Some((call.call_id, name, number))
    });
    Effect::new(move |_| {
        if let (true, Some((id, name, number))) = (on.get(), told.get()) {
            let about = id.to_string();
            browser::notify(&name, &number, &about, move || open.run(id.clone()));
        }
    });
}
