//! Connections that ask for nothing, or never finish what they ask for: each is closed in time, and
//! where descriptors are few they keep neither a desk's calls nor a colleague out.

use std::{fs, time::Duration};

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::{
    browser::{eventually, ringing},
    crowd::Heard,
    house::{House, Running},
};

/// Far more than the server gives any client.
const PATIENCE: Duration = Duration::from_secs(120);
/// Hard and soft: the program cannot raise it.
const FEW_DESCRIPTORS: &str = "ulimit -n 200";
/// Several times as many as there are descriptors.
const STRANGERS: usize = 600;
/// Larger than all buffers between server and client.
const LARGE: usize = 64 << 20;

/// What a client does that holds a connection.
#[derive(Clone, Copy, Debug)]
enum Idler {
    /// Connects and says nothing.
    Silent,
    /// Ends no line of its head, a letter at a time.
    SlowHead,
    /// The same after a request that was answered.
    SlowSecondHead,
    /// Stays after its answer.
    KeepsAlive,
    /// Sends a body that never ends, a byte at a time.
    SlowBody,
    /// The same in chunks.
    SlowChunks,
    /// Asks for a page and sends a body with it.
    SlowBodyOfAPage,
    /// Takes nothing of a large answer.
    NeverReads,
}

impl Idler {
    const ALL: [Self; 8] = [
        Self::Silent,
        Self::SlowHead,
        Self::SlowSecondHead,
        Self::KeepsAlive,
        Self::SlowBody,
        Self::SlowChunks,
        Self::SlowBodyOfAPage,
        Self::NeverReads,
    ];

    /// What it sends at once, and what it goes on sending.
    fn says(self, port: u16) -> (String, &'static str) {
        let host = format!("Host: 127.0.0.1:{port}\r\n");
        let ours = format!("{host}Origin: http://127.0.0.1:{port}\r\nContent-Type: application/json\r\n");
        let whole = format!("GET /health HTTP/1.1\r\n{host}\r\n");
        match self {
            Self::Silent => (String::new(), ""),
            Self::SlowHead => (format!("GET /login HTTP/1.1\r\n{host}X-Slow: "), "x"),
            Self::SlowSecondHead => (format!("{whole}GET /login HTTP/1.1\r\n{host}X-Slow: "), "x"),
            Self::KeepsAlive => (whole, ""),
            Self::SlowBody => (format!("POST /api/sign_in HTTP/1.1\r\n{ours}Content-Length: 100000\r\n\r\n{{"), " "),
            Self::SlowChunks => {
                (format!("POST /api/sign_in HTTP/1.1\r\n{ours}Transfer-Encoding: chunked\r\n\r\n"), "1\r\n \r\n")
            }
            Self::SlowBodyOfAPage => (format!("GET /login HTTP/1.1\r\n{ours}Content-Length: 100000\r\n\r\n{{"), " "),
            Self::NeverReads => (format!("GET /pkg/large.bin HTTP/1.1\r\n{host}\r\n"), ""),
        }
    }

    async fn connect(self, port: u16) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut stream = socket.connect(([127, 0, 0, 1], port).into()).await.unwrap();
        // One that is closed at once hears no more.
        let _closed = stream.write_all(self.says(port).0.as_bytes()).await;
        stream
    }

    /// Goes on until the server has closed the connection.
    async fn until_closed(self, mut stream: TcpStream, port: u16) {
        let (_, more) = self.says(port);
        let mut answer = vec![0; 64 * 1024];
        loop {
            if !more.is_empty() && stream.write_all(more.as_bytes()).await.is_err() {
                return;
            }
            if let Ok(Ok(0) | Err(_)) = timeout(Duration::from_millis(500), stream.read(&mut answer)).await {
                return;
            }
        }
    }
}

/// A file that takes long to send.
fn with_large_file(house: House) -> House {
    fs::create_dir_all(house.path("site/pkg")).unwrap();
    fs::File::create(house.path("site/pkg/large.bin")).unwrap().set_len(LARGE as u64).unwrap();
    house
}

fn short_call() -> Value {
    json!({ "scenario": "answered", "by": "1000", "ringMs": 200, "talkMs": 200 })
}

/// The sum of these lines of `/metrics`.
async fn metric(running: &Running, begins: &str) -> f64 {
    let metrics = running.site.get("/metrics").send().await.unwrap().text().await.unwrap();
    let lines = metrics.lines().filter(|line| line.starts_with(begins));
    lines.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
}

#[tokio::test]
async fn a_client_that_does_not_go_on_is_closed_and_a_desk_stays() {
    let house = with_large_file(House::new().await);
    let running = house.serve().await;
    let an = running.agent("1000").await;
    let (desk, snapshot) = an.open("desk").await;
    let heard = Heard::listen(desk, snapshot["lastSeq"].as_u64().unwrap());
    let port = house.port();
    let idle = join_all(Idler::ALL.into_iter().map(async |idler| {
        let stream = idler.connect(port).await;
        if matches!(idler, Idler::NeverReads) {
            // It is not told, since it does not read.
            return std::mem::forget(stream.into_std().unwrap());
        }
        let closed = timeout(PATIENCE, idler.until_closed(stream, port)).await;
        assert!(closed.is_ok(), "{idler:?} is held");
    }));
    idle.await;
    let nobody_left = async {
        // The one that asks is counted too.
        while metric(&running, "ringside_connections{kind=\"unauthenticated\"}").await > 1.0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    assert!(timeout(PATIENCE, nobody_left).await.is_ok(), "whoever never reads is held");
    // The desk said nothing but its pongs, for longer than any of them.
    running.site.play(short_call()).await;
    eventually("the desk hears its call end", async || (!heard.ended().is_empty()).then_some(())).await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let house = House::new().await;
    let _running = house.serve().await;
    let host = format!("Host: 127.0.0.1:{}\r\n", house.port());
    let long = "x".repeat(100_000);
    for head in [
        format!("GET /{long} HTTP/1.1\r\n{host}\r\n"),
        format!("GET /health HTTP/1.1\r\n{host}X-Long: {long}\r\n\r\n"),
        format!("GET /health HTTP/1.1\r\n{host}{}\r\n", "X-Many: x\r\n".repeat(1000)),
        // It does not end, so that nothing but its length can be wrong.
        format!("GET /health HTTP/1.1\r\n{host}X-Long: {long}"),
    ] {
        let mut stream = TcpStream::connect(("127.0.0.1", house.port())).await.unwrap();
        // It may be closed before all of it was sent.
        let _closed = stream.write_all(head.as_bytes()).await;
        let mut answer = vec![0; 64];
        let read = timeout(PATIENCE, stream.read(&mut answer)).await.unwrap();
        let said = String::from_utf8_lossy(&answer);
        assert!(read.is_err() || said.starts_with("HTTP/1.1 431 "), "{said}");
    }
}

#[tokio::test]
async fn pages_that_are_asked_for_all_at_once_cost_no_descriptors() {
    let mut running = House::new().await.serve_after("ulimit -n 130", &["serve", "--simulate"]).await;
    running.site = running.site.without_keep_alive();
    for _ in 0..5 {
        // Nearly as many as are let in.
        let answers = join_all((0..30).map(|_| running.site.get("/login").send())).await;
        for answer in answers {
            let status = answer.unwrap().status();
            assert!(status.is_success(), "{status}: {}", running.said());
        }
    }
}

#[tokio::test]
async fn where_descriptors_are_few_a_desk_hears_its_calls_and_a_colleague_signs_in() {
    let house = with_large_file(House::new().await);
    let mut running = house.serve_after(FEW_DESCRIPTORS, &["serve", "--simulate"]).await;
    running.site = running.site.without_keep_alive();
    let an = running.agent("1000").await;
    let (desk, snapshot) = an.open("desk").await;
    let heard = Heard::listen(desk, snapshot["lastSeq"].as_u64().unwrap());
    let port = house.port();
    let mut calls = Vec::new();
    let mut strangers = Vec::new();
    for n in 0..STRANGERS {
        let idler = Idler::ALL[n % Idler::ALL.len()];
        strangers.push((idler, idler.connect(port).await));
        if n % 100 == 99 {
            calls.push(running.site.play(short_call()).await);
        }
    }
    let binh = running.agent("1001").await;
    let (mut colleague, _) = binh.open("desk").await;
    let call = running.site.play(ringing()).await;
    colleague.hear_where("callState", |state| state["callId"] == call).await;
    eventually("the desk hears every call end", async || {
        let ended = heard.ended();
        calls.iter().all(|call| ended.contains(call)).then_some(())
    })
    .await;
    let (status, draft) = binh.ask("drafts", json!({})).await;
    assert!(status.is_success(), "{draft}");

    let said = running.said();
    assert_eq!(said.matches("Too many connections").count(), 1, "{said}");
    assert!(!said.contains("ERROR") && !said.contains("panicked"), "{said}");
    assert!(metric(&running, "ringside_connections_closed_total").await > 0.0);
    let files = fs::read_dir(format!("/proc/{}/fd", running.pid())).unwrap().count();
    assert!(files < 200, "{files} descriptors");
    let closed = join_all(strangers.into_iter().filter(|(idler, _)| !matches!(idler, Idler::NeverReads)).map(
        async |(idler, stream)| {
            let closed = timeout(PATIENCE, idler.until_closed(stream, port)).await;
            assert!(closed.is_ok(), "{idler:?} is held");
        },
    ));
    closed.await;
    eventually("the house is well", async || (running.site.health().await["status"] == "ok").then_some(())).await;
}
