//! Names and numbers as they are common in Vietnam. Nobody in particular.

use std::collections::BTreeSet;

use domain::{phone::E164, role::Role};
use rand::{RngExt, seq::IndexedRandom};

use super::Random;
use crate::store::customers::NewCustomer;
use phone::{Region, parse};

/// Login and name, from extension 1000 on.
pub(super) const AGENTS: [(&str, &str); 12] = [
    ("an", "Nguyễn Hoài An"),
    ("binh", "Trần Thanh Bình"),
    ("chi", "Lê Linh Chi"),
    ("dung", "Phạm Mỹ Dung"),
    ("giang", "Hoàng Hương Giang"),
    ("ha", "Lê Thu Hà"),
    ("khanh", "Vũ Ngọc Khánh"),
    ("lan", "Đặng Phương Lan"),
    ("minh", "Bùi Đức Minh"),
    ("nga", "Đỗ Quỳnh Nga"),
    ("oanh", "Hồ Kim Oanh"),
    ("phuc", "Ngô Hồng Phúc"),
];

pub(super) const OTHERS: [((&str, &str), Role); 2] =
    [(("supervisor", "Dương Bảo Thư"), Role::Supervisor), (("admin", "Lý Quốc Việt"), Role::Admin)];

const FAMILY: [&str; 20] = [
    "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ",
    "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô",
];
const MEN: ([&str; 8], [&str; 16]) = (
    ["Văn", "Đức", "Minh", "Quang", "Hữu", "Thành", "Quốc", "Công"],
    [
        "Hùng", "Dũng", "Tuấn", "Long", "Nam", "Sơn", "Hải", "Thắng", "Kiên", "Phúc", "Khoa", "Bảo", "Trung", "Đạt",
        "Huy", "Quân",
    ],
);
const WOMEN: ([&str; 8], [&str; 16]) = (
    ["Thị", "Thu", "Ngọc", "Thanh", "Bích", "Phương", "Khánh", "Mai"],
    [
        "Hà", "Lan", "Hương", "Linh", "Trang", "Hạnh", "Nga", "Thảo", "Nhung", "Vy", "Yến", "Quỳnh", "Châu", "Hiền",
        "Tâm", "Dung",
    ],
);
const CITIES: [&str; 10] = [
    "Hà Nội",
    "Hà Nội",
    "TP. Hồ Chí Minh",
    "TP. Hồ Chí Minh",
    "Đà Nẵng",
    "Hải Phòng",
    "Cần Thơ",
    "Huế",
    "Nha Trang",
    "Đà Lạt",
];
const MOBILE: [&str; 14] =
    ["032", "033", "035", "037", "070", "076", "079", "081", "083", "085", "090", "091", "097", "098"];
/// Of before 2018: some records were never touched since.
const OLD_MOBILE: [&str; 8] = ["0120", "0122", "0123", "0125", "0163", "0165", "0168", "0169"];

/// Customers with names and numbers, the first ones with a story:
/// the customer of R8's example; two who share a number; one stored under a number of before
/// 2018 and called from today's; one whose record is inactive.
pub(super) fn customers(random: &mut Random, count: usize) -> Vec<NewCustomer> {
    let mut customers = vec![
        with_phones("Nguyễn Văn A", &["0904 859 696", "024 3825 3825"]),
        with_phones("Trần Thị Bích Hạnh", &["091 234 5603"]),
        with_phones("Trần Minh Khoa", &["+84-912.345.603", "0988 123 456"]),
        with_phones("Lê Thị Thu", &["0163 456 7890"]),
        NewCustomer { active: false, ..with_phones("Phạm Công Sơn", &["0977 000 111"]) },
    ];
    let mut taken: BTreeSet<E164> =
        customers.iter().flat_map(|customer| &customer.phones).map(|(number, _)| number.clone()).collect();
    while customers.len() < count {
        let phones = match random.random_range(0..30) {
            // A family: one number for two.
            0 => customers.choose(random).map(|other| other.phones[..1].to_vec()).unwrap_or_default(),
            _ => Vec::new(),
        };
        customers.push(stranger(random, phones, &mut taken));
    }
    customers
}

fn with_phones(name: &str, written: &[&str]) -> NewCustomer {
    NewCustomer {
        name: name.to_owned(),
        city: Some("Hà Nội".to_owned()),
        active: true,
        phones: written.iter().filter_map(|raw| read(raw)).collect(),
        bookings: Vec::new(),
    }
}

fn read(written: &str) -> Option<(E164, String)> {
    Some((parse(written, Region::VIETNAM)?, written.to_owned()))
}

fn stranger(random: &mut Random, mut phones: Vec<(E164, String)>, taken: &mut BTreeSet<E164>) -> NewCustomer {
    let wanted = match random.random_range(0..10) {
        0..7 => 1,
        7..9 => 2,
        _ => 3,
    };
    while phones.len() < wanted {
        phones.extend(read(&number(random)).filter(|(number, _)| taken.insert(number.clone())));
    }
    NewCustomer {
        name: name(random),
        city: random.random_bool(0.8).then(|| pick(random, &CITIES).to_owned()),
        active: random.random_bool(0.96),
        phones,
        bookings: Vec::new(),
    }
}

fn name(random: &mut Random) -> String {
    let (middle, given) = if random.random_bool(0.5) { WOMEN } else { MEN };
    format!("{} {} {}", pick(random, &FAMILY), pick(random, &middle), pick(random, &given))
}

/// As people write them down, which is in every way.
fn number(random: &mut Random) -> String {
    let (a, b, c) = (random.random_range(0..10), random.random_range(0..1000), random.random_range(0..1000));
    match random.random_range(0..10) {
        0 => format!("{} {a}{b:03} {c:03}", pick(random, &OLD_MOBILE)),
        1 => format!("+84 {} {a}{b:03} {c:03}", &pick(random, &MOBILE)[1..]),
        2 => format!("{}.{a}{b:03}.{c:03}", pick(random, &MOBILE)),
        _ => format!("{}{a}{b:03}{c:03}", pick(random, &MOBILE)),
    }
}

/// One of a list that is not empty.
pub(super) fn pick<'a>(random: &mut Random, from: &[&'a str]) -> &'a str {
    from.choose(random).copied().unwrap_or_default()
}
