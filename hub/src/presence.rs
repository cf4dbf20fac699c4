//! What every agent is doing, derived from channels and cards, for the supervisor's table (R13).

use domain::{
    Timestamp,
    agent::{AgentState, Workload},
    ids::Extension,
    view::DeskRow,
};

use super::{Hub, case::Case, registry::Desk, stream::Body};

impl Hub {
    /// Derives the row of one extension again, and tells the floor if it changed.
    pub(super) fn refresh_presence(&mut self, exten: &Extension, now: Timestamp) {
        let desk = self.registry.desks.get(exten).filter(|desk| desk.is_registered());
        let client_state = AgentState::of(self.workload(exten, desk));
        let row = DeskRow {
            exten: exten.clone(),
            agent: desk.map(|desk| desk.agent.clone()),
            client_state,
            clients: desk.map_or(0, |desk| u32::try_from(desk.clients.len()).unwrap_or(u32::MAX)),
            since: now,
        };
        if let Some(news) = self.floor.set_desk(row, now) {
            self.tell_floor(&Body::of(&news));
        }
    }

    fn workload(&self, exten: &Extension, desk: Option<&Desk>) -> Workload {
        let mut work = Workload { registered: desk.is_some(), ..self.floor.workload(exten) };
        let cards = desk.into_iter().flat_map(|desk| desk.shown.keys());
        let is_done = |case: &Case| case.is_done_at(exten);
        work.wrap_up = cards.filter(|id| self.calls.get(id).is_some_and(is_done)).count();
        work
    }
}
