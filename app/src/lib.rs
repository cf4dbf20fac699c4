//! The pages of Ringside, rendered on the server and alive in the browser.

pub mod error;
#[cfg(feature = "ssr")]
pub mod ports;

use leptos::prelude::*;

/// The whole page, on the server; the document that the browser hydrates.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    use leptos_meta::MetaTags;
    view! {
        <!DOCTYPE html>
        <html lang="vi">
            <head>
                <meta charset="utf-8"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

/// Everything inside the document's body.
#[component]
pub fn App() -> impl IntoView {
    "Ringside"
}
