//! `ringside import`: customers and bookings from CSV files.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::CliError;
use crate::{
    config::Config,
    import::{
        bookings::bookings,
        customers::customers,
        sheet::{Sheet, SheetError},
    },
    store::{
        Store,
        import::{BadRow, Imported, OnBad, Written},
    },
};

#[derive(Debug, Subcommand)]
pub enum Import {
    /// Add and update customers
    ///
    /// The first line of FILE names the columns, in any order:
    ///
    /// name, phones (several with ; or | between them, the main one first), and if there are
    /// id (the CRM's own key), city, active (yes or no; empty is yes).
    ///
    /// The id says who a customer is. Without one it is the main number and the name. Importing a
    /// file again changes nothing; nobody is removed: say active no.
    #[command(verbatim_doc_comment)]
    Customers(Source),
    /// Add and update bookings of customers who were imported before
    ///
    /// The first line of FILE names the columns, in any order:
    ///
    /// customer (the customer's id) or phone, restaurant, at (2026-08-10 19:30), adults,
    /// state (pending, confirmed, served, cancelled or noShow), and if there are children,
    /// id (the CRM's own key).
    ///
    /// The id says which booking it is. Without one it is the customer, the restaurant and the time.
    #[command(verbatim_doc_comment)]
    Bookings(Source),
}

#[derive(Debug, Args)]
pub struct Source {
    /// UTF-8, with commas or semicolons
    file: PathBuf,
    /// Import the other rows where some are bad; otherwise nothing is written then
    #[arg(long)]
    skip_bad: bool,
}

/// Why a file was not imported; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("cannot read {path}: {source}")]
    Unread { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}")]
    Sheet { path: PathBuf, source: SheetError },
    #[error(
        "{path} has {} bad {}, so nothing was written:\n{}\nMend the file, or leave these out with --skip-bad.",
        bad.len(), if bad.len() == 1 { "row" } else { "rows" }, lines(bad)
    )]
    Bad { path: PathBuf, bad: Vec<BadRow> },
}

impl Import {
    /// Does it; answers what to print.
    pub(super) async fn run(self, store: &Store, config: &Config) -> Result<String, CliError> {
        let (Self::Customers(source) | Self::Bookings(source)) = &self;
        let unread = |error| ImportError::Unread { path: source.file.clone(), source: error };
        let bytes = tokio::fs::read(&source.file).await.map_err(unread)?;
        let refused = |error| ImportError::Sheet { path: source.file.clone(), source: error };
        let on_bad = if source.skip_bad { OnBad::Skip } else { OnBad::Refuse };
        let (imported, unused) = match &self {
            Self::Customers(_) => {
                let Sheet { rows, bad, unused } = customers(&bytes, config.region).map_err(refused)?;
                (store.import_customers(&rows, bad, on_bad).await?, unused)
            }
            Self::Bookings(_) => {
                let Sheet { rows, bad, unused } = bookings(&bytes, config).map_err(refused)?;
                (store.import_bookings(&rows, bad, on_bad).await?, unused)
            }
        };
        Ok(told(&source.file, imported, &unused)?)
    }
}

fn told(path: &Path, Imported { written, bad }: Imported, unused: &[String]) -> Result<String, ImportError> {
    let Some(Written { added, changed, unchanged }) = written else {
        return Err(ImportError::Bad { path: path.to_owned(), bad });
    };
    let mut said = String::new();
    if !bad.is_empty() {
        said.push_str(&format!("{}\n", lines(&bad)));
    }
    if !unused.is_empty() {
        said.push_str(&format!("Columns that were not used: {}.\n", unused.join(", ")));
    }
    said.push_str(&format!("{added} added, {changed} changed, {unchanged} unchanged, {} skipped.", bad.len()));
    Ok(said)
}

fn lines(bad: &[BadRow]) -> String {
    bad.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
