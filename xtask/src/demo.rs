//! The product with simulated calls, and a database in `target/demo`.

use crate::{
    files::folder,
    run::{Outcome, command, root, run},
    site::Build,
    tools,
};

/// Builds everything and serves until it is stopped.
pub fn serve(port: u16, build: Build) -> Outcome {
    tools::for_site(build)?;
    build.pages()?;
    let program = build.server()?;
    let data = root().join("target/demo");
    folder(&data)?;
    let mut serve = command(program, &["serve", "--simulate"]);
    serve
        .env("LEPTOS_SITE_ROOT", build.site())
        .env("RINGSIDE_LISTEN", format!("127.0.0.1:{port}"))
        .env("RINGSIDE_PUBLIC_URL", format!("http://127.0.0.1:{port}"))
        .env("RINGSIDE_DATABASE", data.join("ringside.db"));
    println!("Open http://127.0.0.1:{port} and sign in with one of the accounts below. Ctrl-C stops it.");
    run(serve)
}

/// `cargo leptos watch`: it simulates calls by itself.
pub fn watch() -> Outcome {
    tools::for_watch()?;
    run(command("cargo", &["leptos", "watch", "--split"]))
}
