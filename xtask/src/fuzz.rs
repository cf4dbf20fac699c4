//! Looks for inputs that nobody thought of, with cargo-fuzz.
//!
//! What a run reaches is kept in `target/fuzz`, for the next run; the little that `fuzz/corpus`
//! keeps is chosen from it by hand (`cargo fuzz cmin`), and every test replays it.

use std::time::Duration;

use clap::ValueEnum;

use crate::{
    files::folder,
    run::{Outcome, command, root, watch},
    tools,
};

/// What is fuzzed.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Target {
    /// ARI's frames
    AriEvent,
    /// Browsers' frames
    ClientMessage,
    /// Telephone numbers
    Phone,
    /// Whatever a PBX may say, in any order
    Switchboard,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::AriEvent => "ari_event",
            Self::ClientMessage => "client_message",
            Self::Phone => "phone",
            Self::Switchboard => "switchboard",
        }
    }

    /// The longest input that is worth trying, in bytes.
    fn longest(self) -> usize {
        match self {
            Self::AriEvent => 4096,
            Self::ClientMessage | Self::Switchboard => 512,
            Self::Phone => 32,
        }
    }

    /// One process, so one core. Gives the number of inputs that it tried.
    fn run(self, time: Duration) -> Outcome<u64> {
        let name = self.name();
        let reached = root().join("target/fuzz").join(name);
        folder(&reached)?;
        // No code of ours is unsafe: a sanitizer would find nothing, and take most of the time.
        let mut fuzz = command("rustup", &["run", tools::NIGHTLY, "cargo", "fuzz", "run", "--sanitizer", "none", name]);
        // The first folder is written to, the others are read.
        fuzz.arg(reached);
        for kept in ["corpus", "regressions"] {
            let folder = root().join("fuzz").join(kept).join(name);
            fuzz.args(folder.exists().then_some(folder));
        }
        fuzz.args(["--", "-rss_limit_mb=2048", "-print_final_stats=1"])
            .arg(format!("-max_total_time={}", time.as_secs()))
            .arg(format!("-max_len={}", self.longest()));
        let (lines, succeeded) = watch(fuzz)?;
        if !succeeded {
            return Err(format!("an input broke {name}: it is said above, and kept"));
        }
        let tried = lines.iter().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        tried.and_then(|tried| tried.trim().parse().ok()).ok_or_else(|| format!("{name} did not say what it tried"))
    }
}

/// Runs the targets, or the one, each for `minutes`, one after the other. Gives the number of
/// inputs; fails at the first that breaks one.
pub fn run_all(minutes: u64, only: Option<Target>) -> Outcome<u64> {
    tools::for_fuzz()?;
    let targets = only.as_ref().map_or(Target::value_variants(), std::slice::from_ref);
    targets.iter().map(|target| target.run(Duration::from_secs(minutes * 60))).sum()
}
