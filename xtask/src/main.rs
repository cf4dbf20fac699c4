//! `cargo xtask …`: the project's chores, with nothing to install first. Each says what it does
//! while it does it, and installs what it needs or names the command that would.
//!
//! - `run`: commands, said before they run
//! - `tools`: what has to be on the machine
//! - `site`: the pages, built for the browser
//! - `asterisk`: a real one, for the tests
//! - `browser`: what runs in Chromium
//! - `demo`: the product with simulated calls
//! - `dist`: the product to install
//! - `test`: everything that has to hold
//! - `bench`: how fast, how many, how small
//! - `fuzz`: inputs that nobody thought of
//! - `torture`: every promise, broken for long

mod asterisk;
mod bench;
mod browser;
mod demo;
mod dist;
mod files;
mod fuzz;
mod run;
mod site;
mod test;
mod tools;
mod torture;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use site::Build;

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
        /// As it is installed: some minutes more to build, quick to load
        #[arg(long)]
        release: bool,
    },
    /// Build what is to be installed into target/dist
    Dist,
    /// Run every test; ends with a count
    Test {
        /// Only the tests in Rust: no browser is needed
        #[arg(long)]
        rust_only: bool,
    },
    /// Measure how fast, how many, how small (about 15 minutes); prints tables
    Bench {
        /// Fewer calls, fewer clients, a smaller database
        #[arg(long)]
        quick: bool,
        /// Only these parts: frames, scale, lookup
        #[arg(long, value_name = "PARTS")]
        only: Option<String>,
    },
    /// Check the dependencies' licences, sources and duplicates against deny.toml (cargo-deny)
    Deny,
    /// Look for inputs that break a decoder or the fold (cargo-fuzz, nightly Rust)
    Fuzz {
        /// How long to try each target
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
        minutes: u64,
        /// Only this one
        target: Option<fuzz::Target>,
    },
    /// Ring real phones and print how long it took until agents saw it
    Measure,
    /// Break what can break, longer than the tests have time for, and print what came of each promise (about three hours)
    Torture(torture::Plan),
    /// Take the README's pictures anew
    Screenshots,
    /// Install what is missing, and do no more
    Setup,
    /// Build the pages into target/site, and do no more
    Site,
    /// Rebuild and reload at every change, with simulated calls (cargo-leptos)
    Watch,
}

fn main() -> ExitCode {
    let done = match Cli::parse().chore {
        Chore::Demo { port, release } => demo::serve(port, if release { Build::Release } else { Build::Debug }),
        Chore::Dist => dist::build(),
        Chore::Test { rust_only } => test::all(rust_only),
        Chore::Bench { quick, only } => bench::run_all(quick, only.as_deref()),
        Chore::Deny => tools::for_deny().and_then(|()| {
            run::run(run::command("cargo", &["deny", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))
        }),
        Chore::Fuzz { minutes, target } => {
            fuzz::run_all(minutes, target).map(|inputs| println!("{inputs} inputs, and none broke anything"))
        }
        Chore::Measure => browser::measure(),
        Chore::Torture(plan) => torture::run_all(&plan),
        Chore::Screenshots => browser::screenshots(),
        Chore::Setup => tools::for_tests(),
        Chore::Site => tools::for_site(Build::Debug).and_then(|()| Build::Debug.pages()),
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
