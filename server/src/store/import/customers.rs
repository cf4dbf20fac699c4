//! Customers from a file.
//!
//! The CRM's key says who a customer is. Without one it is the main number and the name, without
//! regard to case and diacritics. A row with a key also takes over a customer who has none yet
//! and has that number and name.

use domain::{fold::fold, phone::E164};
use serde::Serialize;

use super::{Import, Plan};
use crate::store::{Store, StoreError};

/// A row of the file.
#[derive(Clone, Debug, Serialize)]
pub struct CustomerRow {
    pub line: u64,
    /// The CRM's own key.
    pub external_id: Option<String>,
    #[serde(serialize_with = "folded")]
    pub name: String,
    /// Each with the text that it was written as; the main one first. Not empty.
    pub phones: Vec<(E164, String)>,
    /// None leaves it as it is, an empty one takes it away.
    pub city: Option<String>,
    /// None leaves it as it is; new customers are active.
    pub active: Option<bool>,
}

fn folded<S: serde::Serializer>(name: &str, serializer: S) -> Result<S::Ok, S::Error> {
    // As it is, and as it is searched for.
    (name, fold(name)).serialize(serializer)
}

impl Store {
    /// Begins an import of customers. Bookings and notes stay with theirs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn import_customers(&self) -> Result<Import<CustomerRow>, StoreError> {
        self.import(&PLAN).await
    }
}

const PLAN: Plan = Plan {
    create: "CREATE TEMP TABLE incoming (
            line        INTEGER PRIMARY KEY,
            external_id TEXT,
            name        TEXT NOT NULL,
            folded      TEXT NOT NULL,
            city        TEXT,
            active      INTEGER,
            main        TEXT NOT NULL,
            phones      TEXT NOT NULL,               -- JSON: each number, and as it was written
            customer_id INTEGER,
            namesakes   INTEGER,                     -- who have the number and name; null if not asked
            renumbered  INTEGER,                     -- other numbers than the database has
            fate        TEXT
        ) STRICT",
    fill: "INSERT INTO temp.incoming (line, external_id, name, folded, city, active, main, phones)
        SELECT r.value ->> 'line', r.value ->> 'external_id', r.value ->> '$.name[0]', r.value ->> '$.name[1]',
               r.value ->> 'city', r.value ->> 'active', r.value ->> '$.phones[0][0]', r.value -> 'phones'
        FROM json_each(?) r",
    resolve: "UPDATE temp.incoming AS i
            SET customer_id = (SELECT c.id FROM customers c WHERE c.external_id = i.external_id)
            WHERE external_id IS NOT NULL;
        UPDATE temp.incoming AS i
            SET (customer_id, namesakes) =
                (SELECT min(c.id), count(*) FROM customer_phones p JOIN customers c ON c.id = p.customer_id
                 WHERE p.number = i.main AND p.position = 0 AND c.folded = i.folded
                   AND (i.external_id IS NULL OR c.external_id IS NULL))
            WHERE customer_id IS NULL;
        -- A customer without a key takes one only.
        UPDATE temp.incoming AS i SET customer_id = NULL
            FROM (SELECT line, row_number() OVER (PARTITION BY customer_id ORDER BY line) AS nth
                  FROM temp.incoming WHERE customer_id IS NOT NULL) AS taken
            WHERE taken.line = i.line AND nth > 1 AND external_id IS NOT NULL AND namesakes > 0;",
    bad: "CREATE TEMP TABLE unfit AS
        SELECT line, 'expected another customer, found the same customer as line ' || min(first)
                     || iif((SELECT external_id FROM temp.incoming i WHERE i.line = again.line) IS NULL,
                            ': it has that number and name, and no id', '') AS why
        FROM (SELECT line, min(line) OVER (PARTITION BY external_id) AS first
              FROM temp.incoming WHERE external_id IS NOT NULL
              UNION ALL
              SELECT line, min(line) OVER (PARTITION BY customer_id)
              FROM temp.incoming WHERE customer_id IS NOT NULL
              UNION ALL
              SELECT line, CASE WHEN external_id IS NULL OR first_id IS NULL THEN first ELSE line END
              FROM (SELECT line, external_id, first_value(line) OVER same AS first,
                           first_value(external_id) OVER same AS first_id
                    FROM temp.incoming WINDOW same AS (PARTITION BY main, folded ORDER BY line)))
        AS again WHERE first < line GROUP BY line
        UNION ALL
        SELECT line, 'expected an id: ' || namesakes || ' customers have this number and name'
        FROM temp.incoming WHERE external_id IS NULL AND namesakes > 1",
    judge: "UPDATE temp.incoming AS i
            SET renumbered = phones <> (SELECT json_group_array(json_array(number, written))
                                        FROM (SELECT number, written FROM customer_phones p
                                              WHERE p.customer_id = i.customer_id ORDER BY position))
            WHERE customer_id IS NOT NULL;
        UPDATE temp.incoming AS i
            SET fate = 'changed', active = coalesce(i.active, c.active),
                city = iif(i.city IS NULL, c.city, nullif(i.city, '')),
                external_id = coalesce(i.external_id, c.external_id)
            FROM customers c
            WHERE c.id = i.customer_id
              AND (i.renumbered OR c.name <> i.name OR c.active <> coalesce(i.active, c.active)
                   OR c.city IS NOT iif(i.city IS NULL, c.city, nullif(i.city, ''))
                   OR c.external_id IS NOT coalesce(i.external_id, c.external_id));
        UPDATE temp.incoming
            SET fate = 'added', renumbered = 1, active = coalesce(active, 1), city = nullif(city, ''),
                customer_id = (SELECT coalesce(max(id), 0) FROM customers) + line
            WHERE customer_id IS NULL;",
    write: "INSERT INTO customers (id, name, folded, city, active, external_id)
            SELECT customer_id, name, folded, city, active, external_id
            FROM temp.slice s CROSS JOIN temp.incoming i
            WHERE i.line BETWEEN s.first AND s.last AND +fate IS NOT NULL
            ON CONFLICT (id) DO UPDATE
            SET name = excluded.name, folded = excluded.folded, city = excluded.city, active = excluded.active,
                external_id = excluded.external_id;
        DELETE FROM customer_phones
            WHERE customer_id IN (SELECT customer_id FROM temp.slice s CROSS JOIN temp.incoming i
                                  WHERE i.line BETWEEN s.first AND s.last AND +fate = 'changed' AND renumbered);
        INSERT INTO customer_phones (number, customer_id, written, position)
            SELECT p.value ->> 0, i.customer_id, p.value ->> 1, p.key
            FROM temp.slice s CROSS JOIN temp.incoming i CROSS JOIN json_each(i.phones) p
            WHERE i.line BETWEEN s.first AND s.last AND +i.renumbered;",
};
