//! The browser's entry point: hydrate the page that the server rendered, and nothing else.

// A page is one deeply nested type.
#![recursion_limit = "256"]

use leptos::{mount::hydrate_from_async, prelude::document, task::tick};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;

/// Brings the page to life, whose code may have to be fetched first, and marks it as alive.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let Some(body) = document().body() else { return };
    spawn_local(async move {
        hydrate_from_async(body, app::App).await.forget();
        // The effects of the page have run by then.
        tick().await;
        app::browser::mark_hydrated();
    });
}
