//! What every request can reach.

use std::sync::Arc;

use app::ports;
use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::task::TaskTracker;

use crate::{auth::Doorkeeper, config::Config, exchange::Exchange, simulator::Simulator, site::Site, store::Store};

/// Cheap to clone: handles all.
#[derive(Clone, FromRef)]
pub struct AppState {
    pub config: Arc<Config>,
    pub leptos: LeptosOptions,
    pub site: Site,
    pub store: Store,
    pub exchange: Exchange,
    pub doorkeeper: Doorkeeper,
    pub crm: Arc<dyn ports::Crm>,
    pub notes: Arc<dyn ports::Notes>,
    pub calls: Arc<dyn ports::CallHistory>,
    pub metrics: PrometheusHandle,
    /// Where calls are simulated, what plays them.
    pub simulator: Option<Simulator>,
    /// Open WebSockets: a shutdown waits until each has had its close code.
    pub sockets: TaskTracker,
}
