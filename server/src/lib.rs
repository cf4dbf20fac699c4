//! Ringside's server: the only crate that touches the network, the disk and the clock.
//!
//! - [`config`]: what an administrator decides
//! - [`ari`], [`simulator`]: a PBX, and one that is played; both speak [`ari::Signal`]s
//! - [`exchange`]: the task that owns the calls, and [`hub`], which knows who sees them
//! - [`services`]: who may read and write what
//! - [`store`], [`writer`]: the database
//! - [`import`]: CSV files on their way there
//! - [`auth`]: accounts, sessions, desks
//! - [`web`]: pages, server functions, the WebSocket
//! - [`watchdog`]: what the service manager is told
//!
//! [`run`] puts them together on a listener and takes them apart at shutdown.

// A page is one deeply nested type.
#![recursion_limit = "256"]

pub mod ari;
pub mod auth;
pub mod cli;
pub mod config;
pub mod exchange;
pub mod import;
pub mod password;
pub mod services;
pub mod simulator;
pub mod site;
pub mod store;
pub mod telemetry;
pub mod watchdog;
pub mod web;
pub mod writer;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use domain::Timestamp;
use jiff::SignedDuration;
use leptos::prelude::{Env, LeptosOptions};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use pbx::switchboard::Known;
use tokio::{net::TcpListener, sync::mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    auth::Doorkeeper,
    config::Config,
    exchange::Exchange,
    services::AppServices,
    simulator::Simulator,
    site::Site,
    store::Store,
    web::{
        connections::{Connections, Limits},
        state::AppState,
    },
    writer::Writer,
};
use hub::election::Order;
use hub::signature::Signer;

/// How long open connections, browsers and unwritten records may hold a shutdown up, all
/// together.
const FAREWELL: Duration = Duration::from_secs(3);
/// How long after that a statement that still runs may.
const LAST_STATEMENT: Duration = Duration::from_millis(500);

/// Why the server did not start, or stopped. Its reader is the administrator.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("[ari] is missing: say where Asterisk is, or start with --simulate")]
    NoPbx,
    #[error("cannot tell where the server listens: {0}")]
    Listener(#[from] std::io::Error),
}

/// Where calls come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The Asterisk of `[ari]`.
    Pbx,
    Simulator,
}

/// Serves on `listener` until `shutdown`. The store is opened by the caller, who may have
/// filled it.
///
/// # Errors
/// [`RunError::NoPbx`] where the configuration names no Asterisk and nothing is simulated;
/// [`RunError::Listener`] where the listener has no address.
pub async fn run(
    config: Config,
    source: Source,
    store: Store,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), RunError> {
    let address = listener.local_addr()?;
    let config = Arc::new(config);
    phone::prepare(config.region);
    let tasks = TaskTracker::new();
    let (exchange, inputs) = Exchange::new();
    let (signals, heard) = mpsc::channel(ari::SIGNALS);
    let (records, queue) = mpsc::channel(writer::QUEUE);
    let (questions, asked) = mpsc::channel(ari::QUESTIONS);
    let signer = Signer::new(rand::random());
    let known = store.known_calls(&config.pbx.name).await.unwrap_or_else(|error| {
        tracing::error!(%error, "Could not read which calls went on when the server stopped");
        Known::default()
    });
    let settings = exchange_settings(&config, signer.clone(), known);

    let simulator = match (source, &config.ari) {
        (Source::Simulator, _) => Some(Simulator::start(&config, signals, &tasks, shutdown.clone())),
        (Source::Pbx, Some(ari)) => {
            tasks.spawn(ari::run(ari.clone(), signals, asked, shutdown.clone()));
            None
        }
        (Source::Pbx, None) => return Err(RunError::NoPbx),
    };
    tasks.spawn(exchange::run(settings, inputs, heard, questions, records, shutdown.clone()));
    let writer = Writer { store: store.clone(), exchange: exchange.clone(), pbx: config.pbx.name.clone() };
    tasks.spawn(writer::run(writer, queue));

    let doorkeeper = Doorkeeper::new(store.clone(), exchange.clone());
    tasks.spawn(sweep(doorkeeper.clone(), shutdown.clone()));
    let ports = Arc::new(AppServices::new(
        store.clone(),
        exchange.clone(),
        signer,
        config.time_zone.clone(),
        config.pbx.show_withheld.clone(),
    ));
    let state = AppState {
        leptos: leptos_options(address),
        site: Site::of(&config),
        store: store.clone(),
        exchange,
        doorkeeper,
        crm: ports.clone(),
        notes: ports.clone(),
        calls: ports,
        metrics: prometheus(),
        simulator,
        config,
        sockets: tasks.clone(),
    };
    tasks.spawn(watchdog::run(state.exchange.clone(), shutdown.clone()));
    let connections = Connections::new(Limits::new(&state.config.connections));
    let router = web::router::router(state);
    let all = async {
        web::listener::serve(listener, router, connections, &tasks, shutdown.clone()).await;
        tasks.close();
        tasks.wait().await;
    };
    let deadline = async {
        shutdown.cancelled().await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        () = all => {}
        () = deadline => tracing::warn!("Stopped with work unfinished"),
    }
    if tokio::time::timeout(LAST_STATEMENT, store.close()).await.is_err() {
        tracing::warn!("Stopped while a statement was running; the database takes it back at the next start");
    }
    Ok(())
}

fn exchange_settings(config: &Config, signer: Signer, known: Known) -> exchange::Settings {
    let span = |time: Duration| SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
    exchange::Settings {
        topology: config.pbx.topology(),
        known,
        hub: hub::Settings {
            region: config.region,
            extensions: config.pbx.extensions.clone(),
            order: match &config.lookup.order {
                config::LookupOrder::Random => Order::Random,
                config::LookupOrder::Preselected(extens) => Order::Preselected(extens.clone()),
            },
            lookup_timeout: span(config.lookup.timeout()),
            ping_every: span(config.hub.ping()),
            missed_pings: config.hub.missed_pings.get(),
            resend_every: span(config.hub.resend()),
            outbound_pop: config.pbx.outbound_pop,
            dial_prefixes: config.pbx.dial.strip_prefixes.clone(),
            show_withheld: config.pbx.show_withheld.clone(),
        },
        signer,
        seed: rand::random(),
    }
}

async fn sweep(doorkeeper: Doorkeeper, shutdown: CancellationToken) {
    let mut tick = tokio::time::interval(auth::SWEEP_EVERY);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = tick.tick() => doorkeeper.sweep(Timestamp::now()).await,
        }
    }
}

/// The site lies where `LEPTOS_SITE_ROOT` says, or in `site` beside the program, as it is
/// installed, or where a build leaves it.
fn site_root() -> String {
    let beside = || Some(std::env::current_exe().ok()?.with_file_name("site")).filter(|site| site.is_dir());
    std::env::var("LEPTOS_SITE_ROOT")
        .ok()
        .or_else(|| beside()?.into_os_string().into_string().ok())
        .unwrap_or_else(|| "target/site".to_owned())
}

/// The folder of this build's pages, which `pkg/build` names. A build that is watched has none of its
/// own.
fn pkg_dir(site_root: &str) -> String {
    let build = std::fs::read_to_string(std::path::Path::new(site_root).join("pkg/build"));
    build.map_or_else(|_| "pkg".to_owned(), |build| format!("pkg/{}", build.trim()))
}

fn leptos_options(address: SocketAddr) -> LeptosOptions {
    let site_root = site_root();
    let watching = std::env::var("LEPTOS_WATCH").is_ok();
    LeptosOptions::builder()
        .output_name("ringside")
        .site_pkg_dir(pkg_dir(&site_root))
        .site_root(site_root)
        .site_addr(address)
        .reload_port(3001)
        .env(if watching { Env::DEV } else { Env::PROD })
        .build()
}

/// One recorder for the process; tests run several servers in one.
fn prometheus() -> PrometheusHandle {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    let install = || {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        // A recorder that is there already keeps counting; ours then stays empty.
        let _ = metrics::set_global_recorder(recorder);
        handle
    };
    HANDLE.get_or_init(install).clone()
}
