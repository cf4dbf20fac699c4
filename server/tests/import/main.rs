//! `ringside import`, the real program, on real files.
//!
//! - `files`: the shapes of files: encodings, separators, headers, spreadsheets
//! - `records`: which record a row is, and what becomes of bad rows
//! - `values`: what people write in cells

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../common/mod.rs"]
mod common;
mod files;
mod records;
mod values;

use std::process::{Command, Output, Stdio};

use common::e164;
use domain::customer::{Booking, CustomerData};
use server::store::Store;

/// A directory with a database, the program's and ours.
struct House {
    dir: tempfile::TempDir,
    store: Store,
}

impl House {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("ringside.db")).await.unwrap();
        Self { dir, store }
    }

    /// `ringside import` of a file with this content, about to be run.
    fn command(&self, what: &str, content: &[u8], more: &[&str]) -> Command {
        std::fs::write(self.dir.path().join("file.csv"), content).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ringside"));
        command
            .args(["import", what, "file.csv"])
            .args(more)
            .current_dir(self.dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Imports it. The end of what was said: the counts.
    fn import(&self, what: &str, content: impl AsRef<[u8]>) -> String {
        self.import_by(what, content, &[]).lines().next_back().unwrap_or_default().to_owned()
    }

    /// Imports it with options. All that was said.
    fn import_by(&self, what: &str, content: impl AsRef<[u8]>, options: &[&str]) -> String {
        let output = self.command(what, content.as_ref(), options).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        said(&output).trim_end().to_owned()
    }

    /// Imports what is to be refused. What was said.
    fn refused(&self, what: &str, content: impl AsRef<[u8]>) -> String {
        self.refused_by(what, content, &[])
    }

    fn refused_by(&self, what: &str, content: impl AsRef<[u8]>, options: &[&str]) -> String {
        let output = self.command(what, content.as_ref(), options).output().unwrap();
        assert!(!output.status.success(), "{}", said(&output));
        said(&output)
    }

    async fn matches(&self, number: &str) -> Vec<CustomerData> {
        self.store.matches(&e164(number)).await.unwrap()
    }

    async fn names(&self, number: &str) -> Vec<String> {
        self.matches(number).await.into_iter().map(|found| found.name).collect()
    }

    /// All bookings of the only customer with this number.
    async fn bookings(&self, number: &str) -> Vec<Booking> {
        let [customer] = &self.matches(number).await[..] else { panic!("one customer has {number}") };
        self.store.customer(customer.id).await.unwrap().unwrap().1
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
