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

    /// Builds the pages, into a folder that is named for what they are made of: browsers keep it for
    /// ever. `pkg/build` says which one it is.
    pub fn pages(self) -> Outcome {
        let site = self.site();
        let style = bundle(&root().join("style/ringside.css"))?;
        let (folder, mut files) = self.module("frontend", &site.join("pkg"), &style)?;
        let file = folder.join("ringside.css");
        write(&file, &style)?;
        files.push(file);
        self.compress(&files)?;
        copy(&root().join("public"), &site)
    }

    /// Where the pages lie that were built last.
    pub fn built_pages(self) -> Outcome<PathBuf> {
        let pkg = self.site().join("pkg");
        Ok(pkg.join(read(&pkg.join("build"))?.trim()))
    }

    /// Builds the page that does nothing, to compare with; says where it lies.
    pub fn empty_page(self) -> Outcome<PathBuf> {
        let (folder, files) = self.module("empty-page", &root().join("target/bench/page"), "")?;
        self.compress(&files)?;
        Ok(folder)
    }

    /// Builds a package's WASM, and its JavaScript, into a folder within `pkg` that is named for them and
    /// for `style`; says which folder and which files.
    fn module(self, package: &str, pkg: &Path, style: &str) -> Outcome<(PathBuf, Vec<PathBuf>)> {
        let wasm = self.cargo(package, "wasm-release", WASM)?.join(format!("{}.wasm", package.replace('-', "_")));
        let module = fs::read(&wasm).map_err(|error| format!("cannot read {}: {error}", wasm.display()))?;
        let mut hash = DefaultHasher::new();
        hash.write(&module);
        hash.write(style.as_bytes());
        let build = format!("{:016x}", hash.finish());
        anew(pkg)?;
        let folder = pkg.join(&build);
        anew(&folder)?;
        write(&pkg.join("build"), &build)?;
        let (main, mut files) = split(&wasm, &module, &folder)?;
        let mut bind = command("wasm-bindgen", &["--target", "web", "--no-typescript", "--out-name", "ringside"]);
        // What was split off calls functions of the rest by their names.
        bind.args(["--keep-lld-exports", "--no-demangle"]);
        if self == Build::Release {
            bind.args(["--remove-name-section", "--remove-producers-section"]);
        }
        bind.arg("--out-dir").arg(&folder).arg(main);
        run(bind)?;
        files.extend(["ringside.js", "ringside_bg.wasm"].map(|file| folder.join(file)));
        if self == Build::Release {
            for module in files.iter().filter(|file| file.extension().is_some_and(|it| it == "wasm")) {
                let mut shrink = command(root().join("node_modules/.bin/wasm-opt"), &["-Oz", "--strip-debug"]);
                shrink.args(FEATURES.map(|feature| format!("--enable-{feature}"))).arg(module).arg("-o").arg(module);
                run(shrink)?;
            }
        }
        Ok((folder, files))
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

/// Splits off what `#[wasm_split]` marks, into `folder`: that of this very build, since a page that was
/// opened before an upgrade must not take parts of another one. Answers the module that is left, and
/// what went to the folder.
fn split(wasm: &Path, module: &[u8], folder: &Path) -> Outcome<(PathBuf, Vec<PathBuf>)> {
    let main = wasm.with_extension("main.wasm");
    let mut options = Options::new(module);
    options.main_module = "./ringside.js";
    options.link_name = "./split.js";
    options.main_out_path = &main;
    options.output_dir = folder;
    let parts = transform(options).map_err(|error| format!("cannot split {}: {error}", wasm.display()))?.split_modules;
    let link = folder.join("split.js");
    if parts.is_empty() {
        // Nobody asks for what would load them.
        fs::remove_file(&link).map_err(|error| format!("cannot remove {}: {error}", link.display()))?;
        return Ok((main, vec![]));
    }
    Ok((main, std::iter::once(link).chain(parts).collect()))
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
