//! A moment after something changed: the history is written by a queue, which takes a little.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

/// Longer than a record waits before it is written.
const SETTLES: Duration = Duration::from_secs(1);

/// Notifies a moment after what `follow` tracks has last changed. Only in the browser.
pub fn settled(follow: impl Fn() + 'static) -> Trigger {
    let settled = Trigger::new();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    Effect::new(move |before: Option<()>| {
        follow();
        if before.is_some() {
            stop();
            waiting.set_value(set_timeout_with_handle(move || settled.notify(), SETTLES).ok());
        }
    });
    on_cleanup(stop);
    settled
}
