//! A house in a test: the hub, browsers on perfect wires, and calls in shorthand.

use std::collections::BTreeMap;

use domain::{
    Timestamp,
    call::{Answer, Call, CallPhase, ChannelState, Direction, Leg, LegEnd, Outcome, Party},
    customer::{CustomerData, TotalBookings, TotalCancellations},
    delta::Delta,
    ids::{AccountId, CallId, CustomerId, Epoch, Extension, LookupId},
    link::{Action, Input, Link, LinkState},
    protocol::{ClientMessage, CloseCode, Frame, Matches, View},
    role::{Role, Seat, SignedIn},
    view::CallState,
};
use jiff::SignedDuration;
use pbx::switchboard::Change;
use rand::{SeedableRng, rngs::StdRng};
use uuid::Uuid;

use super::super::{ClientId, Effect, Hub, Settings, election::Order};
use crate::signature::Signer;
use phone::Region;

/// A browser: the real client's link, and what it was told.
pub struct Browser {
    pub who: SignedIn,
    pub view: View,
    pub link: Link,
    pub requests: Vec<(LookupId, CallId)>,
    pub left: Vec<String>,
    pub closed: Option<CloseCode>,
    muted: bool,
}

pub struct World {
    pub hub: Hub,
    pub now: Timestamp,
    pub browsers: BTreeMap<ClientId, Browser>,
    signer: Signer,
    sign_ins: u128,
}

impl World {
    pub fn new() -> Self {
        let settings = Settings {
            region: Region::VIETNAM,
            extensions: (1000..1012).map(|number| Extension::new(number.to_string())).collect(),
            order: Order::Random,
            lookup_timeout: SignedDuration::from_secs(2),
            ping_every: SignedDuration::from_secs(10),
            missed_pings: 3,
            resend_every: SignedDuration::from_secs(30),
            outbound_pop: true,
            dial_prefixes: vec!["9".to_owned()],
            show_withheld: Vec::new(),
        };
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let signer = Signer::new([7; 64]);
        let hub = Hub::new(settings, signer.clone(), StdRng::seed_from_u64(7), now);
        Self { hub, now, browsers: BTreeMap::new(), signer, sign_ins: 0 }
    }

    fn millis(&self) -> u64 {
        self.now.as_millisecond().unsigned_abs()
    }

    // --- who is there

    fn sign_in(&mut self, role: Role, exten: Option<&str>, whole_record: bool) -> SignedIn {
        self.sign_ins += 1;
        let desk = exten.map(|exten| Seat { exten: exten.into(), epoch: Epoch(Uuid::from_u128(self.sign_ins)) });
        let name = format!("Agent {}", exten.unwrap_or("-"));
        SignedIn { account: AccountId(self.sign_ins as i64), login: name.clone(), name, role, whole_record, desk }
    }

    pub fn agent(&mut self, exten: &str) -> ClientId {
        self.agent_viewing(exten, View::Desk)
    }

    pub fn agent_viewing(&mut self, exten: &str, view: View) -> ClientId {
        let who = self.sign_in(Role::Agent, Some(exten), true);
        self.open(who, view)
    }

    pub fn limited_agent(&mut self, exten: &str) -> ClientId {
        let who = self.sign_in(Role::Agent, Some(exten), false);
        self.open(who, View::Desk)
    }

    pub fn limited_supervisor(&mut self, exten: &str) -> ClientId {
        let who = self.sign_in(Role::Supervisor, Some(exten), false);
        self.open(who, View::Desk)
    }

    /// Whoever opened `of` looks at the floor too.
    pub fn floor_of(&mut self, of: ClientId) -> ClientId {
        let who = self.browsers[&of].who.clone();
        self.open(who, View::Floor)
    }

    pub fn supervisor(&mut self) -> ClientId {
        let who = self.sign_in(Role::Supervisor, None, true);
        self.open(who, View::Floor)
    }

    pub fn tab(&mut self, of: ClientId) -> ClientId {
        let who = self.browsers[&of].who.clone();
        self.open(who, View::Desk)
    }

    fn open(&mut self, who: SignedIn, view: View) -> ClientId {
        let (link, _) = Link::new(view, self.millis());
        self.connect(Browser { who, view, link, requests: vec![], left: vec![], closed: None, muted: false })
    }

    /// Opens a socket for a browser that has none; gives its new number.
    pub fn connect(&mut self, mut browser: Browser) -> ClientId {
        let client = self.hub.next_client();
        let actions = browser.link.handle(Input::Opened, self.millis(), 0.0);
        let [Action::Send(ClientMessage::Hello { view, epoch, seq, .. })] = &actions[..] else {
            panic!("expected a hello, found {actions:?}");
        };
        let (view, position, who) = (*view, epoch.zip(*seq), browser.who.clone());
        self.browsers.insert(client, browser);
        let session = who.account.to_string();
        let effects = self.hub.join(client, &who, session, view, position, self.now);
        self.deliver(effects);
        client
    }

    /// It has waited its time, and comes back.
    pub fn reconnect(&mut self, mut browser: Browser) -> ClientId {
        self.now += SignedDuration::from_secs(20);
        browser.link.handle(Input::Tick, self.millis(), 0.0);
        self.connect(browser)
    }

    /// The wire breaks, both ends see it.
    pub fn cut(&mut self, client: ClientId) -> Browser {
        let mut browser = self.browsers.remove(&client).unwrap();
        browser.link.handle(Input::Closed { code: 1006 }, self.millis(), 0.0);
        let effects = self.hub.leave(client, self.now);
        self.deliver(effects);
        browser
    }

    /// From now on it reads, but answers nothing.
    pub fn mute(&mut self, client: ClientId) {
        self.browsers.get_mut(&client).unwrap().muted = true;
    }

    // --- what happens

    pub fn says(&mut self, call: Shorthand) {
        let effects = self.hub.change(Change::Call(Box::new(call.0)), self.now);
        self.deliver(effects);
    }

    pub fn pass(&mut self, time: SignedDuration) {
        self.now += time;
        let effects = self.hub.tick(self.now);
        self.deliver(effects);
    }

    pub fn send(&mut self, client: ClientId, message: ClientMessage) {
        let effects = self.hub.message(client, message, self.now);
        self.deliver(effects);
    }

    pub fn answer_lookup(&mut self, client: ClientId, names: &[&str]) {
        let request = self.request_of(client).expect("it was asked");
        self.answer_request(client, request, names);
    }

    pub fn answer_request(&mut self, client: ClientId, (lookup_id, call_id): (LookupId, CallId), names: &[&str]) {
        let customers = names.iter().enumerate().map(|(index, name)| customer(index as i64 + 1, name)).collect();
        let payload = serde_json::to_string(&Matches { call_id, customers }).unwrap();
        let signature = self.signer.sign(payload.as_bytes());
        self.send(client, ClientMessage::CustomerData { lookup_id, payload, signature });
    }

    pub fn fail_lookup(&mut self, client: ClientId) {
        let (lookup_id, _) = self.request_of(client).expect("it was asked");
        self.send(client, ClientMessage::LookupFailed { lookup_id, reason: "no answer".into() });
    }

    pub fn deliver(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { client, text } => self.receive(client, &text),
                Effect::Close { client, code } => {
                    let now = self.millis();
                    let browser = self.browsers.get_mut(&client).unwrap();
                    browser.closed = Some(code);
                    browser.link.handle(Input::Closed { code: code.code() }, now, 0.0);
                }
                Effect::Record(_) | Effect::Merge { .. } => {}
            }
        }
    }

    fn receive(&mut self, client: ClientId, text: &str) {
        let now = self.millis();
        let Some(browser) = self.browsers.get_mut(&client) else { return };
        let frame: Frame = text.parse().unwrap_or_else(|error| panic!("{error}: {text}"));
        let mut replies = vec![];
        for action in browser.link.handle(Input::Frame(Box::new(frame)), now, 0.0) {
            match action {
                Action::Send(message) if !browser.muted => replies.push(message),
                Action::LookUp { lookup_id, call_id, .. } => browser.requests.push((lookup_id, call_id)),
                Action::Changed(Delta::CallLeft(left)) => {
                    let by = left.by.map_or("-".to_owned(), |by| by.to_string());
                    let name = left.by_name.unwrap_or("-".into());
                    let call = left.call_id.as_str().trim_start_matches("main:");
                    browser.left.push(format!("{call} {:?} by {by} {name}", left.reason));
                }
                Action::Close => panic!("the client found a gap"),
                _ => {}
            }
        }
        for message in replies {
            self.send(client, message);
        }
    }

    // --- what is seen

    pub fn card(&self, client: ClientId, root: &str) -> Option<CallState> {
        self.browsers[&client].link.board().calls.get(&CallId::new(format!("main:{root}"))).cloned()
    }

    pub fn left(&self, client: ClientId) -> String {
        format!("{:?}", self.browsers[&client].left)
    }

    pub fn is_deserted(&self, exten: &str) -> bool {
        self.hub.is_deserted(&exten.into(), self.now)
    }

    pub fn closed(&self, client: ClientId) -> Option<CloseCode> {
        self.browsers[&client].closed
    }

    pub fn request_of(&self, client: ClientId) -> Option<(LookupId, CallId)> {
        self.browsers[&client].requests.last().cloned()
    }

    /// Every open browser's board is what the hub would tell a newcomer in its place.
    pub fn assert_boards_are_true(&self) {
        for (client, browser) in self.browsers.iter().filter(|(_, it)| it.link.state() == LinkState::Online) {
            let (mine, truth) = (browser.link.board(), self.hub.board_of(*client));
            for id in mine.calls.keys().chain(truth.calls.keys()) {
                assert_eq!(mine.calls.get(id), truth.calls.get(id), "{client:?} {:?}", browser.view);
            }
            assert_eq!(mine.desks, truth.desks, "{client:?}");
            assert_eq!(*mine, truth, "{client:?}");
        }
    }
}

fn customer(id: i64, name: &str) -> CustomerData {
    CustomerData {
        id: CustomerId(id),
        phone: "+84904859696".into(),
        name: name.into(),
        last_booking: None,
        total_booking_times: TotalBookings { info: "2".into(), link_details: None },
        total_canceling_times: TotalCancellations { info: "0".into(), last: None },
        since: None,
        city: None,
        bookings: vec![],
        notes: vec![],
    }
}

/// A call as the switchboard would tell it, built up step by step.
#[derive(Clone)]
pub struct Shorthand(pub Call);

/// A call from outside that waits.
pub fn call(root: &str) -> Shorthand {
    Shorthand(Call {
        id: CallId::new(format!("main:{root}")),
        direction: Direction::Inbound,
        phase: CallPhase::Waiting,
        root: root.into(),
        caller_channel: root.into(),
        root_endpoint: "PJSIP/trunk".into(),
        root_exten: None,
        caller: Party::new("Lan Anh", "0904859696"),
        dialled: "1900".into(),
        legs: vec![],
        answer: None,
        started_at: Timestamp::from_second(1_800_000_000).unwrap(),
        answered_at: None,
        ended_at: None,
        outcome: None,
        place: None,
        caller_left_at: None,
        aliases: vec![],
        stale: false,
    })
}

impl Shorthand {
    pub fn from(mut self, number: &str) -> Self {
        self.0.caller = Party::new(self.0.caller.name, number);
        self
    }

    /// An agent calls this number outside.
    pub fn calling(mut self, exten: &str, number: &str) -> Self {
        self.0.direction = Direction::Outbound;
        self.0.root_exten = Some(exten.into());
        self.0.root_endpoint = format!("PJSIP/{exten}").as_str().into();
        self.0.caller = Party::new("", exten);
        self.0.dialled = number.into();
        self
    }

    /// The far end comes to the phone, or it is over and the agent's channel is gone.
    pub fn far_end(mut self, ended: bool) -> Self {
        let at = self.0.started_at + SignedDuration::from_secs(5);
        self.0.answered_at = Some(at);
        self.0.phase = if ended { CallPhase::Ended } else { CallPhase::Talking };
        if ended {
            (self.0.ended_at, self.0.caller_left_at, self.0.outcome) = (Some(at), Some(at), Some(Outcome::Answered));
        }
        self
    }

    pub fn internal(mut self) -> Self {
        self.0.direction = Direction::Internal;
        self
    }

    pub fn ringing(mut self, extens: &[&str]) -> Self {
        self.0.phase = CallPhase::Ringing;
        for exten in extens {
            let at = self.0.started_at;
            self.0.legs.push(Leg {
                channel: format!("{}-{exten}-{}", self.0.root, self.0.legs.len()).as_str().into(),
                endpoint: format!("PJSIP/{exten}").as_str().into(),
                exten: Some((*exten).into()),
                state: ChannelState::Ringing,
                number: None,
                held: false,
                talking: false,
                handed_on: false,
                created_at: at,
                ringing_at: Some(at),
                answered_at: None,
                ended_at: None,
                end: None,
                cause: None,
            });
        }
        self
    }

    pub fn answered_by(mut self, exten: &str) -> Self {
        let at = self.0.started_at + SignedDuration::from_secs(5);
        self.0.phase = CallPhase::Talking;
        self.0.answered_at.get_or_insert(at);
        for leg in self.0.legs.iter_mut().filter(|leg| leg.is_live()) {
            if leg.exten == Some(exten.into()) {
                leg.state = ChannelState::Up;
                leg.answered_at = Some(at);
                self.0.answer = Some(Answer { channel: leg.channel.clone(), exten: leg.exten.clone(), number: None });
            } else {
                leg.ended_at = Some(at);
                leg.end = Some(LegEnd::AnsweredElsewhere);
            }
        }
        self
    }

    pub fn transferred_to(mut self, exten: &str) -> Self {
        let at = self.0.started_at + SignedDuration::from_secs(9);
        for leg in self.0.legs.iter_mut().filter(|leg| leg.is_live()) {
            leg.ended_at = Some(at);
            leg.end = Some(LegEnd::Transferred);
        }
        self.ringing(&[exten])
    }

    /// The talking phone hung up; the call goes on for a moment.
    pub fn leg_ended(mut self, end: LegEnd) -> Self {
        for leg in self.0.legs.iter_mut().filter(|leg| leg.is_live()) {
            leg.ended_at = Some(self.0.started_at + SignedDuration::from_secs(59));
            leg.end = Some(end);
        }
        self
    }

    pub fn ended(mut self, outcome: Outcome, end: LegEnd) -> Self {
        let at = self.0.started_at + SignedDuration::from_secs(60);
        self.0.phase = CallPhase::Ended;
        self.0.ended_at = Some(at);
        self.0.outcome = Some(outcome);
        for leg in self.0.legs.iter_mut().filter(|leg| leg.is_live()) {
            leg.ended_at = Some(at);
            leg.end = Some(end);
        }
        self
    }
}
