//! What must never be reachable from where, as `cargo tree` sees it; and that what the threat model
//! says is tried is tried.
//!
//! It stands here because the server's tests are run by everybody, and because the server is
//! the only crate that may reach everything.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{collections::BTreeSet, path::Path, process::Command};

const RUNTIME: &[&str] = &["tokio", "tokio_util", "axum", "hyper", "reqwest"];
const DATABASE: &[&str] = &["sqlx", "sqlx_core", "libsqlite3_sys"];

/// The names of all packages that a build of `package` reaches; its tests and build scripts do
/// not count.
fn reached_by(package: &str, arguments: &[&str]) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{lib}", "--package", package])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let names = String::from_utf8(tree.stdout).unwrap();
    names.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// `package` reaches all of `these`, so that the tree was read as it is meant, and none of `those`.
fn check(package: &str, arguments: &[&str], these: &[&str], those: &[&str]) {
    let reached = reached_by(package, arguments);
    for name in these {
        assert!(reached.contains(*name), "{package} {arguments:?} does not reach {name}: {reached:?}");
    }
    for name in those {
        assert!(!reached.contains(*name), "{package} {arguments:?} reaches {name}");
    }
}

#[test]
fn the_heart_knows_no_runtime_no_database_and_no_page() {
    let outside = [RUNTIME, DATABASE, &["leptos", "futures", "app", "server"]].concat();
    check("domain", &[], &["domain", "serde_json"], &[&outside[..], &["pbx"]].concat());
    check("pbx", &[], &["pbx", "domain"], &outside);
    check("phone", &[], &["phone", "domain", "phonenumber"], &[&outside[..], &["pbx", "hub"]].concat());
    check("hub", &[], &["hub", "domain", "phone", "pbx"], &outside);
}

#[test]
fn the_browser_reaches_no_runtime_no_database_and_no_pbx() {
    let outside = [RUNTIME, DATABASE, &["pbx", "hub", "phone", "server", "argon2"]].concat();
    check("frontend", &["--target", "wasm32-unknown-unknown"], &["frontend", "app", "leptos"], &outside);
}

#[test]
fn the_pages_know_no_database_and_no_pbx() {
    let there = ["app", "domain", "leptos"];
    check("app", &[], &there, &[RUNTIME, DATABASE, &["pbx", "hub", "phone", "server"]].concat());
    check("app", &["--features", "ssr"], &there, &[DATABASE, &["pbx", "hub", "phone", "server"]].concat());
}

#[test]
fn the_server_reaches_all_of_it() {
    check(
        "server",
        &[],
        &[RUNTIME, DATABASE, &["server", "app", "hub", "pbx", "phone", "domain", "leptos"]].concat(),
        &["frontend"],
    );
}

#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let model = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let rows: Vec<_> = model.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| what")).collect();
    assert!(rows.len() > 25, "{rows:?}");
    for row in rows {
        let tried_by = row.trim_end_matches('|').rsplit('|').next().unwrap();
        let named: Vec<_> = tried_by.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "{row}");
        for name in named {
            let (file, test) = match name.rsplit_once("::") {
                // A module's own tests.
                Some((module, file)) if root.join(format!("server/src/{module}/{file}.rs")).exists() => {
                    (format!("server/src/{module}/{file}.rs"), "#[cfg(test)]".to_owned())
                }
                Some((file, test)) => (format!("server/tests/{file}.rs"), format!("fn {test}()")),
                None => (name.to_owned(), String::new()),
            };
            let text = std::fs::read_to_string(root.join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(text.contains(&test), "{file} has no {test}");
        }
    }
}
