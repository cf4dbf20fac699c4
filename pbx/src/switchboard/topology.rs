//! What has to be told about a PBX, since its events do not tell.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{Endpoint, Extension, PbxName};

/// What the switchboard has to be told about a PBX. Contexts and trunks may be patterns: `*` stands
/// for any characters, `?` for one.
#[derive(Clone, Debug)]
pub struct Topology {
    pub pbx: PbxName,
    /// Contexts in which calls from outside begin, such as `from-trunk*`.
    pub inbound_contexts: Vec<String>,
    /// Endpoints that lead outside, such as `PJSIP/trunk` or `DAHDI/*`.
    pub trunks: Vec<Endpoint>,
    /// The agents' extensions: the resource of their endpoint is the extension, as in `PJSIP/1000`.
    pub extensions: BTreeSet<Extension>,
    /// Endpoints whose extension is another: `PJSIP/1000-softphone` is 1000's second device.
    pub devices: BTreeMap<Endpoint, Extension>,
}

/// Technologies of phones, whose resource is the extension where nothing else is said.
const PHONES: [&str; 4] = ["PJSIP", "SIP", "IAX2", "SCCP"];

impl Topology {
    /// Does this endpoint lead outside? An extension's own never does, whatever a pattern says.
    pub fn is_trunk(&self, endpoint: &Endpoint) -> bool {
        self.trunks.contains(endpoint)
            || (self.exten(endpoint).is_none()
                && self.trunks.iter().any(|trunk| fits(trunk.as_str(), endpoint.as_str())))
    }

    pub fn is_inbound_context(&self, context: &str) -> bool {
        self.inbound_contexts.iter().any(|pattern| fits(pattern, context))
    }

    /// The extension that an endpoint belongs to.
    pub fn exten(&self, endpoint: &Endpoint) -> Option<Extension> {
        if let Some(exten) = self.devices.get(endpoint) {
            return Some(exten.clone());
        }
        if !PHONES.contains(&endpoint.technology()) {
            return None;
        }
        self.extensions.get(&Extension::from(endpoint.resource())).cloned()
    }
}

/// Does `text` fit a pattern, in which `*` stands for any characters and `?` for one?
pub fn fits(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    match (rest.next(), text.chars().next()) {
        (None, first) => first.is_none(),
        (Some('*'), _) => {
            let ends = (0..=text.len()).filter(|at| text.is_char_boundary(*at));
            ends.into_iter().any(|at| fits(rest.as_str(), &text[at..]))
        }
        (Some(wanted), Some(found)) => {
            (wanted == '?' || wanted == found) && fits(rest.as_str(), &text[found.len_utf8()..])
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_what_the_shell_would_take() {
        for (pattern, text, expected) in [
            ("from-trunk", "from-trunk", true),
            ("from-trunk", "from-trunk-x", false),
            ("from-trunk*", "from-trunk", true),
            ("from-trunk*", "from-trunk-pjsip-fpt", true),
            ("DAHDI/i?", "DAHDI/i1", true),
            ("DAHDI/i?", "DAHDI/i12", false),
            ("PJSIP/*-sip", "PJSIP/viettel-sip", true),
            ("PJSIP/*-sip", "PJSIP/viettel", false),
            ("*", "", true),
            ("*trunk*", "PJSIP/trunk-fpt", true),
            ("?", "", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn an_extensions_own_endpoint_is_no_trunk_though_a_pattern_takes_it() {
        let topology = Topology {
            pbx: "t".into(),
            inbound_contexts: vec![],
            trunks: vec!["PJSIP/*".into(), "DAHDI/*".into()],
            extensions: ["1000"].map(Extension::from).into(),
            devices: BTreeMap::from([("PJSIP/lan.anh".into(), "1000".into())]),
        };
        assert!(["PJSIP/viettel", "DAHDI/i1"].into_iter().all(|it| topology.is_trunk(&it.into())));
        assert!(!["PJSIP/1000", "PJSIP/lan.anh", "SIP/7"].into_iter().any(|it| topology.is_trunk(&it.into())));
    }

    #[test]
    fn the_extension_is_known_by_a_phones_resource_or_by_its_device() {
        let topology = Topology {
            pbx: "t".into(),
            inbound_contexts: vec![],
            trunks: vec![],
            extensions: ["1000"].map(Extension::from).into(),
            devices: BTreeMap::from([("PJSIP/lan.anh".into(), "1000".into()), ("DAHDI/4".into(), "1000".into())]),
        };
        for (endpoint, expected) in [
            ("PJSIP/1000", true),
            ("SIP/1000", true),
            ("IAX2/1000", true),
            ("SCCP/1000", true),
            ("PJSIP/lan.anh", true),
            ("DAHDI/4", true),
            ("PJSIP/1001", false),
            ("DAHDI/1000", false),
            ("Local/1000", false),
        ] {
            assert_eq!(topology.exten(&endpoint.into()).is_some(), expected, "{endpoint}");
        }
    }
}
