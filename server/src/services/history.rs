//! Calls that are over. An agent reads about their own extension.

use app::{error::AppError, ports::CallHistory};
use async_trait::async_trait;
use domain::{
    call::Direction,
    customer::{mask, mask_name},
    history::{HistoryFilter, HistoryPage, HistoryRow, PastCall, Today},
    ids::{CallId, Extension},
    role::SignedIn,
};
use jiff::Timestamp;

use super::{AppServices, unavailable};

#[async_trait]
impl CallHistory for AppServices {
    async fn history(&self, who: &SignedIn, mut filter: HistoryFilter) -> Result<HistoryPage, AppError> {
        if let Some(own) = narrowed_to(who)? {
            filter.exten = Some(own);
        }
        let mut page = self.store.history(&filter).await.map_err(unavailable)?;
        page.rows.iter_mut().for_each(|row| self.as_seen(who, row));
        Ok(page)
    }

    async fn past_call(&self, who: &SignedIn, call: CallId) -> Result<PastCall, AppError> {
        self.reads(who, &call).await?;
        let filter = HistoryFilter {
            call: Some(self.store.resolved(&call).await.map_err(unavailable)?),
            ..HistoryFilter::default()
        };
        let mut page = self.store.history(&filter).await.map_err(unavailable)?;
        let mut row = page.rows.pop().ok_or(AppError::NotFound)?;
        let legs = self.store.past_legs(&row.call_id).await.map_err(unavailable)?;
        self.as_seen(who, &mut row);
        Ok(PastCall { row, legs })
    }

    async fn today(&self, who: &SignedIn) -> Result<Today, AppError> {
        let own = narrowed_to(who)?;
        let now = Timestamp::now().to_zoned_datetime(self.zone.clone());
        let midnight = now.start_of_day().map_or_else(|_| now.timestamp(), |midnight| midnight.timestamp());
        self.store.today(midnight, own.as_ref()).await.map_err(unavailable)
    }
}

impl AppServices {
    /// What of a call this person may see.
    fn as_seen(&self, who: &SignedIn, row: &mut HistoryRow) {
        if row.hidden && !self.show_withheld.contains(&who.role) {
            withheld(row);
        }
        if !who.whole_record {
            masked(row);
        }
    }
}

/// The one extension that this person may ask about; none for those who watch the floor.
fn narrowed_to(who: &SignedIn) -> Result<Option<Extension>, AppError> {
    if who.role.watches_floor() {
        return Ok(None);
    }
    who.desk.as_ref().map(|desk| Some(desk.exten.clone())).ok_or(AppError::Forbidden)
}

/// Without what the caller does not want to be known.
fn withheld(row: &mut HistoryRow) {
    row.caller_number.clear();
    row.caller_phone = None;
    row.name = None;
}

fn masked(row: &mut HistoryRow) {
    row.caller_number = mask(&row.caller_number);
    row.caller_phone = row.caller_phone.as_deref().map(mask);
    row.name = row.name.as_deref().map(mask_name);
    // Whom an agent called is a customer too.
    if row.direction == Direction::Outbound {
        row.dialled = mask(&row.dialled);
    }
}
