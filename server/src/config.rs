//! The configuration: one file, `ringside.toml`, and environment variables over it.
//!
//! Every key is documented in `ringside.example.toml` at the root of the repository, and nowhere
//! else. The program carries that file: it tells which environment variables there are and of
//! which type their values. An unknown key or a bad value stops the start.

pub mod caveats;
mod defaults;
mod env;
mod mistakes;
mod values;

use std::{
    collections::BTreeMap,
    fs, io,
    net::SocketAddr,
    num::{NonZeroU32, NonZeroU64, NonZeroUsize},
    path::{Path, PathBuf},
    time::Duration,
};

use domain::{
    ids::{Endpoint, Extension, PbxName},
    role::Role,
};
use jiff::tz::TimeZone;
use pbx::switchboard::Topology;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use url::Url;

pub use mistakes::why_no_endpoint;
use phone::Region;
pub use values::{LookupOrder, Origin, PublicUrl, Secret, is_this_machine, listed};

/// Every key, with its default and what it means.
pub const EXAMPLE: &str = include_str!("../../ringside.example.toml");

/// Where the file is looked for when nothing is said.
pub const DEFAULT_FILE: &str = "ringside.toml";

/// Everything that can be configured. Without a file all of it has a default but `[ari]`, and
/// only the simulator can be served.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub listen: SocketAddr,
    pub public_url: PublicUrl,
    pub database: PathBuf,
    #[serde(deserialize_with = "values::time_zone")]
    pub time_zone: TimeZone,
    #[serde(deserialize_with = "values::from_str")]
    pub region: Region,
    pub pbx: Pbx,
    pub ari: Option<Ari>,
    pub lookup: Lookup,
    pub hub: Hub,
    pub simulator: Simulator,
    pub session: Session,
    pub embed: Embed,
    pub connections: Connections,
}

/// `[pbx]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pbx {
    #[serde(deserialize_with = "values::pbx_name")]
    pub name: PbxName,
    pub inbound_contexts: Vec<String>,
    #[serde(deserialize_with = "values::endpoints")]
    pub trunks: Vec<Endpoint>,
    #[serde(deserialize_with = "values::extensions")]
    pub extensions: Vec<Extension>,
    #[serde(deserialize_with = "values::devices")]
    pub devices: BTreeMap<Endpoint, Extension>,
    pub outbound_pop: bool,
    pub dial: Dial,
    pub show_withheld: Vec<Role>,
}

/// `[pbx.dial]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dial {
    #[serde(deserialize_with = "values::dial_prefixes")]
    pub strip_prefixes: Vec<String>,
}

/// `[ari]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ari {
    #[serde(deserialize_with = "values::ari_url")]
    pub url: String,
    pub username: String,
    pub password: Secret,
    #[serde(default = "defaults::stasis_app", deserialize_with = "values::stasis_app")]
    pub app: String,
}

/// `[lookup]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lookup {
    pub order: LookupOrder,
    timeout_ms: NonZeroU64,
}

/// `[hub]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hub {
    #[serde(deserialize_with = "values::ping_seconds")]
    ping_seconds: NonZeroU64,
    pub missed_pings: NonZeroU32,
    resend_seconds: NonZeroU64,
    pub queue: NonZeroUsize,
}

/// `[simulator]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Simulator {
    pub seed: u64,
    /// 1 is a real day's pace, 2 is twice as fast.
    #[serde(deserialize_with = "values::pace")]
    pub pace: f64,
    /// Play calls by itself.
    pub calls: bool,
}

/// `[session]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    hours: NonZeroU32,
}

/// `[embed]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Embed {
    /// Pages of these origins may show the desk in a frame.
    pub origins: Vec<Origin>,
}

/// `[connections]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Connections {
    pub max_unauthenticated: NonZeroUsize,
    pub max_unauthenticated_per_address: NonZeroUsize,
}

/// Why the configuration cannot be used. The administrator reads it at the start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {path}: {source}")]
    Unreadable { path: PathBuf, source: io::Error },
    /// The file is no TOML. The line is named but not shown: a password may stand there.
    #[error("{path} is not TOML: line {line}: {problem}")]
    Syntax { path: PathBuf, line: usize, problem: String },
    /// A key or its value; the text names the key, what was found and what was expected.
    #[error("cannot use the configuration{}: {problem}", .path.as_ref().map(|path| format!(" {}", path.display())).unwrap_or_default())]
    Value { path: Option<PathBuf>, problem: String },
    /// A variable of the environment; the text names it.
    #[error("cannot use the environment variable {name}: {problem}")]
    Variable { name: String, problem: String },
}

impl Config {
    /// Reads `file`, or else `ringside.toml` where there is one, and the environment over it.
    ///
    /// # Errors
    /// [`ConfigError`] names the key, what was found and what was expected.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let default = Path::new(DEFAULT_FILE);
        let file = file.or_else(|| default.exists().then_some(default));
        let text = match file {
            Some(path) => {
                fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?
            }
            None => String::new(),
        };
        let mut table = toml::from_str(&text).map_err(|error: toml::de::Error| ConfigError::Syntax {
            path: file.unwrap_or(default).to_owned(),
            line: line_of(&error, &text),
            problem: error.message().to_owned(),
        })?;
        env::overlay(&mut table, environment)?;
        let path = file.map(Path::to_owned);
        let config: Self = table
            .try_into()
            .map_err(|error: toml::de::Error| ConfigError::Value { path: path.clone(), problem: one_line(&error) })?;
        match config.pbx.contradiction() {
            Some(problem) => Err(ConfigError::Value { path, problem }),
            None => Ok(config),
        }
    }
}

fn line_of(error: &toml::de::Error, text: &str) -> usize {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
    before.matches('\n').count() + 1
}

/// toml says what is wrong and, on a second line, `in` which key.
fn one_line(error: &toml::de::Error) -> String {
    let text = error.to_string();
    match text.trim().rsplit_once("\nin ") {
        Some((problem, key)) => format!("{}: {}", key.trim_matches('`'), problem.replace('\n', " ")),
        None => text.trim().replace('\n', " "),
    }
}

impl Pbx {
    /// What the switchboard has to be told.
    pub fn topology(&self) -> Topology {
        Topology {
            pbx: self.name.clone(),
            inbound_contexts: self.inbound_contexts.clone(),
            trunks: self.trunks.clone(),
            extensions: self.extensions.iter().cloned().collect(),
            devices: self.devices.clone(),
        }
    }
}

impl Ari {
    /// The address of `/ari` and these segments of a path, each encoded as one. None where `url` is no
    /// address, which reading the configuration has made sure of.
    pub fn address(&self, segments: &[&str]) -> Option<Url> {
        /// All but the unreserved characters of RFC 3986, section 2.3. What [`Url`] encodes of its own
        /// accord is not enough: it leaves `+`, which Asterisk reads as a space, and drops tabs.
        const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
        let mut url = Url::parse(&self.url).ok()?;
        let mut path = format!("{}/ari", url.path().trim_end_matches('/'));
        for segment in segments {
            path.push('/');
            path.extend(utf8_percent_encode(segment, RESERVED));
        }
        url.set_path(&path);
        Some(url)
    }
}

impl Lookup {
    /// How long the selected client may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms.get())
    }
}

impl Hub {
    pub fn ping(&self) -> Duration {
        Duration::from_secs(self.ping_seconds.get())
    }

    /// How often R7's state is sent again.
    pub fn resend(&self) -> Duration {
        Duration::from_secs(self.resend_seconds.get())
    }
}

impl Session {
    /// How long a session lasts without a request.
    pub fn lifetime(&self) -> Duration {
        Duration::from_secs(u64::from(self.hours.get()) * 60 * 60)
    }
}

#[cfg(test)]
mod tests;
