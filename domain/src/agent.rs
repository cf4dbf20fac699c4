//! The agent's state: derived from the calls, never set.
//!
//! ```text
//!   Offline ──sign-in──► Available ──a phone rings──► Ringing ──answers──► OnCall
//!      ▲                    ▲  ▲──── it stops ───────────┘                   │
//!      └──── no client      │                                              hangs up
//!                           └────────── closes the card ──── WrapUp ◄────────┘
//! ```

use serde::{Deserialize, Serialize};

/// What an agent is doing, in the order of what is shown when several are true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AgentState {
    /// No client is registered for the extension.
    #[default]
    Offline,
    Available,
    /// The call is over; its card is still open.
    WrapUp,
    Ringing,
    OnCall,
}

/// What one desk has on its hands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    pub registered: bool,
    pub ringing: usize,
    pub talking: usize,
    /// Cards of ended calls that the agent has not closed.
    pub wrap_up: usize,
}

impl AgentState {
    /// The one state that a workload amounts to.
    pub fn of(work: Workload) -> Self {
        match work {
            Workload { registered: false, .. } => Self::Offline,
            Workload { talking: 1.., .. } => Self::OnCall,
            Workload { ringing: 1.., .. } => Self::Ringing,
            Workload { wrap_up: 1.., .. } => Self::WrapUp,
            _ => Self::Available,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn talking_outranks_ringing_outranks_wrap_up() {
        let mut work = Workload { registered: true, ringing: 1, talking: 1, wrap_up: 1 };
        assert_eq!(AgentState::of(work), AgentState::OnCall);
        work.talking = 0;
        assert_eq!(AgentState::of(work), AgentState::Ringing);
        work.ringing = 0;
        assert_eq!(AgentState::of(work), AgentState::WrapUp);
        work.wrap_up = 0;
        assert_eq!(AgentState::of(work), AgentState::Available);
        work.registered = false;
        assert_eq!(AgentState::of(work), AgentState::Offline);
    }
}
