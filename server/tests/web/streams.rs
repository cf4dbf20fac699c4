//! Coming back after a loss: what was missed in order, or a snapshot, and never both.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    browser::{card, ringing},
    live::Live,
};

#[tokio::test]
async fn a_client_that_comes_back_gets_what_it_missed_and_nothing_twice() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    let (mut tab, snapshot) = an.open("desk").await;
    let first = live.play(ringing()).await;
    let seen = tab.hear_where("callState", |state| state["callId"] == first).await;
    let (mut other, _) = an.open("desk").await;
    drop(tab);

    // While the first tab is away the desk has another call; the other tab says when.
    let second = live.play(ringing()).await;
    let last = other.hear_where("callState", |state| state["callId"] == second).await;
    let (mut back, welcome) = an.resume(&snapshot["epoch"], &seen["seq"]).await;
    assert_eq!(welcome["resumed"], true);
    let mut next = seen["seq"].as_u64().unwrap();
    while next < welcome["lastSeq"].as_u64().unwrap() {
        let missed = back.hear_next().await;
        next += 1;
        assert_eq!(missed["seq"], next, "in order and without a gap: {missed}");
        assert_ne!(missed["type"], "snapshot");
    }
    assert!(next >= last["seq"].as_u64().unwrap(), "the second call is among them");
}

#[tokio::test]
async fn a_client_that_cannot_resume_gets_a_snapshot() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    let (mut tab, snapshot) = an.open("desk").await;
    let call = live.play(ringing()).await;
    let seen = tab.hear("callState").await;
    let epoch = snapshot["epoch"].clone();
    let ahead = json!(seen["seq"].as_u64().unwrap() + 1000);
    let stranger = json!(Uuid::new_v4());
    for (epoch, seq) in [(&stranger, &seen["seq"]), (&epoch, &ahead), (&epoch, &Value::Null)] {
        let (mut back, welcome) = an.resume(epoch, seq).await;
        assert_eq!(welcome["resumed"], false, "{epoch} {seq}");
        let board = back.hear_next().await;
        assert_eq!(board["type"], "snapshot");
        assert!(card(&board, &call).is_some(), "{board}");
    }
}

#[tokio::test]
async fn nobody_resumes_the_calls_of_whoever_had_the_desk_before() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    let (mut tab, snapshot) = an.open("desk").await;
    let call = live.play(json!({ "scenario": "answered", "by": "1000", "ringMs": 100, "talkMs": 100 })).await;
    let seen = tab.hear("callState").await;
    tab.hear_where("callState", |state| state["phase"] == "ended").await;
    let binh = live.browser(live.attempt("binh", Some("1000"), true).await).await;
    let (mut heir, welcome) = binh.resume(&snapshot["epoch"], &seen["seq"]).await;
    assert_eq!(welcome["resumed"], false);
    assert_ne!(welcome["epoch"], snapshot["epoch"]);
    let board = heir.hear_next().await;
    assert!(card(&board, &call).is_none(), "an's card in wrap-up is an's: {board}");
}
