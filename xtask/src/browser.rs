//! What runs in Chromium, by Playwright.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    files::entries,
    run::{Outcome, command, run},
    site::Build,
    tools,
};

/// Playwright on these of its projects, with what they need built and installed.
pub fn playwright(build: Build, projects: &[&str]) -> Outcome<std::process::Command> {
    tools::for_tests()?;
    run(command("npx", &["tsc"]))?;
    build.pages()?;
    let program = build.server()?;
    let mut playwright = command("npx", &["playwright", "test"]);
    playwright.args(projects.iter().map(|project| format!("--project={project}")));
    playwright.env("E2E_BINARY", program).env("E2E_SITE", build.site());
    Ok(playwright)
}

/// The README's pictures, into `docs`.
pub fn screenshots() -> Outcome {
    run(playwright(Build::Debug, &["screenshots"])?)
}

/// Runs of the torture beside each other: it waits more than it works.
const LANES: u32 = 3;

/// What breaks everything between the agent's key and the database, so many times, in the build
/// that is installed.
pub fn notes(faults: u32) -> Outcome<std::process::Command> {
    let mut torture = playwright(Build::Release, &["torture"])?;
    torture.arg(format!("--repeat-each={LANES}")).arg(format!("--workers={LANES}"));
    torture.env("E2E_FAULTS", faults.div_ceil(LANES).to_string());
    Ok(torture)
}

/// From Asterisk's events to the agents' eyes, and what the pages cost, on the release build.
pub fn measure() -> Outcome {
    run(playwright(Build::Release, &["measure"])?)?;
    let (pages, empty) = (Build::Release.built_pages()?, Build::Release.empty_page()?);
    println!("| file | bytes | gzip | brotli |\n|---|--:|--:|--:|");
    let (mut ours, mut least) = (0, 0);
    for (what, pkg, total) in [("", &pages, &mut ours), ("an empty page's ", &empty, &mut least)] {
        for file in compressed(pkg)? {
            let size = |ending: &str| fs::metadata(format!("{}{ending}", file.display())).map_or(0, |it| it.len());
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            // The rest comes when a page asks for it.
            if !name.starts_with("split_") && !name.starts_with("chunk_") {
                *total += size(".br");
            }
            println!("| {what}{name} | {} | {} | {} |", size(""), size(".gz"), size(".br"));
        }
    }
    println!("\nThe first load is {:.2} times an empty page's.", ours as f64 / least as f64);
    Ok(())
}

/// The files in a folder and those below it that were compressed, by name.
fn compressed(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            files.extend(compressed(&path)?);
        } else if path.extension().is_some_and(|it| it == "br") {
            files.push(path.with_extension(""));
        }
    }
    files.sort();
    Ok(files)
}
