//! A running time, by the server's clock.

use domain::Timestamp;
use leptos::prelude::*;

use crate::{format, live::Live};

/// The time since `since`, to the second; to `until` where it is over.
#[component]
pub fn Clock(
    live: Live,
    #[prop(into)] since: Signal<Timestamp>,
    #[prop(into)] until: Signal<Option<Timestamp>>,
) -> impl IntoView {
    let shown = move || match until.get() {
        Some(until) => format::clock(until.as_millisecond() - since.get().as_millisecond()),
        None => format::clock(live.elapsed_ms(since.get())),
    };
    view! { <span class="clock num">{shown}</span> }
}
