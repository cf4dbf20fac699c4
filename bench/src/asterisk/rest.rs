//! The fake's requests.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    Json, Router,
    extract::{Request, State, WebSocketUpgrade},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{State as Shared, api_docs, lock};

pub(super) fn router(shared: Arc<Shared>, url: &str) -> Router {
    let counted = Router::new()
        .route("/ari/channels", get(channels))
        .route("/ari/channels/{id}/continue", post(StatusCode::NO_CONTENT))
        .route("/ari/bridges", get(nothing))
        .route("/ari/endpoints", get(nothing))
        .route("/ari/asterisk/info", get(info))
        .route("/ari/applications/{app}", get(application))
        .route("/ari/applications/{app}/subscription", post(application))
        .route("/ari/applications/{app}/eventFilter", put(filter))
        .layer(middleware::from_fn_with_state(shared.clone(), count));
    Router::new().route("/ari/events", get(events)).merge(counted).merge(api_docs::router(url)).with_state(shared)
}

async fn count(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    shared.requests.fetch_add(1, Ordering::Relaxed);
    next.run(request).await
}

async fn events(State(shared): State<Arc<Shared>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| shared.listen(socket))
}

async fn channels(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    let mut list = String::from("[");
    for (number, channel) in lock(&shared.channels).values().enumerate() {
        if number > 0 {
            list.push(',');
        }
        list.push_str(channel);
    }
    list.push(']');
    ([(header::CONTENT_TYPE, "application/json")], list)
}

async fn nothing() -> Json<Value> {
    Json(json!([]))
}

async fn info() -> Json<Value> {
    Json(json!({ "system": { "version": "22.0.0" }, "status": { "startup_time": "2026-01-01T00:00:00.000+0000" } }))
}

async fn application() -> Json<Value> {
    Json(json!({ "name": super::APP, "channel_ids": [], "bridge_ids": [], "endpoint_ids": [], "device_names": [] }))
}

#[derive(Deserialize)]
struct Filter {
    allowed: Vec<Allowed>,
}

#[derive(Deserialize)]
struct Allowed {
    #[serde(rename = "type")]
    kind: String,
}

async fn filter(State(shared): State<Arc<Shared>>, Json(filter): Json<Filter>) -> Json<Value> {
    *lock(&shared.allowed) = Some(filter.allowed.into_iter().map(|allowed| allowed.kind).collect());
    application().await
}
