//! What is left to tell when several events were folded at once.

use std::collections::HashSet;

use pbx::switchboard::Change;

/// Without the states that a later one of the same call or channel replaces: a dozen phones that
/// begin to ring together are one news. The order of the rest stays, and nothing is left out
/// across a merge of calls.
pub(super) fn last_words(changes: Vec<Change>) -> Vec<Change> {
    let (mut calls, mut channels) = (HashSet::new(), HashSet::new());
    let mut kept: Vec<Change> = changes
        .into_iter()
        .rev()
        .filter(|change| match change {
            Change::Call(call) => calls.insert(call.id.clone()),
            Change::Channel(row) => channels.insert(row.channel_id.clone()),
            Change::ChannelGone(channel) => {
                channels.insert(channel.clone());
                true
            }
            Change::Merged { .. } => {
                calls.clear();
                true
            }
            Change::Endpoint(_) => true,
        })
        .collect();
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pbx::{
        ari::Event,
        switchboard::{Switchboard, Topology},
    };
    use serde_json::json;

    use super::*;

    /// An event of the channel `id`, which begins a call of its own.
    fn changes(switchboard: &mut Switchboard, kind: &str, id: &str, state: &str) -> Vec<Change> {
        let event = json!({
            "type": kind,
            "timestamp": "2026-11-24T03:28:04.323+0000",
            "channel": {
                "id": id,
                "name": format!("PJSIP/trunk-{id}"),
                "state": state,
                "caller": { "name": "A", "number": "0904859696" },
                "dialplan": { "context": "from-trunk", "exten": "1900", "app_name": "", "app_data": "" },
                "creationtime": "2026-11-24T03:28:04.323+0000",
                "channelvars": { "CHANNEL(linkedid)": id },
            },
        });
        switchboard.apply(&Event::parse(&event.to_string()).unwrap())
    }

    /// What is told, in short.
    fn told(changes: &[Change]) -> Vec<String> {
        let short = |change: &Change| match change {
            Change::Call(call) => format!("{} {:?}", call.id, call.phase),
            Change::Channel(row) => format!("{} {}", row.channel_id, row.channel_state.as_str()),
            Change::ChannelGone(channel) => format!("{channel} gone"),
            Change::Merged { from, into } => format!("{from} into {into}"),
            Change::Endpoint(row) => row.endpoint.to_string(),
        };
        changes.iter().map(short).collect()
    }

    fn switchboard() -> Switchboard {
        Switchboard::new(Topology {
            pbx: "main".into(),
            inbound_contexts: vec!["from-trunk".to_owned()],
            trunks: vec!["PJSIP/trunk".into()],
            extensions: ["1000".into()].into(),
            devices: BTreeMap::new(),
        })
    }

    #[test]
    fn only_the_last_word_about_a_call_is_told() {
        let mut switchboard = switchboard();
        let mut all = changes(&mut switchboard, "ChannelCreated", "1.0", "Ring");
        all.extend(changes(&mut switchboard, "ChannelCreated", "2.0", "Ring"));
        all.extend(changes(&mut switchboard, "ChannelStateChange", "1.0", "Up"));
        all.extend(changes(&mut switchboard, "ChannelDestroyed", "1.0", "Up"));
        assert!(all.len() > 4, "{:?}", told(&all));
        let mut last = told(&last_words(all));
        last.sort();
        assert_eq!(last, ["1.0 gone", "2.0 Ring", "main:1.0 Ended", "main:2.0 Waiting"]);
    }

    #[test]
    fn what_came_before_a_merge_is_told_before_it() {
        let mut switchboard = switchboard();
        let call = changes(&mut switchboard, "ChannelCreated", "1.0", "Ring");
        let merged = Change::Merged { from: "main:2.0".into(), into: "main:1.0".into() };
        let all = [call.clone(), vec![merged], call].concat();
        assert_eq!(
            told(&last_words(all)).iter().filter(|told| told.starts_with("main:1.0")).count(),
            2,
            "once before the merge, once after it"
        );
    }
}
