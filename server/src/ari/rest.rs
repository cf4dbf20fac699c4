//! ARI over HTTP: catching up, the event filter, and `continue`.
//! Source: the ARI pages of Asterisk's documentation (Asterisk REST Interface, Applications,
//! Channels, Bridges, Endpoints).

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::ids::ChannelId;
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
    /// A caller is in our app and Asterisk does not let them go on.
    #[error("{path}: Asterisk answered {status}, and the channel is still in our app")]
    Stuck { path: String, status: StatusCode },
    /// A URL cannot hold `.` or `..` as a segment, encoded or not (URL Standard): it would name another
    /// resource, so nothing is asked.
    #[error("{path}: a URL cannot name `.` or `..`: give the channel (ARI's channelId) or [ari] app another name")]
    Unaddressable { path: String },
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

    /// `segments` are encoded, each as one: a channel's id may hold `/`, `#` and `?`.
    pub(super) fn request(&self, method: Method, segments: &[&str]) -> RequestBuilder {
        self.request_to(method, self.settings.address(segments).map_or_else(String::new, String::from))
    }

    pub(super) fn request_to(&self, method: Method, url: String) -> RequestBuilder {
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

    pub(super) async fn send(
        &self,
        request: RequestBuilder,
        segments: &[&str],
    ) -> Result<reqwest::Response, RestError> {
        let path = segments.join("/");
        if segments.iter().any(|segment| matches!(*segment, "." | "..")) {
            return Err(RestError::Unaddressable { path });
        }
        metrics::counter!("ringside_ari_requests_total").increment(1);
        match request.send().await {
            Err(source) => Err(RestError::Unreached { path, source: source.without_url() }),
            Ok(response) if response.status() == StatusCode::UNAUTHORIZED => Err(RestError::Refused { path }),
            Ok(response) if !response.status().is_success() => {
                Err(RestError::Status { path, status: response.status() })
            }
            Ok(response) => Ok(response),
        }
    }

    async fn get<T: DeserializeOwned>(&self, segments: &[&str]) -> Result<T, RestError> {
        self.read(self.request(Method::GET, segments), segments).await
    }

    /// None where there is no such thing.
    pub(super) async fn find<T: DeserializeOwned>(&self, segments: &[&str]) -> Result<Option<T>, RestError> {
        match self.get(segments).await {
            Err(RestError::Status { status: StatusCode::NOT_FOUND, .. }) => Ok(None),
            found => found.map(Some),
        }
    }

    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        segments: &[&str],
    ) -> Result<T, RestError> {
        let response = self.send(request, segments).await?;
        let unreadable = |detail: String| RestError::Unreadable { path: segments.join("/"), detail };
        let bytes = response.bytes().await.map_err(|error| unreadable(error.without_url().to_string()))?;
        serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))
    }

    pub async fn info(&self) -> Result<AsteriskInfo, RestError> {
        self.get(&["asterisk", "info"]).await
    }

    pub async fn channels(&self) -> Result<Vec<Channel>, RestError> {
        self.get(&["channels"]).await
    }

    pub async fn bridges(&self) -> Result<Vec<Bridge>, RestError> {
        self.get(&["bridges"]).await
    }

    pub async fn endpoints(&self) -> Result<Vec<Endpoint>, RestError> {
        self.get(&["endpoints"]).await
    }

    /// A channel as it is now; none where it is gone.
    pub async fn channel(&self, channel: &ChannelId) -> Result<Option<Channel>, RestError> {
        self.find(&["channels", channel.as_str()]).await
    }

    /// Is our app known to Asterisk, that is, does somebody hold it or did its channels outlive
    /// its socket?
    pub async fn app_exists(&self) -> Result<bool, RestError> {
        let path = ["applications", &self.settings.app];
        match self.send(self.request(Method::GET, &path), &path).await {
            Ok(_) => Ok(true),
            Err(RestError::Status { status: StatusCode::NOT_FOUND, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Subscribes the app to everything, whether or not Asterisk heeded `subscribeAll`: it does
    /// not when the app object is older than the socket.
    pub async fn subscribe_to_all(&self) -> Result<(), RestError> {
        let path = ["applications", &self.settings.app, "subscription"];
        let url = self.settings.address(&path).map_or_else(String::new, |mut url| {
            url.query_pairs_mut().append_pair("eventSource", "channel:,bridge:,endpoint:,deviceState:");
            url.into()
        });
        self.send(self.request_to(Method::POST, url), &path).await.map(drop)
    }

    /// Tells Asterisk which events to send.
    pub async fn filter_events(&self) -> Result<(), RestError> {
        let path = ["applications", &self.settings.app, "eventFilter"];
        let allowed: Vec<_> = EVENTS.iter().map(|kind| json!({ "type": kind })).collect();
        let request = self.request(Method::PUT, &path).json(&json!({ "allowed": allowed }));
        self.send(request, &path).await.map(drop)
    }

    /// Sends a channel back into its dialplan. One that has left our app needs nothing; Asterisk is
    /// asked whether it has, since nothing is worse than a caller who stays in silence.
    pub async fn continue_in_dialplan(&self, channel: &ChannelId) -> Result<(), RestError> {
        let path = ["channels", channel.as_str(), "continue"];
        let refused = match self.send(self.request(Method::POST, &path), &path).await {
            Err(RestError::Status { status, .. }) if matches!(status, StatusCode::NOT_FOUND | StatusCode::CONFLICT) => {
                status
            }
            other => return other.map(drop),
        };
        match self.channel(channel).await? {
            Some(channel) if self.is_in_our_app(&channel) => {
                Err(RestError::Stuck { path: path.join("/"), status: refused })
            }
            _ => Ok(()),
        }
    }

    /// Is this channel in our app, where it waits until it is sent on?
    pub fn is_in_our_app(&self, channel: &Channel) -> bool {
        // As it stands in the dialplan: `Stasis( "ringside" ,inbound)` is our app too.
        let app = channel.dialplan.app_data.split(',').next().unwrap_or_default();
        let in_our_app = app.trim_matches([' ', '"']) == self.settings.app;
        channel.dialplan.app_name.eq_ignore_ascii_case("Stasis") && in_our_app
    }
}
