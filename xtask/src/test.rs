//! Everything that has to hold, from the quickest to the slowest, and a count at the end.

use crate::{
    browser,
    run::{Outcome, command, output, watch},
    site::Build,
};

/// How tests ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Runs it all, or what needs no browser. Fails where a test fails, or where a part ran none.
pub fn all(rust_only: bool) -> Outcome {
    let mut total = Count::default();
    let mut broken = Vec::new();
    let mut part = |name: &str, counted: Outcome<(Count, bool)>| match counted {
        Ok((count, succeeded)) => {
            total.passed += count.passed;
            total.failed += count.failed;
            total.skipped += count.skipped;
            if !succeeded || count.passed == 0 {
                broken.push(name.to_owned());
            }
        }
        Err(error) => broken.push(format!("{name}: {error}")),
    };
    let packages = ["domain", "phone", "pbx", "hub", "server"].map(|name| ["--package", name]).concat();
    part(&packages.join(" "), rust(&packages));
    part("bench and xtask", rust(&["--package", "bench", "--package", "xtask"]));
    part("app", rust(&["--package", "app", "--features", "app/ssr"]));
    if !rust_only {
        part("end to end", end_to_end());
    }
    let skipped = if total.skipped > 0 { format!(", {} skipped", total.skipped) } else { String::new() };
    let strict = std::env::var_os("CI").is_some();
    for name in &broken {
        eprintln!("not well: {name}");
    }
    println!("\n{} passed, {} failed{skipped}", total.passed, total.failed);
    match (broken.is_empty(), strict && total.skipped > 0) {
        (true, false) => Ok(()),
        (true, true) => Err("tests were skipped".to_owned()),
        (false, _) => Err("not everything passed".to_owned()),
    }
}

fn rust(packages: &[&str]) -> Outcome<(Count, bool)> {
    let nextest = output("cargo", &["nextest", "--version"]).is_some();
    let runner: &[&str] = if nextest { &["nextest", "run", "--no-fail-fast"] } else { &["test", "--no-fail-fast"] };
    let (lines, succeeded) = watch(command("cargo", &[runner, packages].concat()))?;
    Ok((lines.iter().filter_map(|line| counted(line)).fold(Count::default(), add), succeeded))
}

fn end_to_end() -> Outcome<(Count, bool)> {
    let (lines, succeeded) = watch(browser::playwright(Build::Debug, &["simulated", "asterisk", "torture"])?)?;
    Ok((lines.iter().filter_map(|line| playwright(line)).fold(Count::default(), add), succeeded))
}

fn add(one: Count, other: Count) -> Count {
    Count { passed: one.passed + other.passed, failed: one.failed + other.failed, skipped: one.skipped + other.skipped }
}

/// The number right before `word`.
fn before(line: &str, word: &str) -> Option<u64> {
    let (head, _) = line.split_once(word)?;
    head.trim_end().rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// A closing line of libtest (`test result: ok. 3 passed; 0 failed; 1 ignored; …`) or of nextest
/// (`Summary [ 1.2s] 3 tests run: 3 passed, 1 skipped`).
fn counted(line: &str) -> Option<Count> {
    let line = line.trim_start();
    if line.starts_with("test result:") {
        let (passed, failed) = (before(line, " passed")?, before(line, " failed")?);
        return Some(Count { passed, failed, skipped: before(line, " ignored").unwrap_or(0) });
    }
    if line.starts_with("Summary [") {
        let passed = before(line, " passed").unwrap_or(0);
        let failed = before(line, " failed").unwrap_or(0) + before(line, " timed out").unwrap_or(0);
        return Some(Count { passed, failed, skipped: before(line, " skipped").unwrap_or(0) });
    }
    None
}

/// One of Playwright's closing lines: `  3 passed (4.2s)`, `  1 failed`, `  2 skipped`.
fn playwright(line: &str) -> Option<Count> {
    let (number, rest) = line.strip_prefix("  ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    let mut count = Count::default();
    match rest.split(' ').next()? {
        "passed" => count.passed = number,
        "failed" | "interrupted" | "flaky" => count.failed = number,
        "skipped" | "did" => count.skipped = number,
        _ => return None,
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted() {
        let count = |passed, failed, skipped| Some(Count { passed, failed, skipped });
        assert_eq!(counted("test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured"), count(3, 2, 1));
        assert_eq!(
            counted("     Summary [   1.203s] 5 tests run: 4 passed (1 slow), 1 failed, 2 skipped"),
            count(4, 1, 2)
        );
        assert_eq!(counted("test result"), None);
        assert_eq!(playwright("  12 passed (40.1s)"), count(12, 0, 0));
        assert_eq!(playwright("  1 failed"), count(0, 1, 0));
        assert_eq!(playwright("    12 passed"), None);
    }
}
