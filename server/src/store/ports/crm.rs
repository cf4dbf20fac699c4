//! The built-in CRM, for the browser that was asked to look.

use app::{error::AppError, ports::Crm};
use async_trait::async_trait;
use domain::{
    customer::{Booking, CustomerData},
    ids::{CallId, CustomerId, LookupId},
    protocol::{Matches, SignedMatches},
    role::SignedIn,
};

use super::Records;

#[async_trait]
impl Crm for Records {
    async fn find_customer(&self, who: &SignedIn, call: &CallId, lookup: LookupId) -> Result<SignedMatches, AppError> {
        let seat = who.desk.clone().filter(|_| who.whole_record).ok_or(AppError::Forbidden)?;
        let number = self.exchange.redeem(seat, call.clone(), lookup).await.ok_or(AppError::Forbidden)?;
        let customers = self.store.matches(&number).await?;
        let matches = Matches { call_id: call.clone(), customers };
        let payload = serde_json::to_string(&matches).map_err(|error| AppError::Invalid(error.to_string()))?;
        let signature = self.signer.sign(payload.as_bytes());
        Ok(SignedMatches { payload, signature })
    }

    async fn customer(&self, who: &SignedIn, id: CustomerId) -> Result<(CustomerData, Vec<Booking>), AppError> {
        if !who.role.watches_floor() {
            let exten = &who.desk.as_ref().ok_or(AppError::Forbidden)?.exten;
            if !self.store.has_called(id, exten).await? {
                return Err(AppError::NotFound);
            }
        }
        let (customer, bookings) = self.store.customer(id).await?.ok_or(AppError::NotFound)?;
        Ok((if who.whole_record { customer } else { customer.masked() }, bookings))
    }
}
