//! A row of bookings: `customer` or `phone`, `restaurant`, `at`, `adults`, `state`, and as they are
//! there `id` and `children`.

use domain::customer::BookingState;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::sheet::{Columns, Row, Sheet, SheetError, read};
use crate::{
    config::Config,
    phone::{Region, parse},
    store::import::bookings::{BookingRow, Customer},
};

const COLUMNS: Columns =
    Columns { required: &["restaurant", "at", "adults", "state"], optional: &["id", "customer", "phone", "children"] };

/// Reads a file of bookings; numbers without a country code are of the configured region, and
/// times without an offset of the configured zone.
///
/// # Errors
/// [`SheetError`] where the first line does not name the columns.
pub fn bookings(bytes: &[u8], config: &Config) -> Result<Sheet<BookingRow>, SheetError> {
    read(bytes, COLUMNS, |row| {
        Ok(BookingRow {
            line: row.line,
            external_id: row.key("id")?,
            customer: customer(row, config.region)?,
            restaurant: row.required_name("restaurant")?,
            at: at(row, &config.time_zone)?,
            adults: guests("adults", row.filled("adults"))?,
            children: guests("children", row.filled("children").or(Some("0")))?,
            state: state(row)?,
        })
    })
}

/// The CRM's key is surer than a number, which may be several customers'.
fn customer(row: &Row, region: Region) -> Result<Customer, String> {
    if let Some(id) = row.key("customer")? {
        return Ok(Customer::Id(id));
    }
    let written = row.filled("phone").ok_or("expected the customer's id in customer, or a number in phone")?;
    let number = parse(written, region);
    number.map(Customer::Phone).ok_or_else(|| format!("phone: expected a telephone number, found {written:?}"))
}

/// A time with an offset is put into the house's zone. A day alone is no time.
fn at(row: &Row, zone: &TimeZone) -> Result<DateTime, String> {
    let cell = row.filled("at").unwrap_or_default();
    let zoned = || cell.parse::<Timestamp>().ok().map(|at| zone.to_datetime(at));
    let at = if cell.contains(':') { zoned().or_else(|| cell.parse().ok()) } else { None };
    at.ok_or_else(|| format!("at: expected a time such as 2026-08-10 19:30, found {cell:?}"))
}

fn guests(column: &str, cell: Option<&str>) -> Result<u16, String> {
    let cell = cell.unwrap_or_default();
    cell.parse().map_err(|_| format!("{column}: expected a number of guests, found {cell:?}"))
}

fn state(row: &Row) -> Result<BookingState, String> {
    let cell = row.filled("state").unwrap_or_default();
    Ok(match cell.to_ascii_lowercase().as_str() {
        "pending" => BookingState::Pending,
        "confirmed" => BookingState::Confirmed,
        "served" => BookingState::Served,
        "cancelled" => BookingState::Cancelled,
        "noshow" => BookingState::NoShow,
        _ => return Err(format!("state: expected pending, confirmed, served, cancelled or noShow, found {cell:?}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Sheet<BookingRow> {
        bookings(text.as_bytes(), &Config::default()).unwrap()
    }

    #[test]
    fn times_are_the_restaurants_own() {
        let written = ["2026-08-10 19:30", "2026-08-10T19:30:00", "2026-08-10T12:30:00Z", "2026-08-10T14:30+02:00"];
        for at in written {
            let sheet = read(&format!("phone,restaurant,at,adults,state\n0912345603,Huế,{at},2,served"));
            assert_eq!(sheet.rows[0].at, jiff::civil::date(2026, 8, 10).at(19, 30, 0, 0), "{at}");
            assert_eq!(sheet.rows[0].children, 0);
        }
    }

    #[test]
    fn a_bad_row_says_what_was_expected() {
        let text = "customer,phone,restaurant,at,adults,children,state
            ,,Huế,2026-08-10 19:30,2,,served
            ,12,Huế,2026-08-10 19:30,2,,served
            7,,,2026-08-10 19:30,2,,served
            7,,Huế,2026-08-10,2,,served
            7,,Huế,2026-13-10 19:30,2,,served
            7,,Huế,2026-08-10 19:30,,,served
            7,,Huế,2026-08-10 19:30,2,-1,served
            7,,Huế,2026-08-10 19:30,2,1,eaten
            7,12,Huế,2026-08-10 19:30,2,1,NoShow";
        let sheet = read(text);
        let bad: Vec<_> = sheet.bad.iter().map(ToString::to_string).collect();
        let expected = [
            "line 2: expected the customer's id in customer, or a number in phone",
            "line 3: phone: expected a telephone number, found \"12\"",
            "line 4: restaurant: expected a name, found nothing",
            "line 5: at: expected a time such as 2026-08-10 19:30, found \"2026-08-10\"",
            "line 6: at: expected a time such as 2026-08-10 19:30, found \"2026-13-10 19:30\"",
            "line 7: adults: expected a number of guests, found \"\"",
            "line 8: children: expected a number of guests, found \"-1\"",
            "line 9: state: expected pending, confirmed, served, cancelled or noShow, found \"eaten\"",
        ];
        assert_eq!(bad, expected);
        assert_eq!((sheet.rows.len(), sheet.rows[0].state), (1, BookingState::NoShow));
    }
}
