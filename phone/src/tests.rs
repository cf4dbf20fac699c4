use proptest::prelude::*;

use super::{Found, Problem, Region, find_all, parse};

const SWITCHBOARD: &str = "+842438253825";

fn vietnamese(raw: &str) -> Option<String> {
    parse(raw, Region::VIETNAM).map(String::from)
}

/// The numbers of a cell with their extensions, and what is told of the rest.
fn cell(text: &str) -> (Vec<String>, Vec<(String, Problem)>) {
    let Found { numbers, unread } = find_all(text, Region::VIETNAM);
    let number = |it: super::Number| it.extension.map_or(it.e164.to_string(), |ext| format!("{} x{ext}", it.e164));
    (numbers.into_iter().map(number).collect(), unread.into_iter().map(|it| (it.written, it.why)).collect())
}

fn holds(text: &str, numbers: &[&str]) {
    assert_eq!(cell(text), (numbers.iter().map(ToString::to_string).collect(), Vec::new()), "{text:?}");
}

#[test]
fn every_way_of_writing_is_one_number() {
    for raw in [
        "+84-912.345.603",
        "0084912345603",
        "84912345603",
        "0912345603",
        " (091) 234/56 03 ",
        "+84 0912 345 603",
        "+84 (0)912 345 603",
        "(+84) 912345603",
        "(84) 912 345 603",
        "+84 / 912345603",
        "84-0912345603",
        "0 9 1 2 3 4 5 6 0 3",
        "0912.345.603.",
        "-0912345603",
        "[0912345603]",
        "0912_345_603",
        "0912,345,603",
    ] {
        assert_eq!(vietnamese(raw).as_deref(), Some("+84912345603"), "{raw}");
    }
}

#[test]
fn what_trunks_and_spreadsheets_put_before_a_number_or_take_from_it_does_not_matter() {
    for raw in [
        "+0904859696",
        "+084904859696",
        "+0084904859696",
        "+8484904859696",
        "084904859696",
        "0084904859696",
        "00 84 904859696",
        "00840904859696",
        "000904859696",
        "00+84904859696",
        "0+84904859696",
        "++84904859696",
        "84904859696",
        "840904859696",
        "904859696",
        "904 859 696",
        "904,859,696",
        "904859696.0",
        "904859696.00",
        "904859696.000",
        "904.859.696,00",
        "904,859,696.00",
        "904859696,0",
        "0904859696.0",
        "84904859696.0",
        "8.4904859696E+10",
        "8,4904859696E+10",
        "9.04859696E+08",
    ] {
        assert_eq!(vietnamese(raw).as_deref(), Some("+84904859696"), "{raw}");
    }
    assert_eq!(vietnamese("841234567").as_deref(), Some("+84841234567"), "VinaPhone's 084 without its zero");
    assert_eq!(vietnamese("847991234").as_deref(), Some("+84847991234"));
    assert_eq!(vietnamese("2438253825").as_deref(), Some(SWITCHBOARD));
    assert_eq!(vietnamese("0842438253825").as_deref(), Some(SWITCHBOARD));
}

#[test]
fn marks_beside_a_number_do_not_matter() {
    for raw in [
        "'0904859696",
        "’0904859696",
        "‘0904859696’",
        "`0904859696",
        "´0904859696",
        "'+84904859696",
        "=\"0904859696\"",
        "=\"\"0904859696\"\"",
        "\"=\"\"0904859696\"\"\"",
        "=+84904859696",
        "“0904859696”",
        "«0904 859 696»",
        "\u{202a}+84 904 859 696\u{202c}",
        "\u{2066}0904859696\u{2069}",
        "\u{200b}0904859696\u{feff}",
        "\u{200e}0904\u{200d}859\u{2060}696",
        "0904\u{ad}859\u{ad}696",
        "0904859696\u{fe0e}",
        "0904\u{a0}859\u{202f}696",
        "0904–859—696",
        "0904‑859‐696",
        "+84−904−859−696",
        "0904·859·696",
        "0904•859•696",
        "０９０４８５９６９６",
        "＋８４（９０４）８５９－６９６",
        "٠٩٠٤٨٥٩٦٩٦",
        "०९०४८५९६९६",
        "0904859696,",
        "0904859696;",
        "0904859696\t",
        "📱 0904 859 696",
        "☎0904859696",
        "<0904859696>",
        "* 0904859696 *",
        "[\"0904859696\"]",
        "1. 0904859696",
        "1) 0904859696",
    ] {
        holds(raw, &["+84904859696"]);
    }
}

#[test]
fn words_beside_a_number_do_not_matter() {
    for raw in [
        "0904 859 696 (Zalo)",
        "Zalo: 0904859696",
        "zalo 0904859696",
        "Zalo0904859696",
        "0904859696zalo",
        "ĐT: 0904859696",
        "ĐT0904859696",
        "SĐT:0904859696",
        "ĐTDĐ. 0904859696",
        "Di đo\u{323}\u{302}ng: 0904859696",
        "Mobile 0904859696",
        "Tel.: 0904859696",
        "T: 0904859696",
        "℡ 0904859696",
        "Phone 1: 0904859696",
        "SĐT 2: 0904859696",
        "0904859696 (nhà)",
        "0904859696 - chị Lan",
        "Lan - 0904859696",
        "0904859696 gọi sau 18h",
        "0904859696 (sau 18 giờ)",
        "0904859696 (phòng 302)",
        "0904859696 (2 sim)",
        "0904859696 8h-17h",
        "@0904859696",
        "=HYPERLINK(\"tel:+84904859696\",\"0904 859 696\")",
        "=TEXT(904859696,\"0000000000\")",
        "\"Lê An\" <0904859696>",
        "tel:+84904859696",
        "callto:+84904859696",
        "sip:+84904859696@10.0.0.1:5060;user=phone",
        "\"An\" <sips:0904859696@voip.example;transport=tls>",
        "0904859696@10.0.0.1",
        "sip:0904859696;phone-context=+84@10.0.0.1;user=phone",
        "tel:904859696;phone-context=+84",
        "0904859696;verstat=TN-Validation-Passed",
        "https://zalo.me/0904859696",
        "https://wa.me/84904859696?text=10%20km",
        "<a href=\"tel:+84904859696\">0904 859 696</a>",
        "0904859696&nbsp;",
    ] {
        holds(raw, &["+84904859696"]);
    }
}

#[test]
fn an_extension_is_kept_apart_from_the_number() {
    for raw in [
        "024 3825 3825 ext 102",
        "024 3825 3825 x102",
        "02438253825x102",
        "024 3825 3825 (102)",
        "024 3825 3825 ( 102 )",
        "024 38253825( 102)",
        "024.38253825 máy lẻ 102",
        "024.38253825 may le 102",
        "024 3825 3825 (máy lẻ: 102)",
        "024 3825 3825 - lẻ 102",
        "+84 24 3825 3825 ext. 102",
        "024 3825 3825 Ext.102",
        "024 3825 3825 (ext 102)",
        "024 3825 3825, ext: 102",
        "024 3825 3825 extension 102",
        "024 3825 3825 ML 102",
        "024 3825 3825 - máy nhánh 102",
        "024 3825 3825 số nội bộ 102",
        "024 3825 3825 nhánh 102",
        "024 3825 3825 bấm phím 102",
        "024 3825 3825 #102",
        "02438253825#102",
        "02438253825*102",
        "02438253825,102",
        "02438253825,,102",
        "02438253825p102",
        "tel:+84-24-3825-3825;ext=102",
        "04 3825 3825 x102",
        "024 3825 3825; ext 102",
        "024 3825 3825\nmáy lẻ 102",
        "024 3825 3825 | x102",
        "024 3825 3825 extension number 102",
        "024 3825 3825 ấn số 102",
        "024 3825 3825 line 102",
    ] {
        holds(raw, &["+842438253825 x102"]);
        assert_eq!(vietnamese(raw).as_deref(), Some(SWITCHBOARD));
        assert_eq!(find_all(raw, Region::VIETNAM).numbers[0].written, raw, "as written");
    }
    holds("1900 1234 (2)", &["+8419001234 x2"]);
    holds("1900 1234 1", &["+8419001234 x1"]);
    holds("+84 1900 1234 1", &["+8419001234 x1"]);
    holds("1900 545 415 1", &["+841900545415 x1"]);
    holds("02438253825 [ 102 ]", &["+842438253825 x102"]);
    holds("1900 1234 #12", &["+8419001234 x12"]);
    holds("024 3825 3825 x102 / 0904859696", &["+842438253825 x102", "+84904859696"]);
    holds("0904859696 Bố 0912 345 603", &["+84904859696", "+84912345603"]);
    holds("0904859696 line 2: 0912345603", &["+84904859696", "+84912345603"]);
    let (numbers, unread) = cell("024 3825 3825 ext 102/103");
    assert_eq!((numbers.as_slice(), unread[0].0.as_str()), (["+842438253825 x102".to_owned()].as_slice(), "103"));
}

#[test]
fn several_numbers_of_a_cell_are_all_read() {
    for cell in [
        "0904859696 - 0912345603",
        "0904859696-0912345603",
        "0904 859 696 – 0912 345 603",
        "0904859696/0912345603",
        "0904 859 696 / 0912 345 603",
        "0904859696, 0912345603",
        "0904859696,0912345603",
        "0904859696,0912 345 603",
        "0904859696; 0912345603",
        "0904859696|0912345603",
        "0904859696\n0912345603",
        "0904859696\r\n0912345603",
        "0904859696_x000D_\n0912345603",
        "0904859696\\n0912345603",
        "0904859696 ::: 0912345603",
        "0904859696 & 0912345603",
        "0904859696 + 0912345603",
        "+84904859696+84912345603",
        "0904859696 hoặc 0912345603",
        "0904859696 or 0912345603",
        "0904859696 và 0912 345 603",
        "0904859696 hay0912345603",
        "0904 859 696 0912 345 603",
        "(0904) 859 696 (0912) 345 603",
        "0904.859.696.0912.345.603",
        "Zalo: 0904859696, DĐ: 0912345603",
        "0904859696 (Lan), 0912345603 (Minh)",
        "1. 0904859696 2. 0912345603",
        "[\"0904859696\", \"0912345603\"]",
        "0904859696<br>0912345603",
        "904859696.0; 912345603.0",
        "0904859696, 0912345603, +84 904 859 696",
    ] {
        holds(cell, &["+84904859696", "+84912345603"]);
        assert_eq!(vietnamese(cell), None, "a caller has one number: {cell}");
    }
    holds("024 3825 3825 / 1900 1234 / +44 20 7183 8750", &[SWITCHBOARD, "+8419001234", "+442071838750"]);
    let found = find_all("Zalo: 0904 859 696 / (024) 3825 3825", Region::VIETNAM);
    let written: Vec<_> = found.numbers.iter().map(|number| number.written.as_str()).collect();
    assert_eq!(written, ["0904 859 696", "(024) 3825 3825"]);
}

#[test]
fn a_second_landline_may_leave_its_area_code_out() {
    for cell in [
        "024 38253825 - 38253826",
        "024 3825 3825 / 3825 3826",
        "024.38253825-38253826",
        "(024) 38253825, 38253826",
        "02438253825; 38253826",
        "02438253825\n38253826",
        "024 38253825 hoặc 38253826",
        "04 3825 3825 - 3825 3826",
    ] {
        holds(cell, &[SWITCHBOARD, "+842438253826"]);
    }
    holds("0236 3822123 - 3822124 - 3822125", &["+842363822123", "+842363822124", "+842363822125"]);
    holds("024 38253825 - 19001234", &[SWITCHBOARD, "+8419001234"]);
    for told in ["38253826", "0904859696 - 3825382", "024 38253825 - 20082024", "024 38253825 - 3825382"] {
        assert_eq!(cell(told).1.len(), 1, "{told}");
    }
}

#[test]
fn the_end_of_a_number_is_told_and_never_completed() {
    for (text, number, rest) in [
        ("0904 859 696 - 697", "+84904859696", "697"),
        ("0904859696/97", "+84904859696", "97"),
        ("0904 859 696, 697", "+84904859696", "697"),
        ("0904 859 696 hoặc 697", "+84904859696", "697"),
        ("0904 859 696 (Lan), 697 (Minh)", "+84904859696", "697"),
        ("024 3825 3825 - 3826", SWITCHBOARD, "3826"),
        ("1900 1234 - 12", "+8419001234", "12"),
        ("0904 859 696-697", "+84904859696", "697"),
        ("024.38253825-26", SWITCHBOARD, "26"),
        ("0904859696; 12", "+84904859696", "12"),
    ] {
        assert_eq!(cell(text), (vec![number.to_owned()], vec![(rest.to_owned(), Problem::Incomplete)]), "{text}");
        assert_eq!(vietnamese(text), None);
    }
}

#[test]
fn what_is_wrong_is_said() {
    for (text, why) in [
        ("Lan", Problem::NoDigits),
        ("12", Problem::Incomplete),
        ("113", Problem::Incomplete),
        ("091234560x", Problem::Letters),
        ("O904859696", Problem::Letters),
        ("09o4859696", Problem::Letters),
        ("KH0904859696", Problem::Letters),
        ("0304859696123", Problem::NotInUse),
        ("012345678", Problem::NotInUse),
        ("09048596960912345603", Problem::TooLong),
        ("8.49E+10", Problem::Rounded),
        ("8,49E+10", Problem::Rounded),
        ("'8.490486E+10", Problem::Rounded),
        ("########", Problem::Failed),
        ("#N/A", Problem::Failed),
        ("=#REF!", Problem::Failed),
    ] {
        let text_of = |it: Vec<(String, Problem)>| it.into_iter().map(|(_, why)| why).collect::<Vec<_>>();
        let (numbers, unread) = cell(text);
        assert_eq!((numbers, text_of(unread)), (Vec::new(), vec![why]), "{text}");
    }
    assert!(Problem::Rounded.to_string().contains("spreadsheet"));
    assert_eq!(
        cell("8.49E+10; 0904859696"),
        (vec!["+84904859696".into()], vec![("8.49E+10".into(), Problem::Rounded)])
    );
}

#[test]
fn a_cell_that_says_there_is_no_number_holds_none() {
    for nothing in ["", " ", "-", "n/a", "không có", "None", "0", "Ẩn số", "\u{200b}"] {
        assert_eq!(cell(nothing), (Vec::new(), Vec::new()), "{nothing:?}");
    }
    holds("0904859696; n/a", &["+84904859696"]);
    holds("0904859696 / -", &["+84904859696"]);
}

#[test]
fn mobile_numbers_of_before_2018_are_those_of_today() {
    let pairs = [
        ("120", "70"),
        ("121", "79"),
        ("122", "77"),
        ("126", "76"),
        ("128", "78"),
        ("123", "83"),
        ("124", "84"),
        ("125", "85"),
        ("127", "81"),
        ("129", "82"),
        ("162", "32"),
        ("163", "33"),
        ("164", "34"),
        ("165", "35"),
        ("166", "36"),
        ("167", "37"),
        ("168", "38"),
        ("169", "39"),
        ("186", "56"),
        ("188", "58"),
        ("199", "59"),
    ];
    for (old, new) in pairs {
        let now = Some(format!("+84{new}3456789"));
        for raw in [
            format!("0{old}3456789"),
            format!("+84{old}3456789"),
            format!("84 {old} 345 6789"),
            format!("{old}3456789"),
        ] {
            assert_eq!(vietnamese(&raw), now, "{raw}");
        }
        assert_eq!(vietnamese(&format!("0{new}3456789")), now);
    }
}

/// All provinces whose codes changed, but those whose numbers are as long as mobile numbers of
/// today with the same digits.
#[test]
fn landlines_of_before_2017_are_those_of_today() {
    let pairs = [
        ("22", "212"),
        ("231", "213"),
        ("20", "214"),
        ("230", "215"),
        ("29", "216"),
        ("53", "233"),
        ("54", "234"),
        ("510", "235"),
        ("511", "236"),
        ("240", "204"),
        ("25", "205"),
        ("26", "206"),
        ("27", "207"),
        ("280", "208"),
        ("281", "209"),
        ("320", "220"),
        ("321", "221"),
        ("241", "222"),
        ("31", "225"),
        ("351", "226"),
        ("350", "228"),
        ("30", "229"),
        ("780", "290"),
        ("781", "291"),
        ("710", "292"),
        ("711", "293"),
        ("74", "294"),
        ("61", "251"),
        ("62", "252"),
        ("64", "254"),
        ("57", "257"),
        ("68", "259"),
        ("60", "260"),
        ("501", "261"),
        ("500", "262"),
        ("63", "263"),
        ("651", "271"),
        ("72", "272"),
        ("73", "273"),
        ("650", "274"),
        ("75", "275"),
        ("66", "276"),
        ("67", "277"),
    ];
    for (old, new) in pairs {
        let now = Some(format!("+84{new}3822123"));
        for raw in [
            format!("0{old}3822123"),
            format!("+84 {old} 3822 123"),
            format!("(0{old}) 3822.123"),
            format!("{old}3822123"),
        ] {
            assert_eq!(vietnamese(&raw), now, "{raw}");
        }
        assert_eq!(vietnamese(&format!("0{new}3822123")), now);
    }
    for raw in ["04 3825 3825", "+84 4 3825 3825", "(04) 38253825", "84438253825", "438253825"] {
        assert_eq!(vietnamese(raw).as_deref(), Some(SWITCHBOARD), "{raw}");
    }
    for kept in ["210", "211", "218", "219"] {
        assert_eq!(vietnamese(&format!("0{kept}3822123")), Some(format!("+84{kept}3822123")));
    }
}

#[test]
fn landlines_of_before_2017_that_are_mobile_numbers_of_today_are_left() {
    for prefix in ["33", "36", "37", "38", "39", "52", "55", "56", "58", "59", "70", "76", "77", "79"] {
        assert_eq!(vietnamese(&format!("0{prefix} 3822 123")), Some(format!("+84{prefix}3822123")));
    }
    assert_eq!(vietnamese("0838295000").as_deref(), Some("+84838295000"), "VinaPhone's 083");
    assert_eq!(vietnamese("083 829 5000").as_deref(), Some("+84838295000"));
    assert_eq!(vietnamese("+84 838295000").as_deref(), Some("+84838295000"));
    assert_eq!(vietnamese("08 8888 9999").as_deref(), Some("+84888889999"), "no landline began so");
    for raw in [
        "(08) 3829 5000",
        "08 3829 5000",
        "08-38295000",
        "08.3829.5000",
        "+84 8 3829 5000",
        "084 8 3829 5000",
        "(84-8) 3829 5000",
    ] {
        assert_eq!(vietnamese(raw).as_deref(), Some("+842838295000"), "the area code stands apart: {raw}");
    }
}

#[test]
fn landlines_are_not_taken_for_old_mobiles() {
    assert_eq!(vietnamese("024 3825 3825").as_deref(), Some("+842438253825"));
    assert_eq!(vietnamese("028 3829 5000").as_deref(), Some("+842838295000"));
    assert_eq!(vietnamese("0841234567").as_deref(), Some("+84841234567"), "VinaPhone's 084, not the calling code");
}

#[test]
fn every_mobile_network_is_known() {
    for prefix in [
        "32", "39", "52", "55", "56", "58", "59", "70", "79", "81", "85", "86", "87", "88", "89", "90", "96", "98",
        "99",
    ] {
        assert_eq!(vietnamese(&format!("0{prefix}3456789")), Some(format!("+84{prefix}3456789")));
    }
}

#[test]
fn hotlines_are_read_with_a_zero_or_without() {
    for (raw, number) in [
        ("1900 1234", "+8419001234"),
        ("19001234", "+8419001234"),
        ("01900 1234", "+8419001234"),
        ("+84 1900 1234", "+8419001234"),
        ("08419001234", "+8419001234"),
        ("1900-1234", "+8419001234"),
        ("1900.54.54.15", "+841900545415"),
        ("1900 545 415", "+841900545415"),
        ("1800 1091", "+8418001091"),
        ("Hotline: 1800 1091 (miễn phí)", "+8418001091"),
        ("1800 599 920", "+841800599920"),
    ] {
        holds(raw, &[number]);
    }
    assert_eq!(cell("1900 1234, 1800 1091").0, ["+8419001234", "+8418001091"]);
    for short in ["113", "114", "115", "116", "119", "1080", "18001", "1000", "2001"] {
        assert_eq!(vietnamese(short), None, "{short}");
    }
}

#[test]
fn foreign_numbers_keep_their_country() {
    for raw in ["+44 20 7183 8750", "0044 20 7183 8750", "+44 (0)20 7183 8750", "+44 20 7183 8750 (London)"] {
        assert_eq!(vietnamese(raw).as_deref(), Some("+442071838750"), "{raw}");
    }
    assert_eq!(vietnamese("+39 06 6982").as_deref(), Some("+39066982"), "Italy keeps its zero");
    assert_eq!(vietnamese("+1 (201) 555-0123 x5").as_deref(), Some("+12015550123"));
}

#[test]
fn other_regions_read_their_own_national_numbers() {
    for (region, raw, number) in [
        ("GB", "020 7183 8750", "+442071838750"),
        ("GB", "2071838750", "+442071838750"),
        ("GB", "0447911123456", "+447911123456"),
        ("GB", "+020 7183 8750", "+442071838750"),
        ("US", "(201) 555-0123 ext. 7", "+12015550123"),
        ("US", "1-201-555-0123", "+12015550123"),
        ("VN", "+12015550123", "+12015550123"),
    ] {
        let region = region.parse().unwrap();
        assert_eq!(parse(raw, region).map(String::from).as_deref(), Some(number), "{raw}");
    }
    let found = find_all("201 555 0123 212 555 0100", "US".parse().unwrap());
    assert_eq!(found.numbers.len(), 2, "{found:?}");
}

#[test]
fn what_is_no_number_is_none() {
    for raw in [
        "",
        "anonymous",
        "1000",
        "+",
        "12345",
        "091234560x",
        "+84912",
        "sip:reception@10.0.0.1",
        "sip:10.0.0.1",
        "0",
        "000",
    ] {
        assert_eq!(vietnamese(raw), None, "{raw:?}");
    }
}

#[test]
fn a_region_is_two_letters() {
    assert_eq!("VN".parse(), Ok(Region::VIETNAM));
    assert!("Vietnam".parse::<Region>().is_err());
}

#[test]
fn a_calling_code_is_a_region() {
    for code in ["66", "+66", "0066", "'+66", "TH (+66)", "+66 (Thailand)", "th", "66.0", "+66 ", "＋６６"] {
        let region = Region::of_code(code).unwrap_or_else(|| panic!("{code}"));
        assert_eq!(parse("812345678", region).map(String::from).as_deref(), Some("+66812345678"), "{code}");
    }
    assert_eq!(Region::of_code("84"), Some(Region::VIETNAM));
    for none in ["", "Siam", "999", "0", "99999999"] {
        assert_eq!(Region::of_code(none), None, "{none}");
    }
}

#[test]
fn a_cell_as_long_as_a_file_is_told() {
    let found = find_all(&"0904859696 ".repeat(100_000), Region::VIETNAM);
    assert!(found.numbers.is_empty() && found.unread[0].why == Problem::TooLong);
    assert!(found.unread[0].written.len() < 1000);
}

#[test]
fn a_remark_that_begins_with_digits_is_no_part_of_the_number() {
    for (cell, number) in [
        ("1900 6017 (8h-22h)", "+8419006017"),
        ("1900 1234 (1.000đ/phút)", "+8419001234"),
        ("1800 1091 (0đ)", "+8418001091"),
        ("1900 1234 (24/7)", "+8419001234"),
        ("1900 1234 24/7", "+8419001234"),
        ("Hotline 24/7: 1900 1234", "+8419001234"),
        ("1900 1234 - 24/7", "+8419001234"),
        ("0904859696 24h/7", "+84904859696"),
        ("1800 1091, 24/24", "+8418001091"),
        ("1900 1234 (1 hoặc 2)", "+8419001234"),
        ("+49 30 123456 (8h-17h)", "+4930123456"),
        ("0904859696 (2 sim)", "+84904859696"),
    ] {
        let Found { numbers, unread } = find_all(cell, Region::VIETNAM);
        let found: Vec<_> = numbers.iter().map(|it| it.e164.as_str()).collect();
        assert_eq!((found, unread.len()), (vec![number], 0), "{cell}");
    }
    for cell in ["0904 859 69 (2 sim)", "024 3825 382 (2 máy)", "028 3829 500 (8h-17h)"] {
        assert_eq!(find_all(cell, Region::VIETNAM).numbers.len(), 0, "{cell}");
    }
}

#[test]
fn nobody_calls_from_a_fax() {
    let found = |cell: &str| {
        let numbers = find_all(cell, Region::VIETNAM).numbers;
        numbers.into_iter().map(|it| it.e164.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("ĐT: 024 3825 3825 - Fax: 024 3825 3826"), ["+842438253825"]);
    assert_eq!(found("Fax: 024 3825 3826"), Vec::<String>::new());
}

proptest! {
    #[test]
    fn no_text_panics(raw in "\\PC*") {
        let _ = parse(&raw, Region::VIETNAM);
    }

    #[test]
    fn no_digits_panic_and_parsing_is_stable(raw in "\\+?[0-9 .()/-]{0,24}") {
        if let Some(number) = parse(&raw, Region::VIETNAM) {
            prop_assert_eq!(parse(number.as_str(), Region::VIETNAM), Some(number));
        }
    }

    #[test]
    fn a_number_is_read_back_as_it_is_shown_and_dialled(raw in "(\\+84|0|)[0-9]{4,11}") {
        if let Some(number) = parse(&raw, Region::VIETNAM) {
            prop_assert_eq!(parse(&number.national(), Region::VIETNAM), Some(number.clone()));
            prop_assert_eq!(parse(&number.dialled(), Region::VIETNAM), Some(number));
        }
    }

    #[test]
    fn no_digit_of_a_cell_is_lost_without_a_word(
        cell in "(0904859696)?([ ,;/&|-]{1,3}0912 345 603)?([ ,;/&|-]{1,3}1900 1234)?([ ,;/&|-]{1,3}(3826|12|#7|x12))?",
    ) {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
        let Found { numbers, unread } = find_all(&cell, Region::VIETNAM);
        let numbers = numbers.iter().map(|it| digits(&it.e164.national()) + it.extension.as_ref().map_or(0, String::len));
        let unread = unread.iter().map(|it| digits(&it.written));
        prop_assert_eq!(numbers.chain(unread).sum::<usize>(), digits(&cell));
    }
}
