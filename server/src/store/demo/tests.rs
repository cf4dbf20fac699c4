//! The demo is believable, the same each time, and kept apart from real databases.

use std::collections::BTreeSet;

use domain::{customer::BookingState, history::HistoryFilter, phone::E164};

use super::*;
use phone::{Region, parse};

fn vietnam() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

async fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("ringside.db")).await.unwrap();
    (dir, store)
}

fn number(text: &str) -> E164 {
    parse(text, Region::VIETNAM).unwrap()
}

#[tokio::test]
async fn an_empty_database_becomes_a_house_and_a_filled_one_stays_as_it_is() {
    let (_dir, store) = store().await;
    let now = Timestamp::now();
    let people = seed(&store, 1, now, &vietnam()).await.unwrap();
    assert_eq!(people.len(), 14);
    let count = async || store.history(&HistoryFilter::default()).await.unwrap().total;
    let calls = count().await;
    assert!(calls > 250, "{calls}");
    assert_eq!(seed(&store, 1, now, &vietnam()).await.unwrap(), people);
    assert_eq!(count().await, calls);

    let an = &people[0];
    assert_eq!((an.login, an.password.as_str(), an.exten.clone()), ("an", "ringside-an", Some("1000".into())));
    let (account, hash) = store.credentials("an").await.unwrap().unwrap();
    assert_eq!(account.extens.len(), 12);
    assert!(password::verify(&an.password, Some(hash)).await);

    let example = &store.matches(&number("0904859696")).await.unwrap()[0];
    assert_eq!((example.total_booking_times.info.as_str(), example.total_canceling_times.info.as_str()), ("20", "2"));
    let last = example.last_booking.as_ref().unwrap();
    assert!(last.info.ends_with("2 người lớn, 2 trẻ em, tại nhà hàng Song Dương Văn Cao"), "{}", last.info);
    assert_eq!(last.state, "Chờ xác nhận");
    assert_eq!(store.matches(&number("0912345603")).await.unwrap().len(), 2, "they share a number");
    assert_eq!(store.matches(&number("0334567890")).await.unwrap()[0].name, "Lê Thị Thu", "stored as 0163");
    assert_eq!(store.matches(&number("0977000111")).await.unwrap(), [], "inactive");
}

#[tokio::test]
async fn a_real_database_is_not_touched() {
    let (_dir, store) = store().await;
    let new =
        NewAccount { login: "an".into(), name: "An".into(), role: Role::Admin, whole_record: true, extens: vec![] };
    store.add_account(&new, "hash").await.unwrap();
    assert!(!is_demo(&store).await.unwrap());
    let refused = seed(&store, 1, Timestamp::now(), &vietnam()).await;
    assert!(matches!(refused, Err(DemoError::NotEmpty)), "{refused:?}");
    assert_eq!(store.accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_demo_that_was_interrupted_left_nothing() {
    let (_dir, store) = store().await;
    let last = accounts().pop().unwrap();
    let interrupt = format!(
        "CREATE TRIGGER interrupt BEFORE INSERT ON accounts WHEN new.login = '{}' BEGIN SELECT raise(ABORT, 'no'); END",
        last.login
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(interrupt)).execute(&store.writer).await.unwrap();
    assert!(seed(&store, 1, Timestamp::now(), &vietnam()).await.is_err());
    assert_eq!(store.accounts().await.unwrap(), [], "and so the next start makes it");
    assert_eq!(store.matches(&number("0904859696")).await.unwrap(), []);
}

#[test]
fn the_customers_are_plausible() {
    let today = jiff::civil::date(2025, 3, 14);
    let customers = customers(1, today);
    assert_eq!(customers.len(), CUSTOMERS);
    assert!(customers.iter().all(|customer| !customer.phones.is_empty()));
    let old =
        customers.iter().flat_map(|customer| &customer.phones).filter(|(_, written)| written.starts_with("01")).count();
    assert!((20..100).contains(&old), "{old} numbers of before 2018");
    let numbers: BTreeSet<_> = customers.iter().map(|customer| &customer.phones[0].0).collect();
    assert!(
        (CUSTOMERS - 30..CUSTOMERS - 3).contains(&numbers.len()),
        "{} main numbers: a few share one",
        numbers.len()
    );
    let inactive = customers.iter().filter(|customer| !customer.active).count();
    assert!((5..40).contains(&inactive), "{inactive} inactive");
    for booking in customers.iter().flat_map(|customer| &customer.bookings) {
        let ahead = booking.at.date() >= today;
        let open = matches!(booking.state, BookingState::Pending | BookingState::Confirmed);
        assert!(if ahead { booking.state != BookingState::Served } else { !open }, "{booking:?}");
    }
}

#[test]
fn a_seed_makes_the_same_callers_and_another_does_not() {
    assert_eq!(callers(1), callers(1));
    assert_ne!(callers(1), callers(2));
    assert_eq!(parse(&callers(7)[0].number, Region::VIETNAM), Some(number("0904859696")));
    assert!(callers(1).iter().all(|caller| parse(&caller.number, Region::VIETNAM).is_some()));
}
