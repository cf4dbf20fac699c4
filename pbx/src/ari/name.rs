//! What a channel's name says. Source: the channel drivers of Asterisk, each of which makes its own.

/// Technologies whose channels are no party of a call: they listen, play, record, or carry media for
/// another application.
pub const AUXILIARY: [&str; 11] = [
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

/// Technologies whose channels are named after the device alone, without a serial number, so that a
/// hyphen is the device's own.
const WITHOUT_SERIAL: [&str; 4] = ["Console", "ALSA", "OSS", "Phone"];

/// Technologies of ISDN lines, in whose names the number stands behind the line.
const WITH_NUMBER: [&str; 2] = ["DAHDI", "CAPI"];

/// `PJSIP/1000` of `PJSIP/1000-0000001b`: up to the last hyphen, since a resource may have hyphens of
/// its own. A span of an ISDN line is `DAHDI/i1`: the number that is dialled stands behind it. A channel
/// of a masquerade has the endpoint of the one whose place it takes.
pub(super) fn endpoint(name: &str) -> &str {
    let whole = undisguised(name);
    let Some((technology, resource)) = whole.split_once('/') else { return whole };
    let resource = match technology {
        _ if WITHOUT_SERIAL.contains(&technology) => resource,
        _ if WITH_NUMBER.contains(&technology) => isdn(resource).map_or(resource, |(line, _)| line),
        // `mISDN/1-u12`: a port never has a hyphen.
        "mISDN" => resource.split_once('-').map_or(resource, |(port, _)| port),
        _ => resource.rsplit_once('-').map_or(resource, |(peer, _)| peer),
    };
    &whole[..technology.len() + 1 + resource.len()]
}

/// The number that stands in the name of an ISDN channel: `DAHDI/i1/0904859696-1`. A subaddress, which
/// stands behind a colon, is no part of it.
pub(super) fn number(name: &str) -> Option<&str> {
    let (technology, resource) = undisguised(name).split_once('/')?;
    let (_, number) = WITH_NUMBER.contains(&technology).then(|| isdn(resource)).flatten()?;
    let number = number?.split(':').next()?;
    (!number.is_empty()).then_some(number)
}

/// Line and number of `i1/0904859696-1`, `4-1`.
fn isdn(resource: &str) -> Option<(&str, Option<&str>)> {
    let (called, _serial) = resource.rsplit_once('-')?;
    Some(called.split_once('/').map_or((called, None), |(line, number)| (line, Some(number))))
}

/// The name without what a masquerade puts before and behind it.
fn undisguised(name: &str) -> &str {
    let name = name.strip_suffix("<ZOMBIE>").or_else(|| name.strip_suffix("<MASQ>")).unwrap_or(name);
    let taken = TEMPORARY.iter().find_map(|prefix| name.strip_prefix(prefix));
    // `Bridge/1.2` takes no named channel's place.
    taken.filter(|taken| taken.contains('/')).unwrap_or(name)
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
            ("IAX2/hn-hcm-2-9642", "IAX2/hn-hcm-2"),
            ("SIP/84243825382-0000001b", "SIP/84243825382"),
            ("DAHDI/i2/-3", "DAHDI/i2"),
            ("DAHDI/i1/0904859696:12-1a", "DAHDI/i1"),
            ("CAPI/ISDN1/0904859696-1f", "CAPI/ISDN1"),
            ("mISDN/1-u12", "mISDN/1"),
            ("OOH323/gw-hcm-3", "OOH323/gw-hcm"),
            ("MGCP/aaln/1@gw-1", "MGCP/aaln/1@gw"),
            ("Console/dsp", "Console/dsp"),
            ("Console/usb-headset", "Console/usb-headset"),
            ("PJSIP/trunk", "PJSIP/trunk"),
            ("nothing", "nothing"),
            ("PJSIP/trunk-00000003<MASQ>", "PJSIP/trunk"),
            ("AsyncGoto/PJSIP/trunk-00000001", "PJSIP/trunk"),
            ("AsyncGoto/PJSIP/trunk-00000001<ZOMBIE>", "PJSIP/trunk"),
            ("AsyncGoto/DAHDI/i1/0904859696-1", "DAHDI/i1"),
            ("Surrogate/SIP/trunk-fpt-0000001b", "SIP/trunk-fpt"),
            ("Local/1000@agents-00000001;2", "Local/1000@agents"),
            ("PJSIP/trunk-00000003<ZOMBIE>", "PJSIP/trunk"),
        ] {
            assert_eq!(endpoint(name), expected, "{name}");
        }
    }

    #[test]
    fn the_number_of_an_isdn_channel_is_in_its_name() {
        for (name, expected) in [
            ("DAHDI/i1/0904859696-1", Some("0904859696")),
            ("DAHDI/i1/0904859696:12-1a", Some("0904859696")),
            ("CAPI/ISDN1/0904859696-1f", Some("0904859696")),
            ("AsyncGoto/DAHDI/i1/0904859696-1<ZOMBIE>", Some("0904859696")),
            ("DAHDI/i2/-3", None),
            ("DAHDI/4-1", None),
            ("DAHDI/pseudo-1804289383", None),
            ("PJSIP/trunk-00000001", None),
            ("MGCP/aaln/1@gw-1", None),
        ] {
            assert_eq!(number(name), expected, "{name}");
        }
    }

    #[test]
    fn channels_that_are_no_phones_are_told_from_those_that_are() {
        for name in [
            "Snoop/1.2-00000000",
            "UnicastRTP/127.0.0.1:4000-0x7f",
            "MulticastRTP/basic-0x7f",
            "AudioSocket/127.0.0.1:9092-1",
            "WebSocket/media-0x7f",
            "Announcer/ARI-00000001;1",
            "Recorder/ARI-00000001;2",
            "CBAnn/77-00000001;2",
            "CBRec/77-00000001;1",
            "Message/ast_msg_queue",
        ] {
            assert!(is_auxiliary(name), "{name}");
        }
        for name in ["PJSIP/1000-00000001", "Local/1@a-00000001;1", "DAHDI/1-1", "SIP/Snoop-00000001", "Snoop"] {
            assert!(!is_auxiliary(name), "{name}");
        }
    }

    #[test]
    fn names_of_a_masquerade_are_temporary() {
        for (name, expected) in [
            ("AsyncGoto/PJSIP/trunk-00000001", true),
            ("Surrogate/SIP/trunk-0000001b", true),
            ("PJSIP/1000-00000001<ZOMBIE>", true),
            ("PJSIP/1000-00000001<MASQ>", true),
            ("PJSIP/1000-00000001", false),
            ("Local/1000@parkedcalls-00000001;1", false),
        ] {
            assert_eq!(is_temporary(name), expected, "{name}");
        }
    }
}
