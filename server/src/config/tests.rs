//! What a configuration file and the environment may say, and how a mistake is told.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::*;

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ringside.toml");
    fs::write(&path, text).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(Some(&path), environment).map_err(|error| error.to_string().replace(&*path.to_string_lossy(), "FILE"))
}

#[test]
fn the_example_says_the_defaults() {
    let mut example = load(EXAMPLE, &[]).unwrap();
    let ari = example.ari.take().unwrap();
    assert_eq!((ari.url.as_str(), ari.app.as_str()), ("http://127.0.0.1:8088", "ringside"));
    example.pbx.devices.clear();
    assert_eq!(format!("{example:?}"), format!("{:?}", Config::default()));
}

/// The program refuses an unknown key and names those it knows: the example must have them all.
#[test]
fn the_example_has_every_key() {
    let example: Table = toml::from_str(EXAMPLE).unwrap();
    let sections = ["", "pbx", "ari", "lookup", "hub", "simulator", "session", "embed", "connections"];
    for section in sections {
        let probe =
            if section.is_empty() { "no_such_key = 1".to_owned() } else { format!("[{section}]\nno_such_key = 1") };
        let refused = load(&probe, &[]).unwrap_err();
        assert!(refused.contains("no_such_key"), "{refused}");
        let (_, known) = refused.split_once("expected").unwrap();
        let known: BTreeSet<_> = known.split('`').skip(1).step_by(2).collect();
        let keys = if section.is_empty() { &example } else { example[section].as_table().unwrap() };
        assert_eq!(known, keys.keys().map(String::as_str).collect(), "[{section}]");
    }
    let tables: BTreeSet<_> =
        example.iter().filter(|(_, value)| value.is_table()).map(|(key, _)| key.as_str()).collect();
    assert_eq!(tables, sections.into_iter().skip(1).collect(), "a section that this test does not know");
}

#[test]
fn nothing_configured_is_a_demo() {
    let config = load("", &[]).unwrap();
    assert!(config.ari.is_none());
    assert_eq!(config.pbx.extensions.len(), 12);
    assert_eq!(config.session.lifetime(), Duration::from_secs(43_200));
}

#[test]
fn the_environment_is_over_the_file() {
    let file = "[ari]\nurl = 'http://pbx:8088/ari/'\nusername = 'ringside'\npassword = 'file'\n[hub]\nqueue = 16";
    let environment = [
        ("RINGSIDE_ARI__PASSWORD", "1234"),
        ("RINGSIDE_HUB__QUEUE", "64"),
        ("RINGSIDE_PBX__EXTENSIONS", "200, 300-302"),
        ("RINGSIDE_LOOKUP__ORDER", "301,300"),
        ("RINGSIDE_SIMULATOR__PACE", "4"),
        ("RINGSIDE_PUBLIC_URL", "https://Desk.example.vn:443/"),
        ("RINGSIDE_LOG", "debug"),
        ("PATH", "/bin"),
    ];
    let config = load(file, &environment).unwrap();
    let ari = config.ari.unwrap();
    assert_eq!(ari.password.expose(), "1234", "a password of digits stays a text");
    assert_eq!(ari.url, "http://pbx:8088");
    assert_eq!(config.hub.queue.get(), 64);
    assert_eq!(config.pbx.extensions, ["200", "300", "301", "302"].map(Extension::from));
    assert_eq!(config.lookup.order, LookupOrder::Preselected(vec!["301".into(), "300".into()]));
    assert_eq!(config.simulator.pace, 4.0);
    assert_eq!(config.public_url.origin(), "https://desk.example.vn");
    assert_eq!(config.public_url.host(), "desk.example.vn");
}

#[test]
fn a_password_is_not_printed() {
    let config = load("[ari]\nurl = 'http://pbx'\nusername = 'u'\npassword = 'hunter2'", &[]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}

/// Every refusal names the key, what was found and what was expected.
#[test]
fn a_bad_value_stops_the_start_and_says_why() {
    let cases = [
        ("listen = 'here'", &["listen", "invalid socket address"][..]),
        ("public_url = 'desk.example.vn'", &["public_url", "\"desk.example.vn\"", "expected an address"]),
        ("time_zone = 'Hanoi'", &["time_zone", "\"Hanoi\"", "Asia/Ho_Chi_Minh"]),
        ("region = 'Vietnam'", &["region", "\"Vietnam\"", "two letters"]),
        ("[pbx]\nname = 'a:b'", &["pbx.name", "\"a:b\"", "expected letters"]),
        ("[pbx]\nextensions = ['1011-1000']", &["pbx.extensions", "\"1011-1000\"", "a range such as"]),
        ("[pbx]\nextensions = ['1-99999999']", &["pbx.extensions", "\"1-99999999\""]),
        ("[pbx]\ntrunks = ['trunk']", &["pbx.trunks", "\"trunk\"", "PJSIP/1000", "inbound_contexts"]),
        ("[pbx]\ntrunks = ['PJSIP/1000']", &["pbx.trunks", "\"PJSIP/1000\"", "extension 1000 in pbx.extensions"]),
        (
            "[pbx]\ntrunks = ['PJSIP/out']\ndevices = { 'PJSIP/out' = '1001' }",
            &["pbx.trunks", "\"PJSIP/out\"", "extension 1001 in pbx.devices"],
        ),
        ("[pbx.dial]\nstrip_prefixes = ['9', '']", &["pbx.dial.strip_prefixes", "\"\"", "dialled before a number"]),
        ("[pbx.dial]\nstrip_prefixes = ['nine']", &["pbx.dial.strip_prefixes", "\"nine\""]),
        ("[pbx]\nshow_withheld = ['everybody']", &["pbx.show_withheld", "`everybody`", "`agent`"]),
        ("[ari]\nurl = 'http://pbx'\nusername = 'u'\npassword = 'p'\napp = 'a,b'", &["ari.app", "\"a,b\""]),
        ("[pbx.devices]\n'PJSIP/x' = 'reception'", &["pbx.devices", "\"reception\"", "an extension"]),
        ("[ari]\nurl = 'pbx:8088'\nusername = ''\npassword = ''", &["ari.url", "\"pbx:8088\"", "http://"]),
        ("[ari]\nurl = 'http://pbx'", &["ari", "missing field `username`"]),
        ("[lookup]\norder = 'alphabetical'", &["lookup.order", "\"alphabetical\"", "\"random\" or a list"]),
        ("[lookup]\norder = 7", &["lookup.order", "\"random\" or a list"]),
        ("[hub]\nqueue = 0", &["hub.queue", "integer `0`", "expected a nonzero"]),
        ("[hub]\nping_seconds = 'ten'", &["hub.ping_seconds", "string \"ten\"", "expected"]),
        ("[hub]\nping_seconds = 12", &["hub.ping_seconds", "`12`", "1 to 5"]),
        ("[simulator]\npace = 0.0", &["simulator.pace", "`0.0`", "0.01 to 1000"]),
        (
            "[embed]\norigins = ['https://crm.example.vn/desk']",
            &["embed.origins", "crm.example.vn/desk", "without a path"],
        ),
        (
            "[connections]\nmax_unauthenticated = 0",
            &["connections.max_unauthenticated", "integer `0`", "expected a nonzero"],
        ),
        ("[hub]\nqueu = 1", &["hub", "unknown field `queu`", "`queue`"]),
        ("listen == 1", &["FILE is not TOML", "line 1"]),
    ];
    for (text, words) in cases {
        let refused = load(text, &[]).unwrap_err();
        for word in words {
            assert!(refused.contains(word), "{text:?} says {refused:?}, without {word:?}");
        }
    }
}

#[test]
fn a_bad_variable_stops_the_start_and_says_why() {
    let cases = [
        ("RINGSIDE_HUB__QUEUE", "many", &["RINGSIDE_HUB__QUEUE", "\"many\"", "a whole number"][..]),
        ("RINGSIDE_HUB__QUEU", "1", &["RINGSIDE_HUB__QUEU", "no such key"]),
        ("RINGSIDE_PBX__DEVICES", "x", &["RINGSIDE_PBX__DEVICES", "only be set in the file"]),
    ];
    for (name, value, words) in cases {
        let refused = load("", &[(name, value)]).unwrap_err();
        for word in words {
            assert!(refused.contains(word), "{refused:?} without {word:?}");
        }
    }
}

#[test]
fn no_error_shows_a_password() {
    let canary = "kestrel";
    for (text, words) in [
        ("[ari]\nusername = 'x'\npassword = 'kestrel", &["not TOML", "line 3"][..]),
        ("[ari]\npassword = kestrel", &["not TOML", "line 2"]),
        ("[ari]\nurl = 'http://pbx'\nusername = 'x'\npassword = ['kestrel']", &["ari.password", "a text in quotes"]),
        ("[ari]\npasswrd = 'kestrel'", &["unknown field `passwrd`"]),
        ("[ari]\nurl = 'http://x:kestrel@pbx'\nusername = 'x'\npassword = 'y'", &["ari.url", "without a user"]),
    ] {
        let refused = load(text, &[]).unwrap_err();
        assert!(words.iter().all(|word| refused.contains(word)), "{refused}");
        assert!(!refused.contains(canary), "{refused}");
    }
    let config = load("[ari]\nurl = 'http://pbx'\nusername = 'x'\npassword = 'kestrel'", &[]).unwrap();
    assert!(!format!("{config:?}").contains(canary));
}

#[test]
fn a_file_that_was_named_must_exist() {
    let refused = Config::load(Some(Path::new("no/such.toml")), std::iter::empty()).unwrap_err();
    assert!(refused.to_string().contains("no/such.toml"), "{refused}");
}

#[test]
fn example_values_are_of_types_that_the_environment_can_say() {
    let example: Table = toml::from_str(EXAMPLE).unwrap();
    assert!(matches!(example["simulator"]["pace"], Value::Float(_)), "else a variable could not say 0.5");
}
