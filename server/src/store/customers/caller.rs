//! Whoever is at the other end of a call becomes a customer.

use domain::{
    fold::fold,
    ids::{CallId, CustomerId},
    phone::E164,
};
use sqlx::{Sqlite, Transaction};

use super::{NewCustomer, add};
use crate::store::{Store, StoreError, aliases};

impl Store {
    /// Adds a customer by the number of a call, unless one of this name has the number already. The
    /// call is theirs, and so are its note and, where nobody else has the number, all that were
    /// nobody's. None where the call is not in the database, or has no number that is known.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn add_caller(
        &self,
        call: &CallId,
        name: &str,
        city: Option<&str>,
    ) -> Result<Option<CustomerId>, StoreError> {
        let mut tx = self.write().await?;
        let call = aliases::resolve(&mut tx, call).await?;
        let number: Option<String> = sqlx::query_scalar(
            "SELECT caller_phone FROM calls WHERE id = ? AND NOT hidden AND caller_phone IS NOT NULL",
        )
        .bind(call.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(number) = number else { return Ok(None) };
        let known: Option<i64> = sqlx::query_scalar(
            "SELECT c.id FROM customers c JOIN customer_phones p ON p.customer_id = c.id
             WHERE p.number = ? AND c.folded = ? AND c.active ORDER BY c.id LIMIT 1",
        )
        .bind(&number)
        .bind(fold(name))
        .fetch_optional(&mut *tx)
        .await?;
        let id = match known {
            Some(id) => CustomerId(id),
            None => insert(&mut tx, &number, name, city).await?,
        };
        attach(&mut tx, id, &call, &number).await?;
        tx.commit().await?;
        Ok(Some(id))
    }
}

async fn insert(
    tx: &mut Transaction<'static, Sqlite>,
    number: &str,
    name: &str,
    city: Option<&str>,
) -> Result<CustomerId, StoreError> {
    let unreadable = |found| StoreError::Unreadable { what: "caller_phone", found };
    let phone = E164::try_from(number.to_owned()).map_err(|found| unreadable(found.0))?;
    let customer = NewCustomer {
        name: name.to_owned(),
        city: city.map(ToOwned::to_owned),
        active: true,
        phones: vec![(phone, number.to_owned())],
        bookings: vec![],
    };
    let ids = add(tx, &[customer]).await?;
    ids.first().copied().ok_or_else(|| unreadable(number.to_owned()))
}

async fn attach(
    tx: &mut Transaction<'static, Sqlite>,
    customer: CustomerId,
    call: &CallId,
    number: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE calls SET customer_id = ?1
         WHERE customer_id IS NULL
           AND (id = ?2 OR (caller_phone = ?3 AND NOT hidden AND NOT EXISTS (
                    SELECT 1 FROM customer_phones p JOIN customers c ON c.id = p.customer_id
                    WHERE p.number = ?3 AND c.active AND c.id <> ?1)))",
    )
    .bind(customer.0)
    .bind(call.as_str())
    .bind(number)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "UPDATE notes SET customer_id = ?1
         WHERE customer_id IS NULL AND call_id IN (SELECT id FROM calls WHERE customer_id = ?1)",
    )
    .bind(customer.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
