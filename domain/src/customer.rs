//! The customer's record on the card: R8's `data`, with more keys beside it.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{CallId, CustomerId},
    phone::is_hidden,
};

/// Characters of a customer's name, and of a city's, at the most.
pub const MAX_NAME: usize = 200;

/// How a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BookingState {
    Pending,
    Confirmed,
    Served,
    Cancelled,
    NoShow,
}

/// One booking, in a form that a page can put into any language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    pub restaurant: String,
    /// Local time of the restaurant.
    pub at: jiff::civil::DateTime,
    pub adults: u16,
    pub children: u16,
    pub state: BookingState,
}

/// R8's `lastBooking`: a sentence and a state, as the CRM words them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastBooking {
    pub info: String,
    pub state: String,
    /// The same booking for machines; absent where the CRM has only the sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<Booking>,
}

/// R8's `totalBookingTimes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TotalBookings {
    pub info: String,
    /// Where the CRM lists them. Only `https:`, `http:` and paths of our own are shown as links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_details: Option<String>,
}

/// R8's `totalCancelingTimes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TotalCancellations {
    pub info: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<jiff::civil::Date>,
}

/// A note of an earlier call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PastNote {
    pub at: jiff::Timestamp,
    pub author: String,
    pub text: String,
}

/// One customer, as the card shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerData {
    pub id: CustomerId,
    /// E.164.
    pub phone: String,
    pub name: String,
    pub last_booking: Option<LastBooking>,
    pub total_booking_times: TotalBookings,
    pub total_canceling_times: TotalCancellations,
    /// The year of the first booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The latest few, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bookings: Vec<Booking>,
    /// The latest few, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<PastNote>,
}

/// A caller whom nobody knows yet becomes a customer. The number is that of the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddCustomer {
    pub call_id: CallId,
    pub name: String,
    #[serde(default)]
    pub city: Option<String>,
}

impl CustomerData {
    /// As an account without `whole_record` sees it: the name and the totals, no number in
    /// full, no links, no notes.
    #[must_use]
    pub fn masked(&self) -> Self {
        Self {
            phone: mask(&self.phone),
            total_booking_times: TotalBookings { link_details: None, ..self.total_booking_times.clone() },
            notes: Vec::new(),
            ..self.clone()
        }
    }
}

/// All but the last three digits hidden: `+84904859696` reads `•••••••••696`. A word for no number
/// stays.
pub fn mask(number: &str) -> String {
    if is_hidden(number) && !number.contains(|c: char| c.is_ascii_digit()) {
        return number.to_owned();
    }
    let length = number.chars().count();
    number.chars().enumerate().map(|(index, c)| if index + 3 < length { '•' } else { c }).collect()
}

/// A caller's name; some carriers put the number there.
pub fn mask_name(name: &str) -> String {
    let is_number = name.chars().any(|c| c.is_ascii_digit()) && !name.chars().any(char::is_alphabetic);
    if is_number { mask(name) } else { name.to_owned() }
}

/// Is `link` safe to put into an `href`? Web addresses and our own absolute paths are;
/// `javascript:`, `data:` and the like are not, and neither is a path that browsers read as the
/// name of another host: they take `\\` for `/` and leave tabs and line ends out.
pub fn is_safe_link(link: &str) -> bool {
    if link.chars().any(|c| c.is_control() || c == '\\') {
        return false;
    }
    let lower = link.trim_start().to_ascii_lowercase();
    lower.starts_with("https://")
        || lower.starts_with("http://")
        || (lower.starts_with('/') && !lower.starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_links_are_safe() {
        for good in ["https://partner.example/a", "http://crm.local/1", "/history?customer=7"] {
            assert!(is_safe_link(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            " JaVaScRiPt:alert(1)",
            "\tjavascript:1",
            "java\nscript:1",
            "\u{1}javascript:1",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "\\\\evil.example",
            "customers/7",
            "",
        ] {
            assert!(!is_safe_link(bad), "{bad}");
        }
    }

    #[test]
    fn a_masked_number_keeps_three_digits() {
        assert_eq!(mask("+84904859696"), "•••••••••696");
        assert_eq!(mask("12"), "12");
        assert_eq!(mask("anonymous"), "anonymous");
        assert!(mask("sip:0904@anonymous.invalid").starts_with('•'));
        assert_eq!(mask_name("+84 904859696"), "••••••••••696");
        assert_eq!(mask_name("Lan Anh 2"), "Lan Anh 2");
    }
}
