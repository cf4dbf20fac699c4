//! The pages, built for the browser: WASM, one stylesheet, and `public/`.

use std::path::{Path, PathBuf};

use crate::{
    files::{copy, folder, read, write},
    run::{Outcome, command, root, run},
};

/// How the product is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// Quick to build.
    Debug,
    /// Quick to load and to run.
    Release,
}

impl Build {
    /// Where its site lies.
    pub fn site(self) -> PathBuf {
        root().join(match self {
            Build::Debug => "target/site",
            Build::Release => "target/dist/site",
        })
    }

    fn cargo(self, package: &str, release: &'static str, target: &str) -> Outcome<PathBuf> {
        let mut build = command("cargo", &["build", "--package", package]);
        if self == Build::Release {
            build.args(["--profile", release]);
        }
        if !target.is_empty() {
            build.args(["--target", target]);
        }
        run(build)?;
        Ok(root().join("target").join(target).join(if self == Build::Release { release } else { "debug" }))
    }

    /// Builds the server; says where the program is.
    pub fn server(self) -> Outcome<PathBuf> {
        Ok(self.cargo("server", "release", "")?.join("ringside"))
    }

    /// Builds the pages.
    pub fn pages(self) -> Outcome {
        let site = self.site();
        let pkg = site.join("pkg");
        self.module("frontend", &pkg)?;
        write(&pkg.join("ringside.css"), &bundle(&root().join("style/ringside.css"))?)?;
        self.compress(&["ringside.js", "ringside_bg.wasm", "ringside.css"].map(|file| pkg.join(file)))?;
        copy(&root().join("public"), &site)
    }

    /// Builds the page that does nothing, to compare with; says where it lies.
    pub fn empty_page(self) -> Outcome<PathBuf> {
        let pkg = root().join("target/bench/page");
        self.module("empty-page", &pkg)?;
        self.compress(&["ringside.js", "ringside_bg.wasm"].map(|file| pkg.join(file)))?;
        Ok(pkg)
    }

    /// Builds a package's WASM, and its JavaScript, into `pkg`.
    fn module(self, package: &str, pkg: &Path) -> Outcome {
        let wasm = self.cargo(package, "wasm-release", WASM)?.join(format!("{}.wasm", package.replace('-', "_")));
        folder(pkg)?;
        let mut bind = command("wasm-bindgen", &["--target", "web", "--no-typescript", "--out-name", "ringside"]);
        if self == Build::Release {
            bind.args(["--remove-name-section", "--remove-producers-section"]);
        }
        bind.arg("--out-dir").arg(pkg).arg(wasm);
        run(bind)?;
        if self == Build::Release {
            let module = pkg.join("ringside_bg.wasm");
            let mut shrink = command(root().join("node_modules/.bin/wasm-opt"), &["-Oz"]);
            shrink.args(FEATURES.map(|feature| format!("--enable-{feature}"))).arg(&module).arg("-o").arg(&module);
            run(shrink)?;
        }
        Ok(())
    }

    /// Once a build: the server would otherwise compress them for every request. Node is here for
    /// the tests, and brings both formats.
    fn compress(self, files: &[PathBuf]) -> Outcome {
        let script = match self {
            Build::Debug => "write(file + '.gz', zlib.gzipSync(read(file), { level: 1 }));",
            Build::Release => {
                "write(file + '.gz', zlib.gzipSync(read(file), { level: 9 }));
                 write(file + '.br', zlib.brotliCompressSync(read(file)));"
            }
        };
        let program = "const zlib = require('zlib'), { readFileSync: read, writeFileSync: write } = require('fs');";
        let mut node =
            command("node", &["-e", &format!("{program} for (const file of process.argv.slice(1)) {{ {script} }}")]);
        node.args(files);
        run(node)
    }
}

const WASM: &str = "wasm32-unknown-unknown";

/// What rustc's WASM uses and every browser knows. With all that wasm-opt knows, it writes what no
/// browser reads yet.
const FEATURES: [&str; 7] = [
    "bulk-memory",
    "bulk-memory-opt",
    "multivalue",
    "mutable-globals",
    "nontrapping-float-to-int",
    "reference-types",
    "sign-ext",
];

/// The stylesheet with its `@import "./part.css";` lines replaced by the parts.
fn bundle(entry: &Path) -> Outcome<String> {
    let text = read(entry)?;
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
