//! A configuration that fits nothing: `[pbx]` names no context and no trunk that this PBX has, so
//! that every call looks like one between colleagues, and no card ever comes.

use std::collections::BTreeSet;

use domain::call::{Call, CallPhase, Direction};
use pbx::ari::{Channel, Event};

/// So many calls, all of them internal, are no chance.
const ENOUGH: u32 = 50;
/// Contexts and endpoints that are named.
const NAMED: usize = 20;

/// What the PBX showed while no call from outside was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    pub contexts: Vec<String>,
    pub endpoints: Vec<String>,
}

/// Watches the first calls.
#[derive(Debug, Default)]
pub(super) struct Fit {
    internal: u32,
    /// There was one from or to the outside: the configuration fits.
    fits: bool,
    contexts: BTreeSet<String>,
    endpoints: BTreeSet<String>,
}

impl Fit {
    pub(super) fn hear(&mut self, event: &Event) {
        if let Event::ChannelCreated(on) = event
            && !self.fits
        {
            self.see(&on.channel);
        }
    }

    fn see(&mut self, channel: &Channel) {
        if channel.is_local() || channel.is_auxiliary() {
            return;
        }
        let note = |seen: &mut BTreeSet<String>, text: &str| {
            if seen.len() < NAMED && !text.is_empty() {
                seen.insert(text.to_owned());
            }
        };
        note(&mut self.contexts, &channel.dialplan.context);
        note(&mut self.endpoints, channel.endpoint().as_str());
    }

    /// A call as it is now. True where this is the one that makes it certain that nothing fits.
    pub(super) fn count(&mut self, call: &Call) -> bool {
        self.fits |= call.direction != Direction::Internal;
        if self.fits || call.phase != CallPhase::Ended {
            return false;
        }
        self.internal += 1;
        self.internal == ENOUGH
    }

    pub(super) fn misfit(&self) -> Option<Misfit> {
        let named = |seen: &BTreeSet<String>| seen.iter().cloned().collect();
        (!self.fits && self.internal >= ENOUGH)
            .then(|| Misfit { contexts: named(&self.contexts), endpoints: named(&self.endpoints) })
    }
}

#[cfg(test)]
mod tests {
    use pbx::switchboard::{Change, Switchboard, Topology};
    use serde_json::json;

    use super::*;

    /// The PBX of somebody who took the example's contexts and trunks for their own.
    struct Pbx {
        switchboard: Switchboard,
        fit: Fit,
        calls: u32,
    }

    impl Pbx {
        /// A call comes in on an endpoint, in a context, and ends. True where it is the telling one.
        fn call(&mut self, endpoint: &str, context: &str) -> bool {
            self.calls += 1;
            let id = format!("1.{}", self.calls);
            let mut telling = false;
            for kind in ["ChannelCreated", "ChannelDestroyed"] {
                let event = json!({
                    "type": kind,
                    "timestamp": "2026-11-24T03:28:04.323+0000",
                    "channel": {
                        "id": id, "name": format!("{endpoint}-00000001"), "state": "Ring",
                        "caller": { "name": "", "number": "0904859696" },
                        "dialplan": { "context": context, "exten": "1900", "app_name": "", "app_data": "" },
                        "creationtime": "2026-11-24T03:28:04.323+0000",
                    },
                });
                let event = Event::parse(&event.to_string()).unwrap();
                self.fit.hear(&event);
                for change in self.switchboard.apply(&event) {
                    if let Change::Call(call) = change {
                        telling |= self.fit.count(&call);
                    }
                }
            }
            telling
        }

        fn new() -> Self {
            let topology = Topology {
                pbx: "t".into(),
                inbound_contexts: vec!["from-trunk".to_owned()],
                trunks: vec!["PJSIP/trunk".into()],
                extensions: ["1000".into()].into(),
                devices: [].into(),
            };
            Self { switchboard: Switchboard::new(topology), fit: Fit::default(), calls: 0 }
        }
    }

    #[test]
    fn fifty_internal_calls_and_no_other_are_told_once_with_what_was_seen() {
        let mut pbx = Pbx::new();
        let telling = (0..60).filter(|_| pbx.call("PJSIP/viettel-sip", "from-pstn")).count();
        assert_eq!(telling, 1);
        let misfit = pbx.fit.misfit().unwrap();
        assert_eq!((misfit.contexts, misfit.endpoints), (vec!["from-pstn".into()], vec!["PJSIP/viettel-sip".into()]));
        assert!(!pbx.call("PJSIP/trunk", "from-trunk") && pbx.fit.misfit().is_none(), "one call from outside: it fits");
    }
}
