//! What must never be reachable from where, as `cargo tree` sees it; and that what the threat model
//! says is tried is tried.
//!
//! It stands here because the server's tests are run by everybody, and because the server is
//! the only crate that may reach everything.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

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

/// The modules in a folder, and those beside it that each imports by `crate::` or `super::`. What its
/// tests import does not count.
fn imports(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut graph = BTreeMap::new();
    let mut folders = vec![(folder.to_owned(), None::<String>)];
    while let Some((at, within)) = folders.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if ["tests", "lib", "main"].contains(&name.as_str()) {
                continue;
            }
            let module = within.clone().unwrap_or(name);
            if path.is_dir() {
                folders.push((path, Some(module)));
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let code: Vec<_> = text.lines().map(|line| line.split("//").next().unwrap()).collect();
            let roots = if within.is_none() { &["crate::", "super::"][..] } else { &["crate::"] };
            graph.entry(module).or_insert_with(BTreeSet::new).extend(named_after(roots, &code.join("\n")));
        }
    }
    let modules: BTreeSet<String> = graph.keys().cloned().collect();
    for (module, named) in &mut graph {
        named.retain(|name| name != module && modules.contains(name));
    }
    graph
}

/// The names right after these roots: one, or all of a group in braces.
fn named_after(roots: &[&str], code: &str) -> BTreeSet<String> {
    let is_of_a_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut named = BTreeSet::new();
    for (at, root) in roots.iter().flat_map(|root| code.match_indices(root)) {
        let rest = &code[at + root.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            named.insert(rest.chars().take_while(|c| is_of_a_name(*c)).collect());
            continue;
        };
        let mut depth = 0;
        let part = |c: char| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == ',' && depth == 0
        };
        let end = end_of_group(group);
        for item in group[..end].split(part) {
            named.insert(item.trim().chars().take_while(|c| is_of_a_name(*c)).collect());
        }
    }
    named
}

/// Where the brace is that closes a group.
fn end_of_group(group: &str) -> usize {
    let mut depth = 0;
    let closes = |c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth < 0
    };
    group.find(closes).unwrap()
}

/// Modules from which an import leads back to them.
fn circles(graph: &BTreeMap<String, BTreeSet<String>>) -> Vec<&String> {
    let leads_back = |start: &&String| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![*start]);
        while let Some(module) = next.pop() {
            next.extend(graph[module].iter().filter(|import| seen.insert(*import)));
        }
        seen.contains(start)
    };
    graph.keys().filter(leads_back).collect()
}

#[test]
fn no_module_imports_one_that_imports_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let known = imports(&root.join("domain/src"));
    assert!(known["board"].contains("delta") && known["protocol"].contains("board"), "{known:?}");
    let domain = ["domain/src", "phone/src", "pbx/src", "pbx/src/switchboard", "hub/src"];
    let pages = ["app/src", "app/src/components"];
    let server = ["", "/auth", "/exchange", "/store", "/web"].map(|folder| format!("server/src{folder}"));
    for folder in domain.into_iter().chain(pages).chain(server.iter().map(String::as_str)) {
        let graph = imports(&root.join(folder));
        assert_eq!(circles(&graph), Vec::<&String>::new(), "{folder}: {graph:?}");
    }
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
