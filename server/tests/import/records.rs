//! Which record a row is, what becomes of bad rows, and that calls go on meanwhile.

use std::process::Command;

use domain::customer::{Booking, BookingState};
use server::store::import::{BadRows, Mode, Stopped, Written, customers::CustomerRow};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{House, common::e164, said};

const CUSTOMERS: &str = "id,name,phones,city,active
K1,Nguyễn Văn A,0904 859 696; 024 3825 3825,Hà Nội,yes
K2,Lê Thị Thu,0163 456 7890,,
K3,Trần Minh Khoa,+84-912.345.603|0988123456,Huế,no
";

#[tokio::test]
async fn customers_are_found_by_each_of_their_numbers_and_a_second_import_changes_nothing() {
    let house = House::new().await;
    assert_eq!(house.import("customers", CUSTOMERS), "3 added, 0 changed, 0 unchanged, 0 skipped.");
    for number in ["+84904859696", "+842438253825"] {
        let found = house.matches(number).await;
        assert_eq!((found[0].name.as_str(), found[0].city.as_deref()), ("Nguyễn Văn A", Some("Hà Nội")));
        let (whole, _) = house.store.customer(found[0].id).await.unwrap().unwrap();
        assert_eq!(whole.phone, "+84904859696", "the first is the main one");
    }
    assert_eq!(house.names("+84334567890").await, ["Lê Thị Thu"], "renumbered in 2018");
    assert_eq!(house.names("+84912345603").await.len(), 0, "not active");
    let before = house.matches("+84904859696").await;
    assert_eq!(house.import("customers", CUSTOMERS), "0 added, 0 changed, 3 unchanged, 0 skipped.");
    assert_eq!(house.matches("+84904859696").await, before);
}

#[tokio::test]
async fn what_excel_writes_is_the_same_file() {
    let house = House::new().await;
    house.import("customers", CUSTOMERS);
    let excel = "\u{feff}Phones;Id;City;Name;Active;Notes\r\n\
                 \"0904 859 696; 024 3825 3825\";K1;Hà Nội;Nguyễn Văn A;YES;\r\n\
                 0163 456 7890;K2;;Lê Thị Thu;;x\r\n\
                 +84-912.345.603|0988123456;K3;Huế;\"Trần Minh Khoa\";No;\r\n;;;;;\r\n";
    assert_eq!(house.import("customers", excel), "0 added, 0 changed, 3 unchanged, 0 skipped.");
}

#[tokio::test]
async fn a_changed_row_updates_its_customer_who_keeps_their_bookings() {
    let house = House::new().await;
    house.import("customers", CUSTOMERS);
    house.import("bookings", "customer,restaurant,at,adults,state\nK1,Bến Xưa,2026-08-10 19:30,2,pending");
    let id = house.matches("+84904859696").await[0].id;
    // Without the columns city and active, which stay as they are.
    let changed = "id,name,phones\nK1,Nguyễn Văn An,0977000111\nK2,Lê Thị Thu,0163 456 7890\nK3,Trần Khoa,0988123456";
    assert_eq!(house.import("customers", changed), "0 added, 2 changed, 1 unchanged, 0 skipped.");
    assert_eq!(house.names("+84904859696").await.len(), 0, "no longer theirs");
    let [found] = &house.matches("+84977000111").await[..] else { panic!() };
    assert_eq!((found.id, found.name.as_str(), found.city.as_deref()), (id, "Nguyễn Văn An", Some("Hà Nội")));
    assert_eq!(found.bookings.len(), 1);
    assert_eq!(house.names("+84988123456").await.len(), 0, "still not active");
    let emptied = "id,name,phones,city,active\nK1,Nguyễn Văn An,0977000111,,\nK3,Trần Khoa,0988123456,Huế,";
    assert_eq!(house.import("customers", emptied), "0 added, 2 changed, 0 unchanged, 0 skipped.");
    assert_eq!(house.matches("+84977000111").await[0].city, None);
    assert_eq!(house.names("+84988123456").await, ["Trần Khoa"]);
}

#[tokio::test]
async fn without_an_id_the_main_number_and_the_name_say_who_it_is() {
    let house = House::new().await;
    let family = "name,phones,city\nLê Thu Hà,0912345603,\nLê Minh,0912345603,\nNgô Phúc,0988123456;0912345603,";
    assert_eq!(house.import("customers", family), "3 added, 0 changed, 0 unchanged, 0 skipped.");
    assert_eq!(house.names("+84912345603").await, ["Lê Thu Hà", "Lê Minh", "Ngô Phúc"]);
    let again = "name,phones,city\nLÊ THU HÀ,+84 912 345 603,Huế\nLê Minh,0912345603,\nNgô Phúc,0912345603,";
    assert_eq!(house.import("customers", again), "1 added, 1 changed, 1 unchanged, 0 skipped.");
    assert_eq!(house.names("+84912345603").await, ["LÊ THU HÀ", "Lê Minh", "Ngô Phúc", "Ngô Phúc"]);
    // An id is given to who has none yet, and goes by itself from then on.
    let keyed = "id,name,phones\nK1,Lê Minh,0912345603\nK2,Lê Minh,0912345603";
    assert_eq!(house.import("customers", keyed), "1 added, 1 changed, 0 unchanged, 0 skipped.");
    assert_eq!(house.import("customers", keyed), "0 added, 0 changed, 2 unchanged, 0 skipped.");
    let refused = house.refused("customers", "name,phones\nLê Minh,0912345603");
    assert!(refused.contains("line 2: expected an id: 2 customers have this number and name"), "{refused}");
}

#[tokio::test]
async fn one_bad_row_keeps_the_file_out_and_every_one_is_told() {
    let house = House::new().await;
    let file = "id,name,phones\nK1,Lê Minh,0912345603\nK2,,0912345603\n\nK3,Ngô Phúc,123\nK1,Trần Khoa,0988123456\n";
    let refused = house.refused("customers", file);
    let told = [
        "file.csv has 3 bad rows, so nothing was written:",
        "line 3: name: expected a name, found nothing",
        "line 5: phones: expected a whole telephone number with its area code, found \"123\"",
        "line 6: expected another customer, found the same customer as line 2",
        "Columns: id; name; phones.",
        "Mend the file, or leave these out with --skip-bad.",
    ];
    assert!(refused.ends_with(&format!("{}\n", told.join("\n"))), "{refused}");
    assert_eq!(house.names("+84912345603").await.len(), 0);

    let output = house.command("customers", file.as_bytes(), &["--skip-bad"]).output().unwrap();
    assert!(output.status.success());
    let counted = "1 added, 0 changed, 0 unchanged, 3 skipped.";
    assert_eq!(said(&output), format!("{}\n{counted}\n", told[1..5].join("\n")));
    assert_eq!(house.names("+84912345603").await, ["Lê Minh"]);
    assert_eq!(house.names("+84988123456").await.len(), 0);

    assert!(house.refused("customers", "name;city\nAn;Huế").contains("file.csv: line 1: expected columns for phones"));
    std::fs::remove_file(house.dir.path().join("file.csv")).unwrap();
    let mut missing = Command::new(env!("CARGO_BIN_EXE_ringside"));
    let output = missing.args(["import", "customers", "no.csv"]).current_dir(house.dir.path()).output().unwrap();
    assert!(!output.status.success() && said(&output).contains("cannot read no.csv"), "{}", said(&output));
}

#[tokio::test]
async fn two_rows_are_never_the_same_customer() {
    let house = House::new().await;
    house.import("customers", "id,name,phones\nK1,Lê Minh,0912345603");
    let twins = [
        "id,name,phones\n,Ngô Phúc,0988123456\n,ngo phuc,+84988123456",
        "id,name,phones\nK7,Ngô Phúc,0988123456\n,Ngô Phúc,0988123456",
        "id,name,phones\n,Ngô Phúc,0988123456\nK7,Ngô Phúc,0988123456",
        // The second is in the database under the first's id, by the name that it had.
        "id,name,phones\nK1,Lê Bình,0912345603\n,Lê Minh,0912345603",
    ];
    for file in twins {
        let refused = house.refused("customers", file);
        assert!(
            refused.contains("line 3: expected another customer, found the same customer as line 2"),
            "{file}: {refused}"
        );
    }
}

#[tokio::test]
async fn bookings_find_their_customer_by_id_or_number() {
    let house = House::new().await;
    house.import("customers", CUSTOMERS);
    let file = "id,customer,phone,restaurant,at,adults,children,state
B1,K1,,Bến Xưa,2026-08-10 19:30,2,1,pending
B2,,0334567890,Bến Xưa,2026-08-11T18:00,4,,confirmed
,K1,,Mộc Lan,2026-01-02 12:00,2,0,served
";
    assert_eq!(house.import("bookings", file), "3 added, 0 changed, 0 unchanged, 0 skipped.");
    assert_eq!(house.import("bookings", file), "0 added, 0 changed, 3 unchanged, 0 skipped.");
    let at = |text: &str| text.parse().unwrap();
    let first = Booking {
        restaurant: "Bến Xưa".into(),
        at: at("2026-08-10T19:30"),
        adults: 2,
        children: 1,
        state: BookingState::Pending,
    };
    let [newest, oldest] = &house.bookings("+84904859696").await[..] else { panic!() };
    assert_eq!((newest, oldest.restaurant.as_str()), (&first, "Mộc Lan"));
    assert_eq!(house.bookings("+84334567890").await[0].adults, 4);

    let changed = "id,customer,restaurant,at,adults,children,state
B1,K1,Mộc Lan,2026-08-12 20:00,2,1,confirmed
B3,K1,Mộc Lan,2026-01-02 12:00,2,0,noShow
,K1,Mộc Lan,2026-01-03 12:00,2,0,cancelled
";
    assert_eq!(house.import("bookings", changed), "1 added, 2 changed, 0 unchanged, 0 skipped.");
    let bookings = house.bookings("+84904859696").await;
    let now: Vec<_> = bookings.iter().map(|booking| (booking.at, booking.state)).collect();
    let expected = [
        (at("2026-08-12T20:00"), BookingState::Confirmed),
        (at("2026-01-03T12:00"), BookingState::Cancelled),
        (at("2026-01-02T12:00"), BookingState::NoShow),
    ];
    assert_eq!(now, expected);
    assert_eq!(bookings[0].restaurant, "Mộc Lan");
}

#[tokio::test]
async fn a_restaurant_is_the_same_one_in_capitals() {
    let house = House::new().await;
    house.import("customers", "name,phones\nAn,0904859696");
    let file = |names: [&str; 3]| {
        let [one, two, three] = names;
        format!(
            "phone,restaurant,at,adults,state
0904859696,{one},2026-08-10 19:30,2,served
0904859696,{two},2026-08-11 19:30,2,served
0904859696,{three},2026-08-12 19:30,2,served
"
        )
    };
    let first = house.import("bookings", file(["Huế", "HUẾ", "hue\u{302}\u{301}"]));
    assert_eq!(first, "3 added, 0 changed, 0 unchanged, 0 skipped.");
    let again = house.import("bookings", file(["HUẾ", "huế", "Huế"]));
    assert_eq!(again, "0 added, 0 changed, 3 unchanged, 0 skipped.");
    let names: Vec<_> = house.bookings("+84904859696").await.into_iter().map(|booking| booking.restaurant).collect();
    assert_eq!(names, ["Huế"; 3]);
}

/// As exports list them: a row for each state.
#[tokio::test]
async fn of_a_bookings_states_the_furthest_counts() {
    let house = House::new().await;
    house.import("customers", "name,phones\nAn,0904859696");
    for file in [
        "phone,restaurant,at,adults,state
0904859696,Huế,2026-08-10 19:30,2,canceled
0904859696,Huế,2026-08-11 19:30,2,no-show
0904859696,Huế,10/08/2026 19:30,3,served
0904859696,Huế,2026/08/12 19:30,2.0,served
",
        "phone,restaurant,at,adults,state
0904859696,Huế,10/08/2026 19:30,3,Hoàn thành
0904859696,Huế,2026-08-10T19:30:00+07:00,2,Chờ xác nhận
0904859696,Huế,2026-08-10 19:30,2,Đã xác nhận
",
        "id,phone,restaurant,at,adults,state
B1,0904859696,Huế,2026-08-10 19:30,2,confirmed
B1,0904859696,Huế,2026-08-10 19:30,3,served
",
    ] {
        let said = house.import("bookings", file);
        assert!(said.contains("left out as a further state of the same booking is in the file (of line"), "{said}");
        let bookings = house.bookings("+84904859696").await;
        let first = bookings.iter().find(|booking| booking.at == "2026-08-10T19:30".parse().unwrap()).unwrap();
        assert_eq!((first.adults, first.state), (3, BookingState::Served), "{file}");
        assert_eq!(bookings.len(), 3, "{file}");
    }
}

#[tokio::test]
async fn a_booking_without_a_customer_of_its_own_is_told() {
    let house = House::new().await;
    let shared =
        "id,name,phones,active\nK1,Lê Minh,0912345603,\nK2,Lê Hà,0912345603,\nK3,An,0988123456,\nK4,Chi,0988123456,no";
    house.import("customers", shared);
    let file = "customer,phone,restaurant,at,adults,state
K9,,Bến Xưa,2026-08-10 19:30,2,pending
,0977000111,Bến Xưa,2026-08-10 19:30,2,pending
,0912345603,Bến Xưa,2026-08-10 19:30,2,pending
,0988123456,Bến Xưa,2026-08-10 19:30,2,pending
K3,,Bến Xưa,2026-08-10 19:30,3,pending
";
    let refused = house.refused("bookings", file);
    let told = [
        "line 2: customer: expected the id of a customer who was imported, found \"K9\"",
        "line 3: phone: expected a number of a customer, found that nobody has +84977000111",
        "line 4: customer: expected an id, as 2 customers have +84912345603",
        "line 6: expected another booking, found the same booking as line 5",
    ];
    assert!(refused.contains(&told.join("\n")), "{refused}");
    assert_eq!(house.bookings("+84988123456").await, []);
    let output = house.command("bookings", file.as_bytes(), &["--skip-bad"]).output().unwrap();
    assert!(said(&output).ends_with("1 added, 0 changed, 0 unchanged, 4 skipped.\n"), "{}", said(&output));
    assert_eq!(house.bookings("+84988123456").await[0].adults, 2, "the active one of two");
}

#[tokio::test]
async fn calls_are_looked_up_meanwhile_and_see_all_of_the_file_or_none() {
    const ROWS: usize = 20_000;
    let house = House::new().await;
    house.import("customers", "name,phones\nLê Minh,0988123456");
    let rows = (0..ROWS).map(|n| format!("K{n},Khách {n},09123{n:05}\n"));
    let file: String = std::iter::once("id,name,phones\n".to_owned()).chain(rows).collect();
    let mut import = house.command("customers", file.as_bytes(), &[]).spawn().unwrap();
    let (mut none, mut all) = (0, 0);
    while import.try_wait().unwrap().is_none() {
        let first = house.names("+84912300000").await.len();
        let last = house.names(&format!("+849123{:05}", ROWS - 1)).await.len();
        assert!(first <= last, "a part of the file is there");
        assert_eq!(house.names("+84988123456").await, ["Lê Minh"]);
        if last == 0 { none += 1 } else { all += 1 }
    }
    assert!(none > 0, "no lookup came before the file ({all} after it)");
    let output = import.wait_with_output().unwrap();
    assert!(said(&output).contains("20000 added"), "{}", said(&output));
    assert_eq!(house.names("+84912300000").await, ["Khách 0"]);
}

#[tokio::test]
async fn an_import_waits_for_who_writes() {
    let house = House::new().await;
    let options = SqliteConnectOptions::new().filename(house.dir.path().join("ringside.db"));
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    // What writes nothing has nothing to wait for.
    assert!(house.refused("customers", "name,phones\nAn,1").contains("line 2: phones: expected"));
    let mut import = house.command("customers", CUSTOMERS.as_bytes(), &[]).spawn().unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert!(import.try_wait().unwrap().is_none(), "it did not wait");
    assert_eq!(house.names("+84904859696").await.len(), 0);
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    assert!(import.wait().unwrap().success());
    assert_eq!(house.names("+84904859696").await, ["Nguyễn Văn A"]);
}

/// Between two slices calls and notes are written. What stops it then is told with how far it came.
#[tokio::test]
async fn a_large_file_is_written_slice_by_slice_and_a_second_import_does_the_rest() {
    let house = House::new().await;
    let options = SqliteConnectOptions::new().filename(house.dir.path().join("ringside.db"));
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON customers WHEN NEW.name = 'Khách 7'
                BEGIN SELECT RAISE(ABORT, 'no room'); END";
    sqlx::query(full).execute(&mut other).await.unwrap();
    let rows: Vec<_> = (2_u64..10)
        .map(|line| CustomerRow {
            line,
            external_id: None,
            name: format!("Khách {line}"),
            phones: vec![(e164(&format!("+8491230000{line}")), format!("091230000{line}"))],
            city: None,
            active: None,
        })
        .collect();
    let import = async || {
        let mut import = house.store.import_customers().await.unwrap();
        import.add(&rows).await.unwrap();
        import.settle(BadRows::new(9), Mode { skip_bad: false, dry_run: false, slice: 3 }).await
    };
    let stopped = import().await.unwrap_err();
    assert!(matches!(stopped, Stopped::Between { line: 6, .. }), "{stopped}");
    assert!(stopped.to_string().ends_with("What stands up to line 6 was written; import the file again for the rest"));
    assert_eq!(house.names("+84912300006").await, ["Khách 6"]);
    assert_eq!(house.names("+84912300007").await.len(), 0);
    sqlx::query("DROP TRIGGER full").execute(&mut other).await.unwrap();
    let written = import().await.unwrap().written;
    assert_eq!(written, Some(Written { added: 3, changed: 0, unchanged: 5 }));
}

#[tokio::test]
async fn of_two_imports_at_once_one_comes_first() {
    let house = House::new().await;
    let file: String = (0..2000).map(|n| format!("Khách {n},09123{n:05}\n")).collect();
    let mut command = house.command("customers", format!("name,phones\n{file}").as_bytes(), &[]);
    let both = [command.spawn().unwrap(), command.spawn().unwrap()];
    let mut told = both.map(|import| said(&import.wait_with_output().unwrap()));
    told.sort();
    let counts = ["0 added, 0 changed, 2000 unchanged", "2000 added, 0 changed, 0 unchanged"];
    assert_eq!(told, counts.map(|counts| format!("Columns: name; phones.\n{counts}, 0 skipped.\n")));
}
