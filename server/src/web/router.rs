//! Every route and every layer, in one place.

use std::{sync::Arc, time::Duration};

use app::ports::{CallHistory, Crm, Door, Notes};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use leptos::{
    context::{provide_context, use_context},
    nonce::use_nonce,
};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list, handle_server_fns_with_context};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer,
};

use super::{headers, health, play, ws};
use crate::{auth, state::AppState};

/// The largest request body: a note and its envelope fit many times.
const MOST_BODY: usize = 256 * 1024;
/// A page or a server function that takes longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// The whole site.
pub fn router(state: AppState) -> Router {
    let routes = generate_route_list(app::App);
    let pages = {
        let state = state.clone();
        move || provide(&state)
    };
    let shell = {
        let leptos = state.leptos.clone();
        move || app::shell(leptos.clone())
    };
    let sessions = auth::session_layer(&state.store, &state.config);
    let mut router = Router::new()
        .route("/api/{*function}", any(server_function))
        .leptos_routes_with_context(&state, routes, pages, shell)
        .fallback(leptos_axum::file_and_error_handler::<AppState, _>(app::shell))
        .layer(RequestBodyLimitLayer::new(MOST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, PATIENCE))
        .layer(CompressionLayer::new());
    // A socket lives for hours and compresses nothing.
    router = router.route("/ws", get(ws::upgrade)).layer(sessions);
    router = router.route("/health", get(health::health)).route("/metrics", get(health::metrics));
    let guarded = router.layer(middleware::from_fn_with_state(state.site.clone(), headers::guard));
    let simulating = match &state.simulator {
        // Only where calls are simulated, and outside the guard: a test is not a page of ours.
        Some(_) => guarded.route("/simulator/play", post(play::play)),
        None => guarded,
    };
    simulating.layer(CatchPanicLayer::new()).with_state(state)
}

async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    let context = move || provide(&state);
    handle_server_fns_with_context(context, request).await.into_response()
}

/// The context of one request: the ports, and the page's content security policy.
fn provide(state: &AppState) {
    provide_context::<Arc<dyn Crm>>(state.crm.clone());
    provide_context::<Arc<dyn Notes>>(state.notes.clone());
    provide_context::<Arc<dyn CallHistory>>(state.calls.clone());
    if let Some(door) = use_context::<Parts>().and_then(|parts| state.doorkeeper.door(&parts)) {
        provide_context::<Arc<dyn Door>>(Arc::new(door));
    }
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::try_from(headers::policy(&state.site, &nonce.to_string()))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
