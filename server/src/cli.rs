//! The command line. `ringside` alone serves; everything else is a short task at the database.
//!
//! `main` parses a [`Cli`], starts the log, loads the configuration and then either serves or
//! calls [`Task::run`].

mod check;
mod import;
mod user;

use std::{env, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::{
    config::{Config, ConfigError},
    password::PasswordError,
    store::{self, OpenError, Store, StoreError},
    telemetry::LogFormat,
};
pub use check::Check;
pub use import::{Import, ImportError};
pub use user::User;

/// The sessions' library calls every session that is over suspicious.
const DEFAULT_LOG: &str = "info,tower_sessions_core=error";

/// The screen pop for call centres on Asterisk.
///
/// Configuration is read from ringside.toml, with RINGSIDE_… variables over it:
/// ringside.example.toml documents every key.
#[derive(Debug, Parser)]
#[command(name = "ringside", version)]
pub struct Cli {
    /// The configuration file; without it, ringside.toml where there is one
    #[arg(long, global = true, env = "RINGSIDE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to log, such as info or server=debug,sqlx=warn
    #[arg(long, global = true, env = "RINGSIDE_LOG", default_value = DEFAULT_LOG, value_name = "FILTER")]
    pub log: String,
    /// How a line of the log looks
    #[arg(long, global = true, env = "RINGSIDE_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: LogFormat,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve until told to stop; this is what happens without a command
    Serve(Serve),
    #[command(flatten)]
    Task(Task),
}

#[derive(Clone, Debug, Default, Args)]
pub struct Serve {
    /// Play scripted calls instead of listening to Asterisk; an empty database gets demo data
    #[arg(long)]
    pub simulate: bool,
}

/// A command that ends.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Make, list, change and disable accounts
    #[command(subcommand)]
    User(User),
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigTask),
    /// Bring customers and bookings in from CSV or spreadsheets, also while the server runs
    #[command(subcommand)]
    Import(Import),
    /// Copy the database into a new file, also while the server runs
    Backup { file: PathBuf },
}

#[derive(Debug, Subcommand)]
pub enum ConfigTask {
    /// Say whether the configuration can be used and whether Asterisk is as it says
    Check(Check),
}

/// Why a task was not done. The administrator reads it.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("cannot read the password: {0}")]
    Unread(#[from] std::io::Error),
    #[error("the two passwords differ; nothing was changed")]
    Differ,
    #[error("there is no account {0:?}; `ringside user list` shows them all")]
    NoAccount(String),
    #[error("the login {0:?} is taken; `ringside user password {0}` changes its password")]
    Taken(String),
    #[error("an agent needs extensions: add --extens, such as --extens 1000-1011")]
    NoExtens,
    #[error("the floor shows every number whole: --masked is for agents")]
    MaskedFloor,
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error("{errors} of these points {}", if *errors == 1 { "is an error" } else { "are errors" })]
    Unfit { errors: usize },
}

impl Cli {
    /// The configuration that this command line names, with the environment over it.
    ///
    /// # Errors
    /// [`ConfigError`] names the key, what was found and what was expected.
    pub fn load_config(&self) -> Result<Config, ConfigError> {
        // A variable that is no text is none of ours: ours name themselves in ASCII.
        let variables =
            env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Config::load(self.config.as_deref(), variables)
    }

    /// What to do; to serve, if nothing was said.
    pub fn into_command(self) -> Command {
        self.command.unwrap_or_else(|| Command::Serve(Serve::default()))
    }
}

impl Task {
    /// Does it, and prints what was done.
    ///
    /// # Errors
    /// [`CliError`] says why not, and what to do.
    pub async fn run(self, config: &Config) -> Result<(), CliError> {
        match self {
            Self::User(user) => {
                // The first account is made before the server is started.
                let store = match user {
                    User::Add { .. } => Store::open(&config.database).await?,
                    _ => Store::open_existing(&config.database).await?,
                };
                let done = user.run(&store, config, user::ask).await;
                store.close().await;
                println!("{}", done?);
            }
            Self::Config(ConfigTask::Check(check)) => check.run(config).await?,
            Self::Import(import) => {
                let store = Store::open_existing(&config.database).await?;
                let done = import.run(&store, config).await;
                store.close().await;
                println!("{}", done?);
            }
            Self::Backup { file } => {
                store::backup(&config.database, &file).await?;
                println!("The database was copied to {}.", file.display());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_a_command_it_serves() {
        assert!(matches!(parse("ringside").unwrap().into_command(), Command::Serve(Serve { simulate: false })));
        let cli = parse("ringside serve --simulate --config x.toml").unwrap();
        assert_eq!(cli.config.as_deref(), Some(Path::new("x.toml")));
        assert!(matches!(cli.into_command(), Command::Serve(Serve { simulate: true })));
    }

    #[test]
    fn a_password_is_never_an_argument() {
        for line in ["ringside user add an --name An --password x", "ringside user password an secret"] {
            assert_eq!(parse(line).unwrap_err().kind(), clap::error::ErrorKind::UnknownArgument, "{line}");
        }
    }
}
