//! Callers who are handed on: unasked, or after a word with the colleague.

use domain::{
    call::{ChannelState, Party},
    ids::Extension,
};

use super::{
    acts::Conversation,
    channel::{Bridge, Channel, Dialplan},
    score::{INTERNAL, NORMAL, REPLACED, Writer},
};

/// The agent asks a colleague while the caller waits. The way to the colleague is a Local channel.
pub(super) struct Asked {
    /// Who called, alone now.
    caller: Channel,
    waiting: Bridge,
    agent: Channel,
    /// Where the agent asks.
    asking: Bridge,
    way: Way,
}

/// The caller talks to the colleague through the Local channel.
pub(super) struct Connected {
    caller: Channel,
    near: Bridge,
    way: Way,
}

/// A Local channel, and the colleague at its far end.
struct Way {
    first_half: Channel,
    second_half: Channel,
    colleague: Channel,
    far: Bridge,
}

impl Writer<'_> {
    /// A blind transfer, up to the answer.
    pub fn hand_on(&mut self, talk: Conversation, to: &Extension, ring_ms: u32) -> Conversation {
        let Conversation { mut caller, leg, mut bridge } = talk;
        // The REFER ends a hold that never was.
        self.tell("ChannelUnhold", &leg);
        self.pass(10);
        self.blind_transfer(&bridge, &leg, &caller, to);
        self.leave(&mut bridge, &leg);
        self.leave(&mut bridge, &caller);
        self.dissolve(&bridge);
        self.destroy(&leg, NORMAL);
        self.pass(2);
        INTERNAL.clone_into(&mut caller.dialplan.context);
        to.as_str().clone_into(&mut caller.dialplan.exten);
        let mut leg = self.leg(to, &caller);
        self.ring(&caller, &mut leg);
        self.pass(ring_ms);
        self.answer(caller, leg)
    }

    /// An attended transfer, up to the colleague's answer.
    pub fn ask(&mut self, talk: Conversation, to: &Extension, ring_ms: u32) -> Asked {
        let Conversation { caller, leg: agent, bridge: mut waiting } = talk;
        self.tell("ChannelHold", &agent);
        self.pass(2);
        let dialplan =
            Dialplan { context: INTERNAL.to_owned(), exten: to.to_string(), priority: 1, ..Dialplan::default() };
        let pair = self.ids.local(to.as_str(), INTERNAL);
        let half = |half: u8| format!("{pair};{half}");
        let nobody = Party::default();
        let mut first_half = self.create(half(1), ChannelState::Down, nobody.clone(), dialplan.clone(), Some(&caller));
        let mut second_half = self.create(half(2), ChannelState::Ring, nobody, dialplan, Some(&caller));
        let mut asking = self.bridge();
        self.enter(&mut asking, &first_half);
        self.leave(&mut waiting, &agent);
        self.enter(&mut asking, &agent);

        second_half.dialplan.app_name = "Dial";
        second_half.caller.clone_from(&agent.caller);
        let mut colleague = self.leg(to, &second_half);
        self.dial(&second_half, &colleague, "");
        self.pass(1);
        self.state(&mut colleague, ChannelState::Ringing);
        self.state(&mut first_half, ChannelState::Ringing);
        self.dial(&second_half, &colleague, "RINGING");
        self.dial_by_nobody(&first_half, "RINGING");
        self.pass(ring_ms);

        self.state(&mut colleague, ChannelState::Up);
        self.dial(&second_half, &colleague, "ANSWER");
        self.state(&mut second_half, ChannelState::Up);
        self.state(&mut first_half, ChannelState::Up);
        let mut far = self.bridge();
        self.dial_by_nobody(&first_half, "ANSWER");
        self.enter(&mut far, &colleague);
        self.enter(&mut far, &second_half);
        Asked { caller, waiting, agent, asking, way: Way { first_half, second_half, colleague, far } }
    }

    /// The agent connects the caller with the colleague, and is gone.
    pub fn hand_over(&mut self, asked: Asked) -> Connected {
        let Asked { caller, waiting: mut near, agent, mut asking, mut way } = asked;
        self.let_go(&agent, REPLACED);
        self.leave(&mut asking, &agent);
        self.leave(&mut asking, &way.first_half);
        self.enter(&mut near, &way.first_half);
        self.attended_transfer(&agent, &caller, &near);
        self.dissolve(&asking);
        self.destroy(&agent, NORMAL);
        // The colleague's phone shows the caller from now on.
        self.connect(&mut way.colleague, &caller.caller);
        Connected { caller, near, way }
    }

    /// The caller hangs up: one channel after the other learns it.
    pub fn hang_up_chain(&mut self, connected: Connected) {
        let Connected { caller, mut near, way } = connected;
        let Way { first_half, second_half, colleague, mut far } = way;
        self.hangs_up(&caller, NORMAL);
        self.leave(&mut near, &caller);
        self.let_go(&caller, NORMAL);
        self.leave(&mut near, &first_half);
        self.dissolve(&near);
        self.hangs_up(&second_half, NORMAL);
        self.destroy(&first_half, NORMAL);
        self.destroy(&caller, NORMAL);
        self.leave(&mut far, &second_half);
        self.leave(&mut far, &colleague);
        self.dissolve(&far);
        self.let_go(&second_half, NORMAL);
        self.destroy(&second_half, NORMAL);
        self.destroy(&colleague, NORMAL);
    }
}
