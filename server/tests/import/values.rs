//! What people and programs write in cells.

use domain::customer::BookingState;
use phone::Region;
use server::import::{
    customers::Customers,
    sheet::{Options, read},
};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::House;

#[tokio::test]
async fn one_good_number_of_two_is_taken_where_bad_ones_are_skipped() {
    let house = House::new().await;
    let file = "name,phones\nAn,0904859696;12\nBình,12\n";
    let refused = house.refused("customers", file);
    assert!(refused.contains("2 bad rows") && refused.contains("line 2: phones: "), "{refused}");
    let taken = house.import_by("customers", file, &["--skip-bad"]);
    assert!(taken.contains("line 2: phones: ") && taken.contains("line 3: phones: "), "{taken}");
    assert!(
        taken.ends_with("1 added, 0 changed, 0 unchanged, 1 skipped, 1 taken without what is told above."),
        "{taken}"
    );
    assert_eq!(house.names("+84904859696").await, ["An"]);
}

/// Each row's numbers, or what is told of it.
fn numbers_of(cells: &[&str]) -> Vec<String> {
    cells
        .iter()
        .map(|cell| {
            let mut numbers = Vec::new();
            let file = format!("name,phones\nAn,\"{}\"\n", cell.replace('"', "\"\""));
            let list = Customers::new(Region::VIETNAM);
            let report =
                read("file.csv".as_ref(), file.as_bytes(), &list, &Options { shown: 9, ..Options::default() }, |row| {
                    numbers.extend(row.phones.into_iter().map(|(number, _)| number.to_string()));
                    true
                });
            numbers.extend(report.unwrap().bad.told().iter().map(|bad| bad.why.clone()));
            numbers.join(" ")
        })
        .collect()
}

#[test]
fn numbers_are_read_as_people_and_spreadsheets_write_them() {
    let one = [
        "'0904859696",
        "=\"0904859696\"",
        "\"\"0904859696\"\"",
        "\u{202a}+84 904 859 696\u{202c}",
        "\u{200b}0904859696",
        "+0904859696",
        "084904859696",
        "0904 859 696 (Zalo)",
        "ĐT: 0904859696",
        "0904859696,",
        "904859696",
        "0904\u{a0}859\u{a0}696",
    ];
    for (cell, read) in one.iter().zip(numbers_of(&one)) {
        assert_eq!(read, "+84904859696", "{cell:?}");
    }
    for separator in [" - ", "/", ", ", "\n", " ::: ", " & ", ";", "|", "\r\n"] {
        let cell = format!("0904859696{separator}0912345603");
        assert_eq!(numbers_of(&[&cell]), ["+84904859696 +84912345603"], "{cell:?}");
    }
    let shortened = numbers_of(&["8.49E+10"]);
    assert!(shortened[0].contains("spreadsheet") && shortened[0].contains("found \"8.49E+10\""), "{shortened:?}");
}

#[tokio::test]
async fn an_extension_is_kept_as_it_is_written() {
    let house = House::new().await;
    let file = "name,phones\nAn,024 3825 3825 ext 102\nBình,024 3825 3826 (103)\n";
    assert_eq!(house.import("customers", file), "2 added, 0 changed, 0 unchanged, 0 skipped.");
    assert_eq!(house.names("+842438253825").await, ["An"]);
    let options = SqliteConnectOptions::new().filename(house.dir.path().join("ringside.db"));
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    let written: Vec<String> = sqlx::query_scalar("SELECT written FROM customer_phones ORDER BY number")
        .fetch_all(&mut database)
        .await
        .unwrap();
    assert_eq!(written, ["024 3825 3825 ext 102", "024 3825 3826 (103)"]);
}

#[tokio::test]
async fn who_is_active_is_said_in_usual_words() {
    let house = House::new().await;
    let file =
        "name,phones,active\nAn,0904859696,TRUE\nBình,0912345603,FALSE\nChi,0912345604,1\nDũng,0912345605,Không\n";
    assert_eq!(house.import("customers", file), "4 added, 0 changed, 0 unchanged, 0 skipped.");
    for (number, found) in [("+84904859696", 1), ("+84912345603", 0), ("+84912345604", 1), ("+84912345605", 0)] {
        assert_eq!(house.names(number).await.len(), found, "{number}");
    }
}

#[tokio::test]
async fn bookings_are_written_in_usual_words() {
    let house = House::new().await;
    house.import("customers", "name,phones\nAn,0904859696");
    let file = "phone,restaurant,at,adults,state
0904859696,Huế,2026-08-10 19:30,2,canceled
0904859696,Huế,2026-08-11 19:30,2,no-show
0904859696,Huế,12/08/2026 19:30,2,served
0904859696,Huế,2026/08/13 19:30,2.0,Chờ xác nhận
0904859696,Huế,2026-08-14T19:30:00+07:00,2 khách,ĐÃ XÁC NHẬN
";
    assert_eq!(house.import("bookings", file), "5 added, 0 changed, 0 unchanged, 0 skipped.");
    let bookings: Vec<_> = house
        .bookings("+84904859696")
        .await
        .into_iter()
        .rev()
        .map(|booking| (booking.at.day(), booking.state))
        .collect();
    let expected = [
        (10, BookingState::Cancelled),
        (11, BookingState::NoShow),
        (12, BookingState::Served),
        (13, BookingState::Pending),
        (14, BookingState::Confirmed),
    ];
    assert_eq!(bookings, expected);
}

#[tokio::test]
async fn a_month_comes_first_only_where_it_is_said() {
    let house = House::new().await;
    house.import("customers", "name,phones\nAn,0904859696");
    let file = "phone,restaurant,at,adults,state\n0904859696,Huế,08/10/2026 7:30 PM,2,served\n0904859696,Huế,08/25/2026 19:30,2,served\n";
    let told = house.refused("bookings", file);
    assert!(told.contains("line 3: at: expected the day before the month") && told.contains("--month-first"), "{told}");
    let read = house.import_by("bookings", file, &["--month-first"]);
    assert!(read.ends_with("2 added, 0 changed, 0 unchanged, 0 skipped."), "{read}");
    assert_eq!(house.bookings("+84904859696").await[1].at, "2026-08-10T19:30".parse().unwrap());
}
