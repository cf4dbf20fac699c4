//! Times, numbers and names as people read them.

use domain::{
    Timestamp,
    call::{ChannelState, Direction, Outcome},
    customer::{Booking, BookingState},
    history::HistoryRow,
    note::KeptDraft,
    phone::E164,
    view::CallState,
};
use jiff::{
    civil::{Date, DateTime},
    tz::Offset,
};

use crate::{browser::utc_offset_minutes, texts::Texts};

/// `0:07`, `12:03`, `1:02:03`.
pub fn clock(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// How long that was, as a clock.
pub fn lasted(from: Timestamp, to: Timestamp) -> String {
    clock(to.as_millisecond() - from.as_millisecond())
}

// Two digits are written by hand: the whole of strftime would be loaded by every page.
fn hour(at: DateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

fn day_and_month(date: Date) -> String {
    format!("{:02}/{:02}", date.day(), date.month())
}

fn local(at: Timestamp) -> DateTime {
    let offset = Offset::from_seconds(utc_offset_minutes(at) * 60).unwrap_or(Offset::UTC);
    offset.to_datetime(at)
}

/// `10:38`, where the person sits.
pub fn time(at: Timestamp) -> String {
    hour(local(at))
}

/// `10:42:07`.
pub fn time_with_seconds(at: Timestamp) -> String {
    let at = local(at);
    format!("{}:{:02}", hour(at), at.second())
}

/// `24/11 10:38`.
pub fn day_and_time(at: Timestamp) -> String {
    let at = local(at);
    format!("{} {}", day_and_month(at.date()), hour(at))
}

/// The day, where the person sits.
pub fn day(at: Timestamp) -> Date {
    local(at).date()
}

/// What a day before today goes by: `Hôm qua 23/11`, `Chủ Nhật 22/11`, `24/11/2025`.
pub fn past_day(day: Date, today: Date, texts: &Texts) -> String {
    let name = match day.tomorrow().ok() {
        Some(next) if next == today => texts.yesterday,
        _ if day.year() != today.year() => return date(day),
        _ => weekday(day, texts),
    };
    format!("{name} {}", day_and_month(day))
}

/// `26/11/2026`.
pub fn date(date: Date) -> String {
    format!("{}/{:04}", day_and_month(date), date.year())
}

/// A number as it is said in its own country, or as it came.
pub fn number(phone: Option<&E164>, raw: &str) -> String {
    phone.map_or_else(|| raw.to_owned(), E164::national)
}

/// `Thứ Năm 26/11, 19:00 · 2 người lớn, 2 trẻ em`; with the year where it is not this one.
pub fn booking(booking: &Booking, today: Date, texts: &Texts) -> String {
    let guests = (texts.guests)(booking.adults, booking.children);
    let day = booking.at.date();
    let written = if day.year() == today.year() { day_and_month(day) } else { date(day) };
    format!("{} {written}, {} · {guests}", weekday(day, texts), hour(booking.at))
}

/// How far a day is: `in 3 days`, `yesterday`, `2 years ago`. Days up to two months, months up to two
/// years.
pub fn distance(day: Date, today: Date, texts: &Texts) -> String {
    let days = (day - today).get_days();
    let months =
        (i32::from(day.year()) - i32::from(today.year())) * 12 + i32::from(day.month()) - i32::from(today.month());
    // A month that has begun and is not over does not count.
    let months = match months.signum() {
        1 if day.day() < today.day() => months - 1,
        -1 if day.day() > today.day() => months + 1,
        _ => months,
    };
    match (days.abs(), months.abs()) {
        (..60, _) => (texts.days_away)(days),
        (_, ..24) => (texts.months_away)(months),
        _ => (texts.years_away)(months / 12),
    }
}

/// `Thứ Năm, 19:00 · 2 người lớn`: beside a date.
pub fn booking_of_day(booking: &Booking, texts: &Texts) -> String {
    let guests = (texts.guests)(booking.adults, booking.children);
    format!("{}, {} · {guests}", weekday(booking.at.date(), texts), hour(booking.at))
}

fn weekday(date: Date, texts: &Texts) -> &'static str {
    let index = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    texts.weekdays.get(index).copied().unwrap_or_default()
}

/// The colour of a channel's chip.
pub fn channel_chip(state: ChannelState) -> &'static str {
    match state {
        ChannelState::Ringing | ChannelState::Ring => "chip ringing",
        ChannelState::Up => "chip talking",
        _ => "chip",
    }
}

/// A channel's state, as people say it of a phone.
pub fn channel_text(state: ChannelState, texts: &'static Texts) -> &'static str {
    match state {
        ChannelState::Ringing => texts.ringing,
        ChannelState::Up => texts.phone_in_use,
        ChannelState::Ring | ChannelState::Dialing => texts.phase_calling,
        ChannelState::Busy => texts.busy,
        _ => texts.phone_idle,
    }
}

/// A booking's state, and the colour of its chip.
pub fn booking_state(state: BookingState, texts: &'static Texts) -> (&'static str, &'static str) {
    match state {
        BookingState::Pending => (texts.pending, "ringing"),
        BookingState::Confirmed => (texts.confirmed, "talking"),
        BookingState::Served => (texts.served, "talking"),
        BookingState::Cancelled => (texts.cancelled, "lost"),
        BookingState::NoShow => (texts.no_show, "lost"),
    }
}

pub fn outcome(outcome: Option<Outcome>, texts: &'static Texts) -> &'static str {
    match outcome {
        Some(Outcome::Answered) => texts.answered,
        Some(Outcome::Abandoned) => texts.abandoned,
        Some(Outcome::Missed) => texts.missed,
        Some(Outcome::Busy) => texts.busy,
        Some(Outcome::Failed) => texts.failed,
        None => texts.in_progress,
    }
}

/// The name that a call goes by: the customer, the caller id's name, or a word.
pub fn caller(call: &CallState, texts: &'static Texts) -> String {
    match &call.data {
        Some(customer) => customer.name.clone(),
        None if call.hidden => texts.hidden_number.to_owned(),
        None if !call.caller_name.is_empty() => call.caller_name.clone(),
        None => number(call.caller_phone.as_ref(), &call.caller_id),
    }
}

/// The caller's number, where [`caller`] is a name; empty where that is the number already, or the number is hidden.
pub fn number_beside(call: &CallState) -> String {
    let is_named = !call.hidden && (call.data.is_some() || !call.caller_name.is_empty());
    if is_named { number(call.caller_phone.as_ref(), &call.caller_id) } else { String::new() }
}

/// The other side of a call of the history: who called, or whom one of ours dialled.
pub fn other_side(row: &HistoryRow, texts: &'static Texts) -> String {
    match caller_name(row) {
        _ if row.hidden => texts.hidden_number.to_owned(),
        Some(name) => name.to_owned(),
        None => caller_number(row),
    }
}

/// The number beside the name of the other side, where it says more than the name.
pub fn other_number(row: &HistoryRow) -> Option<String> {
    let is_named = !row.hidden && caller_name(row).is_some();
    is_named.then(|| caller_number(row))
}

/// Who called about whom a draft is.
pub fn draft_caller(kept: &KeptDraft, texts: &'static Texts) -> String {
    match draft_name(kept) {
        Some(name) => name.to_owned(),
        None if kept.hidden => texts.hidden_number.to_owned(),
        None => number(kept.caller_phone.as_ref(), &kept.caller_number),
    }
}

/// The number beside the name of [`draft_caller`], where it says more than the name.
pub fn draft_number(kept: &KeptDraft) -> Option<String> {
    draft_name(kept).map(|_| number(kept.caller_phone.as_ref(), &kept.caller_number))
}

fn draft_name(kept: &KeptDraft) -> Option<&str> {
    Some(kept.caller_name.as_str()).filter(|name| !name.is_empty() && *name != kept.caller_number)
}

/// Who called, by name. Many trunks send the number as the name.
fn caller_name(row: &HistoryRow) -> Option<&str> {
    row.name.as_deref().filter(|name| !name.is_empty() && *name != row.caller_number)
}

fn caller_number(row: &HistoryRow) -> String {
    let phone = row.caller_phone.clone().and_then(|phone| E164::try_from(phone).ok());
    let said = if row.direction == Direction::Outbound { &row.dialled } else { &row.caller_number };
    number(phone.as_ref(), if row.made_by().is_some() { &row.dialled } else { said })
}

#[cfg(test)]
mod tests {
    use domain::{call::Direction, history::HistoryRow};
    use jiff::{Timestamp, civil::date};

    use super::{clock, distance, other_number, other_side, past_day};
    use crate::texts::Lang;

    #[test]
    fn a_caller_goes_by_a_name_and_a_number_or_by_one_of_them() {
        let row = |name: &str, number: &str| HistoryRow {
            call_id: "main:1.1".into(),
            direction: Direction::Inbound,
            caller_number: number.to_owned(),
            caller_phone: None,
            hidden: number == "anonymous" || number.is_empty(),
            name: Some(name.to_owned()),
            customer_id: None,
            dialled: "1900".to_owned(),
            begun_by: None,
            started_at: Timestamp::UNIX_EPOCH,
            answered_at: None,
            ended_at: None,
            outcome: None,
            answered_by: None,
            answered_by_name: None,
            answered_outside: None,
            voicemail: false,
            own_leg: None,
            legs: 1,
            note: None,
        };
        let hidden = Lang::En.texts().hidden_number;
        for (name, number, shown, aside) in [
            ("An", "0904859696", "An", Some("0904859696")),
            ("", "0904859696", "0904859696", None),
            ("0904859696", "0904859696", "0904859696", None),
            ("Anonymous", "anonymous", hidden, None),
            ("", "", hidden, None),
        ] {
            let row = row(name, number);
            let said = (other_side(&row, Lang::En.texts()), other_number(&row));
            assert_eq!(said, (shown.to_owned(), aside.map(ToOwned::to_owned)), "{name} {number}");
        }
    }

    #[test]
    fn clocks_grow_an_hour_when_they_need_one() {
        assert_eq!(clock(-5), "0:00");
        assert_eq!(clock(7_900), "0:07");
        assert_eq!(clock(723_000), "12:03");
        assert_eq!(clock(3_723_000), "1:02:03");
    }

    #[test]
    fn a_day_is_so_far_away() {
        let (vi, en, today) = (Lang::Vi.texts(), Lang::En.texts(), date(2026, 11, 27));
        for (day, in_english, in_vietnamese) in [
            (date(2026, 11, 27), "today", "hôm nay"),
            (date(2026, 11, 28), "tomorrow", "ngày mai"),
            (date(2026, 11, 26), "yesterday", "hôm qua"),
            (date(2026, 11, 30), "in 3 days", "3 ngày nữa"),
            (date(2026, 10, 1), "57 days ago", "57 ngày trước"),
            (date(2026, 9, 28), "1 month ago", "1 tháng trước"),
            (date(2027, 5, 27), "in 6 months", "6 tháng nữa"),
            (date(2025, 11, 28), "11 months ago", "11 tháng trước"),
            (date(2024, 11, 27), "2 years ago", "2 năm trước"),
            (date(2023, 11, 28), "2 years ago", "2 năm trước"),
        ] {
            assert_eq!(distance(day, today, en), in_english, "{day}");
            assert_eq!(distance(day, today, vi), in_vietnamese, "{day}");
        }
    }

    #[test]
    fn a_past_day_is_named_the_shorter_the_nearer() {
        let (vi, en, today) = (Lang::Vi.texts(), Lang::En.texts(), date(2026, 1, 1));
        assert_eq!(past_day(date(2025, 12, 31), today, vi), "Hôm qua 31/12");
        assert_eq!(past_day(date(2025, 12, 31), today, en), "Yesterday 31/12");
        assert_eq!(past_day(date(2025, 12, 30), today, vi), "30/12/2025");
        assert_eq!(past_day(date(2026, 2, 27), date(2026, 3, 1), vi), "Thứ Sáu 27/02");
    }
}
