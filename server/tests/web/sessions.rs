//! Signing in, guessing at it, and sessions that are over.

use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use server::password;

use crate::{
    browser::{PASSWORD, answer},
    live::Live,
};

/// Why a sign-in with this password is refused.
async fn refused(live: &Live, login: &str, password: &str, from: &str) -> Value {
    let knock = live.knock(login, password, Some("1000"), false).header("x-forwarded-for", from);
    answer(knock.send().await.unwrap()).await["Err"].clone()
}

#[tokio::test]
async fn a_planted_session_is_worth_nothing_after_the_sign_in() {
    let live = Live::start().await;
    // One that the attacker made up, and one that was somebody's.
    let made_up = "ringside=AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    let own = live.sign_in("binh", Some("1001")).await.cookie;
    for planted in [made_up, own] {
        let knock = live.knock("an", PASSWORD, Some("1000"), true).header(header::COOKIE, &planted);
        let an = live.browser(knock.send().await.unwrap()).await;
        assert_ne!(an.cookie, planted);
        assert_eq!(an.ask("who", json!({})).await.1["login"], "an");
        let attacker = live.with_cookie(&planted);
        assert_eq!(attacker.ask("who", json!({})).await.1, Value::Null);
        assert_eq!(attacker.socket().await.closed().await, 4401);
    }
}

#[tokio::test]
async fn an_unknown_login_is_answered_like_a_wrong_password() {
    let live = Live::start().await;
    live.store.set_disabled("binh", true).await.unwrap();
    let wrong = refused(&live, "an", "wrong wrong wrong", "192.0.2.1").await;
    assert_eq!(wrong["why"], "credentials");
    for (login, password) in [("nobody", PASSWORD), ("binh", PASSWORD), ("", ""), ("an' OR '1'='1", "' OR '1'='1")] {
        assert_eq!(refused(&live, login, password, "192.0.2.1").await, wrong, "{login}");
    }
    // Waiting tells nobody either: an account that does not exist has to wait too.
    for login in ["an", "nobody"] {
        for _ in 0..5 {
            refused(&live, login, "wrong wrong wrong", "192.0.2.2").await;
        }
        assert_eq!(refused(&live, login, PASSWORD, "192.0.2.3").await["why"], "tooMany", "{login}");
    }
}

#[tokio::test]
async fn an_address_that_guesses_has_to_wait_whichever_accounts_it_tries() {
    let live = Live::start().await;
    for n in 0..30 {
        assert_eq!(refused(&live, &format!("login{n}"), "wrong", "192.0.2.1").await["why"], "credentials");
    }
    assert_eq!(refused(&live, "an", PASSWORD, "192.0.2.1").await["why"], "tooMany");
    // What the attacker writes before what the proxy adds is not believed.
    assert_eq!(refused(&live, "an", PASSWORD, "198.51.100.9, 192.0.2.1").await["why"], "tooMany");
    assert_eq!(refused(&live, "an", "wrong", "192.0.2.2").await["why"], "credentials", "others do not wait");
}

#[tokio::test]
async fn a_session_that_is_over_loses_its_requests_and_its_sockets() {
    let live = Live::start().await;
    let (an, binh) = (live.sign_in("an", Some("1000")).await, live.sign_in("binh", Some("1001")).await);
    let chi = live.sign_in("chi", None).await;
    let ((mut first, _), (mut second, _), (mut third, _)) =
        (an.open("desk").await, binh.open("desk").await, chi.open("floor").await);

    live.store.set_disabled("an", true).await.unwrap();
    let hash = password::hash("another password").await.unwrap();
    live.store.set_password("binh", &hash).await.unwrap();
    live.expire("chi").await;
    for browser in [&an, &binh, &chi] {
        let (status, refused) = browser.ask("today", json!({})).await;
        assert_ne!(status, StatusCode::OK);
        assert_eq!(refused["error"], "signInNeeded");
        assert_eq!(browser.socket().await.closed().await, 4401);
    }
    for socket in [&mut first, &mut second, &mut third] {
        assert_eq!(socket.closed().await, 4401);
    }
}
