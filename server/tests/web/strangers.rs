//! What is somebody else's: calls, customers, notes, pages and streams.

use std::collections::BTreeSet;

use domain::protocol::VERSION;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    browser::{Browser, answered, card, draft, eventually, ringing, save},
    live::Live,
};

/// A call that rings at 1000 and 1001, not at 1002, where dung sits. It is written.
async fn call_of_others(live: &Live, an: &Browser<'_>) -> String {
    let (mut desk, _) = an.open("desk").await;
    let call = live.play(ringing()).await;
    desk.hear_where("callState", |state| state["callId"] == call).await;
    eventually("the call is written", async || {
        an.ask("history", filter(None, "")).await.1.to_string().contains(&call).then_some(())
    })
    .await;
    call
}

fn filter(exten: Option<&str>, text: &str) -> Value {
    json!({
        "filter": { "from": null, "until": null, "exten": exten, "direction": null, "outcome": null,
                    "text": text, "page": 0 }
    })
}

/// A request that a server function would answer to somebody who may ask.
fn question(function: &str, call: &str) -> Value {
    match function {
        "find_customer" => json!({ "call_id": call, "lookup_id": Uuid::new_v4() }),
        "customer" => json!({ "id": 1 }),
        "add_customer" => json!({ "add": { "callId": call, "name": "Nobody" } }),
        "change_password" => json!({ "change": { "current": "not the password", "new": "a password of mine" } }),
        "history" => filter(None, ""),
        "today" | "drafts" => json!({}),
        "keep_draft" => json!({ "draft": draft(call, 0, "mine now") }),
        "drop_draft" | "written" | "past_call" => json!({ "call_id": call }),
        "save_note" => save(draft(call, 0, "mine now")),
        other => panic!("say here what {other} is asked, and below what a stranger may not do with it"),
    }
}

/// Every server function that there is, but for those that everybody may call.
fn functions() -> BTreeSet<String> {
    let names = server_fn_paths().map(|(path, _)| path.rsplit('/').next().unwrap().to_owned());
    names.filter(|name| !["who", "sign_in", "sign_out"].contains(&name.as_str())).collect()
}

#[tokio::test]
async fn nobody_is_answered_without_a_session() {
    let live = Live::start().await;
    assert!(functions().len() >= 9, "{:?}", functions());
    for cookie in ["", "ringside=AAAAAAAAAAAAAAAAAAAAAA", "ringside=../../etc/passwd"] {
        let nobody = live.with_cookie(cookie);
        for function in functions() {
            let (status, refused) = nobody.ask(&function, question(&function, "main:1.1")).await;
            assert_eq!((status, &refused["error"]), (StatusCode::UNAUTHORIZED, &json!("signInNeeded")), "{function}");
        }
    }
}

#[tokio::test]
async fn a_server_function_cannot_be_called_by_a_link_or_an_image() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    for function in functions().iter().map(String::as_str).chain(["sign_out"]) {
        let link = live.get(&format!("/api/{function}")).header(header::COOKIE, &an.cookie).send().await.unwrap();
        assert!(link.status().is_client_error(), "{function}: {}", link.status());
    }
    assert_eq!(an.ask("who", json!({})).await.1["login"], "an");
}

#[tokio::test]
async fn an_agent_neither_reads_nor_writes_about_a_colleagues_call() {
    let live = Live::start().await;
    let (an, dung) = (live.sign_in("an", Some("1000")).await, live.sign_in("dung", Some("1002")).await);
    let call = call_of_others(&live, &an).await;
    for (function, refusal) in [
        ("written", (StatusCode::NOT_FOUND, "notFound")),
        ("past_call", (StatusCode::NOT_FOUND, "notFound")),
        ("keep_draft", (StatusCode::NOT_FOUND, "notFound")),
        ("save_note", (StatusCode::NOT_FOUND, "notFound")),
        ("add_customer", (StatusCode::NOT_FOUND, "notFound")),
        ("find_customer", (StatusCode::FORBIDDEN, "forbidden")),
    ] {
        let (status, refused) = dung.ask(function, question(function, &call)).await;
        assert_eq!((status, &refused["error"]), (refusal.0, &json!(refusal.1)), "{function}");
    }
    let chi = live.sign_in("chi", None).await;
    let nothing = json!({ "note": null, "draft": null, "colleagues": [] });
    let (status, kept) = chi.ask("written", question("written", &call)).await;
    assert_eq!((status, kept), (StatusCode::OK, nothing.clone()), "nothing was written");

    an.ask("keep_draft", question("keep_draft", &call)).await;
    let (_, kept) = chi.ask("written", question("written", &call)).await;
    assert_eq!(kept, nothing, "a draft is for its writer, and colleagues in the call");
    dung.ask("drop_draft", question("drop_draft", &call)).await;
    assert_eq!(an.ask("drafts", json!({})).await.1[0]["draft"]["text"], "mine now", "an's draft is an's to drop");
    assert_eq!(dung.ask("drafts", json!({})).await.1, json!([]));
}

#[tokio::test]
async fn an_agent_cannot_have_a_colleagues_card_chosen_closed_or_looked_up_again() {
    let live = Live::start().await;
    let (an, dung) = (live.sign_in("an", Some("1000")).await, live.sign_in("dung", Some("1002")).await);
    let call = call_of_others(&live, &an).await;
    let (mut desk, snapshot) = dung.open("desk").await;
    assert!(card(&snapshot, &call).is_none(), "{snapshot}");
    for message in [
        json!({ "type": "choose", "callId": call, "customerId": 1 }),
        json!({ "type": "closeCard", "callId": call }),
        json!({ "type": "retryLookup", "callId": call }),
    ] {
        desk.say(message.clone()).await;
        assert_eq!(desk.hear("error").await["code"], "noSuchCall", "{message}");
    }
}

#[tokio::test]
async fn an_agent_reads_of_their_own_calls_and_customers_alone() {
    let live = Live::start().await;
    let (an, dung) = (live.sign_in("an", Some("1000")).await, live.sign_in("dung", Some("1002")).await);
    call_of_others(&live, &an).await;
    for asked in [None, Some("1000"), Some("1002' OR '1'='1")] {
        let (status, page) = dung.ask("history", filter(asked, "")).await;
        assert_eq!((status, &page["total"]), (StatusCode::OK, &json!(0)), "{asked:?}: {page}");
    }
    assert_eq!(dung.ask("today", json!({})).await.1["inbound"], 0);
    let customer = json!({ "id": 1 });
    assert_eq!(an.ask("customer", customer.clone()).await.0, StatusCode::OK, "who called 1000");
    assert_eq!(dung.ask("customer", customer).await.1["error"], "notFound");
}

#[tokio::test]
async fn the_floor_is_not_an_agents() {
    let live = Live::start().await;
    let an = live.sign_in("an", Some("1000")).await;
    let mut socket = an.socket().await;
    socket.say(json!({ "type": "hello", "version": VERSION, "view": "floor" })).await;
    assert_eq!(socket.closed().await, 4403);
}

#[tokio::test]
async fn what_is_searched_for_is_text_and_never_sql() {
    let live = Live::start().await;
    let chi = live.sign_in("chi", None).await;
    let binh = live.sign_in("binh", Some("1001")).await;
    let (mut desk, _) = binh.open("desk").await;
    let call = live.play(answered()).await;
    desk.hear_where("callState", |state| state["phase"] == "ended").await;
    eventually("the call is written", async || {
        chi.ask("history", filter(None, "")).await.1.to_string().contains(&call).then_some(())
    })
    .await;
    for text in [
        "' OR '1'='1",
        "%' OR 1=1 --",
        "'; DROP TABLE calls; --",
        "\" OR \"\"=\"",
        "x') UNION SELECT login, password FROM accounts --",
        "\\' OR 1=1 --",
        "_",
        "%",
    ] {
        for exten in [None, Some(text)] {
            let (status, page) = chi.ask("history", filter(exten, text)).await;
            assert_eq!((status, &page["total"]), (StatusCode::OK, &json!(0)), "{text}: {page}");
        }
    }
    assert!(chi.ask("history", filter(None, "")).await.1.to_string().contains(&call), "and all is still there");
}
