//! The link to an Asterisk that answers, but not always as it should.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, Query, State, WebSocketUpgrade, ws::Message},
    http::StatusCode,
    response::IntoResponse,
    routing::{any, get, post},
};
use domain::ids::ChannelId;
use serde_json::{Value, json};
use server::{
    ari::{self, Signal},
    config::Config,
};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_util::sync::CancellationToken;

/// How long anything may take: much longer than it does.
const LONG: Duration = Duration::from_secs(20);

/// An Asterisk with callers in our app: what it answers to the attempts to send each on, in order,
/// before it does.
#[derive(Clone, Default)]
struct Asterisk {
    callers: Arc<Mutex<BTreeMap<String, Vec<StatusCode>>>>,
    /// What it sends to whoever listens. The callers are there before.
    says: Vec<Value>,
    /// It refuses the subscription.
    deaf: bool,
    /// Whose socket it opens, where it looks at that.
    app: Option<&'static str>,
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
                if it.app.is_some_and(|app| query["app"] != app) {
                    return StatusCode::NOT_FOUND.into_response();
                }
                upgrade
                    .on_upgrade(async move |mut socket| {
                        for event in it.says {
                            let _ = socket.send(Message::Text(event.to_string().into())).await;
                        }
                        while let Some(Ok(_)) = socket.recv().await {}
                    })
                    .into_response()
            };
        let go_on = async |State(it): State<Self>, Path(id): Path<String>| {
            let mut callers = it.callers.lock().unwrap();
            match callers.get_mut(&id) {
                None => StatusCode::NOT_FOUND,
                Some(answers) if answers.is_empty() => {
                    callers.remove(&id);
                    StatusCode::NO_CONTENT
                }
                Some(answers) => answers.remove(0),
            }
        };
        // Who enters while somebody listens is not in the roll yet.
        let all = async |State(it): State<Self>| {
            let enters = |id: &String| it.says.iter().any(|event| event["channel"]["id"] == json!(id));
            Json(it.left().iter().filter(|id| !enters(id)).map(|id| channel(id)).collect::<Value>())
        };
        let subscribe = async |State(it): State<Self>| match it.deaf {
            true => StatusCode::NOT_FOUND,
            false => StatusCode::NO_CONTENT,
        };
        let one = async |State(it): State<Self>, Path(id): Path<String>| match it.left().contains(&id) {
            true => Ok(Json(channel(&id))),
            false => Err(StatusCode::NOT_FOUND),
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
            .route("/ari/applications/{app}/subscription", post(subscribe))
            .route("/ari/bridges", none())
            .route("/ari/endpoints", none())
            .fallback(any(async || StatusCode::NO_CONTENT))
            .with_state(self);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        url
    }

    /// The link to it: what it says, and the questions that may be asked.
    async fn link(&self) -> (mpsc::Receiver<Signal>, mpsc::Sender<ChannelId>) {
        let url = self.clone().serve().await;
        let config: Config =
            toml::from_str(&format!("[ari]\nurl = '{url}'\nusername = 'ringside'\npassword = 'x'")).unwrap();
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

/// A caller enters our app.
fn enters(channel: Value) -> Value {
    let at = "2026-11-24T03:28:04.323+0000";
    json!({ "type": "StasisStart", "timestamp": at, "application": "ringside", "args": [], "channel": channel })
}

const ERROR: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

#[tokio::test]
async fn a_caller_is_sent_on_although_asterisk_refuses_at_first() {
    let mut asterisk = Asterisk::with(&[("1.1", &[ERROR, ERROR])]);
    asterisk.says = vec![enters(channel("1.1"))];
    let (_heard, _questions) = asterisk.link().await;
    asterisk.has_only(&[]).await;
}

#[tokio::test]
async fn a_caller_whose_event_cannot_be_read_is_sent_on() {
    let mut asterisk = Asterisk::with(&[("1.1", &[])]);
    asterisk.says = vec![enters(json!({ "id": "1.1", "name": "PJSIP/trunk-1", "creationtime": "yesterday" }))];
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

/// Asterisk may say that it goes on, and it does not.
#[tokio::test]
async fn a_caller_who_is_still_there_when_asked_about_is_sent_on_again() {
    let mut asterisk = Asterisk::with(&[("1.1", &[StatusCode::NO_CONTENT])]);
    asterisk.says = vec![enters(channel("1.1"))];
    let (mut heard, questions) = asterisk.link().await;
    for _ in ["up", "entered"] {
        tokio::time::timeout(LONG, heard.recv()).await.unwrap().unwrap();
    }
    questions.send("1.1".into()).await.unwrap();
    asterisk.has_only(&[]).await;
}

/// `..` in a path means the folder above: another request than the one that was meant.
#[tokio::test]
async fn an_id_that_no_url_can_say_leads_to_no_other_request() {
    let asterisk = Asterisk::with(&[("..", &[]), ("1.1", &[])]);
    let (mut heard, questions) = asterisk.link().await;
    asterisk.has_only(&[".."]).await;
    for id in ["..", ".", "1.1"] {
        questions.send(id.into()).await.unwrap();
    }
    let up = tokio::time::timeout(LONG, heard.recv()).await.unwrap();
    assert!(matches!(up, Some(Signal::Up { .. })), "{up:?}");
    let checked = tokio::time::timeout(LONG, heard.recv()).await.unwrap();
    assert!(matches!(checked, Some(Signal::Checked { channel, found: None }) if channel.as_str() == "1.1"));
}

#[tokio::test]
async fn an_app_whose_name_has_any_character_is_listened_to() {
    let app = "a b/c#d?e&f=g%";
    let asterisk = Asterisk { app: Some(app), ..Asterisk::default() };
    let url = asterisk.serve().await;
    let mut ari: server::config::Ari =
        toml::from_str(&format!("url = '{url}'\nusername = 'ringside'\npassword = 'x'")).unwrap();
    app.clone_into(&mut ari.app);
    let (signals, mut heard) = mpsc::channel(ari::SIGNALS);
    let (_questions, asked) = mpsc::channel(ari::QUESTIONS);
    tokio::spawn(ari::run(ari, signals, asked, CancellationToken::new()));
    let up = tokio::time::timeout(LONG, heard.recv()).await.unwrap();
    assert!(matches!(up, Some(Signal::Up { .. })), "{up:?}");
}

#[tokio::test]
async fn a_channel_id_with_any_character_is_sent_on() {
    let ids = [
        "crm/7", "crm#7", "crm?7", "a b", "100%", "%2F", "%2e%2e", "khách", "a&b=c", "..;1", "a/../b", "/", "\\x",
        "a+b", "...", "1.1",
    ];
    let asterisk = Asterisk::with(&ids.map(|id| (id, &[][..])));
    let (_heard, _questions) = asterisk.link().await;
    asterisk.has_only(&[]).await;
}

#[tokio::test]
async fn a_404_or_409_is_believed_only_when_the_channel_has_left_our_app() {
    let (not_found, conflict) = (StatusCode::NOT_FOUND, StatusCode::CONFLICT);
    let asterisk = Asterisk::with(&[("1.1", &[not_found, not_found]), ("1.2", &[conflict])]);
    let (_heard, _questions) = asterisk.link().await;
    asterisk.has_only(&[]).await;
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
