use domain::customer::BookingState;

use super::*;

/// Of [`MATCHES`]: a card shows this many.
const CARD_BOOKINGS: usize = 5;

async fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("ringside.db")).await.unwrap();
    (dir, store)
}

fn e164(text: &str) -> E164 {
    E164::try_from(text.to_owned()).unwrap()
}

fn booking(at: &str, children: u16, state: BookingState) -> Booking {
    Booking { restaurant: "Song Dương Văn Cao".into(), at: at.parse().unwrap(), adults: 2, children, state }
}

fn customer(name: &str, number: &str, bookings: Vec<Booking>) -> NewCustomer {
    NewCustomer { name: name.into(), city: None, active: true, phones: vec![(e164(number), number.into())], bookings }
}

#[tokio::test]
async fn the_card_says_what_r8_says() {
    let (_dir, store) = store().await;
    let mut an = customer(
        "Nguyễn Văn A",
        "+84904859696",
        (1..=8).map(|month| booking(&format!("2016-0{month}-01T19:00"), 0, BookingState::Cancelled)).collect(),
    );
    an.bookings.push(booking("2017-08-10T19:00", 2, BookingState::Pending));
    an.phones.push((e164("+84912345603"), "0912345603".into()));
    store.add_customers(&[an]).await.unwrap();

    let found = store.matches(&e164("+84912345603")).await.unwrap();
    let [data] = &found[..] else { panic!("{found:?}") };
    assert_eq!(data.phone, "+84912345603", "the number that called");
    let last = data.last_booking.as_ref().unwrap();
    assert_eq!(last.info, "Ngày 10/08/2017, 2 người lớn, 2 trẻ em, tại nhà hàng Song Dương Văn Cao");
    assert_eq!(last.state, "Chờ xác nhận");
    assert_eq!(data.total_booking_times.info, "9");
    assert_eq!(data.total_booking_times.link_details.as_deref(), Some("/customers/1"));
    assert_eq!(data.total_canceling_times.info, "8");
    assert_eq!(data.total_canceling_times.last, Some(jiff::civil::date(2016, 8, 1)));
    assert_eq!(data.since, Some(2016));
    assert_eq!(data.bookings.len(), CARD_BOOKINGS);

    let (by_id, all) = store.customer(data.id).await.unwrap().unwrap();
    assert_eq!(by_id.phone, "+84904859696", "the main number");
    assert_eq!(all.len(), 9);
    assert_eq!(all[..CARD_BOOKINGS], data.bookings[..]);
}

#[tokio::test]
async fn who_booked_last_comes_first_and_inactive_records_do_not_come() {
    let (_dir, store) = store().await;
    let number = "+84904859696";
    let gone = NewCustomer { active: false, ..customer("Gone", number, vec![]) };
    let old = customer("Old", number, vec![booking("2016-01-01T19:00", 0, BookingState::Served)]);
    let new = customer("New", number, vec![booking("2018-01-01T19:00", 0, BookingState::Served)]);
    store.add_customers(&[gone, customer("Never", number, vec![]), old, new]).await.unwrap();
    let names: Vec<_> = store.matches(&e164(number)).await.unwrap().into_iter().map(|found| found.name).collect();
    assert_eq!(names, ["New", "Old", "Never"]);
}

#[tokio::test]
async fn a_lookup_scans_no_table() {
    let (_dir, store) = store().await;
    let plan: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {MATCHES}")))
            .bind("+84904859696")
            .fetch_all(&store.readers)
            .await
            .unwrap();
    let steps: Vec<_> = plan.into_iter().map(|step| step.3).collect();
    assert!(steps.iter().any(|step| step.starts_with("SEARCH found USING PRIMARY KEY")), "{steps:#?}");
    let scans: Vec<_> = steps.iter().filter(|step| step.starts_with("SCAN") && !step.contains("subquery")).collect();
    assert!(scans.is_empty(), "{steps:#?}");
}
