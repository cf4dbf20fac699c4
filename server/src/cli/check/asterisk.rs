//! Whether Asterisk takes us: its version, the user, the app, `channelvars`.

use std::{collections::BTreeSet, net::SocketAddr};

use super::{Beside, Level, Point};
use crate::{
    ari::{RestError, Survey},
    config::Ari,
};

/// The oldest Asterisk that is supported.
const OLDEST: u32 = 20;
/// What `channelvars` should ask for, and what is not known without.
const CHANNELVARS: [(&str, &str); 2] = [
    ("CHANNEL(linkedid)", "which channels are one call is guessed from Dial events"),
    ("CALLERID(num-pres)", "a number that the carrier passes on as withheld is shown"),
];

/// Why nothing could be asked.
pub(super) fn unreached(settings: &Ari, error: &RestError) -> Point {
    let hint = match error {
        RestError::Unreached { .. } => "is Asterisk running, and is http.conf enabled with this address and port?",
        RestError::Refused { .. } => "is it a user of ari.conf, with this password?",
        RestError::Status { status, .. } if status.as_u16() == 404 => {
            "is ARI enabled in ari.conf, are all res_ari_* modules loaded, and has http.conf no `prefix` that `url` lacks?"
        }
        _ => "is this Asterisk's HTTP server?",
    };
    Level::Error.say(format!(
        "[ari] {} as {:?}: {error}; {hint} With --offline the file alone is checked",
        settings.url, settings.username
    ))
}

pub(super) fn judge(settings: &Ari, survey: &Survey, beside: Option<&Beside>, listen: SocketAddr) -> Vec<Point> {
    let mut points = vec![version(settings, survey), user(settings, survey), app(settings, survey, beside, listen)];
    points.push(channelvars(survey));
    if beside.is_some_and(|beside| beside.pbx.configuration.is_some()) {
        points.push(
            Level::Error.say(
                "[pbx] fits no call that the running Ringside has seen: /health names their contexts and endpoints",
            ),
        );
    }
    points
}

fn version(settings: &Ari, Survey { version, .. }: &Survey) -> Point {
    let said = format!("[ari] Asterisk {version} answers at {}", settings.url);
    match major(version) {
        Some(major) if major >= OLDEST => Level::Ok.say(said),
        Some(_) => Level::Error.say(format!("{said}, expected {OLDEST} or later")),
        None => Level::Unknown.say(format!("{said}; which version this is cannot be told, expected {OLDEST} or later")),
    }
}

/// 22 of `22.10.1`, 20 of `certified-20.7-cert2` and of `GIT-20-1a2b3c`.
fn major(version: &str) -> Option<u32> {
    version.split(|c: char| !c.is_ascii_digit()).find(|number| !number.is_empty())?.parse().ok()
}

fn user(settings: &Ari, survey: &Survey) -> Point {
    let user = &settings.username;
    if survey.may_write {
        Level::Ok.say(format!("[ari] username: {user:?} may read and write"))
    } else {
        Level::Error.say(format!(
            "[ari] username: {user:?} may only read, expected read_only = no of this user in ari.conf: a caller who \
             enters our app could not be sent on"
        ))
    }
}

fn app(settings: &Ari, survey: &Survey, beside: Option<&Beside>, listen: SocketAddr) -> Point {
    let app = &settings.app;
    match beside {
        _ if !survey.app_is_held => Level::Ok.say(format!("[ari] app: {app:?} is free")),
        Some(Beside { pbx }) if pbx.link == "up" => {
            Level::Ok.say(format!("[ari] app: {app:?} is held by the Ringside that runs on {listen}"))
        }
        _ => Level::Warning.say(format!(
            "[ari] app: {app:?} is held, and by no Ringside on {listen}: two programs with one app take it from each \
             other, give each a name of its own"
        )),
    }
}

/// What is configured, or else what live channels show.
fn channelvars(survey: &Survey) -> Point {
    let seen = |channels: &[pbx::ari::Channel]| channels.iter().flat_map(|it| it.channelvars.keys().cloned()).collect();
    let found: BTreeSet<String> = match &survey.channelvars {
        Some(written) => written.split(',').map(|name| name.trim().to_owned()).collect(),
        None if survey.channels.is_empty() => {
            return Level::Unknown.say(format!(
                "channelvars of ari.conf: this Asterisk shows them on live channels only, and there is none; expected {}",
                CHANNELVARS.map(|(name, _)| name).join(",")
            ));
        }
        None => seen(&survey.channels),
    };
    let lacking: Vec<_> = CHANNELVARS.into_iter().filter(|(name, _)| !found.contains(*name)).collect();
    if lacking.is_empty() {
        return Level::Ok.say(format!("channelvars of ari.conf: {}", CHANNELVARS.map(|(name, _)| name).join(",")));
    }
    let all: Vec<_> = CHANNELVARS.iter().map(|(name, _)| *name).collect();
    let without: Vec<_> = lacking.iter().map(|(name, what)| format!("without {name} {what}")).collect();
    Level::Warning.say(format!(
        "channelvars of ari.conf: expected channelvars = {} among [general]; {}",
        all.join(","),
        without.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read_from_every_form() {
        for (version, expected) in [
            ("22.10.1", Some(22)),
            ("22.10.1+dfsg+~cs6.17.60671434-1", Some(22)),
            ("certified-20.7-cert2", Some(20)),
            ("GIT-20-1a2b3c", Some(20)),
            ("unknown", None),
            ("", None),
        ] {
            assert_eq!(major(version), expected, "{version}");
        }
    }
}
