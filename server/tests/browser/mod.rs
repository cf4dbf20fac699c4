//! Browsers for the tests of a whole server: an HTTP client and WebSockets, and the simulator's
//! door to play calls by.

#![allow(dead_code, reason = "each program of tests uses its part")]

use std::{io, time::Duration};

use domain::{
    call::Party,
    protocol::{Frame, ServerMessage, VERSION},
};
use futures::{SinkExt, StreamExt};
use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, handshake::client::Request, http::HeaderValue},
};
use uuid::Uuid;

/// Everybody's, but in the demo.
pub const PASSWORD: &str = "correct horse battery";
/// Nguyễn Văn A's.
pub const NUMBER: &str = "0904859696";
/// Longer than anything here takes; a test that waits for it has failed.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Rings both desks; 1001 answers in the end.
pub fn answered() -> Value {
    json!({ "scenario": "answered", "by": "1001", "ringMs": 600, "talkMs": 200 })
}

/// Rings for longer than a test takes.
pub fn ringing() -> Value {
    json!({ "scenario": "noAnswer", "ringMs": 60_000 })
}

/// What a tab typed about a call, on top of version `base`.
pub fn draft(call: &str, base: usize, text: &str) -> Value {
    json!({
        "callId": call, "customerId": null, "baseVersion": base, "text": text, "tab": Uuid::new_v4(), "revision": 1,
    })
}

/// A press of Save.
pub fn save(draft: Value) -> Value {
    json!({ "save": { "saveId": Uuid::new_v4(), "draft": draft } })
}

/// A server as browsers reach it.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where it listens.
    address: String,
    /// Its public_url: what browsers say in `Origin`.
    pub origin: String,
    http: reqwest::Client,
}

impl Site {
    pub fn new(address: String, origin: String) -> Self {
        Self { address, origin, http: reqwest::Client::new() }
    }

    /// The same server, asked on a connection of its own each time: one that is kept may be closed
    /// just as it is used again.
    pub fn without_keep_alive(&self) -> Self {
        let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
        Self { http, ..self.clone() }
    }

    /// A request without a body, from nobody.
    pub fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.named(self.http.get(format!("{}{path}", self.address)))
    }

    /// How the house stands.
    pub async fn health(&self) -> Value {
        answer(self.get("/health").send().await.unwrap()).await
    }

    pub fn post(&self, path: &str, body: &Value) -> reqwest::RequestBuilder {
        self.post_text(path, &body.to_string())
    }

    /// A body that claims to be JSON.
    pub fn post_text(&self, path: &str, body: &str) -> reqwest::RequestBuilder {
        self.named(self.http.post(format!("{}{path}", self.address)))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_owned())
    }

    /// As a proxy hands the name on.
    fn named(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match self.origin.strip_prefix("https://") {
            Some(host) => request.header(header::HOST, host),
            None => request,
        }
    }

    pub async fn attempt(&self, login: &str, exten: Option<&str>, take_over: bool) -> Response {
        self.knock(login, PASSWORD, exten, take_over).send().await.unwrap()
    }

    /// An attempt to sign in that is not sent yet.
    pub fn knock(&self, login: &str, password: &str, exten: Option<&str>, take_over: bool) -> reqwest::RequestBuilder {
        let attempt = json!({ "login": login, "password": password, "exten": exten, "takeOver": take_over });
        self.post("/api/sign_in", &json!({ "attempt": attempt })).header(header::ORIGIN, &self.origin)
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
        Browser { site: self, cookie }
    }

    /// Somebody who sends this cookie.
    pub fn with_cookie(&self, cookie: &str) -> Browser<'_> {
        Browser { site: self, cookie: cookie.to_owned() }
    }

    /// Plays a call of Nguyễn Văn A's; answers with its id.
    pub async fn play(&self, scenario: Value) -> String {
        self.play_by(Party::new("A", NUMBER), scenario).await
    }

    /// Plays a call; answers with its id.
    pub async fn play_by(&self, caller: Party, scenario: Value) -> String {
        let mut body = scenario;
        body["caller"] = json!(caller);
        let response = self.post("/simulator/play", &body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        let played: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        played["callId"].as_str().unwrap().to_owned()
    }

    /// Opens a WebSocket without a session.
    pub async fn socket(&self, origin: Option<&str>, cookie: Option<&str>) -> Result<Socket, Error> {
        Ok(Socket(connect_async(self.upgrade(origin, cookie)?).await?.0))
    }

    /// The request that opens a WebSocket.
    fn upgrade(&self, origin: Option<&str>, cookie: Option<&str>) -> Result<Request, Error> {
        let mut request = format!("{}/ws", self.address.replacen("http", "ws", 1)).into_client_request()?;
        let host = self.origin.strip_prefix("https://");
        for (name, value) in [("origin", origin), ("cookie", cookie), ("host", host)] {
            if let Some(value) = value {
                request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
            }
        }
        Ok(request)
    }
}

/// What a server function answered.
pub async fn answer(response: Response) -> Value {
    let text = response.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

/// Someone who is signed in.
pub struct Browser<'a> {
    site: &'a Site,
    pub cookie: String,
}

impl Browser<'_> {
    /// Calls a server function.
    pub async fn ask(&self, function: &str, body: Value) -> (StatusCode, Value) {
        self.try_ask(function, body).await.unwrap()
    }

    /// Calls a server function of a server that may be gone.
    pub async fn try_ask(&self, function: &str, body: Value) -> Option<(StatusCode, Value)> {
        let request = self.site.post(&format!("/api/{function}"), &body).header(header::COOKIE, &self.cookie);
        let response = request.header(header::ORIGIN, &self.site.origin).send().await.ok()?;
        let (status, text) = (response.status(), response.text().await.ok()?);
        Some((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// A socket that has not said hello.
    pub async fn socket(&self) -> Socket {
        self.site.socket(Some(&self.site.origin), Some(&self.cookie)).await.unwrap()
    }

    /// A socket for which the kernel keeps but a few frames until they are read.
    pub async fn narrow_socket(&self) -> Socket {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let address = self.site.address.strip_prefix("http://").unwrap().parse().unwrap();
        let stream = MaybeTlsStream::Plain(socket.connect(address).await.unwrap());
        let request = self.site.upgrade(Some(&self.site.origin), Some(&self.cookie)).unwrap();
        Socket(client_async(request, stream).await.unwrap().0)
    }

    /// A socket that asks for its desk's stream from after delta `seq`, and the welcome.
    pub async fn resume(&self, epoch: &Value, seq: &Value) -> (Socket, Value) {
        let mut socket = self.socket().await;
        socket.say(json!({ "type": "hello", "version": VERSION, "view": "desk", "epoch": epoch, "seq": seq })).await;
        let welcome = socket.hear("welcome").await;
        (socket, welcome)
    }

    /// A socket that has been welcomed and has its snapshot.
    pub async fn open(&self, view: &str) -> (Socket, Value) {
        let mut socket = self.socket().await;
        socket.say(json!({ "type": "hello", "version": VERSION, "view": view })).await;
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
        self.try_say_text(&text).await.unwrap();
    }

    /// Says it to a server that may have closed.
    pub async fn try_say_text(&mut self, text: &str) -> Result<(), Error> {
        self.0.send(Message::Text(text.into())).await
    }

    /// Says bytes that need not be a frame, to a server that may have closed.
    pub async fn say_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        let MaybeTlsStream::Plain(stream) = self.0.get_mut() else { panic!("the tests speak no TLS") };
        stream.write_all(bytes).await
    }

    /// Reads until the connection is gone, with a close code or without one.
    pub async fn gone(&mut self) {
        let read = async { while let Some(Ok(_)) = self.0.next().await {} };
        assert!(tokio::time::timeout(PATIENCE, read).await.is_ok(), "the server holds on to the connection");
    }

    /// The next frame of this type, which must come in time. Every frame on the way must read as
    /// one that the protocol knows.
    pub async fn hear(&mut self, kind: &str) -> Value {
        self.hear_where(kind, |_| true).await
    }

    pub async fn hear_where(&mut self, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.hear_where_any(|frame| frame["type"] == kind && wanted(frame)).await
    }

    pub async fn hear_where_any(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let Message::Text(text) = self.next().await else { continue };
            let frame: Value = serde_json::from_str(&text).unwrap();
            let known: Frame = text.parse().unwrap();
            assert_eq!(frame["seq"].is_u64(), known.seq.is_some() && matches!(known.message, ServerMessage::Delta(_)));
            if wanted(&frame) {
                return frame;
            }
        }
    }

    /// The next frame, whichever it is, but pings.
    pub async fn hear_next(&mut self) -> Value {
        self.hear_where_any(|frame| frame["type"] != "ping").await
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

/// The call's card in a snapshot, if it is there.
pub fn card<'a>(snapshot: &'a Value, call: &str) -> Option<&'a Value> {
    snapshot["board"]["calls"].as_array().unwrap().iter().find(|card| card["callId"] == call)
}

/// Asks again and again until the answer is there: for what is written behind the call's back.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asked = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let Ok(answer) = asked.await else { panic!("{what}: not in time") };
    answer
}
