//! The exchange under load, and the call history's records: calls that ended while nobody listened
//! are closed when the PBX is caught up with, and what a full queue did not take is written when
//! there is room again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{House, an, answered, at, chi, ringing};
use domain::{
    Timestamp,
    call::Party,
    history::HistoryFilter,
    ids::CallId,
    protocol::{CloseCode, View},
};
use hub::signature::Signer;
use hub::{self, election::Order};
use jiff::SignedDuration;
use pbx::{
    ari::Event,
    script::{self, Cast, Ids, Scenario, Stage},
    switchboard::Known,
};
use server::{
    ari::Signal,
    config::Config,
    exchange::{self, Exchange, Input, Outbox, Written},
    store::Store,
    writer::{self, Writer},
};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// The writer's work after a catch-up, to its end.
async fn catch_up(store: &Store, exchange: Exchange) {
    let (queue, written) = mpsc::channel(1);
    queue.send(Written::CaughtUp).await.unwrap();
    drop(queue);
    writer::run(Writer { store: store.clone(), exchange, pbx: "main".into() }, written).await;
}

#[tokio::test]
async fn a_call_that_begins_meanwhile_stays_open() {
    let house = House::new().await;
    for record in [answered(ringing("main:1.1", &["1000"])), ringing("main:2.1", &["1000"])] {
        house.store.record_call(&record).await.unwrap();
    }
    let (exchange, mut inputs) = Exchange::new();
    let store = house.store.clone();
    tokio::spawn(async move {
        let Some(Input::Strangers { mut calls, answer }) = inputs.recv().await else { panic!("nobody asked") };
        // The earliest moment at which a new call's row can slip between the question and the
        // closing: an agent has begun to type.
        store.record_call(&ringing("main:9.1", &["1000"])).await.unwrap();
        calls.retain(|call| call.as_str() != "main:2.1");
        answer.send(calls).unwrap();
    });
    catch_up(&house.store, exchange).await;
    let rows = house.store.history(&HistoryFilter::default()).await.unwrap().rows;
    let mut ends: Vec<_> = rows.into_iter().map(|row| (row.call_id, row.ended_at)).collect();
    ends.sort();
    let expected = [("main:1.1".into(), Some(at(5))), ("main:2.1".into(), None), ("main:9.1".into(), None)];
    assert_eq!(ends, expected);
}

#[tokio::test]
async fn without_an_exchange_nobody_can_tell_and_nothing_is_closed() {
    let house = House::new().await;
    house.store.record_call(&ringing("main:1.1", &["1000"])).await.unwrap();
    let (exchange, inputs) = Exchange::new();
    drop(inputs);
    catch_up(&house.store, exchange).await;
    let page = house.store.history(&HistoryFilter::default()).await.unwrap();
    assert_eq!(page.rows[0].ended_at, None);
}

#[tokio::test]
async fn a_call_that_the_database_will_never_take_holds_no_other_up() {
    let house = House::new().await;
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON calls WHEN new.id = 'main:2.1'
                  BEGIN SELECT raise(ABORT, 'never'); END";
    sqlx::query(refuse).execute(&mut house.outside().await).await.unwrap();
    let (exchange, _inputs) = Exchange::new();
    let (queue, written) = mpsc::channel(8);
    for id in ["main:1.1", "main:2.1", "main:3.1"] {
        queue.send(Written::Call(Box::new(ringing(id, &["1000"])))).await.unwrap();
    }
    drop(queue);
    writer::run(Writer { store: house.store.clone(), exchange, pbx: "main".into() }, written).await;
    let rows = house.store.history(&HistoryFilter::default()).await.unwrap().rows;
    let mut there: Vec<_> = rows.into_iter().map(|row| row.call_id).collect();
    there.sort();
    assert_eq!(there, ["main:1.1".into(), "main:3.1".into()]);
}

/// An exchange that is fed by hand; its queue to the database takes `room` records.
fn exchange(room: usize) -> (mpsc::Sender<Signal>, mpsc::Receiver<Written>, Exchange) {
    let config = Config::default();
    let span = SignedDuration::from_secs(10);
    let hub = hub::Settings {
        region: config.region,
        extensions: config.pbx.extensions.clone(),
        order: Order::Random,
        lookup_timeout: span,
        ping_every: span,
        missed_pings: 3,
        resend_every: span,
        outbound_pop: true,
        dial_prefixes: Vec::new(),
        show_withheld: Vec::new(),
    };
    let settings = exchange::Settings {
        topology: config.pbx.topology(),
        known: Known::default(),
        hub,
        signer: Signer::new([7; 64]),
        seed: 1,
    };
    let (exchange, inputs) = Exchange::new();
    let (signals, heard) = mpsc::channel(SIGNALS);
    let (records, queue) = mpsc::channel(room);
    tokio::spawn(exchange::run(settings, inputs, heard, mpsc::channel(1).0, records, CancellationToken::new()));
    (signals, queue, exchange)
}

#[tokio::test]
async fn a_pbx_whose_clock_is_off_is_told() {
    let (signals, _queue, exchange) = exchange(1024);
    let mut ids = Ids::default();
    let start = Timestamp::now() + SignedDuration::from_mins(10);
    for event in (0..3).flat_map(|_| call_at(start, &mut ids)) {
        signals.send(Signal::Event(Box::new(event))).await.unwrap();
    }
    let health = exchange.health().await.unwrap();
    assert!((590..620).contains(&health.pbx_clock_ahead), "{health:?}");
}

/// Signals that may wait for it.
const SIGNALS: usize = 16_384;

#[tokio::test]
async fn browsers_are_heard_however_much_the_pbx_has_to_say() {
    let (signals, _queue, exchange) = exchange(1024);
    let mut events = answered_call(&mut Ids::default());
    let event = events.swap_remove(0);
    while signals.try_send(Signal::Event(Box::new(event.clone()))).is_ok() {}
    exchange.health().await.unwrap();
    assert!(signals.capacity() < SIGNALS, "answered only when all was heard");
}

#[tokio::test]
async fn a_client_that_is_dropped_puts_nobody_elses_frames_out_of_order() {
    let (signals, _queue, exchange) = exchange(1024);
    let join = async |who, view, room| {
        let (frames, read) = mpsc::channel(room);
        let (close, closed) = oneshot::channel();
        exchange.join(who, "session".into(), view, None, Outbox { frames, close }).await.unwrap();
        (read, closed)
    };
    let (mut floor, _open) = join(chi(), View::Floor, 1024).await;
    // It takes its welcome and its snapshot, and reads neither.
    let (_desk, closed) = join(an(), View::Desk, 2).await;
    for event in answered_call(&mut Ids::default()) {
        signals.send(Signal::Event(Box::new(event))).await.unwrap();
        exchange.health().await.unwrap();
    }
    assert_eq!(closed.await.unwrap(), CloseCode::Slow);
    let frames = std::iter::from_fn(|| floor.try_recv().ok());
    let numbers: Vec<_> =
        frames.filter_map(|text| serde_json::from_str::<serde_json::Value>(&text).unwrap()["seq"].as_u64()).collect();
    assert!(numbers.len() > 5 && numbers.iter().zip(&numbers[1..]).all(|(one, next)| one + 1 == *next), "{numbers:?}");
}

#[tokio::test]
async fn more_calls_than_the_queue_takes_are_written_again_a_part_at_a_time() {
    const CALLS: usize = 30;
    let (signals, mut queue, exchange) = exchange(8);
    let mut ids = Ids::default();
    for _ in 0..CALLS {
        for event in answered_call(&mut ids) {
            signals.send(Signal::Event(Box::new(event))).await.unwrap();
        }
    }
    while exchange.health().await.unwrap().counters.calls < CALLS as u64 {}
    let mut seen = std::collections::BTreeSet::<CallId>::new();
    while seen.len() < CALLS {
        let written = tokio::time::timeout(std::time::Duration::from_secs(15), queue.recv()).await;
        if let Written::Call(record) = written.expect("the rest is written").unwrap() {
            seen.insert(record.call.id);
        }
    }
}

/// All that happens in one call from outside that one phone answers.
fn answered_call(ids: &mut Ids) -> Vec<Event> {
    call_at(Timestamp::now(), ids)
}

fn call_at(start: Timestamp, ids: &mut Ids) -> Vec<Event> {
    let extensions = Config::default().pbx.extensions;
    let by = extensions[0].clone();
    let cast = Cast {
        extensions,
        trunk: "PJSIP/trunk".into(),
        inbound_context: "from-trunk".into(),
        did: "1900".into(),
        app: "ringside".into(),
    };
    let stage = Stage { cast: &cast, start, pace: 1.0, busy: &Default::default() };
    let caller = Party::new("A", "0904859696");
    let scenario = Scenario::Answered { by, ring_ms: 100, talk_ms: 100 };
    let score = script::play(&scenario, &caller, &stage, ids).unwrap();
    score.events.iter().map(|timed| Event::parse(&timed.event).unwrap()).collect()
}

#[tokio::test]
async fn what_a_full_queue_did_not_take_is_written_when_there_is_room() {
    const CALLS: usize = 5;
    let (signals, mut queue, exchange) = exchange(2 * CALLS);
    let mut ids = Ids::default();
    // The database is away: nobody takes anything. Each event is told before the next is heard.
    for _ in 0..CALLS {
        for event in answered_call(&mut ids) {
            signals.send(Signal::Event(Box::new(event))).await.unwrap();
            exchange.health().await.unwrap();
        }
    }
    let health = exchange.health().await.unwrap();
    assert_eq!((health.counters.calls, health.live_calls), (CALLS as u64, 0));
    assert!(health.records_dropped > 0, "{health:?}");
    let mut ended = std::collections::BTreeSet::<CallId>::new();
    while ended.len() < CALLS {
        let written = tokio::time::timeout(std::time::Duration::from_secs(15), queue.recv()).await;
        if let Written::Call(record) = written.expect("the rest is written").unwrap()
            && record.call.ended_at.is_some()
        {
            ended.insert(record.call.id);
        }
    }
}
