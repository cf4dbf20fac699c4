//! Each scenario, act after act.

use domain::{
    call::{ChannelState, Party},
    ids::Extension,
};

use super::{
    NoSuchPhone, Scenario,
    acts::{Conversation, agent},
    channel::{Channel, Dialplan},
    score::{ANSWERED_ELSEWHERE, BUSY, INTERNAL, INTERWORKING, NORMAL, UNKNOWN, Writer},
};

/// So long a phone rings that its user does not want to be disturbed.
const REFUSED_AFTER_MS: u32 = 300;

impl Writer<'_> {
    pub fn play(&mut self, scenario: &Scenario, caller: &Party) -> Result<(), NoSuchPhone> {
        match scenario {
            Scenario::Answered { by, ring_ms, talk_ms } => {
                let talk = self.taken(caller, by, *ring_ms)?;
                self.pass(*talk_ms);
                self.hang_up(talk);
            }
            Scenario::Abandoned { ring_ms } => self.abandoned(caller, *ring_ms),
            Scenario::NoAnswer { ring_ms } => self.no_answer(caller, *ring_ms),
            Scenario::AllBusy => self.all_busy(caller),
            Scenario::BlindTransfer { from, to, ring_ms, talk_ms, to_ring_ms, to_talk_ms } => {
                let talk = self.taken(caller, from, *ring_ms)?;
                self.pass(*talk_ms);
                let talk = self.hand_on(talk, to, *to_ring_ms);
                self.pass(*to_talk_ms);
                self.hang_up(talk);
            }
            Scenario::AttendedTransfer { from, to, ring_ms, talk_ms, to_ring_ms, consult_ms, to_talk_ms } => {
                let talk = self.taken(caller, from, *ring_ms)?;
                self.pass(*talk_ms);
                let asked = self.ask(talk, to, *to_ring_ms);
                self.pass(*consult_ms);
                let connected = self.hand_over(asked);
                self.pass(*to_talk_ms);
                self.hang_up_chain(connected);
            }
            Scenario::Held { by, ring_ms, talk_ms, hold_ms } => {
                let talk = self.taken(caller, by, *ring_ms)?;
                let before = talk_ms / 2;
                self.pass(before);
                self.tell("ChannelHold", &talk.leg);
                self.pass(*hold_ms);
                self.tell("ChannelUnhold", &talk.leg);
                self.pass(talk_ms - before);
                self.hang_up(talk);
            }
            Scenario::Outbound { from, number, ring_ms, talk_ms } => self.outbound(from, number, *ring_ms, *talk_ms),
            Scenario::Internal { from, to, ring_ms, talk_ms } => self.internal(from, to, *ring_ms, *talk_ms),
            Scenario::Queue { by, ring_ms, talk_ms } => {
                let talk = self.queue(caller, by, *ring_ms)?;
                self.pass(*talk_ms);
                self.hang_up(talk);
            }
            Scenario::IvrFirst { by, menu_ms, ring_ms, talk_ms } => {
                let mut trunk = self.call_in(caller);
                self.state(&mut trunk, ChannelState::Up);
                self.pass(*menu_ms);
                self.hop(&mut trunk);
                let legs = self.ring_group(&mut trunk, Some(by));
                self.pass(*ring_ms);
                let talk = self.answer_group(trunk, legs, by)?;
                self.pass(*talk_ms);
                self.hang_up(talk);
            }
        }
        Ok(())
    }

    /// A call from outside rings the group, and `by` takes it.
    fn taken(&mut self, caller: &Party, by: &Extension, ring_ms: u32) -> Result<Conversation, NoSuchPhone> {
        let mut trunk = self.call_in(caller);
        self.hop(&mut trunk);
        let legs = self.ring_group(&mut trunk, Some(by));
        self.pass(ring_ms);
        self.answer_group(trunk, legs, by)
    }

    /// A call from outside rings whoever is free. None where nobody is: then it is over.
    fn rings(&mut self, caller: &Party) -> Option<(Channel, Vec<Channel>)> {
        let mut trunk = self.call_in(caller);
        self.hop(&mut trunk);
        let legs = self.ring_group(&mut trunk, None);
        if legs.is_empty() {
            self.give_up(&trunk, &[], "BUSY", BUSY, BUSY);
            return None;
        }
        Some((trunk, legs))
    }

    fn abandoned(&mut self, caller: &Party, ring_ms: u32) {
        let Some((trunk, legs)) = self.rings(caller) else { return };
        self.pass(ring_ms);
        self.hangs_up_by(&trunk, INTERWORKING, 487);
        self.pass(5);
        self.give_up(&trunk, &legs, "CANCEL", INTERWORKING, INTERWORKING);
    }

    fn no_answer(&mut self, caller: &Party, ring_ms: u32) {
        let Some((trunk, legs)) = self.rings(caller) else { return };
        self.pass(ring_ms);
        self.give_up(&trunk, &legs, "NOANSWER", UNKNOWN, NORMAL);
    }

    fn all_busy(&mut self, caller: &Party) {
        let Some((trunk, legs)) = self.rings(caller) else { return };
        self.pass(REFUSED_AFTER_MS);
        for leg in &legs {
            self.hangs_up_by(leg, BUSY, 486);
        }
        self.give_up(&trunk, &legs, "BUSY", BUSY, BUSY);
    }

    /// A queue dials one phone after the other, though it rings them all at once, and tells the
    /// winner's answer before the others' end.
    fn queue(&mut self, caller: &Party, by: &Extension, ring_ms: u32) -> Result<Conversation, NoSuchPhone> {
        let (cast, busy) = (self.stage.cast, self.stage.busy);
        let mut trunk = self.call_in(caller);
        trunk.dialplan.app_name = "Queue";
        let free = cast.extensions.iter().filter(|exten| *exten == by || !busy.contains(*exten));
        let mut legs = Vec::new();
        for exten in free {
            let mut leg = self.leg(exten, &trunk);
            self.pass(1);
            self.dial(&trunk, &leg, "");
            self.state(&mut leg, ChannelState::Ringing);
            legs.push(leg);
        }
        for leg in legs.iter().rev() {
            self.dial(&trunk, leg, "RINGING");
        }
        self.pass(ring_ms);

        let (mut winner, losers) = Self::winner(legs, by)?;
        self.state(&mut winner, ChannelState::Up);
        self.dial(&trunk, &winner, "ANSWER");
        // Said once when the answer is known, and once when the phone is let go.
        for _ in 0..2 {
            for loser in &losers {
                self.dial(&trunk, loser, "CANCEL");
            }
            self.pass(2);
        }
        for loser in &losers {
            self.destroy(loser, ANSWERED_ELSEWHERE);
        }
        self.state(&mut trunk, ChannelState::Up);
        Ok(self.meet(trunk, winner))
    }

    fn outbound(&mut self, from: &Extension, number: &str, ring_ms: u32, talk_ms: u32) {
        let cast = self.stage.cast;
        let caller = self.dials(from, number);
        let outside = Party::new("", number.to_owned());
        let leg = self.leg_to(&cast.trunk, outside, &cast.inbound_context, &caller);
        self.one_to_one(caller, leg, ring_ms, talk_ms);
    }

    fn internal(&mut self, from: &Extension, to: &Extension, ring_ms: u32, talk_ms: u32) {
        let caller = self.dials(from, to.as_str());
        let leg = self.leg(to, &caller);
        self.one_to_one(caller, leg, ring_ms, talk_ms);
    }

    /// An agent dials.
    fn dials(&mut self, from: &Extension, number: &str) -> Channel {
        let name = self.ids.name(&format!("PJSIP/{from}"));
        let dialplan =
            Dialplan { context: INTERNAL.to_owned(), exten: number.to_owned(), priority: 1, ..Dialplan::default() };
        let mut caller = self.create(name, ChannelState::Ring, agent(from), dialplan, None);
        caller.dialplan.app_name = "Dial";
        self.pass(1);
        caller
    }

    fn one_to_one(&mut self, caller: Channel, mut leg: Channel, ring_ms: u32, talk_ms: u32) {
        self.ring(&caller, &mut leg);
        self.pass(ring_ms);
        let talk = self.answer(caller, leg);
        self.pass(talk_ms);
        self.hang_up(talk);
    }
}
