//! Looking customers up: what a card says, and in which order.

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
async fn a_card_gets_no_more_than_it_can_show() {
    let (_dir, store) = store().await;
    let hotel: Vec<_> = (0..60).map(|room| customer(&format!("Room {room}"), "+84904859696", vec![])).collect();
    store.add_customers(&hotel).await.unwrap();
    let long = "chữ ".repeat(2000);
    for statement in [
        "INSERT INTO accounts (id, login, name, role, password, created_at) VALUES (1, 'an', 'An', 'agent', '', 0)",
        "INSERT INTO calls (id, direction, root_channel, root_endpoint, caller_name, caller_number, dialled,
                            started_at, folded)
         VALUES ('main:1.1', 'inbound', '1.1', 'PJSIP/trunk', '', '', '', 0, '')",
    ] {
        sqlx::query(statement).execute(&store.writer).await.unwrap();
    }
    let note = "INSERT INTO notes (call_id, customer_id, version, text, folded, account_id, saved_at)
                VALUES ('main:1.1', 1, 1, ?, '', 1, 0)";
    sqlx::query(note).bind(&long).execute(&store.writer).await.unwrap();

    let found = store.matches(&e164("+84904859696")).await.unwrap();
    assert_eq!(found.len(), MOST_MATCHES);
    let shown = &found[0].notes[0].text;
    assert!(shown.starts_with("chữ chữ") && shown.ends_with('…') && shown.chars().count() == 500, "{shown}");
    let (whole, _) = store.customer(CustomerId(1)).await.unwrap().unwrap();
    assert_eq!(whole.notes[0].text, long);
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
