//! What `[pbx]` may say and no Asterisk can have: entries that fit no call, ever. Such a
//! configuration can be served, so the start warns of it and `config check` fails.

use domain::ids::Endpoint;
use pbx::ari::AUXILIARY;

use super::Pbx;

/// Technologies as Asterisk writes them in the names of channels. Others there may be are let pass.
const TECHNOLOGIES: [&str; 16] = [
    "PJSIP", "SIP", "IAX2", "DAHDI", "SCCP", "Dongle", "Quectel", "Console", "OOH323", "H323", "MGCP", "mISDN",
    "Motif", "Skinny", "UniMRCP", "USTM",
];
/// Technologies of phones and carriers that are reached by a name: what else a dial string says of
/// them is no part of it.
const NAMED: [&str; 4] = ["PJSIP", "SIP", "IAX2", "SCCP"];

impl Pbx {
    /// One sentence for each entry that fits nothing, with what may be meant.
    pub fn mistakes(&self) -> Vec<String> {
        let trunks = self.trunks.iter().filter_map(|trunk| Some(("pbx.trunks", trunk, why_no_endpoint(trunk)?)));
        let devices = self.devices.keys().filter_map(|device| Some(("pbx.devices", device, why_no_endpoint(device)?)));
        let endpoints = trunks.chain(devices).map(|(key, found, why)| format!("{key}: {:?} {why}", found.as_str()));
        let contexts = self
            .inbound_contexts
            .iter()
            .filter_map(|context| Some(format!("pbx.inbound_contexts: {context:?} {}", of_context(context)?)));
        let strangers =
            self.devices.iter().filter(|(_, exten)| !self.extensions.contains(exten)).map(|(device, exten)| {
                format!(
                    "pbx.devices: {:?} is a phone of {exten}, which is not among pbx.extensions: add it there",
                    device.as_str()
                )
            });
        let nothing = (self.trunks.is_empty() && self.inbound_contexts.is_empty()).then(|| {
            "pbx: neither trunks nor inbound_contexts name anything, so every call is internal: name those of this PBX".to_owned()
        });
        endpoints.chain(contexts).chain(strangers).chain(nothing).collect()
    }

    /// What is an extension's phone and a trunk too: none of its calls could be told.
    pub(super) fn contradiction(&self) -> Option<String> {
        let topology = self.topology();
        self.trunks.iter().find_map(|trunk| {
            let exten = topology.exten(trunk)?;
            let where_it_is = if self.devices.contains_key(trunk) { "pbx.devices" } else { "pbx.extensions" };
            Some(format!(
                "pbx.trunks: {:?} is also the phone of extension {exten} in {where_it_is}, expected it in one of them",
                trunk.as_str()
            ))
        })
    }
}

/// Why no channel has this endpoint, and what may be meant.
pub fn why_no_endpoint(endpoint: &Endpoint) -> Option<String> {
    let (technology, resource) = endpoint.as_str().split_once('/')?;
    let meant = |meant: &str| format!("expected {meant:?}");
    if endpoint.as_str().chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Some("has a space in it, and no endpoint has".to_owned());
    }
    if AUXILIARY.iter().chain(&["Local"]).any(|internal| internal.eq_ignore_ascii_case(technology)) {
        return Some("leads nowhere outside: Asterisk makes such channels for itself".to_owned());
    }
    if technology.eq_ignore_ascii_case("Zap") {
        return Some(format!("is of Zaptel, which is DAHDI now: {}", meant(&format!("DAHDI/{resource}"))));
    }
    let proper = TECHNOLOGIES.iter().find(|proper| proper.eq_ignore_ascii_case(technology));
    if let Some(proper) = proper.filter(|proper| **proper != technology) {
        return Some(format!("is not as Asterisk writes it: {}", meant(&format!("{proper}/{resource}"))));
    }
    if technology == "DAHDI" {
        return of_dahdi(resource);
    }
    if NAMED.contains(&technology) {
        let host = resource.rsplit_once('@').map_or(resource, |(_, host)| host);
        let peer = host.split('/').next().unwrap_or(host);
        if peer != resource {
            return Some(format!(
                "is what is dialled, with more than the endpoint: {}",
                meant(&format!("{technology}/{peer}"))
            ));
        }
    }
    let name = resource.split_once('<').map_or(resource, |(name, _)| name);
    let (peer, serial) = name.rsplit_once('-')?;
    let is_serial = serial.len() == 8 && serial.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    is_serial.then(|| format!("is the name of one call's channel: {}", meant(&format!("{technology}/{peer}"))))
}

/// `DAHDI/i1` is a span, `DAHDI/4` a line, whatever is dialled on them.
fn of_dahdi(resource: &str) -> Option<String> {
    let (line, more) = resource.split_once(['/', '-']).map_or((resource, None), |(line, more)| (line, Some(more)));
    let is_group =
        line.strip_prefix(['g', 'G', 'r', 'R']).is_some_and(|group| group.bytes().all(|b| b.is_ascii_digit()));
    if is_group && line.len() > 1 {
        return Some("is a group that is dialled, and no call shows it: expected spans such as \"DAHDI/i1\", lines such as \"DAHDI/4\", or \"DAHDI/*\"".to_owned());
    }
    let is_line = line.strip_prefix('i').unwrap_or(line).bytes().all(|b| b.is_ascii_digit()) && !line.is_empty();
    (is_line && more.is_some())
        .then(|| format!("is one call's channel or what is dialled on it, not the line: expected \"DAHDI/{line}\""))
}

/// Why no channel is ever in this context.
fn of_context(context: &str) -> Option<String> {
    let inner = context.trim_matches(['[', ']']);
    if inner != context {
        return Some(format!("has brackets: expected {inner:?}"));
    }
    if context.contains('/') {
        return Some("is an endpoint, not a context of the dialplan: it belongs in pbx.trunks".to_owned());
    }
    if let Some((_, after)) = context.rsplit_once('@') {
        return Some(format!("is an extension and a context: expected {after:?}"));
    }
    if let Some((before, _)) = context.split_once(',') {
        return Some(format!("is a context and an extension: expected {before:?}"));
    }
    (context.is_empty() || context.contains(char::is_whitespace)).then(|| "is no name of a context".to_owned())
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn mistakes(pbx: &str) -> Vec<String> {
        toml::from_str::<Config>(&format!("[pbx]\n{pbx}")).unwrap().pbx.mistakes()
    }

    #[test]
    fn a_trunk_that_no_channel_can_have_is_told_with_what_is_meant() {
        for (trunk, meant) in [
            ("DAHDI/i1/0904859696", "\"DAHDI/i1\""),
            ("DAHDI/i1/0904859696-1", "\"DAHDI/i1\""),
            ("DAHDI/i1/*", "\"DAHDI/i1\""),
            ("DAHDI/4-1", "\"DAHDI/4\""),
            ("DAHDI/g0", "\"DAHDI/*\""),
            ("DAHDI/G1/0904859696", "\"DAHDI/*\""),
            ("Zap/4", "\"DAHDI/4\""),
            ("pjsip/viettel", "\"PJSIP/viettel\""),
            ("PJSIP/viettel-0000001b", "\"PJSIP/viettel\""),
            ("PJSIP/viettel-0000001b<ZOMBIE>", "\"PJSIP/viettel\""),
            ("PJSIP/0904859696@viettel", "\"PJSIP/viettel\""),
            ("SIP/viettel/0904859696", "\"SIP/viettel\""),
            ("IAX2/user:secret@peer/0904859696", "\"IAX2/peer\""),
            ("Local/0904@from-internal", "leads nowhere outside"),
            ("UnicastRTP/127.0.0.1:4000", "leads nowhere outside"),
            ("PJSIP/viettel ", "a space"),
        ] {
            let said = mistakes(&format!("trunks = [{trunk:?}]")).join("\n");
            assert!(said.contains("pbx.trunks") && said.contains(meant), "{trunk}: {said:?}");
        }
    }

    #[test]
    fn what_real_sites_have_is_no_mistake() {
        let said = mistakes(
            r#"trunks = ["PJSIP/viettel", "PJSIP/trunk-*", "DAHDI/i1", "DAHDI/4", "DAHDI/*", "DAHDI/i?", "IAX2/hn-hcm-2",
                "SIP/84243825382", "Dongle/dongle0", "Quectel/*", "SCCP/trunk", "OOH323/gw-1", "mISDN/1", "Khomp/B0C0"]
            inbound_contexts = ["from-trunk*", "from-pstn", "from-trunk-pjsip-viettel", "DID_trunk_1", "*"]"#,
        );
        assert_eq!(said, Vec::<String>::new());
    }

    #[test]
    fn a_context_that_is_none_is_told_with_what_is_meant() {
        for (context, meant) in [
            ("PJSIP/viettel", "pbx.trunks"),
            ("[from-trunk]", "\"from-trunk\""),
            ("1900@from-trunk", "\"from-trunk\""),
            ("from-trunk,1900,1", "\"from-trunk\""),
            ("from trunk", "no name"),
        ] {
            let said = mistakes(&format!("inbound_contexts = [{context:?}]")).join("\n");
            assert!(said.contains("pbx.inbound_contexts") && said.contains(meant), "{context}: {said:?}");
        }
    }

    #[test]
    fn a_pbx_without_an_outside_and_a_device_of_nobody_are_told() {
        let said = mistakes("trunks = []\ninbound_contexts = []\ndevices = { \"PJSIP/lan.anh\" = \"2000\" }");
        assert!(said[0].contains("2000") && said[0].contains("pbx.extensions"), "{said:?}");
        assert!(said[1].contains("every call is internal"), "{said:?}");
    }
}
