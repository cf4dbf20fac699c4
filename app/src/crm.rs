//! The CRM adapter: how the selected client looks a caller up (R5).

use domain::{
    ids::{CallId, LookupId},
    protocol::ClientMessage,
};

use crate::server_fns::customers::find_customer;

/// Looks callers up in some CRM, in the browser.
pub trait CrmAdapter {
    /// The answer for the hub: what was found, as the server signed it, or why nothing was.
    fn look_up(&self, lookup_id: LookupId, call_id: CallId) -> impl Future<Output = ClientMessage>;
}

/// The CRM that comes with Ringside: the server's own customers.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltIn;

impl CrmAdapter for BuiltIn {
    async fn look_up(&self, lookup_id: LookupId, call_id: CallId) -> ClientMessage {
        match find_customer(call_id, lookup_id).await {
            Ok(signed) => {
                ClientMessage::CustomerData { lookup_id, payload: signed.payload, signature: signed.signature }
            }
            Err(error) => ClientMessage::LookupFailed { lookup_id, reason: error.to_string() },
        }
    }
}
