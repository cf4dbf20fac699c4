//! How it is told: JSON for programs, Markdown for people, plots for the README.

mod fold;
mod goals;
mod plot;
mod tables;

use std::{fs, path::Path};

use serde::Serialize;

pub use self::fold::FoldRow;
use crate::{
    Outcome,
    parts::{FrameRow, LookupRow, Scale},
    recording::Recording,
};

/// Everything that one run measured.
#[derive(Clone, Debug, Serialize)]
pub struct Results {
    pub machine: String,
    pub quick: bool,
    pub frames: Vec<FrameRow>,
    pub scale: Option<Scale>,
    pub fold: Vec<FoldRow>,
    pub lookup: Option<LookupRow>,
}

impl Results {
    /// The whole report in Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!("Measured on {}{}.\n", self.machine, if self.quick { ", quickly" } else { "" });
        let tables = [
            goals::table(self),
            tables::frames(&self.frames),
            self.scale.as_ref().map(tables::scale).unwrap_or_default(),
            tables::fold(&self.fold),
            self.lookup.as_ref().map(tables::lookup).unwrap_or_default(),
        ];
        for table in tables.into_iter().filter(|table| !table.is_empty()) {
            text.push('\n');
            text.push_str(&table);
        }
        text
    }

    /// Reads what `cargo bench` printed of folding this recording.
    ///
    /// # Errors
    /// Where it does not read as it used to.
    pub fn read_fold(&mut self, printed: &str, recording: &Recording) -> Outcome {
        self.fold = fold::read(printed, recording.moments.len())?;
        Ok(())
    }

    /// Writes JSON, Markdown and the plots into `directory`.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn write(&self, directory: &Path) -> Outcome {
        fs::write(directory.join("results.json"), serde_json::to_string_pretty(self)?)?;
        fs::write(directory.join("results.md"), self.markdown())?;
        if !self.frames.is_empty() {
            fs::write(directory.join("bench-latency.svg"), plot::latency(&self.frames))?;
        }
        if let Some(scale) = &self.scale {
            fs::write(directory.join("bench-scale.svg"), plot::scale(scale))?;
        }
        Ok(())
    }
}

/// The processor, its cores, the memory and the kernel.
pub fn machine() -> String {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim_start_matches([' ', '\t', ':']).trim().to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kilobytes: u64 = field("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel: String = kernel.trim().split('.').take(2).collect::<Vec<_>>().join(".");
    format!(
        "{cores} cores of {}, {} GB of memory, Linux {kernel}",
        field("/proc/cpuinfo", "model name"),
        kilobytes / 1024 / 1024
    )
}
