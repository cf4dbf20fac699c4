//! The built-in CRM: customers, their numbers and their bookings.

mod caller;
mod read;

use domain::{
    customer::{Booking, CustomerData},
    fold::fold,
    ids::{CustomerId, Extension},
    phone::E164,
    protocol::MOST_MATCHES,
};
use sqlx::{Sqlite, Transaction};

use super::{
    Store, StoreError,
    rows::{civil, word},
};
use read::{BookingRow, CustomerRow};

/// Everything that a card shows of one customer `c`, aggregated by the database: a lookup is
/// one round trip however many bookings there are.
macro_rules! customer_query {
    ($note:literal, $from_and_where:literal) => {
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
                     FROM (SELECT n.saved_at, a.name AS author, ",
            $note,
            " AS text
                           FROM notes n JOIN accounts a ON a.id = n.account_id
                           WHERE n.customer_id = c.id ORDER BY n.saved_at DESC LIMIT 3)) AS notes ",
            $from_and_where
        )
    };
}

/// The lookup. Best first: whoever booked for the latest date. A card shows the beginning of a
/// long note; the customer's page has the whole of it.
const MATCHES: &str = customer_query!(
    "iif(length(n.text) > 500, substr(n.text, 1, 499) || '…', n.text)",
    "FROM customer_phones found JOIN customers c ON c.id = found.customer_id
     WHERE found.number = ? AND c.active
     ORDER BY (SELECT max(b.at) FROM bookings b WHERE b.customer_id = c.id) DESC NULLS LAST, c.id
     LIMIT ?"
);

const BY_ID: &str = customer_query!("n.text", "FROM customers c WHERE c.id = ?");

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
    /// The active customers who have this number, best first, and no more than a card can show.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn matches(&self, number: &E164) -> Result<Vec<CustomerData>, StoreError> {
        let most = i64::try_from(MOST_MATCHES).unwrap_or(i64::MAX);
        let matches = sqlx::query_as(MATCHES).bind(number.as_str()).bind(most);
        let rows: Vec<CustomerRow> = matches.fetch_all(&self.readers).await?;
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
        let ids = add(&mut tx, customers).await?;
        tx.commit().await?;
        Ok(ids)
    }
}

/// [`Store::add_customers`], within a transaction.
pub(super) async fn add(
    tx: &mut Transaction<'static, Sqlite>,
    customers: &[NewCustomer],
) -> Result<Vec<CustomerId>, StoreError> {
    let mut ids = Vec::with_capacity(customers.len());
    for customer in customers {
        let id = sqlx::query("INSERT INTO customers (name, folded, city, active) VALUES (?, ?, ?, ?)")
            .bind(&customer.name)
            .bind(fold(&customer.name))
            .bind(&customer.city)
            .bind(customer.active)
            .execute(&mut **tx)
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
            .execute(&mut **tx)
            .await?;
        }
        for booking in &customer.bookings {
            sqlx::query("INSERT INTO restaurants (name) VALUES (?) ON CONFLICT DO NOTHING")
                .bind(&booking.restaurant)
                .execute(&mut **tx)
                .await?;
            sqlx::query(
                "INSERT INTO bookings (customer_id, restaurant_id, at, adults, children, state)
                 SELECT ?, id, ?, ?, ?, ? FROM restaurants WHERE name = ?",
            )
            .bind(id)
            .bind(civil(booking.at))
            .bind(booking.adults)
            .bind(booking.children)
            .bind(word(&booking.state))
            .bind(&booking.restaurant)
            .execute(&mut **tx)
            .await?;
        }
        ids.push(CustomerId(id));
    }
    Ok(ids)
}

#[cfg(test)]
mod tests;
