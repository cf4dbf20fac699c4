//! `ringside config check`: what the configuration says, whether Asterisk is as it says, one line a point.
//!
//! - [`asterisk`]: the user, the app, the version, `channelvars`
//! - [`lists`]: trunks, contexts, extensions, devices, and endpoints that are in no list

mod asterisk;
mod lists;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anstyle::{AnsiColor, Style};
use clap::Args;
use serde::Deserialize;

use super::CliError;
use crate::{
    ari,
    config::{Ari, Config, DEFAULT_FILE},
};

/// How long a server of ours that runs beside may take to say so.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone, Debug, Default, Args)]
pub struct Check {
    /// Do not ask Asterisk whether the configuration fits it
    #[arg(long)]
    offline: bool,
}

/// How good or bad a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Ok,
    /// Asterisk does not tell.
    Unknown,
    Warning,
    Error,
}

/// One thing that was looked at.
#[derive(Debug, PartialEq, Eq)]
struct Point {
    level: Level,
    text: String,
}

impl Level {
    fn say(self, text: impl Into<String>) -> Point {
        Point { level: self, text: text.into() }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    const fn style(self) -> Style {
        let color = match self {
            Self::Ok => AnsiColor::Green,
            Self::Unknown => AnsiColor::Cyan,
            Self::Warning => AnsiColor::Yellow,
            Self::Error => AnsiColor::Red,
        };
        color.on_default()
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = self.level.style();
        write!(f, "{style}{:<8}{style:#} {}", self.level.name(), self.text)
    }
}

impl Check {
    /// Prints what it finds, without colours where that is no terminal.
    ///
    /// # Errors
    /// [`CliError::Unfit`] where one of the points is an error.
    pub async fn run(self, config: &Config) -> Result<(), CliError> {
        let mut points = offline(config);
        match &config.ari {
            Some(ari) if !self.offline => points.extend(online(config, ari).await),
            _ => {}
        }
        for point in &points {
            anstream::println!("{point}");
        }
        match points.iter().filter(|point| point.level == Level::Error).count() {
            0 => Ok(()),
            errors => Err(CliError::Unfit { errors }),
        }
    }
}

/// What the file alone tells.
fn offline(config: &Config) -> Vec<Point> {
    let pbx = match &config.ari {
        Some(ari) => format!("listens to Asterisk at {} as {}", ari.url, ari.app),
        None => format!("has no [ari]: only the simulator can be served. Add the section to {DEFAULT_FILE}"),
    };
    let served = format!(
        "the configuration can be read: it serves {} on {} with {} extensions, keeps {}, and {pbx}",
        config.public_url.origin(),
        config.listen,
        config.pbx.extensions.len(),
        config.database.display(),
    );
    let mut points = vec![Level::Ok.say(served)];
    points.extend(config.caveats().into_iter().map(|caveat| Level::Warning.say(caveat)));
    points.extend(config.pbx.mistakes().into_iter().map(|mistake| Level::Error.say(mistake)));
    points
}

/// What Asterisk tells besides.
async fn online(config: &Config, settings: &Ari) -> Vec<Point> {
    let topology = config.pbx.topology();
    match ari::survey(settings, &topology).await {
        Ok(survey) => {
            let beside = if survey.app_is_held { Beside::ask(config.listen).await } else { None };
            let mut points = asterisk::judge(settings, &survey, beside.as_ref(), config.listen);
            points.extend(lists::judge(&topology, &survey));
            points
        }
        Err(error) => vec![asterisk::unreached(settings, &error)],
    }
}

/// A server of ours that runs on this machine, as its `/health` says.
#[derive(Debug, Deserialize)]
struct Beside {
    pbx: BesidePbx,
}

#[derive(Debug, Deserialize)]
struct BesidePbx {
    link: String,
    /// It has seen that nothing fits.
    configuration: Option<serde_json::Value>,
}

impl Beside {
    async fn ask(listen: SocketAddr) -> Option<Self> {
        let ip = match listen.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let address = format!("http://{}/health", SocketAddr::new(ip, listen.port()));
        reqwest::Client::new().get(address).timeout(PATIENCE).send().await.ok()?.json().await.ok()
    }
}
