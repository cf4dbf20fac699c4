//! One row, whose cells are asked for by what they mean.

use domain::fold::fold;
use unicode_normalization::UnicodeNormalization;

use super::columns::Columns;

/// No name of a person or a place is longer.
const LONGEST: usize = 200;
/// What a spreadsheet shows where a formula has no value.
const FAILED: [&str; 7] = ["#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#DATA!"];
/// What programs write where there is nothing: Odoo, pandas, lookups of spreadsheets, and people who
/// had to put something in.
const NOTHING: [&str; 18] = [
    "False", "FALSE", "false", "N/A", "n/a", "N/a", "#N/A", "NaN", "nan", "None", "none", "Null", "null", "<null>",
    "nil", "-", "--", "—",
];
/// Fields that say yes or no.
const YES_OR_NO: [&str; 2] = ["active", "inactive"];

/// One row.
#[derive(Debug)]
pub struct Row<'a> {
    pub line: u64,
    pub columns: &'a Columns,
    pub cells: &'a [String],
}

/// One of its cells, without the space around it.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// What the file calls the column.
    pub column: &'a str,
    pub text: &'a str,
}

impl Cell<'_> {
    /// What to say of a cell that is not `what` was expected.
    pub fn expected(&self, what: &str) -> String {
        // A cell may be as long as a file.
        let mut found: String = self.text.chars().take(LONGEST).collect();
        if found.len() < self.text.len() {
            found.push('…');
        }
        format!("{}: expected {what}, found {found:?}", self.column)
    }
}

impl<'a> Row<'a> {
    /// The cells of a field's columns, best first, as far as the row goes: an empty one is
    /// among them; one that is missing is not, nor a number that the row calls a fax.
    pub fn cells<'f>(&self, field: &'f str) -> impl Iterator<Item = Cell<'a>> + use<'a, 'f> {
        let (cells, columns) = (self.cells, self.columns);
        columns.of(field).iter().filter_map(move |at| {
            let cell = cells.get(*at)?;
            let label = columns.label(*at).and_then(|label| cells.get(label));
            if label.is_some_and(|label| fold(label).contains("fax")) {
                return None;
            }
            let text = clean(cell);
            let is_nothing = NOTHING.contains(&text) && !YES_OR_NO.contains(&field);
            Some(Cell { column: columns.name(*at), text: if is_nothing { "" } else { text } })
        })
    }

    /// The first cell of the field in which there is anything; otherwise an empty one, if the
    /// file has one here.
    pub fn cell(&self, field: &str) -> Option<Cell<'a>> {
        self.filled(field).or_else(|| self.cells(field).next())
    }

    /// The first cell of the field in which there is anything.
    pub fn filled(&self, field: &str) -> Option<Cell<'a>> {
        self.cells(field).find(|cell| !cell.text.is_empty())
    }

    /// The cell of the field, filled or not; what to say where the row ends before it.
    ///
    /// # Errors
    /// Where the row has no such cell.
    pub fn needed(&self, field: &str, what: &str) -> Result<Cell<'a>, String> {
        let names = || self.columns.of(field).first().map_or(field, |at| self.columns.name(*at));
        self.filled(field).ok_or_else(|| format!("{}: expected {what}, found nothing", names()))
    }

    /// A name, in one line; empty where the cell is.
    ///
    /// # Errors
    /// Where it is none.
    pub fn name(&self, field: &str) -> Result<Option<String>, String> {
        self.cell(field).map(name).transpose()
    }

    /// A record's key in the CRM, if it has one.
    ///
    /// # Errors
    /// Where it is none.
    pub fn key(&self, field: &str) -> Result<Option<String>, String> {
        let Some(cell) = self.filled(field) else { return Ok(None) };
        if is_shortened(cell.text) {
            let whole = cell.expected("a whole key");
            return Err(format!("{whole}: a spreadsheet shortened it. Make the column text there, and export again"));
        }
        Ok(Some(name(cell)?).filter(|key| !key.is_empty()))
    }
}

/// A name as it is kept: composed, in one line, without what cannot be seen.
///
/// # Errors
/// Where it is too long to be one, or a formula's failure.
pub fn name(cell: Cell) -> Result<String, String> {
    let length = cell.text.chars().count();
    if length > LONGEST {
        return Err(format!("{}: expected at most {LONGEST} characters, found {length}", cell.column));
    }
    if FAILED.contains(&cell.text) {
        return Err(cell.expected("a text, not a failed formula of the spreadsheet"));
    }
    let seen: String =
        cell.text.nfc().filter(|c| !matches!(c, '\u{200b}' | '\u{feff}' | '\0') && !is_direction(*c)).collect();
    Ok(seen.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Marks that say in which direction a text is written, and are not seen.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A cell without what is not meant: space, the end mark of DOS and of C, databases' words for
/// nothing, and what makes spreadsheets leave a text alone: `="0051"`, `'0051`.
pub fn clean(cell: &str) -> &str {
    let nothing =
        |c: char| c.is_whitespace() || is_direction(c) || matches!(c, '\u{1a}' | '\0' | '\u{feff}' | '\u{200b}');
    let cell = cell.trim_matches(nothing);
    let cell = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell);
    let cell = without_apostrophe(cell);
    if matches!(cell, "NULL" | "(null)" | "\\N") { "" } else { cell }
}

/// Without the apostrophe by which spreadsheets mark a text. That of `'t Hooft` belongs to the name.
fn without_apostrophe(cell: &str) -> &str {
    let Some(rest) = cell.strip_prefix('\'') else { return cell };
    let is_article = rest.starts_with(|c: char| c.is_ascii_lowercase()) && rest[1..].starts_with([' ', '-']);
    if is_article { cell } else { rest.strip_suffix('\'').unwrap_or(rest).trim() }
}

/// Is it a number as spreadsheets show a long one: `8.49E+10`?
fn is_shortened(text: &str) -> bool {
    let number = text.split_once(['E', 'e']).filter(|(_, exponent)| exponent.starts_with('+'));
    number.is_some_and(|(digits, exponent)| {
        digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
            && exponent[1..].chars().all(|c| c.is_ascii_digit())
    })
}
