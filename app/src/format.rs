//! Times, numbers and names as people read them.

use domain::{
    Timestamp,
    call::Outcome,
    customer::{Booking, BookingState},
    history::HistoryRow,
    phone::E164,
    protocol::CallState,
};
use jiff::tz::Offset;

use crate::{browser::utc_offset_minutes, texts::Texts};

/// `0:07`, `12:03`, `1:02:03`.
pub fn clock(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

fn local(at: Timestamp) -> jiff::civil::DateTime {
    let offset = Offset::from_seconds(utc_offset_minutes(at) * 60).unwrap_or(Offset::UTC);
    offset.to_datetime(at)
}

/// `10:38`, where the person sits.
pub fn time(at: Timestamp) -> String {
    local(at).strftime("%H:%M").to_string()
}

/// `10:42:07`.
pub fn time_with_seconds(at: Timestamp) -> String {
    local(at).strftime("%H:%M:%S").to_string()
}

/// `24/11 10:38`.
pub fn day_and_time(at: Timestamp) -> String {
    local(at).strftime("%d/%m %H:%M").to_string()
}

/// `26/11/2026`.
pub fn date(date: jiff::civil::Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// A number as it is said in its own country, or as it came.
pub fn number(phone: Option<&E164>, raw: &str) -> String {
    phone.map_or_else(|| raw.to_owned(), E164::national)
}

/// `Thứ Năm 26/11, 19:00 · 2 người lớn, 2 trẻ em`.
pub fn booking(booking: &Booking, texts: &Texts) -> String {
    let weekday = usize::from(booking.at.weekday().to_monday_zero_offset().unsigned_abs());
    let weekday = texts.weekdays.get(weekday).copied().unwrap_or_default();
    let guests = (texts.guests)(booking.adults, booking.children);
    format!("{weekday} {} · {guests}", booking.at.strftime("%d/%m, %H:%M"))
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

/// The same for a call of the history.
pub fn past_caller(row: &HistoryRow, texts: &'static Texts) -> String {
    let phone = row.caller_phone.clone().and_then(|phone| E164::try_from(phone).ok());
    match &row.name {
        Some(name) if !name.is_empty() => name.clone(),
        _ if row.caller_number.is_empty() || row.caller_number == "anonymous" => texts.hidden_number.to_owned(),
        _ => number(phone.as_ref(), &row.caller_number),
    }
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn clocks_grow_an_hour_when_they_need_one() {
        assert_eq!(clock(-5), "0:00");
        assert_eq!(clock(7_900), "0:07");
        assert_eq!(clock(723_000), "12:03");
        assert_eq!(clock(3_723_000), "1:02:03");
    }
}
