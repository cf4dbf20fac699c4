//! Calls that are handed on, or picked up.
//!
//! A blind transfer only marks who handed the call on: the target's leg comes as any other does.
//! An attended transfer had a call of its own to the target; it becomes a part of the customer's.

use domain::{
    call::Direction,
    ids::{CallId, ChannelId},
};

use super::{Change, Switchboard, leg, line::Kind};
use crate::ari::{AttendedTransfer, BlindTransfer, Channel, Dial};

/// `result` of a transfer that took place.
const SUCCESS: &str = "Success";

impl Switchboard {
    pub(super) fn blind_transfer(&mut self, transfer: &BlindTransfer) {
        if transfer.result == SUCCESS && self.see(&transfer.channel, transfer.timestamp) {
            self.hands_on(&transfer.channel.id);
        }
    }

    pub(super) fn attended_transfer(&mut self, transfer: &AttendedTransfer) {
        if transfer.result != SUCCESS {
            return;
        }
        let (first, second) = (&transfer.transferer_first_leg, &transfer.transferer_second_leg);
        let parties = [Some(first), Some(second), transfer.transferee.as_ref(), transfer.transfer_target.as_ref()];
        for channel in parties.into_iter().flatten() {
            self.see(channel, transfer.timestamp);
        }
        let of_either = |party: Option<&Channel>, transferrer: &Channel| {
            party.and_then(|party| self.call_of(&party.id)).or_else(|| self.call_of(&transferrer.id))
        };
        let customers = of_either(transfer.transferee.as_ref(), first);
        let targets = of_either(transfer.transfer_target.as_ref(), second);
        self.hands_on(&first.id);
        self.hands_on(&second.id);
        if let (Some(customers), Some(targets)) = (customers, targets)
            && customers != targets
        {
            // A phone may send the REFER on either of its calls: the customer's is the one from outside.
            let turned = self.is_inbound(&targets) && !self.is_inbound(&customers);
            let (from, into) = if turned { (customers, targets) } else { (targets, customers) };
            self.merge_handed_on(&from, &into);
        }
    }

    /// Who answers a ring that was not its own, by a pickup, has called the PBX for it: the call
    /// that this was becomes a part of the one that it picked up.
    pub(super) fn picked_up(&mut self, dial: &Dial) {
        let Some(caller) = dial.caller.as_ref().filter(|_| dial.dialstatus == "ANSWER") else { return };
        let (Some(into), Some(from)) = (self.call_of(&caller.id), self.call_of(&dial.peer.id)) else { return };
        let is_root =
            self.calls.get(&from).is_some_and(|conversation| conversation.call.caller_channel == dial.peer.id);
        if is_root && from != into {
            self.merge_handed_on(&from, &into);
        }
    }

    fn call_of(&self, channel: &ChannelId) -> Option<CallId> {
        self.lines.get(channel)?.call.clone()
    }

    fn is_inbound(&self, call: &CallId) -> bool {
        self.calls.get(call).is_some_and(|conversation| conversation.call.direction == Direction::Inbound)
    }

    /// This channel has handed its call on: it talks no more, though it may still be there.
    fn hands_on(&mut self, channel: &ChannelId) {
        let Some(conversation) = self.conversation_of(channel) else { return };
        conversation.hand_on(channel, true);
        self.touch(channel);
    }

    /// The caller of the call that ends so is the transferrer, as a rule. Another is a party that stays.
    fn merge_handed_on(&mut self, from: &CallId, into: &CallId) {
        let caller_stays = self.calls.get(from).is_some_and(|gone| !gone.caller_handed_on);
        self.merge(from, into, caller_stays);
    }

    /// Folds one live call into another, of which its caller becomes a leg where that one stays.
    pub(super) fn merge(&mut self, from: &CallId, into: &CallId, caller_stays: bool) {
        if !self.calls.contains_key(into) {
            return;
        }
        let Some(gone) = self.calls.remove(from) else { return };
        let Some(kept) = self.calls.get_mut(into) else { return };
        let (members, caller) = (gone.members.clone(), gone.call.caller_channel.clone());
        kept.absorb(gone);
        for id in &members {
            let Some(line) = self.lines.get_mut(id) else { continue };
            line.call = Some(into.clone());
            if caller_stays && *id == caller && line.kind != Kind::Local {
                kept.add_leg(leg::of(line));
            }
            // A phone shows whom it talks to from now on.
            self.touched_lines.push(id.clone());
        }
        self.memory.merged(from.clone(), into.clone());
        self.changes.push(Change::Merged { from: from.clone(), into: into.clone() });
        self.touched_calls.push(into.clone());
    }
}
