//! The shapes of files, as CRMs and spreadsheets write them.

use domain::customer::BookingState;
use phone::Region;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use server::import::{
    customers::Customers,
    mapping::Mapping,
    sheet::{Options, read},
};

use crate::House;

const ADDED: &str = "1 added, 0 changed, 0 unchanged, 0 skipped.";

/// Reads a file of one customer.
fn finds_an_by(file: impl AsRef<[u8]>, options: &Options, name: &str) {
    let mut rows = Vec::new();
    let text = String::from_utf8_lossy(file.as_ref());
    let report = read("file.csv".as_ref(), file.as_ref(), &Customers::new(Region::VIETNAM), options, |row| {
        rows.push((row.name, row.phones[0].0.to_string()));
        true
    });
    assert!(report.unwrap().bad.is_empty(), "{text:?}");
    assert_eq!(rows, [(name.to_owned(), "+84904859696".to_owned())], "{text:?}");
}

fn finds_an(file: impl AsRef<[u8]>, name: &str) {
    finds_an_by(file, &Options::default(), name);
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

#[tokio::test]
async fn lines_end_by_cr_lf_or_both() {
    for end in ["\r", "\n", "\r\n", "\r\r\n"] {
        let house = House::new().await;
        let file = ["name,phones,city", "An,0904859696,Huế", "", "Bình,0912345603,Vinh", ""].join(end);
        assert_eq!(house.import("customers", &file), "2 added, 0 changed, 0 unchanged, 0 skipped.", "{file:?}");
        assert_eq!(house.names("+84912345603").await, ["Bình"]);
    }
    let house = House::new().await;
    assert!(house.refused("customers", "name,phones\rAn,0904859696\rBình,12\r").contains("\nline 3: phones: "));
    assert!(house.refused("customers", "name,phones\r\"An\r\rVăn\",0904859696\rBình,12\r").contains("\nline 5: "));
    let stray = "name,phones\nAn,0904859696\rBình,0912345603\nChi\r,0912345604\n";
    assert_eq!(house.import("customers", stray), "3 added, 0 changed, 0 unchanged, 0 skipped.");
    assert_eq!(house.names("+84912345604").await, ["Chi"]);
}

#[tokio::test]
async fn the_separator_is_found() {
    for separator in [",", ";", "\t", "|"] {
        finds_an(format!("name{separator}phones\nAn{separator}0904859696\n"), "An");
    }
    for hint in ["sep=;\r\n", "\u{feff}sep=;\r\n", "SEP=;\n", "\"sep=;\"\n"] {
        finds_an(format!("{hint}name;phones\r\nAn;0904859696\r\n"), "An");
    }
    finds_an("\u{feff}sep=,\r\nname,phones\r\nAn,0904859696\r\n", "An");
    finds_an("name;phones;\"a, b, c, d\"\nAn;0904859696;1,2,3,4\n", "An");
    let house = House::new().await;
    assert!(house.refused("customers", "sep=;\nname;phones\nAn;12\n").contains("line 3: phones: "));
}

#[tokio::test]
async fn the_encoding_is_known_or_named_and_never_guessed() {
    let text = "name\tphones\r\nNguyễn Ăn\t0904859696\r\n";
    for marked in [text.to_owned(), format!("\u{feff}{text}")] {
        finds_an(&marked, "Nguyễn Ăn");
        finds_an(utf16(&marked, u16::to_le_bytes), "Nguyễn Ăn");
        finds_an(utf16(&marked, u16::to_be_bytes), "Nguyễn Ăn");
    }
    let vietnamese = b"name,phones\r\nNguy\xea\xden V\xe3n C,0904859696\r\nTr\xe2n,0912345603\r\nChi,0912345604\r\n";
    let house = House::new().await;
    let told = house.refused("customers", vietnamese);
    assert!(told.contains("2 bad rows"), "{told}");
    assert_eq!(told.matches("UTF-8, found").count(), 1, "{told}");
    assert!(told.contains("line 2: expected UTF-8") && told.contains("--encoding windows-1258"), "{told}");
    let read = house.import_by("customers", vietnamese, &["--encoding", "windows-1258"]);
    assert!(read.ends_with("3 added, 0 changed, 0 unchanged, 0 skipped."), "{read}");
    assert_eq!(house.names("+84904859696").await, ["Nguyễn Văn C"], "composed");
    let header = house.refused("customers", b"t\xean,phones\nAn,0904859696\n");
    assert!(header.contains("line 1: expected UTF-8") && header.contains("--encoding windows-1258"), "{header}");
    assert!(house.refused_by("customers", "name", &["--encoding", "vni"]).contains("windows-1258"));
    let mistaken = house.refused_by("customers", text, &["--encoding", "windows-1258"]);
    assert!(mistaken.contains("expected text in windows-1258, found UTF-8"), "{mistaken}");
}

#[tokio::test]
async fn a_short_row_leaves_what_it_lacks_and_a_long_one_is_told() {
    let house = House::new().await;
    house.import("customers", "id,name,phones,city,active\nK1,An,0904859696,Huế,yes\nK2,Bình,0912345603,Vinh,no\n");
    let short = "id,name,phones,city,active\nK1,An,0904859696\nK2,Bình,0912345603,,yes\n";
    assert_eq!(house.import("customers", short), "0 added, 1 changed, 1 unchanged, 0 skipped.");
    assert_eq!(house.matches("+84904859696").await[0].city.as_deref(), Some("Huế"));
    assert_eq!(house.matches("+84912345603").await[0].city, None);
    let long = house.refused("customers", "name,phones\nAn, Bình,0904859696\n");
    assert!(long.contains("line 2: expected at most 2 cells, as the header has, found 3"), "{long}");
    finds_an("name,phones,\nAn,0904859696,,,\n", "An");
}

#[tokio::test]
async fn what_is_around_a_table_is_passed_over() {
    finds_an(b"name,phones\r\nAn,0904859696\r\n\x1a", "An");
    finds_an(b"name,phones\r\nAn,0904859696\x1a", "An");
    finds_an("\n\n  \n,,\nname,phones\n\nAn,0904859696\n\n", "An");
    finds_an("DANH SÁCH KHÁCH HÀNG\nNgày 10/08/2026,,\n\nSTT,Họ tên,SĐT\n1,An,0904859696\n", "An");
    finds_an(",name,phones\n0,An,0904859696\n", "An");
    finds_an("name,phones,Notes,Notes\nAn,0904859696,a,b\n", "An");
    finds_an("name,phones\nAn,0904859696\nname,phones\n", "An");
    let house = House::new().await;
    let twice = house.refused("customers", "name,phones,Name\nAn,0904859696,Bình\n");
    assert!(twice.contains("line 1: expected each column once, found \"Name\" again"), "{twice}");
    assert!(house.refused("customers", "").contains("expected a header and rows"));
    assert!(house.refused("customers", "<html><table>").contains("found a web page"));
    assert!(house.refused("customers", "%PDF-1.7\n").contains("expected CSV or a spreadsheet, found a PDF"));
    let titled = "DANH SÁCH\n\nname,phones\nAn,12\n";
    assert!(house.refused("customers", titled).contains("line 4: phones: "));
}

#[tokio::test]
async fn quotes_are_escaped_in_both_ways() {
    finds_an("name,phones\n\"An \"\"Bo\"\"\",0904859696\n", "An \"Bo\"");
    finds_an("name,phones\n\"An \\\"Bo\\\"\",0904859696\n", "An \"Bo\"");
    finds_an("name,phones,city\n\"An\",\"0904859696\",\\N\n", "An");
    let house = House::new().await;
    let open = house.refused("customers", "name,phones\nAn,0904859696\n\"Bình,0912345603\nChi,0912345604\n");
    assert!(open.contains("line 3: expected the quote that begins here to be closed"), "{open}");
}

#[tokio::test]
async fn a_stray_quote_swallows_no_row() {
    let house = House::new().await;
    for end in ["\n", "\r\n", "\r"] {
        for separator in [",", ";", "\t"] {
            let rows = [
                "name,phones,city",
                "\"Lê\n\nAn\",0904859696,",
                "\"Bình,0912345603,",
                "Chi,0912345604,",
                "\"Dũng\",0912345605,",
            ];
            let file = rows.join("\n").replace('\n', end).replace(',', separator);
            let told = house.refused("customers", &file);
            assert!(told.contains("line 5: expected the quote that begins here to be closed"), "{file:?}: {told}");
        }
    }
    let skipped = house.refused_by("customers", "name,phones\nAn,\"0904859696\nBình,\"0912345603\"", &["--skip-bad"]);
    assert!(skipped.contains("line 2: expected the quote"), "{skipped}");
    let closed = house.refused("customers", "name,phones\nAn,0904859696\n\"Bình,0912345603\nỐng 5\",0912345604\n");
    assert!(closed.contains("line 3: name: expected one row, found several within the quotes"), "{closed}");
    finds_an("name,phones\n\"Nhà hàng \"Sen\"\",0904859696\n", "Nhà hàng \"Sen\"");
    finds_an("name,phones\n\"Sen\" Huế,0904859696\n", "\"Sen\" Huế");
    finds_an("name,city,phones\nAn, \"Huế, VN\", 0904859696\n", "An");
    finds_an("name,city,phones\nAn,\"Số 5\r\nHuế\",0904859696\n", "An");
}

#[tokio::test]
async fn columns_are_known_by_their_usual_names_or_mapped() {
    finds_an("\u{feff}Họ tên;Số điện thoại;Thành phố\nNguyễn Văn A;0904859696;Huế\n", "Nguyễn Văn A");
    let hubspot = "\"Record ID\",\"First Name\",\"Last Name\",\"Phone Number\",\"Mobile Phone Number\",\"City\"\n\
                   \"51\",\"Lan Anh\",\"Nguyễn\",\"0904859696\",\"\",\"Huế\"\n";
    finds_an(hubspot, "Nguyễn Lan Anh");
    for map in ["name=Gọi là,phones=Gọi số", "name=goi la,phones=GỌI_SỐ", "name=A,phones=Cột B"] {
        let options = Options { mapping: Mapping::parse(&[map.to_owned()]).unwrap(), ..Options::default() };
        finds_an_by("Gọi là,Gọi số\nAn,0904859696\n", &options, "An");
    }
    let house = House::new().await;
    let both = house.refused("customers", "Tênn khách,SĐTT,Ghi chú\nAn,0904859696,\n");
    for part in ["name (or given, family, company) and phones", "--map phones=\"SĐTT\"", "\"Ghi chú\""] {
        assert!(both.contains(part), "{part}: {both}");
    }
    let said = house.import_by("customers", "Tên KH,SĐT,Di động,Notes\nAn,0904859696,0912345603,x\n", &[]);
    let columns = "Columns: name from \"Tên KH\"; phones from \"SĐT\", \"Di động\". Not used: \"Notes\".";
    assert_eq!(said, format!("{columns}\n{ADDED}"));
    assert_eq!(house.names("+84912345603").await, ["An"]);
}

#[tokio::test]
async fn a_dry_run_checks_everything_and_writes_nothing() {
    let house = House::new().await;
    let file = "name,phones\nAn,0904859696\n";
    let said = house.import_by("customers", file, &["--dry-run"]);
    assert!(said.ends_with("Nothing was written. It would be: 1 added, 0 changed, 0 unchanged, 0 skipped."), "{said}");
    assert_eq!(house.names("+84904859696").await.len(), 0);
    assert!(house.refused_by("customers", "name,phones\nAn,12\n", &["--dry-run"]).contains("line 2: phones: "));
    assert_eq!(house.import("customers", file), ADDED);
}

#[tokio::test]
async fn of_many_bad_rows_the_first_are_told_and_all_are_counted() {
    let house = House::new().await;
    let rows: String = (0..200).map(|n| format!("An {n},12\n")).collect();
    let told = house.refused("customers", format!("name,phones\n{rows}"));
    assert!(told.contains("200 bad rows") && told.contains("\nline 51: ") && !told.contains("\nline 52: "), "{told}");
    assert!(told.contains("and 150 more; --show-bad"), "{told}");
    let told = house.refused_by("customers", format!("name,phones\n{rows}"), &["--show-bad", "1"]);
    assert!(told.contains("\nline 2: ") && told.contains("and 199 more"), "{told}");
}

#[tokio::test]
async fn a_workbook_is_the_same_table() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Trống").unwrap();
    let sheet = book.add_worksheet().set_name("Khách").unwrap();
    sheet.write(0, 0, "DANH SÁCH KHÁCH HÀNG").unwrap();
    for (column, name) in ["Mã KH", "Họ tên", "SĐT", "Hoạt động"].into_iter().enumerate() {
        sheet.write(2, u16::try_from(column).unwrap(), name).unwrap();
    }
    sheet.write(3, 0, 51).unwrap().write(3, 1, "Nguyễn Văn An").unwrap();
    sheet.write(3, 2, 84_904_859_696_f64).unwrap().write(3, 3, true).unwrap();
    sheet.write(5, 0, "K2").unwrap().write(5, 1, "Bình").unwrap().write(5, 2, "0912 345 603").unwrap();
    book.add_worksheet().set_name("Khác").unwrap().write(0, 0, "x").unwrap();
    let file = book.save_to_buffer().unwrap();

    let house = House::new().await;
    assert_eq!(house.import("customers", &file), "2 added, 0 changed, 0 unchanged, 0 skipped.");
    assert_eq!(house.names("+84904859696").await, ["Nguyễn Văn An"]);
    assert_eq!(
        house.import("customers", "id,name,phones\n51,Nguyễn Văn An,0904859697"),
        ADDED.replace("1 added, 0 c", "0 added, 1 c")
    );
    let none = house.refused_by("customers", &file, &["--sheet", "Kho"]);
    assert!(none.contains("\"Kho\", found \"Trống\", \"Khách\", \"Khác\""), "{none}");
    let other = house.refused_by("customers", &file, &["--sheet", "Khác"]);
    assert!(other.contains("line 1: expected columns for name"), "{other}");
    assert_eq!(
        house.import("customers", include_bytes!("customers.xls")),
        "0 added, 2 changed, 0 unchanged, 0 skipped."
    );
    assert_eq!(house.names("+84912345603").await, ["Lê Minh"]);
    assert!(house.refused("customers", b"PK\x03\x04no zip").contains("expected a spreadsheet that can be read"));
}

#[tokio::test]
async fn a_key_that_is_longer_than_a_workbooks_numbers_is_refused() {
    let file = |key: f64| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (column, name) in ["Mã KH", "Họ tên", "SĐT"].into_iter().enumerate() {
            sheet.write(0, u16::try_from(column).unwrap(), name).unwrap();
        }
        sheet.write(1, 0, key).unwrap().write(1, 1, "An").unwrap().write(1, 2, "0904859696").unwrap();
        book.save_to_buffer().unwrap()
    };
    let house = House::new().await;
    let told = house.refused("customers", file(12_345_678_901_234_567_f64));
    assert!(told.contains("line 2: Mã KH: expected a whole key") && told.contains("column text"), "{told}");
    assert_eq!(house.import("customers", file(123_456_789_012_345_f64)), ADDED);
}

#[tokio::test]
async fn times_in_a_workbook_are_its_numbers() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in ["phone", "restaurant", "at", "adults", "state"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), name).unwrap();
    }
    let time = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    let at = ExcelDateTime::parse_from_str("2026-08-10T19:30:00").unwrap();
    sheet.write(1, 0, "0904859696").unwrap().write(1, 1, "Bến Xưa").unwrap();
    sheet.write_with_format(1, 2, &at, &time).unwrap().write(1, 3, 2).unwrap().write(1, 4, "Đã hủy").unwrap();
    let file = book.save_to_buffer().unwrap();
    for file in [file.as_slice(), include_bytes!("bookings.ods")] {
        let house = House::new().await;
        house.import("customers", "name,phones\nAn,0904859696");
        assert_eq!(house.import("bookings", file), ADDED);
        let bookings = house.bookings("+84904859696").await;
        assert_eq!(bookings[0].at, "2026-08-10T19:30".parse().unwrap());
        assert_eq!((bookings[0].adults, bookings[0].state), (2, BookingState::Cancelled));
    }
}
