//! The database itself: opened by several at once, calls written many times, what is listed,
//! and the lookup as the browser asks for it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use app::{
    error::AppError,
    ports::{CallHistory, Crm, Notes},
};
use common::{House, an, answered, at, binh, chi, e164, ringing, save, typed};
use domain::{
    call::{Answer, Direction, LegEnd, Outcome},
    customer::AddCustomer,
    history::{CallRecord, HistoryFilter, HistoryRow, Part, Sort},
    ids::{CustomerId, LookupId},
    protocol::Matches,
};
use phone::{Region, parse};
use server::{
    exchange::{Exchange, Written},
    store::{Store, backup, customers::NewCustomer},
    writer::{self, Writer},
};
use tokio::sync::mpsc;
use uuid::Uuid;

/// Everyone at once on a file that is not there yet, and again when it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_is_made_once_however_many_open_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ringside.db");
    for _ in 0..2 {
        let opening: Vec<_> = (0..6)
            .map(|_| {
                let path = path.clone();
                tokio::spawn(async move { Store::open(&path).await.unwrap().ping().await.unwrap() })
            })
            .collect();
        for opened in opening {
            opened.await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("no").join("ringside.db");
    let refused = Store::open(&missing).await.unwrap_err().to_string();
    assert!(refused.contains("no/ringside.db.lock") && refused.contains("`database` must be there"), "{refused}");
    let text = dir.path().join("text.db");
    std::fs::write(&text, "this is no database, and long enough to be told from one").unwrap();
    let refused = Store::open(&text).await.unwrap_err().to_string();
    assert!(refused.contains("text.db") && refused.contains("`database`, which is"), "{refused}");
}

#[tokio::test]
async fn a_backup_is_a_database() {
    let house = House::new().await;
    house.store.record_call(&ringing("main:1.1", &["1000"])).await.unwrap();
    let copy = house.dir.path().join("copy.db");
    let database = house.dir.path().join("ringside.db");
    backup(&database, &copy).await.unwrap();
    assert!(Store::open(&copy).await.unwrap().has_call(&"main:1.1".into()).await.unwrap());
    assert!(backup(&database, &copy).await.is_err(), "it overwrites nothing");
}

fn customer(name: &str, written: &[&str]) -> NewCustomer {
    let phones = written.iter().map(|raw| (parse(raw, Region::VIETNAM).unwrap(), (*raw).to_owned())).collect();
    NewCustomer { name: name.into(), city: None, active: true, phones, bookings: vec![] }
}

#[tokio::test]
async fn a_customer_of_before_2018_is_found_by_the_number_of_today() {
    let house = House::new().await;
    house.store.add_customers(&[customer("Nguyễn Văn A", &["0163 456 7890", "024 3825 3825"])]).await.unwrap();
    for number in ["+84334567890", "+842438253825"] {
        assert_eq!(house.store.matches(&e164(number)).await.unwrap()[0].name, "Nguyễn Văn A");
    }
    assert_eq!(house.store.matches(&e164("+84904859696")).await.unwrap(), []);
}

#[tokio::test]
async fn a_lookup_is_valid_once_and_its_answer_is_signed() {
    let house = House::new().await;
    house.store.add_customers(&[customer("Nguyễn Văn A", &["0904859696"])]).await.unwrap();
    let lookup = LookupId(Uuid::from_u128(7));
    house.known.lock().await.lookups.insert(lookup, e164("+84904859696"));

    let mut masked = an();
    masked.whole_record = false;
    let call = "main:1.1".into();
    for nobody in [&masked, &chi()] {
        assert_eq!(house.records.find_customer(nobody, &call, lookup).await, Err(AppError::Forbidden));
    }
    let signed = house.records.find_customer(&an(), &call, lookup).await.unwrap();
    assert!(house.signer.verify(signed.payload.as_bytes(), &signed.signature));
    let matches: Matches = serde_json::from_str(&signed.payload).unwrap();
    assert_eq!((matches.call_id, matches.customers[0].name.as_str()), (call.clone(), "Nguyễn Văn A"));
    assert_eq!(house.records.find_customer(&an(), &call, lookup).await, Err(AppError::Forbidden));
}

#[tokio::test]
async fn an_agent_reads_of_customers_who_called_them() {
    let house = House::new().await;
    let ids =
        house.store.add_customers(&[customer("A", &["0904859696"]), customer("B", &["0912345603"])]).await.unwrap();
    house.store.record_call(&ringing("main:1.1", &["1000"])).await.unwrap();
    assert_eq!(house.records.customer(&an(), ids[0]).await.unwrap().0.phone, "+84904859696");
    assert_eq!(house.records.customer(&an(), ids[1]).await, Err(AppError::NotFound));
    assert_eq!(house.records.customer(&binh(), ids[0]).await, Err(AppError::NotFound));
    assert!(house.records.customer(&chi(), ids[1]).await.is_ok());
    assert_eq!(house.records.customer(&chi(), CustomerId(99)).await, Err(AppError::NotFound));
    let mut masked = an();
    masked.whole_record = false;
    assert_eq!(house.records.customer(&masked, ids[0]).await.unwrap().0.phone, "•••••••••696");
}

fn newcomer(call: &str, name: &str) -> AddCustomer {
    AddCustomer { call_id: call.into(), name: name.into(), city: Some("  Đà\tNẵng ".into()) }
}

#[tokio::test]
async fn an_unknown_caller_is_added_and_their_calls_and_notes_are_theirs() {
    let house = House::new().await;
    for (call, extens) in [("main:1.1", &["1000"][..]), ("main:2.1", &["1001"]), ("main:3.1", &["1000"])] {
        house.store.record_call(&ringing(call, extens)).await.unwrap();
    }
    let mut hidden = ringing("main:4.1", &["1000"]);
    hidden.call.caller.hidden = true;
    house.store.record_call(&hidden).await.unwrap();
    house.records.save_note(&an(), save(typed("main:1.1", 1, 1, "Bàn cạnh cửa sổ"))).await.unwrap();

    let mut masked = an();
    masked.whole_record = false;
    assert_eq!(house.records.add_customer(&masked, newcomer("main:1.1", "A")).await, Err(AppError::Forbidden));
    assert_eq!(house.records.add_customer(&binh(), newcomer("main:1.1", "A")).await, Err(AppError::NotFound));
    for bad in [newcomer("main:1.1", " \n"), newcomer("main:1.1", &"x".repeat(201)), newcomer("main:4.1", "A")] {
        let refused = house.records.add_customer(&an(), bad).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
    }

    let id = house.records.add_customer(&an(), newcomer("main:1.1", " Lê  Thị\nHoa ")).await.unwrap();
    assert_eq!(house.records.add_customer(&an(), newcomer("main:3.1", "lê thị hoa")).await, Ok(id), "twice is once");
    let found = house.store.matches(&e164("+84904859696")).await.unwrap();
    assert_eq!((found.len(), found[0].name.as_str(), found[0].city.as_deref()), (1, "Lê Thị Hoa", Some("Đà Nẵng")));
    assert_eq!(found[0].notes[0].text, "Bàn cạnh cửa sổ");
    let theirs = HistoryFilter { customer: Some(id), ..HistoryFilter::default() };
    assert_eq!(ids(&house, &chi(), theirs).await, ["main:3.1", "main:2.1", "main:1.1"], "and not the one withheld");

    // A second customer of the number has the call that they were added by, and no other.
    house.store.record_call(&ringing("main:5.1", &["1000"])).await.unwrap();
    house.store.record_call(&ringing("main:6.1", &["1000"])).await.unwrap();
    let other = house.records.add_customer(&an(), newcomer("main:5.1", "Lê Văn Hùng")).await.unwrap();
    let theirs = HistoryFilter { customer: Some(other), ..HistoryFilter::default() };
    assert_eq!(ids(&house, &chi(), theirs).await, ["main:5.1"]);
}

/// Everyone's leg and the call end, 60 s in.
fn ended(mut record: CallRecord, outcome: Outcome, losers: LegEnd) -> CallRecord {
    for leg in &mut record.call.legs {
        leg.ended_at = Some(at(60));
        leg.end = Some(if leg.answered_at.is_some() { LegEnd::Completed } else { losers });
    }
    record.call.ended_at = Some(at(60));
    record.call.outcome = Some(outcome);
    record
}

async fn all(house: &House) -> Vec<HistoryRow> {
    house.records.history(&chi(), HistoryFilter::default()).await.unwrap().rows
}

#[tokio::test]
async fn a_call_is_written_many_times_and_a_late_word_takes_nothing_back() {
    let house = House::new().await;
    let rings = ringing("main:1.1", &["1000", "1001"]);
    let talks = answered(rings.clone());
    let over = ended(talks.clone(), Outcome::Answered, LegEnd::AnsweredElsewhere);
    for record in [&rings, &talks, &talks, &over, &over, &talks, &rings] {
        house.store.record_call(record).await.unwrap();
    }
    let rows = all(&house).await;
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((row.outcome, row.legs), (Some(Outcome::Answered), 2));
    assert_eq!((row.answered_by.clone(), row.answered_by_name.as_deref()), (Some("1000".into()), Some("Chị an")));
    assert_eq!((row.started_at, row.answered_at, row.ended_at), (at(0), Some(at(5)), Some(at(60))));
    assert_eq!(row.name.as_deref(), Some("Đặng Văn A"));
    let own = house.records.history(&binh(), HistoryFilter::default()).await.unwrap();
    assert_eq!(own.rows[0].own_leg, Some(LegEnd::AnsweredElsewhere));
}

#[tokio::test]
async fn a_record_brings_its_aliases() {
    let house = House::new().await;
    house.store.record_call(&ringing("main:2.1", &["1001"])).await.unwrap();
    let mut record = answered(ringing("main:1.1", &["1000"]));
    record.call.aliases = vec!["main:2.1".into()];
    house.store.record_call(&record).await.unwrap();
    house.store.record_call(&ringing("main:2.1", &["1001"])).await.unwrap();
    let rows = all(&house).await;
    assert_eq!(rows.iter().map(|row| row.call_id.as_str()).collect::<Vec<_>>(), ["main:1.1"]);
    assert_eq!(rows[0].legs, 2, "the merged call's leg came along");
    assert!(house.store.has_call(&"main:2.1".into()).await.unwrap(), "by its old name");
}

/// The surviving call's own record comes after the merge, and until then nothing withheld is shown.
#[tokio::test]
async fn a_merge_carries_what_is_told_of_the_call() {
    let house = House::new().await;
    let mut record = answered(ringing("main:2.1", &["1001"]));
    record.call.caller.hidden = true;
    record.call.answer = Some(Answer { number: Some("0912000333".into()), exten: None, ..record.call.answer.unwrap() });
    house.store.record_call(&record).await.unwrap();
    let before = all(&house).await.remove(0);
    house.store.merge_calls(&"main:2.1".into(), &"main:1.1".into()).await.unwrap();
    assert_eq!(all(&house).await, [HistoryRow { call_id: "main:1.1".into(), ..before.clone() }]);
    assert!(before.hidden && before.answered_outside.is_some(), "{before:?}");
}

#[tokio::test]
async fn a_burst_of_records_keeps_its_last_word_and_its_order() {
    let house = House::new().await;
    let (queue, written) = mpsc::channel(8);
    let call = |record| Written::Call(Box::new(record));
    for word in [
        call(ringing("main:1.1", &["1000"])),
        call(ringing("main:2.1", &["1001"])),
        call(answered(ringing("main:1.1", &["1000"]))),
        Written::Merged { from: "main:2.1".into(), into: "main:1.1".into() },
        call(ringing("main:2.1", &["1001"])),
        call(ringing("main:3.1", &["1000", "1001"])),
    ] {
        queue.send(word).await.unwrap();
    }
    drop(queue);
    let (exchange, _inputs) = Exchange::new();
    writer::run(Writer { store: house.store.clone(), exchange, pbx: "main".into() }, written).await;
    let mut rows = all(&house).await;
    rows.sort_by(|a, b| a.call_id.cmp(&b.call_id));
    let told: Vec<_> = rows.iter().map(|row| (row.call_id.as_str(), row.answered_at, row.legs)).collect();
    assert_eq!(told, [("main:1.1", Some(at(5)), 2), ("main:3.1", None, 2)]);
}

#[tokio::test]
async fn calls_that_ended_while_nobody_listened_are_closed() {
    let house = House::new().await;
    for record in [
        answered(ringing("main:1.1", &["1000"])),
        ringing("main:2.1", &["1000"]),
        ringing("main:3.1", &["1000"]),
        ringing("other:4.1", &["1000"]),
    ] {
        house.store.record_call(&record).await.unwrap();
    }
    let open = house.store.open_calls(&"main".into()).await.unwrap();
    assert_eq!(open, ["main:1.1".into(), "main:2.1".into(), "main:3.1".into()]);
    let orphans = &open[..2];
    assert_eq!(house.store.close_orphans(orphans).await.unwrap(), 2);
    assert_eq!(house.store.close_orphans(orphans).await.unwrap(), 0);
    let mut rows = all(&house).await;
    rows.sort_by(|a, b| a.call_id.cmp(&b.call_id));
    let ends: Vec<_> = rows.iter().map(|row| (row.call_id.as_str(), row.ended_at, row.outcome)).collect();
    assert_eq!(
        ends,
        [
            ("main:1.1", Some(at(5)), Some(Outcome::Answered)),
            ("main:2.1", Some(at(2)), Some(Outcome::Failed)),
            ("main:3.1", None, None),
            ("other:4.1", None, None),
        ]
    );
}

/// Three calls an hour apart: answered by 1000, abandoned, and one that only 1001 heard.
async fn three_calls() -> House {
    let house = House::new().await;
    let calls = [
        ended(answered(ringing("main:1.1", &["1000", "1001"])), Outcome::Answered, LegEnd::AnsweredElsewhere),
        ended(ringing("main:2.1", &["1000", "1001"]), Outcome::Abandoned, LegEnd::Abandoned),
        ended(ringing("main:3.1", &["1001"]), Outcome::Missed, LegEnd::NoAnswer),
    ];
    for (hour, mut record) in calls.into_iter().enumerate() {
        record.call.started_at = at(3600 * i64::try_from(hour).unwrap());
        house.store.record_call(&record).await.unwrap();
    }
    house
}

async fn ids(house: &House, who: &domain::role::SignedIn, filter: HistoryFilter) -> Vec<String> {
    let page = house.records.history(who, filter).await.unwrap();
    assert_eq!(page.total as usize, page.rows.len());
    page.rows.into_iter().map(|row| row.call_id.to_string()).collect()
}

#[tokio::test]
async fn the_history_is_filtered() {
    let house = three_calls().await;
    let none = HistoryFilter::default;
    let cases = [
        (none(), &["main:3.1", "main:2.1", "main:1.1"][..]),
        (HistoryFilter { from: Some(at(3600)), until: Some(at(7200)), ..none() }, &["main:2.1"]),
        (HistoryFilter { exten: Some("1000".into()), ..none() }, &["main:2.1", "main:1.1"]),
        (HistoryFilter { outcome: Some(Outcome::Missed), ..none() }, &["main:3.1"]),
        (
            HistoryFilter { outcome: Some(Outcome::Missed), exten: Some("1001".into()), ..none() },
            &["main:3.1", "main:2.1", "main:1.1"],
        ),
        (HistoryFilter { outcome: Some(Outcome::Abandoned), ..none() }, &["main:2.1"]),
        (HistoryFilter { text: "DANG van".into(), ..none() }, &["main:3.1", "main:2.1", "main:1.1"]),
        (HistoryFilter { text: "090 485".into(), ..none() }, &["main:3.1", "main:2.1", "main:1.1"]),
        (HistoryFilter { text: "+84 904".into(), ..none() }, &["main:3.1", "main:2.1", "main:1.1"]),
        (HistoryFilter { text: "%".into(), ..none() }, &[]),
        (HistoryFilter { direction: Some(Direction::Outbound), ..none() }, &[]),
        (HistoryFilter { exten: Some("1000".into()), part: Some(Part::Mine), ..none() }, &["main:1.1"]),
        (HistoryFilter { exten: Some("1000".into()), part: Some(Part::Missed), ..none() }, &["main:2.1"]),
        (HistoryFilter { exten: Some("1001".into()), part: Some(Part::Missed), ..none() }, &["main:3.1", "main:2.1"]),
        (HistoryFilter { call: Some("main:2.1".into()), ..none() }, &["main:2.1"]),
        (HistoryFilter { customer: Some(CustomerId(99)), ..none() }, &[]),
        (HistoryFilter { reversed: true, ..none() }, &["main:1.1", "main:2.1", "main:3.1"]),
        (HistoryFilter { sort: Sort::Outcome, ..none() }, &["main:2.1", "main:1.1", "main:3.1"]),
        (HistoryFilter { sort: Sort::Outcome, reversed: true, ..none() }, &["main:3.1", "main:1.1", "main:2.1"]),
        (HistoryFilter { sort: Sort::Duration, ..none() }, &["main:1.1", "main:3.1", "main:2.1"]),
        (HistoryFilter { sort: Sort::Agent, ..none() }, &["main:1.1", "main:3.1", "main:2.1"]),
        (HistoryFilter { sort: Sort::Customer, ..none() }, &["main:3.1", "main:2.1", "main:1.1"]),
    ];
    for (filter, expected) in cases {
        assert_eq!(ids(&house, &chi(), filter.clone()).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn an_agent_reads_of_their_own_extension_whatever_they_ask() {
    let house = three_calls().await;
    let others = HistoryFilter { exten: Some("1001".into()), ..HistoryFilter::default() };
    assert_eq!(ids(&house, &an(), others).await, ["main:2.1", "main:1.1"]);
    let mut lost = an();
    lost.desk = None;
    assert_eq!(house.records.history(&lost, HistoryFilter::default()).await, Err(AppError::Forbidden));
}

#[tokio::test]
async fn the_history_has_pages() {
    let house = three_calls().await;
    let filter = HistoryFilter { page: 1, page_size: 2, ..HistoryFilter::default() };
    let page = house.records.history(&chi(), filter).await.unwrap();
    assert_eq!((page.total, page.rows.len(), page.rows[0].call_id.as_str()), (3, 1, "main:1.1"));
}

#[tokio::test]
async fn today_counts_since_midnight() {
    let house = three_calls().await;
    let today = house.store.today(at(3600), None).await.unwrap();
    assert_eq!((today.inbound, today.answered, today.abandoned), (2, 0, 1));
    let own = house.store.today(at(0), Some(&"1000".into())).await.unwrap();
    assert_eq!((own.inbound, own.answered, own.abandoned), (2, 1, 1));
    assert_eq!(house.records.today(&chi()).await.unwrap().inbound, 0, "those calls are years old");
}

/// An extension of ours calls out by the trunk.
fn dialled(id: &str, from: &str, answered_at: Option<i64>) -> CallRecord {
    let mut record = ringing(id, &[from]);
    let call = &mut record.call;
    (call.direction, call.root_endpoint, call.root_exten) =
        (Direction::Outbound, call.legs[0].endpoint.clone(), call.legs[0].exten.take());
    call.legs[0].endpoint = "PJSIP/trunk".into();
    (call.caller.number, call.dialled) = (from.into(), "0912345678".into());
    (call.answered_at, call.ended_at) = (answered_at.map(at), Some(at(30)));
    call.outcome = Some(if answered_at.is_some() { Outcome::Answered } else { Outcome::Missed });
    record
}

#[tokio::test]
async fn a_call_that_an_agent_made_is_in_their_history_alone() {
    let house = House::new().await;
    house.store.record_call(&dialled("main:1.1", "1000", Some(9))).await.unwrap();
    house.store.record_call(&dialled("main:2.1", "1000", None)).await.unwrap();
    let made = house.records.history(&an(), HistoryFilter::default()).await.unwrap().rows;
    assert_eq!(made.iter().map(|row| row.call_id.as_str()).collect::<Vec<_>>(), ["main:2.1", "main:1.1"]);
    assert_eq!((made[0].made_by(), made[0].dialled.as_str()), (Some(&"1000".into()), "0912345678"));
    assert_eq!(ids(&house, &binh(), HistoryFilter::default()).await, [""; 0]);
    let outbound = HistoryFilter { direction: Some(Direction::Outbound), ..HistoryFilter::default() };
    assert_eq!(ids(&house, &chi(), outbound).await, ["main:2.1", "main:1.1"]);
    let missed = HistoryFilter { outcome: Some(Outcome::Missed), ..HistoryFilter::default() };
    assert_eq!(ids(&house, &an(), missed).await, ["main:2.1"], "whoever was answered missed nothing");
    assert!(house.store.concerns(&"main:1.1".into(), an().account, Some(&"1000".into())).await.unwrap());
    assert!(!house.store.concerns(&"main:1.1".into(), binh().account, Some(&"1001".into())).await.unwrap());
}
