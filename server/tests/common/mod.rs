//! What the tests of the database share: a house on a real file, calls, and an exchange that
//! answers what it is told to.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each file of tests uses its part; a test that cannot go on has failed"
)]

use std::{collections::HashMap, sync::Arc};

use domain::{
    call::{Answer, Call, CallPhase, ChannelState, Direction, Leg, Party},
    history::CallRecord,
    ids::{AccountId, CallId, Epoch, Extension, LookupId, SaveId, TabId},
    note::{Draft, SaveNote},
    phone::E164,
    role::{Role, Seat, SignedIn},
};
use hub::signature::Signer;
use jiff::{SignedDuration, Timestamp};
use server::{
    exchange::{Exchange, Input},
    services::AppServices,
    store::{Store, accounts::NewAccount},
};
use tokio::sync::Mutex;
use uuid::Uuid;

/// What the exchange knows.
#[derive(Default)]
pub struct Known {
    pub calls: HashMap<CallId, CallRecord>,
    pub lookups: HashMap<LookupId, E164>,
    /// Calls of which it was said that a note changed.
    pub changed: Vec<CallId>,
}

pub struct House {
    pub dir: tempfile::TempDir,
    pub store: Store,
    pub records: AppServices,
    pub signer: Signer,
    pub known: Arc<Mutex<Known>>,
}

impl House {
    /// With the agents an and binh, and the supervisor chi.
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("ringside.db")).await.unwrap();
        for (login, role) in [("an", Role::Agent), ("binh", Role::Agent), ("chi", Role::Supervisor)] {
            let name = format!("Chị {login}");
            let new = NewAccount { login: login.into(), name, role, whole_record: true, extens: vec![] };
            store.add_account(&new, "no hash").await.unwrap().unwrap();
        }
        let known = Arc::new(Mutex::new(Known::default()));
        let (exchange, mut inputs) = Exchange::new();
        tokio::spawn({
            let known = known.clone();
            async move {
                while let Some(input) = inputs.recv().await {
                    let mut known = known.lock().await;
                    match input {
                        Input::Record { call, answer } => {
                            let _ = answer.send(known.calls.get(&call).cloned().map(Box::new));
                        }
                        Input::Redeem { lookup, answer, .. } => {
                            let _ = answer.send(known.lookups.remove(&lookup));
                        }
                        Input::NoteChanged { call, .. } => known.changed.push(call),
                        other => panic!("{other:?}"),
                    }
                }
            }
        });
        let signer = Signer::new([7; 64]);
        let zone = jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let records = AppServices::new(store.clone(), exchange, signer.clone(), zone, Vec::new());
        Self { dir, store, records, signer, known }
    }

    /// A second connection to the file, as another process would have.
    pub async fn outside(&self) -> sqlx::SqliteConnection {
        use sqlx::Connection;
        let path = self.dir.path().join("ringside.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        sqlx::SqliteConnection::connect_with(&options).await.unwrap()
    }
}

pub fn an() -> SignedIn {
    person(1, "an", Role::Agent, Some("1000"))
}

pub fn binh() -> SignedIn {
    person(2, "binh", Role::Agent, Some("1001"))
}

pub fn chi() -> SignedIn {
    person(3, "chi", Role::Supervisor, None)
}

fn person(id: i64, login: &str, role: Role, exten: Option<&str>) -> SignedIn {
    let desk = exten.map(|exten| Seat { exten: exten.into(), epoch: Epoch(Uuid::from_u128(1)) });
    SignedIn {
        account: AccountId(id),
        login: login.into(),
        name: format!("Chị {login}"),
        role,
        whole_record: true,
        desk,
    }
}

pub fn e164(text: &str) -> E164 {
    E164::try_from(text.to_owned()).unwrap()
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap() + SignedDuration::from_secs(seconds)
}

/// A call that began at `at(0)` and rings at these extensions.
pub fn ringing(id: &str, extens: &[&str]) -> CallRecord {
    let root = id.split_once(':').unwrap().1;
    let legs = extens
        .iter()
        .map(|exten| Leg {
            channel: format!("{root}/{exten}").as_str().into(),
            endpoint: format!("PJSIP/{exten}").as_str().into(),
            exten: Some(Extension::from(*exten)),
            state: ChannelState::Ringing,
            number: None,
            held: false,
            talking: false,
            handed_on: false,
            created_at: at(1),
            ringing_at: Some(at(2)),
            answered_at: None,
            ended_at: None,
            end: None,
            cause: None,
        })
        .collect();
    let call = Call {
        id: id.into(),
        direction: Direction::Inbound,
        phase: CallPhase::Ringing,
        root: root.into(),
        caller_channel: root.into(),
        root_endpoint: "PJSIP/trunk".into(),
        root_exten: None,
        caller: Party::new("Đặng Văn A", "0904859696"),
        dialled: "1900".into(),
        legs,
        answer: None,
        started_at: at(0),
        answered_at: None,
        ended_at: None,
        outcome: None,
        place: None,
        caller_left_at: None,
        aliases: vec![],
        stale: false,
    };
    CallRecord { call, caller_phone: Some("+84904859696".into()), customer: None, answered_by_name: None, known: None }
}

/// The first extension answers.
pub fn answered(mut record: CallRecord) -> CallRecord {
    let leg = &mut record.call.legs[0];
    leg.state = ChannelState::Up;
    leg.answered_at = Some(at(5));
    record.call.answer = Some(Answer { channel: leg.channel.clone(), exten: leg.exten.clone(), number: None });
    record.call.answered_at = Some(at(5));
    record.call.phase = CallPhase::Talking;
    record.answered_by_name = Some("Chị an".into());
    record
}

/// What a tab typed: its n-th edit.
pub fn typed(call: &str, tab: u128, revision: u64, text: &str) -> Draft {
    let tab = TabId(Uuid::from_u128(tab));
    Draft { call_id: call.into(), customer_id: None, base_version: 0, text: text.into(), tab, revision }
}

pub fn save(draft: Draft) -> SaveNote {
    SaveNote { save_id: SaveId(Uuid::new_v4()), draft, follows: None }
}
