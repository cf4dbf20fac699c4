//! `POST /simulator/play`: a call on request. Exists only where calls are simulated; the
//! end-to-end tests ring phones with it.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{simulator::Play, web::state::AppState};

/// 202 with the call's id, 400 where the scenario cannot be played.
pub async fn play(State(state): State<AppState>, Json(play): Json<Play>) -> Response {
    let Some(simulator) = state.simulator else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match simulator.play(play).await {
        Some(Ok(call)) => (StatusCode::ACCEPTED, Json(json!({ "callId": call }))).into_response(),
        Some(Err(error)) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
