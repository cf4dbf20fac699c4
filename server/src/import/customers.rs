//! A row of customers: `name`, `phones`, and as they are there `id`, `city` and `active`.

use domain::phone::E164;

use super::sheet::{Columns, Row, Sheet, SheetError, read};
use crate::{
    phone::{Region, parse},
    store::import::customers::CustomerRow,
};

const COLUMNS: Columns = Columns { required: &["name", "phones"], optional: &["id", "city", "active"] };

/// Reads a file of customers; numbers without a country code are of `region`.
///
/// # Errors
/// [`SheetError`] where the first line does not name the columns.
pub fn customers(bytes: &[u8], region: Region) -> Result<Sheet<CustomerRow>, SheetError> {
    read(bytes, COLUMNS, |row| {
        Ok(CustomerRow {
            line: row.line,
            external_id: row.key("id")?,
            name: row.required_name("name")?,
            phones: phones(row.cell("phones").unwrap_or_default(), region)?,
            city: row.name("city")?,
            active: active(row)?,
        })
    })
}

/// Several are separated by `;` or `|`. A number that is there twice counts once.
fn phones(cell: &str, region: Region) -> Result<Vec<(E164, String)>, String> {
    let mut phones: Vec<(E164, String)> = Vec::new();
    for written in cell.split([';', '|']).map(str::trim).filter(|written| !written.is_empty()) {
        let number = parse(written, region)
            .ok_or_else(|| format!("phones: expected telephone numbers with ; or | between them, found {written:?}"))?;
        if phones.iter().all(|(known, _)| *known != number) {
            phones.push((number, written.to_owned()));
        }
    }
    if phones.is_empty() { Err("phones: expected a telephone number, found nothing".to_owned()) } else { Ok(phones) }
}

fn active(row: &Row) -> Result<Option<bool>, String> {
    match row.cell("active").map(str::to_lowercase).as_deref() {
        None => Ok(None),
        Some("" | "yes") => Ok(Some(true)),
        Some("no") => Ok(Some(false)),
        Some(other) => Err(format!("active: expected yes or no, found {other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Sheet<CustomerRow> {
        customers(text.as_bytes(), Region::VIETNAM).unwrap()
    }

    #[test]
    fn the_first_number_is_the_main_one_and_none_is_there_twice() {
        let sheet = read("phones,name\n0163 456 7890 | 024 3825 3825; +84 334 567 890,An");
        let phones: Vec<_> = sheet.rows[0].phones.iter().map(|(number, raw)| (number.as_str(), raw.as_str())).collect();
        assert_eq!(phones, [("+84334567890", "0163 456 7890"), ("+842438253825", "024 3825 3825")]);
        assert_eq!((&sheet.rows[0].city, sheet.rows[0].active), (&None, None), "no such columns");
    }

    #[test]
    fn who_is_active_is_said_by_yes_or_no() {
        let sheet = read("phones,name,active\n0912345603,An,\n0912345603,An,No\n0912345603,An,YES\n0912345603,An,1");
        let active: Vec<_> = sheet.rows.iter().map(|row| row.active).collect();
        assert_eq!(active, [Some(true), Some(false), Some(true)]);
        assert_eq!(sheet.bad[0].to_string(), "line 5: active: expected yes or no, found \"1\"");
    }

    #[test]
    fn a_customer_has_a_number_that_can_be_read() {
        let bad: Vec<_> = read("phones,name\n ; ,An\n0912345603;12,An").bad.iter().map(ToString::to_string).collect();
        assert_eq!(bad[0], "line 2: phones: expected a telephone number, found nothing");
        assert!(
            bad[1].starts_with("line 3: phones: expected telephone numbers") && bad[1].ends_with("\"12\""),
            "{bad:?}"
        );
    }
}
