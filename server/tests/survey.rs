//! What `config check` asks an Asterisk, and what it makes of answers and refusals.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use server::{
    ari::{self, RestError, Survey},
    config::Config,
};
use tokio::net::TcpListener;

/// What it has, by path, and what it was asked to change.
#[derive(Clone, Default)]
struct Asterisk {
    has: BTreeMap<&'static str, Value>,
    /// How it answers whatever is no GET.
    changes: StatusCode,
    asked_to_change: Arc<Mutex<Vec<String>>>,
}

impl Asterisk {
    fn new() -> Self {
        let channel = json!({ "id": "crm/7", "name": "PJSIP/vnpt-00000001", "state": "Up",
                              "creationtime": "2026-11-24T03:28:04.323+0000" });
        let endpoint = |resource: &str| json!({ "technology": "PJSIP", "resource": resource, "state": "online" });
        let attribute = |attribute: &str, value: &str| json!({ "attribute": attribute, "value": value });
        let has = [
            ("asterisk/info", json!({ "system": { "version": "22.10.1" } })),
            ("asterisk/modules", json!([{ "name": "chan_pjsip.so" }])),
            ("channels", json!([channel])),
            ("endpoints", json!([endpoint("vnpt"), endpoint("1000")])),
            ("bridges", json!([])),
            ("asterisk/config/dynamic/res_ari/general/general", json!([attribute("channelvars", "CHANNEL(linkedid)")])),
            (
                "asterisk/config/dynamic/res_pjsip/endpoint/vnpt",
                json!([attribute("context", "from-pstn"), attribute("callerid", "<unknown>"), attribute("auth", "x")]),
            ),
            ("channels/crm%2F7/variable", Value::Null),
        ];
        Self { has: has.into(), changes: StatusCode::NOT_FOUND, asked_to_change: Arc::default() }
    }

    async fn answer(
        State(it): State<Self>,
        method: Method,
        uri: Uri,
        Query(query): Query<BTreeMap<String, String>>,
    ) -> Response {
        if method != Method::GET {
            it.asked_to_change.lock().unwrap().push(uri.path().to_owned());
            return it.changes.into_response();
        }
        match it.has.get(uri.path().trim_start_matches("/ari/")) {
            None => StatusCode::NOT_FOUND.into_response(),
            Some(Value::Null) => {
                let there = query["variable"] == "DIALPLAN_EXISTS(from-pstn)";
                Json(json!({ "value": if there { "1" } else { "0" } })).into_response()
            }
            Some(value) => Json(value).into_response(),
        }
    }

    async fn survey(&self) -> Result<Survey, RestError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(Self::answer).with_state(self.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        let config: Config = toml::from_str(&format!(
            "[pbx]\ninbound_contexts = ['from-pstn', 'from-trunk', 'from-*']\n\
             [ari]\nurl = '{url}'\nusername = 'ringside'\npassword = 'x'"
        ))
        .unwrap();
        ari::survey(&config.ari.unwrap(), &config.pbx.topology()).await
    }
}

#[tokio::test]
async fn a_survey_tells_what_asterisk_has() {
    let survey = Asterisk::new().survey().await.unwrap();
    assert_eq!((survey.version.as_str(), survey.may_write, survey.app_is_held), ("22.10.1", true, false));
    assert_eq!((survey.endpoints.len(), survey.channels.len()), (2, 1));
    assert_eq!(survey.channelvars.as_deref(), Some("CHANNEL(linkedid)"));
    let profile = &survey.profiles[&"PJSIP/vnpt".into()];
    assert_eq!((profile.context.as_str(), profile.callerid.as_str()), ("from-pstn", "<unknown>"));
    assert_eq!(survey.profiles.len(), 1, "the other is configured in no way that can be read");
    let contexts = [("from-pstn".to_owned(), true), ("from-trunk".to_owned(), false)];
    assert_eq!(survey.contexts, contexts.into(), "a pattern cannot be asked about");
}

#[tokio::test]
async fn a_user_who_may_only_read_is_found_out_by_a_request_that_changes_nothing() {
    let asterisk = Asterisk { changes: StatusCode::FORBIDDEN, ..Asterisk::new() };
    assert!(!asterisk.survey().await.unwrap().may_write);
    let asked = asterisk.asked_to_change.lock().unwrap();
    assert_eq!(*asked, ["/ari/channels/ringside-config-check/continue"], "and nothing else is asked to change");
}

#[tokio::test]
async fn an_asterisk_that_tells_less_is_surveyed_all_the_same() {
    let mut asterisk = Asterisk::new();
    asterisk.has.retain(|path, _| !path.contains("dynamic") && !path.contains("modules") && !path.contains("variable"));
    asterisk.has.insert("applications/ringside", json!({ "name": "ringside" }));
    let survey = asterisk.survey().await.unwrap();
    assert!(survey.app_is_held && survey.channelvars.is_none() && survey.modules.is_empty());
    assert!(survey.profiles.is_empty() && survey.contexts.is_empty());
}

#[tokio::test]
async fn what_the_link_needs_and_asterisk_has_not_is_an_error_that_names_it() {
    for needed in ["asterisk/info", "channels", "bridges", "endpoints"] {
        let mut asterisk = Asterisk::new();
        asterisk.has.remove(needed);
        let error = asterisk.survey().await.unwrap_err().to_string();
        assert!(error.starts_with(needed) && error.contains("404"), "{error}");
    }
}
