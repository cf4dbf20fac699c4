//! The polling design: a call is announced by its `StasisStart`, and what its phones do is asked
//! of `GET /channels` after 100 ms, 300 ms, and then every second until the caller is gone.

use std::{collections::BTreeMap, time::Duration};

use bench::{
    Outcome,
    plain::{self, Desks},
    recording::FIRST_EXTENSION,
};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Message;

/// After the beginning of a call; then every [`EVERY`].
const FIRST: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(300)];
const EVERY: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    channel: Option<Channel>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
    name: String,
    state: String,
    caller: Party,
    channelvars: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Party {
    number: String,
}

/// What a desk is told.
#[derive(Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Frame {
    CallState { call_id: String, phase: &'static str, caller_id: String, state: BTreeMap<usize, String> },
    CallLeft { call_id: String },
}

struct Poller {
    asterisk: String,
    http: reqwest::Client,
    desks: Desks,
    caller: Channel,
}

#[tokio::main]
async fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [asterisk, listen] = &arguments[..] else {
        return Err("usage: poller ASTERISK LISTEN".into());
    };
    let (http, desks) = (reqwest::Client::new(), Desks::default());
    desks.serve(listen).await?;
    let mut events = plain::events(asterisk).await?;
    while let Some(Ok(message)) = events.next().await {
        let Message::Text(text) = message else { continue };
        let event: Event = serde_json::from_str(&text)?;
        if let (Some(caller), "StasisStart") = (event.channel, event.kind.as_str()) {
            let poller = Poller { asterisk: asterisk.clone(), http: http.clone(), desks: desks.clone(), caller };
            tokio::spawn(async move {
                if let Err(error) = poller.watch().await {
                    eprintln!("poller: {error}");
                }
            });
        }
    }
    Ok(())
}

impl Poller {
    /// Asks until the caller's channel is gone.
    async fn watch(&self) -> Outcome {
        self.http.post(format!("{}/ari/channels/{}/continue", self.asterisk, self.caller.id)).send().await?;
        let began = Instant::now();
        let later = (1..).map(|second| FIRST[1] + EVERY * second);
        let mut told = BTreeMap::new();
        for due in FIRST.into_iter().chain(later) {
            sleep_until(began + due).await;
            let list = self.http.get(format!("{}/ari/channels", self.asterisk)).send().await?.bytes().await?;
            let channels: Vec<Channel> = serde_json::from_slice(&list)?;
            let of_call = |channel: &&Channel| channel.channelvars.get("CHANNEL(linkedid)") == Some(&self.caller.id);
            let live: Vec<&Channel> = channels.iter().filter(of_call).collect();
            self.tell(&live, &mut told).await?;
            if live.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Tells every desk what changed for it.
    async fn tell(&self, live: &[&Channel], told: &mut BTreeMap<usize, Frame>) -> Outcome {
        let phones = live.iter().filter_map(|channel| Some((phone(channel)?, channel.state.clone())));
        let state: BTreeMap<usize, String> = phones.collect();
        let talks = state.values().any(|state| state == "Up");
        let call_id = || format!("main:{}", self.caller.id);
        let card = |phase, state: &BTreeMap<usize, String>| Frame::CallState {
            call_id: call_id(),
            phase,
            caller_id: self.caller.caller.number.clone(),
            state: state.clone(),
        };
        let mut news = BTreeMap::new();
        for (phone, its) in &state {
            if its == "Ringing" || its == "Up" {
                news.insert(*phone, card(if talks { "talking" } else { "ringing" }, &state));
            }
        }
        for (phone, before) in told.iter().filter(|(phone, _)| !state.contains_key(phone)) {
            match before {
                Frame::CallState { phase: "talking", .. } => news.insert(*phone, card("ended", &state)),
                Frame::CallState { phase: "ringing", .. } => {
                    news.insert(*phone, Frame::CallLeft { call_id: call_id() })
                }
                _ => None,
            };
        }
        for (phone, frame) in news {
            if told.get(&phone) != Some(&frame) {
                self.desks.send(phone, serde_json::to_string(&frame)?.into()).await;
                told.insert(phone, frame);
            }
        }
        Ok(())
    }
}

/// `PJSIP/10003-0000001b` is phone 3.
fn phone(channel: &Channel) -> Option<usize> {
    let exten: usize = channel.name.strip_prefix("PJSIP/")?.split('-').next()?.parse().ok()?;
    exten.checked_sub(FIRST_EXTENSION)
}
