//! A table in a CSV file. UTF-8, with or without a byte order mark; commas or, as Excel writes
//! them where the comma is for decimals, semicolons. The first line names the columns, in any
//! order.

use std::str::Utf8Error;

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use crate::store::import::BadRow;

/// No name of a person or a place is longer. A quote that is never closed is.
const LONGEST: usize = 200;

/// Which columns a table has.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    pub required: &'static [&'static str],
    pub optional: &'static [&'static str],
}

/// What was read of a file.
#[derive(Clone, Debug)]
pub struct Sheet<T> {
    pub rows: Vec<T>,
    pub bad: Vec<BadRow>,
    /// Columns that mean nothing here.
    pub unused: Vec<String>,
}

/// Why nothing of a file can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    #[error("line 1: expected UTF-8. A spreadsheet saves it as \"CSV UTF-8\"")]
    NotUtf8(#[from] Utf8Error),
    #[error("line 1: expected the names of the columns, {expected} among them, found {found:?}")]
    Missing { expected: &'static str, found: Vec<String> },
    #[error("line 1: expected each column once, found {0:?} again")]
    Twice(String),
}

/// One row, whose cells are asked for by the name of their column.
#[derive(Debug)]
pub struct Row<'a> {
    pub line: u64,
    header: &'a [String],
    cells: StringRecord,
}

impl Row<'_> {
    /// The cell without the space around it; none where the file has no such column.
    pub fn cell(&self, column: &str) -> Option<&str> {
        let index = self.header.iter().position(|name| name == column)?;
        self.cells.get(index).map(str::trim)
    }

    /// The cell, if there is anything in it.
    pub fn filled(&self, column: &str) -> Option<&str> {
        self.cell(column).filter(|cell| !cell.is_empty())
    }

    /// A name, in one line.
    ///
    /// # Errors
    /// Where it is too long to be one.
    pub fn name(&self, column: &str) -> Result<Option<String>, String> {
        let Some(cell) = self.cell(column) else { return Ok(None) };
        let length = cell.chars().count();
        if length > LONGEST {
            return Err(format!("{column}: expected at most {LONGEST} characters, found {length}"));
        }
        Ok(Some(cell.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    /// A name that must be there.
    ///
    /// # Errors
    /// Where it is not, or is too long.
    pub fn required_name(&self, column: &str) -> Result<String, String> {
        self.key(column)?.ok_or_else(|| format!("{column}: expected a name, found nothing"))
    }

    /// A record's key in the CRM, if it has one.
    ///
    /// # Errors
    /// Where it is too long.
    pub fn key(&self, column: &str) -> Result<Option<String>, String> {
        Ok(self.name(column)?.filter(|key| !key.is_empty()))
    }
}

/// Reads a file's rows; `read` says what one means, or what was expected of it. Empty lines,
/// also those that are all separators, are passed over.
///
/// # Errors
/// [`SheetError`] where the first line does not name the columns.
pub fn read<T>(
    bytes: &[u8],
    columns: Columns,
    mut read: impl FnMut(&Row) -> Result<T, String>,
) -> Result<Sheet<T>, SheetError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let mut reader =
        ReaderBuilder::new().delimiter(separator(first)).has_headers(false).flexible(true).from_reader(bytes);
    let mut record = ByteRecord::new();
    // What is read lies in memory, and rows may be of any length: no row fails.
    let mut next = |record: &mut ByteRecord| reader.read_byte_record(record).unwrap_or(false);

    next(&mut record);
    let header = header(&record)?;
    for expected in columns.required {
        if !header.iter().any(|name| name == expected) {
            return Err(SheetError::Missing { expected, found: header });
        }
    }
    let unused = header.iter().filter(|name| !columns.know(name)).cloned().collect();

    let mut sheet = Sheet { rows: Vec::new(), bad: Vec::new(), unused };
    let mut lines = Lines { bytes, at: 0, line: 1 };
    while next(&mut record) {
        let line = lines.of(&record);
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        match cells(&record, header.len()).and_then(|cells| read(&Row { line, header: &header, cells })) {
            Ok(row) => sheet.rows.push(row),
            Err(why) => sheet.bad.push(BadRow { line, why }),
        }
    }
    Ok(sheet)
}

impl Columns {
    fn know(self, name: &str) -> bool {
        self.required.iter().chain(self.optional).any(|known| *known == name)
    }
}

/// The semicolon, where the header has more of them than commas.
fn separator(header: &[u8]) -> u8 {
    let count = |separator| header.iter().filter(|byte| **byte == separator).count();
    if count(b';') > count(b',') { b';' } else { b',' }
}

/// The names of the columns; upper case is as good as lower.
fn header(record: &ByteRecord) -> Result<Vec<String>, SheetError> {
    let mut names: Vec<String> = Vec::with_capacity(record.len());
    for cell in record {
        let name = str::from_utf8(cell)?.trim().to_lowercase();
        if !name.is_empty() && names.contains(&name) {
            return Err(SheetError::Twice(name));
        }
        names.push(name);
    }
    // A separator at the end of every line makes a column without a name.
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    Ok(names)
}

/// The cells of a row under a header of this width.
fn cells(record: &ByteRecord, width: usize) -> Result<StringRecord, String> {
    let cells = StringRecord::from_byte_record(record.clone()).map_err(|_| "expected UTF-8".to_owned())?;
    let beyond = cells.iter().skip(width).any(|cell| !cell.trim().is_empty());
    if cells.len() < width || beyond {
        return Err(format!("expected {width} columns, found {}", cells.len()));
    }
    Ok(cells)
}

/// Counts lines as an editor does: the reader's own count stops before empty ones.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which a record begins that comes after those asked for before.
    fn of(&mut self, record: &ByteRecord) -> u64 {
        let begins = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        while let Some(byte) = self.bytes.get(self.at)
            && (self.at < begins || matches!(byte, b'\r' | b'\n'))
        {
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns { required: &["name"], optional: &["city"] };

    /// Each row as its line, name and city.
    fn read_all(bytes: &[u8]) -> Result<Sheet<(u64, String, Option<String>)>, SheetError> {
        read(bytes, COLUMNS, |row| Ok((row.line, row.required_name("name")?, row.name("city")?)))
    }

    fn row(line: u64, name: &str, city: Option<&str>) -> (u64, String, Option<String>) {
        (line, name.to_owned(), city.map(str::to_owned))
    }

    #[test]
    fn columns_go_by_name_in_any_order() {
        for text in
            ["City,Name\nHuế,An\n", "city;NAME\r\nHuế;An", "\u{feff}\"name\",city\nAn,Huế", "name,city,\nAn,Huế,"]
        {
            assert_eq!(read_all(text.as_bytes()).unwrap().rows, [row(2, "An", Some("Huế"))], "{text:?}");
        }
        let sheet = read_all(b"id,name\n1,An").unwrap();
        assert_eq!((sheet.rows, sheet.unused), (vec![row(2, "An", None)], vec!["id".to_owned()]));
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        for end in ["\n", "\r\n"] {
            let text = ["name,city", "", "\"An", "\tHoài\",Huế", ",", "Bình,", "", "", "Chi,"].join(end);
            let rows = [row(3, "An Hoài", Some("Huế")), row(6, "Bình", Some("")), row(9, "Chi", Some(""))];
            assert_eq!(read_all(text.as_bytes()).unwrap().rows, rows, "{text:?}");
        }
    }

    #[test]
    fn a_bad_row_says_where_and_what_was_expected() {
        let long = "x".repeat(LONGEST + 1);
        let text = [b"name,city\n,Hu\nAn\nAn,Hu,x\nA\xffn,Hu\n".as_slice(), long.as_bytes(), b",Hu\nAn,Hu"].concat();
        let sheet = read_all(&text).unwrap();
        let bad: Vec<_> = sheet.bad.iter().map(ToString::to_string).collect();
        let expected = [
            "line 2: name: expected a name, found nothing",
            "line 3: expected 2 columns, found 1",
            "line 4: expected 2 columns, found 3",
            "line 5: expected UTF-8",
            "line 6: name: expected at most 200 characters, found 201",
        ];
        assert_eq!(bad, expected);
        assert_eq!(sheet.rows, [row(7, "An", Some("Hu"))]);
    }

    #[test]
    fn a_file_without_its_columns_is_refused() {
        let refused = |bytes: &[u8]| read_all(bytes).unwrap_err().to_string();
        assert!(refused(b"").contains("name among them, found []"));
        assert!(refused(b"An,Hu\n").contains("found [\"an\", \"hu\"]"));
        assert!(refused(b"name,city,Name\n").contains("\"name\" again"));
        assert!(refused(b"\xff\xfen\0a\0").contains("UTF-8"), "what a spreadsheet calls Unicode text");
    }
}
