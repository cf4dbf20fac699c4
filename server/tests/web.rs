//! The web side of a whole server: who is let in, what is pushed, what is refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod live;

use live::{Live, NUMBER};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

/// Rings both desks; 1001 answers in the end.
fn answered() -> Value {
    json!({ "scenario": "answered", "by": "1001", "ringMs": 600, "talkMs": 200 })
}

/// Rings for longer than a test takes.
fn ringing() -> Value {
    json!({ "scenario": "noAnswer", "ringMs": 60_000 })
}

#[tokio::test]
async fn only_our_own_pages_may_change_anything() {
    let live = Live::start().await;
    for origin in [None, Some("http://evil.example")] {
        let mut request = live.post("/api/sign_out", &json!({}));
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN, "{origin:?}");
    }
    let rebound = live.get("/health").header(header::HOST, "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn every_answer_says_how_it_may_be_used() {
    let live = Live::start().await;
    let response = live.get("/health").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers();
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[tokio::test]
async fn a_call_that_cannot_be_played_is_refused() {
    let live = Live::start().await;
    let stranger = json!({ "scenario": "answered", "by": "7777", "caller": { "name": "", "number": NUMBER } });
    let response = live.post("/simulator/play", &stranger).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(response.text().await.unwrap().contains("7777"));
}

#[tokio::test]
async fn a_socket_without_our_origin_is_refused_and_one_without_a_session_closed() {
    let live = Live::start().await;
    for origin in [None, Some("http://evil.example")] {
        let Err(Error::Http(response)) = live.socket(origin, None).await else { panic!("{origin:?} was let in") };
        assert_eq!(response.status(), 403);
    }
    assert_eq!(live.socket(Some(&live.origin), None).await.unwrap().closed().await, 4401);
}

#[tokio::test]
async fn a_wrong_hello_closes_with_its_reason() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    let cases = [
        (json!({ "type": "hello", "version": 99, "view": "desk" }), 4426),
        (json!({ "type": "pong" }), 4400),
        (json!({ "type": "hello", "version": 1, "view": "floor" }), 4403),
    ];
    for (first, code) in cases {
        let mut socket = an.socket().await;
        socket.say(first.clone()).await;
        assert_eq!(socket.closed().await, code, "{first}");
    }
}

#[tokio::test]
async fn a_wrong_password_signs_nobody_in() {
    let live = Live::start().await;
    let attempt = json!({ "login": "an", "password": "wrong wrong", "exten": "1000", "takeOver": false });
    let request = live.post("/api/sign_in", &json!({ "attempt": attempt })).header(header::ORIGIN, &live.origin);
    let answer: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(answer["Err"]["why"], "credentials");
}

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
    let (_, again) = an.ask("find_customer", question).await;
    assert_eq!(again["error"], "forbidden");

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
async fn nonsense_is_answered_and_disturbs_nobody() {
    let live = Live::start().await;
    let (an, binh) = (live.sign_in("an", Some("1000")).await, live.sign_in("binh", Some("1001")).await);
    let ((mut bad, _), (mut good, _)) = (an.open("desk").await, binh.open("desk").await);
    bad.say_text("{".to_owned()).await;
    assert_eq!(bad.hear("error").await["code"], "notJson");
    bad.say(json!({ "type": "selfDestruct" })).await;
    assert_eq!(bad.hear("error").await["code"], "unknownType");
    bad.say_text("x".repeat(70_000)).await;
    assert_eq!(bad.closed().await, 4413);

    let (mut flood, _) = an.open("desk").await;
    for _ in 0..=300 {
        flood.say(json!({ "type": "pong" })).await;
    }
    assert_eq!(flood.closed().await, 4429);

    let call = live.play(ringing()).await;
    assert_eq!(good.hear("callState").await["callId"], call);
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
    // The record is written behind the call's back: the history has it soon.
    let found = tokio::time::timeout(std::time::Duration::from_secs(5), async {
        loop {
            let (status, page) = binh.ask("history", filter.clone()).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            if page.to_string().contains(&call) {
                return;
            }
            tokio::task::yield_now().await;
        }
    });
    assert!(found.await.is_ok(), "{call} is not in the history");
}
