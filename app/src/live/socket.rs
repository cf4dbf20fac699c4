//! Drives [`domain::link::Link`] with a real WebSocket, real timers and the page's visibility.

use std::{cell::RefCell, rc::Rc, time::Duration};

use domain::{
    link::{Action, Input, Link},
    protocol::{ClientMessage, Frame, View},
};
use futures::{
    SinkExt, StreamExt,
    channel::mpsc,
    future::{AbortHandle, Either, abortable, poll_fn, select},
    pin_mut,
};
use gloo_net::websocket::{Message, State, WebSocketError, futures::WebSocket};
use leptos::{ev, prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;

use super::Live;
use crate::{
    browser,
    crm::{BuiltIn, answer_lookup},
    patience::patient,
    server_fns::session::who,
};

struct Driver {
    link: Link,
    outgoing: Option<mpsc::UnboundedSender<ClientMessage>>,
    socket: Option<AbortHandle>,
}

#[derive(Clone)]
struct Shared {
    driver: Rc<RefCell<Driver>>,
    live: Live,
}

/// A session is renewed by requests, and a desk that only listens makes none: it asks who it is,
/// many times in the hour that the shortest session lasts.
const ASK_WHO: Duration = Duration::from_secs(10 * 60);

/// Opens the link; it lives until [`Live::stop`].
pub fn start(live: Live, view: View) {
    let (link, actions) = Link::new(view, millis());
    let driver = Rc::new(RefCell::new(Driver { link, outgoing: None, socket: None }));
    let shared = Shared { driver, live };
    let sender = SendWrapper::new(shared.clone());
    live.outgoing.set_value(Some(std::sync::Arc::new(move |message| sender.send(message))));

    let ticking = shared.clone();
    let tick = set_interval_with_handle(
        move || {
            live.tick();
            ticking.feed(Input::Tick);
        },
        Duration::from_secs(1),
    );
    let asking = shared.clone();
    let ask = set_interval_with_handle(move || asking.ask_who(), ASK_WHO);
    let waking = SendWrapper::new(shared.clone());
    let online = waking.clone();
    let online = window_event_listener(ev::online, move |_| online.feed(Input::Wake));
    let visible = window_event_listener(ev::Custom::<web_sys::Event>::new("visibilitychange"), move |_| {
        if browser::is_visible() {
            waking.feed(Input::Wake);
        }
    });
    let closing = SendWrapper::new(shared.clone());
    live.stopping.set_value(Some(Box::new(move || {
        for interval in [tick, ask].into_iter().flatten() {
            interval.clear();
        }
        online.remove();
        visible.remove();
        closing.hang_up();
    })));
    shared.carry_out(actions);
}

fn millis() -> u64 {
    browser::steady_ms().unsigned_abs()
}

impl Shared {
    fn feed(&self, input: Input) {
        let (actions, state) = {
            let mut driver = self.driver.borrow_mut();
            let actions = driver.link.handle(input, millis(), browser::random());
            (actions, driver.link.state())
        };
        if self.live.link.get_untracked() != state {
            self.live.set_link(state);
        }
        self.carry_out(actions);
    }

    fn send(&self, message: ClientMessage) {
        if let Some(outgoing) = &self.driver.borrow().outgoing {
            // A socket that is gone says so itself.
            let _ = outgoing.unbounded_send(message);
        }
    }

    fn carry_out(&self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Open => self.open(),
                Action::Close => self.hang_up(),
                Action::Send(message) => self.send(message),
                Action::Reset => {
                    let board = self.driver.borrow().link.board().clone();
                    self.live.reset(&board);
                }
                Action::Changed(delta) => self.live.apply(delta),
                Action::Clock(now) => self.live.set_clock(now),
                Action::LookUp { lookup_id, call_id, timeout_ms } => {
                    let shared = self.clone();
                    let timeout_ms = u32::try_from(timeout_ms).unwrap_or(u32::MAX);
                    spawn_local(async move {
                        answer_lookup(BuiltIn, lookup_id, call_id, timeout_ms, |message| shared.send(message)).await;
                    });
                }
                Action::Refetch { call_id, tab } => self.live.ask_again(call_id, tab),
                Action::HistoryChanged => self.live.history.notify(),
                Action::Complain { code, message } => leptos::logging::warn!("the server: {code:?}: {message}"),
            }
        }
    }

    fn ask_who(&self) {
        let shared = self.clone();
        spawn_local(async move {
            // A server that does not answer says nothing of the session.
            if patient(who()).await == Ok(None) && !shared.live.link.is_disposed() {
                shared.feed(Input::SignedOut);
            }
        });
    }

    fn hang_up(&self) {
        let mut driver = self.driver.borrow_mut();
        driver.outgoing = None;
        if let Some(socket) = driver.socket.take() {
            socket.abort();
        }
    }

    fn open(&self) {
        self.hang_up();
        let (outgoing, messages) = mpsc::unbounded();
        let (socket, handle) = abortable(self.clone().converse(messages));
        {
            let mut driver = self.driver.borrow_mut();
            driver.outgoing = Some(outgoing);
            driver.socket = Some(handle);
        }
        spawn_local(async move {
            let _ = socket.await;
        });
    }

    /// One socket, from its opening to its end.
    async fn converse(self, mut messages: mpsc::UnboundedReceiver<ClientMessage>) {
        let Ok(mut socket) = WebSocket::open(&browser::socket_url()) else {
            return self.feed(Input::Closed { code: 1006 });
        };
        // One that failed to open is ready too: to say that it is closed.
        if poll_fn(|context| socket.poll_ready_unpin(context)).await.is_ok() && matches!(socket.state(), State::Open) {
            self.feed(Input::Opened);
        }
        let (mut sink, mut stream) = socket.split();
        let write = async {
            while let Some(message) = messages.next().await {
                let Ok(text) = serde_json::to_string(&message) else { continue };
                if sink.send(Message::Text(text)).await.is_err() {
                    break;
                }
            }
            // Nobody sends any more, but the other side may still speak.
            std::future::pending::<()>().await;
        };
        let read = async {
            while let Some(message) = stream.next().await {
                match message {
                    Ok(Message::Text(text)) => self.feed(match text.parse::<Frame>() {
                        Ok(frame) => Input::Frame(Box::new(frame)),
                        Err(_) => Input::Garbage,
                    }),
                    Ok(Message::Bytes(_)) => self.feed(Input::Garbage),
                    Err(WebSocketError::ConnectionClose(close)) => return close.code,
                    Err(_) => {}
                }
            }
            1006
        };
        pin_mut!(write, read);
        if let Either::Right((code, _)) = select(write, read).await {
            self.feed(Input::Closed { code });
        }
    }
}
