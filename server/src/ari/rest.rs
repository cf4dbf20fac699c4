//! ARI over HTTP: catching up, the event filter, and `continue`.
//! Source: the ARI pages of Asterisk's documentation (Asterisk REST Interface, Applications,
//! Channels, Bridges, Endpoints).

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use pbx::ari::{AsteriskInfo, Bridge, Channel, Endpoint};
use reqwest::{
    Client, Method, RequestBuilder, StatusCode,
    header::{self, HeaderValue},
};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::config::Ari;

/// How long any request may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The events that a call's story is told in; the others stay in Asterisk.
const EVENTS: [&str; 19] = [
    "ApplicationReplaced",
    "BridgeAttendedTransfer",
    "BridgeBlindTransfer",
    "ChannelCallerId",
    "ChannelConnectedLine",
    "ChannelCreated",
    "ChannelDestroyed",
    "ChannelEnteredBridge",
    "ChannelHangupRequest",
    "ChannelHold",
    "ChannelLeftBridge",
    "ChannelStateChange",
    "ChannelUnhold",
    "ContactStatusChange",
    "Dial",
    "EndpointStateChange",
    "PeerStatusChange",
    "StasisEnd",
    "StasisStart",
];

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum RestError {
    /// Asterisk was not reached, or did not answer in time.
    #[error("{path}: no answer from Asterisk: {}", root_cause(source))]
    Unreached { path: String, source: reqwest::Error },
    /// User or password are wrong.
    #[error("{path}: Asterisk refused the user name or the password of [ari]")]
    Refused { path: String },
    #[error("{path}: Asterisk answered {status}")]
    Status { path: String, status: StatusCode },
    #[error("{path}: Asterisk's answer could not be read: {detail}")]
    Unreadable { path: String, detail: String },
}

/// Errors of the client carry the URL at every level; the innermost says what happened.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Requests to one Asterisk. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Rest {
    http: Client,
    settings: Ari,
}

impl Rest {
    pub fn new(settings: Ari) -> Self {
        Self { http: Client::new(), settings }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/ari/{path}", self.settings.url.trim_end_matches('/'));
        self.http.request(method, url).timeout(PATIENCE).header(header::AUTHORIZATION, self.authorization())
    }

    /// RFC 7617. In a header, so that the password is in no URL and so in no log.
    pub fn authorization(&self) -> HeaderValue {
        let credentials = format!("{}:{}", self.settings.username, self.settings.password.expose());
        let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(credentials)))
            .unwrap_or(HeaderValue::from_static("Basic"));
        value.set_sensitive(true);
        value
    }

    async fn send(&self, request: RequestBuilder, path: &str) -> Result<reqwest::Response, RestError> {
        metrics::counter!("ringside_ari_requests_total").increment(1);
        let path = path.to_owned();
        match request.send().await {
            Err(source) => Err(RestError::Unreached { path, source: source.without_url() }),
            Ok(response) if response.status() == StatusCode::UNAUTHORIZED => Err(RestError::Refused { path }),
            Ok(response) if !response.status().is_success() => {
                Err(RestError::Status { path, status: response.status() })
            }
            Ok(response) => Ok(response),
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, RestError> {
        let response = self.send(self.request(Method::GET, path), path).await?;
        let unreadable = |detail: String| RestError::Unreadable { path: path.to_owned(), detail };
        let bytes = response.bytes().await.map_err(|error| unreadable(error.without_url().to_string()))?;
        serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))
    }

    pub async fn info(&self) -> Result<AsteriskInfo, RestError> {
        self.get("asterisk/info").await
    }

    pub async fn channels(&self) -> Result<Vec<Channel>, RestError> {
        self.get("channels").await
    }

    pub async fn bridges(&self) -> Result<Vec<Bridge>, RestError> {
        self.get("bridges").await
    }

    pub async fn endpoints(&self) -> Result<Vec<Endpoint>, RestError> {
        self.get("endpoints").await
    }

    /// Is our app known to Asterisk, that is, does somebody hold it or did its channels outlive
    /// its socket?
    pub async fn app_exists(&self) -> Result<bool, RestError> {
        let path = format!("applications/{}", self.settings.app);
        match self.send(self.request(Method::GET, &path), &path).await {
            Ok(_) => Ok(true),
            Err(RestError::Status { status: StatusCode::NOT_FOUND, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Subscribes the app to everything, whether or not Asterisk heeded `subscribeAll`: it does
    /// not when the app object is older than the socket.
    pub async fn subscribe_to_all(&self) -> Result<(), RestError> {
        let path = format!(
            "applications/{}/subscription?eventSource=channel:,bridge:,endpoint:,deviceState:",
            self.settings.app
        );
        self.send(self.request(Method::POST, &path), &path).await.map(drop)
    }

    /// Tells Asterisk which events to send.
    pub async fn filter_events(&self) -> Result<(), RestError> {
        let path = format!("applications/{}/eventFilter", self.settings.app);
        let allowed: Vec<_> = EVENTS.iter().map(|kind| json!({ "type": kind })).collect();
        let request = self.request(Method::PUT, &path).json(&json!({ "allowed": allowed }));
        self.send(request, &path).await.map(drop)
    }

    /// Sends a channel back into its dialplan. One that has left already needs nothing.
    pub async fn continue_in_dialplan(&self, channel: &str) -> Result<(), RestError> {
        let path = format!("channels/{channel}/continue");
        match self.send(self.request(Method::POST, &path), &path).await {
            Err(RestError::Status { status: StatusCode::NOT_FOUND | StatusCode::CONFLICT, .. }) => Ok(()),
            other => other.map(drop),
        }
    }
}
