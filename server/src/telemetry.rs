//! Logs: a sentence plus fields, on standard error. What is counted is served at `/metrics`.

use std::io::{self, IsTerminal};

use clap::ValueEnum;
use tracing_subscriber::{EnvFilter, filter::filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines: one object a line.
    Json,
}

/// The filter cannot be read, or something else logs already.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("cannot use the log filter {filter:?}: {source}. Expected such as info or server=debug,sqlx=warn")]
    Filter { filter: String, source: tracing_subscriber::filter::ParseError },
    #[error("cannot start logging: {0}")]
    Taken(#[from] tracing_subscriber::util::TryInitError),
}

/// Starts logging for the whole process.
///
/// # Errors
/// [`LogError::Filter`] names what was found and what was expected.
pub fn init(filter: &str, format: LogFormat) -> Result<(), LogError> {
    let filter = EnvFilter::try_new(filter).map_err(|source| LogError::Filter { filter: filter.to_owned(), source })?;
    let registry = tracing_subscriber::registry().with(filter).with(filter_fn(|of| !tells_secrets(of.target())));
    match format {
        LogFormat::Text => {
            let colours = io::stderr().is_terminal();
            registry.with(fmt::layer().with_writer(io::stderr).with_ansi(colours).with_target(false)).try_init()?;
        }
        LogFormat::Json => {
            registry.with(fmt::layer().json().flatten_event(true).with_writer(io::stderr)).try_init()?;
        }
    }
    Ok(())
}

/// The WebSocket library logs its request whole, with the password of `[ari]` in it. No filter
/// lets that through.
fn tells_secrets(target: &str) -> bool {
    target == "tungstenite::handshake::client"
}
