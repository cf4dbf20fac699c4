//! A restart of ours in the middle of calls: what was known of them is written down while they go
//! on, and known again when their channels are on the first roll.

use domain::{
    Timestamp,
    ids::{CallId, ChannelId},
};
use serde::{Deserialize, Serialize};

use super::{Switchboard, conversation::Conversation, line::History};

/// All that is known of a live call, to be kept in a database as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KnownCall {
    conversation: Conversation,
    lines: Vec<(ChannelId, History)>,
}

/// What was known when we stopped.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Calls that went on.
    pub live: Vec<KnownCall>,
    /// Calls that were over, and their channels: one that is still there opens no call.
    pub over: Vec<(CallId, Vec<ChannelId>)>,
    /// Calls that had become a part of another, and of which.
    pub merged: Vec<(CallId, CallId)>,
}

impl KnownCall {
    pub fn id(&self) -> &CallId {
        &self.conversation.call.id
    }
}

impl Switchboard {
    /// A live call, to be remembered.
    pub fn known(&self, call: &CallId) -> Option<KnownCall> {
        let conversation = self.calls.get(call)?.clone();
        let lines =
            conversation.members.iter().filter_map(|id| Some((id.clone(), self.lines.get(id)?.history.clone())));
        Some(KnownCall { lines: lines.collect(), conversation })
    }

    /// Remembers calls from before a restart of ours. Call it before the first
    /// [`Switchboard::reconcile`]. A call of which no channel is on that roll has ended unseen, and is
    /// not told.
    pub fn resume(&mut self, known: Known) {
        for (call, channels) in known.over {
            self.memory.end(call);
            self.spent.extend(channels);
        }
        for (from, into) in known.merged {
            self.memory.merged(from, into);
        }
        for KnownCall { conversation, lines } in known.live {
            let id = conversation.call.id.clone();
            let legs = conversation.call.live_legs().map(|leg| &leg.channel);
            let legs = legs.filter(|channel| !conversation.visitors.contains(channel));
            for channel in legs.chain([&conversation.call.root, &conversation.call.caller_channel]) {
                self.claims.insert(channel.clone(), (id.clone(), None));
            }
            for (channel, history) in lines {
                self.claims.insert(channel, (id.clone(), Some(history)));
            }
            self.calls.insert(id, conversation);
        }
    }

    /// A channel that is seen for the first time was a part of this call before the restart.
    pub(super) fn reclaim(&mut self, channel: &ChannelId) -> Option<CallId> {
        let (call, history) = self.claims.remove(channel)?;
        if let (Some(line), Some(history)) = (self.lines.get_mut(channel), history) {
            line.recall(history);
        }
        self.calls.contains_key(&call).then_some(call)
    }

    /// The roll has been called: resumed calls of which nobody is there have ended unseen; of the
    /// others, the legs that are not there have.
    pub(super) fn forget_claims(&mut self, now: Timestamp) {
        self.claims.clear();
        self.calls.retain(|_, conversation| !conversation.members.is_empty());
        for (id, conversation) in &mut self.calls {
            if conversation.lose_absent(&self.lines, now) {
                self.touched_calls.push(id.clone());
            }
        }
    }
}
