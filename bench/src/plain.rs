//! What the floor and the polling design share: desks' WebSockets without sessions or history.
//! A client's first frame is the number of its phone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures::{SinkExt, StreamExt, stream::SplitSink};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Mutex as AsyncMutex,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, accept_async, connect_async,
    tungstenite::{Message, Utf8Bytes},
};

use crate::{Outcome, asterisk::APP};

type Sink = Arc<AsyncMutex<SplitSink<WebSocketStream<TcpStream>, Message>>>;

/// The open desks, by the numbers of their phones. Cheap to clone.
#[derive(Clone, Default)]
pub struct Desks(Arc<Mutex<HashMap<usize, Sink>>>);

impl Desks {
    /// Takes clients in until the runtime ends.
    ///
    /// # Errors
    /// Where the port cannot be had.
    pub async fn serve(&self, listen: &str) -> Outcome {
        let listener = TcpListener::bind(listen).await?;
        let desks = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(desks.clone().serve_one(stream));
            }
        });
        Ok(())
    }

    async fn serve_one(self, stream: TcpStream) -> Outcome {
        stream.set_nodelay(true)?;
        let (sink, mut stream) = accept_async(stream).await?.split();
        if let Some(Ok(Message::Text(phone))) = stream.next().await {
            let sink = Arc::new(AsyncMutex::new(sink));
            // The answer tells that the desk is open.
            self.lock().insert(phone.parse()?, sink.clone());
            sink.lock().await.send(Message::text(r#"{"type":"snapshot"}"#)).await?;
            while let Some(Ok(_)) = stream.next().await {}
        }
        Ok(())
    }

    /// Writes a frame, there and then.
    pub async fn send(&self, phone: usize, text: Utf8Bytes) {
        let desk = self.lock().get(&phone).cloned();
        if let Some(desk) = desk {
            // A client that has gone needs no frame.
            let _ = desk.lock().await.send(Message::Text(text)).await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<usize, Sink>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens Asterisk's events.
///
/// # Errors
/// Where Asterisk is not there.
pub async fn events(asterisk: &str) -> Outcome<WebSocketStream<MaybeTlsStream<TcpStream>>> {
    let url = asterisk.replacen("http", "ws", 1);
    let (socket, _) = connect_async(format!("{url}/ari/events?app={APP}&subscribeAll=true")).await?;
    Ok(socket)
}
