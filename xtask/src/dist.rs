//! What an administrator installs: one folder, `target/dist`, with the program, its site, the
//! example configuration and a unit for systemd.

use crate::{
    files::copy,
    run::{Outcome, root},
    site::Build,
    tools,
};

pub fn build() -> Outcome {
    tools::for_site(Build::Release)?;
    Build::Release.pages()?;
    let dist = root().join("target/dist");
    copy(&Build::Release.server()?, &dist.join("ringside"))?;
    for file in ["ringside.example.toml", "ringside.service", "LICENSE"] {
        copy(&root().join(file), &dist.join(file))?;
    }
    println!("\nReady in {}: the README tells how to install it.", dist.display());
    Ok(())
}
