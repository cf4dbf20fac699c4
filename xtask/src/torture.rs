//! The promises of RELIABILITY.md, broken for longer than the tests have time for, and its table
//! from what came of it.
//!
//! Each row of the table names its tests: a folder, a file, or some of a file's by a part of their
//! names (`server/tests/web/notes.rs::twice`, `end2end/simulated/line.spec.ts › slow`). What they
//! came to is read from what the test programs print; a test that counts says so in a line of its own,
//! `measured: <file>: 334 faults, 0 lost, worst 61 ms until it is kept`. Figures of the same words
//! are added up, and of those that begin with `worst` the greatest counts.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};

use crate::{
    browser,
    files::{read, write},
    fuzz,
    run::{Outcome, command, root, watch},
    site::Build,
};

/// How long, and what.
#[derive(Args)]
pub struct Plan {
    /// Random schedules of calls, cuts, restarts and sign-ins
    #[arg(long, default_value_t = 100_000)]
    schedules: u64,
    /// Faults while notes are written
    #[arg(long, default_value_t = 1_000)]
    faults: u32,
    /// Minutes for each fuzz target
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,
    /// Calls while agents come and go
    #[arg(long, default_value_t = 100_000)]
    calls: u64,
    /// Only these; the other rows of RELIABILITY.md stay as they are
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Every test that a row names, and many schedules
    Tests,
    /// Everything between the agent's key and the database
    Notes,
    /// Inputs that nobody thought of
    Fuzz,
    /// Very many calls
    Calls,
}

/// Runs it all, and prints the table. Fails where a test fails, after the rest has run.
pub fn run_all(plan: &Plan) -> Outcome {
    let parts = if plan.only.is_empty() { Part::value_variants() } else { &plan.only };
    let mut ledger = Ledger::default();
    let mut broken = Vec::new();
    for part in parts {
        if let Err(error) = part.run(plan, &mut ledger) {
            eprintln!("not well: {error}");
            broken.push(error);
        }
    }
    let page = root().join("RELIABILITY.md");
    let filled = ledger.fill(&read(&page)?, plan.only.is_empty());
    println!("\n{}", table(&filled));
    write(&page, &filled)?;
    if broken.is_empty() { Ok(()) } else { Err(broken.join("; ")) }
}

impl Part {
    fn run(self, plan: &Plan, ledger: &mut Ledger) -> Outcome {
        match self {
            Part::Tests => {
                let rust = ["domain", "phone", "pbx", "hub", "server"].map(|package| {
                    let mut tests = command("cargo", &["test", "--no-fail-fast", "--package", package]);
                    // The soak has a part of its own.
                    tests
                        .args(["--", "--show-output", "--skip", "soak::"])
                        .env("SCHEDULES", plan.schedules.to_string());
                    ledger.hear(package, watch(tests)?)
                });
                let pages = browser::playwright(Build::Debug, &["simulated", "asterisk"])?;
                let pages = ledger.hear("", watch(pages)?);
                rust.into_iter().chain([pages]).collect()
            }
            Part::Notes => ledger.hear("", watch(browser::notes(plan.faults)?)?),
            Part::Fuzz => {
                let inputs = fuzz::run_all(plan.minutes, None);
                ledger.ended(FUZZ, "", if inputs.is_ok() { "ok" } else { "FAILED" });
                let inputs = inputs?;
                ledger.measured(&format!("{FUZZ}: {inputs} inputs, 0 findings"));
                Ok(())
            }
            Part::Calls => {
                let soak = ["test", "--release", "--package", "server", "--test", "program", "soak"];
                let mut soak = command("cargo", &soak);
                // It takes long, and says how far it is.
                soak.args(["--", "--nocapture"]).env("SOAK_CALLS", plan.calls.to_string());
                ledger.hear("server", watch(soak)?)
            }
        }
    }
}

/// Where the fuzzers are.
const FUZZ: &str = "fuzz";

/// What the tests of one file came to.
#[derive(Debug, Default, PartialEq)]
struct Came {
    passed: u64,
    failed: u64,
    figures: Vec<Figure>,
}

impl Came {
    fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        for figure in &other.figures {
            match self.figures.iter_mut().find(|it| it.words == figure.words) {
                Some(same) => same.add(figure.number),
                None => self.figures.push(figure.clone()),
            }
        }
    }

    /// How often it was tried, and what came of it.
    fn cells(&self) -> (String, String) {
        let (tries, rest) = match self.figures.split_first() {
            Some((tries, rest)) => (tries.to_string(), rest),
            None => (thousands(self.passed + self.failed), &[][..]),
        };
        let held = if self.failed == 0 { "held".to_owned() } else { format!("**{} failed**", self.failed) };
        let result: Vec<String> = std::iter::once(held).chain(rest.iter().map(ToString::to_string)).collect();
        (tries, result.join(", "))
    }
}

/// `334 faults`: a number, and the words before and after it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Figure {
    number: u64,
    words: (String, String),
}

impl Figure {
    fn read(text: &str) -> Option<Self> {
        let from = text.find(|c: char| c.is_ascii_digit())?;
        let digits = text[from..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - from);
        let (before, after) = (&text[..from], &text[from + digits..]);
        Some(Self { number: text[from..from + digits].parse().ok()?, words: (before.to_owned(), after.to_owned()) })
    }

    fn add(&mut self, number: u64) {
        self.number = if self.words.0.starts_with("worst") { self.number.max(number) } else { self.number + number };
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (before, after) = &self.words;
        write!(f, "{before}{}{after}", thousands(self.number))
    }
}

/// `100,000`
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut parted = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    parted
}

/// What came of the tests, by their files' paths from the root and their names.
#[derive(Debug, Default)]
struct Ledger {
    tests: BTreeMap<(String, String), Came>,
}

impl Ledger {
    fn of(&mut self, file: &str, test: &str) -> &mut Came {
        self.tests.entry((file.to_owned(), test.to_owned())).or_default()
    }

    /// `server/tests/program/soak.rs: 100000 calls, …`
    fn measured(&mut self, said: &str) {
        if let Some((file, figures)) = said.split_once(": ") {
            let figures = figures.split(", ").filter_map(Figure::read).collect();
            self.of(file, "").add(&Came { figures, ..Came::default() });
        }
    }

    /// Takes down what a test program said, libtest's of a package or Playwright.
    fn hear(&mut self, package: &str, (lines, succeeded): (Vec<String>, bool)) -> Outcome {
        let mut program = String::new();
        // With --nocapture a test's end comes on a line after its name.
        let mut begun = None;
        for line in &lines {
            let line = line.trim();
            if let Some(said) = line.strip_prefix("measured: ") {
                self.measured(said);
            } else if let Some(running) = line.strip_prefix("Running ") {
                let path = running.trim_start_matches("unittests ").split(" (").next().unwrap_or_default();
                program = format!("{package}/{path}");
            } else if let Some((name, end)) = line.strip_prefix("test ").and_then(|test| test.split_once(" ... ")) {
                let (file, test) = of_program(&program, name);
                begun = self.ended(&file, test, end).is_none().then_some((file, test));
            } else if let Some((file, test, end)) = playwright(line) {
                self.ended(file, test, end);
            } else if let Some((file, test)) = &begun
                && self.ended(file, test, line).is_some()
            {
                begun = None;
            }
        }
        if succeeded {
            Ok(())
        } else {
            Err(format!("tests of {}", if package.is_empty() { "end2end" } else { package }))
        }
    }

    /// Counts a test, if that is how a test ends.
    fn ended(&mut self, file: &str, test: &str, end: &str) -> Option<()> {
        let (passed, failed) = match end {
            "ok" | "✓" => (1, 0),
            "FAILED" | "✘" => (0, 1),
            _ => return None,
        };
        self.of(file, test).add(&Came { passed, failed, figures: vec![] });
        Some(())
    }

    /// The page, with what came of each row's tests in it. A row whose tests did not run stays, or
    /// says so where all should have run.
    fn fill(&self, page: &str, is_whole: bool) -> String {
        page.lines().map(|line| self.row(line, is_whole).unwrap_or_else(|| line.to_owned()) + "\n").collect()
    }

    fn row(&self, line: &str, is_whole: bool) -> Option<String> {
        let [promise, how, _, _, tests] = cells(line)?;
        let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            return None;
        }
        let mut came = Came::default();
        for ((file, test), it) in &self.tests {
            if named.iter().any(|name| is_named(name, file, test)) {
                came.add(it);
            }
        }
        let (tries, result) = match (came.passed + came.failed, is_whole) {
            (0, false) => return None,
            (0, true) => ("–".to_owned(), "**did not run**".to_owned()),
            _ => came.cells(),
        };
        Some(format!("| {promise} | {how} | {tries} | {result} | {tests} |"))
    }
}

/// Does a name of the table's stand for this test?
fn is_named(name: &str, file: &str, test: &str) -> bool {
    let (path, part) = ["::", " › "].iter().find_map(|sign| name.split_once(sign)).unwrap_or((name, ""));
    let below = file.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    below && test.contains(part)
}

/// The five cells of a row of the table.
fn cells(line: &str) -> Option<[&str; 5]> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    cells.try_into().ok()
}

/// The page's table alone.
fn table(page: &str) -> String {
    let is_row = |line: &&str| cells(line).is_some() || line.starts_with("|---|---|--:|---|");
    page.lines().filter(is_row).map(|line| format!("{line}\n")).collect()
}

/// A test's file and name: of a program whose root is a `main.rs` or `lib.rs`, its module's.
fn of_program<'a>(program: &str, test: &'a str) -> (String, &'a str) {
    match (program.rsplit_once('/'), test.rsplit_once("::")) {
        (Some((folder, "main.rs" | "lib.rs")), Some((module, name))) => {
            (format!("{folder}/{}.rs", module.replace("::", "/")), name)
        }
        _ => (program.to_owned(), test),
    }
}

/// `✓  12 [simulated] › end2end/simulated/line.spec.ts:30:1 › a title (4.0s)`
fn playwright(line: &str) -> Option<(&str, &str, &str)> {
    let end = ["✓", "✘"].into_iter().find(|end| line.starts_with(end))?;
    let (place, title) = line.split_once("› ")?.1.split_once(" › ")?;
    Some((place.split(':').next()?, title, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(package: &str, said: &str) -> Ledger {
        let mut ledger = Ledger::default();
        ledger.hear(package, (said.lines().map(ToOwned::to_owned).collect(), true)).unwrap();
        ledger
    }

    fn row(ledger: &Ledger, tests: &str) -> Option<String> {
        ledger.row(&format!("| it holds | by force | 1 | held | {tests} |"), false)
    }

    #[test]
    fn tests_are_counted_by_the_names_of_the_table() {
        let rust = ledger(
            "server",
            "     Running unittests src/lib.rs (target/debug/deps/server-1)\n\
             test hub::tests::schedules::a ... ok\n\
             \x20    Running tests/web/main.rs (target/debug/deps/web-1)\n\
             test streams::resumes ... ok\ntest streams::is_late ... FAILED\ntest notes::a ... ok\n\
             \x20    Running tests/records.rs (target/debug/deps/records-1)\n\
             test late::a ... ok\ntest late::b ... ignored",
        );
        let filled = |tries, result, tests| Some(format!("| it holds | by force | {tries} | {result} | {tests} |"));
        for (tries, result, tests) in [
            ("1", "held", "`server/src/hub/tests/schedules.rs`"),
            ("2", "**1 failed**", "`server/tests/web/streams.rs`"),
            ("1", "held", "`server/tests/web/streams.rs::resumes`"),
            ("2", "held", "`server/tests/web/notes.rs`, `server/tests/records.rs`"),
            ("4", "**1 failed**", "`server/tests`"),
        ] {
            assert_eq!(row(&rust, tests), filled(tries, result, tests));
        }
        assert_eq!(row(&rust, "`server/tests/link.rs`"), None, "its tests did not run");
        let missed = rust.row("| it holds | by force | 1 | held | `server/tests/link.rs` |", true).unwrap();
        assert!(missed.contains("| – | **did not run** |"));
        let pages = ledger("", "  ✓  12 [simulated] › end2end/simulated/line.spec.ts:30:1 › the line is slow (4.0s)");
        assert!(row(&pages, "`end2end/simulated/line.spec.ts › slow`").is_some());
        assert!(row(&pages, "`end2end/simulated/line.spec.ts › cut`").is_none());
    }

    #[test]
    fn figures_of_several_runs_are_one() {
        let lanes = ledger(
            "",
            "  ✓  1 [torture] › end2end/torture/notes.spec.ts:1:1 › a\n\
             measured: end2end/torture/notes.spec.ts: 700 faults, 0 lost, worst 61 ms to the mark\n\
             measured: end2end/torture/notes.spec.ts: 700 faults, 1 lost, worst 9 ms to the mark",
        );
        assert_eq!(
            row(&lanes, "`end2end/torture`").unwrap(),
            "| it holds | by force | 1,400 faults | held, 1 lost, worst 61 ms to the mark | `end2end/torture` |"
        );
    }

    #[test]
    fn a_test_that_tells_how_far_it_is_is_counted_once() {
        let soak = ledger(
            "server",
            "     Running tests/program/main.rs (target/release/deps/program-1)\n\
             test soak::holds ... after 2000 calls: 70 kB\nafter 3000 calls: 71 kB\n\
             measured: server/tests/program/soak.rs: 3000 calls, 70 MB after 2000 of them\nok\nok",
        );
        let came = &soak.tests[&("server/tests/program/soak.rs".to_owned(), "holds".to_owned())];
        assert_eq!(came.passed, 1);
        assert_eq!(
            row(&soak, "`server/tests/program/soak.rs`").unwrap(),
            "| it holds | by force | 3,000 calls | held, 70 MB after 2000 of them | `server/tests/program/soak.rs` |"
        );
    }
}
