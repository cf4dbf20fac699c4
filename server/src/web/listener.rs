//! Accepts connections and speaks HTTP/1.1 on them. `axum::serve` waits for ever for a request that
//! was begun; here everything that a client has to do has its time:
//!
//! | what | time | who watches |
//! |---|---|---|
//! | the head of a request, from the accept or the last answer on, so also a connection that is idle | 10 s | [`HEAD`], hyper |
//! | its body and our answer | 30 s | the router's timeout |
//! | the next byte of the answer taken | 30 s | [`STALLED`], the kernel |
//! | a WebSocket's hello, frames and pongs | | `ws` |
//!
//! How many there may be is [`Connections`]' to say.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::pin,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    time::{MissedTickBehavior, interval, sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::connections::{Connection, Connections};

/// A request's head comes within this.
const HEAD: Duration = Duration::from_secs(10);
/// A client that takes nothing of what is sent for this long is gone. Longer than a WebSocket's
/// own patience, which closes it with a code.
const STALLED: Duration = Duration::from_secs(30);
/// What is read of a request before it is handled, and written of an answer before it is taken. A
/// larger head is answered with 431. Cookies and what proxies add fit several times.
const BUFFER: usize = 32 * 1024;
/// How long to wait after an accept that failed for want of something.
const PAUSE: Duration = Duration::from_millis(100);
const CHECK_EVERY: Duration = Duration::from_secs(5);

/// Serves `router` to whoever connects, until `shutdown`. The connections are tasks of `tasks`,
/// which end when their requests have been answered.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: Connections,
    tasks: &TaskTracker,
    shutdown: CancellationToken,
) {
    let mut check = interval(CHECK_EVERY);
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let accepted = async {
            connections.room().await;
            listener.accept().await
        };
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return,
            _ = check.tick() => {
                connections.check_calm(Instant::now());
                continue;
            }
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // One that is refused is dropped, and so closed.
                if let Some(connection) = connections.enter(peer, Instant::now()) {
                    tasks.spawn(talk(stream, peer, connection, router.clone(), shutdown.clone()));
                }
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::debug!(%error, "no connection could be accepted");
                connections.starved(Instant::now());
                sleep(PAUSE).await;
            }
        }
    }
}

/// The client was gone again before it was accepted; see accept(2).
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers the requests of one connection until it is closed, or has become a WebSocket.
async fn talk(
    stream: TcpStream,
    peer: SocketAddr,
    connection: Connection,
    router: Router,
    shutdown: CancellationToken,
) {
    tracing::trace!(%peer, "accepted a connection");
    if let Err(error) = prepare(&stream) {
        tracing::debug!(%error, "a connection keeps the system's settings");
    }
    let service = service_fn(|request: Request<Incoming>| {
        connection.asked(Instant::now());
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(connection.clone());
        let router = router.clone();
        async move { Ok::<Response, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(BUFFER);
    let mut talk = pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let mut is_stopping = false;
    loop {
        tokio::select! {
            ended = talk.as_mut() => {
                if let Err(error) = ended {
                    tracing::trace!(%error, %peer, "a connection failed");
                }
                return;
            }
            () = connection.unwanted() => return,
            () = shutdown.cancelled(), if !is_stopping => {
                talk.as_mut().graceful_shutdown();
                is_stopping = true;
            }
        }
    }
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    // A frame must not wait for the browser's acknowledgement of the one before.
    stream.set_nodelay(true)?;
    SockRef::from(stream).set_tcp_user_timeout(Some(STALLED))
}
