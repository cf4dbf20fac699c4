//! The CRM adapter: how the selected client looks a caller up (R5).

use std::pin::pin;

use domain::{
    ids::{CallId, LookupId},
    protocol::ClientMessage,
};
use futures::{
    StreamExt,
    future::{Either, select},
    stream::FuturesUnordered,
};
use gloo_timers::future::TimeoutFuture;

use crate::{patience::patient, server_fns::customers::find_customer};

/// Looks callers up in some CRM, in the browser.
pub trait CrmAdapter {
    /// The answer for the hub: what was found, as the server signed it, or why nothing was. It is
    /// wanted within `timeout_ms`, and still of use when it is late.
    fn look_up(&self, lookup_id: LookupId, call_id: CallId, timeout_ms: u32) -> impl Future<Output = ClientMessage>;
}

/// The CRM that comes with Ringside: the server's own customers.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltIn;

/// A request that hangs is joined by another one, this often at most; the pauses double.
const ASKS: usize = 6;

impl CrmAdapter for BuiltIn {
    /// Asks again where a request hangs, which is what it does on a connection that died
    /// unnoticed, and a browser may have several of those. An error counts only when all the others
    /// have failed too.
    async fn look_up(&self, lookup_id: LookupId, call_id: CallId, timeout_ms: u32) -> ClientMessage {
        let mut asked = FuturesUnordered::new();
        let mut pause = timeout_ms / 3;
        let mut failure = String::new();
        for ask in 1..=ASKS {
            asked.push(patient(find_customer(call_id.clone(), lookup_id)));
            // The last one is waited for to its end.
            let mut over = TimeoutFuture::new(if ask < ASKS { pause } else { u32::MAX >> 1 });
            loop {
                match select(asked.next(), over).await {
                    Either::Left((Some(Ok(signed)), _)) => {
                        let (payload, signature) = (signed.payload, signed.signature);
                        return ClientMessage::CustomerData { lookup_id, payload, signature };
                    }
                    Either::Left((Some(Err(error)), rest)) => {
                        failure = error.to_string();
                        over = rest;
                    }
                    Either::Left((None, _)) => return ClientMessage::LookupFailed { lookup_id, reason: failure },
                    Either::Right(_) => break,
                }
            }
            pause = pause.saturating_mul(2);
        }
        ClientMessage::LookupFailed { lookup_id, reason: failure }
    }
}

/// Answers the hub: at the deadline that there is no answer yet, so that another client is asked,
/// and all the same with what comes later, which may be the only answer there will be.
pub async fn answer_lookup(
    adapter: impl CrmAdapter,
    lookup_id: LookupId,
    call_id: CallId,
    timeout_ms: u32,
    send: impl Fn(ClientMessage),
) {
    let answer = pin!(adapter.look_up(lookup_id, call_id, timeout_ms));
    match select(answer, TimeoutFuture::new(timeout_ms)).await {
        Either::Left((message, _)) => send(message),
        Either::Right((_, answer)) => {
            send(ClientMessage::LookupFailed { lookup_id, reason: "too slow".to_owned() });
            if let found @ ClientMessage::CustomerData { .. } = answer.await {
                send(found);
            }
        }
    }
}
