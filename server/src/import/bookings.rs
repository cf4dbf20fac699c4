//! A row of bookings.

use domain::customer::BookingState;
use jiff::{civil::DateTime, tz::TimeZone};

use super::{
    dates::{DateOrder, NoTime, When, join},
    phones::{phones, region},
    row::Row,
    sheet::List,
    values,
    vocabulary::{BOOKINGS, Vocabulary},
};
use crate::{
    config::Config,
    store::import::bookings::{BookingRow, Customer},
};
use phone::Region;

/// Bookings. Numbers without a country code are of this region, and times without an offset of
/// this zone.
pub struct Bookings {
    region: Region,
    time_zone: TimeZone,
    order: DateOrder,
}

impl Bookings {
    pub fn new(config: &Config, order: DateOrder) -> Self {
        Self { region: config.region, time_zone: config.time_zone.clone(), order }
    }

    /// The CRM's key is surer than a number, which may be several customers'.
    fn customer(&self, row: &Row) -> Result<Customer, String> {
        if let Some(id) = row.key("customer")? {
            return Ok(Customer::Id(id));
        }
        let cell = row.needed("phone", "the customer's number, or an id in a column for customer")?;
        let (found, mut wrong) = phones([cell], region(row, self.region)?);
        let first = found.into_iter().next().map(|(number, _)| Customer::Phone(number));
        first.ok_or_else(|| wrong.pop().unwrap_or_else(|| cell.expected("a telephone number")))
    }

    /// A time with an offset is put into the house's zone. A day alone is no time.
    fn at(&self, row: &Row) -> Result<DateTime, String> {
        let (day, time) = (row.filled("date"), row.filled("time"));
        let (cell, read) = match (row.filled("at"), day, time) {
            (Some(at), ..) => (at, join(at.text, "", self.order)),
            (None, Some(day), time) => {
                let read = join(day.text, time.map_or("", |time| time.text), self.order);
                // What is wrong with a good day is the time.
                let is_time = join(day.text, "", self.order).is_ok();
                (time.filter(|_| is_time).unwrap_or(day), read)
            }
            (None, None, Some(time)) => (time, join("", time.text, self.order)),
            (None, None, None) => return Err(self.no_time(row)),
        };
        match read {
            Ok(When::Local(at)) => Ok(at),
            Ok(When::Instant(at)) => Ok(self.time_zone.to_datetime(at)),
            Ok(When::Clock(_)) => Err(cell.expected(&NoTime::NoDay.to_string())),
            Ok(When::Day(_)) => Err(cell.expected(&format!("{}, not a day alone", NoTime::Unknown))),
            Err(why) => Err(cell.expected(&why.to_string())),
        }
    }

    fn no_time(&self, row: &Row) -> String {
        let columns = ["at", "date"].into_iter().find_map(|field| row.columns.of(field).first());
        let column = columns.map_or("at", |at| row.columns.name(*at));
        format!("{column}: expected {}, found nothing", NoTime::Unknown)
    }
}

impl List for Bookings {
    type Row = BookingRow;

    fn vocabulary(&self) -> &'static Vocabulary {
        &BOOKINGS
    }

    fn read(&self, row: &Row, wrong: &mut Vec<String>) -> Option<BookingRow> {
        let external_id = row.key("id").map_err(|why| wrong.push(why)).ok();
        let customer = self.customer(row).map_err(|why| wrong.push(why)).ok();
        let restaurant = restaurant(row).map_err(|why| wrong.push(why)).ok();
        let at = self.at(row).map_err(|why| wrong.push(why)).ok();
        let adults = adults(row).map_err(|why| wrong.push(why)).ok();
        let children = children(row).map_err(|why| wrong.push(why)).ok();
        let state = state(row).map_err(|why| wrong.push(why)).ok();
        Some(BookingRow {
            line: row.line,
            external_id: external_id?,
            customer: customer?,
            restaurant: restaurant?,
            at: at?,
            adults: adults?,
            children: children?,
            state: state?,
        })
    }
}

fn restaurant(row: &Row) -> Result<String, String> {
    let cell = row.needed("restaurant", "a name")?;
    super::row::name(cell)
}

fn adults(row: &Row) -> Result<u16, String> {
    let cell = row.needed("adults", "a number of guests")?;
    values::guests(cell.text).ok_or_else(|| cell.expected("a number of guests"))
}

fn children(row: &Row) -> Result<u16, String> {
    let Some(cell) = row.filled("children") else { return Ok(0) };
    values::guests(cell.text).ok_or_else(|| cell.expected("a number of guests"))
}

fn state(row: &Row) -> Result<BookingState, String> {
    let expected = "pending, confirmed, served, cancelled or noShow, or a usual word for one of them";
    let cell = row.needed("state", expected)?;
    values::state(cell.text).ok_or_else(|| cell.expected(expected))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::sheet::{Options, read};

    /// The rows, and what is wrong with the others.
    fn all(text: &str) -> (Vec<BookingRow>, Vec<String>) {
        let list = Bookings::new(&Config::default(), DateOrder::DayFirst);
        let mut rows = Vec::new();
        let report =
            read("x.csv".as_ref(), text.as_bytes(), &list, &Options { shown: 50, ..Options::default() }, |row| {
                rows.push(row);
                true
            });
        (rows, report.unwrap().bad.told().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn times_are_the_restaurants_own() {
        let written = ["2026-08-10 19:30", "2026-08-10T19:30:00", "2026-08-10T12:30:00Z", "10/08/2026 19:30"];
        for at in written {
            let (rows, _) = all(&format!("phone,restaurant,at,adults,state\n0912345603,Huế,{at},2.0,served"));
            assert_eq!(rows[0].at, jiff::civil::date(2026, 8, 10).at(19, 30, 0, 0), "{at}");
            assert_eq!((rows[0].adults, rows[0].children), (2, 0));
        }
        let (rows, _) = all("phone,restaurant,date,time,adults,state\n0912345603,Huế,10/08/2026,19h30,2,served");
        assert_eq!(rows[0].at, jiff::civil::date(2026, 8, 10).at(19, 30, 0, 0));
    }

    #[test]
    fn a_bad_row_says_what_was_expected() {
        let text = "customer,phone,restaurant,at,adults,children,state
            ,,Huế,2026-08-10 19:30,2,,served
            ,12,Huế,2026-08-10 19:30,2,,served
            7,,,2026-08-10 19:30,2,,served
            7,,Huế,2026-08-10,2,,served
            7,,Huế,08/25/2026 19:30,2,,served
            7,,Huế,2026-08-10 19:30,,,served
            7,,Huế,2026-08-10 19:30,2,-1,served
            7,,Huế,2026-08-10 19:30,2,1,eaten
            7,,Huế,2026-08-10 19:30,2
            7,12,Huế,2026-08-10 19:30,2,1,No-show";
        let (rows, bad) = all(text);
        let starts = [
            "line 2: phone: expected the customer's number, or an id in a column for customer, found nothing",
            "line 3: phone: expected a",
            "line 4: restaurant: expected a name, found nothing",
            "line 5: at: expected a time such as 10/08/2026 19:30 or 2026-08-10 19:30, not a day alone, found \"2026-08-10\"",
            "line 6: at: expected the day before the month. If the month comes first in the whole file, say --month-first",
            "line 7: adults: expected a number of guests, found nothing",
            "line 8: children: expected a number of guests, found \"-1\"",
            "line 9: state: expected pending, confirmed, served, cancelled or noShow, or a usual word for one of them, found \"eaten\"",
            "line 10: state: expected pending,",
        ];
        assert_eq!(bad.len(), starts.len(), "{bad:?}");
        for (bad, start) in bad.iter().zip(starts) {
            assert!(bad.starts_with(start), "{bad}");
        }
        assert_eq!((rows.len(), rows[0].state), (1, BookingState::NoShow));
    }
}
