//! `cargo xtask …`: the project's chores, with nothing to install first. Each says what it does
//! while it does it, and installs what it needs or names the command that would.
//!
//! - `run`: commands, said before they run
//! - `tools`: what has to be on the machine
//! - `site`: the pages, built for the browser
//! - `demo`: the product with simulated calls
//! - `test`: everything that has to hold

mod demo;
mod run;
mod site;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Ringside's chores")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Build everything and serve it with simulated calls and a SQLite file of its own
    Demo {
        /// Where to listen
        #[arg(long, default_value_t = 3000)]
        port: u16,
    },
    /// Run every test; ends with a count
    Test {
        /// Only the tests in Rust: no browser is needed
        #[arg(long)]
        rust_only: bool,
    },
    /// Install what is missing, and do no more
    Setup,
    /// Build the pages into target/site, and do no more
    Site,
    /// Rebuild and reload at every change, with simulated calls (cargo-leptos)
    Watch,
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Demo { port } => demo::serve(port),
        Chore::Test { rust_only } => test::all(rust_only),
        Chore::Setup => tools::for_tests(),
        Chore::Site => tools::for_site().and_then(|()| site::build()),
        Chore::Watch => demo::watch(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
