//! Ringside's database as the benchmark needs it: customers for the callers, and an agent signed
//! in at every desk. The sessions are written as a sign-in would write them, without its argon2.

use std::{fs, path::Path};

use domain::{
    Timestamp,
    customer::{Booking, BookingState},
    ids::Epoch,
    phone::E164,
    role::{Role, Seat},
    sign_in::SignIn,
};
use phone::{Region, parse};
use server::store::{
    Store,
    accounts::NewAccount,
    customers::NewCustomer,
    sessions::{SIGN_IN, Sessions},
};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};
use uuid::Uuid;

use crate::{
    Outcome,
    recording::{Copy, extension},
};

/// Callers whom the database knows; the others are strangers.
const CUSTOMERS: usize = 2_000;
const BOOKINGS: i8 = 5;

/// Makes the database anew, with so many desks taken. Gives their cookies.
///
/// # Errors
/// Where the file cannot be written.
pub async fn furnish(database: &Path, desks: usize) -> Outcome<Vec<String>> {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = database.as_os_str().to_owned();
        file.push(suffix);
        if Path::new(&file).exists() {
            fs::remove_file(file)?;
        }
    }
    let store = Store::open(database).await?;
    store.add_customers(&customers()?).await?;
    let agent = NewAccount {
        login: "agent".to_owned(),
        name: "Agent".to_owned(),
        role: Role::Agent,
        whole_record: true,
        extens: Vec::new(),
    };
    let account = store.add_account(&agent, "no password").await?.ok_or("the login is taken")?;
    let sessions = Sessions::new(store.clone());
    let expiry_date = time::OffsetDateTime::now_utc() + time::Duration::hours(12);
    let mut cookies = Vec::with_capacity(desks);
    for phone in 0..desks {
        let seat = Seat { exten: extension(phone).as_str().into(), epoch: Epoch(Uuid::new_v4()) };
        let sign_in = SignIn { key: Uuid::new_v4().to_string(), account, seat: Some(seat.clone()) };
        // As if renewed a moment ago: the first request then has nothing to write.
        let data = [
            (SIGN_IN.to_owned(), serde_json::to_value(&sign_in)?),
            ("renewed".to_owned(), Timestamp::now().as_millisecond().into()),
        ];
        let mut record = Record { id: Id::default(), data: data.into_iter().collect(), expiry_date };
        sessions.create(&mut record).await?;
        store.take_desk(&sign_in, &seat, false).await?;
        cookies.push(format!("ringside={}", record.id));
    }
    store.close().await;
    Ok(cookies)
}

fn customers() -> Outcome<Vec<NewCustomer>> {
    let customer = |number| {
        let written = Copy { number, group: 0 }.caller();
        let phone: E164 = parse(&written, Region::VIETNAM).ok_or("a caller's number is none")?;
        let bookings = (1..=BOOKINGS).map(|month| Booking {
            restaurant: format!("Song Dương {month}"),
            at: jiff::civil::date(2026, month, 10).at(19, 0, 0, 0),
            adults: 2,
            children: 1,
            state: if month == 1 { BookingState::Cancelled } else { BookingState::Served },
        });
        Ok(NewCustomer {
            name: format!("Nguyễn Văn {number}"),
            city: Some("Hải Phòng".to_owned()),
            active: true,
            phones: vec![(phone, written)],
            bookings: bookings.collect(),
        })
    };
    (0..CUSTOMERS).map(customer).collect()
}
