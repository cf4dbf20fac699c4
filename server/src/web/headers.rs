//! What every answer says to the browser about safety and caching.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use leptos::{
    context::use_context,
    nonce::use_nonce,
    prelude::{Env, LeptosOptions},
};
use leptos_router::components::provide_server_redirect;

use crate::config::is_this_machine;
use crate::site::Site;

/// What a monitor on the machine itself may ask for without knowing the public name.
const WATCHED: [&str; 2] = ["/health", "/metrics"];

/// What the page that answers a request tells the guard, by the request's own extensions: its nonce,
/// without which its scripts stay dead, so that there is one place that says the policy; and which
/// page is to be seen instead, whoever asks.
#[derive(Clone, Default)]
pub struct PageWord(Arc<Word>);

#[derive(Default)]
struct Word {
    nonce: OnceLock<String>,
    /// The path of the page that is to be seen instead.
    instead: OnceLock<String>,
}

impl PageWord {
    /// Called in the context of a page.
    pub fn listen() {
        let Some(Self(word)) = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Self>().cloned()) else {
            return;
        };
        // A request has one page, and the first of its redirections counts.
        if let Some(nonce) = use_nonce() {
            let _ = word.nonce.set(nonce.to_string());
        }
        provide_server_redirect(move |path| {
            let _ = word.instead.set(path.to_owned());
        });
    }
}

/// Refuses requests for another host, and changes that a page of another origin asks for
/// (CSRF); then adds the headers.
pub async fn guard(
    State(site): State<Site>,
    State(leptos): State<LeptosOptions>,
    mut request: Request,
    next: Next,
) -> Response {
    // A proxy that speaks HTTP/2 to us names the host in the address.
    let in_address = request.uri().authority().map(Authority::as_str);
    let host = in_address.or_else(|| named_host(request.headers())).unwrap_or("");
    // No site has this machine's own name, so no page of another one gets here by it.
    let is_watched = WATCHED.contains(&request.uri().path()) && is_this_machine(host);
    if !site.is_host(host) && !is_watched {
        return (StatusCode::MISDIRECTED_REQUEST, misdirected(host)).into_response();
    }
    let is_change = !request.method().is_safe();
    if is_change && !(site.is_ours(request.headers()) && is_same_origin(request.headers())) {
        return (StatusCode::FORBIDDEN, "only Ringside's own pages may ask for this").into_response();
    }
    let kept = Kept::of(request.uri().path());
    let PageWord(word) = PageWord::default();
    request.extensions_mut().insert(PageWord(word.clone()));
    let mut response = next.run(request).await;
    if let Some(Ok(instead)) = word.instead.get().map(HeaderValue::try_from) {
        response = (StatusCode::FOUND, [(header::LOCATION, instead)]).into_response();
    }
    let is_there = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    // No other site may load what we answer as its own picture or script, or keep hold of a
    // window of ours.
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    if site.is_framed_by_others() {
        part_cookies(headers);
    }
    if site.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    // What is not there today may be there tomorrow.
    let caching = match kept {
        Kept::ForEver if is_there => "public, max-age=31536000, immutable",
        Kept::ForEver | Kept::UntilChanged => "no-cache",
        Kept::Never => "no-store",
    };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(caching));
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let nonce = word.nonce.get().map_or("", String::as_str)
        && let Ok(policy) = HeaderValue::try_from(policy(&site, nonce, reloader(&leptos)))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// How long a browser may keep what is at a path.
#[derive(Clone, Copy)]
enum Kept {
    /// Pages, which show who is signed in, and all answers.
    Never,
    /// Asked for again by its date.
    UntilChanged,
    /// What is there never changes: a build's folder has the build's name, and another font another one.
    ForEver,
}

impl Kept {
    fn of(path: &str) -> Self {
        let is_build = |rest: &str| {
            let name = rest.split_once('/').map_or("", |(name, _)| name);
            name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        match path.strip_prefix("/pkg/") {
            Some(rest) if is_build(rest) => Self::ForEver,
            Some(_) => Self::UntilChanged,
            None if path.starts_with("/fonts/") => Self::ForEver,
            None if path.starts_with("/favicon.") => Self::UntilChanged,
            None => Self::Never,
        }
    }
}

/// The host of the `Host` header. None where there are several: a proxy may have gone by another one
/// of them (RFC 9112, 3.2).
fn named_host(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    hosts.next().is_none().then_some(host)
}

/// What somebody reads who opened another address than `public_url`, most likely the administrator
/// who sets up the proxy. The right name is not told: whoever guesses names learns none.
fn misdirected(host: &str) -> String {
    format!(
        "The request is for the host {host:?}. Expected: the host and port of public_url, as ringside.toml has it; \
         the scheme's own port (80 or 443) may be left out. Open Ringside at its public_url, or correct public_url. \
         A reverse proxy has to pass the Host header on as it came."
    )
}

/// Browsers that say so name the relation of the page that asks; those that do not have said
/// `Origin`.
fn is_same_origin(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin")
}

/// In a frame of another site the cookie is that site's copy alone (CHIPS): browsers that block
/// what follows a person from site to site let it through. The session layer cannot say it.
fn part_cookies(headers: &mut HeaderMap) {
    let header::Entry::Occupied(mut cookies) = headers.entry(header::SET_COOKIE) else { return };
    for cookie in cookies.iter_mut() {
        if let Ok(parted) = HeaderValue::try_from([cookie.as_bytes(), b"; Partitioned"].concat()) {
            *cookie = parted;
        }
    }
}

/// Where `cargo leptos watch` tells pages to load again, when it runs.
fn reloader(leptos: &LeptosOptions) -> Option<String> {
    let address = SocketAddr::new(leptos.site_addr.ip(), leptos.reload_port.try_into().ok()?);
    (leptos.env == Env::DEV).then(|| format!(" ws://{address}"))
}

/// The content security policy: scripts and styles of our own, the page's nonce, and WASM.
fn policy(site: &Site, nonce: &str, reloader: Option<String>) -> String {
    let nonce = if nonce.is_empty() { String::new() } else { format!(" 'nonce-{nonce}'") };
    let reloader = reloader.unwrap_or_default();
    let socket = site.origin().replacen("http", "ws", 1);
    format!(
        "default-src 'self'; script-src 'self'{nonce} 'wasm-unsafe-eval'; style-src 'self'{nonce}; \
         img-src 'self' data:; font-src 'self'; connect-src 'self' {socket}{reloader}; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors {}",
        site.frame_ancestors()
    )
}
