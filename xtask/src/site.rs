//! The pages, built for the browser: WASM, one stylesheet, and `public/`.

use std::{
    fs,
    hash::{DefaultHasher, Hasher},
    path::{Path, PathBuf},
};

use wasm_split_cli_support::{Options, transform};

use crate::{
    files::{anew, copy, read, write},
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
        let mut files = self.module("frontend", &pkg)?;
        let style = pkg.join("ringside.css");
        write(&style, &bundle(&root().join("style/ringside.css"))?)?;
        files.push(style);
        self.compress(&files)?;
        copy(&root().join("public"), &site)
    }

    /// Builds the page that does nothing, to compare with; says where it lies.
    pub fn empty_page(self) -> Outcome<PathBuf> {
        let pkg = root().join("target/bench/page");
        self.compress(&self.module("empty-page", &pkg)?)?;
        Ok(pkg)
    }

    /// Builds a package's WASM, and its JavaScript, into `pkg`; says which files they are.
    fn module(self, package: &str, pkg: &Path) -> Outcome<Vec<PathBuf>> {
        let wasm = self.cargo(package, "wasm-release", WASM)?.join(format!("{}.wasm", package.replace('-', "_")));
        anew(pkg)?;
        let (main, mut files) = split(&wasm, pkg)?;
        let mut bind = command("wasm-bindgen", &["--target", "web", "--no-typescript", "--out-name", "ringside"]);
        // What was split off calls functions of the rest by their names.
        bind.args(["--keep-lld-exports", "--no-demangle"]);
        if self == Build::Release {
            bind.args(["--remove-name-section", "--remove-producers-section"]);
        }
        bind.arg("--out-dir").arg(pkg).arg(main);
        run(bind)?;
        files.extend(["ringside.js", "ringside_bg.wasm"].map(|file| pkg.join(file)));
        if self == Build::Release {
            for module in files.iter().filter(|file| file.extension().is_some_and(|it| it == "wasm")) {
                let mut shrink = command(root().join("node_modules/.bin/wasm-opt"), &["-Oz", "--strip-debug"]);
                shrink.args(FEATURES.map(|feature| format!("--enable-{feature}"))).arg(module).arg("-o").arg(module);
                run(shrink)?;
            }
        }
        Ok(files)
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

/// Splits off what `#[wasm_split]` marks: into a folder named for this very build, since a page that
/// was opened before an upgrade must not take parts of another one. Answers the module that is left,
/// and what went to the folder.
fn split(wasm: &Path, pkg: &Path) -> Outcome<(PathBuf, Vec<PathBuf>)> {
    let failed = |error: &dyn std::fmt::Display| format!("cannot split {}: {error}", wasm.display());
    let module = fs::read(wasm).map_err(|error| failed(&error))?;
    let mut hash = DefaultHasher::new();
    hash.write(&module);
    let build = format!("{:016x}", hash.finish());
    let folder = pkg.join(&build);
    anew(&folder)?;
    let main = wasm.with_extension("main.wasm");
    let link = format!("./{build}/split.js");
    let mut options = Options::new(&module);
    options.main_module = "../ringside.js";
    options.link_name = &link;
    options.main_out_path = &main;
    options.output_dir = pkg;
    let parts = transform(options).map_err(|error| failed(&error))?.split_modules;
    if parts.is_empty() {
        // Nobody asks for what would load them.
        fs::remove_dir_all(&folder).map_err(|error| failed(&error))?;
        return Ok((main, vec![]));
    }
    let mut files = vec![folder.join("split.js")];
    for part in parts {
        let file = folder.join(part.file_name().unwrap_or_default());
        fs::rename(&part, &file).map_err(|error| failed(&error))?;
        files.push(file);
    }
    Ok((main, files))
}

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
