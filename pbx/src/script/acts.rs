//! What calls are made of: a call that comes in, a ring, an answer, a hangup.

use domain::{
    call::{ChannelState, Party},
    ids::{Endpoint, Extension},
};

use super::{
    NoSuchPhone,
    channel::{Bridge, Channel, Dialplan},
    score::{ANSWERED_ELSEWHERE, BUSY, Cause, INTERNAL, NORMAL, Writer},
};

/// Two channels that talk.
pub(super) struct Conversation {
    /// Who called.
    pub caller: Channel,
    pub leg: Channel,
    pub bridge: Bridge,
}

impl Writer<'_> {
    /// A call from outside begins.
    pub fn call_in(&mut self, caller: &Party) -> Channel {
        let cast = self.stage.cast;
        let dialplan = Dialplan {
            context: cast.inbound_context.clone(),
            exten: cast.did.clone(),
            priority: 1,
            ..Dialplan::default()
        };
        let name = self.ids.name(cast.trunk.as_str());
        self.create(name, ChannelState::Ring, caller.clone(), dialplan, None)
    }

    /// Through our Stasis app, and out again at once.
    pub fn hop(&mut self, trunk: &mut Channel) {
        let cast = self.stage.cast;
        trunk.dialplan.app_name = "Stasis";
        trunk.dialplan.app_data = format!("{},inbound,{}", cast.app, cast.did);
        self.tell("StasisStart", trunk);
        self.pass(2);
        self.tell("StasisEnd", trunk);
        self.pass(1);
    }

    /// The leg that `caller` makes towards a phone.
    pub fn leg(&mut self, exten: &Extension, caller: &Channel) -> Channel {
        self.leg_to(&Endpoint::new(format!("PJSIP/{exten}")), agent(exten), INTERNAL, caller)
    }

    /// The leg that `caller` makes towards an endpoint, whose party is reached there.
    pub fn leg_to(&mut self, endpoint: &Endpoint, party: Party, context: &str, caller: &Channel) -> Channel {
        let name = self.ids.name(endpoint.as_str());
        let dialplan = Dialplan { context: context.to_owned(), exten: "s".to_owned(), ..Dialplan::default() };
        let mut leg = self.create(name, ChannelState::Down, party, dialplan, Some(caller));
        leg.dialplan.exten.clone_from(&caller.dialplan.exten);
        leg.dialplan.app_name = "AppDial";
        leg.dialplan.app_data = "(Outgoing Line)".to_owned();
        self.connect(&mut leg, &caller.caller);
        leg
    }

    /// The leg rings.
    pub fn ring(&mut self, caller: &Channel, leg: &mut Channel) {
        self.dial(caller, leg, "");
        self.pass(1);
        self.state(leg, ChannelState::Ringing);
        self.dial(caller, leg, "RINGING");
    }

    /// The whole group is rung at once. Answers the legs that ring: a phone that talks refuses.
    pub fn ring_group(&mut self, trunk: &mut Channel, wanted: Option<&Extension>) -> Vec<Channel> {
        let (cast, busy) = (self.stage.cast, self.stage.busy);
        trunk.dialplan.app_name = "Dial";
        let phones: Vec<_> = cast.extensions.iter().map(|exten| format!("PJSIP/{exten}")).collect();
        trunk.dialplan.app_data = format!("{},30", phones.join("&"));

        let mut legs: Vec<_> = cast.extensions.iter().map(|exten| (exten, self.leg(exten, trunk))).collect();
        self.pass(3);
        for (_, leg) in &legs {
            self.dial(trunk, leg, "");
        }
        self.pass(3);
        for (exten, leg) in &mut legs {
            if busy.contains(*exten) && wanted != Some(*exten) {
                self.refuse(trunk, leg);
            } else {
                self.state(leg, ChannelState::Ringing);
                self.dial(trunk, leg, "RINGING");
            }
        }
        legs.retain(|(_, leg)| leg.state == ChannelState::Ringing);
        legs.into_iter().map(|(_, leg)| leg).collect()
    }

    /// The phone is busy.
    fn refuse(&mut self, caller: &Channel, leg: &Channel) {
        self.hangs_up_by(leg, BUSY, 486);
        self.dial(caller, leg, "BUSY");
        self.destroy(leg, BUSY);
    }

    /// The leg that answers, and the others.
    pub fn winner(mut legs: Vec<Channel>, by: &Extension) -> Result<(Channel, Vec<Channel>), NoSuchPhone> {
        let at = legs.iter().position(|leg| leg.caller.number == by.as_str());
        let winner = legs.remove(at.ok_or_else(|| NoSuchPhone(by.clone()))?);
        Ok((winner, legs))
    }

    /// One of the legs answers; the others fall silent.
    pub fn answer_group(
        &mut self,
        mut trunk: Channel,
        legs: Vec<Channel>,
        by: &Extension,
    ) -> Result<Conversation, NoSuchPhone> {
        let (mut leg, losers) = Self::winner(legs, by)?;
        self.state(&mut leg, ChannelState::Up);
        for loser in &losers {
            self.dial(&trunk, loser, "CANCEL");
        }
        for loser in &losers {
            self.destroy(loser, ANSWERED_ELSEWHERE);
        }
        self.pass(1);
        self.dial(&trunk, &leg, "ANSWER");
        if trunk.state != ChannelState::Up {
            self.state(&mut trunk, ChannelState::Up);
        }
        Ok(self.meet(trunk, leg))
    }

    /// The leg, which rang alone, answers.
    pub fn answer(&mut self, mut caller: Channel, mut leg: Channel) -> Conversation {
        self.state(&mut leg, ChannelState::Up);
        self.dial(&caller, &leg, "ANSWER");
        if caller.state != ChannelState::Up {
            self.state(&mut caller, ChannelState::Up);
        }
        self.meet(caller, leg)
    }

    /// The two are bridged.
    pub fn meet(&mut self, mut caller: Channel, leg: Channel) -> Conversation {
        self.connect(&mut caller, &leg.caller);
        let mut bridge = self.bridge();
        self.enter(&mut bridge, &leg);
        self.enter(&mut bridge, &caller);
        Conversation { caller, leg, bridge }
    }

    /// The caller hangs up, and so ends the call.
    pub fn hang_up(&mut self, conversation: Conversation) {
        let Conversation { caller, leg, mut bridge } = conversation;
        self.hangs_up(&caller, NORMAL);
        self.leave(&mut bridge, &caller);
        self.leave(&mut bridge, &leg);
        self.dissolve(&bridge);
        self.let_go(&caller, NORMAL);
        self.pass(1);
        self.destroy(&leg, NORMAL);
        self.destroy(&caller, NORMAL);
    }

    /// Nobody answered: the legs go, and the caller's channel with them.
    pub fn give_up(&mut self, trunk: &Channel, legs: &[Channel], status: &str, of_legs: Cause, of_trunk: Cause) {
        for leg in legs {
            self.dial(trunk, leg, status);
        }
        self.pass(2);
        self.let_go(trunk, NORMAL);
        for leg in legs {
            self.destroy(leg, of_legs);
        }
        self.destroy(trunk, of_trunk);
    }
}

/// An extension as a party, as phones are commonly configured.
pub(super) fn agent(exten: &Extension) -> Party {
    Party::new(format!("Agent {exten}"), exten.to_string())
}
