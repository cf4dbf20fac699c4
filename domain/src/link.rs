//! The browser's end of the WebSocket as a state machine: no socket, no timer, no clock.
//!
//! ```text
//!              ┌────────────── closed, may come back ─────────────┐
//!              ▼                                                  │
//!   Connecting ──opened──► Authenticating ──Welcome──► Online ────┤
//!       ▲                        │                        │       │
//!       │ due                    │ closed for good        │       │
//!   Reconnecting ◄───────────────┼────────────────────────┼───────┘
//!                                ▼                        ▼
//!                        Refused(code)                Replaced
//! ```
//!
//! The caller feeds [`Input`]s and carries out [`Action`]s. Times are milliseconds of any
//! clock that only goes forward.

use crate::{
    board::Board,
    delta::Delta,
    ids::{CallId, Epoch, LookupId, Seq, TabId},
    protocol::{
        ClientMessage, CloseCode, Complaint, Control, ErrorCode, Frame, LookupRequest, Ping, ServerMessage, Snapshot,
        VERSION, View, Welcome,
    },
};

/// A link that has been silent for this long is dead: two missed pings of the server.
pub const SILENCE_MS: u64 = 10_500;
/// A socket that has not opened, or not been welcomed, within this is given up.
pub const OPENING_MS: u64 = 10_000;
/// A link that has been online for this long is good: the next loss waits the shortest time again.
pub const GOOD_MS: u64 = 10_000;
/// Waits between attempts; the last one repeats. Jitter takes away up to half.
pub const BACKOFF_MS: [u64; 5] = [1_000, 2_000, 4_000, 8_000, 16_000];

/// What the connection light shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    Connecting,
    /// The socket is open; the server has not welcomed us yet.
    Authenticating,
    Online,
    /// Waiting to try again.
    Reconnecting,
    /// A colleague has taken the extension over.
    Replaced,
    /// The server does not want us back until a person does something.
    Refused(CloseCode),
}

/// What happens to a link.
#[derive(Clone, Debug)]
pub enum Input {
    Opened,
    Frame(Box<Frame>),
    /// Text that is no frame of this version.
    Garbage,
    Closed {
        code: u16,
    },
    /// The session is over, as the page learnt without the socket.
    SignedOut,
    /// Time passes: call at least once a second.
    Tick,
    /// The network is back or the tab is visible again: do not wait for the backoff.
    Wake,
}

/// What the owner of a link is to do, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Open a new socket. Any older one is dead: its events are not to be fed any more.
    Open,
    /// Drop the socket.
    Close,
    Send(ClientMessage),
    /// The board was replaced.
    Reset,
    /// The board changed by this delta.
    Changed(Delta),
    /// The server's clock, for durations.
    Clock(jiff::Timestamp),
    LookUp {
        lookup_id: LookupId,
        call_id: CallId,
        timeout_ms: u64,
    },
    /// Drafts or notes of this call changed, by this tab if one is named.
    Refetch {
        call_id: CallId,
        tab: Option<TabId>,
    },
    /// A call of this desk is in the history now, as it ended.
    HistoryChanged,
    /// The server could not use our last frame.
    Complain {
        code: ErrorCode,
        message: String,
    },
}

/// Where in a stream a frame stands.
enum Place {
    Next,
    /// Seen already, or of a stream whose snapshot is not here yet.
    Outside,
    Unnumbered,
    Gap,
}

/// One client's link and its copy of the board.
#[derive(Debug)]
pub struct Link {
    view: View,
    state: LinkState,
    board: Board,
    position: Option<(Epoch, Seq)>,
    /// Snapshot announced by Welcome but not here yet: deltas would be out of place.
    awaiting_snapshot: bool,
    failures: usize,
    /// Frames of types that this version does not know.
    skipped: u64,
    /// When the present state began.
    since: u64,
    last_heard: u64,
    retry_at: u64,
}

impl Link {
    /// A link that wants to be opened; the first [`Action::Open`] is returned with it.
    pub fn new(view: View, now: u64) -> (Self, Vec<Action>) {
        let link = Self {
            view,
            state: LinkState::Connecting,
            board: Board::default(),
            position: None,
            awaiting_snapshot: false,
            failures: 0,
            skipped: 0,
            since: now,
            last_heard: now,
            retry_at: now,
        };
        (link, vec![Action::Open])
    }

    pub fn state(&self) -> LinkState {
        self.state
    }

    pub fn board(&self) -> &Board {
        &self.board
    }

    /// How many frames were of a type that this version does not know.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// When the next attempt is due, while reconnecting.
    pub fn retry_at(&self) -> Option<u64> {
        (self.state == LinkState::Reconnecting).then_some(self.retry_at)
    }

    /// Feeds one input. `jitter` is a random number in `0.0..1.0`, used when a wait begins.
    pub fn handle(&mut self, input: Input, now: u64, jitter: f64) -> Vec<Action> {
        match input {
            Input::Opened => self.opened(now),
            Input::Frame(frame) => self.frame(*frame, now, jitter),
            Input::Garbage => {
                self.last_heard = now;
                self.lose(now, jitter)
            }
            Input::Closed { code } => self.closed(code, now, jitter),
            Input::SignedOut => self.signed_out(now),
            Input::Tick => self.tick(now, jitter),
            Input::Wake if self.state == LinkState::Reconnecting => self.connect(now),
            Input::Wake => self.tick(now, jitter),
        }
    }

    fn enter(&mut self, state: LinkState, now: u64) {
        self.state = state;
        self.since = now;
    }

    fn connect(&mut self, now: u64) -> Vec<Action> {
        self.enter(LinkState::Connecting, now);
        vec![Action::Open]
    }

    fn opened(&mut self, now: u64) -> Vec<Action> {
        if self.state != LinkState::Connecting {
            return vec![];
        }
        self.enter(LinkState::Authenticating, now);
        self.last_heard = now;
        let (epoch, seq) = self.position.unzip();
        vec![Action::Send(ClientMessage::Hello { version: VERSION, view: self.view, epoch, seq })]
    }

    fn frame(&mut self, frame: Frame, now: u64, jitter: f64) -> Vec<Action> {
        if !matches!(self.state, LinkState::Authenticating | LinkState::Online) {
            return vec![];
        }
        self.last_heard = now;
        match frame.message {
            ServerMessage::Delta(delta) => self.delta(frame.seq, delta, now, jitter),
            ServerMessage::Control(control) => self.control(*control, now),
            ServerMessage::Unknown => self.unknown(frame.seq, now, jitter),
        }
    }

    fn control(&mut self, control: Control, now: u64) -> Vec<Action> {
        match control {
            Control::Welcome(Welcome { resumed, epoch, now: clock, .. }) => {
                self.enter(LinkState::Online, now);
                self.awaiting_snapshot = !resumed;
                if let (true, Some((mine, _))) = (resumed, &mut self.position) {
                    *mine = epoch;
                }
                vec![Action::Clock(clock)]
            }
            Control::Snapshot(Snapshot { epoch, last_seq, now: clock, board }) => {
                self.board = board;
                self.position = Some((epoch, last_seq));
                self.awaiting_snapshot = false;
                vec![Action::Clock(clock), Action::Reset]
            }
            Control::LookupRequest(LookupRequest { lookup_id, call_id, timeout_ms }) => {
                vec![Action::LookUp { lookup_id, call_id, timeout_ms }]
            }
            Control::Ping(Ping { now: clock }) => vec![Action::Send(ClientMessage::Pong), Action::Clock(clock)],
            Control::HistoryChanged(_) => vec![Action::HistoryChanged],
            Control::NoteChanged(changed) => vec![Action::Refetch { call_id: changed.call_id, tab: changed.tab }],
            Control::Error(Complaint { code, message }) => vec![Action::Complain { code, message }],
        }
    }

    fn delta(&mut self, seq: Option<Seq>, delta: Delta, now: u64, jitter: f64) -> Vec<Action> {
        let is_news = match (self.place(seq), &delta) {
            (Place::Next, _) => true,
            (Place::Gap, _) => return self.lose(now, jitter),
            // The periodic resend sets right what it still finds on the board, and brings back nothing.
            (Place::Unnumbered, Delta::CallState(call)) => {
                self.board.calls.get(&call.call_id).is_some_and(|mine| *mine != **call)
            }
            _ => false,
        };
        if !is_news {
            return vec![];
        }
        self.board.apply(&delta);
        vec![Action::Changed(delta)]
    }

    /// A server of a later version has something to say that means nothing here: its number counts.
    fn unknown(&mut self, seq: Option<Seq>, now: u64, jitter: f64) -> Vec<Action> {
        self.skipped += 1;
        match self.place(seq) {
            Place::Gap => self.lose(now, jitter),
            _ => vec![],
        }
    }

    /// Where in the stream a frame stands; the next one is counted.
    fn place(&mut self, seq: Option<Seq>) -> Place {
        match (&mut self.position, seq) {
            (None, _) => Place::Outside,
            _ if self.awaiting_snapshot => Place::Outside,
            (Some(_), None) => Place::Unnumbered,
            (Some((_, mine)), Some(seq)) if seq <= *mine => Place::Outside,
            (Some((_, mine)), Some(seq)) if seq == mine.next() => {
                *mine = seq;
                Place::Next
            }
            // A gap can only be a fault: a snapshot heals it.
            _ => {
                self.position = None;
                Place::Gap
            }
        }
    }

    fn closed(&mut self, code: u16, now: u64, jitter: f64) -> Vec<Action> {
        if matches!(self.state, LinkState::Replaced | LinkState::Refused(_) | LinkState::Reconnecting) {
            return vec![];
        }
        match CloseCode::from_code(code) {
            Some(CloseCode::TakenOver) => {
                self.enter(LinkState::Replaced, now);
                // Of the PBX it says nothing.
                self.board = Board { pbx: std::mem::take(&mut self.board.pbx), ..Board::default() };
                self.position = None;
                vec![Action::Reset]
            }
            Some(known) if !known.reconnects() => {
                self.enter(LinkState::Refused(known), now);
                vec![]
            }
            Some(CloseCode::Slow) => {
                self.position = None;
                self.retreat(now, jitter);
                vec![]
            }
            _ => {
                self.retreat(now, jitter);
                vec![]
            }
        }
    }

    fn signed_out(&mut self, now: u64) -> Vec<Action> {
        if matches!(self.state, LinkState::Replaced | LinkState::Refused(_)) {
            return vec![];
        }
        self.enter(LinkState::Refused(CloseCode::SignInAgain), now);
        vec![Action::Close]
    }

    /// Gives the socket up and waits.
    fn lose(&mut self, now: u64, jitter: f64) -> Vec<Action> {
        self.retreat(now, jitter);
        vec![Action::Close]
    }

    fn retreat(&mut self, now: u64, jitter: f64) {
        let wait = BACKOFF_MS[self.failures.min(BACKOFF_MS.len() - 1)];
        self.failures += 1;
        self.retry_at = now + wait - (wait as f64 / 2.0 * jitter.clamp(0.0, 1.0)) as u64;
        self.enter(LinkState::Reconnecting, now);
    }

    fn tick(&mut self, now: u64, jitter: f64) -> Vec<Action> {
        match self.state {
            LinkState::Connecting | LinkState::Authenticating if now.saturating_sub(self.since) > OPENING_MS => {
                self.lose(now, jitter)
            }
            LinkState::Online if now.saturating_sub(self.last_heard) > SILENCE_MS => self.lose(now, jitter),
            LinkState::Online if now.saturating_sub(self.since) > GOOD_MS => {
                self.failures = 0;
                vec![]
            }
            LinkState::Reconnecting if now >= self.retry_at => self.connect(now),
            _ => vec![],
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::view::PbxLink;

    const EPOCH: Epoch = Epoch(Uuid::from_u128(7));

    fn link(up: bool) -> Delta {
        Delta::PbxLink(PbxLink { up, ..PbxLink::default() })
    }

    fn frame(link: &mut Link, frame: impl Into<Frame>) -> Vec<Action> {
        link.handle(Input::Frame(Box::new(frame.into())), 0, 0.0)
    }

    fn welcome(resumed: bool, seq: u64) -> Control {
        Control::Welcome(Welcome { resumed, epoch: EPOCH, last_seq: Seq(seq), now: Timestamp::UNIX_EPOCH })
    }

    fn online_at(seq: u64) -> Link {
        let (mut it, _) = Link::new(View::Desk, 0);
        it.handle(Input::Opened, 0, 0.0);
        frame(&mut it, welcome(false, seq));
        let board = Board::default();
        let now = Timestamp::UNIX_EPOCH;
        frame(&mut it, Control::Snapshot(Snapshot { epoch: EPOCH, last_seq: Seq(seq), now, board }));
        assert_eq!(it.state(), LinkState::Online);
        it
    }

    #[test]
    fn a_delta_counts_once_and_in_order() {
        let mut it = online_at(4);
        assert_eq!(frame(&mut it, Frame::delta(Seq(4), link(true))), vec![]);
        assert_eq!(frame(&mut it, Frame::delta(Seq(5), link(true))), vec![Action::Changed(link(true))]);
        assert_eq!(frame(&mut it, Frame::delta(Seq(5), link(false))), vec![]);
        assert!(it.board().pbx.up);
    }

    #[test]
    fn a_gap_asks_for_a_snapshot() {
        let mut it = online_at(4);
        assert_eq!(frame(&mut it, Frame::delta(Seq(6), link(true))), vec![Action::Close]);
        it.handle(Input::Tick, 1_000, 0.0);
        let hello = it.handle(Input::Opened, 1_000, 0.0);
        assert!(matches!(&hello[..], [Action::Send(ClientMessage::Hello { seq: None, .. })]), "{hello:?}");
    }

    #[test]
    fn a_lost_link_resumes_where_it_was() {
        let mut it = online_at(4);
        it.handle(Input::Closed { code: 1006 }, 10, 0.0);
        assert_eq!(it.state(), LinkState::Reconnecting);
        assert_eq!(it.handle(Input::Tick, 1_009, 0.0), vec![]);
        assert_eq!(it.handle(Input::Tick, 1_010, 0.0), vec![Action::Open]);
        let hello = it.handle(Input::Opened, 1_020, 0.0);
        let expected =
            ClientMessage::Hello { version: VERSION, view: View::Desk, epoch: Some(EPOCH), seq: Some(Seq(4)) };
        assert_eq!(hello, vec![Action::Send(expected)]);
        frame(&mut it, welcome(true, 5));
        assert_eq!(frame(&mut it, Frame::delta(Seq(5), link(true))), vec![Action::Changed(link(true))]);
    }

    #[test]
    fn attempts_wait_longer_and_longer_and_jitter_shortens() {
        let (mut it, _) = Link::new(View::Desk, 0);
        let mut now = 0;
        for wait in [1_000, 2_000, 4_000, 8_000, 16_000, 16_000] {
            it.handle(Input::Closed { code: 1006 }, now, 0.0);
            assert_eq!(it.retry_at(), Some(now + wait));
            now += wait;
            assert_eq!(it.handle(Input::Tick, now, 0.0), vec![Action::Open]);
        }
        it.handle(Input::Closed { code: 1006 }, now, 1.0);
        assert_eq!(it.retry_at(), Some(now + 8_000));
    }

    #[test]
    fn a_link_that_is_lost_at_once_again_and_again_waits_longer_too() {
        let (mut it, _) = Link::new(View::Desk, 0);
        let mut now = 0;
        for wait in [1_000, 2_000, 4_000] {
            it.handle(Input::Opened, now, 0.0);
            it.handle(Input::Frame(Box::new(welcome(false, 0).into())), now, 0.0);
            it.handle(Input::Garbage, now, 0.0);
            assert_eq!(it.retry_at(), Some(now + wait), "whatever it is that cannot be read, it comes again");
            now += wait;
            it.handle(Input::Tick, now, 0.0);
        }
        it.handle(Input::Opened, now, 0.0);
        it.handle(Input::Frame(Box::new(welcome(false, 0).into())), now, 0.0);
        let later = now + GOOD_MS + 1;
        it.handle(Input::Tick, later, 0.0);
        it.handle(Input::Closed { code: 1006 }, later, 0.0);
        assert_eq!(it.retry_at(), Some(later + 1_000), "it was good for a while");
    }

    #[test]
    fn what_a_later_version_says_is_skipped_and_counted() {
        let mut it = online_at(0);
        let read = |text: &str| text.parse::<Frame>().unwrap();
        assert_eq!(frame(&mut it, read(r#"{"seq":1,"type":"queueChanged","queue":"sales"}"#)), vec![]);
        assert_eq!(frame(&mut it, read(r#"{"type":"announcement","text":"at nine"}"#)), vec![]);
        let known =
            frame(&mut it, read(r#"{"seq":2,"type":"pbxLink","up":true,"since":null,"name":null,"feeds":["ami"]}"#));
        assert_eq!(known, vec![Action::Changed(link(true))], "the next number, and a field that is not known");
        let board = r#"{"pbx":{"up":false,"since":null,"name":null},"calls":[],"queues":[{"queue":"sales"}]}"#;
        let snapshot = format!(
            r#"{{"type":"snapshot","epoch":"{EPOCH}","lastSeq":9,"now":"2026-11-27T10:00:00Z","board":{board},"nodes":2}}"#
        );
        frame(&mut it, read(&snapshot));
        assert_eq!(frame(&mut it, read(r#"{"seq":10,"type":"queueChanged"}"#)), vec![]);
        assert_eq!((it.state(), it.skipped()), (LinkState::Online, 3));
        assert_eq!(frame(&mut it, read(r#"{"seq":12,"type":"queueChanged"}"#)), vec![Action::Close], "a gap is one");
    }

    #[test]
    fn silence_is_noticed_and_waking_does_not_wait() {
        let mut it = online_at(0);
        assert_eq!(it.handle(Input::Tick, SILENCE_MS, 0.0), vec![]);
        assert_eq!(it.handle(Input::Wake, SILENCE_MS + 1, 0.0), vec![Action::Close]);
        assert_eq!(it.handle(Input::Wake, SILENCE_MS + 2, 0.0), vec![Action::Open]);
    }

    #[test]
    fn being_taken_over_empties_the_board_and_ends_it() {
        let mut it = online_at(0);
        frame(&mut it, Frame::delta(Seq(1), link(true)));
        assert_eq!(it.handle(Input::Closed { code: 4409 }, 1, 0.0), vec![Action::Reset]);
        assert_eq!(it.state(), LinkState::Replaced);
        assert!(it.board().pbx.up, "that a desk was taken over says nothing of the PBX");
        assert_eq!(it.handle(Input::Tick, 1_000_000, 0.0), vec![]);
    }

    #[test]
    fn an_ended_session_does_not_reconnect() {
        let mut it = online_at(0);
        it.handle(Input::Closed { code: 4401 }, 1, 0.0);
        assert_eq!(it.state(), LinkState::Refused(CloseCode::SignInAgain));
        assert_eq!(it.handle(Input::Wake, 2, 0.0), vec![]);
    }

    #[test]
    fn a_session_that_ends_while_the_socket_is_away_is_not_tried_again() {
        let mut it = online_at(0);
        it.handle(Input::Closed { code: 1006 }, 1, 0.0);
        assert_eq!(it.handle(Input::SignedOut, 2, 0.0), vec![Action::Close]);
        assert_eq!(it.state(), LinkState::Refused(CloseCode::SignInAgain));
        assert_eq!(it.handle(Input::Tick, 1_000_000, 0.0), vec![]);
        let mut it = online_at(0);
        it.handle(Input::Closed { code: 4409 }, 1, 0.0);
        assert_eq!(it.handle(Input::SignedOut, 2, 0.0), vec![]);
        assert_eq!(it.state(), LinkState::Replaced);
    }
}
