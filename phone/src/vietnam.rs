//! The numbering plan of Vietnam, and what was valid before it: area codes until 2017 (decision
//! 2036/QĐ-BTTTT) and mobile numbers of eleven digits until 2018 (plan 2964/QĐ-BTTTT).

use domain::phone::E164;

/// The area code of today for one of before 2017: 59 provinces in three phases, February, April
/// and June. Phú Thọ, Vĩnh Phúc, Hòa Bình and Hà Giang have kept theirs.
fn area_of_today(old: &str) -> Option<&'static str> {
    Some(match old {
        // Sơn La, Lai Châu, Lào Cai, Điện Biên, Yên Bái
        "22" => "212",
        "231" => "213",
        "20" => "214",
        "230" => "215",
        "29" => "216",
        // Quảng Bình, Quảng Trị, Huế, Quảng Nam, Đà Nẵng
        "52" => "232",
        "53" => "233",
        "54" => "234",
        "510" => "235",
        "511" => "236",
        // Thanh Hóa, Nghệ An, Hà Tĩnh
        "37" => "237",
        "38" => "238",
        "39" => "239",
        // Quảng Ninh, Bắc Giang, Lạng Sơn, Cao Bằng, Tuyên Quang, Thái Nguyên, Bắc Kạn
        "33" => "203",
        "240" => "204",
        "25" => "205",
        "26" => "206",
        "27" => "207",
        "280" => "208",
        "281" => "209",
        // Hải Dương, Hưng Yên, Bắc Ninh, Hải Phòng, Hà Nam, Thái Bình, Nam Định, Ninh Bình
        "320" => "220",
        "321" => "221",
        "241" => "222",
        "31" => "225",
        "351" => "226",
        "36" => "227",
        "350" => "228",
        "30" => "229",
        // Cà Mau, Bạc Liêu, Cần Thơ, Hậu Giang, Trà Vinh, An Giang, Kiên Giang, Sóc Trăng
        "780" => "290",
        "781" => "291",
        "710" => "292",
        "711" => "293",
        "74" => "294",
        "76" => "296",
        "77" => "297",
        "79" => "299",
        // Hà Nội, TP. Hồ Chí Minh
        "4" => "24",
        "8" => "28",
        // Đồng Nai, Bình Thuận, Bà Rịa–Vũng Tàu, Quảng Ngãi, Bình Định, Phú Yên, Khánh Hòa, Ninh Thuận
        "61" => "251",
        "62" => "252",
        "64" => "254",
        "55" => "255",
        "56" => "256",
        "57" => "257",
        "58" => "258",
        "68" => "259",
        // Kon Tum, Đắk Nông, Đắk Lắk, Lâm Đồng, Gia Lai
        "60" => "260",
        "501" => "261",
        "500" => "262",
        "63" => "263",
        "59" => "269",
        // Vĩnh Long, Bình Phước, Long An, Tiền Giang, Bình Dương, Bến Tre, Tây Ninh, Đồng Tháp
        "70" => "270",
        "651" => "271",
        "72" => "272",
        "73" => "273",
        "650" => "274",
        "75" => "275",
        "66" => "276",
        "67" => "277",
        _ => return None,
    })
}

/// Vietnam's renumbering of 2018: the 11-digit mobile numbers lost a digit.
fn mobile_of_today(old: &str) -> Option<&'static str> {
    Some(match old {
        // MobiFone
        "120" => "70",
        "121" => "79",
        "122" => "77",
        "126" => "76",
        "128" => "78",
        // VinaPhone
        "123" => "83",
        "124" => "84",
        "125" => "85",
        "127" => "81",
        "129" => "82",
        // Viettel
        "162" => "32",
        "163" => "33",
        "164" => "34",
        "165" => "35",
        "166" => "36",
        "167" => "37",
        "168" => "38",
        "169" => "39",
        // Vietnamobile
        "186" => "56",
        "188" => "58",
        // Gmobile
        "199" => "59",
        _ => return None,
    })
}

/// The national number of a landline that is written without its area code, as another's is the
/// same: `024 3825 3825 - 3825 3826`. They are of one network, whose numbers begin alike.
pub fn in_area_of(other: &E164, digits: &str) -> Option<String> {
    let national = other.as_str().strip_prefix("+84").filter(|national| national.starts_with('2'))?;
    let area = if national.starts_with("24") || national.starts_with("28") { 2 } else { 3 };
    let (area, own) = national.split_at_checked(area)?;
    (own.len() == digits.len() && own.as_bytes().first() == digits.as_bytes().first())
        .then(|| format!("{area}{digits}"))
}

/// The longest national number, without its zero.
const LONGEST: usize = 10;
/// Digits of a mobile number without its zero.
const MOBILE: usize = 9;

/// How a national number is read, the surest way first; with zeros before it or without. What it
/// was changed into stands before what it may be as it is.
pub fn readings(national: &str) -> Vec<String> {
    let national = bare(national);
    if let Some(now) = changed(national, 3, 7, mobile_of_today) {
        return vec![now];
    }
    if is_mobile(national) {
        return vec![national.to_owned()];
    }
    old_landline(national).into_iter().chain([national.to_owned()]).collect()
}

/// Without the zero before it, and without the country's code where it is there twice:
/// `84 84904859696`, `0 84 904859696`.
fn bare(national: &str) -> &str {
    let national = national.trim_start_matches('0');
    match national.strip_prefix("84") {
        Some(rest) if national.len() > LONGEST => rest.trim_start_matches('0'),
        _ => national,
    }
}

/// A landline of before 2017 that cannot be a number of today. Length tells most apart. Of those
/// that are as long as mobile numbers, only the prefixes that no mobile network has are changed:
/// `037…` was Thanh Hóa and is Viettel's, and `08…` was Hồ Chí Minh City and is VinaPhone's.
fn old_landline(national: &str) -> Option<String> {
    // 0672 is for satellites.
    if national.starts_with("672") {
        return None;
    }
    let city = || changed(national, 1, 8, area_of_today);
    changed(national, 3, 7, area_of_today).or_else(|| changed(national, 2, 7, area_of_today)).or_else(city)
}

/// A landline of Hồ Chí Minh City of before 2017 whose area code stands apart, as it never does in
/// a mobile number: `(08) 3829 5000`, `+84 8 3829 5000`. In one piece it is a mobile number.
pub fn old_saigon(groups: &[&str]) -> Option<String> {
    let number = match groups {
        ["84" | "084" | "0084", "8" | "08", number @ ..] | ["08" | "848" | "8", number @ ..] => number.concat(),
        _ => return None,
    };
    // The first digits of its networks: VNPT, Viettel, SPT, FPT, CMC, EVN.
    let is_landline = ["35", "36", "37", "38", "39", "54", "62", "66", "71", "73", "22"].contains(&number.get(..2)?);
    (is_landline && number.len() == 8).then(|| format!("28{number}"))
}

/// The number with the prefix of today, if its length is that of the old one.
fn changed(number: &str, prefix: usize, rest: usize, today: fn(&str) -> Option<&'static str>) -> Option<String> {
    let (old, rest) = number.split_at_checked(prefix).filter(|(_, digits)| digits.len() == rest)?;
    today(old).map(|now| format!("{now}{rest}"))
}

/// In use by a mobile network. New prefixes open faster than the library's tables learn of them.
pub fn is_mobile(national: &str) -> bool {
    let prefix = || national.get(..2).and_then(|prefix| prefix.parse().ok());
    national.len() == MOBILE
        && prefix().is_some_and(
            |prefix: u8| matches!(prefix, 32..=39 | 52 | 55 | 56 | 58 | 59 | 70 | 76..=79 | 81..=89 | 90..=99),
        )
}

/// All of 03, 05, 07, 08 and 09 is set aside for mobiles.
pub fn may_become_mobile(national: &str) -> bool {
    national.len() == MOBILE && matches!(national.as_bytes()[0], b'3' | b'5' | b'7' | b'8' | b'9')
}
