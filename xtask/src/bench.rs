//! The benchmark: builds what is measured, runs it, and keeps the last full run's numbers in
//! `BENCHMARKS.md` and its plots in `docs/`.

use std::path::Path;

use crate::{
    files::{folder, read, write},
    run::{Outcome, command, root, run, watch},
    tools,
};

/// What a run replaces in `BENCHMARKS.md`.
const BEGIN: &str = "<!-- the last full run: begin -->\n";
const END: &str = "<!-- the last full run: end -->\n";

/// Runs it. A quick run, or one of some parts only, leaves the repository as it is.
pub fn run_all(quick: bool, only: Option<&str>) -> Outcome {
    let (peer, data) = (root().join("bench/peer"), root().join("target/bench"));
    folder(&data)?;
    tools::for_bench(&peer)?;
    run(command("cargo", &["build", "--release", "--package", "server", "--package", "bench"]))?;
    let mut words = Vec::new();
    if only.is_none() {
        let (printed, succeeded) = watch(command("cargo", &["bench", "--package", "pbx", "--bench", "fold"]))?;
        if !succeeded {
            return Err("the fold could not be measured".to_owned());
        }
        let fold = data.join("fold.txt");
        write(&fold, &printed.join("\n"))?;
        words.extend(["--fold".to_owned(), fold.display().to_string()]);
    }
    words.extend(only.map(|parts| format!("--only={parts}")));
    words.extend(quick.then(|| "--quick".to_owned()));
    // Ten thousand clients are as many open files, in the benchmark and in the server it starts.
    let mut shell = command("sh", &["-c", r#"ulimit -n "$(ulimit -Hn)" && exec "$@""#, "sh"]);
    shell.arg(root().join("target/release/bench")).arg("--peer").arg(peer).arg("--data").arg(&data).args(words);
    run(shell)?;
    if quick || only.is_some() { Ok(()) } else { keep(&data) }
}

fn keep(data: &Path) -> Outcome {
    for plot in ["bench-latency.svg", "bench-scale.svg"] {
        write(&root().join("docs").join(plot), &read(&data.join(plot))?)?;
    }
    let page = root().join("BENCHMARKS.md");
    let text = read(&page)?;
    write(&page, &with(&text, &read(&data.join("results.md"))?)?)
}

/// The page with these results in the place of the ones before.
fn with(page: &str, results: &str) -> Outcome<String> {
    let parts = page.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or("BENCHMARKS.md has lost the place of the results")?;
    Ok(format!("{before}{BEGIN}{results}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_take_the_place_of_the_last_ones() {
        let page = format!("# Head\n{BEGIN}old\n{END}tail\n");
        let renewed = with(&page, "new\n").unwrap();
        assert_eq!(renewed, format!("# Head\n{BEGIN}new\n{END}tail\n"));
        assert!(with("no place", "new").is_err());
    }
}
