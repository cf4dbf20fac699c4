//! Drafts and notes through the server functions.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, draft, ringing, save},
    live::Live,
};

/// Asks, which must be answered.
async fn ask(browser: &Browser<'_>, function: &str, body: Value) -> Value {
    let (status, answer) = browser.ask(function, body).await;
    assert_eq!(status, StatusCode::OK, "{function}: {answer}");
    answer
}

#[tokio::test]
async fn a_note_that_is_sent_twice_is_written_once() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    let (mut desk, _) = an.open("desk").await;
    let call = live.play(ringing()).await;
    desk.hear("callState").await;
    let press = save(draft(&call, 0, "A table by the window"));
    let first = ask(&an, "save_note", press.clone()).await;
    assert_eq!((&first["outcome"], &first["version"]), (&json!("written"), &json!(1)));
    let again = ask(&an, "save_note", press).await;
    assert_eq!(again, first, "the answer that was lost on the way");
    let kept = ask(&an, "written", json!({ "call_id": call })).await;
    let (note, draft) = (&kept["note"], &kept["draft"]);
    assert_eq!(draft, &json!(null), "what is saved is no draft any more");
    assert_eq!((&note["version"], &note["text"]), (&json!(1), &json!("A table by the window")));
}

#[tokio::test]
async fn of_two_notes_from_one_version_the_second_is_told_the_first_and_keeps_its_own() {
    let live = Live::start().await;
    let (an, binh) = (live.sign_in("an", Some("1000")).await, live.sign_in("binh", Some("1001")).await);
    let ((mut first, _), (mut second, _)) = (an.open("desk").await, binh.open("desk").await);
    let call = live.play(ringing()).await;
    for desk in [&mut first, &mut second] {
        desk.hear("callState").await;
    }
    assert_eq!(ask(&an, "save_note", save(draft(&call, 0, "an's text"))).await["outcome"], "written");
    let conflict = ask(&binh, "save_note", save(draft(&call, 0, "binh's text"))).await;
    assert_eq!(conflict["outcome"], "conflict");
    let theirs = &conflict["theirs"];
    assert_eq!((&theirs["text"], &theirs["author"]), (&json!("an's text"), &json!("an")));
    let kept = ask(&binh, "drafts", json!({})).await;
    assert_eq!(kept[0]["draft"]["text"], "binh's text", "nothing was typed for nothing");

    let mut press = save(draft(&call, 1, "both texts"));
    press["save"]["follows"] = json!({ "tab": kept[0]["draft"]["tab"], "revision": kept[0]["draft"]["revision"] });
    let joined = ask(&binh, "save_note", press).await;
    assert_eq!((&joined["outcome"], &joined["version"]), (&json!("written"), &json!(2)));
    assert_eq!(ask(&binh, "drafts", json!({})).await, json!([]));
}

#[tokio::test]
async fn a_draft_is_there_on_another_machine_and_on_no_colleagues() {
    let live = Live::start().await;
    let (an, binh) = (live.sign_in("an", Some("1000")).await, live.sign_in("binh", Some("1001")).await);
    let (mut desk, _) = an.open("desk").await;
    let call = live.play(ringing()).await;
    desk.hear("callState").await;
    let (mut other_tab, _) = an.open("desk").await;
    ask(&an, "keep_draft", json!({ "draft": draft(&call, 0, "half a sen") })).await;
    let changed = other_tab.hear("noteChanged").await;
    assert_eq!(changed["callId"], call);
    assert!(changed["tab"].is_string(), "the tab that typed it: {changed}");

    let elsewhere = live.browser(live.attempt("an", Some("1000"), true).await).await;
    let kept = ask(&elsewhere, "drafts", json!({})).await;
    assert_eq!((&kept[0]["draft"]["text"], &kept[0]["draft"]["callId"]), (&json!("half a sen"), &json!(call)));
    assert_eq!(ask(&binh, "drafts", json!({})).await, json!([]));
}
