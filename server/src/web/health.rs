//! `/health` says in JSON how the house stands; `/metrics` says it to Prometheus.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;

use crate::{exchange::Exchange, store::Store};

/// 200 while the exchange answers and the database can be read, 503 otherwise. A PBX that is
/// down is said, but is no reason to restart us.
pub async fn health(State(exchange): State<Exchange>, State(store): State<Store>) -> impl IntoResponse {
    let database = store.ping().await;
    let Some(health) = exchange.health().await else {
        return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "the exchange does not answer" })));
    };
    let pbx = match &health.pbx {
        link if link.up => "up",
        link if link.replaced => "standing by: another program holds the Stasis app",
        _ => "down",
    };
    let (status, word) = match database {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"),
    };
    let clock = match health.pbx_clock_ahead {
        0 => "ours",
        _ => "durations are wrong: set the clocks of Asterisk and of this machine by NTP",
    };
    let configuration = health.misfit.map(|misfit| {
        json!({
            "problem": "every call looks internal: inbound_contexts and trunks of [pbx] do not fit this PBX",
            "contextsSeen": misfit.contexts,
            "endpointsSeen": misfit.endpoints,
        })
    });
    let body = json!({
        "status": word,
        "pbx": {
            "link": pbx, "name": health.pbx.name, "since": health.pbx.since, "reason": health.pbx_lost,
            "clock": clock, "clockAheadSeconds": health.pbx_clock_ahead,
            "configuration": configuration,
        },
        "clients": health.clients,
        "liveCalls": health.live_calls,
        "calls": health.counters.calls,
        "lookups": health.counters.lookups,
        "lookupFailovers": health.counters.failovers,
        "lookupRetries": health.counters.retries,
        "recordsDropped": health.records_dropped,
    });
    (status, Json(body))
}

pub async fn metrics(State(handle): State<PrometheusHandle>) -> String {
    handle.render()
}
