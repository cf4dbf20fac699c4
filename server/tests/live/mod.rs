//! A whole server for the tests of its web side: a real port, a real database file, calls that
//! are played on request; and browsers, which are an HTTP client and WebSockets.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each file of tests uses its part; a test that cannot go on has failed"
)]

use std::time::Duration;

use domain::{
    call::Party,
    protocol::{Frame, ServerMessage},
    role::Role,
};
use futures::{SinkExt, StreamExt};
use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};
use server::{
    Source,
    auth::password,
    phone::{Region, parse},
    store::{Store, accounts::NewAccount, customers::NewCustomer},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::OnceCell,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Everybody's.
pub const PASSWORD: &str = "correct horse battery";
/// Nguyễn Văn A's.
pub const NUMBER: &str = "0904859696";
/// Longer than anything here takes; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Live {
    pub origin: String,
    pub store: Store,
    http: reqwest::Client,
    _stop: DropGuard,
    _dir: tempfile::TempDir,
}

impl Live {
    /// Desks 1000 and 1001, the agents an and binh, the supervisor chi, the customer Nguyễn Văn A.
    /// Desk 1000 is asked first to look a caller up.
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("ringside.db")).await.unwrap();
        for (login, role) in [("an", Role::Agent), ("binh", Role::Agent), ("chi", Role::Supervisor)] {
            let extens = if role == Role::Agent { vec!["1000".into(), "1001".into()] } else { vec![] };
            let new = NewAccount { login: login.into(), name: login.into(), role, whole_record: true, extens };
            store.add_account(&new, password_hash().await).await.unwrap().unwrap();
        }
        let phones = vec![(parse(NUMBER, Region::VIETNAM).unwrap(), NUMBER.to_owned())];
        let customer =
            NewCustomer { name: "Nguyễn Văn A".into(), city: None, active: true, phones, bookings: vec![] };
        store.add_customers(&[customer]).await.unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let config = toml::from_str(&format!(
            r#"
            public_url = "{origin}"
            [pbx]
            extensions = ["1000", "1001"]
            [lookup]
            order = ["1000", "1001"]
            timeout_ms = 300
            [simulator]
            calls = false
            "#
        ))
        .unwrap();
        let shutdown = CancellationToken::new();
        tokio::spawn(server::run(config, Source::Simulator, store.clone(), listener, shutdown.clone()));
        Self { origin, store, http: reqwest::Client::new(), _stop: shutdown.drop_guard(), _dir: dir }
    }

    /// A request without a body, from nobody.
    pub fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(format!("{}{path}", self.origin))
    }

    pub fn post(&self, path: &str, body: &Value) -> reqwest::RequestBuilder {
        self.http
            .post(format!("{}{path}", self.origin))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string())
    }

    pub async fn attempt(&self, login: &str, exten: Option<&str>, take_over: bool) -> Response {
        let attempt = json!({ "login": login, "password": PASSWORD, "exten": exten, "takeOver": take_over });
        let body = json!({ "attempt": attempt });
        self.post("/api/sign_in", &body).header(header::ORIGIN, &self.origin).send().await.unwrap()
    }

    /// Signs in, which must succeed.
    pub async fn sign_in(&self, login: &str, exten: Option<&str>) -> Browser<'_> {
        self.browser(self.attempt(login, exten, false).await).await
    }

    pub async fn browser(&self, signed_in: Response) -> Browser<'_> {
        let status = signed_in.status();
        let cookie = signed_in.headers().get(header::SET_COOKIE).cloned();
        let body = signed_in.text().await.unwrap();
        let Some(cookie) = cookie else { panic!("no sign-in: {status} {body}") };
        let cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        Browser { live: self, cookie }
    }

    /// Plays a call; answers with its id.
    pub async fn play(&self, scenario: Value) -> String {
        let mut body = scenario;
        body["caller"] = json!(Party { name: "A".into(), number: NUMBER.into() });
        let response = self.post("/simulator/play", &body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        let played: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        played["callId"].as_str().unwrap().to_owned()
    }

    /// Opens a WebSocket without a session.
    pub async fn socket(&self, origin: Option<&str>, cookie: Option<&str>) -> Result<Socket, Error> {
        let mut request = format!("{}/ws", self.origin.replacen("http", "ws", 1)).into_client_request()?;
        for (name, value) in [("origin", origin), ("cookie", cookie)] {
            if let Some(value) = value {
                request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
            }
        }
        Ok(Socket(connect_async(request).await?.0))
    }
}

/// Someone who is signed in.
pub struct Browser<'a> {
    live: &'a Live,
    cookie: String,
}

impl Browser<'_> {
    /// Calls a server function.
    pub async fn ask(&self, function: &str, body: Value) -> (StatusCode, Value) {
        let request = self.live.post(&format!("/api/{function}"), &body).header(header::COOKIE, &self.cookie);
        let response = request.header(header::ORIGIN, &self.live.origin).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// A socket that has not said hello.
    pub async fn socket(&self) -> Socket {
        self.live.socket(Some(&self.live.origin), Some(&self.cookie)).await.unwrap()
    }

    /// A socket that has been welcomed and has its snapshot.
    pub async fn open(&self, view: &str) -> (Socket, Value) {
        let mut socket = self.socket().await;
        socket.say(json!({ "type": "hello", "version": 1, "view": view })).await;
        socket.hear("welcome").await;
        let snapshot = socket.hear("snapshot").await;
        (socket, snapshot)
    }
}

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn say(&mut self, message: Value) {
        self.say_text(message.to_string()).await;
    }

    pub async fn say_text(&mut self, text: String) {
        self.0.send(Message::Text(text.into())).await.unwrap();
    }

    /// The next frame of this type, which must come in time. Every frame on the way must read as
    /// one that the protocol knows.
    pub async fn hear(&mut self, kind: &str) -> Value {
        self.hear_where(kind, |_| true).await
    }

    pub async fn hear_where(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let Message::Text(text) = self.next().await else { continue };
            let frame: Value = serde_json::from_str(&text).unwrap();
            let known: Frame = serde_json::from_str(&text).unwrap();
            assert_eq!(frame["seq"].is_u64(), known.seq.is_some() && matches!(known.message, ServerMessage::Delta(_)));
            if frame["type"] == kind && wanted(&frame) {
                return frame;
            }
        }
    }

    /// The code with which the server closes.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Message::Close(Some(frame)) = self.next().await {
                return frame.code.into();
            }
        }
    }

    async fn next(&mut self) -> Message {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await;
        let Ok(next) = next else { panic!("nothing came") };
        let Some(Ok(message)) = next else { panic!("the socket broke: {next:?}") };
        message
    }
}

/// Hashing is slow on purpose: once is enough.
async fn password_hash() -> &'static str {
    static HASH: OnceCell<String> = OnceCell::const_new();
    HASH.get_or_init(|| async { password::hash(PASSWORD).await.unwrap() }).await
}
