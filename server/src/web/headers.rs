//! What every answer says to the browser about safety and caching.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::site::Site;

/// Refuses requests for another host, and changes that a page of another origin asks for
/// (CSRF); then adds the headers.
pub async fn guard(State(site): State<Site>, request: Request, next: Next) -> Response {
    let host = request.uri().host().or_else(|| request.headers().get(header::HOST)?.to_str().ok()).unwrap_or("");
    if !site.is_host(host) {
        return (StatusCode::MISDIRECTED_REQUEST, "this server has another name: see public_url").into_response();
    }
    if !request.method().is_safe() && !site.is_ours(request.headers()) {
        return (StatusCode::FORBIDDEN, "only Ringside's own pages may ask for this").into_response();
    }
    let is_asset = ["/pkg/", "/fonts/"].iter().any(|prefix| request.uri().path().starts_with(prefix));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if site.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    // Assets are asked for again by their tag; pages, which show who is signed in, are never kept.
    let caching = if is_asset { "no-cache" } else { "no-store" };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(caching));
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::try_from(policy(&site, ""))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The content security policy: scripts and styles of our own, the page's nonce, and WASM.
pub fn policy(site: &Site, nonce: &str) -> String {
    let nonce = if nonce.is_empty() { String::new() } else { format!(" 'nonce-{nonce}'") };
    let socket = site.origin().replacen("http", "ws", 1);
    format!(
        "default-src 'self'; script-src 'self'{nonce} 'wasm-unsafe-eval'; style-src 'self'{nonce}; \
         img-src 'self' data:; font-src 'self'; connect-src 'self' {socket}; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors {}",
        site.frame_ancestors()
    )
}
