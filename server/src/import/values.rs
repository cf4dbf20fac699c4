//! What people write for yes and no, for numbers of guests and for what became of a booking.

use domain::{customer::BookingState, fold::squeeze};

/// Yes or no, if the text is either.
pub fn yes_or_no(text: &str) -> Option<bool> {
    if let Some(number) = number(text) {
        // Visual Basic's true is -1.
        return match number {
            0 => Some(false),
            1 | -1 => Some(true),
            _ => None,
        };
    }
    if is_mark(text) {
        return Some(true);
    }
    // Without its diacritics it might also be dừng, stopped.
    if text.to_lowercase() == "đúng" {
        return Some(true);
    }
    match squeeze(text).as_str() {
        "yes" | "y" | "true" | "t" | "on" | "ok" | "co" => Some(true),
        "no" | "n" | "false" | "f" | "off" | "khong" | "ko" | "k" | "sai" => Some(false),
        _ if matches!(text, "✗" | "✘" | "☐" | "❌") => Some(false),
        _ => is_active(text),
    }
}

/// A word that says by itself whether a customer is active, whatever the column is called.
pub fn is_active(text: &str) -> Option<bool> {
    match squeeze(text).as_str() {
        "active" | "enabled" | "hoatdong" | "danghoatdong" | "conhoatdong" | "danggiaodich" | "dangsudung"
        | "dangtheodoi" | "kichhoat" | "dakichhoat" => Some(true),
        "inactive" | "notactive" | "disabled" | "archived" | "deleted" | "blocked" | "khonghoatdong" | "ngung"
        | "ngunghoatdong" | "ngunggiaodich" | "ngungsudung" | "ngungtheodoi" | "tamngung" | "khoa" | "dakhoa"
        | "daxoa" => Some(false),
        _ => None,
    }
}

/// A tick, beside which an empty cell may be a no.
pub fn is_mark(text: &str) -> bool {
    matches!(text, "x" | "X" | "v" | "V" | "✓" | "✔" | "☑" | "✅")
}

/// A whole number: `2`, `2.0`, `2,0`; also with marks between its thousands: `1,000`, `1.000,00`.
fn number(text: &str) -> Option<i64> {
    let is_digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = text.split(['.', ',']);
    let mut whole = parts.next()?.to_owned();
    let mut parts = parts.peekable();
    // Nobody writes thousands behind a zero.
    while let Some(thousands) = parts.next_if(|part| part.len() == 3 && is_digits(part) && is_led(&whole)) {
        whole.push_str(thousands);
    }
    let is_whole =
        parts.next().is_none_or(|decimals| decimals.bytes().all(|byte| byte == b'0')) && parts.next().is_none();
    if is_whole { whole.parse().ok() } else { None }
}

/// Does it begin with another digit than zero?
fn is_led(number: &str) -> bool {
    number.trim_start_matches('-').starts_with(|c: char| matches!(c, '1'..='9'))
}

/// A number of people, also with the word for them: `2 khách`.
pub fn guests(text: &str) -> Option<u16> {
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || c.is_whitespace());
    let word = squeeze(&text[digits.len()..]);
    let words = [
        "", "khach", "nguoi", "nguoilon", "nl", "treem", "te", "be", "pax", "people", "persons", "person", "guests",
        "guest", "adults", "adult", "children", "child", "kids", "kid",
    ];
    if words.contains(&word.as_str()) { u16::try_from(number(digits)?).ok() } else { None }
}

/// What became of a booking, if the text says it.
pub fn state(text: &str) -> Option<BookingState> {
    Some(match squeeze(text).as_str() {
        "pending"
        | "new"
        | "open"
        | "requested"
        | "request"
        | "waiting"
        | "waitlist"
        | "waitlisted"
        | "unconfirmed"
        | "notconfirmed"
        | "tentative"
        | "onhold"
        | "hold"
        | "awaitingconfirmation"
        | "pendingconfirmation"
        | "cho"
        | "dangcho"
        | "choxacnhan"
        | "dangchoxacnhan"
        | "chuaxacnhan"
        | "choduyet"
        | "choxuly"
        | "dangxuly"
        | "moi"
        | "moitao"
        | "moidat"
        | "yeucau"
        | "giucho"
        | "choxepban"
        | "dangchoxepban"
        | "chuaxepban"
        | "choxepcho"
        | "choban"
        | "dangchoban"
        | "chothanhtoan"
        | "chodatcoc"
        | "chococ"
        | "pendingpayment"
        | "pendingapproval"
        | "waitingforconfirmation"
        | "waitingfortable"
        | "provisional"
        | "inquiry"
        | "enquiry" => BookingState::Pending,
        "confirmed" | "confirm" | "booked" | "reserved" | "accepted" | "approved" | "reconfirmed" | "scheduled"
        | "active" | "xacnhan" | "daxacnhan" | "dacoc" | "dadatcoc" | "daduyet" | "dadat" | "dadatban" | "dadatcho"
        | "daxepban" | "daxepcho" | "xepban" | "dagiuban" | "dagiucho" | "tableassigned" | "assigned"
        | "guaranteed" | "upcoming" | "danhan" | "danhanban" | "chodenban" | "choden" | "sapden" => {
            BookingState::Confirmed
        }
        "served" | "completed" | "complete" | "done" | "finished" | "seated" | "arrived" | "checkedin" | "checkin"
        | "checkedout" | "checkout" | "attended" | "show" | "showed" | "visited" | "closed" | "paid" | "fulfilled"
        | "phucvu" | "daphucvu" | "dangphucvu" | "hoanthanh" | "dahoanthanh" | "hoantat" | "dahoantat" | "xong"
        | "daxong" | "daden" | "khachdaden" | "dadungbua" | "dathanhtoan" | "ketthuc" | "daketthuc" => {
            BookingState::Served
        }
        "cancelled" | "canceled" | "cancel" | "cancellation" | "cancelledbyguest" | "canceledbyguest"
        | "cancelledbyvenue" | "rejected" | "declined" | "denied" | "refused" | "void" | "voided" | "withdrawn"
        | "huy" | "dahuy" | "bihuy" | "huybo" | "dahuybo" | "khachhuy" | "nhahanghuy" | "huyban" | "dahuyban"
        | "huydat" | "huydon" | "tuchoi" | "datuchoi" | "bituchoi" => BookingState::Cancelled,
        "noshow" | "noshows" | "noshowed" | "didnotshow" | "didntshow" | "didnotarrive" | "notarrived" | "missed"
        | "absent" | "dna" | "khongden" | "khongtoi" | "khachkhongden" | "khachkhongtoi" | "vang" | "vangmat"
        | "bocho" | "boban" | "bohen" | "khongxuathien" => BookingState::NoShow,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_known_in_two_languages() {
        for yes in
            ["yes", "Y", "TRUE", "1", "1.0", "-1", "x", "✓", "Có", "có", "CO", "Đúng", "Active", "Đang hoạt động"]
        {
            assert_eq!(yes_or_no(yes), Some(true), "{yes}");
        }
        for no in ["no", "N", "False", "0", "0,0", "Không", "khong", "ko", "Ngừng hoạt động", "Inactive", "Đã khóa"]
        {
            assert_eq!(yes_or_no(no), Some(false), "{no}");
        }
        for neither in ["", "2", "10", "maybe", "dung", "dừng", "1.5", "VIP"] {
            assert_eq!(yes_or_no(neither), None, "{neither}");
        }
    }

    #[test]
    fn guests_are_whole_numbers() {
        for two in ["2", "2.0", "2,0", "2.00", "2 khách", "2 người lớn", "2pax", "2 Guests", "02"] {
            assert_eq!(guests(two), Some(2), "{two}");
        }
        for (text, number) in
            [("1,000", 1000), ("1.000", 1000), ("1.200 khách", 1200), ("1,000.00", 1000), ("0.000", 0)]
        {
            assert_eq!(guests(text), Some(number), "{text}");
        }
        for none in ["", "-1", "2.5", "two", "70000", "2 tables", "khách", "2-3", "1.000.000", "1,00,0"] {
            assert_eq!(guests(none), None, "{none}");
        }
    }

    #[test]
    fn states_are_known_in_the_words_of_booking_programs() {
        let words = [
            (BookingState::Pending, ["pending", "Chờ xác nhận", "chưa xác nhận", "New", "REQUESTED"]),
            (BookingState::Pending, ["Chờ xếp bàn", "Chưa xếp bàn", "Chờ đặt cọc", "Waiting", "waiting for table"]),
            (BookingState::Confirmed, ["confirmed", "Đã xác nhận", "xác nhận", "Booked", "Reserved"]),
            (BookingState::Confirmed, ["Đã xếp bàn", "Đã giữ bàn", "đã giữ chỗ", "Upcoming", "table assigned"]),
            (BookingState::Served, ["served", "Completed", "Hoàn thành", "đã đến", "checked-in"]),
            (BookingState::Cancelled, ["cancelled", "canceled", "Đã hủy", "đã huỷ", "Khách hủy"]),
            (BookingState::NoShow, ["noShow", "no-show", "No Show", "NO_SHOW", "Không đến"]),
        ];
        for (expected, words) in words {
            for word in words {
                assert_eq!(state(word), Some(expected), "{word}");
            }
        }
        assert_eq!(state("eaten"), None);
    }
}
