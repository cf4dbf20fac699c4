//! Bookings from a file.
//!
//! The CRM's key says which booking it is. Without one it is the customer, the restaurant and
//! the time. A row with a key also takes over a booking that has none yet and agrees in these. A
//! restaurant is the same one however its name is capitalised: it keeps the spelling that came first.
//!
//! Exports have a row for each state that a booking was in. The furthest counts, in whatever order
//! they stand: pending, confirmed, cancelled, no-show, served.

use domain::{customer::BookingState, phone::E164};
use jiff::civil::DateTime;
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use super::{Import, Plan};
use crate::store::{Store, StoreError, rows::civil};

/// A row of the file.
#[derive(Clone, Debug, Serialize)]
pub struct BookingRow {
    pub line: u64,
    /// The CRM's own key.
    pub external_id: Option<String>,
    pub customer: Customer,
    #[serde(serialize_with = "with_key")]
    pub restaurant: String,
    /// Local time of the restaurant.
    #[serde(serialize_with = "as_kept")]
    pub at: DateTime,
    pub adults: u16,
    pub children: u16,
    pub state: BookingState,
}

/// Whose booking it is.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Customer {
    /// The customer's key in the CRM.
    Id(String),
    /// The only customer who has this number, or the only active one.
    Phone(E164),
}

fn as_kept<S: serde::Serializer>(at: &DateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&civil(*at))
}

/// A restaurant's name, and what it has in common with its other spellings.
fn with_key<S: serde::Serializer>(name: &str, serializer: S) -> Result<S::Ok, S::Error> {
    (name, key(name)).serialize(serializer)
}

fn key(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase()
}

impl Store {
    /// Begins an import of bookings. Restaurants that they name are added.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn import_bookings(&self) -> Result<Import<BookingRow>, StoreError> {
        let mut import = self.import(&PLAN).await?;
        let connection = &mut import.connection;
        let names: Vec<String> =
            sqlx::query_scalar("SELECT name FROM restaurants ORDER BY id").fetch_all(&mut *connection).await?;
        for name in names {
            sqlx::query("INSERT INTO temp.restaurant_names (key, name) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .bind(key(&name))
                .bind(name)
                .execute(&mut *connection)
                .await?;
        }
        Ok(import)
    }
}

const PLAN: Plan = Plan {
    create: "CREATE TEMP TABLE incoming (
            line        INTEGER PRIMARY KEY,
            external_id TEXT,
            customer    TEXT,
            phone       TEXT,
            restaurant  TEXT NOT NULL,
            key         TEXT NOT NULL,               -- of the restaurant
            at          TEXT NOT NULL,
            adults      INTEGER NOT NULL,
            children    INTEGER NOT NULL,
            state       TEXT NOT NULL,
            customer_id INTEGER,
            holders     INTEGER,                     -- who have the phone; null if not asked
            booking_id  INTEGER,
            twins       INTEGER,                     -- which agree with it; null if not asked
            fate        TEXT
        ) STRICT;
        CREATE TEMP TABLE restaurant_names (key TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT",
    fill: "INSERT INTO temp.incoming (line, external_id, customer, phone, restaurant, key, at, adults, children, state)
        SELECT value ->> 'line', value ->> 'external_id', value ->> '$.customer.id', value ->> '$.customer.phone',
               value ->> '$.restaurant[0]', value ->> '$.restaurant[1]', value ->> 'at', value ->> 'adults', value ->> 'children', value ->> 'state'
        FROM json_each(?)",
    resolve: "INSERT INTO temp.restaurant_names (key, name)
            SELECT key, restaurant FROM temp.incoming WHERE true ORDER BY line ON CONFLICT DO NOTHING;
        -- Spellings that were there before stay as they are.
        UPDATE temp.incoming AS i SET restaurant = r.name
            FROM temp.restaurant_names r
            WHERE r.key = i.key AND r.name <> i.restaurant AND i.restaurant NOT IN (SELECT name FROM restaurants);
        UPDATE temp.incoming AS i
            SET customer_id = (SELECT c.id FROM customers c WHERE c.external_id = i.customer)
            WHERE customer IS NOT NULL;
        UPDATE temp.incoming AS i
            SET (holders, customer_id) =
                (SELECT count(*), CASE WHEN count(*) = 1 THEN max(c.id)
                                       WHEN sum(c.active) = 1 THEN max(iif(c.active, c.id, NULL)) END
                 FROM customer_phones p JOIN customers c ON c.id = p.customer_id WHERE p.number = i.phone)
            WHERE customer IS NULL;
        INSERT INTO temp.outdated (line, counts)
            SELECT line, furthest
            FROM (SELECT line, state, first_value(line) OVER states AS furthest, first_value(state) OVER states AS last
                  FROM temp.incoming WHERE customer_id IS NOT NULL
                  WINDOW states AS (
                      PARTITION BY external_id, iif(external_id IS NULL, customer_id, NULL),
                          iif(external_id IS NULL, restaurant, NULL), iif(external_id IS NULL, at, NULL)
                      ORDER BY CASE state WHEN 'served' THEN 0 WHEN 'noShow' THEN 1 WHEN 'cancelled' THEN 2
                                          WHEN 'confirmed' THEN 3 ELSE 4 END, line))
            WHERE state <> last;
        DELETE FROM temp.incoming WHERE line IN (SELECT line FROM temp.outdated);
        UPDATE temp.incoming AS i
            SET booking_id = (SELECT b.id FROM bookings b WHERE b.external_id = i.external_id)
            WHERE external_id IS NOT NULL;
        UPDATE temp.incoming AS i
            SET (booking_id, twins) =
                (SELECT min(b.id), count(*) FROM bookings b JOIN restaurants r ON r.id = b.restaurant_id
                 WHERE b.customer_id = i.customer_id AND b.at = i.at AND r.name = i.restaurant
                   AND (i.external_id IS NULL OR b.external_id IS NULL))
            WHERE booking_id IS NULL;
        -- A booking without a key takes one only.
        UPDATE temp.incoming AS i SET booking_id = NULL
            FROM (SELECT line, row_number() OVER (PARTITION BY booking_id ORDER BY line) AS nth
                  FROM temp.incoming WHERE booking_id IS NOT NULL) AS taken
            WHERE taken.line = i.line AND nth > 1 AND external_id IS NOT NULL AND twins > 0;",
    bad: "CREATE TEMP TABLE unfit AS
        SELECT line, CASE WHEN customer IS NOT NULL
                            THEN 'customer: expected the id of a customer who was imported, found \"' || customer || '\"'
                            WHEN holders = 0
                            THEN 'phone: expected a number of a customer, found that nobody has ' || phone
                            ELSE 'customer: expected an id, as ' || holders || ' customers have ' || phone END AS why
        FROM temp.incoming WHERE customer_id IS NULL
        UNION ALL
        SELECT line, 'expected another booking, found the same booking as line ' || min(first)
                     || iif((SELECT external_id FROM temp.incoming i WHERE i.line = again.line) IS NULL,
                            ': it has that customer, restaurant and time, and no id', '')
        FROM (SELECT line, min(line) OVER (PARTITION BY external_id) AS first
              FROM temp.incoming WHERE external_id IS NOT NULL AND customer_id IS NOT NULL
              UNION ALL
              SELECT line, min(line) OVER (PARTITION BY booking_id)
              FROM temp.incoming WHERE booking_id IS NOT NULL AND customer_id IS NOT NULL
              UNION ALL
              SELECT line, CASE WHEN external_id IS NULL OR first_id IS NULL THEN first ELSE line END
              FROM (SELECT line, external_id, first_value(line) OVER same AS first,
                           first_value(external_id) OVER same AS first_id
                    FROM temp.incoming WHERE customer_id IS NOT NULL
                    WINDOW same AS (PARTITION BY customer_id, restaurant, at ORDER BY line)))
        AS again WHERE first < line GROUP BY line
        UNION ALL
        SELECT line, 'expected an id: ' || twins || ' bookings agree in customer, restaurant and time'
        FROM temp.incoming WHERE external_id IS NULL AND twins > 1",
    judge: "UPDATE temp.incoming AS i SET fate = 'changed', external_id = coalesce(i.external_id, b.external_id)
            FROM bookings b JOIN restaurants r ON r.id = b.restaurant_id
            WHERE b.id = i.booking_id
              AND ((b.customer_id, r.name, b.at, b.adults, b.children, b.state)
                       <> (i.customer_id, i.restaurant, i.at, i.adults, i.children, i.state)
                   OR b.external_id IS NOT coalesce(i.external_id, b.external_id));
        UPDATE temp.incoming SET fate = 'added' WHERE booking_id IS NULL;",
    write: "INSERT INTO restaurants (name)
            SELECT DISTINCT restaurant FROM temp.slice s CROSS JOIN temp.incoming i
            WHERE i.line BETWEEN s.first AND s.last ON CONFLICT DO NOTHING;
        INSERT INTO bookings (id, customer_id, restaurant_id, at, adults, children, state, external_id)
            SELECT i.booking_id, i.customer_id, r.id, i.at, i.adults, i.children, i.state, i.external_id
            FROM temp.slice s CROSS JOIN temp.incoming i JOIN restaurants r ON r.name = i.restaurant
            WHERE i.line BETWEEN s.first AND s.last AND +i.fate IS NOT NULL
            ON CONFLICT (id) DO UPDATE
            SET customer_id = excluded.customer_id, restaurant_id = excluded.restaurant_id, at = excluded.at,
                adults = excluded.adults, children = excluded.children, state = excluded.state,
                external_id = excluded.external_id;",
};
