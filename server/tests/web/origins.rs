//! Whose requests and sockets are let in, how every answer may be used, and in which language it is.

use reqwest::{
    StatusCode,
    header::{self, HeaderMap},
};
use serde_json::json;
use tokio_tungstenite::tungstenite::Error;

use crate::live::Live;

const EMBEDDED: &str = "[embed]\norigins = ['https://crm.example']";

#[tokio::test]
async fn only_our_own_pages_may_change_anything() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    let elsewhere = live.origin.replace("127.0.0.1", "localhost");
    let ours = live.origin.as_str();
    for (origin, site) in [
        (None, None),
        (None, Some("cross-site")),
        (Some("http://evil.example"), None),
        (Some("null"), None),
        (Some(elsewhere.as_str()), None),
        // A browser never says these two together: one of them is forged.
        (Some(ours), Some("cross-site")),
        (Some(ours), Some("same-site")),
    ] {
        let mut request = live.post("/api/sign_out", &json!({})).header(header::COOKIE, &an.cookie);
        for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{origin:?} {site:?}");
    }
    assert_eq!(an.ask("who", json!({})).await.1["login"], "an", "and is still signed in");
    let own = live.post("/api/sign_out", &json!({})).header(header::COOKIE, &an.cookie).header("origin", ours);
    assert_eq!(own.header("sec-fetch-site", "same-origin").send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_host_that_is_not_ours_is_answered_nothing() {
    let live = Live::start().await;
    let (_, port) = live.origin.rsplit_once(':').unwrap();
    for host in
        ["evil.example".to_owned(), format!("evil.example:{port}"), "127.0.0.2.evil.example".to_owned(), String::new()]
    {
        for path in ["/", "/login", "/health", "/ws"] {
            let rebound = live.get(path).header(header::HOST, &host).send().await.unwrap();
            assert_eq!(rebound.status(), StatusCode::MISDIRECTED_REQUEST, "{host} {path}");
        }
    }
}

#[tokio::test]
async fn the_schemes_own_port_is_ours_and_another_is_told() {
    let live = Live::start_as(Some("desk.example"), "").await;
    // In place of the one that is there, not beside it.
    let at = |host: &str| live.get("/login").headers(HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]));
    for host in ["desk.example", "desk.example:443", "Desk.Example:443"] {
        assert_eq!(at(host).send().await.unwrap().status(), StatusCode::OK, "{host}");
    }
    let two = live.get("/login").header(header::HOST, "evil.example").send().await.unwrap();
    assert_eq!(two.status(), StatusCode::MISDIRECTED_REQUEST, "two of them");
    let other = at("desk.example:8443").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::MISDIRECTED_REQUEST);
    let said = other.text().await.unwrap();
    assert!(said.contains("\"desk.example:8443\"") && said.contains("public_url"), "{said}");

    let an = live.sign_in("an", Some("1000")).await;
    let with_port = live.post("/api/who", &json!({})).header(header::COOKIE, &an.cookie);
    let with_port = with_port.header(header::ORIGIN, "https://desk.example:443").send().await.unwrap();
    assert_eq!(with_port.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_page_is_in_the_language_that_was_chosen_or_that_the_browser_prefers() {
    let live = Live::start().await;
    for (cookie, accepted, lang) in [
        (None, None, "vi"),
        (None, Some("en-US,en;q=0.9,vi;q=0.8"), "en"),
        (None, Some("fr-FR,fr;q=0.9,vi;q=0.3,en;q=0.1"), "vi"),
        (Some("lang=vi"), Some("en"), "vi"),
        (Some("lang=en"), Some("vi"), "en"),
        (Some("lang=xx"), Some("en"), "en"),
    ] {
        for path in ["/login", "/nothing-here"] {
            let mut request = live.get(path);
            for (name, value) in [(header::COOKIE, cookie), (header::ACCEPT_LANGUAGE, accepted)] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
            let page = request.send().await.unwrap().text().await.unwrap();
            assert!(page.contains(&format!("<html lang=\"{lang}\"")), "{path} {cookie:?} {accepted:?}");
        }
    }
}

#[tokio::test]
async fn a_monitor_on_the_machine_need_not_know_the_public_name() {
    let live = Live::start().await;
    for host in ["localhost", "127.0.0.1", "[::1]:3000"] {
        for path in ["/health", "/metrics"] {
            let watched = live.get(path).header(header::HOST, host).send().await.unwrap();
            assert_eq!(watched.status(), StatusCode::OK, "{host} {path}");
            assert_eq!(watched.headers()["cache-control"], "no-store");
        }
        let page = live.get("/login").header(header::HOST, host).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
}

#[tokio::test]
async fn every_answer_says_how_it_may_be_used() {
    let live = Live::start().await;
    for path in ["/health", "/metrics", "/login", "/", "/nothing-here", "/api/nothing"] {
        let response = live.get(path).send().await.unwrap();
        let headers = response.headers();
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(headers[name], value, "{path}");
        }
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY), "there is no TLS to insist on");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        for part in ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.split("; ").any(|it| it == part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn each_page_has_a_nonce_of_its_own_and_no_script_without_it() {
    let live = Live::start().await;
    let mut nonces = std::collections::BTreeSet::new();
    for _ in 0..2 {
        let page = live.get("/login").send().await.unwrap();
        let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let html = page.text().await.unwrap();
        let scripts: Vec<_> = html.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
        assert!(!scripts.is_empty());
        for script in scripts {
            assert!(script.contains(&format!("nonce=\"{nonce}\"")), "{script}");
        }
        assert!(!html.contains(" onclick=") && !html.contains("javascript:"), "no script in an attribute");
        nonces.insert(nonce);
    }
    assert_eq!(nonces.len(), 2);
}

#[tokio::test]
async fn only_the_configured_sites_may_frame_us() {
    let live = Live::start_as(Some("desk.example"), EMBEDDED).await;
    let response = live.get("/login").send().await.unwrap();
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.ends_with("frame-ancestors https://crm.example"), "{policy}");
    assert!(policy.contains("wss://desk.example"), "{policy}");
    // It may show us, and nothing else: what it sends itself is refused.
    let forged = live.post("/api/sign_out", &json!({})).header(header::ORIGIN, "https://crm.example");
    assert_eq!(forged.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let socket = live.socket(Some("https://crm.example"), None).await;
    let Err(Error::Http(response)) = socket else { panic!("it was let in") };
    assert_eq!(response.status(), 403);
}

#[tokio::test]
async fn a_cookie_goes_no_further_than_it_must() {
    for (host, more, expected, not) in [
        (None, "", &["HttpOnly", "SameSite=Lax", "Path=/"][..], &["Secure", "Partitioned", "Domain"][..]),
        (Some("desk.example"), "", &["HttpOnly", "SameSite=Lax", "Secure"], &["Partitioned", "Domain"]),
        (Some("desk.example"), EMBEDDED, &["HttpOnly", "SameSite=None", "Secure", "Partitioned"], &["Domain"]),
        // Without TLS no browser would take it.
        (None, EMBEDDED, &["HttpOnly", "SameSite=Lax"], &["SameSite=None", "Secure", "Partitioned"]),
    ] {
        let live = Live::start_as(host, more).await;
        let response = live.attempt("an", Some("1000"), false).await;
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        let parts: Vec<_> = cookie.split("; ").collect();
        assert_eq!(parts[0].starts_with("__Host-"), host.is_some(), "{cookie}");
        assert!(expected.iter().all(|it| parts.contains(it)), "{cookie}");
        assert!(!not.iter().any(|it| parts.iter().any(|part| part.starts_with(it))), "{cookie}");
        let secure = response.headers().get(header::STRICT_TRANSPORT_SECURITY);
        assert_eq!(secure.is_some(), host.is_some(), "HSTS where there is TLS");
        // What is set is also taken back.
        let an = live.browser(response).await;
        assert_eq!(an.ask("who", json!({})).await.1["login"], "an");
    }
}

#[tokio::test]
async fn a_socket_without_our_origin_is_refused_and_one_without_a_session_closed() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    for origin in [None, Some("http://evil.example"), Some("null")] {
        // A cross-site page's socket comes with the person's cookie.
        let Err(Error::Http(response)) = live.socket(origin, Some(&an.cookie)).await else {
            panic!("{origin:?} was let in")
        };
        assert_eq!(response.status(), 403);
    }
    assert_eq!(live.socket(Some(&live.origin), None).await.unwrap().closed().await, 4401);
}
