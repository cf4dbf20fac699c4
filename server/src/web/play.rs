//! `POST /simulator/play`: a call on request. Exists only where calls are simulated; the
//! end-to-end tests ring phones with it.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};

use crate::{simulator::Play, state::AppState};

/// 202 with the number of the call's root channel, 400 where the scenario cannot be played.
pub async fn play(State(state): State<AppState>, Json(play): Json<Play>) -> impl IntoResponse {
    match state.simulator {
        Some(simulator) => {
            simulator.play(play).await.map_or(StatusCode::SERVICE_UNAVAILABLE, |()| StatusCode::ACCEPTED)
        }
        None => StatusCode::NOT_FOUND,
    }
}
