//! What a channel's name says. Source: the channel drivers of Asterisk, each of which makes its own.

/// Technologies whose channels are no party of a call: they listen, play, record, or carry media for
/// another application.
const AUXILIARY: [&str; 11] = [
    "Snoop",
    "UnicastRTP",
    "MulticastRTP",
    "AudioSocket",
    "WebSocket",
    "Announcer",
    "Recorder",
    "CBAnn",
    "CBRec",
    "Message",
    "ConfBridgeRec",
];

/// Names of channels that take another one's place for a moment, a masquerade.
const TEMPORARY: [&str; 6] = ["AsyncGoto/", "Surrogate/", "Transfered/", "Bridge/", "Parked/", "Masqueraded/"];

/// `PJSIP/1000` of `PJSIP/1000-0000001b`: up to the last hyphen, since a resource may have hyphens of
/// its own. A span of an ISDN line is `DAHDI/i1`: the number that is dialled stands behind it.
pub(super) fn endpoint(name: &str) -> &str {
    let whole = name.strip_suffix("<ZOMBIE>").or_else(|| name.strip_suffix("<MASQ>")).unwrap_or(name);
    let without_serial = whole.rsplit_once('-').map_or(whole, |(endpoint, _)| endpoint);
    match without_serial.strip_prefix("DAHDI/").and_then(|line| line.split_once('/')) {
        Some((span, _)) => &without_serial[.."DAHDI/".len() + span.len()],
        None => without_serial,
    }
}

/// The number that stands in the name of an ISDN channel: `DAHDI/i1/0904859696-1`.
pub(super) fn number(name: &str) -> Option<&str> {
    let (line, _) = name.strip_prefix("DAHDI/")?.rsplit_once('-')?;
    let (_, number) = line.split_once('/')?;
    (!number.is_empty()).then_some(number)
}

pub(super) fn is_auxiliary(name: &str) -> bool {
    name.split_once('/').is_some_and(|(technology, _)| AUXILIARY.contains(&technology))
}

pub(super) fn is_temporary(name: &str) -> bool {
    TEMPORARY.iter().any(|prefix| name.starts_with(prefix)) || name.ends_with('>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_is_known_from_every_technologys_name() {
        for (name, expected) in [
            ("PJSIP/1000-0000001b", "PJSIP/1000"),
            ("PJSIP/trunk-fpt-00000001", "PJSIP/trunk-fpt"),
            ("SIP/trunk-0000001b", "SIP/trunk"),
            ("IAX2/viettel-1234", "IAX2/viettel"),
            ("DAHDI/i1/0904859696-1", "DAHDI/i1"),
            ("DAHDI/4-1", "DAHDI/4"),
            ("DAHDI/pseudo-1804289383", "DAHDI/pseudo"),
            ("Dongle/dongle0-0100000001", "Dongle/dongle0"),
            ("Quectel/quectel0-0100000001", "Quectel/quectel0"),
            ("SCCP/1000-00000001", "SCCP/1000"),
            ("Console/dsp", "Console/dsp"),
            ("Local/1000@agents-00000001;2", "Local/1000@agents"),
            ("PJSIP/trunk-00000003<ZOMBIE>", "PJSIP/trunk"),
        ] {
            assert_eq!(endpoint(name), expected, "{name}");
        }
    }

    #[test]
    fn the_number_of_an_isdn_channel_is_in_its_name() {
        assert_eq!(number("DAHDI/i1/0904859696-1"), Some("0904859696"));
        assert_eq!(number("DAHDI/4-1"), None);
        assert_eq!(number("PJSIP/trunk-00000001"), None);
    }

    #[test]
    fn channels_that_are_no_phones_are_told_from_those_that_are() {
        assert!(
            ["Snoop/1.2-00000000", "UnicastRTP/127.0.0.1:4000-0x7f", "CBAnn/77-00000001;2"]
                .into_iter()
                .all(is_auxiliary)
        );
        assert!(!["PJSIP/1000-00000001", "Local/1@a-00000001;1", "DAHDI/1-1"].into_iter().any(is_auxiliary));
        assert!(["AsyncGoto/PJSIP/trunk-00000001", "PJSIP/1000-00000001<ZOMBIE>"].into_iter().all(is_temporary));
    }
}
