//! The built-in CRM's questions.

use domain::{
    customer::{AddCustomer, Booking, CustomerData},
    ids::{CallId, CustomerId, LookupId},
    protocol::SignedMatches,
};
use leptos::{prelude::*, server_fn::codec::Json};

#[cfg(feature = "ssr")]
use super::context::{port, who};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::ports::Crm;

/// Looks the caller of a call up, for the client that was selected.
#[server(endpoint = "find_customer", input = Json)]
pub async fn find_customer(call_id: CallId, lookup_id: LookupId) -> Result<SignedMatches, AppError> {
    port::<dyn Crm>()?.find_customer(&who().await?, &call_id, lookup_id).await
}

/// A customer with all bookings.
#[server(endpoint = "customer", input = Json)]
pub async fn customer(id: CustomerId) -> Result<(CustomerData, Vec<Booking>), AppError> {
    port::<dyn Crm>()?.customer(&who().await?, id).await
}

/// Adds whoever is at the other end of a call.
#[server(name = AddCustomerFn, endpoint = "add_customer", input = Json)]
pub async fn add_customer(add: AddCustomer) -> Result<CustomerId, AppError> {
    port::<dyn Crm>()?.add_customer(&who().await?, add).await
}
