//! Days and times as people and programs write them. The day comes first, as in Vietnam: only
//! who says so with `--month-first` has the month first.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time, date},
    fmt::strtime,
    tz::TimeZone,
};
use unicode_normalization::UnicodeNormalization;

use super::clocks::{plain, without_zone};

/// Years that a booking can be in. Fewer digits are no year, more are no date.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;
/// The days before a spreadsheet's first one, on which times are that have no date.
const BEFORE_ALL_DAYS: [Date; 2] = [Date::constant(1899, 12, 30), Date::constant(1899, 12, 31)];
const DAY_FIRST: &[&str] = &["%d/%m/%Y", "%d thang %m %Y"];
const MONTH_FIRST: &[&str] = &["%m/%d/%Y"];
/// What has no other reading.
const PLAIN: &[&str] = &["%Y/%m/%d", "%d/%b/%Y", "%d %b %Y", "%b %d %Y", "%d %B %Y", "%B %d %Y", "%d/%B/%Y"];
const CLOCKS: &[&str] = &["%H:%M", "%H:%M:%S%.f", "%I:%M %p", "%I:%M:%S %p", "%I %p"];

/// Which of day and month comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    #[default]
    DayFirst,
    MonthFirst,
}

/// What a text says of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Midnight is not meant.
    Day(Date),
    /// By the clock of wherever it is.
    Local(DateTime),
    Instant(Timestamp),
    /// A spreadsheet's time of no day.
    Clock(Time),
}

/// Why a text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTime {
    #[error("a time such as 10/08/2026 19:30 or 2026-08-10 19:30")]
    Unknown,
    #[error("the day before the month. If the month comes first in the whole file, say --month-first")]
    MonthFirst,
    #[error("the month before the day, as --month-first says")]
    DayFirst,
    #[error("a year of four digits, so that it cannot be taken for a day")]
    ShortYear,
    #[error("a year from {} to {}", YEARS.start(), YEARS.end())]
    Year,
    #[error("a day and a time, not a spreadsheet's time without a date")]
    NoDay,
}

/// Reads a day, a time or both.
///
/// # Errors
/// [`NoTime`] says what was expected.
pub fn read(text: &str, order: DateOrder) -> Result<When, NoTime> {
    let text: String = text.nfkc().collect();
    if let Some(when) = iso(&text).or_else(|| serial(&text)) {
        return possible(when);
    }
    let (text, offset) = without_zone(&text);
    let text = plain(&text);
    let (formats, others, mistaken) = match order {
        DateOrder::DayFirst => (DAY_FIRST, MONTH_FIRST, NoTime::MonthFirst),
        DateOrder::MonthFirst => (MONTH_FIRST, DAY_FIRST, NoTime::DayFirst),
    };
    let Some(found) = by_formats(&text, formats).or_else(|| by_formats(&text, PLAIN)) else {
        // As spreadsheets show the day before the first of January 1900.
        if ["0/1/1900", "00/01/1900", "1/0/1900", "01/00/1900"].iter().any(|day| text.starts_with(day)) {
            return Err(NoTime::NoDay);
        }
        return Err(match by_formats(&text, others).map(possible) {
            Some(Ok(When::Clock(_)) | Err(NoTime::NoDay)) => NoTime::NoDay,
            Some(_) => mistaken,
            None => NoTime::Unknown,
        });
    };
    match (found, offset) {
        (When::Local(at), Some(offset)) => {
            offset.to_timestamp(at).map_err(|_| NoTime::Year).and_then(|at| possible(When::Instant(at)))
        }
        (found, _) => possible(found),
    }
}

/// Puts a day and a time from two cells together. Either may be all of it.
///
/// # Errors
/// [`NoTime`] says what was expected.
pub fn join(day: &str, time: &str, order: DateOrder) -> Result<When, NoTime> {
    let of_no_day = match read(time, order) {
        Ok(whole @ (When::Local(_) | When::Instant(_))) => return Ok(whole),
        Ok(When::Clock(_)) if day.is_empty() => return Err(NoTime::NoDay),
        Ok(When::Clock(clock)) => Some(clock),
        _ => None,
    };
    match (read(day, order)?, of_no_day) {
        (When::Clock(_), _) => Err(NoTime::NoDay),
        (day, _) if time.is_empty() => Ok(day),
        (When::Day(date), Some(clock)) => Ok(When::Local(date.to_datetime(clock))),
        (When::Local(at), Some(clock)) => Ok(When::Local(at.date().to_datetime(clock))),
        (When::Day(date), _) if let Some(since) = part_of_a_day(time) => Ok(When::Local(date.at(0, 0, 0, 0) + since)),
        (When::Day(date), _) => read(&format!("{date} {time}"), order),
        // Spreadsheets put midnight behind a day.
        (When::Local(at), _) => read(&format!("{} {time}", at.date()), order),
        (instant @ When::Instant(_), _) => Ok(instant),
    }
}

/// What was read, if a booking can be then.
fn possible(when: When) -> Result<When, NoTime> {
    let date = match when {
        When::Clock(_) => return Ok(when),
        When::Day(date) => date,
        When::Local(at) => at.date(),
        When::Instant(at) => TimeZone::UTC.to_datetime(at).date(),
    };
    match (when, date.year()) {
        (When::Local(at), _) if BEFORE_ALL_DAYS.contains(&date) => Ok(When::Clock(at.time())),
        _ if BEFORE_ALL_DAYS.contains(&date) => Err(NoTime::NoDay),
        (_, year) if YEARS.contains(&year) => Ok(when),
        (_, ..1000) => Err(NoTime::ShortYear),
        _ => Err(NoTime::Year),
    }
}

/// RFC 3339 and its relatives.
fn iso(text: &str) -> Option<When> {
    if !text.contains(':') {
        return text.parse().ok().map(When::Day);
    }
    // Some put a space before the offset.
    let offset = text.rfind(" +").or_else(|| text.rfind(" -"));
    let joined = offset.map(|at| format!("{}{}", &text[..at], &text[at + 1..]));
    let instant = joined.as_deref().unwrap_or(text).parse::<Timestamp>().ok().map(When::Instant);
    instant.or_else(|| text.parse().ok().map(When::Local))
}

/// A spreadsheet's number of days since the end of 1899: `46244.8125`.
fn serial(text: &str) -> Option<When> {
    let days = decimal(text)?;
    // The years 2000 to 2099.
    if !(36526.0..73051.0).contains(&days) {
        return None;
    }
    let seconds = SignedDuration::try_from_secs_f64((days * 86_400.0).round()).ok()?;
    let at = date(1899, 12, 30).at(0, 0, 0, 0).checked_add(seconds).ok()?;
    Some(if days.fract() == 0.0 { When::Day(at.date()) } else { When::Local(at) })
}

/// With a decimal point, or the comma of most languages.
fn decimal(text: &str) -> Option<f64> {
    text.replace(',', ".").parse().ok()
}

/// A spreadsheet's time, since midnight: `0.8125`.
fn part_of_a_day(text: &str) -> Option<SignedDuration> {
    let part = decimal(text).filter(|part| text.contains(['.', ',']) && (0.0..1.0).contains(part))?;
    SignedDuration::try_from_secs_f64((part * 86_400.0).round()).ok()
}

fn by_formats(text: &str, dates: &[&str]) -> Option<When> {
    dates.iter().find_map(|date| {
        let whole = |format: &str| strtime::parse(format, text).ok();
        let day = || whole(date).and_then(|found| found.to_date().ok()).map(When::Day);
        let both = |clock: &&str| {
            let found = whole(&format!("{date} {clock}")).or_else(|| whole(&format!("{clock} {date}")))?;
            found.to_datetime().ok().map(When::Local)
        };
        day().or_else(|| CLOCKS.iter().find_map(both))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day_first(text: &str) -> Result<When, NoTime> {
        read(text, DateOrder::DayFirst)
    }

    #[test]
    fn a_day_and_a_time_are_read_in_every_order_but_month_first() {
        let at = When::Local(date(2026, 8, 10).at(19, 30, 0, 0));
        let written = [
            "2026-08-10 19:30",
            "2026-08-10T19:30:00",
            "2026/08/10 19:30",
            "2026.08.10 19:30:00.000",
            "10/08/2026 19:30",
            "10-08-2026 19:30:00",
            "10.08.2026 19:30",
            "10/8/2026, 19:30",
            "10/08/2026 7:30 PM",
            "10/08/2026 07:30:00 pm",
            "10/08/2026 7:30pm",
            "10/08/2026 7:30 CH",
            "19:30 10/08/2026",
            "19h30 10/08/2026",
            "19h30, ngày 10/08/2026",
            "Thứ Hai, 10/08/2026 19:30",
            "Thứ 2, 10/08/2026 19:30",
            "Thứ 2 ngày 10/08/2026 19:30",
            "Thứ2 10/08/2026 19:30",
            "T2, 10/08/2026 19:30",
            "(T2) 10/08/2026 19:30",
            "10/08/2026 (Thứ hai) 19:30",
            "CN 10/08/2026 19:30",
            "Chủ nhật, 10/08/2026 19:30",
            "Mon 10/08/2026 19:30",
            "Tues. 10/08/2026 19:30",
            "10/08/2026 19 giờ 30",
            "10/08/2026 19 giờ 30 phút",
            "10/08/2026 19giờ30",
            "10/08/2026 lúc 19h 30",
            "10/08/2026 19h30p",
            "19 giờ 30 10/08/2026",
            "10/08/2026 7 giờ 30 tối",
            "１０/０８/２０２６ １９：３０",
            "10 Aug 2026 19:30",
            "10-Aug-2026 19:30",
            "Aug 10, 2026 7:30 PM",
            "Monday, 10 August 2026 19:30",
            "10 tháng 8 2026 19:30",
            "10 tháng 8 năm 2026 19:30",
            "46244.8125",
        ];
        for text in written {
            assert_eq!(day_first(text), Ok(at), "{text}");
        }
        assert_eq!(read("08/10/2026 19:30", DateOrder::MonthFirst), Ok(at));
        assert_eq!(day_first("10/08/2026 7:30 SA"), Ok(When::Local(date(2026, 8, 10).at(7, 30, 0, 0))));
    }

    #[test]
    fn an_offset_makes_an_instant() {
        let at = When::Instant("2026-08-10T12:30:00Z".parse().unwrap());
        for text in [
            "2026-08-10T19:30:00+07:00",
            "2026-08-10 19:30:00 +0700",
            "2026-08-10T12:30:00.000Z",
            "Mon, 10 Aug 2026 19:30:00 +0700",
            "Mon, 10 Aug 2026 12:30:00 GMT",
            "Mon Aug 10 2026 19:30:00 GMT+0700 (Indochina Time)",
            "2026-08-10 12:30 UTC",
            "10/08/2026 12:30 UTC",
            "10/08/2026 12:30Z",
            "10/08/2026 19:30+07:00",
            "10/08/2026 7:30 PM GMT+7",
            "10/08/2026 19:30 (UTC+07:00)",
            "10/08/2026 08:00 -04:30",
            "12:30 UTC 10/08/2026",
        ] {
            assert_eq!(day_first(text), Ok(at), "{text}");
        }
    }

    #[test]
    fn a_day_alone_is_no_time() {
        for text in ["2026-08-10", "10/08/2026", "46244", "10 Aug 2026"] {
            assert_eq!(day_first(text), Ok(When::Day(date(2026, 8, 10))), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_meant_says_why() {
        assert_eq!(day_first("08/25/2026 19:30"), Err(NoTime::MonthFirst));
        assert_eq!(read("25/08/2026 19:30", DateOrder::MonthFirst), Err(NoTime::DayFirst));
        assert_eq!(day_first("10/08/26 19:30"), Err(NoTime::ShortYear));
        for text in ["10/08/1026 19:30", "1026-08-10 19:30", "1026-08-10", "2926-08-10T19:30:00Z", "10 Aug 1926"] {
            assert_eq!(day_first(text), Err(NoTime::Year), "{text}");
        }
        for text in
            ["30/12/1899 19:30", "1899-12-30 19:30:00", "31.12.1899 19:30", "12/30/1899 7:30 PM", "1/0/1900 19:30"]
        {
            assert_eq!(join(text, "", DateOrder::DayFirst), Err(NoTime::NoDay), "{text}");
            assert!(join("", text, DateOrder::DayFirst).is_err(), "{text}");
        }
        for text in ["", "soon", "31/02/2026 19:30", "2026-13-10 19:30", "10/08/2026 25:30", "19:30", "12"] {
            assert_eq!(day_first(text), Err(NoTime::Unknown), "{text}");
        }
    }

    #[test]
    fn a_day_and_a_time_may_be_in_two_cells() {
        let at = Ok(When::Local(date(2026, 8, 10).at(19, 30, 0, 0)));
        let cells = [
            ("10/08/2026", "19:30"),
            ("2026-08-10 00:00:00", "7:30 PM"),
            ("10/08/2026", "19h30"),
            ("46244", "0.8125"),
            ("46244", "0,8125"),
            ("01/01/2026", "10/08/2026 19:30"),
            ("10/08/2026 19:30", ""),
            ("10/08/2026", "30/12/1899 19:30"),
            ("2026-08-10 00:00:00", "1899-12-30 19:30:00"),
            ("10/08/2026", "19 giờ 30"),
        ];
        for (day, time) in cells {
            assert_eq!(join(day, time, DateOrder::DayFirst), at, "{day} {time}");
        }
        assert_eq!(join("10/08/2026", "", DateOrder::DayFirst), Ok(When::Day(Date::constant(2026, 8, 10))));
        assert_eq!(join("10/08/2026", "late", DateOrder::DayFirst), Err(NoTime::Unknown));
    }
}
