//! `sqlx::migrate!` reads the migrations when the crate is compiled: a new one is a reason to.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
