//! What every agent is doing, derived from channels and cards, for the supervisor's table (R13).

use domain::{
    Timestamp,
    agent::{AgentState, Workload},
    call::ChannelState,
    delta::Delta,
    ids::Extension,
    view::DeskRow,
};

use super::{Hub, case::Case, registry::Desk, stream::Body};

impl Hub {
    /// Derives the row of one extension again, and tells the floor if it changed.
    pub(super) fn refresh_presence(&mut self, exten: &Extension, now: Timestamp) {
        let desk = self.registry.desks.get(exten).filter(|desk| desk.is_registered());
        let client_state = AgentState::of(self.workload(exten, desk));
        let old = self.presence.get(exten);
        let row = DeskRow {
            exten: exten.clone(),
            agent: desk.map(|desk| desk.agent.clone()),
            client_state,
            clients: desk.map_or(0, |desk| u32::try_from(desk.clients.len()).unwrap_or(u32::MAX)),
            since: old.filter(|old| old.client_state == client_state).map_or(now, |old| old.since),
        };
        if old != Some(&row) {
            self.tell_floor(&Body::of(&Delta::PresenceChanged(row.clone())));
            self.presence.insert(exten.clone(), row);
        }
    }

    fn workload(&self, exten: &Extension, desk: Option<&Desk>) -> Workload {
        let mut work = Workload { registered: desk.is_some(), ..Workload::default() };
        let channels = self.channels_of.get(exten).into_iter().flatten();
        for row in channels.filter_map(|channel| self.channels.get(channel)) {
            match row.channel_state {
                ChannelState::Ringing => work.ringing += 1,
                // Ring and Dialing: the agent's own phone is calling somebody.
                ChannelState::Up | ChannelState::Ring | ChannelState::Dialing => work.talking += 1,
                _ => {}
            }
        }
        let cards = desk.into_iter().flat_map(|desk| desk.shown.keys());
        let is_done = |case: &Case| case.is_done_at(exten);
        work.wrap_up = cards.filter(|id| self.cases.get(*id).is_some_and(is_done)).count();
        work
    }
}
