//! What stands in the place of a page that cannot be shown.

use leptos::prelude::*;

use crate::{browser, texts::t};

/// Says why the page is not here, and offers to load it again.
#[component]
pub fn ReloadOffer<S: IntoView + 'static>(said: S) -> impl IntoView {
    view! {
        <p class="empty" role="alert">{said} " "
            <button class="btn" on:click=|_| browser::reload()>{t(|t| t.reload)}</button></p>
    }
}
