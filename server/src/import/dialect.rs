//! How a text separates its cells: what a `sep=` line says, or the separator by which the header
//! has most of the columns that we look for.

use std::slice;

use super::records::Records;

/// Where a table may begin at the latest: exports have titles above it.
pub const TITLES: usize = 20;
const SEPARATORS: [u8; 4] = *b",;\t|";

/// What the beginning of a text shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    pub separator: u8,
    /// What is passed over: the `sep=` line, in bytes and lines.
    pub skip: usize,
    pub skipped_lines: u64,
    /// How many cells the header has.
    pub width: usize,
}

impl Dialect {
    /// Looks at a text's beginning. `recognised` says how many columns of a header are known.
    pub fn of(sample: &[u8], recognised: impl Fn(&[String]) -> usize) -> Self {
        let hint = hint(sample);
        let (skip, separators) = match &hint {
            Some((separator, skip)) => (*skip, slice::from_ref(separator)),
            None => (0, SEPARATORS.as_slice()),
        };
        let seen = separators.iter().map(|separator| {
            let rows = beginning(&sample[skip..], *separator);
            let header = rows.get(header(&rows, &recognised)).map_or(&[][..], Vec::as_slice);
            (recognised(header), header.len(), *separator)
        });
        // The first of the best: a comma, if nothing speaks for another.
        let best = seen.reduce(|best, other| if (other.0, other.1) > (best.0, best.1) { other } else { best });
        let (_, width, separator) = best.unwrap_or((0, 0, b','));
        Self { separator, skip, skipped_lines: u64::from(hint.is_some()), width }
    }
}

/// Which of the first rows is the header: the first of those with the most columns that are known.
pub fn header(rows: &[Vec<String>], recognised: impl Fn(&[String]) -> usize) -> usize {
    let known = rows.iter().map(|cells| recognised(cells)).enumerate();
    known.reduce(|best, other| if other.1 > best.1 { other } else { best }).map_or(0, |(at, _)| at)
}

/// Excel's hint, `sep=;`, which other programs that save the file again put into quotes or fill up
/// with separators: the separator, and the length of the line.
fn hint(sample: &[u8]) -> Option<(u8, usize)> {
    let length = sample.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(sample.len());
    let (line, rest) = sample.split_at(length);
    let (name, after) = line.strip_prefix(b"\"").unwrap_or(line).split_at_checked(4)?;
    let separator = *after.first().filter(|byte| byte.is_ascii() && **byte != b'"')?;
    let filled = after.iter().all(|byte| *byte == separator || *byte == b'"' || SEPARATORS.contains(byte));
    let end = if rest.starts_with(b"\r\n") { 2 } else { rest.len().min(1) };
    (name.eq_ignore_ascii_case(b"sep=") && filled).then_some((separator, length + end))
}

/// The cells of the first records; what is cut off at the sample's end does not matter.
fn beginning(sample: &[u8], separator: u8) -> Vec<Vec<String>> {
    let records = Records::new(sample, separator, 1).into_iter().flatten();
    records.map_while(Result::ok).filter_map(|record| record.cells).take(TITLES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn separator(text: &str) -> char {
        let known = |cells: &[String]| cells.iter().filter(|cell| matches!(cell.as_str(), "name" | "phones")).count();
        char::from(Dialect::of(text.as_bytes(), known).separator)
    }

    #[test]
    fn the_separator_is_the_one_that_makes_the_columns() {
        for found in [',', ';', '\t', '|'] {
            let text = format!("name{found}phones\nAn{found}0904859696");
            assert_eq!(separator(&text), found);
            assert_eq!(separator(&format!("x{found}y\n1{found}2")), found, "also under other names");
        }
        assert_eq!(separator("name;phones;\"a,b,c,d,e\"\n"), ';');
        assert_eq!(separator("name|phones|a, b, c, d, e\n"), '|');
        assert_eq!(separator("Customers, as of May, by name, all\n\nname;phones\n"), ';', "below a title");
        assert_eq!(separator("name"), ',');
    }

    #[test]
    fn a_hint_is_passed_over_and_followed() {
        let hinted = |text: &str| {
            let dialect = Dialect::of(text.as_bytes(), |_| 0);
            (dialect.separator, dialect.skip, dialect.skipped_lines)
        };
        let dialect = |separator, skip| (separator, skip, 1);
        assert_eq!(hinted("sep=;\r\nname;phones"), dialect(b';', 7));
        assert_eq!(hinted("SEP=,\nname,phones"), dialect(b',', 6));
        assert_eq!(hinted("sep=\t\rname"), dialect(b'\t', 6));
        assert_eq!(hinted("\"sep=;\"\nname"), dialect(b';', 8));
        assert_eq!(hinted("sep=^\nname^phones"), dialect(b'^', 6));
        assert_eq!(hinted("sep=,,,\nname,phones"), dialect(b',', 8));
        assert_eq!(hinted("separator;name").1, 0, "a column's name");
        assert_eq!(hinted("sep=\nname;phones").1, 0);
    }
}
