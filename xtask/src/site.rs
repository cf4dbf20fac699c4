//! The pages, built for the browser into `target/site`: WASM, one stylesheet, and `public/`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::run::{Outcome, command, root, run};

/// Where the site is built.
pub fn directory() -> PathBuf {
    root().join("target/site")
}

pub fn build() -> Outcome {
    run(command("cargo", &["build", "--package", "frontend", "--target", "wasm32-unknown-unknown"]))?;
    let (site, wasm) = (directory(), "target/wasm32-unknown-unknown/debug/frontend.wasm");
    let pkg = site.join("pkg");
    fs::create_dir_all(&pkg).map_err(|error| format!("cannot create {}: {error}", pkg.display()))?;
    let mut bind = command("wasm-bindgen", &["--target", "web", "--no-typescript", "--out-name", "ringside"]);
    bind.arg("--out-dir").arg(&pkg).arg(root().join(wasm));
    run(bind)?;
    let css = bundle(&root().join("style/ringside.css"))?;
    write(&pkg.join("ringside.css"), &css)?;
    // Once a build: the server would otherwise compress them for every request.
    let files = ["ringside.js", "ringside_bg.wasm", "ringside.css"].map(|file| pkg.join(file));
    let mut gzip = command("gzip", &["--keep", "--force", "-1"]);
    gzip.args(files);
    run(gzip)?;
    copy(&root().join("public"), &site)
}

/// The stylesheet with its `@import "./part.css";` lines replaced by the parts.
fn bundle(entry: &Path) -> Outcome<String> {
    let text = fs::read_to_string(entry).map_err(|error| format!("cannot read {}: {error}", entry.display()))?;
    let mut whole = String::new();
    for line in text.lines() {
        match line.trim().strip_prefix("@import \"").and_then(|rest| rest.strip_suffix("\";")) {
            Some(part) => whole.push_str(&bundle(&entry.with_file_name(part.trim_start_matches("./")))?),
            None => {
                whole.push_str(line);
                whole.push('\n');
            }
        }
    }
    Ok(whole)
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Outcome {
    let failed = |error: std::io::Error| format!("cannot copy {}: {error}", from.display());
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target).map_err(failed)?;
        }
    }
    Ok(())
}
