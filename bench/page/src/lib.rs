//! The least page that Leptos brings to life: what the product's first load is compared with.

use leptos::{IntoView, component, view};
use wasm_bindgen::prelude::wasm_bindgen;

#[component]
fn Empty() -> impl IntoView {
    view! { <main></main> }
}

#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(Empty);
}
