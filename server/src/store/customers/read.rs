//! From the columns of a customer to what a card shows.

use domain::{
    customer::{Booking, BookingState, CustomerData, LastBooking, PastNote, TotalBookings, TotalCancellations},
    ids::CustomerId,
    phone::E164,
};
use serde::Deserialize;
use sqlx::FromRow;

use crate::store::{
    StoreError,
    rows::{from_civil, from_json, from_word, timestamp},
};

#[derive(FromRow)]
pub(super) struct CustomerRow {
    id: i64,
    name: String,
    city: Option<String>,
    main_number: Option<String>,
    total: i64,
    cancelled: i64,
    last_cancelled: Option<String>,
    first_booking: Option<String>,
    bookings: String,
    notes: String,
}

#[derive(FromRow, Deserialize)]
pub(super) struct BookingRow {
    restaurant: String,
    at: String,
    adults: u16,
    children: u16,
    state: String,
}

#[derive(Deserialize)]
struct NoteRow {
    at: i64,
    author: String,
    text: String,
}

impl CustomerRow {
    /// `found_by` is the number that they called from, if that is how they were found.
    pub(super) fn read(self, found_by: Option<&E164>) -> Result<CustomerData, StoreError> {
        let bookings = from_json::<Vec<BookingRow>>("bookings", &self.bookings)?
            .into_iter()
            .map(BookingRow::read)
            .collect::<Result<Vec<_>, _>>()?;
        let notes = from_json::<Vec<NoteRow>>("notes", &self.notes)?
            .into_iter()
            .map(|note| Ok(PastNote { at: timestamp(note.at)?, author: note.author, text: note.text }))
            .collect::<Result<Vec<_>, StoreError>>()?;
        Ok(CustomerData {
            id: CustomerId(self.id),
            phone: found_by.map(|number| number.as_str().to_owned()).or(self.main_number).unwrap_or_default(),
            name: self.name,
            last_booking: bookings.first().map(last_booking),
            total_booking_times: TotalBookings {
                info: self.total.to_string(),
                link_details: Some(format!("/customers/{}", self.id)),
            },
            total_canceling_times: TotalCancellations {
                info: self.cancelled.to_string(),
                last: self.last_cancelled.as_deref().map(from_civil).transpose()?.map(|at| at.date()),
            },
            since: self.first_booking.as_deref().map(from_civil).transpose()?.map(|at| at.year()),
            city: self.city,
            bookings,
            notes,
        })
    }
}

impl BookingRow {
    pub(super) fn read(self) -> Result<Booking, StoreError> {
        Ok(Booking {
            at: from_civil(&self.at)?,
            state: from_word("booking state", &self.state)?,
            restaurant: self.restaurant,
            adults: self.adults,
            children: self.children,
        })
    }
}

/// R8's sentence and state, in the words of the house that takes the bookings.
fn last_booking(booking: &Booking) -> LastBooking {
    let date = booking.at.strftime("%d/%m/%Y");
    let mut info = format!("Ngày {date}, {} người lớn", booking.adults);
    if booking.children > 0 {
        info.push_str(&format!(", {} trẻ em", booking.children));
    }
    info.push_str(&format!(", tại nhà hàng {}", booking.restaurant));
    let state = match booking.state {
        BookingState::Pending => "Chờ xác nhận",
        BookingState::Confirmed => "Đã xác nhận",
        BookingState::Served => "Đã phục vụ",
        BookingState::Cancelled => "Đã hủy",
        BookingState::NoShow => "Không đến",
    };
    LastBooking { info, state: state.to_owned(), booking: Some(booking.clone()) }
}
