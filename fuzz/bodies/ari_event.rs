//! Frames that claim to be ARI's, one a line: none panics, neither the decoder nor the fold, and
//! a roll without channels ends every call that they made.

use domain::Timestamp;
use pbx::{
    ari::Event,
    switchboard::{Roll, Switchboard, Topology},
};

pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut switchboard = Switchboard::new(Topology {
        pbx: "t".into(),
        inbound_contexts: vec!["from-trunk".to_owned()],
        trunks: vec!["PJSIP/trunk".into()],
        extensions: ["1000".into()].into(),
        devices: [("PJSIP/1000-softphone".into(), "1000".into())].into(),
    });
    for line in text.lines() {
        if let Ok(event) = Event::parse(line) {
            switchboard.apply(&event);
        }
    }
    switchboard.reconcile(&Roll::default(), Timestamp::UNIX_EPOCH);
    assert_eq!((switchboard.calls().count(), switchboard.channels().count()), (0, 0));
}
