//! The link to an Asterisk that answers, but not always as it should.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{State, WebSocketUpgrade, ws::Message},
    http::StatusCode,
    routing::{any, get, post},
};
use serde_json::{Value, json};
use server::{ari, config::Config};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_util::sync::CancellationToken;

/// Attempts to send a caller on that this Asterisk refuses.
const REFUSED: usize = 2;

/// A caller has entered our app.
fn entered() -> String {
    let at = "2026-11-24T03:28:04.323+0000";
    let channel = json!({
        "id": "1.1", "name": "PJSIP/trunk-1", "state": "Ring", "caller": { "name": "A", "number": "0904859696" },
        "dialplan": { "context": "from-trunk", "exten": "1900", "app_name": "Stasis", "app_data": "ringside" },
        "creationtime": at, "channelvars": { "CHANNEL(linkedid)": "1.1" },
    });
    json!({ "type": "StasisStart", "timestamp": at, "application": "ringside", "args": [], "channel": channel })
        .to_string()
}

/// An Asterisk that a caller enters once it is listened to. Counts the attempts to send them on.
async fn asterisk() -> (String, Arc<AtomicUsize>) {
    let attempts = Arc::new(AtomicUsize::new(0));
    let info =
        json!({ "system": { "version": "22.0.0" }, "status": { "startup_time": "2026-01-01T00:00:00.000+0000" } });
    let events = async |upgrade: WebSocketUpgrade| {
        upgrade.on_upgrade(async |mut socket| {
            let _ = socket.send(Message::Text(entered().into())).await;
            while let Some(Ok(_)) = socket.recv().await {}
        })
    };
    let go_on = async |State(attempts): State<Arc<AtomicUsize>>| match attempts.fetch_add(1, Relaxed) {
        ..REFUSED => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::NO_CONTENT,
    };
    let list = || get(async || Json(json!([])));
    let router = Router::new()
        .route("/ari/events", get(events))
        .route("/ari/asterisk/info", get(async move || Json::<Value>(info)))
        .route("/ari/channels", list())
        .route("/ari/bridges", list())
        .route("/ari/endpoints", list())
        .route("/ari/channels/{id}/continue", post(go_on))
        .fallback(any(StatusCode::NO_CONTENT))
        .with_state(attempts.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, attempts)
}

#[tokio::test]
async fn a_caller_is_sent_on_although_asterisk_refuses_at_first() {
    let (url, attempts) = asterisk().await;
    let config: Config =
        toml::from_str(&format!("[ari]\nurl = '{url}'\nusername = 'ringside'\npassword = 'x'")).unwrap();
    let (signals, mut heard) = mpsc::channel(ari::SIGNALS);
    let _running = tokio::spawn(ari::run(config.ari.unwrap(), signals, CancellationToken::new()));
    let sent_on = async {
        while attempts.load(Relaxed) <= REFUSED {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(15), sent_on).await.is_ok(), "{attempts:?} attempts");
    assert!(matches!(heard.recv().await, Some(ari::Signal::Up { .. })));
    assert!(matches!(heard.recv().await, Some(ari::Signal::Event(_))), "the link stayed up all the while");
}
