//! The rows of a sheet in a spreadsheet's own file: XLSX, XLSB, XLS or ODS, by `calamine`.
//!
//! Cells become the text that a CSV file would have, but dates become ISO 8601 and numbers are
//! whole: `904859696`, not `9.05E+08`. The rows of an XLSX file are read one by one, though the
//! texts that its cells share are in memory; the other formats are there as a whole.

use std::{fs::File, io::BufReader, path::Path};

use calamine::{DataType, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Sheets, Xls, Xlsb, Xlsx, open_workbook};
use jiff::{Unit, civil::DateTime};

use super::{SheetError, records::Record};

/// An open file of a spreadsheet.
pub struct Workbook(Sheets<BufReader<File>>);

impl Workbook {
    /// Is this the beginning of such a file?
    pub fn is_one(beginning: &[u8]) -> bool {
        is_zip(beginning) || beginning.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    }

    /// Opens the file at `path`, which [`Workbook::is_one`].
    ///
    /// # Errors
    /// Where it is damaged, locked by a password, or something else.
    pub fn open(path: &Path, beginning: &[u8]) -> Result<Self, SheetError> {
        let refused = |why: String| SheetError::Workbook { why };
        if !is_zip(beginning) {
            return Ok(Self(Sheets::Xls(open_workbook::<Xls<_>, _>(path).map_err(|why| refused(why.to_string()))?)));
        }
        let xlsx = open_workbook::<Xlsx<_>, _>(path);
        let sheets = match xlsx {
            Ok(xlsx) => Ok(Sheets::Xlsx(xlsx)),
            Err(why) => open_workbook::<Ods<_>, _>(path)
                .map(Sheets::Ods)
                .or_else(|_| open_workbook::<Xlsb<_>, _>(path).map(Sheets::Xlsb))
                .map_err(|_| refused(why.to_string())),
        };
        sheets.map(Self)
    }

    /// Hands on the rows of the sheet of this name; of the first visible one in which there are
    /// any, if none is named.
    ///
    /// # Errors
    /// Where there is no such sheet, or it is damaged; and those of `take`.
    pub fn each_row(
        &mut self,
        named: Option<&str>,
        mut take: impl FnMut(Record) -> Result<(), SheetError>,
    ) -> Result<(), SheetError> {
        let sheets = self.0.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let names: Vec<_> = sheets.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect();
        if let Some(named) = named {
            if !names.iter().any(|(name, _)| name == named) {
                let found = names.into_iter().map(|(name, _)| name).collect();
                return Err(SheetError::NoSheet { expected: named.to_owned(), found });
            }
            return self.rows_of(named, &mut take).map(drop);
        }
        for (name, _) in names.iter().filter(|(_, visible)| *visible) {
            if self.rows_of(name, &mut take)? {
                break;
            }
        }
        Ok(())
    }

    /// Whether there were any.
    fn rows_of(
        &mut self,
        name: &str,
        take: &mut impl FnMut(Record) -> Result<(), SheetError>,
    ) -> Result<bool, SheetError> {
        let damaged = |why: String| SheetError::Workbook { why };
        let mut rows = Rows { take, row: None, any: false };
        if let Sheets::Xlsx(xlsx) = &mut self.0 {
            let mut cells = xlsx.worksheet_cells_reader(name).map_err(|why| damaged(why.to_string()))?;
            while let Some(cell) = cells.next_cell().map_err(|why| damaged(why.to_string()))? {
                let (row, column) = cell.get_position();
                rows.cell(row, column, text(cell.get_value()))?;
            }
        } else {
            let range = self.0.worksheet_range(name).map_err(|why| damaged(why.to_string()))?;
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, value) in range.used_cells() {
                let at = |offset: usize, start: u32| start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
                rows.cell(at(row, top), at(column, left), text(value))?;
            }
        }
        rows.end()?;
        Ok(rows.any)
    }
}

/// Puts cells together to rows.
struct Rows<'a, T> {
    take: &'a mut T,
    row: Option<(u32, Vec<String>)>,
    any: bool,
}

impl<T: FnMut(Record) -> Result<(), SheetError>> Rows<'_, T> {
    /// A cell after those before.
    fn cell(&mut self, row: u32, column: u32, text: String) -> Result<(), SheetError> {
        if text.is_empty() {
            return Ok(());
        }
        if self.row.as_ref().is_some_and(|(current, _)| *current != row) {
            self.end()?;
        }
        let (_, cells) = self.row.get_or_insert_with(|| (row, Vec::new()));
        // No sheet has more than 16384 columns.
        let column = usize::try_from(column).unwrap_or_default();
        cells.resize(cells.len().max(column + 1), String::new());
        if let Some(cell) = cells.get_mut(column) {
            *cell = text;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), SheetError> {
        let Some((row, cells)) = self.row.take() else { return Ok(()) };
        self.any = true;
        (self.take)(Record { line: u64::from(row) + 1, cells: Some(cells) })
    }
}

fn is_zip(beginning: &[u8]) -> bool {
    beginning.starts_with(b"PK\x03\x04")
}

fn text(value: &impl DataType) -> String {
    if let Some(time) = value.get_datetime() {
        return iso(&time);
    }
    if let Some(error) = value.get_error() {
        return error.to_string();
    }
    if let Some(truth) = value.get_bool() {
        return truth.to_string();
    }
    let number = value.get_int().map(|number| number.to_string()).or_else(|| Some(whole(value.get_float()?)));
    let text = || value.get_string().or(value.get_datetime_iso()).or(value.get_duration_iso()).map(str::to_owned);
    number.or_else(text).unwrap_or_default()
}

/// A number without an exponent, and without a point where there is nothing behind it. Of one that
/// is longer than what spreadsheets keep, the other digits are gone: it is written as they show it.
fn whole(number: f64) -> String {
    if number.abs() < 1e15 { number.to_string() } else { format!("{number:.14E}").replace('E', "E+") }
}

/// A day, a time or both, as far as the number has them.
fn iso(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let [month, day, hour, minute, second] = [month, day, hour, minute, second].map(u8::cast_signed);
    let exact = DateTime::new(year.cast_signed(), month, day, hour, minute, second, i32::from(milli) * 1_000_000);
    // Binary fractions of a day only come near to 19:30.
    let Ok(at) = exact.and_then(|exact| exact.round(Unit::Second)) else { return time.as_f64().to_string() };
    match (time.as_f64() < 1.0, time.as_f64().fract() == 0.0) {
        (true, _) => at.time().to_string(),
        (false, true) => at.date().to_string(),
        (false, false) => format!("{} {}", at.date(), at.time()),
    }
}
