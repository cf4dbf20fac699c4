//! What has to be on the machine. What is missing is installed; where that needs rights that we
//! lack, the command is named.

use std::path::Path;

use crate::{
    asterisk,
    run::{Outcome, command, output, root, run},
    site::Build,
};

/// Must be the version of the wasm-bindgen crate in Cargo.toml.
const WASM_BINDGEN: &str = "0.2.130";
const CARGO_LEPTOS: &str = "0.3.11";
const CARGO_DENY: &str = "0.20.2";
const CARGO_FUZZ: &str = "0.13.2";
/// The toolchain that fuzzing needs.
pub const NIGHTLY: &str = "nightly";
/// Where Debian's package puts the browser of the end-to-end tests.
pub const CHROMIUM: &str = "/usr/bin/chromium";

/// To build the pages.
pub fn for_site(build: Build) -> Outcome {
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
    node()?;
    // wasm-opt is among the packages.
    if build == Build::Release { packages_of(&root()) } else { Ok(()) }
}

fn node() -> Outcome<String> {
    output("node", &["--version"]).ok_or_else(|| "Node is missing: install Node 20 or later with npm".to_owned())
}

/// What a folder's package.json asks for, if it is not there yet: npm notes what it installed.
fn packages_of(folder: &Path) -> Outcome {
    let modified = |file: &str| folder.join(file).metadata().and_then(|it| it.modified()).ok();
    let (installed, asked) = (modified("node_modules/.package-lock.json"), modified("package-lock.json"));
    if installed.is_some() && installed >= asked {
        return Ok(());
    }
    println!("Packages of {} are missing: installing them (Node {}).", folder.display(), node()?.trim());
    let mut install = command("npm", &["ci", "--no-audit", "--no-fund"]);
    install.current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    run(install)
}

/// To run the end-to-end tests too.
pub fn for_tests() -> Outcome {
    for_site(Build::Debug)?;
    debian(&[
        (CHROMIUM, "chromium"),
        ("/usr/bin/openssl", "openssl"),
        ("/usr/bin/sqlite3", "sqlite3"),
        ("/usr/bin/sipp", "sip-tester"),
    ])?;
    asterisk::ensure()?;
    packages_of(&root())
}

/// To run the benchmark: the Node peer's packages, which are its alone.
pub fn for_bench(peer: &Path) -> Outcome {
    packages_of(peer)
}

/// To rebuild and reload at every change.
pub fn for_watch() -> Outcome {
    for_site(Build::Debug)?;
    if output("cargo", &["leptos", "--version"]).is_none() {
        println!("cargo-leptos is missing: installing it (about five minutes).");
        let arguments = ["--locked", "--ignore-rust-version", "cargo-leptos", "--version", CARGO_LEPTOS];
        install(&[&arguments[..], &["--features", "no_downloads"]].concat())?;
    }
    Ok(())
}

/// To look at what dependencies bring along.
pub fn for_deny() -> Outcome {
    if output("cargo", &["deny", "--version"]).is_none() {
        println!("cargo-deny is missing: installing it (about two minutes).");
        install(&["--locked", "cargo-deny", "--version", CARGO_DENY])?;
    }
    Ok(())
}

/// To fuzz. A whole toolchain is installed by whoever wants it.
pub fn for_fuzz() -> Outcome {
    if output("rustup", &["run", NIGHTLY, "rustc", "--version"]).is_none() {
        return Err(format!("fuzzing needs the nightly toolchain: rustup toolchain install {NIGHTLY}"));
    }
    if output("cargo", &["fuzz", "--version"]).is_none() {
        println!("cargo-fuzz is missing: installing it (about two minutes).");
        install(&["--locked", "cargo-fuzz", "--version", CARGO_FUZZ])?;
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
