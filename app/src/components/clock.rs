//! A running time, by the server's clock.

use domain::Timestamp;
use leptos::prelude::*;

use crate::{format, live::Live};

/// The time since `since`, to the second.
#[component]
pub fn Clock(live: Live, #[prop(into)] since: Signal<Timestamp>) -> impl IntoView {
    let shown = move || format::clock(live.elapsed_ms(since.get()));
    view! { <span class="clock num">{shown}</span> }
}
