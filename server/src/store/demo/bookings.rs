//! Bookings of past years to the next weeks.

use domain::customer::{Booking, BookingState};
use jiff::{ToSpan, civil::Date};
use rand::RngExt;

use super::{Random, people::pick};

const RESTAURANTS: [&str; 8] = [
    "Song Dương Văn Cao",
    "Bến Xưa Lý Thường Kiệt",
    "Hương Quê Trần Duy Hưng",
    "Mộc Lan Phan Chu Trinh",
    "Vườn Dừa Thảo Điền",
    "Gác Gió Hồ Tây",
    "Phố Cũ Hàng Bông",
    "Sông Hàn Bạch Đằng",
];

/// Most book a few times, some never, some all the time; one in three expects a table soon.
pub(super) fn plausible(random: &mut Random, today: Date) -> Vec<Booking> {
    let count = match random.random_range(0..20) {
        0..3 => 0,
        3..12 => random.random_range(1..=4),
        12..18 => random.random_range(5..=12),
        _ => random.random_range(13..=30),
    };
    let favourite = pick(random, &RESTAURANTS);
    let soon = random.random_bool(0.35);
    (0..count)
        .map(|index| {
            let days = if soon && index == 0 { random.random_range(0..21) } else { -random.random_range(1..1800) };
            let restaurant = if random.random_bool(0.6) { favourite } else { pick(random, &RESTAURANTS) };
            booking(random, today, days, restaurant)
        })
        .collect()
}

/// The customer of R8's example: twenty bookings, two of them cancelled, one to be confirmed.
pub(super) fn of_the_example(random: &mut Random, today: Date) -> Vec<Booking> {
    let mut bookings: Vec<_> = (1..20)
        .map(|index| {
            let mut booking = booking(random, today, -index * 41, RESTAURANTS[0]);
            booking.state = if index == 4 || index == 9 { BookingState::Cancelled } else { BookingState::Served };
            booking
        })
        .collect();
    let next = booking(random, today, 6, RESTAURANTS[0]);
    bookings.push(Booking { adults: 2, children: 2, state: BookingState::Pending, ..next });
    bookings
}

fn booking(random: &mut Random, today: Date, days: i32, restaurant: &str) -> Booking {
    let date = today.saturating_add(days.days());
    let hour = if random.random_bool(0.25) { random.random_range(11..=13) } else { random.random_range(17..=20) };
    let minute = random.random_range(0..4) * 15;
    let state = match (days >= 0, random.random_range(0..20)) {
        (true, 0..8) => BookingState::Pending,
        (true, 8..18) => BookingState::Confirmed,
        (false, 0..16) => BookingState::Served,
        (false, 19) => BookingState::NoShow,
        _ => BookingState::Cancelled,
    };
    Booking {
        restaurant: restaurant.to_owned(),
        at: date.at(hour, minute, 0, 0),
        adults: random.random_range(1..=8),
        children: if random.random_bool(0.3) { random.random_range(1..=4) } else { 0 },
        state,
    }
}
