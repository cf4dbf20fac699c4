//! Frames and requests that nobody should send.

use domain::protocol::VERSION;
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    browser::{NUMBER, ringing},
    live::Live,
};

#[tokio::test]
async fn a_call_that_cannot_be_played_is_refused() {
    let live = Live::start().await;
    let stranger = json!({ "scenario": "answered", "by": "7777", "caller": { "name": "", "number": NUMBER } });
    let response = live.post("/simulator/play", &stranger).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(response.text().await.unwrap().contains("7777"));
}

#[tokio::test]
async fn a_wrong_hello_closes_with_its_reason() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    let cases = [
        (json!({ "type": "hello", "version": 99, "view": "desk" }), 4426),
        (json!({ "type": "pong" }), 4400),
        (json!({ "type": "hello", "version": VERSION, "view": "floor" }), 4403),
    ];
    for (first, code) in cases {
        let mut socket = an.socket().await;
        socket.say(first.clone()).await;
        assert_eq!(socket.closed().await, code, "{first}");
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
async fn a_client_that_says_no_hello_is_closed() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    assert_eq!(an.socket().await.closed().await, 4400);
}

#[tokio::test]
async fn a_play_that_cannot_be_read_is_refused() {
    let live = Live::start().await;
    for (body, status) in [
        ("{", StatusCode::BAD_REQUEST),
        ("[]", StatusCode::UNPROCESSABLE_ENTITY),
        (
            r#"{ "scenario": "selfDestruct", "caller": { "name": "", "number": "1" } }"#,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (r#"{ "scenario": "allBusy" }"#, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let response = live.post_text("/simulator/play", body).send().await.unwrap();
        assert_eq!(response.status(), status, "{body}");
    }
    assert_eq!(live.get("/health").send().await.unwrap().status(), StatusCode::OK);
}
