//! What is over, remembered for a bounded while: events that come late or twice must neither
//! revive a channel nor reopen a call.

use std::collections::{HashMap, HashSet, VecDeque};

use domain::{
    call::Call,
    ids::{CallId, ChannelId},
};

/// How many channels that are gone are remembered: a few hundred calls of a ring group of twelve.
const CHANNELS: usize = 8192;
/// How many calls that are over can still be asked for.
const CALLS: usize = 512;

#[derive(Debug, Default)]
pub(super) struct Memory {
    channels: HashSet<ChannelId>,
    channel_order: VecDeque<ChannelId>,
    calls: HashMap<CallId, Call>,
    call_order: VecDeque<CallId>,
    /// Calls that were over before a restart of ours.
    over: HashSet<CallId>,
    /// Merged calls, by the name that they had.
    aliases: HashMap<CallId, CallId>,
}

impl Memory {
    pub fn bury(&mut self, channel: ChannelId) {
        if self.channels.insert(channel.clone()) {
            self.channel_order.push_back(channel);
        }
        if self.channel_order.len() > CHANNELS
            && let Some(oldest) = self.channel_order.pop_front()
        {
            self.channels.remove(&oldest);
        }
    }

    pub fn is_gone(&self, channel: &ChannelId) -> bool {
        self.channels.contains(channel)
    }

    pub fn keep(&mut self, call: Call) {
        self.call_order.push_back(call.id.clone());
        self.calls.insert(call.id.clone(), call);
        if self.call_order.len() > CALLS
            && let Some(oldest) = self.call_order.pop_front()
            && let Some(call) = self.calls.remove(&oldest)
        {
            for alias in &call.aliases {
                self.aliases.remove(alias);
            }
        }
    }

    pub fn call(&self, id: &CallId) -> Option<&Call> {
        self.calls.get(id)
    }

    pub fn merged(&mut self, from: CallId, into: CallId) {
        for name in self.aliases.values_mut().filter(|name| **name == from) {
            name.clone_from(&into);
        }
        self.aliases.insert(from, into);
    }

    /// This call was over before a restart of ours.
    pub fn end(&mut self, call: CallId) {
        self.over.insert(call);
    }

    /// Is this call over, or a part of another?
    pub fn is_over(&self, call: &CallId) -> bool {
        self.over.contains(call) || self.calls.contains_key(call) || self.aliases.contains_key(call)
    }

    /// Calls that are over and remembered, and their channels.
    pub fn over(&self) -> impl Iterator<Item = (CallId, Vec<ChannelId>)> {
        self.calls.values().map(|call| {
            let legs = call.legs.iter().map(|leg| &leg.channel);
            (call.id.clone(), legs.chain([&call.root, &call.caller_channel]).cloned().collect())
        })
    }

    /// Merged calls that are remembered, and what each is a part of.
    pub fn aliases(&self) -> impl Iterator<Item = (&CallId, &CallId)> {
        self.aliases.iter()
    }

    /// The name that a call goes by now.
    pub fn name<'a>(&'a self, id: &'a CallId) -> &'a CallId {
        self.aliases.get(id).unwrap_or(id)
    }
}
