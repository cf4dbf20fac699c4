//! Commands, said before they run.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What went wrong, for a person.
pub type Outcome<T = ()> = Result<T, String>;

/// The repository's root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// A command that runs in the repository's root.
pub fn command(program: impl AsRef<OsStr>, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    command
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Runs it; fails where it fails.
pub fn run(mut command: Command) -> Outcome {
    let shown = shown(&command);
    println!("\x1b[1m▸ {shown}\x1b[0m");
    let status = command.status().map_err(|error| format!("cannot run `{shown}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{shown}` failed ({status})")) }
}

/// Runs it, passing on what it says line by line, on either of its outputs; gives the lines, which
/// have no colours since they are read, and whether it succeeded.
pub fn watch(mut command: Command) -> Outcome<(Vec<String>, bool)> {
    let shown = shown(&command);
    println!("\x1b[1m▸ {shown}\x1b[0m");
    let cannot = |error| format!("cannot run `{shown}`: {error}");
    command.env("CARGO_TERM_COLOR", "never").env("FORCE_COLOR", "0").env_remove("CLICOLOR_FORCE");
    let (said, says) = std::io::pipe().map_err(cannot)?;
    command.stdout(says.try_clone().map_err(cannot)?).stderr(says);
    let mut child = command.spawn().map_err(cannot)?;
    // It holds the writing ends too, and what they say would never end.
    drop(command);
    let mut lines = Vec::new();
    for line in BufReader::new(said).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        println!("{line}");
        lines.push(line);
    }
    let status = child.wait().map_err(cannot)?;
    Ok((lines, status.success()))
}

/// What it prints, if it is there and succeeds.
pub fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = command(program, args).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
