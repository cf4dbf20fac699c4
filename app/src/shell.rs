//! The document around the app, on the server: language and theme from cookies, scripts with the
//! page's nonce.

use http::{header, request::Parts};
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::{App, texts::Lang};

/// The whole page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let lang = cookie("lang").and_then(|tag| Lang::from_tag(&tag)).unwrap_or_default();
    let theme = cookie("theme").filter(|theme| theme == "light" || theme == "dark");
    view! {
        <!DOCTYPE html>
        <html lang=lang.tag() data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <link rel="stylesheet" href="/pkg/ringside.css"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

/// A cookie of this request, if there is a request: routes are listed without one.
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}
