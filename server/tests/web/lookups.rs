//! One lookup per call, asked of one browser and then of the next.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, NUMBER, card, ringing},
    live::Live,
};

#[tokio::test]
async fn a_ring_shows_on_both_desks_and_its_customer_too() {
    let live = Live::start().await;
    let (an, binh) = (live.sign_in("an", Some("1000")).await, live.sign_in("binh", Some("1001")).await);
    let ((mut first, _), (mut second, _)) = (an.open("desk").await, binh.open("desk").await);
    let call = live.play(ringing()).await;

    let request = first.hear("lookupRequest").await;
    assert_eq!(request["callId"], call);
    let question = json!({ "call_id": call, "lookup_id": request["lookupId"] });
    let (status, matches) = an.ask("find_customer", question.clone()).await;
    assert_eq!(status, StatusCode::OK, "{matches}");
    let (_, again) = an.ask("find_customer", question.clone()).await;
    assert_eq!(again["payload"], matches["payload"], "an answer that was lost is given again");
    let (_, refused) = binh.ask("find_customer", question).await;
    assert_eq!(refused["error"], "forbidden");

    let (payload, signature) = (&matches["payload"], &matches["signature"]);
    let answer = json!({
        "type": "customerData", "lookupId": request["lookupId"], "payload": payload, "signature": signature,
    });
    first.say(answer).await;
    for socket in [&mut first, &mut second] {
        let state = socket.hear_where("callState", |state| state["lookup"]["status"] == "found").await;
        assert_eq!(state["callId"], call);
        assert_eq!(state["data"]["name"], "Nguyễn Văn A");
    }
}

#[tokio::test]
async fn a_client_that_fails_or_is_silent_or_goes_is_passed_over() {
    let live = Live::start().await;
    let (an, binh) = (live.sign_in("an", Some("1000")).await, live.sign_in("binh", Some("1001")).await);
    let ((mut first, _), (mut second, _)) = (an.open("desk").await, binh.open("desk").await);

    let failing = live.play(ringing()).await;
    let request = first.hear_where("lookupRequest", |request| request["callId"] == failing).await;
    first.say(json!({ "type": "lookupFailed", "lookupId": request["lookupId"], "reason": "no CRM" })).await;
    second.hear_where("lookupRequest", |request| request["callId"] == failing).await;

    let silent = live.play(ringing()).await;
    first.hear_where("lookupRequest", |request| request["callId"] == silent).await;
    second.hear_where("lookupRequest", |request| request["callId"] == silent).await;

    let gone = live.play(ringing()).await;
    first.hear_where("lookupRequest", |request| request["callId"] == gone).await;
    drop(first);
    second.hear_where("lookupRequest", |request| request["callId"] == gone).await;
}

#[tokio::test]
async fn customer_data_that_the_server_did_not_sign_is_refused() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    let (mut socket, _) = an.open("desk").await;
    let call = live.play(ringing()).await;
    let lookup = socket.hear("lookupRequest").await["lookupId"].clone();
    let payload = json!({ "callId": call, "customers": [] }).to_string();
    socket
        .say(json!({ "type": "customerData", "lookupId": lookup, "payload": payload, "signature": "00".repeat(32) }))
        .await;
    assert_eq!(socket.hear("error").await["code"], "badSignature");
}

/// Asks the server for the customer, as a selected browser does; the answer is not sent yet.
async fn look_up(browser: &Browser<'_>, request: &Value) -> Value {
    let question = json!({ "call_id": request["callId"], "lookup_id": request["lookupId"] });
    let (status, matches) = browser.ask("find_customer", question).await;
    assert_eq!(status, StatusCode::OK, "{matches}");
    json!({
        "type": "customerData", "lookupId": request["lookupId"],
        "payload": matches["payload"], "signature": matches["signature"],
    })
}

#[tokio::test]
async fn a_late_answer_is_dropped_where_another_was_quicker() {
    let live = Live::start().await;
    let (an, binh) = (live.sign_in("an", Some("1000")).await, live.sign_in("binh", Some("1001")).await);
    let ((mut first, _), (mut second, _)) = (an.open("desk").await, binh.open("desk").await);
    let call = live.play(ringing()).await;
    let late = look_up(&an, &first.hear("lookupRequest").await).await;
    let request = second.hear("lookupRequest").await;
    // So that the two answers differ.
    live.add_customer("Trần Thị B", NUMBER).await;
    second.say(look_up(&binh, &request).await).await;
    let found = |state: &Value| state["lookup"]["status"] == "found";
    assert_eq!(first.hear_where("callState", found).await["matches"].as_array().unwrap().len(), 2);

    first.say(late).await;
    // The hub answers in order: what follows the late answer shows that it was taken.
    first.say(json!({ "type": "choose", "callId": call, "customerId": 99 })).await;
    let next = first.hear_where_any(|frame| frame["seq"].is_u64() || frame["type"] == "error").await;
    assert_eq!(next["code"], "notYours", "nothing was published for it: {next}");
    let (_, snapshot) = an.open("desk").await;
    assert_eq!(card(&snapshot, &call).unwrap()["matches"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_late_answer_is_kept_where_it_is_the_only_one() {
    let live = Live::start().await;
    let (an, binh) = (live.sign_in("an", Some("1000")).await, live.sign_in("binh", Some("1001")).await);
    let ((mut first, _), (mut second, _)) = (an.open("desk").await, binh.open("desk").await);
    live.play(ringing()).await;
    let late = look_up(&an, &first.hear("lookupRequest").await).await;
    let request = second.hear("lookupRequest").await;
    second.say(json!({ "type": "lookupFailed", "lookupId": request["lookupId"], "reason": "no CRM" })).await;
    second.hear_where("callState", |state| state["lookup"]["status"] == "failed").await;
    first.say(late).await;
    let state = second.hear_where("callState", |state| state["lookup"]["status"] == "found").await;
    assert_eq!(state["data"]["name"], "Nguyễn Văn A");
}
