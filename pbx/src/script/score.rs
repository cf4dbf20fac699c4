//! Writes the events of a call down, each with its time.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    Timestamp,
    call::{ChannelState, Party},
    ids::Extension,
};
use serde_json::{Value, json};

use super::{
    Ids, Score, Stage, Talk, Timed,
    channel::{Bridge, Channel, ChannelVars, Dialplan, time},
};

/// Where phones are looked up, as in most dialplans.
pub(super) const INTERNAL: &str = "from-internal";

/// A Q.850 code with the text that Asterisk has for it.
pub(super) type Cause = (i32, &'static str);
pub(super) const UNKNOWN: Cause = (0, "Unknown");
pub(super) const NORMAL: Cause = (16, "Normal Clearing");
pub(super) const BUSY: Cause = (17, "User busy");
pub(super) const ANSWERED_ELSEWHERE: Cause = (26, "Answered elsewhere");
pub(super) const REPLACED: Cause = (32, "");
pub(super) const INTERWORKING: Cause = (127, "Interworking, unspecified");

/// A score in the making.
pub(super) struct Writer<'a> {
    pub stage: &'a Stage<'a>,
    pub ids: &'a mut Ids,
    /// Since the start of the call, at pace 1.
    elapsed: Duration,
    events: Vec<Timed>,
    talks: Vec<Talk>,
    /// The phones that talk now.
    talking: BTreeMap<Extension, Timestamp>,
}

impl<'a> Writer<'a> {
    pub fn new(stage: &'a Stage<'a>, ids: &'a mut Ids) -> Self {
        Self { stage, ids, elapsed: Duration::ZERO, events: Vec::new(), talks: Vec::new(), talking: BTreeMap::new() }
    }

    pub fn finish(self) -> Score {
        Score { events: self.events, talks: self.talks }
    }

    /// Lets time go by.
    pub fn pass(&mut self, ms: u32) {
        self.elapsed += Duration::from_millis(ms.into());
    }

    fn after(&self) -> Duration {
        self.elapsed.div_f64(self.stage.pace)
    }

    pub fn now(&self) -> Timestamp {
        self.stage.start + self.after()
    }

    fn write(&mut self, kind: &str, mut event: Value) {
        event["type"] = kind.into();
        event["timestamp"] = time(self.now()).into();
        event["application"] = self.stage.cast.app.as_str().into();
        self.events.push(Timed { after: self.after(), event: event.to_string() });
    }

    /// A channel comes into being, in the call of `maker`, or to begin one.
    pub fn create(
        &mut self,
        name: String,
        state: ChannelState,
        caller: Party,
        dialplan: Dialplan,
        maker: Option<&Channel>,
    ) -> Channel {
        let id = self.ids.channel(self.now());
        let linkedid = maker.map_or(&id, |maker| &maker.channelvars.linkedid).clone();
        let channel = Channel {
            id,
            name,
            state,
            caller,
            connected: Party::default(),
            dialplan,
            creationtime: time(self.now()),
            channelvars: ChannelVars { linkedid },
        };
        self.tell("ChannelCreated", &channel);
        channel
    }

    /// An event that says nothing but the channel.
    pub fn tell(&mut self, kind: &str, channel: &Channel) {
        self.write(kind, json!({ "channel": channel }));
    }

    pub fn state(&mut self, channel: &mut Channel, state: ChannelState) {
        channel.state = state;
        self.tell("ChannelStateChange", channel);
        if let (ChannelState::Up, Some(exten)) = (state, self.exten(channel)) {
            self.talking.insert(exten, self.now());
        }
    }

    /// The extension of the group whose phone this channel is.
    fn exten(&self, channel: &Channel) -> Option<Extension> {
        let (endpoint, _serial) = channel.name.rsplit_once('-')?;
        let number = endpoint.strip_prefix("PJSIP/")?;
        self.stage.cast.extensions.iter().find(|exten| exten.as_str() == number).cloned()
    }

    /// The channel is told whom it talks to.
    pub fn connect(&mut self, channel: &mut Channel, party: &Party) {
        channel.connected.clone_from(party);
        self.tell("ChannelConnectedLine", channel);
    }

    pub fn dial(&mut self, caller: &Channel, peer: &Channel, status: &str) {
        self.write("Dial", json!({ "dialstatus": status, "caller": caller, "peer": peer }));
    }

    /// As the first half of a Local channel is dialled: by nobody.
    pub fn dial_by_nobody(&mut self, peer: &Channel, status: &str) {
        self.write("Dial", json!({ "dialstatus": status, "peer": peer }));
    }

    pub fn bridge(&mut self) -> Bridge {
        let bridge = self.ids.bridge(self.now());
        self.write("BridgeCreated", json!({ "bridge": bridge }));
        bridge
    }

    pub fn enter(&mut self, bridge: &mut Bridge, channel: &Channel) {
        bridge.channels.push(channel.id.clone());
        self.write("ChannelEnteredBridge", json!({ "bridge": bridge, "channel": channel }));
    }

    pub fn leave(&mut self, bridge: &mut Bridge, channel: &Channel) {
        bridge.channels.retain(|other| *other != channel.id);
        self.write("ChannelLeftBridge", json!({ "bridge": bridge, "channel": channel }));
    }

    pub fn dissolve(&mut self, bridge: &Bridge) {
        self.write("BridgeDestroyed", json!({ "bridge": bridge }));
    }

    /// `transferer` hands `transferee` on to `exten`, unasked.
    pub fn blind_transfer(&mut self, bridge: &Bridge, transferer: &Channel, transferee: &Channel, exten: &Extension) {
        self.write(
            "BridgeBlindTransfer",
            json!({
                "result": "Success", "is_external": true, "context": INTERNAL, "exten": exten,
                "channel": transferer, "transferee": transferee, "bridge": bridge,
            }),
        );
    }

    /// `transferer`, by whose one channel both were spoken to, connects the caller with the target.
    pub fn attended_transfer(&mut self, transferer: &Channel, transferee: &Channel, into: &Bridge) {
        self.write(
            "BridgeAttendedTransfer",
            json!({
                "result": "Success", "is_external": false,
                "transferer_first_leg": transferer, "transferer_second_leg": transferer,
                "transferee": transferee, "destination_type": "bridge", "destination_bridge": into.id,
            }),
        );
    }

    /// The far end hangs up.
    pub fn hangs_up(&mut self, channel: &Channel, (cause, _): Cause) {
        self.write("ChannelHangupRequest", json!({ "cause": cause, "channel": channel }));
    }

    /// The far end lets go, by this SIP status.
    pub fn hangs_up_by(&mut self, channel: &Channel, (cause, _): Cause, status: u16) {
        self.write("ChannelHangupRequest", json!({ "cause": cause, "tech_cause": status, "channel": channel }));
    }

    /// Asterisk itself lets go.
    pub fn let_go(&mut self, channel: &Channel, (cause, _): Cause) {
        self.write("ChannelHangupRequest", json!({ "cause": cause, "soft": true, "channel": channel }));
    }

    /// The channel's last event.
    pub fn destroy(&mut self, channel: &Channel, (cause, text): Cause) {
        self.write("ChannelDestroyed", json!({ "cause": cause, "cause_txt": text, "channel": channel }));
        if let Some(exten) = self.exten(channel)
            && channel.state == ChannelState::Up
            && let Some(from) = self.talking.remove(&exten)
        {
            let until = self.now();
            self.talks.push(Talk { exten, from, until });
        }
    }
}
