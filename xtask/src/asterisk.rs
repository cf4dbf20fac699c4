//! A real Asterisk for the end-to-end tests: the machine's own where it is new enough, and else
//! Debian's packages unpacked into `target/asterisk`, without touching the system. Debian 12 has
//! no Asterisk; `forky` has the LTS.

use std::{fs, path::Path};

use crate::{
    files::{folder, write},
    run::{Outcome, command, output, root, run},
};

/// The oldest that Ringside speaks to.
const OLDEST: u32 = 20;
const SUITE: &str = "forky";

/// Makes sure that there is one.
pub fn ensure() -> Outcome {
    let unpacked = root().join("target/asterisk");
    if unpacked.join("root/usr/sbin/asterisk").exists() || installed().is_some_and(|major| major >= OLDEST) {
        return Ok(());
    }
    println!("Asterisk {OLDEST} or later is missing: unpacking Debian {SUITE}'s into target/asterisk.");
    // Beside its place until it is whole.
    let partial = root().join("target/asterisk.partial");
    let _ = fs::remove_dir_all(&partial);
    unpack(&partial).map_err(|error| {
        format!(
            "{error}\nAsterisk could not be fetched: install Asterisk {OLDEST} or later, so that `asterisk -V` answers"
        )
    })?;
    let _ = fs::remove_dir_all(&unpacked);
    fs::rename(&partial, &unpacked).map_err(|error| format!("cannot rename {}: {error}", partial.display()))
}

/// The major version of the machine's own.
fn installed() -> Option<u32> {
    let version = output("asterisk", &["-V"])?;
    version.trim().strip_prefix("Asterisk ")?.split('.').next()?.parse().ok()
}

/// apt resolves against an empty system of its own, so that what it fetches is complete and
/// nothing is installed.
fn unpack(into: &Path) -> Outcome {
    let apt = into.join("apt");
    folder(&apt.join("lists/partial"))?;
    folder(&apt.join("cache/archives/partial"))?;
    let status = apt.join("status");
    write(&status, "")?;
    let sources = apt.join("sources.list");
    let key = "/usr/share/keyrings/debian-archive-keyring.gpg";
    write(&sources, &format!("deb [signed-by={key}] {} {SUITE} main\n", mirror()?))?;
    let places = [("State::Lists", apt.join("lists")), ("Cache", apt.join("cache")), ("State::status", status)];
    let mut options: Vec<String> =
        places.iter().map(|(key, path)| format!("-oDir::{key}={}", path.display())).collect();
    options.push(format!("-oDir::Etc::SourceList={}", sources.display()));
    options.extend(
        [
            "Dir::Etc::SourceParts=/dev/null",
            "Debug::NoLocking=1",
            "APT::Install-Recommends=false",
            "Acquire::Languages=none",
        ]
        .map(|option| format!("-o{option}")),
    );
    let get = |words: &[&str]| {
        let mut get = command("apt-get", &["-qq"]);
        get.args(&options).args(words).env("DEBIAN_FRONTEND", "noninteractive");
        run(get)
    };
    get(&["update"])?;
    get(&["install", "--yes", "--download-only", "asterisk"])?;
    spread(&apt.join("cache/archives"), &into.join("root"))?;
    fs::remove_dir_all(&apt).map_err(|error| format!("cannot remove {}: {error}", apt.display()))
}

/// Debian's mirror that this machine uses already.
fn mirror() -> Outcome<String> {
    let indexes =
        output("apt-get", &["indextargets", "--format", "$(ORIGIN) $(SUITE) $(REPO_URI)", "Created-By: Packages"]);
    let indexes = indexes.ok_or("`apt-get indextargets` does not answer: is this a Debian?")?;
    let fields = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let debian = indexes
        .lines()
        .map(fields)
        .find(|line| line.len() == 3 && line[0] == "Debian" && !line[1].contains("security"));
    debian
        .map(|mut line| line.swap_remove(2))
        .ok_or_else(|| "no Debian mirror is configured: run apt-get update".to_owned())
}

/// Unpacks every package into one tree, whose `/lib` and the like are links into `/usr` as today's
/// packages expect.
fn spread(archives: &Path, tree: &Path) -> Outcome {
    let script = r#"set -eu
        for name in lib lib64 bin sbin; do mkdir -p "$2/usr/$name"; ln -sfn "usr/$name" "$2/$name"; done
        for package in "$1"/*.deb; do
            dpkg-deb --fsys-tarfile "$package" | tar -x -C "$2" --keep-directory-symlink --no-same-owner \
                --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale --exclude=./usr/share/perl
        done"#;
    let mut unpack = command("sh", &["-c", script, "unpack"]);
    unpack.arg(archives).arg(tree);
    println!("▸ unpacking {} packages", fs::read_dir(archives).map_or(0, Iterator::count));
    match unpack.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the packages could not be unpacked ({status})")),
        Err(error) => Err(format!("cannot run sh: {error}")),
    }
}
