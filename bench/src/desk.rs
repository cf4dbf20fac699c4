//! The clients: each opens its socket as a browser would, answers what it is asked, and writes
//! down what it heard when.

mod frame;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use domain::protocol::VERSION;
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use serde_json::json;
use tokio::{net::TcpStream, sync::Mutex as AsyncMutex, task::JoinHandle};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

pub use self::frame::News;
use self::frame::{Frame, Said};
use crate::{Outcome, recording::extension};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Sink = Arc<AsyncMutex<SplitSink<Socket, Message>>>;

/// How a client comes in.
#[derive(Clone)]
pub enum Door {
    /// With the cookie of its desk; lookups are made as the page makes them.
    Ringside {
        http: reqwest::Client,
        cookies: Arc<Vec<String>>,
    },
    /// The first frame is the phone's number.
    Plain,
    SocketIo,
}

/// What one desk wrote down.
#[derive(Debug, Default)]
pub struct Log {
    /// When it first heard this of that call.
    pub heard: HashMap<(usize, News), Instant>,
    pub frames: u64,
    pub bytes: u64,
    /// Whole frames, where they were asked for.
    pub texts: Vec<(Instant, String)>,
}

/// An open desk. It is closed when it is dropped.
pub struct Desk {
    log: Arc<Mutex<Log>>,
    task: JoinHandle<()>,
}

impl Desk {
    /// Opens the desk of a phone; it is welcomed by then.
    ///
    /// # Errors
    /// Where it is not let in.
    pub async fn open(port: u16, phone: usize, door: &Door, keep_texts: bool) -> Outcome<Self> {
        let socket = connect(port, phone, door).await?;
        let (sink, mut stream) = socket.split();
        let sink = Arc::new(AsyncMutex::new(sink));
        greet(&sink, &mut stream, phone, door).await?;
        let log = Arc::<Mutex<Log>>::default();
        let client = Client { port, phone, door: door.clone(), sink, log: log.clone(), keep_texts };
        Ok(Self { log, task: tokio::spawn(client.listen(stream)) })
    }

    /// What it wrote down since it was last asked.
    pub fn take_log(&self) -> Log {
        std::mem::take(&mut lock(&self.log))
    }

    /// Did its socket break?
    pub fn is_closed(&self) -> bool {
        self.task.is_finished()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn connect(port: u16, phone: usize, door: &Door) -> Outcome<Socket> {
    let path = if matches!(door, Door::SocketIo) { "socket.io/?EIO=4&transport=websocket" } else { "ws" };
    let mut request = format!("ws://127.0.0.1:{port}/{path}").into_client_request()?;
    if let Door::Ringside { cookies, .. } = door {
        let headers = request.headers_mut();
        headers.insert("origin", HeaderValue::try_from(origin(port))?);
        headers.insert("cookie", HeaderValue::try_from(cookie(cookies, phone)?)?);
    }
    let (socket, _) = connect_async_with_config(request, None, true).await?;
    Ok(socket)
}

fn origin(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn cookie(cookies: &[String], phone: usize) -> Outcome<&str> {
    Ok(cookies.get(phone).ok_or("there are more desks than sessions")?)
}

/// Says hello, and waits for the snapshot.
async fn greet(sink: &Sink, stream: &mut SplitStream<Socket>, phone: usize, door: &Door) -> Outcome {
    let hello = match door {
        Door::Ringside { .. } => json!({ "type": "hello", "version": VERSION, "view": "desk" }).to_string(),
        Door::Plain => phone.to_string(),
        Door::SocketIo => format!("40{}", json!({ "phone": extension(phone) })),
    };
    sink.lock().await.send(Message::text(hello)).await?;
    loop {
        let message = stream.next().await.ok_or("a desk was closed before it was welcomed")??;
        match message {
            Message::Text(text) if text.contains("\"snapshot\"") => return Ok(()),
            Message::Close(frame) => return Err(format!("a desk was not let in: {frame:?}").into()),
            _ => {}
        }
    }
}

struct Client {
    port: u16,
    phone: usize,
    door: Door,
    sink: Sink,
    log: Arc<Mutex<Log>>,
    keep_texts: bool,
}

impl Client {
    async fn listen(self, mut stream: SplitStream<Socket>) {
        let client = Arc::new(self);
        while let Some(Ok(message)) = stream.next().await {
            let at = Instant::now();
            let Message::Text(text) = message else { continue };
            match frame::read(&text) {
                Frame::Ping(pong) => {
                    let _ = client.sink.lock().await.send(Message::text(pong)).await;
                }
                Frame::Said(said) => client.hear(said, &text, at),
                Frame::Nothing => {}
            }
        }
    }

    fn hear(self: &Arc<Self>, said: Said, text: &str, at: Instant) {
        if let Some((call_id, lookup_id)) = said.lookup() {
            tokio::spawn(self.clone().look_up(call_id, lookup_id));
        }
        let mut log = lock(&self.log);
        log.frames += 1;
        log.bytes += text.len() as u64;
        if self.keep_texts {
            log.texts.push((at, text.to_owned()));
        }
        if let Some(news) = said.news() {
            log.heard.entry(news).or_insert(at);
        }
    }

    /// What the page's adapter does: asks the server, and sends on what it signed.
    async fn look_up(self: Arc<Self>, call_id: String, lookup_id: String) {
        if let Err(error) = self.find(&call_id, &lookup_id).await {
            eprintln!("a lookup failed: {error}");
        }
    }

    async fn find(&self, call_id: &str, lookup_id: &str) -> Outcome {
        let Door::Ringside { http, cookies } = &self.door else { return Ok(()) };
        let origin = origin(self.port);
        let question = json!({ "call_id": call_id, "lookup_id": lookup_id });
        let request = http
            .post(format!("{origin}/api/find_customer"))
            .header("cookie", cookie(cookies, self.phone)?)
            .header("origin", origin)
            .json(&question);
        let found: serde_json::Value = request.send().await?.error_for_status()?.json().await?;
        let answer = json!({
            "type": "customerData",
            "lookupId": lookup_id,
            "payload": found["payload"],
            "signature": found["signature"],
        });
        Ok(self.sink.lock().await.send(Message::text(answer.to_string())).await?)
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
