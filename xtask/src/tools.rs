//! What has to be on the machine. What is missing is installed; where that needs rights that we
//! lack, the command is named.

use std::path::Path;

use crate::run::{Outcome, command, output, root, run};

/// Must be the version of the wasm-bindgen crate in Cargo.toml.
const WASM_BINDGEN: &str = "0.2.130";
const CARGO_LEPTOS: &str = "0.3.11";
/// Where Debian's package puts the browser of the end-to-end tests.
pub const CHROMIUM: &str = "/usr/bin/chromium";

/// To build the pages.
pub fn for_site() -> Outcome {
    let target = "wasm32-unknown-unknown";
    if !output("rustup", &["target", "list", "--installed"]).is_some_and(|it| it.contains(target)) {
        println!("The WASM target is missing: installing it.");
        run(command("rustup", &["target", "add", target]))?;
    }
    let is_there = output("wasm-bindgen", &["--version"]).is_some_and(|it| it.trim().ends_with(WASM_BINDGEN));
    if !is_there {
        println!("wasm-bindgen {WASM_BINDGEN} is missing: installing it (about two minutes).");
        install(&["wasm-bindgen-cli", "--version", WASM_BINDGEN, "--bin", "wasm-bindgen", "--force"])?;
    }
    Ok(())
}

/// To run the end-to-end tests too.
pub fn for_tests() -> Outcome {
    for_site()?;
    debian(&[(CHROMIUM, "chromium"), ("/usr/bin/sqlite3", "sqlite3")])?;
    let node = output("node", &["--version"]).ok_or("Node is missing: install Node 20 or later with npm")?;
    if !root().join("node_modules/.package-lock.json").exists() {
        println!("The end-to-end tests' packages are missing: installing them (Node {}).", node.trim());
        let mut install = command("npm", &["ci", "--no-audit", "--no-fund"]);
        install.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        run(install)?;
    }
    Ok(())
}

/// To rebuild and reload at every change.
pub fn for_watch() -> Outcome {
    for_site()?;
    if output("cargo", &["leptos", "--version"]).is_none() {
        println!("cargo-leptos is missing: installing it (about five minutes).");
        let arguments = ["--locked", "--ignore-rust-version", "cargo-leptos", "--version", CARGO_LEPTOS];
        install(&[&arguments[..], &["--features", "no_downloads"]].concat())?;
    }
    Ok(())
}

/// `cargo install`, quick to build rather than quick to run.
fn install(arguments: &[&str]) -> Outcome {
    let mut install = command("cargo", &["install"]);
    install.args(arguments);
    for (key, value) in
        [("OPT_LEVEL", "0"), ("LTO", "off"), ("CODEGEN_UNITS", "256"), ("DEBUG", "0"), ("STRIP", "true")]
    {
        install.env(format!("CARGO_PROFILE_RELEASE_{key}"), value);
    }
    run(install)
}

/// Packages of Debian, each with a file that shows that it is there.
fn debian(packages: &[(&str, &str)]) -> Outcome {
    let missing: Vec<&str> =
        packages.iter().filter(|(file, _)| !Path::new(file).exists()).map(|(_, name)| *name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    let is_root = output("id", &["-u"]).is_some_and(|it| it.trim() == "0");
    if !is_root {
        return Err(format!("missing: {names}. Install with: sudo apt-get update && sudo apt-get install -y {names}"));
    }
    println!("Missing: {names}. Installing.");
    run(command("apt-get", &["update", "-qq"]))?;
    let mut install = command("apt-get", &["install", "-y", "-qq", "--no-install-recommends"]);
    install.args(missing).env("DEBIAN_FRONTEND", "noninteractive");
    run(install)
}
