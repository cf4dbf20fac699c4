//! Values of the configuration that are more than a text or a number. Each says what it expects.

use std::{collections::BTreeMap, fmt, net::IpAddr, num::NonZeroU64, str::FromStr};

use domain::{
    ids::{Endpoint, Extension, PbxName},
    link::SILENCE_MS,
};
use jiff::tz::TimeZone;
use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected},
};

/// More extensions than a range can mean.
const MAX_EXTENSIONS: usize = 10_000;

/// A password. It is never printed, not even to say that it cannot be one.
#[derive(Clone)]
pub struct Secret(String);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self).map_err(|_| D::Error::custom("expected a text in quotes"))
    }
}

impl Secret {
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Scheme, host and port of a website, as browsers send them in `Origin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Origin {
    /// The host, and the port unless it is the scheme's own: `ringside.example`, `127.0.0.1:3000`.
    fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// The same server under another host: `host` is what a `Host` header says. None where that is
    /// no host.
    fn at(&self, host: &str) -> Option<Self> {
        let (scheme, _) = self.0.split_once("://")?;
        // What else an address has is no part of a host.
        if host.contains(['/', '?', '#']) {
            return None;
        }
        format!("{scheme}://{host}").parse().ok()
    }
}

impl FromStr for Origin {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let uri: http::Uri = text.parse().map_err(|_| ())?;
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(());
        };
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(());
        }
        // Browsers leave the scheme's own port out.
        let port = match (scheme, authority.port_u16()) {
            (_, None) | ("http", Some(80)) | ("https", Some(443)) => String::new(),
            (_, Some(port)) => format!(":{port}"),
        };
        Ok(Self(format!("{scheme}://{}{port}", authority.host().to_ascii_lowercase())))
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|()| invalid(&text, "an address such as https://crm.example.vn, without a path"))
    }
}

/// The address at which people open Ringside.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct PublicUrl(Origin);

impl PublicUrl {
    /// What the `Origin` of our own pages is.
    pub fn origin(&self) -> &str {
        self.0.as_str()
    }

    /// What `Host` is: the name and, unless it is the scheme's own, the port.
    pub fn host(&self) -> &str {
        self.0.authority()
    }

    /// Is this value of a `Host` header ours? The scheme's own port may be named or left out
    /// (RFC 9110, 4.2.3); case does not matter.
    pub fn is_host(&self, host: &str) -> bool {
        self.0.at(host).as_ref() == Some(&self.0)
    }

    /// Is this value of an `Origin` header ours? As [`Self::is_host`]; `null` is nobody's.
    pub fn is_origin(&self, origin: &str) -> bool {
        origin.parse().as_ref() == Ok(&self.0)
    }

    /// Is it this machine's own name, which browsers trust without TLS?
    pub fn is_loopback(&self) -> bool {
        is_this_machine(self.host())
    }

    /// Do browsers reach us by TLS? Then cookies are Secure.
    pub fn is_https(&self) -> bool {
        self.origin().starts_with("https://")
    }
}

/// Is `host`, as `Host` says it, a name that every machine has for itself?
pub fn is_this_machine(host: &str) -> bool {
    let Ok(authority) = host.parse::<http::uri::Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

impl Default for PublicUrl {
    fn default() -> Self {
        Self(Origin("http://127.0.0.1:3000".to_owned()))
    }
}

/// In which order the clients of a call are asked to look its caller up (R6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupOrder {
    Random,
    /// These extensions first, in this order; then any other of the call.
    Preselected(Vec<Extension>),
}

impl<'de> Deserialize<'de> for LookupOrder {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        const EXPECTED: &str = "\"random\" or a list of extensions such as [\"1000\", \"1003\"]";
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Word(String),
            List(Vec<String>),
        }
        match Written::deserialize(from).map_err(|_| D::Error::custom(format!("expected {EXPECTED}")))? {
            Written::Word(word) if word == "random" => Ok(Self::Random),
            // An environment variable cannot hold a list.
            Written::Word(word) => {
                listed(word.split(',').map(str::trim)).map(Self::Preselected).map_err(|_| invalid(&word, EXPECTED))
            }
            Written::List(list) => {
                listed(list.iter().map(String::as_str)).map(Self::Preselected).map_err(|bad| invalid(&bad, EXPECTED))
            }
        }
    }
}

/// Extensions and ranges of them. Answers the one that is neither.
pub fn listed<'a>(written: impl Iterator<Item = &'a str>) -> Result<Vec<Extension>, String> {
    let mut extensions = Vec::new();
    for text in written {
        let range = text.split_once('-').map_or(Some((text, text)), |(first, last)| {
            (first.len() == last.len() && first <= last).then_some((first, last))
        });
        let (first, last) = range.filter(|(first, last)| is_digits(first) && is_digits(last)).ok_or(text)?;
        let width = first.len();
        let (Ok(low), Ok(high)) = (first.parse::<u64>(), last.parse::<u64>()) else {
            return Err(text.to_owned());
        };
        if high - low >= MAX_EXTENSIONS as u64 {
            return Err(text.to_owned());
        }
        // `001-012` are three digits each.
        extensions.extend((low..=high).map(|exten| Extension::new(format!("{exten:0width$}"))));
    }
    Ok(extensions)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn invalid<E: Error>(found: &str, expected: &str) -> E {
    E::invalid_value(Unexpected::Str(found), &expected)
}

/// Anything whose own error says what it expected.
pub(super) fn from_str<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

pub(super) fn time_zone<'de, D: Deserializer<'de>>(from: D) -> Result<TimeZone, D::Error> {
    let text = String::deserialize(from)?;
    TimeZone::get(&text).map_err(|_| invalid(&text, "an IANA time zone such as Asia/Ho_Chi_Minh"))
}

/// The name becomes a part of every call's id: it may never change, and its separator is a colon.
pub(super) fn pbx_name<'de, D: Deserializer<'de>>(from: D) -> Result<PbxName, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return Err(invalid(&text, "letters, digits, - and _"));
    }
    Ok(PbxName::new(text))
}

pub(super) fn extensions<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Extension>, D::Error> {
    let written = Vec::<String>::deserialize(from)?;
    listed(written.iter().map(String::as_str)).map_err(|bad| invalid(&bad, "an extension or a range such as 1000-1011"))
}

pub(super) fn endpoints<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Endpoint>, D::Error> {
    Vec::<String>::deserialize(from)?.into_iter().map(endpoint).collect()
}

pub(super) fn devices<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Endpoint, Extension>, D::Error> {
    BTreeMap::<String, String>::deserialize(from)?
        .into_iter()
        .map(|(device, exten)| {
            if is_digits(&exten) {
                Ok((endpoint(device)?, Extension::new(exten)))
            } else {
                Err(invalid(&exten, "an extension such as 1000"))
            }
        })
        .collect()
}

fn endpoint<E: Error>(text: String) -> Result<Endpoint, E> {
    match text.split_once('/') {
        Some((technology, resource)) if !technology.is_empty() && !resource.is_empty() => Ok(Endpoint::new(text)),
        _ => {
            Err(invalid(&text, "a technology and a resource such as PJSIP/1000; a context belongs in inbound_contexts"))
        }
    }
}

/// What is dialled before a number: keys of a telephone, and commas where a pause is made.
pub(super) fn dial_prefixes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let prefixes = Vec::<String>::deserialize(from)?;
    let is_dialled = |prefix: &&String| !prefix.is_empty() && prefix.chars().all(|c| "0123456789*#+,".contains(c));
    match prefixes.iter().find(|prefix| !is_dialled(prefix)) {
        Some(bad) => Err(invalid(bad, "what is dialled before a number, such as 9 or *72")),
        None => Ok(prefixes),
    }
}

/// A comma ends the app's name in `Stasis(app,arguments)`.
pub(super) fn stasis_app<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if text.trim().is_empty()
        || text.trim() != text
        || text.contains([',', '"', '(', ')'])
        || matches!(&*text, "." | "..")
    {
        return Err(invalid(&text, "the name of a Stasis app such as ringside"));
    }
    Ok(text)
}

/// Asterisk's HTTP server, without the `/ari` that follows, and without a slash at the end.
pub(super) fn ari_url<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if text.contains('@') {
        return Err(D::Error::custom("expected an address without a user: `username` and `password` are keys"));
    }
    let uri: Option<http::Uri> = text.parse().ok();
    match uri {
        Some(uri) if matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some() => {
            let base = text.trim_end_matches('/');
            Ok(base.strip_suffix("/ari").unwrap_or(base).to_owned())
        }
        _ => Err(invalid(&text, "an address such as http://127.0.0.1:8088")),
    }
}

pub(super) fn pace<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let pace = f64::deserialize(from)?;
    if (0.01..=1000.0).contains(&pace) {
        Ok(pace)
    } else {
        Err(D::Error::invalid_value(Unexpected::Float(pace), &"a number from 0.01 to 1000"))
    }
}

/// A browser gives a silent link up: two pings have to fit before.
const MOST_PING_SECONDS: u64 = SILENCE_MS / 2000;

pub(super) fn ping_seconds<'de, D: Deserializer<'de>>(from: D) -> Result<NonZeroU64, D::Error> {
    let seconds = NonZeroU64::deserialize(from)?;
    if seconds.get() <= MOST_PING_SECONDS {
        Ok(seconds)
    } else {
        let silence = SILENCE_MS / 1000;
        let expected =
            format!("a number from 1 to {MOST_PING_SECONDS}: a browser gives up a link that is silent for {silence} s");
        Err(D::Error::invalid_value(Unexpected::Unsigned(seconds.get()), &expected.as_str()))
    }
}
