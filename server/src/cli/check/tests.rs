//! What is said of an Asterisk that is as it was recorded.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::ari::{Profile, Survey};

/// An Asterisk in FreePBX's shape: two trunks of PJSIP, one of IAX2, three phones, one more of 1001.
fn asterisk() -> Survey {
    let profiles = [
        ("PJSIP/viettel-sip", "from-trunk-pjsip-viettel-sip", "<unknown>"),
        ("PJSIP/vnpt", "from-pstn", "<unknown>"),
        ("PJSIP/1000", "from-internal", "\"An\" <1000>"),
        ("PJSIP/1001", "from-internal", "\"Binh\" <1001>"),
        ("PJSIP/991001", "from-internal", "\"Binh\" <1001>"),
        ("PJSIP/2000", "from-internal", "\"Door\" <2000>"),
    ];
    let endpoints = profiles.iter().map(|(endpoint, ..)| *endpoint).chain(["IAX2/fpt"]);
    let endpoints = endpoints.map(|endpoint| {
        let (technology, resource) = endpoint.split_once('/').unwrap();
        json!({ "technology": technology, "resource": resource, "state": "online" })
    });
    let profile = |context: &str, callerid: &str| Profile { context: context.into(), callerid: callerid.into() };
    Survey {
        version: "22.10.1".into(),
        may_write: true,
        app_is_held: false,
        endpoints: serde_json::from_value(endpoints.collect()).unwrap(),
        channels: Vec::new(),
        modules: ["chan_pjsip.so", "chan_iax2.so", "chan_dahdi.so"].map(str::to_owned).into(),
        channelvars: Some("CHANNEL(linkedid), CALLERID(num-pres)".into()),
        profiles: profiles.iter().map(|(id, context, callerid)| ((*id).into(), profile(context, callerid))).collect(),
        contexts: BTreeMap::new(),
    }
}

fn config(pbx: &str) -> Config {
    toml::from_str(&format!("[pbx]\n{pbx}\n[ari]\nurl = 'http://pbx:8088'\nusername = 'ringside'\npassword = 'x'"))
        .unwrap()
}

const FITTING: &str = r#"
    trunks = ["PJSIP/viettel-sip", "PJSIP/vnpt", "IAX2/*"]
    inbound_contexts = ["from-trunk*", "from-pstn"]
    extensions = ["1000-1001", "2000"]
    devices = { "PJSIP/991001" = "1001" }"#;

fn lists(pbx: &str, survey: &Survey) -> Vec<Point> {
    lists::judge(&config(pbx).pbx.topology(), survey)
}

fn link(survey: &Survey, beside: Option<&Beside>) -> Vec<Point> {
    asterisk::judge(&config("").ari.unwrap(), survey, beside, ([127, 0, 0, 1], 3000).into())
}

/// There is exactly one point of this level with all these words, and none worse than it.
fn check(points: &[Point], level: Level, words: &[&str]) {
    let has_all = |point: &&Point| point.level == level && words.iter().all(|word| point.text.contains(word));
    assert_eq!(points.iter().filter(has_all).count(), 1, "{words:?} in {points:#?}");
}

#[test]
fn lists_that_fit_are_ok_to_the_last() {
    let points = lists(FITTING, &asterisk());
    assert!(points.iter().all(|point| point.level == Level::Ok), "{points:#?}");
    check(&points, Level::Ok, &["pbx.trunks", "PJSIP/viettel-sip", "from-trunk-pjsip-viettel-sip"]);
    check(&points, Level::Ok, &["pbx.trunks", "IAX2/* is IAX2/fpt"]);
    check(&points, Level::Ok, &["pbx.inbound_contexts", "from-trunk*", "PJSIP/viettel-sip"]);
    check(&points, Level::Ok, &["pbx.devices", "PJSIP/991001", "1001"]);
}

#[test]
fn the_examples_lists_on_another_pbx_are_errors_with_proposals() {
    let points = lists("", &asterisk());
    check(&points, Level::Error, &["pbx.trunks: PJSIP/trunk: Asterisk has no such endpoint"]);
    check(&points, Level::Unknown, &["from-trunk", "in from-trunk-pjsip-viettel-sip: is from-trunk* meant"]);
    check(&points, Level::Warning, &["pbx.extensions", "1002", "and 2 more"]);
    check(&points, Level::Warning, &["PJSIP/viettel-sip", "no list", "from-trunk-pjsip-viettel-sip", "trunks"]);
    check(&points, Level::Warning, &["IAX2/fpt", "no list"]);
    check(&points, Level::Warning, &["\"PJSIP/991001\" = \"1001\""]);
    check(&points, Level::Warning, &["phones by their looks", "PJSIP/2000"]);
}

#[test]
fn a_slip_in_a_trunks_name_is_told_with_what_is_meant() {
    let points = lists("trunks = ['PJSIP/viettel', 'SIP/vnpt', 'DAHDI/i1', 'DAHDI/*']", &asterisk());
    check(&points, Level::Error, &["PJSIP/viettel: ", "is PJSIP/viettel-sip meant"]);
    check(&points, Level::Error, &["SIP/vnpt", "chan_sip.so is not loaded"]);
    check(&points, Level::Unknown, &["DAHDI/i1", "lists no endpoints of DAHDI"]);
    check(&points, Level::Unknown, &["DAHDI/*"]);
}

#[test]
fn a_line_that_asterisk_does_not_list_is_seen_by_its_calls() {
    let mut survey = asterisk();
    survey.channels = serde_json::from_value(json!([{
        "id": "1.1", "name": "DAHDI/i1/0904859696-1", "state": "Up", "creationtime": "2026-11-24T03:28:04.323+0000",
        "dialplan": { "context": "from-digital", "exten": "s" },
    }]))
    .unwrap();
    let points = lists("trunks = ['DAHDI/*']\ninbound_contexts = ['from-digital']", &survey);
    check(&points, Level::Ok, &["DAHDI/* is DAHDI/i1"]);
    check(&points, Level::Ok, &["from-digital has a call now"]);
}

#[test]
fn a_pattern_that_takes_phones_is_told() {
    let points = lists("trunks = ['PJSIP/*']\nextensions = ['1000-1001']", &asterisk());
    check(&points, Level::Ok, &["PJSIP/* is PJSIP/2000, PJSIP/991001, PJSIP/viettel-sip, PJSIP/vnpt"]);
    check(&points, Level::Warning, &["PJSIP/2000", "taken for a trunk", "from-internal"]);
    check(&points, Level::Warning, &["PJSIP/991001", "taken for a trunk"]);
}

#[test]
fn contexts_are_told_by_a_live_channel_and_those_of_phones_are_errors() {
    let mut survey = asterisk();
    survey.contexts = [("from-trunk".to_owned(), true), ("from-truck".to_owned(), false)].into();
    let points = lists("inbound_contexts = ['from-trunk', 'from-truck', 'from-internal', '*']", &survey);
    check(&points, Level::Ok, &["from-trunk is in the dialplan"]);
    check(&points, Level::Error, &["no context from-truck"]);
    check(&points, Level::Error, &["from-internal is where the extensions'"]);
    check(&points, Level::Error, &[": * is where the extensions'"]);
}

#[test]
fn extensions_without_any_endpoint_are_an_error() {
    let points = lists("extensions = ['300-310']", &asterisk());
    check(&points, Level::Error, &["none of the 11", "PJSIP/300", "[pbx.devices]"]);
}

#[test]
fn a_device_that_is_none_is_an_error() {
    let points = lists("devices = { 'PJSIP/lan.anh' = '1000' }", &asterisk());
    check(&points, Level::Error, &["pbx.devices", "PJSIP/lan.anh", "no such endpoint"]);
}

#[test]
fn an_asterisk_that_takes_us_is_ok_to_the_last() {
    let points = link(&asterisk(), None);
    assert!(points.iter().all(|point| point.level == Level::Ok), "{points:#?}");
    check(&points, Level::Ok, &["22.10.1", "http://pbx:8088"]);
    check(&points, Level::Ok, &["\"ringside\" is free"]);
}

#[test]
fn a_user_who_may_only_read_and_an_old_asterisk_are_errors() {
    let points = link(&Survey { may_write: false, version: "18.9-cert4".into(), ..asterisk() }, None);
    check(&points, Level::Error, &["\"ringside\" may only read", "read_only = no", "ari.conf"]);
    check(&points, Level::Error, &["18.9-cert4", "20 or later"]);
}

#[test]
fn an_app_that_is_held_is_ours_where_our_server_runs_and_told_otherwise() {
    let held = Survey { app_is_held: true, ..asterisk() };
    let beside = |link: &str, misfit| Beside { pbx: BesidePbx { link: link.into(), configuration: misfit } };
    check(&link(&held, Some(&beside("up", None))), Level::Ok, &["held by the Ringside that runs on 127.0.0.1:3000"]);
    for other in [None, Some(&beside("standing by: another program holds the Stasis app", None))] {
        check(&link(&held, other), Level::Warning, &["is held, and by no Ringside"]);
    }
    let misfit = beside("up", Some(json!({ "contextsSeen": [] })));
    check(&link(&held, Some(&misfit)), Level::Error, &["[pbx] fits no call", "/health"]);
}

#[test]
fn channelvars_are_told_by_the_configuration_or_else_by_live_channels() {
    let with = |channelvars: Option<&str>, channels| Survey {
        channelvars: channelvars.map(str::to_owned),
        channels: serde_json::from_value(channels).unwrap(),
        ..asterisk()
    };
    let live = |names: &[&str]| {
        let channelvars: BTreeMap<_, _> = names.iter().map(|name| (*name, "")).collect();
        json!([{ "id": "1.1", "name": "PJSIP/vnpt-00000001", "creationtime": "2026-11-24T03:28:04.323+0000",
                 "channelvars": channelvars }])
    };
    let expected = "channelvars = CHANNEL(linkedid),CALLERID(num-pres)";
    check(&link(&with(Some(""), json!([])), None), Level::Warning, &[expected, "Dial events", "withheld"]);
    let partly = link(&with(None, live(&["CHANNEL(linkedid)"])), None);
    check(&partly, Level::Warning, &[expected, "without CALLERID(num-pres)"]);
    check(&link(&with(None, live(&["CHANNEL(linkedid)", "CALLERID(num-pres)"])), None), Level::Ok, &["channelvars"]);
    check(&link(&with(None, json!([])), None), Level::Unknown, &["live channels only"]);
}

#[test]
fn the_file_alone_is_told_without_asterisk() {
    let mut config = Config::default();
    check(&offline(&config), Level::Ok, &["12 extensions", "only the simulator"]);
    config.pbx.trunks = vec!["DAHDI/i1/0904859696".into()];
    check(&offline(&config), Level::Error, &["pbx.trunks", "DAHDI/i1"]);
}

#[test]
fn a_point_is_one_line_without_colours_where_nobody_looks() {
    let line = Level::Warning.say("there is").to_string();
    assert_eq!(anstream::adapter::strip_str(&line).to_string(), "warning  there is");
    assert!(line.contains('\u{1b}'));
}
