//! A server that is restarted in mid-call.

use domain::{
    call::Outcome,
    history::{HistoryFilter, HistoryRow},
};
use serde_json::json;
use server::store::Store;

use crate::{browser::eventually, live::Live};

async fn history(store: &Store) -> Vec<HistoryRow> {
    store.history(&HistoryFilter::default()).await.unwrap().rows
}

#[tokio::test]
async fn the_calls_of_the_run_before_are_closed() {
    let live = Live::start().await;
    let (an, binh) = (live.sign_in("an", Some("1000")).await, live.sign_in("binh", Some("1001")).await);
    let ((mut first, _), (mut second, _)) = (an.open("desk").await, binh.open("desk").await);
    let talking = live.play(json!({ "scenario": "answered", "by": "1000", "ringMs": 100, "talkMs": 60_000 })).await;
    first.hear_where("callState", |state| state["callId"] == talking && state["phase"] == "talking").await;
    let ringing = live.play(json!({ "scenario": "noAnswer", "ringMs": 60_000 })).await;
    second.hear_where("callState", |state| state["callId"] == ringing).await;
    eventually("both calls are written", async || {
        let rows = history(&live.store).await;
        (rows.len() == 2 && rows.iter().any(|row| row.answered_at.is_some())).then_some(())
    })
    .await;
    assert!(history(&live.store).await.iter().all(|row| row.ended_at.is_none()));

    let live = live.restarted().await;
    let rows = eventually("both calls are closed", async || {
        let rows = history(&live.store).await;
        rows.iter().all(|row| row.ended_at.is_some()).then_some(rows)
    })
    .await;
    let mut ends: Vec<_> = rows.iter().map(|row| (row.call_id.as_str(), row.outcome)).collect();
    ends.sort_by_key(|(call, _)| *call == ringing);
    assert_eq!(ends, [(&*talking, Some(Outcome::Answered)), (&*ringing, Some(Outcome::Failed))]);
    assert!(rows.iter().all(|row| row.ended_at >= row.answered_at), "nothing ends before it was answered");
}
