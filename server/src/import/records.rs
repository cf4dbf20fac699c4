//! The records of a text with separators, and the line on which each begins.
//!
//! One record is split by [`super::split`]. What lies around it is here: line numbers where lines
//! end by CR, LF or both; a CR in the middle of a record; quotes that are escaped by a backslash
//! (MySQL), which shows only when the first of them comes.

use std::io::Read;

use super::{
    SheetError,
    split::{Cells, Marks, Split, split},
};

/// A record is never longer: a quote was not closed.
const LONGEST: usize = 1 << 20;
/// How much is read at once.
const CHUNK: u64 = 1 << 16;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The line on which it begins, from 1. Blank lines count; a spreadsheet's rows are its lines.
    pub line: u64,
    /// Its cells as they are written; none where they are no text.
    pub cells: Option<Vec<String>>,
}

/// Reads the records of UTF-8, but for blank ones.
pub struct Records<R> {
    input: R,
    /// What was read and is not done with: `buffer[at..]`.
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    /// Lines end by LF or CRLF: a CR alone is a stray one.
    has_lf: bool,
    /// How many cells a whole record has, once that is known.
    width: Option<usize>,
    /// The line at which `at` is, and whether a CR is before it.
    line: u64,
    after_cr: bool,
    marks: Marks,
    cells: Cells,
}

impl<R: Read> Records<R> {
    /// Begins to read `input`, whose first line has this number.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn new(input: R, separator: u8, line: u64) -> Result<Self, SheetError> {
        let mut records = Self {
            input,
            buffer: Vec::new(),
            at: 0,
            ended: false,
            has_lf: false,
            width: None,
            line,
            after_cr: false,
            marks: Marks { separator, backslash: false },
            cells: Cells::default(),
        };
        records.fill()?;
        records.has_lf = records.buffer.contains(&b'\n');
        Ok(records)
    }

    /// From now on a record that a stray CR cuts short of `width` cells goes on after it.
    pub fn expect(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// The next record that is not blank, with what a stray CR cut off it.
    fn whole(&mut self) -> Result<Option<Record>, SheetError> {
        let Some(mut record) = self.piece()? else { return Ok(None) };
        while self.is_cut_short(&record)?
            && let Some(rest) = self.piece()?
        {
            record.cells = record.cells.zip(rest.cells).map(|(cells, rest)| joined(cells, rest));
        }
        Ok(Some(record))
    }

    /// Does the record end by a stray CR, before all its cells are there?
    fn is_cut_short(&mut self, record: &Record) -> Result<bool, SheetError> {
        let short = record.cells.as_ref().zip(self.width).is_some_and(|(cells, width)| cells.len() < width);
        if !short || !self.has_lf || !self.after_cr {
            return Ok(false);
        }
        // CR CR LF, which some programs write, is one end of a line.
        let mut ahead = 0;
        loop {
            match self.buffer.get(self.at + ahead) {
                Some(b'\r') => ahead += 1,
                Some(byte) => return Ok(*byte != b'\n'),
                None if self.ended => return Ok(false),
                None => self.fill()?,
            }
        }
    }

    /// A record up to any end of a line outside of quotes.
    fn piece(&mut self) -> Result<Option<Record>, SheetError> {
        loop {
            let rest = &self.buffer[self.at..];
            let is_longest = rest.len() > LONGEST;
            match split(rest, self.ended || is_longest, self.marks, &mut self.cells) {
                Split::More => self.fill()?,
                // So do all quotes from here on: the record is read again.
                Split::Backslash => self.marks.backslash = true,
                Split::Unclosed(quote) => {
                    self.pass(quote);
                    return Err(SheetError::Unclosed { line: self.line });
                }
                Split::Whole(length) if is_longest && length > LONGEST => {
                    return Err(SheetError::Unclosed { line: self.line });
                }
                Split::Whole(length) => {
                    let line = self.pass(length);
                    return Ok((!self.cells.is_empty()).then(|| Record { line, cells: self.text() }));
                }
            }
        }
    }

    /// Goes on behind so many bytes. The line on which the first of them is that ends none.
    fn pass(&mut self, length: usize) -> u64 {
        let mut begins = None;
        for byte in &self.buffer[self.at..self.at + length] {
            match byte {
                b'\n' if self.after_cr => {}
                b'\n' | b'\r' => self.line += 1,
                _ => begins = begins.or(Some(self.line)),
            }
            self.after_cr = *byte == b'\r';
        }
        self.at += length;
        begins.unwrap_or(self.line)
    }

    /// The cells, if they are text.
    fn text(&self) -> Option<Vec<String>> {
        self.cells.iter().map(|cell| str::from_utf8(cell).ok().map(str::to_owned)).collect()
    }

    /// Reads more behind what is there, and forgets what is done with.
    fn fill(&mut self) -> Result<(), SheetError> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let read = self.input.by_ref().take(CHUNK).read_to_end(&mut self.buffer)?;
        self.ended = read == 0;
        Ok(())
    }
}

/// Ends by an error where the file cannot be read, or a quote is not closed.
impl<R: Read> Iterator for Records<R> {
    type Item = Result<Record, SheetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.whole().transpose()
    }
}

/// The last cell of one piece goes on in the first of the next.
fn joined(mut cells: Vec<String>, rest: Vec<String>) -> Vec<String> {
    let mut rest = rest.into_iter();
    if let (Some(last), Some(first)) = (cells.last_mut(), rest.next()) {
        last.push('\r');
        last.push_str(&first);
    }
    cells.extend(rest);
    cells
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Each record as its line and its cells.
    fn all(text: &[u8], width: usize) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text, b',', 1).unwrap();
        records.expect(width);
        records.map(|record| record.map(|record| (record.line, record.cells.unwrap_or_default())).unwrap()).collect()
    }

    fn record(line: u64, cells: &str) -> (u64, Vec<String>) {
        (line, cells.split('|').map(str::to_owned).collect())
    }

    #[test]
    fn lines_are_counted_by_whatever_ends_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "", "\"An", "Hoài\",1", ",", "Bình,2", "", "", "Chi,3"].join(end);
            let an = format!("An{end}Hoài|1");
            let expected = [record(1, "a|b"), record(3, &an), record(5, "|"), record(6, "Bình|2"), record(9, "Chi|3")];
            assert_eq!(all(text.as_bytes(), 2), expected, "{text:?}");
            let with_end = format!("{text}{end}{end}");
            assert_eq!(all(with_end.as_bytes(), 2), expected, "{with_end:?}");
        }
    }

    #[test]
    fn a_stray_cr_ends_a_whole_record_and_lies_within_another() {
        assert_eq!(all(b"An,1\rBo,2\nChi,3", 2), [record(1, "An|1"), record(2, "Bo|2"), record(3, "Chi|3")]);
        assert_eq!(all(b"An\r,1\nBo,2\n", 2), [record(1, "An\r|1"), record(3, "Bo|2")]);
        assert_eq!(all(b"An\r\r\nBo,2\r\r\n", 2), [record(1, "An"), record(3, "Bo|2")], "a short row");
        assert_eq!(all(b"An\rBo,2\r", 2), [record(1, "An"), record(2, "Bo|2")], "lines end by CR");
    }

    #[test]
    fn quotes_are_escaped_by_another_or_by_a_backslash() {
        assert_eq!(all(br#""An ""Bo""",1"#, 2), [record(1, r#"An "Bo"|1"#)]);
        assert_eq!(all(br#""An \"Bo\"",1"#, 2), [record(1, r#"An "Bo"|1"#)]);
        assert_eq!(all(br#""\"Bo\", An",1"#, 2), [record(1, r#""Bo", An|1"#)]);
        assert_eq!(all(br#""C:\","D:\An""#, 2), [record(1, r"C:\|D:\An")], "a backslash that is none");
        assert_eq!(all(br#""An \"Bo\"""#, 1), [record(1, r#"An "Bo""#)]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told_with_its_line() {
        let refused = |text: &str| {
            let mut records = Records::new(text.as_bytes(), b',', 1).unwrap();
            records.find_map(Result::err).unwrap().to_string()
        };
        assert!(refused("An,1\n\n\"Bo,2\nChi,3\n").starts_with("line 3: "));
        assert!(refused(&format!("An,1\n\"Bo,2\n{}", "Chi,3\n".repeat(1 << 18))).starts_with("line 2: "));
    }

    #[test]
    fn records_may_be_longer_than_what_is_read_at_once() {
        let long = "x".repeat(3 * (CHUNK as usize));
        let text = format!("\"{long}\",1\r\nAn,2\r\n").repeat(3);
        let lines: Vec<_> = all(text.as_bytes(), 2).into_iter().map(|(line, cells)| (line, cells[0].len())).collect();
        assert_eq!(lines, [(1, long.len()), (2, 2), (3, long.len()), (4, 2), (5, long.len()), (6, 2)]);
    }

    #[test]
    fn bytes_that_are_no_text_make_no_cells() {
        let mut records = Records::new(b"Tr\xe2n,1\nAn,2".as_slice(), b',', 1).unwrap();
        assert_eq!(records.next().unwrap().unwrap(), Record { line: 1, cells: None });
        assert_eq!(records.next().unwrap().unwrap().cells.unwrap(), ["An", "2"]);
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_back(
            rows in prop::collection::vec(prop::collection::vec("[a-z\",\r\n ]{0,6}", 2), 1..20),
            end in "(\r|\n|\r\n)",
        ) {
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",");
            let text = rows.iter().map(line).collect::<Vec<_>>().join(&end);
            let read: Vec<_> = all(text.as_bytes(), 2).into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(read, rows);
        }
    }
}
