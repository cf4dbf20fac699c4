//! The document around the app, on the server: language and theme, scripts with the page's nonce.

use http::{HeaderName, header, request::Parts};
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::{App, texts::Lang};

/// The whole page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let lang = lang();
    let theme = cookie("theme").filter(|theme| theme == "light" || theme == "dark");
    view! {
        <!DOCTYPE html>
        <html lang=lang.tag() data-theme=theme class=cookie("fonts").map(|_| "fonts")>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <link rel="stylesheet" href=format!("/{}/ringside.css", options.site_pkg_dir)/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

/// The page's language: what the person chose, or else what their browser prefers.
pub fn lang() -> Lang {
    let chosen = cookie("lang").and_then(|tag| Lang::from_tag(&tag));
    chosen.or_else(|| Lang::preferred(&header(&header::ACCEPT_LANGUAGE)?)).unwrap_or_default()
}

/// A header of this request. Several lines of one are a list (RFC 9110, 5.3).
fn header(name: &HeaderName) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let lines: Vec<_> = parts.headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    Some(lines.join(","))
}

/// A cookie of this request, if there is a request: routes are listed without one.
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}
