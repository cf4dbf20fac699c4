//! What desks and the floor are pushed, and who holds a desk.

use domain::protocol::VERSION;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    browser::{answered, eventually, ringing},
    live::Live,
};

#[tokio::test]
async fn a_desk_that_is_taken_over_closes_the_old_browser() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    let (mut old, _) = an.open("desk").await;
    let held: Value =
        serde_json::from_str(&live.attempt("binh", Some("1000"), false).await.text().await.unwrap()).unwrap();
    assert_eq!(held["Err"]["why"], "held");
    let binh = live.browser(live.attempt("binh", Some("1000"), true).await).await;
    assert_eq!(old.closed().await, 4409);
    binh.open("desk").await;
}

#[tokio::test]
async fn a_hello_that_comes_too_late_disturbs_nobody() {
    let live = Live::start().await;
    let (an, chi) = (live.sign_in("an", Some("1000")).await, live.sign_in("chi", None).await);
    // Both are let in, and something becomes of them before they say hello.
    let (mut late, mut over) = (an.socket().await, chi.socket().await);
    let binh = live.browser(live.attempt("binh", Some("1000"), true).await).await;
    let (mut desk, _) = binh.open("desk").await;
    chi.ask("sign_out", json!({})).await;

    late.say(json!({ "type": "hello", "version": VERSION, "view": "desk" })).await;
    over.say(json!({ "type": "hello", "version": VERSION, "view": "floor" })).await;
    assert_eq!(late.closed().await, 4409);
    assert_eq!(over.closed().await, 4401);
    let call = live.play(ringing()).await;
    desk.hear_where("callState", |state| state["callId"] == call).await;
}

#[tokio::test]
async fn signing_out_closes_the_socket() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    let (mut socket, _) = an.open("desk").await;
    an.ask("sign_out", json!({})).await;
    assert_eq!(socket.closed().await, 4401);
    assert_eq!(an.ask("who", json!({})).await, (StatusCode::OK, Value::Null));
}

#[tokio::test]
async fn the_floor_sees_desks_and_channels() {
    let live = Live::start().await;
    let chi = live.sign_in("chi", None).await;
    let (mut floor, _) = chi.open("floor").await;
    let an = live.sign_in("an", Some("1000")).await;
    let (_desk, _) = an.open("desk").await;
    let desk = floor.hear_where("presenceChanged", |desk| desk["exten"] == "1000" && desk["clients"] == 1).await;
    assert_eq!(desk["agent"], "an");
    let call = live.play(ringing()).await;
    for exten in ["1000", "1001"] {
        floor.hear_where("channelChanged", |row| row["exten"] == exten && row["callId"] == call).await;
    }
}

#[tokio::test]
async fn a_call_that_is_over_is_in_the_history() {
    let live = Live::start().await;
    let binh = live.sign_in("binh", Some("1001")).await;
    let (mut desk, _) = binh.open("desk").await;
    let call = live.play(answered()).await;
    desk.hear_where("callState", |state| state["phase"] == "ended").await;
    let filter = json!({
        "filter": { "from": null, "until": null, "exten": null, "direction": null, "outcome": "answered",
                    "text": "", "page": 0 }
    });
    eventually("the call is in the history", async || {
        let (status, page) = binh.ask("history", filter.clone()).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page.to_string().contains(&call).then_some(())
    })
    .await;
}
