//! The names of calls that became a part of another one.

use domain::ids::CallId;
use sqlx::SqliteConnection;

use super::{Store, StoreError};

impl Store {
    /// The call that this one became a part of, or itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn resolved(&self, call: &CallId) -> Result<CallId, StoreError> {
        resolve(&mut *self.readers.acquire().await?, call).await
    }
}

/// The call that `call` became part of, or itself. Aliases never point at aliases.
pub(super) async fn resolve(connection: &mut SqliteConnection, call: &CallId) -> Result<CallId, StoreError> {
    let into: Option<String> = sqlx::query_scalar("SELECT call_id FROM call_aliases WHERE id = ?")
        .bind(call.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(into.map_or_else(|| call.clone(), CallId::new))
}
