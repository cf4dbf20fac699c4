//! The built-in CRM: customers, their numbers and their bookings.

use domain::{
    customer::{Booking, BookingState, CustomerData, LastBooking, PastNote, TotalBookings, TotalCancellations},
    ids::{CustomerId, Extension},
    phone::E164,
};
use serde::Deserialize;
use sqlx::FromRow;

use super::{
    Store, StoreError,
    rows::{from_json, from_word, timestamp},
};

/// A card shows this many bookings and notes; the SQL below says the same.
#[cfg(test)]
const CARD_BOOKINGS: usize = 5;

/// Everything that a card shows of one customer `c`, aggregated by the database: a lookup is
/// one round trip however many bookings there are.
macro_rules! customer_query {
    ($from_and_where:literal) => {
        concat!(
            "SELECT c.id, c.name, c.city,
                    (SELECT p.number FROM customer_phones p
                     WHERE p.customer_id = c.id ORDER BY p.position LIMIT 1) AS main_number,
                    (SELECT count(*) FROM bookings b WHERE b.customer_id = c.id) AS total,
                    (SELECT count(*) FROM bookings b
                     WHERE b.customer_id = c.id AND b.state = 'cancelled') AS cancelled,
                    (SELECT max(b.at) FROM bookings b
                     WHERE b.customer_id = c.id AND b.state = 'cancelled') AS last_cancelled,
                    (SELECT min(b.at) FROM bookings b WHERE b.customer_id = c.id) AS first_booking,
                    (SELECT json_group_array(json_object('restaurant', restaurant, 'at', at,
                                'adults', adults, 'children', children, 'state', state))
                     FROM (SELECT r.name AS restaurant, b.at, b.adults, b.children, b.state
                           FROM bookings b JOIN restaurants r ON r.id = b.restaurant_id
                           WHERE b.customer_id = c.id ORDER BY b.at DESC LIMIT 5)) AS bookings,
                    (SELECT json_group_array(json_object('at', saved_at, 'author', author, 'text', text))
                     FROM (SELECT n.saved_at, a.name AS author, n.text
                           FROM notes n JOIN accounts a ON a.id = n.account_id
                           WHERE n.customer_id = c.id ORDER BY n.saved_at DESC LIMIT 3)) AS notes ",
            $from_and_where
        )
    };
}

/// The lookup. Best first: whoever booked for the latest date.
const MATCHES: &str = customer_query!(
    "FROM customer_phones found JOIN customers c ON c.id = found.customer_id
     WHERE found.number = ? AND c.active
     ORDER BY (SELECT max(b.at) FROM bookings b WHERE b.customer_id = c.id) DESC NULLS LAST, c.id"
);

const BY_ID: &str = customer_query!("FROM customers c WHERE c.id = ?");

/// A customer on the way into the database.
#[derive(Clone, Debug)]
pub struct NewCustomer {
    pub name: String,
    pub city: Option<String>,
    pub active: bool,
    /// Each with the text that it was written as; the main one first.
    pub phones: Vec<(E164, String)>,
    pub bookings: Vec<Booking>,
}

impl Store {
    /// Every active customer who has this number, best first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn matches(&self, number: &E164) -> Result<Vec<CustomerData>, StoreError> {
        let rows: Vec<CustomerRow> = sqlx::query_as(MATCHES).bind(number.as_str()).fetch_all(&self.readers).await?;
        rows.into_iter().map(|row| row.read(Some(number))).collect()
    }

    /// One customer, and all their bookings, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn customer(&self, id: CustomerId) -> Result<Option<(CustomerData, Vec<Booking>)>, StoreError> {
        let Some(row) = sqlx::query_as::<_, CustomerRow>(BY_ID).bind(id.0).fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let bookings: Vec<BookingRow> = sqlx::query_as(
            "SELECT r.name AS restaurant, b.at, b.adults, b.children, b.state
             FROM bookings b JOIN restaurants r ON r.id = b.restaurant_id
             WHERE b.customer_id = ? ORDER BY b.at DESC",
        )
        .bind(id.0)
        .fetch_all(&self.readers)
        .await?;
        let bookings = bookings.into_iter().map(BookingRow::read).collect::<Result<_, _>>()?;
        Ok(Some((row.read(None)?, bookings)))
    }

    /// Did this customer call the extension, by any of their numbers?
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_called(&self, customer: CustomerId, exten: &Extension) -> Result<bool, StoreError> {
        let found: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM calls k JOIN legs l ON l.call_id = k.id
                            WHERE l.exten = ?1 AND k.customer_id = ?2)
                 OR EXISTS (SELECT 1 FROM customer_phones p JOIN calls k ON k.caller_phone = p.number
                            JOIN legs l ON l.call_id = k.id
                            WHERE p.customer_id = ?2 AND l.exten = ?1)",
        )
        .bind(exten.as_str())
        .bind(customer.0)
        .fetch_one(&self.readers)
        .await?;
        Ok(found)
    }

    /// Writes customers with their numbers and bookings, all or none. Answers their ids.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_customers(&self, customers: &[NewCustomer]) -> Result<Vec<CustomerId>, StoreError> {
        let mut tx = self.write().await?;
        let mut ids = Vec::with_capacity(customers.len());
        for customer in customers {
            let id = sqlx::query("INSERT INTO customers (name, folded, city, active) VALUES (?, ?, ?, ?)")
                .bind(&customer.name)
                .bind(super::fold::fold(&customer.name))
                .bind(&customer.city)
                .bind(customer.active)
                .execute(&mut *tx)
                .await?
                .last_insert_rowid();
            for (position, (number, written)) in customer.phones.iter().enumerate() {
                sqlx::query(
                    "INSERT INTO customer_phones (number, customer_id, written, position) VALUES (?, ?, ?, ?)
                     ON CONFLICT DO NOTHING",
                )
                .bind(number.as_str())
                .bind(id)
                .bind(written)
                .bind(i64::try_from(position).unwrap_or(i64::MAX))
                .execute(&mut *tx)
                .await?;
            }
            for booking in &customer.bookings {
                sqlx::query("INSERT INTO restaurants (name) VALUES (?) ON CONFLICT DO NOTHING")
                    .bind(&booking.restaurant)
                    .execute(&mut *tx)
                    .await?;
                sqlx::query(
                    "INSERT INTO bookings (customer_id, restaurant_id, at, adults, children, state)
                     SELECT ?, id, ?, ?, ?, ? FROM restaurants WHERE name = ?",
                )
                .bind(id)
                .bind(booking.at.strftime("%Y-%m-%dT%H:%M:%S").to_string())
                .bind(booking.adults)
                .bind(booking.children)
                .bind(super::rows::word(&booking.state))
                .bind(&booking.restaurant)
                .execute(&mut *tx)
                .await?;
            }
            ids.push(CustomerId(id));
        }
        tx.commit().await?;
        Ok(ids)
    }
}

#[derive(FromRow)]
struct CustomerRow {
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
struct BookingRow {
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
    fn read(self, found_by: Option<&E164>) -> Result<CustomerData, StoreError> {
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
                last: self.last_cancelled.as_deref().map(civil).transpose()?.map(|at| at.date()),
            },
            since: self.first_booking.as_deref().map(civil).transpose()?.map(|at| at.year()),
            city: self.city,
            bookings,
            notes,
        })
    }
}

impl BookingRow {
    fn read(self) -> Result<Booking, StoreError> {
        Ok(Booking {
            at: civil(&self.at)?,
            state: from_word("booking state", &self.state)?,
            restaurant: self.restaurant,
            adults: self.adults,
            children: self.children,
        })
    }
}

fn civil(text: &str) -> Result<jiff::civil::DateTime, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable { what: "booking time", found: text.to_owned() })
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

#[cfg(test)]
mod tests {
    use super::*;

    async fn store() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("ringside.db")).await.unwrap();
        (dir, store)
    }

    fn e164(text: &str) -> E164 {
        E164::try_from(text.to_owned()).unwrap()
    }

    fn booking(at: &str, children: u16, state: BookingState) -> Booking {
        Booking { restaurant: "Song Dương Văn Cao".into(), at: at.parse().unwrap(), adults: 2, children, state }
    }

    fn customer(name: &str, number: &str, bookings: Vec<Booking>) -> NewCustomer {
        NewCustomer {
            name: name.into(),
            city: None,
            active: true,
            phones: vec![(e164(number), number.into())],
            bookings,
        }
    }

    #[tokio::test]
    async fn the_card_says_what_r8_says() {
        let (_dir, store) = store().await;
        let mut an = customer(
            "Nguyễn Văn A",
            "+84904859696",
            (1..=8).map(|month| booking(&format!("2016-0{month}-01T19:00"), 0, BookingState::Cancelled)).collect(),
        );
        an.bookings.push(booking("2017-08-10T19:00", 2, BookingState::Pending));
        an.phones.push((e164("+84912345603"), "0912345603".into()));
        store.add_customers(&[an]).await.unwrap();

        let found = store.matches(&e164("+84912345603")).await.unwrap();
        let [data] = &found[..] else { panic!("{found:?}") };
        assert_eq!(data.phone, "+84912345603", "the number that called");
        let last = data.last_booking.as_ref().unwrap();
        assert_eq!(last.info, "Ngày 10/08/2017, 2 người lớn, 2 trẻ em, tại nhà hàng Song Dương Văn Cao");
        assert_eq!(last.state, "Chờ xác nhận");
        assert_eq!(data.total_booking_times.info, "9");
        assert_eq!(data.total_booking_times.link_details.as_deref(), Some("/customers/1"));
        assert_eq!(data.total_canceling_times.info, "8");
        assert_eq!(data.total_canceling_times.last, Some(jiff::civil::date(2016, 8, 1)));
        assert_eq!(data.since, Some(2016));
        assert_eq!(data.bookings.len(), CARD_BOOKINGS);

        let (by_id, all) = store.customer(data.id).await.unwrap().unwrap();
        assert_eq!(by_id.phone, "+84904859696", "the main number");
        assert_eq!(all.len(), 9);
        assert_eq!(all[..CARD_BOOKINGS], data.bookings[..]);
    }

    #[tokio::test]
    async fn who_booked_last_comes_first_and_inactive_records_do_not_come() {
        let (_dir, store) = store().await;
        let number = "+84904859696";
        let gone = NewCustomer { active: false, ..customer("Gone", number, vec![]) };
        let old = customer("Old", number, vec![booking("2016-01-01T19:00", 0, BookingState::Served)]);
        let new = customer("New", number, vec![booking("2018-01-01T19:00", 0, BookingState::Served)]);
        store.add_customers(&[gone, customer("Never", number, vec![]), old, new]).await.unwrap();
        let names: Vec<_> = store.matches(&e164(number)).await.unwrap().into_iter().map(|found| found.name).collect();
        assert_eq!(names, ["New", "Old", "Never"]);
    }

    #[tokio::test]
    async fn a_lookup_scans_no_table() {
        let (_dir, store) = store().await;
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {MATCHES}")))
                .bind("+84904859696")
                .fetch_all(&store.readers)
                .await
                .unwrap();
        let steps: Vec<_> = plan.into_iter().map(|step| step.3).collect();
        assert!(steps.iter().any(|step| step.starts_with("SEARCH found USING PRIMARY KEY")), "{steps:#?}");
        let scans: Vec<_> =
            steps.iter().filter(|step| step.starts_with("SCAN") && !step.contains("subquery")).collect();
        assert!(scans.is_empty(), "{steps:#?}");
    }
}
