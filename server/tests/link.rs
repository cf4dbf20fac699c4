//! The link to an Asterisk that answers, but not always as it should.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Query, State, WebSocketUpgrade, ws::Message},
    http::{StatusCode, Uri},
    routing::{any, get, post, put},
};
use domain::ids::ChannelId;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use server::{
    ari::{self, Signal},
    config::Config,
};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_util::sync::CancellationToken;

/// How long anything may take: much longer than it does.
const LONG: Duration = Duration::from_secs(20);

/// The connections that Asterisk's HTTP server takes (`sessionlimit` of http.conf).
const CONNECTIONS: usize = 100;

/// An Asterisk with callers in our app: what it answers to the attempts to send each on, in order,
/// before it does.
#[derive(Clone, Default)]
struct Asterisk {
    callers: Arc<Mutex<BTreeMap<String, Vec<StatusCode>>>>,
    /// These enter when somebody listens; the others are there before.
    enter: &'static [&'static str],
    /// What it tells of those who enter, nobody can read.
    mumbles: bool,
    /// It takes no subscription.
    deaf: bool,
    /// So many attempts that it takes come to nothing.
    forgets: Arc<AtomicUsize>,
    /// What each attempt was about.
    attempts: Arc<Mutex<Vec<String>>>,
    /// The apps that requests name.
    apps: Arc<Mutex<BTreeSet<String>>>,
    /// Attempts that are under way, and the most that were.
    at_once: Arc<AtomicUsize>,
    most_at_once: Arc<AtomicUsize>,
    /// Requests for what there is not.
    strays: Arc<Mutex<Vec<String>>>,
}

/// The id or name in a path as Asterisk reads it: there too, `+` is a space (`ast_uri_http_legacy`).
fn named_in(uri: &Uri) -> String {
    let raw = uri.path().split('/').nth(3).unwrap();
    percent_decode_str(&raw.replace('+', " ")).decode_utf8().unwrap().into_owned()
}

impl Asterisk {
    fn with(callers: &[(&str, &[StatusCode])]) -> Self {
        let callers = callers.iter().map(|(id, answers)| ((*id).to_owned(), answers.to_vec())).collect();
        Self { callers: Arc::new(Mutex::new(callers)), ..Self::default() }
    }

    fn left(&self) -> Vec<String> {
        self.callers.lock().unwrap().keys().cloned().collect()
    }

    /// Waits until everybody but these has been sent on.
    async fn has_only(&self, stuck: &[&str]) {
        let all = async {
            while self.left() != stuck {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(LONG, all).await.unwrap_or_else(|_| panic!("still in our app: {:?}", self.left()));
    }

    /// Serves ARI on a free port.
    async fn serve(self) -> String {
        let events =
            async |State(it): State<Self>, Query(query): Query<BTreeMap<String, String>>, upgrade: WebSocketUpgrade| {
                it.apps.lock().unwrap().insert(query["app"].clone());
                upgrade.on_upgrade(async move |mut socket| {
                for id in it.enter {
                    let at = if it.mumbles { "yesterday" } else { "2026-11-24T03:28:04.323+0000" };
                    let start = json!({ "type": "StasisStart", "timestamp": at, "application": "ringside", "args": [],
                                        "channel": channel(id) });
                    let _ = socket.send(Message::Text(start.to_string().into())).await;
                }
                while let Some(Ok(_)) = socket.recv().await {}
            })
            };
        let app = async |State(it): State<Self>, uri: Uri| {
            it.apps.lock().unwrap().insert(named_in(&uri));
            if it.deaf { ERROR } else { StatusCode::NO_CONTENT }
        };
        let stray = async |State(it): State<Self>, uri: Uri| {
            it.strays.lock().unwrap().push(uri.to_string());
            StatusCode::BAD_REQUEST
        };
        let go_on = async |State(it): State<Self>, uri: Uri| {
            let id = named_in(&uri);
            it.attempts.lock().unwrap().push(id.clone());
            it.most_at_once.fetch_max(it.at_once.fetch_add(1, Relaxed) + 1, Relaxed);
            tokio::time::sleep(Duration::from_millis(10)).await;
            it.at_once.fetch_sub(1, Relaxed);
            let mut callers = it.callers.lock().unwrap();
            match callers.get_mut(&id) {
                None => StatusCode::NOT_FOUND,
                Some(answers) if answers.is_empty() => {
                    if it.forgets.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok() {
                        return StatusCode::NO_CONTENT;
                    }
                    callers.remove(&id);
                    StatusCode::NO_CONTENT
                }
                Some(answers) => answers.remove(0),
            }
        };
        // Who enters has not entered yet.
        let all = async |State(it): State<Self>| {
            let there = it.left().into_iter().filter(|id| !it.enter.contains(&id.as_str()));
            Json(there.map(|id| channel(&id)).collect::<Value>())
        };
        let one = async |State(it): State<Self>, uri: Uri| {
            let id = named_in(&uri);
            if it.left().contains(&id) { Ok(Json(channel(&id))) } else { Err(StatusCode::NOT_FOUND) }
        };
        let info =
            json!({ "system": { "version": "22.0.0" }, "status": { "startup_time": "2026-01-01T00:00:00.000+0000" } });
        let none = || get(async || Json(json!([])));
        let router = Router::new()
            .route("/ari/events", get(events))
            .route("/ari/asterisk/info", get(async move || Json::<Value>(info)))
            .route("/ari/channels", get(all))
            .route("/ari/channels/{id}", get(one))
            .route("/ari/channels/{id}/continue", post(go_on))
            .route("/ari/bridges", none())
            .route("/ari/endpoints", none())
            .route("/ari/applications/{app}/subscription", post(app))
            .route("/ari/applications/{app}/eventFilter", put(app))
            .fallback(any(stray))
            .with_state(self);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        url
    }

    /// The link to it: what it says, and the questions that may be asked.
    async fn link(&self) -> (mpsc::Receiver<Signal>, mpsc::Sender<ChannelId>) {
        self.link_as("ringside").await
    }

    async fn link_as(&self, app: &str) -> (mpsc::Receiver<Signal>, mpsc::Sender<ChannelId>) {
        let url = self.clone().serve().await;
        let config: Config = toml::from_str(&format!(
            "[ari]\nurl = '{url}'\nusername = 'ringside'\npassword = 'x'\napp = {}",
            toml::Value::from(app)
        ))
        .unwrap();
        let (signals, heard) = mpsc::channel(ari::SIGNALS);
        let (questions, asked) = mpsc::channel(ari::QUESTIONS);
        tokio::spawn(ari::run(config.ari.unwrap(), signals, asked, CancellationToken::new()));
        (heard, questions)
    }
}

fn channel(id: &str) -> Value {
    json!({
        "id": id, "name": "PJSIP/trunk-1", "state": "Ring", "caller": { "name": "A", "number": "0904859696" },
        "dialplan": { "context": "from-trunk", "exten": "1900", "app_name": "Stasis", "app_data": "ringside,inbound" },
        "creationtime": "2026-11-24T03:28:04.323+0000",
    })
}

const ERROR: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

#[tokio::test]
async fn a_caller_is_sent_on_although_asterisk_refuses_at_first() {
    let mut asterisk = Asterisk::with(&[("1.1", &[ERROR, ERROR])]);
    asterisk.enter = &["1.1"];
    let (_heard, _questions) = asterisk.link().await;
    asterisk.has_only(&[]).await;
}

/// Ids that ARI's `channelId` takes, and that a URL must not be written with as they are.
const IDS: [&str; 18] = [
    "crm/7",
    "crm#7",
    "crm?7",
    "a b",
    "a+b",
    "a\tb",
    "100%",
    "%2F",
    "%2e%2e",
    "khách",
    "a&b=c",
    "a\\b",
    "..;1",
    "../bridges",
    "a/../b",
    "a:b@c",
    "\"<a>\"",
    "1.1",
];

#[tokio::test]
async fn a_stuck_channel_is_sent_on_whatever_characters_its_id_has() {
    let asterisk = Asterisk::with(&IDS.map(|id| (id, &[][..])));
    let (_heard, _questions) = asterisk.link().await;
    asterisk.has_only(&[]).await;
    assert_eq!(*asterisk.strays.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn an_entering_channel_is_sent_on_whatever_characters_its_id_has() {
    let mut asterisk = Asterisk::with(&IDS.map(|id| (id, &[StatusCode::NOT_FOUND][..])));
    asterisk.enter = &IDS;
    let (_heard, _questions) = asterisk.link().await;
    asterisk.has_only(&[]).await;
    assert_eq!(*asterisk.strays.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_channel_that_no_url_can_name_asks_for_nothing_else_and_keeps_no_one() {
    let asterisk = Asterisk::with(&[(".", &[]), ("..", &[]), ("1.1", &[])]);
    let (mut heard, _questions) = asterisk.link().await;
    let up = tokio::time::timeout(LONG, heard.recv()).await.unwrap();
    assert!(matches!(up, Some(Signal::Up { .. })));
    asterisk.has_only(&[".", ".."]).await;
    assert_eq!(*asterisk.attempts.lock().unwrap(), ["1.1"]);
    assert_eq!(*asterisk.strays.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn an_app_is_named_alike_in_every_request_whatever_characters_it_has() {
    for app in ["ringside", "ring side/1+1?#%2F&app=x", "\u{111}\u{1ed5} chu\u{f4}ng"] {
        let asterisk = Asterisk::default();
        let (mut heard, _questions) = asterisk.link_as(app).await;
        let up = tokio::time::timeout(LONG, heard.recv()).await.unwrap();
        assert!(matches!(up, Some(Signal::Up { .. })), "{app}: {up:?}");
        assert_eq!(*asterisk.apps.lock().unwrap(), BTreeSet::from([app.to_owned()]));
    }
}

#[tokio::test]
async fn a_404_or_409_is_believed_only_when_the_channel_has_left_our_app() {
    let (not_found, conflict) = (StatusCode::NOT_FOUND, StatusCode::CONFLICT);
    let asterisk = Asterisk::with(&[("1.1", &[not_found, not_found]), ("1.2", &[conflict])]);
    let (_heard, _questions) = asterisk.link().await;
    asterisk.has_only(&[]).await;
}

#[tokio::test]
async fn a_channel_that_has_left_our_app_is_tried_once() {
    let mut asterisk = Asterisk::with(&[("1.1", &[ERROR; 3])]);
    asterisk.enter = &["1.9"];
    let (_heard, _questions) = asterisk.link().await;
    // While this one is tried again and again, the other is not.
    asterisk.has_only(&[]).await;
    assert_eq!(asterisk.attempts.lock().unwrap().iter().filter(|id| *id == "1.9").count(), 1);
}

#[tokio::test]
async fn more_callers_than_asterisk_has_connections_for_are_all_sent_on() {
    let ids: Vec<String> = (0..300).map(|number| format!("1.{number}")).collect();
    let asterisk = Asterisk::with(&ids.iter().map(|id| (id.as_str(), &[][..])).collect::<Vec<_>>());
    let (_heard, _questions) = asterisk.link().await;
    asterisk.has_only(&[]).await;
    let most = asterisk.most_at_once.load(Relaxed);
    assert!(most <= CONNECTIONS, "{most} attempts at once");
}

#[tokio::test]
async fn a_caller_who_cannot_be_sent_on_keeps_neither_others_nor_the_link() {
    let asterisk = Asterisk::with(&[("1.1", &[ERROR; 1000]), ("1.2", &[])]);
    let (mut heard, _questions) = asterisk.link().await;
    let up = tokio::time::timeout(LONG, heard.recv()).await.unwrap();
    assert!(matches!(up, Some(Signal::Up { .. })));
    asterisk.has_only(&["1.1"]).await;
}

#[tokio::test]
async fn a_caller_whose_event_cannot_be_read_is_sent_on() {
    let mut asterisk = Asterisk::with(&[("1.1", &[])]);
    (asterisk.enter, asterisk.mumbles) = (&["1.1"], true);
    let (_heard, _questions) = asterisk.link().await;
    asterisk.has_only(&[]).await;
}

#[tokio::test]
async fn a_caller_is_sent_on_although_the_link_does_not_come_up() {
    let mut asterisk = Asterisk::with(&[("1.1", &[])]);
    asterisk.deaf = true;
    let (mut heard, _questions) = asterisk.link().await;
    asterisk.has_only(&[]).await;
    let down = tokio::time::timeout(LONG, heard.recv()).await.unwrap();
    assert!(matches!(down, Some(Signal::Down { .. })), "{down:?}");
}

#[tokio::test]
async fn a_caller_who_is_there_when_asked_about_though_they_were_sent_on_is_sent_on_again() {
    let mut asterisk = Asterisk::with(&[("1.1", &[])]);
    (asterisk.enter, asterisk.forgets) = (&["1.1"], Arc::new(1.into()));
    let (_heard, questions) = asterisk.link().await;
    let ask_again = async {
        while !asterisk.left().is_empty() {
            let _ = questions.try_send("1.1".into());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(tokio::time::timeout(LONG, ask_again).await.is_ok(), "{:?}", asterisk.attempts);
    assert_eq!(asterisk.attempts.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_question_about_a_channel_is_answered_whether_it_is_there_or_gone() {
    let asterisk = Asterisk::with(&[("crm/7", &[ERROR; 1000])]);
    let (mut heard, questions) = asterisk.link().await;
    let mut said = Vec::new();
    for id in ["crm/7", "1.9"] {
        questions.send(id.into()).await.unwrap();
    }
    while said.len() < 2 {
        if let Signal::Checked { channel, found } = tokio::time::timeout(LONG, heard.recv()).await.unwrap().unwrap() {
            said.push((channel.to_string(), found.is_some()));
        }
    }
    assert_eq!(said, [("crm/7".to_owned(), true), ("1.9".to_owned(), false)]);
}
