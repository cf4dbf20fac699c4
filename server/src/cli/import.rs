//! `ringside import`: customers and bookings from lists, as CRMs and spreadsheets export them.

use std::{
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tokio::{sync::mpsc, task::spawn_blocking};

use super::CliError;
use crate::{
    config::Config,
    import::{
        SheetError,
        bookings::Bookings,
        columns::Columns,
        customers::Customers,
        dates::DateOrder,
        encoding::Encoding,
        mapping::{Mapping, NoMapping},
        quoted,
        sheet::{List, Options, Report, read},
    },
    store::{
        Store,
        import::{BadRows, Imported, Mode, Outdated, SLICE, Stopped, Written},
    },
};

/// Rows that go from the reader to the database at once, and how often they may wait.
const BATCH: usize = 1000;
const WAITING: usize = 4;

#[derive(Debug, Subcommand)]
pub enum Import {
    /// Add and update customers
    ///
    /// FILE is CSV or a spreadsheet. Its header names the columns, in any order, in English or
    /// Vietnamese, or as usual CRMs do:
    ///
    /// name (or first and last name), phones (in one column or several, the main one first), and if
    /// there are id (the CRM's own key), city, active (yes or no; empty is yes).
    ///
    /// The id says who a customer is. Without one it is the main number and the name. Importing a
    /// file again changes nothing; nobody is removed: say active no.
    #[command(verbatim_doc_comment)]
    Customers(Source),
    /// Add and update bookings of customers who were imported before
    ///
    /// FILE is CSV or a spreadsheet. Its header names the columns, in any order, in English or
    /// Vietnamese, or as usual booking programs do:
    ///
    /// customer (the customer's id) or phone, restaurant, at (10/08/2026 19:30 or 2026-08-10 19:30;
    /// or date and time), adults, state (pending, confirmed, served, cancelled or noShow), and if
    /// there are children, id (the booking's own key).
    ///
    /// The id says which booking it is. Without one it is the customer, the restaurant and the time.
    #[command(verbatim_doc_comment)]
    Bookings {
        #[command(flatten)]
        source: Source,
        /// Read 08/10/2026 as the tenth of August; otherwise it is the eighth of October
        #[arg(long)]
        month_first: bool,
    },
}

#[derive(Debug, Args)]
pub struct Source {
    /// CSV with commas, semicolons, tabs or |, in UTF-8 or UTF-16; or XLSX, XLS or ODS
    file: PathBuf,
    /// Import the other rows where some are bad; otherwise nothing is written then
    #[arg(long)]
    skip_bad: bool,
    /// Read and check everything, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Which column is which field: name="Column A",phones=C; an empty one is not read
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// The encoding of a text that is no Unicode, such as windows-1258
    #[arg(long)]
    encoding: Option<Encoding>,
    /// The sheet of a spreadsheet; otherwise the first that has rows
    #[arg(long)]
    sheet: Option<String>,
    /// How many complaints about bad rows to show
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    show_bad: usize,
}

/// Why a file was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("cannot read {path}: {source}")]
    Unread { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}")]
    Sheet { path: PathBuf, source: SheetError },
    #[error(transparent)]
    Map(#[from] NoMapping),
    #[error(transparent)]
    Stopped(#[from] Stopped),
    #[error(
        "{path} has {} bad {}, so nothing was written:\n{}{columns}\nMend the file, or leave these out with --skip-bad.",
        bad.rows(), if bad.rows() == 1 { "row" } else { "rows" }, lines(bad)
    )]
    Bad { path: PathBuf, bad: BadRows, columns: String },
}

impl Import {
    /// Does it; answers what to print.
    pub(super) async fn run(self, store: &Store, config: &Config) -> Result<String, CliError> {
        match self {
            Self::Customers(source) => {
                let import = store.import_customers().await?;
                source.import(Customers::new(config.region), import).await
            }
            Self::Bookings { source, month_first } => {
                let order = if month_first { DateOrder::MonthFirst } else { DateOrder::DayFirst };
                let import = store.import_bookings().await?;
                source.import(Bookings::new(config, order), import).await
            }
        }
    }
}

impl Source {
    /// Reads the file in a thread of its own, while the database takes in what was read before.
    async fn import<L>(self, list: L, mut import: crate::store::import::Import<L::Row>) -> Result<String, CliError>
    where
        L: List + Send + 'static,
        L::Row: Serialize + Send,
    {
        let mode = Mode { skip_bad: self.skip_bad, dry_run: self.dry_run, slice: SLICE };
        let options = Options {
            encoding: self.encoding,
            sheet: self.sheet,
            mapping: Mapping::parse(&self.map).map_err(ImportError::Map)?,
            skip_bad: self.skip_bad,
            shown: self.show_bad,
        };
        let path = self.file;
        let unread = |source| ImportError::Unread { path: path.clone(), source };
        let file = File::open(&path).map_err(unread)?;
        let progress = progress(file.metadata().map_err(unread)?.len());
        let input = progress.wrap_read(file);
        let (sender, mut rows) = mpsc::channel(WAITING);
        let name = path.clone();
        let reading = spawn_blocking(move || {
            let mut batch = Vec::with_capacity(BATCH);
            let report = read(&name, input, &list, &options, |row| {
                batch.push(row);
                batch.len() < BATCH || sender.blocking_send(std::mem::take(&mut batch)).is_ok()
            })?;
            // Whoever receives it has failed otherwise, and says so.
            let _ = sender.blocking_send(batch);
            Ok(report)
        });
        let mut count = 0;
        while let Some(batch) = rows.recv().await {
            count += batch.len();
            progress.set_message(format!("{count} rows"));
            import.add(&batch).await?;
        }
        let report = reading.await.unwrap_or_else(|died| Err(std::io::Error::other(died).into()));
        let Report { columns, bad } = report.map_err(|source| ImportError::Sheet { path: path.clone(), source })?;
        progress.set_message(format!("{count} rows, comparing and writing"));
        let imported = import.settle(bad, mode).await.map_err(ImportError::Stopped)?;
        progress.finish_and_clear();
        Ok(told(&path, imported, &columns, mode)?)
    }
}

/// A bar on a terminal's standard error; nothing elsewhere.
fn progress(bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{elapsed_precise} {wide_bar} {bytes} of {total_bytes}, {msg}");
    let progress = ProgressBar::new(bytes).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    progress.enable_steady_tick(Duration::from_millis(200));
    progress
}

fn told(path: &Path, imported: Imported, columns: &Columns, mode: Mode) -> Result<String, ImportError> {
    let columns = taken(columns);
    let Imported { written, bad, outdated } = imported;
    let Some(Written { added, changed, unchanged }) = written else {
        return Err(ImportError::Bad { path: path.to_owned(), bad, columns });
    };
    let counts = format!("{added} added, {changed} changed, {unchanged} unchanged, {} skipped", bad.rows());
    let parts = match bad.parts() {
        0 => String::new(),
        parts => format!(", {parts} taken without what is told above"),
    };
    let outdated = match outdated {
        Outdated { rows, line: Some(line), counts: Some(counts) } => format!(
            ", {rows} left out as a further state of the same booking is in the file (of line {line}, line {counts} counts)"
        ),
        _ => String::new(),
    };
    let dry = if mode.dry_run { "Nothing was written. It would be: " } else { "" };
    Ok(format!("{}{columns}\n{dry}{counts}{parts}{outdated}.", lines(&bad)))
}

/// Which column was taken for what, and which for nothing.
fn taken(columns: &Columns) -> String {
    let taken = columns.taken().map(|(field, names)| match names[..] {
        [name] if name.eq_ignore_ascii_case(field) => field.to_owned(),
        _ => format!("{field} from {}", quoted(&names)),
    });
    let taken = taken.collect::<Vec<_>>().join("; ");
    let unused: Vec<_> = columns.unused().collect();
    let unused = if unused.is_empty() { String::new() } else { format!(" Not used: {}.", quoted(&unused)) };
    format!("Columns: {taken}.{unused}")
}

/// The complaints, a line each.
fn lines(bad: &BadRows) -> String {
    let mut lines: String = bad.told().iter().map(|bad| format!("{bad}\n")).collect();
    if bad.untold() > 0 {
        lines.push_str(&format!("and {} more; --show-bad shows more of them\n", bad.untold()));
    }
    lines
}
