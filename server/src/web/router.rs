//! Every route and every layer, in one place.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use app::{
    error::AppError,
    ports::{CallHistory, Crm, Door, Notes},
};
use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    handler::Handler,
    http::{StatusCode, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{any, get, post},
};
use leptos::{
    context::{provide_context, use_context},
    server_fn::axum::server_fn_paths,
};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, generate_route_list_with_exclusions, handle_server_fns_with_context,
};
use tokio::{
    sync::{Semaphore, oneshot},
    task::spawn_blocking,
    time::{sleep, timeout},
};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer, services::ServeDir,
    timeout::TimeoutLayer,
};

use super::{
    headers::{self, PageWord},
    health, play, ws,
};
use crate::{auth, web::state::AppState};

/// The largest request body: a note and its envelope fit many times.
const MOST_BODY: usize = 256 * 1024;
/// A request whose body has not come, or that is not answered, within this has failed. A WebSocket's
/// ends with the upgrade.
const PATIENCE: Duration = Duration::from_secs(30);

/// Pages that are rendered at one time. Each takes a thread, and the threads of a crowd that loads
/// pages would leave the processor to calls too rarely.
const PAGES_AT_ONCE: usize = 8;
/// What a page has spawned has this long to end: a connection goes back to the database's pool.
const AFTERWARDS: Duration = Duration::from_millis(50);

/// The pages' routes. Made once in a process, before any page is rendered: Leptos draws the app for
/// it without its data, and a page that is rendered meanwhile would wait for that for ever.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| {
    // Leptos would take the server functions for pages, and a lookup needs no thread of its own.
    let functions = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    generate_route_list_with_exclusions(app::App, Some(functions))
});

/// The whole site.
pub fn router(state: AppState) -> Router {
    let pages = {
        let state = state.clone();
        move || {
            provide(&state);
            PageWord::listen();
        }
    };
    let shell = {
        let leptos = state.leptos.clone();
        move || app::shell(leptos.clone())
    };
    let sessions = auth::session_layer(&state.store, &state.config);
    let in_turn = middleware::from_fn_with_state(Arc::new(Semaphore::new(PAGES_AT_ONCE)), on_one_thread);
    // Whatever is no file is the page that says so, which is rendered like any other.
    let unknown = leptos_axum::file_and_error_handler_with_context::<AppState, _>(pages.clone(), app::shell);
    let unknown = unknown.layer(in_turn.clone());
    let files = ServeDir::new(&*state.leptos.site_root).precompressed_gzip().precompressed_br();
    let mut router = Router::new()
        .leptos_routes_with_context(&state, PAGES.clone(), pages, shell)
        .layer(in_turn)
        .route("/api/{*function}", any(server_function))
        // A form that was sent before its page was alive: what it said is not used, and is nowhere
        // in an address.
        .route("/login", post(async || Redirect::to("/login")))
        .fallback_service(files.fallback(unknown.with_state(state.clone())))
        .layer(RequestBodyLimitLayer::new(MOST_BODY))
        .layer(CompressionLayer::new());
    // A socket lives for hours and compresses nothing.
    router = router.route("/ws", get(ws::upgrade)).layer(sessions);
    router = router.layer(middleware::from_fn(auth::keep_newer_cookie));
    router = router.route("/health", get(health::health)).route("/metrics", get(health::metrics));
    let in_time = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, PATIENCE);
    let guarded = router.layer(in_time).layer(middleware::from_fn_with_state(state.clone(), headers::guard));
    let simulating = match &state.simulator {
        // Only where calls are simulated, and outside the guard: a test is not a page of ours.
        Some(_) => guarded.route("/simulator/play", post(play::play).layer(in_time)),
        None => guarded,
    };
    simulating.layer(CatchPanicLayer::new()).with_state(state)
}

/// Renders a page, and all that it spawns, on one thread, which does nothing else meanwhile. Leptos
/// keeps what a page is made of in variables of the thread, and computes its values on several at
/// once: pages that were rendered beside others were answered without headers, with an error, or
/// not at all.
async fn on_one_thread(State(turns): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let (answer, answered) = oneshot::channel();
    // Never closed. Whoever goes away meanwhile gives up the turn.
    let turn = turns.acquire_owned().await;
    spawn_blocking(move || {
        // Without IO, which no page does itself, a runtime costs no file descriptors.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let Ok(runtime) = runtime.inspect_err(|error| tracing::error!(%error, "no page can be rendered")) else {
            return;
        };
        runtime.block_on(async {
            let page = async {
                let (parts, body) = next.run(request).await.into_parts();
                Some(Response::from_parts(parts, to_bytes(body, usize::MAX).await.ok()?.into()))
            };
            // One that never ends would keep its turn.
            if let Ok(Some(page)) = timeout(PATIENCE, page).await {
                // Whoever asked may have gone away.
                let _ = answer.send(page);
            }
            drop(turn);
            sleep(AFTERWARDS).await;
        });
    });
    answered.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    let context = move || provide(&state);
    with_its_status(handle_server_fns_with_context(context, request).await.into_response()).await
}

/// Leptos answers 500 for every error. Those that are the asker's, or pass, are no fault of the server.
async fn with_its_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MOST_BODY).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    if let Ok(error) = serde_json::from_slice(&body) {
        parts.status = match error {
            AppError::SignInNeeded => StatusCode::UNAUTHORIZED,
            AppError::Forbidden => StatusCode::FORBIDDEN,
            AppError::NotFound => StatusCode::NOT_FOUND,
            AppError::Invalid(_) => StatusCode::BAD_REQUEST,
            AppError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            AppError::Network(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
    }
    Response::from_parts(parts, body.into())
}

/// The context of one request: the ports.
fn provide(state: &AppState) {
    provide_context::<Arc<dyn Crm>>(state.crm.clone());
    provide_context::<Arc<dyn Notes>>(state.notes.clone());
    provide_context::<Arc<dyn CallHistory>>(state.calls.clone());
    if let Some(door) = use_context::<Parts>().and_then(|parts| state.doorkeeper.door(&parts)) {
        provide_context::<Arc<dyn Door>>(Arc::new(door));
    }
}
