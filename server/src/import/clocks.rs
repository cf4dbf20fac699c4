//! The words and marks of times: weekdays, `19 giờ 30`, offsets from UTC.

use std::sync::LazyLock;

use domain::fold::fold;
use jiff::tz::Offset;
use regex::Regex;

/// A time by the clock, and how far that clock is from UTC: `19:30 +0700`, `19:30:00 GMT+7 (Indochina Time)`.
#[expect(clippy::expect_used, reason = "the pattern is fixed, and tried by the tests")]
static ZONED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) (\d{1,2}:\d{2} (?::\d{2} (?:[.,]\d+)?)? (?:\s*[ap]\.?m\b\.?)?)
        \s* (?: \(? (?:utc|gmt) \s* (?: ([+-]\d{1,2}) (?: :?(\d{2}))? )? \)? | z | ([+-]\d{2}) (?: :?(\d{2}))? )
        (?:\s*\([^)]*\))? (?:\s|$)",
    )
    .expect("a regular expression")
});

/// The text without the offset from UTC behind its time, and the offset.
pub fn without_zone(text: &str) -> (String, Option<Offset>) {
    let found = ZONED.captures(text).and_then(|found| {
        let number = |group: usize| found.get(group).map_or(Some(0), |digits| digits.as_str().parse::<i32>().ok());
        let (hours, minutes) = (number(2)? + number(4)?, number(3)? + number(5)?);
        // No zone is farther from UTC.
        let is_zone = (-12..=14).contains(&hours) && (0..60).contains(&minutes);
        let is_west = [2, 4].iter().filter_map(|group| found.get(*group)).any(|sign| sign.as_str().starts_with('-'));
        let seconds = hours * 3600 + if is_west { -minutes } else { minutes } * 60;
        Some((found, Offset::from_seconds(seconds).ok().filter(|_| is_zone)?))
    });
    match found {
        Some((found, offset)) => (text.replacen(&found[0], &format!("{} ", &found[1]), 1), Some(offset)),
        None => (text.to_owned(), None),
    }
}

/// The text in the form of our formats: slashes in dates, colons in times, no words beside.
pub fn plain(text: &str) -> String {
    let folded = fold(text).replace([',', '(', ')'], " ");
    let mut words = folded.split_whitespace().peekable();
    let mut kept = Vec::new();
    while let Some(word) = words.next() {
        let next = words.peek().copied().unwrap_or_default();
        kept.push(match word {
            "sa" | "sang" | "am" | "a.m." | "a.m" => "am".to_owned(),
            "ch" | "chieu" | "toi" | "pm" | "p.m." | "p.m" => "pm".to_owned(),
            "thg" => "thang".to_owned(),
            // Thứ 2 is Monday.
            "thu" => {
                words.next_if(|next| matches!(next.as_bytes(), [b'2'..=b'7']));
                continue;
            }
            _ if is_beside(word) => continue,
            _ if word.contains(':') => word.to_owned(),
            _ if is_two_digits(word) && matches!(next, "gio" | "h" | "g") => {
                words.next();
                format!("{word}:{}", minutes(&mut words))
            }
            _ => match clock(word) {
                Some((hour, "")) => format!("{hour}:{}", minutes(&mut words)),
                Some((hour, minute)) => format!("{hour}:{minute}"),
                None => word.replace(['-', '.'], "/").trim_end_matches('/').to_owned(),
            },
        });
    }
    kept.join(" ")
}

/// The minutes behind an hour's word, if they are there: `30 phút`, but not the day of `10 tháng 8`.
fn minutes<'a>(words: &mut (impl Iterator<Item = &'a str> + Clone)) -> &'a str {
    let mut ahead = words.clone();
    let minutes = ahead.next().filter(|word| is_two_digits(word));
    let Some(minutes) = minutes.filter(|_| !matches!(ahead.clone().next(), Some("thang" | "thg"))) else { return "00" };
    words.next();
    if matches!(ahead.next(), Some("phut" | "p")) {
        words.next();
    }
    minutes
}

fn is_two_digits(text: &str) -> bool {
    (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Hour and minute of Vietnam's `19h30`; the minute is empty in `19h`.
fn clock(word: &str) -> Option<(&str, &str)> {
    let (hour, minute) = word.split_once("gio").or_else(|| word.split_once(['h', 'g']))?;
    let minute = minute.trim_end_matches("phut").trim_end_matches(['p', '\'']);
    (is_two_digits(hour) && (minute.is_empty() || is_two_digits(minute))).then_some((hour, minute))
}

/// Weekdays and other words that say nothing.
fn is_beside(word: &str) -> bool {
    const WORDS: [&str; 16] =
        ["luc", "at", "on", "ngay", "gio", "nam", "hai", "ba", "tu", "sau", "bay", "chu", "nhat", "cn", "vao", "phut"];
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let day = word.trim_end_matches('.');
    let is_day = DAYS.iter().any(|name| day.starts_with(name))
        && (day.len() == 3 || day.ends_with("day") || matches!(day, "tues" | "thur" | "thurs"));
    let is_nth = day.strip_prefix("thu").or(day.strip_prefix("t.")).or(day.strip_prefix('t'));
    let is_nth = is_nth.is_some_and(|nth| matches!(nth.as_bytes(), [b'2'..=b'7']));
    WORDS.contains(&word) || is_day || is_nth
}
