//! From lists of customers and bookings, as CRMs and spreadsheets export them, to rows for the
//! database.
//!
//! - [`kind`]: files that are no lists
//! - [`encoding`], [`dialect`], [`split`], [`records`]: a text: its characters, its separator, its
//!   cells, its records and their line numbers
//! - [`workbook`]: a spreadsheet's own file, read as the same records
//! - [`vocabulary`], [`names`], [`mapping`], [`columns`]: what columns are called, and which one is
//!   which field
//! - [`swallowed`]: rows within the quotes of a cell
//! - [`sheet`]: all this put together; [`row`]: a row's cells by their field
//! - [`values`], [`dates`] with [`clocks`], [`phones`]: what a cell says
//! - [`customers`], [`bookings`]: what a row of each means
//!
//! A row that cannot be used is told with its line, its column and with what was expected there;
//! [`crate::store::import`] decides what becomes of the others.

pub mod bookings;
pub mod clocks;
pub mod columns;
pub mod customers;
pub mod dates;
pub mod dialect;
pub mod encoding;
pub mod kind;
pub mod mapping;
pub mod names;
pub mod phones;
pub mod records;
pub mod row;
pub mod sheet;
pub mod split;
pub mod swallowed;
pub mod values;
pub mod vocabulary;
pub mod workbook;

/// What to do about a text in another encoding.
const NOT_UTF8: &str = "Save the file as \"CSV UTF-8\", or name its encoding, such as --encoding windows-1258 for \
    Vietnamese or --encoding windows-1252 for western languages";

/// Why nothing of a file can be used.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    #[error("cannot read it: {0}")]
    Unread(#[from] std::io::Error),
    #[error("line {line}: expected UTF-8, found other bytes. {NOT_UTF8}")]
    NotUtf8 { line: u64 },
    #[error("line {line}: expected the quote that begins here to be closed. A quote within a text is written twice")]
    Unclosed { line: u64 },
    #[error("expected text in {named}, found UTF-8. Leave --encoding out")]
    IsUtf8 { named: &'static str },
    #[error("line {line}: {}; found are {}. {}", wrong.join("; "), quoted(found), by_map(near))]
    Columns { line: u64, wrong: Vec<String>, near: Vec<String>, found: Vec<String> },
    #[error("expected a header and rows, found neither")]
    Empty,
    #[error(
        "expected a spreadsheet that can be read: {why}. Open it there, take any password off, and save it as CSV UTF-8 or XLSX"
    )]
    Workbook { why: String },
    #[error("expected a sheet of the name {expected:?}, found {}", quoted(found))]
    NoSheet { expected: String, found: Vec<String> },
    #[error("expected CSV or a spreadsheet, found {found}, whatever its name says. {advice}")]
    Foreign { found: &'static str, advice: &'static str },
    #[error("the reading was stopped")]
    Stopped,
}

/// Names as a person reads them: in quotes, with commas between.
pub(crate) fn quoted(names: &[impl AsRef<str>]) -> String {
    names.iter().map(|name| format!("{:?}", name.as_ref())).collect::<Vec<_>>().join(", ")
}

fn by_map(near: &[String]) -> String {
    match near {
        [] => "Say which are meant by --map FIELD=COLUMN".to_owned(),
        near => format!("Say which are meant; perhaps {}", near.join(" ")),
    }
}
