//! The lookup, in a database of a million customers and five million bookings.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use domain::phone::E164;
use serde::Serialize;
use server::store::Store;
use sqlx::{
    AssertSqlSafe, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};

use super::progress;
use crate::{Outcome, numbers::Spread, systems::Places};

const BOOKINGS_EACH: usize = 5;
const LOOKUPS: usize = 20_000;
/// Numbers are spread over this prime, so that neighbours in the table are no neighbours in the
/// index.
const PRIME: usize = 99_999_989;

#[derive(Clone, Debug, Serialize)]
pub struct LookupRow {
    pub customers: usize,
    pub bookings: usize,
    #[serde(flatten)]
    pub spread: Spread,
}

/// Asks the server's own lookup, one at a time, of customers all over the file.
///
/// # Errors
/// Where the database cannot be made or read.
pub async fn lookup(places: &Places, quick: bool) -> Outcome<LookupRow> {
    let customers = if quick { 100_000 } else { 1_000_000 };
    let path = places.data.join(format!("lookup-{customers}.db"));
    if !path.exists() {
        progress(&format!("writing {customers} customers and {} bookings, once", customers * BOOKINGS_EACH));
        let unfinished = path.with_extension("unfinished");
        fill(&unfinished, customers).await?;
        std::fs::rename(unfinished, &path)?;
    }
    let store = Store::open(&path).await?;
    // Once to bring what is asked for into memory, where a house in its day has it; once to measure.
    ask(&store, customers).await?;
    let times = ask(&store, customers).await?;
    store.close().await;
    let row = LookupRow { customers, bookings: customers * BOOKINGS_EACH, spread: Spread::of(times) };
    progress(&format!("a lookup: p50 {:.3} ms, p99 {:.3} ms", row.spread.p50, row.spread.p99));
    Ok(row)
}

/// Looks customers up, one after the other, and says how long each took.
async fn ask(store: &Store, customers: usize) -> Outcome<Vec<Duration>> {
    let mut times = Vec::with_capacity(LOOKUPS);
    for number in 0..LOOKUPS {
        // A step that is prime to the count reaches another part of the file every time.
        let customer = 1 + number * 7_919 * 31 % customers;
        let phone = E164::try_from(format!("+849{:08}", customer * 7_919 % PRIME))?;
        let began = Instant::now();
        let found = store.matches(&phone).await?;
        times.push(began.elapsed());
        if found.is_empty() {
            return Err(format!("{phone} was not found").into());
        }
    }
    Ok(times)
}

/// Makes the file by the server's own migrations; the rows come in bulk, with no hurry to be safe.
async fn fill(path: &Path, customers: usize) -> Outcome {
    if path.exists() {
        std::fs::remove_file(path)?;
    }
    Store::open(path).await?.close().await;
    let options = SqliteConnectOptions::new().filename(path).synchronous(SqliteSynchronous::Off);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let numbers =
        |last: usize| format!("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) ");
    // An index is made more quickly when its table is full.
    let indexes: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'bookings'")
            .fetch_all(&mut connection)
            .await?;
    let mut statements: Vec<String> = indexes.iter().map(|(name, _)| format!("DROP INDEX {name}")).collect();
    statements.push(numbers(100) + "INSERT INTO restaurants (id, name) SELECT i, 'Song Dương ' || i FROM n");
    statements.push(
        numbers(customers)
            + "INSERT INTO customers (id, name, folded, city)
               SELECT i, 'Nguyễn Văn ' || i, 'nguyen van ' || i, 'Hải Phòng' FROM n",
    );
    statements.push(
        numbers(customers)
            + &format!(
                "INSERT INTO customer_phones (number, customer_id, written, position)
                 SELECT '+849' || printf('%08d', i * 7919 % {PRIME}), i, '', 0 FROM n ORDER BY 1"
            ),
    );
    // In the order of their making, as in life: a customer's lie far apart.
    statements.push(
        numbers(customers * BOOKINGS_EACH)
            + &format!(
                "INSERT INTO bookings (id, customer_id, restaurant_id, at, adults, children, state)
                 SELECT i, 1 + i * 7919 % {customers}, 1 + i % 100,
                        printf('%04d-%02d-%02dT19:00:00', 2016 + i * 10 / {customers} / {BOOKINGS_EACH},
                               1 + i % 12, 1 + i % 28),
                        2, i % 3, CASE (i + i / {customers}) % 10 WHEN 0 THEN 'cancelled' WHEN 1 THEN 'noShow' ELSE 'served' END
                 FROM n"
            ),
    );
    statements.extend(indexes.into_iter().map(|(_, sql)| sql));
    statements.push("ANALYZE".to_owned());
    for statement in statements {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
    }
    Ok(connection.close().await?)
}
