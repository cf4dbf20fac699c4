//! From a file to rows: where the table begins, which columns mean what, and which rows can be
//! used. Rows are handed on one by one; a file of any length takes little memory.

use std::{
    borrow::Cow,
    io::{Cursor, Read},
    path::Path,
};

use super::{
    NOT_UTF8, SheetError,
    columns::Columns,
    dialect::{Dialect, TITLES, header},
    encoding::{Encoding, decode},
    kind,
    mapping::Mapping,
    records::{Record, Records},
    row::{Row, clean},
    swallowed::swallowed,
    vocabulary::Vocabulary,
    workbook::Workbook,
};
use crate::store::import::BadRows;

/// How much of a file shows what it is.
const SAMPLE: u64 = 1 << 16;

/// Fields whose digits show that a line is a row.
const TELLING: [&str; 4] = ["phones", "phone", "at", "date"];

/// What is said of a file by hand.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub encoding: Option<Encoding>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    pub mapping: Mapping,
    /// Take what is good of a row.
    pub skip_bad: bool,
    /// How many complaints are kept to be shown.
    pub shown: usize,
}

/// What a list is, and what its rows become.
pub trait List {
    type Row;

    fn vocabulary(&self) -> &'static Vocabulary;

    /// What a row says. What is wrong with it is put into `wrong`; where something is, a row that
    /// is there nevertheless is what remains good.
    fn read(&self, row: &Row, wrong: &mut Vec<String>) -> Option<Self::Row>;
}

/// What was seen of a file.
#[derive(Clone, Debug)]
pub struct Report {
    pub columns: Columns,
    pub bad: BadRows,
}

/// Reads a file's rows and hands on the good ones. `take` says whether to go on.
///
/// # Errors
/// [`SheetError`] where nothing of the file can be used.
pub fn read<L: List>(
    path: &Path,
    mut input: impl Read,
    list: &L,
    options: &Options,
    take: impl FnMut(L::Row) -> bool,
) -> Result<Report, SheetError> {
    let mut beginning = Vec::new();
    input.by_ref().take(SAMPLE).read_to_end(&mut beginning)?;
    let mut table = Table::new(list, options, take);
    if Workbook::is_one(&beginning) {
        let mut workbook = Workbook::open(path, &beginning)?;
        workbook.each_row(options.sheet.as_deref(), |record| table.record(record))?;
    } else {
        kind::check(&beginning)?;
        text(&beginning, input, &mut table)?;
    }
    table.end()
}

/// Reads the rows of a text.
fn text<L: List, T: FnMut(L::Row) -> bool>(
    beginning: &[u8],
    input: impl Read,
    table: &mut Table<L, T>,
) -> Result<(), SheetError> {
    let named = table.options.encoding.filter(|encoding| encoding.is_legacy());
    if let Some(named) = named.filter(|_| is_utf8(beginning)) {
        return Err(SheetError::IsUtf8 { named: named.name() });
    }
    let mut text = decode(Cursor::new(beginning).chain(input), table.options.encoding)?;
    let mut sample = Vec::new();
    text.by_ref().take(SAMPLE).read_to_end(&mut sample)?;
    let dialect = Dialect::of(&sample, |cells| table.recognised(cells));
    let mut rest = Cursor::new(sample);
    rest.set_position(dialect.skip as u64);
    table.separator = Some(char::from(dialect.separator));
    let mut records = Records::new(rest.chain(text), dialect.separator, 1 + dialect.skipped_lines)?;
    records.expect(dialect.width);
    records.try_for_each(|record| table.record(record?))
}

/// Bytes above ASCII that happen to be UTF-8 are UTF-8, as good as always.
fn is_utf8(sample: &[u8]) -> bool {
    let cut_off = |error: std::str::Utf8Error| error.error_len().is_none();
    !sample.is_ascii() && str::from_utf8(sample).map_or_else(cut_off, |_| true)
}

/// Puts characters in the place of HTML's names for them (`&amp;`, `&#39;`), which shops and
/// forms export. Some programs escape them once more (`&amp;#39;`).
fn unescape(cell: &mut String) {
    for _ in 0..2 {
        let unescaped = match html_escape::decode_html_entities(cell) {
            Cow::Owned(unescaped) => unescaped,
            Cow::Borrowed(_) => return,
        };
        *cell = unescaped;
    }
}

/// The rows of one table, as they come.
struct Table<'a, L, T> {
    list: &'a L,
    options: &'a Options,
    take: T,
    /// The first rows, until it is known which of them is the header.
    held: Vec<Record>,
    header: Option<(Columns, Vec<String>)>,
    /// What is between the cells of a text.
    separator: Option<char>,
    bad: BadRows,
    /// The first line that is not UTF-8, and how many are not.
    no_text: Option<(u64, u64)>,
}

impl<'a, L: List, T: FnMut(L::Row) -> bool> Table<'a, L, T> {
    fn new(list: &'a L, options: &'a Options, take: T) -> Self {
        Self {
            list,
            options,
            take,
            held: Vec::new(),
            header: None,
            separator: None,
            bad: BadRows::new(options.shown),
            no_text: None,
        }
    }

    fn recognised(&self, cells: &[String]) -> usize {
        Columns::recognised(cells, self.list.vocabulary(), &self.options.mapping)
    }

    /// Takes the next record of the file.
    fn record(&mut self, mut record: Record) -> Result<(), SheetError> {
        for cell in record.cells.iter_mut().flatten() {
            unescape(cell);
        }
        self.take_in(record)
    }

    fn take_in(&mut self, record: Record) -> Result<(), SheetError> {
        if let Some((columns, header)) = self.header.take() {
            let done = self.row(&record, &columns, &header);
            self.header = Some((columns, header));
            return done;
        }
        self.held.push(record);
        if self.held.len() == TITLES { self.begin() } else { Ok(()) }
    }

    /// Finds the header, and reads what is held below it.
    fn begin(&mut self) -> Result<(), SheetError> {
        let held = std::mem::take(&mut self.held);
        let rows: Vec<_> = held.iter().map(|record| record.cells.clone().unwrap_or_default()).collect();
        let at = header(&rows, |cells| self.recognised(cells));
        let Some(Record { line, cells }) = held.get(at) else { return Err(SheetError::Empty) };
        let mut cells = cells.clone().ok_or(SheetError::NotUtf8 { line: *line })?;
        // A separator at the end of every line makes a column without a name.
        while cells.last().is_some_and(|name| clean(name).is_empty()) {
            cells.pop();
        }
        let columns = Columns::find(&cells, *line, self.list.vocabulary(), &self.options.mapping)?;
        self.header = Some((columns, cells));
        held.into_iter().skip(at + 1).try_for_each(|record| self.take_in(record))
    }

    fn row(&mut self, Record { line, cells }: &Record, columns: &Columns, header: &[String]) -> Result<(), SheetError> {
        let Some(cells) = cells else {
            let (_, count) = self.no_text.get_or_insert((*line, 0));
            *count += 1;
            return Ok(());
        };
        // Files that were put together have their headers again and again.
        if cells.iter().all(|cell| clean(cell).is_empty()) || cells == header {
            return Ok(());
        }
        let mut wrong = Vec::new();
        let row = match self.unreadable(cells, columns, header.len()) {
            Some(why) => {
                wrong.push(why);
                None
            }
            None => self.list.read(&Row { line: *line, columns, cells }, &mut wrong),
        };
        match row {
            Some(row) if wrong.is_empty() => return self.hand_on(row),
            Some(row) if self.options.skip_bad => {
                self.bad.add_part(*line, wrong);
                return self.hand_on(row);
            }
            _ => self.bad.add(*line, wrong),
        }
        Ok(())
    }

    fn hand_on(&mut self, row: L::Row) -> Result<(), SheetError> {
        if (self.take)(row) { Ok(()) } else { Err(SheetError::Stopped) }
    }

    /// Why nothing of a row can be read, if so.
    fn unreadable(&self, cells: &[String], columns: &Columns, width: usize) -> Option<String> {
        if cells.iter().skip(width).any(|cell| !clean(cell).is_empty()) {
            return Some(format!(
                "expected at most {width} cells, as the header has, found {}: a separator inside a text belongs into quotes",
                cells.len()
            ));
        }
        if let Some(at) = self.swallowed(cells, columns, width) {
            let column = columns.name(at);
            return Some(format!(
                "{column}: expected one row, found several within the quotes of a cell: one is not closed"
            ));
        }
        let encoding = self.options.encoding.filter(|encoding| encoding.is_legacy())?;
        let damaged = cells.iter().any(|cell| cell.contains(char::REPLACEMENT_CHARACTER));
        damaged.then(|| format!("expected text in {}, found bytes that mean nothing in it", encoding.name()))
    }

    /// The cell with rows in it, if there is one.
    fn swallowed(&self, cells: &[String], columns: &Columns, width: usize) -> Option<usize> {
        let separator = self.separator.filter(|_| cells.iter().any(|cell| cell.contains(['\r', '\n'])))?;
        let telling: Vec<_> = TELLING.iter().flat_map(|field| columns.of(field)).copied().collect();
        swallowed(cells, separator, width, &telling)
    }

    fn end(mut self) -> Result<Report, SheetError> {
        if self.header.is_none() {
            self.begin()?;
        }
        if let Some((line, count)) = self.no_text {
            let rows = if count > 1 { format!(" in {count} rows") } else { String::new() };
            self.bad.add_alike(line, count, format!("expected UTF-8, found other bytes{rows}. {NOT_UTF8}"));
        }
        let Some((columns, _)) = self.header else { return Err(SheetError::Empty) };
        Ok(Report { columns, bad: self.bad })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::import::customers::Customers;
    use phone::Region;

    /// The lines of the rows, in their order.
    fn lines(bytes: &[u8]) -> Vec<u64> {
        let mut lines = Vec::new();
        let list = Customers::new(Region::VIETNAM);
        let _ = read("x.csv".as_ref(), bytes, &list, &Options::default(), |row| {
            lines.push(row.line);
            true
        });
        lines
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
            lines(&bytes);
        }

        #[test]
        fn no_row_is_lost_behind_a_stray_quote_without_a_word(
            rows in prop::collection::vec(("[A-Z][a-z]{1,4}( [A-Z][a-z]{1,4})?", any::<bool>(), "(|Huế|\"Huế, VN\"|\"\")"), 2..9),
            stray in any::<prop::sample::Index>(),
        ) {
            let row = |(at, (name, is_quoted, city)): (usize, &(String, bool, String))| {
                let quote = if *is_quoted { "\"" } else { "" };
                format!("{quote}{name}{quote},091234560{at},{city}\n")
            };
            let mut body: Vec<char> = rows.iter().enumerate().map(row).collect::<String>().chars().collect();
            body.insert(stray.index(body.len()), '"');
            let text = format!("name,phones,city\n{}", body.into_iter().collect::<String>());
            let mut numbers = 0;
            let report = read("x.csv".as_ref(), text.as_bytes(), &Customers::new(Region::VIETNAM), &Options::default(), |row| {
                numbers += row.phones.len();
                true
            });
            if report.is_ok_and(|report| report.bad.is_empty()) {
                prop_assert_eq!(numbers, rows.len(), "{}", text);
            }
        }

        #[test]
        fn no_two_rows_are_on_one_line(ends in prop::collection::vec("(\r|\n|\r\n|\r\r\n|,\n)", 1..20)) {
            let rows: String = ends.iter().map(|end| format!("An,0904859696{end}")).collect();
            let lines = lines(format!("name,phones\n{rows}").as_bytes());
            prop_assert!(lines.is_sorted_by(|one, next| one < next), "{lines:?}");
            prop_assert_eq!(lines.is_empty(), false);
        }
    }
}
