//! Measures, and says what came out. `cargo xtask bench` builds everything and runs this.

use std::{fs, path::PathBuf, sync::Arc};

use bench::{
    Outcome, parts,
    recording::Recording,
    report::{Results, machine},
    systems::Places,
};
use clap::{Parser, ValueEnum};

#[derive(Parser)]
struct Cli {
    /// Fewer calls and fewer clients
    #[arg(long)]
    quick: bool,
    /// Only these parts
    #[arg(long, value_delimiter = ',', default_values_t = [Part::Frames, Part::Scale, Part::Lookup])]
    only: Vec<Part>,
    /// Where `peer.mjs` and its packages are
    #[arg(long)]
    peer: PathBuf,
    /// Where results and databases go
    #[arg(long)]
    data: PathBuf,
    /// What `cargo bench` printed of the fold
    #[arg(long)]
    fold: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    Frames,
    Scale,
    Lookup,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Frames => "frames",
            Self::Scale => "scale",
            Self::Lookup => "lookup",
        })
    }
}

#[tokio::main]
async fn main() -> Outcome {
    let cli = Cli::parse();
    let programs = std::env::current_exe()?.parent().map(PathBuf::from).unwrap_or_default();
    fs::create_dir_all(&cli.data)?;
    let places = Places { programs, peer: cli.peer, data: cli.data };
    let recordings = Arc::new(Recording::all()?);
    let mut results = Results {
        machine: machine(),
        quick: cli.quick,
        frames: Vec::new(),
        scale: None,
        fold: Vec::new(),
        lookup: None,
    };
    if cli.only.contains(&Part::Frames) {
        results.frames = parts::frames(&places, &recordings, cli.quick).await?;
    }
    if cli.only.contains(&Part::Scale) {
        results.scale = Some(parts::scale(&places, &recordings, cli.quick).await?);
    }
    if cli.only.contains(&Part::Lookup) {
        results.lookup = Some(parts::lookup(&places, cli.quick).await?);
    }
    if let Some(fold) = cli.fold {
        results.read_fold(&fs::read_to_string(fold)?, &recordings[0])?;
    }
    results.write(&places.data)?;
    println!("\n{}", results.markdown());
    Ok(())
}
