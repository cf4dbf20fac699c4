//! Accounts, sessions and desks, through the cookie that a browser would hold and against a
//! real SQLite file.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use app::ports::Door;
use axum::{Json, Router, extract::State, middleware, response::IntoResponse, routing};
use domain::{
    ids::{AccountId, Extension},
    protocol::CloseCode,
    role::{Role, Seat, SignedIn},
    sign_in::{ChangePassword, Entered, PasswordRefused, SignInAttempt, SignInRefused},
};
use http::{Request, header, request::Parts};
use jiff::{Timestamp, ToSpan};
use server::{
    auth::{Doorkeeper, keep_newer_cookie, session_layer},
    config::Config,
    exchange::{Exchange, Input},
    password,
    store::{Store, accounts::NewAccount},
};
use std::time::Duration;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tower::ServiceExt;

const PASSWORD: &str = "một mật khẩu dài";

/// A server with nothing but its door.
struct House {
    _dir: tempfile::TempDir,
    store: Store,
    keeper: Doorkeeper,
    router: Router,
    inputs: mpsc::Receiver<Input>,
}

impl House {
    async fn new() -> Self {
        Self::with("").await
    }

    async fn with(toml: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ringside.toml");
        std::fs::write(&path, toml).unwrap();
        let config = Config::load(Some(&path), std::iter::empty()).unwrap();
        let store = Store::open(&dir.path().join("ringside.db")).await.unwrap();
        let hash = password::hash(PASSWORD).await.unwrap();
        for (login, role, extens) in [
            ("an", Role::Agent, &["1000", "1001"][..]),
            ("binh", Role::Agent, &["1000"]),
            ("chi", Role::Supervisor, &[]),
        ] {
            let extens = extens.iter().map(|exten| Extension::from(*exten)).collect();
            let new =
                NewAccount { login: login.into(), name: format!("Chị {login}"), role, whole_record: true, extens };
            store.add_account(&new, &hash).await.unwrap().unwrap();
        }
        let (exchange, inputs) = Exchange::new();
        let keeper = Doorkeeper::new(store.clone(), exchange);
        let router = Router::new()
            .route("/in", routing::post(sign_in))
            .route("/api/sign_out", routing::post(sign_out))
            .route("/password", routing::post(change_password))
            .route("/who", routing::get(who))
            .layer(session_layer(&store, &config))
            .layer(middleware::from_fn(keep_newer_cookie))
            .with_state(keeper.clone());
        Self { _dir: dir, store, keeper, router, inputs: as_if_somebody_were_there(inputs) }
    }

    fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookie: None, set_cookie: None }
    }

    /// What the exchange was told next.
    async fn told(&mut self) -> Option<Input> {
        timeout(Duration::from_millis(50), self.inputs.recv()).await.ok()?
    }
}

/// Answers what the exchange is asked, and hands on what it is told.
fn as_if_somebody_were_there(mut inputs: mpsc::Receiver<Input>) -> mpsc::Receiver<Input> {
    let (told, tellings) = mpsc::channel(64);
    tokio::spawn(async move {
        while let Some(input) = inputs.recv().await {
            let telling = match input {
                Input::Deserted { answer, .. } => {
                    answer.send(false).unwrap();
                    continue;
                }
                Input::Vacate { seat, code, answer } => {
                    answer.send(true).unwrap();
                    Input::Vacate { seat, code, answer: oneshot::channel().0 }
                }
                other => other,
            };
            told.send(telling).await.unwrap();
        }
    });
    tellings
}

async fn sign_in(
    State(keeper): State<Doorkeeper>,
    parts: Parts,
    Json(attempt): Json<SignInAttempt>,
) -> impl IntoResponse {
    Json(keeper.door(&parts).unwrap().sign_in(attempt).await)
}

async fn sign_out(State(keeper): State<Doorkeeper>, parts: Parts) -> impl IntoResponse {
    Json(keeper.door(&parts).unwrap().sign_out().await)
}

async fn change_password(
    State(keeper): State<Doorkeeper>,
    parts: Parts,
    Json(change): Json<ChangePassword>,
) -> impl IntoResponse {
    let (who, _) = keeper.signed_in(&parts).await.unwrap().unwrap();
    Json(keeper.door(&parts).unwrap().change_password(&who, change).await)
}

async fn who(State(keeper): State<Doorkeeper>, parts: Parts) -> impl IntoResponse {
    Json(keeper.signed_in(&parts).await.unwrap().map(|(who, key)| (who, String::from(key))))
}

/// Holds one cookie.
struct Browser {
    router: Router,
    cookie: Option<String>,
    set_cookie: Option<String>,
}

impl Browser {
    async fn ask<T: serde::de::DeserializeOwned>(&mut self, request: http::request::Builder, body: String) -> T {
        let mut request = request.header(header::CONTENT_TYPE, "application/json");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let response = self.router.clone().oneshot(request.body(axum::body::Body::from(body)).unwrap()).await.unwrap();
        self.set_cookie = response.headers().get(header::SET_COOKIE).map(|value| value.to_str().unwrap().to_owned());
        if let Some(set) = &self.set_cookie {
            self.cookie = set.split(';').next().map(str::to_owned).filter(|_| !set.contains("Max-Age=0"));
        }
        let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
        serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{error}: {body:?}"))
    }

    async fn enter(&mut self, attempt: SignInAttempt) -> Result<Entered, SignInRefused> {
        self.ask(Request::post("/in"), serde_json::to_string(&attempt).unwrap()).await
    }

    async fn try_sign_in(&mut self, attempt: SignInAttempt) -> Result<SignedIn, SignInRefused> {
        self.enter(attempt).await.map(|entered| entered.who)
    }

    async fn change_password(&mut self, current: &str, new: &str) -> Result<(), PasswordRefused> {
        let change = ChangePassword { current: current.into(), new: new.into() };
        self.ask(Request::post("/password"), serde_json::to_string(&change).unwrap()).await
    }

    async fn sign_in(&mut self, login: &str, exten: &str) -> Result<SignedIn, SignInRefused> {
        self.try_sign_in(attempt(login, PASSWORD, exten, false)).await
    }

    async fn take_over(&mut self, login: &str, exten: &str) -> Result<SignedIn, SignInRefused> {
        self.try_sign_in(attempt(login, PASSWORD, exten, true)).await
    }

    async fn sign_out(&mut self) {
        let _: Result<(), app::error::AppError> = self.ask(Request::post("/api/sign_out"), String::new()).await;
    }

    async fn who(&mut self) -> Option<(SignedIn, String)> {
        self.ask(Request::get("/who"), String::new()).await
    }
}

fn attempt(login: &str, password: &str, exten: &str, take_over: bool) -> SignInAttempt {
    let exten = (!exten.is_empty()).then(|| exten.into());
    SignInAttempt { login: login.into(), password: password.into(), exten, take_over }
}

fn seat_of(signed_in: &SignedIn) -> Seat {
    signed_in.desk.clone().unwrap()
}

#[tokio::test]
async fn an_agent_signs_in_at_an_extension_and_out_again() {
    let mut house = House::new().await;
    let mut browser = house.browser();
    assert_eq!(browser.who().await, None);
    assert_eq!(browser.set_cookie, None, "a visit makes no session");

    let an = browser.sign_in(" AN ", "1000").await.unwrap();
    assert_eq!((an.account, an.login.as_str(), an.role), (AccountId(1), "an", Role::Agent));
    assert_eq!(seat_of(&an).exten, "1000".into());
    let (again, key) = browser.who().await.unwrap();
    assert_eq!(again, an);

    browser.sign_out().await;
    assert_eq!(browser.cookie, None);
    assert_eq!(browser.who().await, None);
    assert!(
        matches!(house.told().await, Some(Input::Vacate { seat, code: CloseCode::SignInAgain, .. }) if seat == seat_of(&an))
    );
    assert!(matches!(house.told().await, Some(Input::EndSession { session }) if session == key));
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_and_new_with_each_sign_in() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.sign_in("an", "1000").await.unwrap();
    let set = browser.set_cookie.clone().unwrap();
    for part in ["ringside=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Secure"), "{set}");

    let mut thief = house.browser();
    thief.cookie = browser.cookie.clone();
    browser.sign_in("an", "1001").await.unwrap();
    assert_ne!(browser.cookie, thief.cookie);
    assert_eq!(thief.who().await, None, "the old cookie is worth nothing");
}

#[tokio::test]
async fn with_tls_the_cookie_is_secure() {
    let house = House::with("public_url = 'https://desk.example.vn'").await;
    let mut browser = house.browser();
    browser.sign_in("an", "1000").await.unwrap();
    let set = browser.set_cookie.unwrap();
    assert!(set.starts_with("__Host-ringside=") && set.contains("Secure") && !set.contains("Domain"), "{set}");
}

#[tokio::test]
async fn a_stolen_database_signs_nobody_in() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.sign_in("an", "1000").await.unwrap();
    let cookie = browser.cookie.unwrap();
    let id = cookie.strip_prefix("ringside=").unwrap();
    let copy = house._dir.path().join("copy.db");
    server::store::backup(&house._dir.path().join("ringside.db"), &copy).await.unwrap();
    let copy = std::fs::read(copy).unwrap();
    assert!(!copy.windows(id.len()).any(|window| window == id.as_bytes()));
}

#[tokio::test]
async fn refusals_say_why_and_tell_nobody_which_accounts_exist() {
    let house = House::new().await;
    let mut browser = house.browser();
    for (login, password) in [("an", "wrong password"), ("nobody", PASSWORD), ("", "")] {
        let refused = browser.try_sign_in(attempt(login, password, "1000", false)).await;
        assert_eq!(refused, Err(SignInRefused::Credentials), "{login}");
    }
    assert_eq!(browser.sign_in("an", "").await, Err(SignInRefused::ExtensionNeeded));
    assert_eq!(browser.sign_in("binh", "1001").await, Err(SignInRefused::NotYours { exten: "1001".into() }));
    assert_eq!(browser.who().await, None);
    assert_eq!(house.browser().sign_in("chi", "").await.unwrap().desk, None, "a supervisor needs none");
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let house = House::new().await;
    let mut browser = house.browser();
    for _ in 0..5 {
        let refused = browser.try_sign_in(attempt("an", "wrong password", "1000", false)).await;
        assert_eq!(refused, Err(SignInRefused::Credentials));
    }
    let refused = browser.sign_in("an", "1000").await;
    assert!(matches!(refused, Err(SignInRefused::TooMany { seconds: 1..=3 })), "{refused:?}");
    house.browser().sign_in("binh", "1000").await.unwrap();
}

#[tokio::test]
async fn a_held_desk_is_taken_over_and_the_first_is_told() {
    let mut house = House::new().await;
    let (mut first, mut second) = (house.browser(), house.browser());
    let an = first.sign_in("an", "1000").await.unwrap();
    let held = second.sign_in("binh", "1000").await;
    assert_eq!(held, Err(SignInRefused::Held { exten: "1000".into(), by: "Chị an".into() }));
    assert_eq!(second.who().await, None);
    assert!(house.told().await.is_none());

    let binh = second.take_over("binh", "1000").await.unwrap();
    assert_ne!(seat_of(&an).epoch, seat_of(&binh).epoch);
    assert!(
        matches!(house.told().await, Some(Input::Vacate { seat, code: CloseCode::TakenOver, .. }) if seat == seat_of(&an))
    );
    let (an_now, _) = first.who().await.unwrap();
    assert_eq!(an_now.desk, None, "still signed in, to save what was typed, but at no desk");

    // The one who lost the desk does not free it by leaving.
    first.sign_out().await;
    assert_eq!(second.who().await.unwrap().0, binh);
    assert!(matches!(house.told().await, Some(Input::EndSession { .. })));
}

#[tokio::test]
async fn ones_own_desk_is_taken_back_unasked() {
    let mut house = House::new().await;
    let (mut closed, mut opened) = (house.browser(), house.browser());
    let before = closed.sign_in("an", "1000").await.unwrap();
    let after = opened.enter(attempt("an", PASSWORD, "1000", false)).await.unwrap();
    assert_ne!(seat_of(&before).epoch, seat_of(&after.who).epoch);
    assert!(after.from_elsewhere, "and it is said that the other browser was disconnected");
    let told = house.told().await;
    assert!(
        matches!(told, Some(Input::Vacate { seat, code: CloseCode::SignedInElsewhere, .. }) if seat == seat_of(&before))
    );
    assert_eq!(closed.who().await.unwrap().0.desk, None, "one sign-in holds it");
    let binh = house.browser().sign_in("binh", "1000").await;
    assert_eq!(binh, Err(SignInRefused::Held { exten: "1000".into(), by: "Chị an".into() }));
}

#[tokio::test]
async fn a_request_from_before_a_sign_in_takes_no_cookie_away() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.sign_in("an", "1000").await.unwrap();
    let mut underway = house.browser();
    underway.cookie = browser.cookie.clone();
    browser.sign_in("an", "1000").await.unwrap();
    assert_eq!(underway.who().await, None);
    assert_eq!(underway.set_cookie, None, "the browser has the new one by now");
    browser.sign_out().await;
    assert!(browser.set_cookie.unwrap().contains("Max-Age=0"));
}

#[tokio::test]
async fn of_two_at_once_one_gets_the_desk() {
    let house = House::new().await;
    let (mut first, mut second) = (house.browser(), house.browser());
    let (one, two) = tokio::join!(first.sign_in("an", "1000"), second.sign_in("binh", "1000"));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    assert!(matches!(one.or(two), Ok(winner) if winner.desk.is_some()));
}

#[tokio::test]
async fn signing_in_again_gives_the_old_desk_up() {
    let mut house = House::new().await;
    let mut browser = house.browser();
    let before = browser.sign_in("an", "1000").await.unwrap();
    let after = browser.enter(attempt("an", PASSWORD, "1001", false)).await.unwrap();
    assert!(after.from_elsewhere, "another tab had the desk");
    let told = house.told().await;
    assert!(
        matches!(told, Some(Input::Vacate { seat, code: CloseCode::SignedInElsewhere, .. }) if seat == seat_of(&before))
    );
    assert!(matches!(house.told().await, Some(Input::EndSession { .. })));
    house.browser().sign_in("binh", "1000").await.unwrap();
}

#[tokio::test]
async fn disabling_an_account_or_changing_its_password_ends_its_sessions() {
    let mut house = House::new().await;
    let mut browser = house.browser();

    let an = browser.sign_in("an", "1000").await.unwrap();
    let (_, key) = browser.who().await.unwrap();
    let hash = password::hash("another password").await.unwrap();
    assert!(house.store.set_password("an", &hash).await.unwrap());
    assert_eq!(browser.who().await, None);
    house.keeper.sweep(Timestamp::now()).await;
    assert!(
        matches!(house.told().await, Some(Input::Vacate { seat, code: CloseCode::SignInAgain, .. }) if seat == seat_of(&an))
    );
    assert!(matches!(house.told().await, Some(Input::EndSession { session }) if session == key));

    let mut binh = house.browser();
    binh.sign_in("binh", "1000").await.unwrap();
    assert!(house.store.set_disabled("binh", true).await.unwrap());
    assert_eq!(binh.who().await, None);
    assert_eq!(house.browser().sign_in("binh", "1000").await, Err(SignInRefused::Credentials));
    assert!(house.store.set_disabled("binh", false).await.unwrap());
    house.browser().sign_in("binh", "1000").await.unwrap();
    assert!(!house.store.set_disabled("nobody", true).await.unwrap());
}

#[tokio::test]
async fn a_person_changes_their_password_and_is_out_everywhere_else() {
    let mut house = House::new().await;
    let (mut here, mut elsewhere) = (house.browser(), house.browser());
    let there = elsewhere.sign_in("an", "1001").await.unwrap();
    let an = here.sign_in("an", "1000").await.unwrap();
    let mut thief = house.browser();
    thief.cookie = here.cookie.clone();

    let new = "mật khẩu mới dài hơn";
    assert_eq!(here.change_password("not the password", new).await, Err(PasswordRefused::WrongCurrent));
    assert_eq!(here.change_password(PASSWORD, "ngắn").await, Err(PasswordRefused::TooShort { min: 10 }));
    assert_eq!(here.change_password(PASSWORD, PASSWORD).await, Err(PasswordRefused::Same));
    assert_eq!(here.change_password(PASSWORD, &"x".repeat(2000)).await, Err(PasswordRefused::TooLong));
    assert!(house.told().await.is_none());
    assert_eq!(elsewhere.who().await.unwrap().0, there, "nothing has changed yet");

    assert_eq!(here.change_password(PASSWORD, new).await, Ok(()));
    assert_eq!(here.who().await.unwrap().0, an, "at the same desk");
    assert_eq!(elsewhere.who().await, None);
    assert_eq!(thief.who().await, None, "the old cookie is worth nothing");
    let told = house.told().await;
    assert!(matches!(told, Some(Input::Vacate { seat, code: CloseCode::SignInAgain, .. }) if seat == seat_of(&there)));
    assert_eq!(house.browser().sign_in("an", "1001").await, Err(SignInRefused::Credentials));
    house.browser().try_sign_in(attempt("an", new, "1001", false)).await.unwrap();
}

#[tokio::test]
async fn a_session_left_open_guesses_no_password() {
    let house = House::new().await;
    let mut browser = house.browser();
    browser.sign_in("an", "1000").await.unwrap();
    for _ in 0..5 {
        let refused = browser.change_password("a guess at it", "mật khẩu mới dài").await;
        assert_eq!(refused, Err(PasswordRefused::WrongCurrent));
    }
    let refused = browser.change_password(PASSWORD, "mật khẩu mới dài").await;
    assert!(matches!(refused, Err(PasswordRefused::TooMany { .. })), "{refused:?}");
}

#[tokio::test]
async fn an_expired_session_frees_its_desk() {
    let mut house = House::new().await;
    house.browser().sign_in("an", "1000").await.unwrap();
    house.keeper.sweep(Timestamp::now() + 11.hours()).await;
    assert!(house.told().await.is_none());
    house.keeper.sweep(Timestamp::now() + 13.hours()).await;
    assert!(matches!(house.told().await, Some(Input::Vacate { .. })));
    house.browser().sign_in("binh", "1000").await.unwrap();
}

#[tokio::test]
async fn logins_are_unique_in_whatever_case() {
    let house = House::new().await;
    let new =
        NewAccount { login: "AN".into(), name: "x".into(), role: Role::Admin, whole_record: true, extens: vec![] };
    assert_eq!(house.store.add_account(&new, "hash").await.unwrap(), None);
    let accounts = house.store.accounts().await.unwrap();
    assert_eq!(accounts.iter().map(|account| account.login.as_str()).collect::<Vec<_>>(), ["an", "binh", "chi"]);
    assert_eq!(accounts[0].extens, ["1000", "1001"].map(Extension::from));
}
