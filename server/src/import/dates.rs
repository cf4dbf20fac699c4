//! Days and times as people and programs write them. The day comes first, as in Vietnam: only
//! who says so with `--month-first` has the month first.

use domain::fold::fold;
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, date},
    fmt::strtime,
};

/// Years that a booking can be in. Fewer digits are no year, more are no date.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;
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
}

/// Reads a day, a time or both.
///
/// # Errors
/// [`NoTime`] says what was expected.
pub fn read(text: &str, order: DateOrder) -> Result<When, NoTime> {
    if let Some(when) = iso(text).or_else(|| serial(text)) {
        return Ok(when);
    }
    let text = plain(text);
    let (formats, others, mistaken) = match order {
        DateOrder::DayFirst => (DAY_FIRST, MONTH_FIRST, NoTime::MonthFirst),
        DateOrder::MonthFirst => (MONTH_FIRST, DAY_FIRST, NoTime::DayFirst),
    };
    let found = by_formats(&text, formats).or_else(|| by_formats(&text, PLAIN));
    match found {
        Some(when) if YEARS.contains(&year(when)) => Ok(when),
        Some(_) => Err(NoTime::ShortYear),
        None => Err(by_formats(&text, others).map_or(NoTime::Unknown, |_| mistaken)),
    }
}

/// Puts a day and a time from two cells together. Either may be all of it.
///
/// # Errors
/// [`NoTime`] says what was expected.
pub fn join(day: &str, time: &str, order: DateOrder) -> Result<When, NoTime> {
    if let Ok(whole @ (When::Local(_) | When::Instant(_))) = read(time, order) {
        return Ok(whole);
    }
    match read(day, order)? {
        _ if time.is_empty() => read(day, order),
        When::Day(date) if let Some(since) = part_of_a_day(time) => Ok(When::Local(date.at(0, 0, 0, 0) + since)),
        When::Day(date) => read(&format!("{date} {time}"), order),
        // Spreadsheets put midnight behind a day.
        When::Local(at) => read(&format!("{} {time}", at.date()), order),
        instant @ When::Instant(_) => Ok(instant),
    }
}

fn year(when: When) -> i16 {
    match when {
        When::Day(date) => date.year(),
        When::Local(at) => at.year(),
        When::Instant(_) => *YEARS.start(),
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

/// The text in the form of our formats: slashes in dates, colons in times, no words beside.
fn plain(text: &str) -> String {
    let folded = fold(text).replace(',', " ");
    let words = folded.split_whitespace().filter_map(|word| {
        Some(match word {
            "sa" | "sang" | "am" | "a.m." | "a.m" => "am".to_owned(),
            "ch" | "chieu" | "toi" | "pm" | "p.m." | "p.m" => "pm".to_owned(),
            "thg" => "thang".to_owned(),
            _ if is_beside(word) => return None,
            _ if word.contains(':') => word.to_owned(),
            _ => clock(word).unwrap_or_else(|| word.replace(['-', '.'], "/").trim_end_matches('/').to_owned()),
        })
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Vietnam's `19h30` and `19h` are 19:30 and 19:00.
fn clock(word: &str) -> Option<String> {
    let (hour, minute) = word.split_once(['h', 'g'])?;
    let digits = |text: &str| text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let minute = minute.trim_end_matches(['p', '\'']);
    let is_clock = !hour.is_empty() && digits(hour) && digits(minute);
    is_clock.then(|| format!("{hour}:{}", if minute.is_empty() { "00" } else { minute }))
}

/// Weekdays and other words that say nothing.
fn is_beside(word: &str) -> bool {
    const WORDS: [&str; 15] =
        ["luc", "at", "on", "ngay", "gio", "nam", "thu", "hai", "ba", "tu", "sau", "bay", "chu", "nhat", "cn"];
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let is_day = DAYS.iter().any(|day| word.starts_with(day)) && (word.len() == 3 || word.ends_with("day"));
    let is_nth = word.len() == 2 && word.starts_with('t') && matches!(word.as_bytes()[1], b'2'..=b'7');
    WORDS.contains(&word) || is_day || is_nth
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
        for text in ["2026-08-10T19:30:00+07:00", "2026-08-10 19:30:00 +0700", "2026-08-10T12:30:00.000Z"] {
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
        ];
        for (day, time) in cells {
            assert_eq!(join(day, time, DateOrder::DayFirst), at, "{day} {time}");
        }
        assert_eq!(join("10/08/2026", "", DateOrder::DayFirst), Ok(When::Day(Date::constant(2026, 8, 10))));
        assert_eq!(join("10/08/2026", "late", DateOrder::DayFirst), Err(NoTime::Unknown));
    }
}
