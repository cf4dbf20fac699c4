//! `ringside`: parses the command line and does what it says.

use std::{error::Error, process::ExitCode};

use clap::Parser;
use domain::Timestamp;
use server::{
    Source,
    cli::{Cli, Command, Serve},
    config::Config,
    store::{Store, demo},
    telemetry,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

/// Frames and records are many small pieces that one thread makes and another drops.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rendering a page recurses through its whole type; a debug build needs more than the usual
/// 2 MiB for that.
const STACK: usize = 16 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // The kernel clears a huge page when it is first touched: several in a row held a ring up by ten
    // milliseconds. One that has no huge pages refuses, and all is well.
    let _refused = nix::sys::prctl::set_thp_disable(true);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build();
    let done = runtime.map_err(Into::into).and_then(|runtime| {
        // On a worker, so that nothing runs on the main thread's smaller stack.
        let done = runtime.block_on(async { tokio::spawn(start(cli)).await? });
        // A page that is still being rendered is nobody's any more.
        runtime.shutdown_background();
        done
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ringside: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What goes wrong before or while serving; the administrator reads it.
type Failure = Box<dyn Error + Send + Sync>;

async fn start(cli: Cli) -> Result<(), Failure> {
    telemetry::init(&cli.log, cli.log_format)?;
    let config = cli.load_config()?;
    match cli.into_command() {
        Command::Serve(serve) => serve_until_stopped(config, serve).await,
        Command::Task(task) => Ok(task.run(&config).await?),
    }
}

async fn serve_until_stopped(config: Config, Serve { simulate }: Serve) -> Result<(), Failure> {
    // cargo-leptos' watch has no arguments to give: it simulates where no Asterisk is named.
    let simulate = simulate || (config.ari.is_none() && std::env::var_os("LEPTOS_WATCH").is_some());
    let store = Store::open(&config.database).await?;
    let address = config.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address}, which is `listen`: {error}"))?;
    if simulate {
        let accounts = demo::seed(&store, config.simulator.seed, Timestamp::now(), &config.time_zone).await?;
        println!("Ringside with simulated calls: {}", config.public_url.origin());
        println!("{:<10} {:<22} {:<12} extension", "account", "password", "role");
        for account in accounts {
            let exten = account.exten.as_ref().map_or("-", |exten| exten.as_str());
            println!("{:<10} {:<22} {:<12} {exten}", account.login, account.password, account.role.as_str());
        }
    } else if demo::is_demo(&store).await? {
        return Err(
            "the database is the demo's, whose passwords everybody knows: name another file in `database`".into()
        );
    } else {
        println!("Ringside: {}", config.public_url.origin());
    }
    for caveat in config.caveats() {
        tracing::warn!("{caveat}");
    }
    for mistake in config.pbx.mistakes() {
        tracing::warn!("{mistake}");
    }
    let source = if simulate { Source::Simulator } else { Source::Pbx };
    let shutdown = CancellationToken::new();
    tokio::spawn(stop_on_signal(shutdown.clone())?);
    Ok(server::run(config, source, store, listener, shutdown).await?)
}

/// SIGTERM from the service manager, or Ctrl-C.
fn stop_on_signal(shutdown: CancellationToken) -> std::io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("Stopping");
        shutdown.cancel();
    })
}
