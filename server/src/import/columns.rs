//! Which column of a file is which field of a row: by `--map`, or by the column's name.

use super::{
    SheetError,
    mapping::{Mapping, letter},
    names::{self, Meaning},
    vocabulary::{Field, Takes, Vocabulary},
};

/// The fields of telephone numbers.
const PHONES: [&str; 2] = ["phones", "phone"];

/// Where each field is.
#[derive(Clone, Debug)]
pub struct Columns {
    /// What people call the columns: by their names, or by their letters where they have none.
    names: Vec<String>,
    fields: Vec<(&'static Field, Vec<usize>)>,
    /// Columns of numbers, and those that say what kind of number each is.
    labels: Vec<(usize, usize)>,
}

impl Columns {
    /// Finds the fields of `vocabulary` under `header`, which is on this line.
    ///
    /// # Errors
    /// [`SheetError::Columns`] names every field that has no column, every name that stands for
    /// two, and what in `mapping` is not there.
    pub fn find(
        header: &[String],
        line: u64,
        vocabulary: &'static Vocabulary,
        mapping: &Mapping,
    ) -> Result<Self, SheetError> {
        let header: Vec<_> = header.iter().map(|name| names::one_line(name)).collect();
        let mut wrong = Vec::new();
        let mapped = mapping.apply(&header, vocabulary, &mut wrong);
        let mut meanings = names::meanings(&header, vocabulary);
        for (at, meaning) in meanings.iter_mut().enumerate() {
            let taken = mapped.iter().any(|(field, columns)| {
                columns.contains(&at) || meaning.is_some_and(|meaning| meaning.field.name == field.name)
            });
            if taken {
                *meaning = None;
            }
        }
        let fields = vocabulary.fields.iter().map(|field| {
            let by_hand = mapped.iter().find(|(mapped, _)| mapped.name == field.name);
            let columns = match by_hand {
                Some((_, columns)) => columns.clone(),
                None => by_name(field, &header, &meanings, &mut wrong),
            };
            (field, columns)
        });
        let fields: Vec<_> = fields.collect();
        let numbers = fields.iter().filter(|(field, _)| PHONES.contains(&field.name)).flat_map(|(_, columns)| columns);
        let label = |at: &usize| Some((*at, header.iter().position(|name| names::is_label_of(name, &header[*at]))?));
        let labels = numbers.filter_map(label).collect();
        let called = |(at, name): (usize, &String)| {
            if name.is_empty() { format!("column {}", letter(at)) } else { name.clone() }
        };
        let columns = Self { fields, labels, names: header.iter().enumerate().map(called).collect() };
        let (missing, near) = columns.missing(vocabulary);
        wrong.extend(missing);
        if wrong.is_empty() {
            Ok(columns)
        } else {
            Err(SheetError::Columns { line, wrong, near, found: columns.names })
        }
    }

    /// How many fields a header has a column for: the more, the surer it is one.
    pub fn recognised(header: &[String], vocabulary: &'static Vocabulary, mapping: &Mapping) -> usize {
        let header: Vec<_> = header.iter().map(|name| names::one_line(name)).collect();
        let meanings = names::meanings(&header, vocabulary);
        let fields = vocabulary.fields.iter();
        let by_name = fields.filter(|field| meanings.iter().flatten().any(|meaning| meaning.field.name == field.name));
        by_name.count() + mapping.recognised(&header)
    }

    /// The columns of a field, best first.
    pub fn of(&self, field: &str) -> &[usize] {
        self.fields.iter().find(|(known, _)| known.name == field).map_or(&[], |(_, columns)| columns)
    }

    /// The column that says what kind of number this column has.
    pub fn label(&self, column: usize) -> Option<usize> {
        self.labels.iter().find(|(of, _)| *of == column).map(|(_, label)| *label)
    }

    /// What people call the column.
    pub fn name(&self, column: usize) -> &str {
        self.names.get(column).map_or("", String::as_str)
    }

    /// The fields that have columns, each with the names of these.
    pub fn taken(&self) -> impl Iterator<Item = (&'static str, Vec<&str>)> {
        let filled = self.fields.iter().filter(|(_, columns)| !columns.is_empty());
        filled.map(|(field, columns)| (field.name, columns.iter().map(|column| self.name(*column)).collect()))
    }

    /// The names of the columns that mean nothing here.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        let is_label = |column: usize| self.labels.iter().any(|(_, label)| *label == column);
        let used =
            move |column: usize| is_label(column) || self.fields.iter().any(|(_, columns)| columns.contains(&column));
        let unused = self.names.iter().enumerate().filter(move |(at, _)| !used(*at));
        unused.map(|(_, name)| name.as_str())
    }

    /// What is missing, and what may be it.
    fn missing(&self, vocabulary: &'static Vocabulary) -> (Option<String>, Vec<String>) {
        let missing = vocabulary.required.iter().filter(|group| group.iter().all(|field| self.of(field).is_empty()));
        let missing: Vec<_> = missing.collect();
        let names = missing.iter().filter_map(|group| match group {
            [] => None,
            [name] => Some((*name).to_owned()),
            [name, others @ ..] => Some(format!("{name} (or {})", others.join(", "))),
        });
        let names: Vec<_> = names.collect();
        let fields = missing.iter().flat_map(|group| group.iter());
        let fields = fields.filter_map(|name| vocabulary.fields.iter().find(|field| field.name == *name));
        let near = fields.filter_map(|field| {
            let name = self.unused().find(|name| names::is_near(name, field))?;
            Some(format!("--map {}={name:?}", field.name))
        });
        ((!names.is_empty()).then(|| format!("expected columns for {}", names.join(" and "))), near.collect())
    }
}

/// The columns of a field that is not mapped, best first.
fn by_name(field: &Field, header: &[String], meanings: &[Option<Meaning>], wrong: &mut Vec<String>) -> Vec<usize> {
    let meant = meanings.iter().enumerate().filter_map(|(at, meaning)| {
        let Meaning { rank, .. } = meaning.filter(|meaning| meaning.field.name == field.name)?;
        Some((!names::is_main(&header[at]), rank, names::number(&header[at]), at))
    });
    let mut columns: Vec<_> = meant.collect();
    columns.sort_unstable();
    let columns: Vec<_> = columns.into_iter().map(|(.., at)| at).collect();
    if field.takes != Takes::All {
        let again = columns
            .iter()
            .enumerate()
            .find(|(nth, at)| columns[..*nth].iter().any(|before| names::same(&header[*before], &header[**at])));
        if let Some((_, at)) = again {
            wrong.push(format!("expected each column once, found {:?} again", header[*at]));
        }
    }
    match field.takes {
        Takes::One => columns.into_iter().take(1).collect(),
        Takes::Filled | Takes::All => columns,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::vocabulary::{BOOKINGS, CUSTOMERS};

    fn find(vocabulary: &'static Vocabulary, header: &str, map: &[&str]) -> Result<Columns, SheetError> {
        let header: Vec<_> = header.split(';').map(str::to_owned).collect();
        let map: Vec<_> = map.iter().map(|text| (*text).to_owned()).collect();
        Columns::find(&header, 1, vocabulary, &Mapping::parse(&map).unwrap())
    }

    /// What is read from where: `name=Full name phones=Mobile+Home`.
    fn taken(vocabulary: &'static Vocabulary, header: &str, map: &[&str]) -> String {
        let columns = find(vocabulary, header, map).unwrap();
        let taken: Vec<_> = columns.taken().map(|(field, names)| format!("{field}={}", names.join("+"))).collect();
        taken.join(" ")
    }

    fn customers(header: &str) -> String {
        taken(&CUSTOMERS, header, &[])
    }

    #[test]
    fn customers_columns_are_known_in_two_languages() {
        let plain = "id=ID name=Name phones=Phones city=City active=Active";
        assert_eq!(customers("ID;Name;Phones;City;Active;Notes"), plain);
        assert_eq!(customers("Họ tên;Số điện thoại;Thành phố"), "name=Họ tên phones=Số điện thoại city=Thành phố");
        assert_eq!(customers("HO VA TEN;SDT;Tinh/Thanh pho"), "name=HO VA TEN phones=SDT city=Tinh/Thanh pho");
        assert_eq!(
            customers("ten_khach_hang;so_dien_thoai;ma_kh"),
            "id=ma_kh name=ten_khach_hang phones=so_dien_thoai"
        );
        assert_eq!(
            customers("Mã KH;Tên KH (*);ĐT di động;Khu vực"),
            "id=Mã KH name=Tên KH (*) phones=ĐT di động city=Khu vực"
        );
        assert_eq!(customers("Họ;Tên đệm;Tên;SĐT"), "family=Họ middle=Tên đệm given=Tên phones=SĐT");
        assert_eq!(customers("Họ và tên đệm;Tên;Di động"), "family=Họ và tên đệm given=Tên phones=Di động");
        assert_eq!(customers("Customer #;Tên hiển thị;Cell #"), "id=Customer # name=Tên hiển thị phones=Cell #");
        assert_eq!(customers("Tên;SĐT (bắt buộc);Mã số thuế"), "name=Tên phones=SĐT (bắt buộc)");
        assert_eq!(
            customers("Họ tên / Full name;Điện thoại - Phone"),
            "name=Họ tên / Full name phones=Điện thoại - Phone"
        );
        assert_eq!(
            customers("Khách hàng;Điện thoại 2;Điện thoại 1"),
            "name=Khách hàng phones=Điện thoại 1+Điện thoại 2"
        );
    }

    #[test]
    fn a_name_may_be_called_by_whom_it_names() {
        for name in ["Khách", "Khách hàng", "Tên Zalo", "Contact", "Zalo Name", "Tên khách"] {
            assert_eq!(customers(&format!("{name};Zalo;Số ĐT khách")), format!("name={name} phones=Zalo+Số ĐT khách"));
        }
        let others = "Tên;SĐT;Loại khách;Mã khách;Contact owner;Contact email;Số khách";
        assert_eq!(customers(others), "id=Mã khách name=Tên phones=SĐT");
    }

    #[test]
    fn the_usual_exports_are_known() {
        let google = "First Name;Middle Name;Last Name;Phonetic First Name;Organization Name;E-mail 1 - Value;\
                      Phone 1 - Label;Phone 1 - Value;Phone 2 - Label;Phone 2 - Value;Address 1 - City;Labels";
        let parts = "family=Last Name middle=Middle Name given=First Name";
        let expected =
            format!("{parts} company=Organization Name phones=Phone 1 - Value+Phone 2 - Value city=Address 1 - City");
        assert_eq!(customers(google), expected);
        let hubspot = "Record ID;First Name;Last Name;Phone Number;Mobile Phone Number;City;Lead Status;Contact owner;\
                       Associated Company IDs";
        let parts = "family=Last Name given=First Name";
        assert_eq!(
            customers(hubspot),
            format!("id=Record ID {parts} phones=Phone Number+Mobile Phone Number city=City")
        );
        let zoho = "Record Id;Contact Owner;First Name;Last Name;Account Name;Phone;Home Phone;Mobile;Fax;Mailing City";
        let expected =
            format!("id=Record Id {parts} company=Account Name phones=Phone+Mobile+Home Phone city=Mailing City");
        assert_eq!(customers(zoho), expected);
        let odoo = "External ID;Display Name;Phone;Mobile;City;Country;Active";
        assert_eq!(customers(odoo), "id=External ID name=Display Name phones=Phone+Mobile city=City active=Active");
        let outlook = "First Name;Middle Name;Last Name;Company;Assistant's Phone;Business Fax;Business Phone;Home Phone;\
                       Mobile Phone;Primary Phone;Home City;Business City;Account";
        let phones = "phones=Primary Phone+Mobile Phone+Home Phone+Business Phone";
        let expected = format!(
            "family=Last Name middle=Middle Name given=First Name company=Company {phones} city=Home City+Business City"
        );
        assert_eq!(customers(outlook), expected);
        let salesforce =
            "Contact ID;Salutation;First Name;Last Name;Account ID;Account Name;Phone;MobilePhone;MailingCity";
        let expected = format!("id=Contact ID {parts} company=Account Name phones=Phone+MobilePhone city=MailingCity");
        assert_eq!(customers(salesforce), expected);
        let woocommerce = "Customer ID;first_name;last_name;billing_first_name;billing_last_name;billing_company;billing_email;\
                           billing_phone;billing_city;shipping_phone";
        let expected = "id=Customer ID family=last_name+billing_last_name given=first_name+billing_first_name \
                        company=billing_company phones=billing_phone+shipping_phone city=billing_city";
        assert_eq!(customers(woocommerce), expected);
        let kiotviet = "Loại khách;Chi nhánh tạo;Mã khách hàng;Tên khách hàng;Điện thoại;Địa chỉ;Khu vực giao hàng;Công ty;\
                        Mã số thuế;Trạng thái";
        let expected = "id=Mã khách hàng name=Tên khách hàng company=Công ty phones=Điện thoại active=Trạng thái";
        assert_eq!(customers(kiotviet), expected);
    }

    #[test]
    fn the_main_number_is_the_one_that_is_called_so() {
        assert_eq!(customers("Tên;SĐT;SĐT phụ;SĐT chính"), "name=Tên phones=SĐT chính+SĐT+SĐT phụ");
        assert_eq!(customers("Name;Mobile;Primary Phone"), "name=Name phones=Primary Phone+Mobile");
        let country = "Name;Country Code;Mobile";
        assert_eq!(customers(country), "name=Name phones=Mobile country=Country Code");
        assert_eq!(customers("Tên;Mã vùng quốc tế;SĐT"), "name=Tên phones=SĐT country=Mã vùng quốc tế");
    }

    #[test]
    fn what_says_the_kind_of_a_number_is_used() {
        let google: Vec<_> = "Name;Phone 1 - Type;Phone 1 - Value;Notes".split(';').map(str::to_owned).collect();
        let columns = Columns::find(&google, 1, &CUSTOMERS, &Mapping::default()).unwrap();
        assert_eq!((columns.label(2), columns.unused().collect()), (Some(1), vec!["Notes"]));
    }

    #[test]
    fn bookings_columns_are_known_in_two_languages() {
        let plain = "customer;phone;restaurant;at;adults;children;state;id";
        let own = "customer=customer id=id phone=phone restaurant=restaurant at=at adults=adults children=children state=state";
        assert_eq!(taken(&BOOKINGS, plain, &[]), own);
        let vietnamese = "Mã đặt bàn;Mã KH;Tên khách;SĐT;Nhà hàng;Ngày đến;Giờ đến;Số khách;Trẻ em;Trạng thái";
        let expected = "customer=Mã KH id=Mã đặt bàn phone=SĐT restaurant=Nhà hàng date=Ngày đến time=Giờ đến \
                        adults=Số khách children=Trẻ em state=Trạng thái";
        assert_eq!(taken(&BOOKINGS, vietnamese, &[]), expected);
        let english =
            "Reservation ID;Guest Name;Guest Phone;Venue;Reservation Date;Time;Party Size;Booking Status;Created";
        let expected = "id=Reservation ID phone=Guest Phone restaurant=Venue date=Reservation Date time=Time \
                        adults=Party Size state=Booking Status";
        assert_eq!(taken(&BOOKINGS, english, &[]), expected);
        let country = "SĐT;Mã quốc gia;Nhà hàng;Thời gian;Số khách;Trạng thái";
        let expected =
            "phone=SĐT country=Mã quốc gia restaurant=Nhà hàng at=Thời gian adults=Số khách state=Trạng thái";
        assert_eq!(taken(&BOOKINGS, country, &[]), expected);
        let one_time = "phone;Chi nhánh;Thời gian;Số lượng khách;Tình trạng";
        let expected = "phone=phone restaurant=Chi nhánh at=Thời gian adults=Số lượng khách state=Tình trạng";
        assert_eq!(taken(&BOOKINGS, one_time, &[]), expected);
    }

    #[test]
    fn what_is_mapped_by_hand_replaces_what_names_say() {
        let header = "A1;Tên;;SĐT;Số phụ,khác";
        assert_eq!(taken(&CUSTOMERS, header, &["name=a1"]), "name=A1 phones=SĐT");
        assert_eq!(taken(&CUSTOMERS, header, &["name=A1,phones=Số phụ,khác"]), "name=A1 phones=Số phụ,khác");
        assert_eq!(taken(&CUSTOMERS, header, &["phones=D,phones=Column E"]), "name=Tên phones=SĐT+Số phụ,khác");
        assert_eq!(taken(&CUSTOMERS, header, &["city=C"]), "name=Tên phones=SĐT city=column C");
        assert_eq!(taken(&CUSTOMERS, "name;phones;status", &["active="]), "name=name phones=phones");
    }

    #[test]
    fn all_that_is_wrong_with_a_header_is_told_at_once() {
        let told = |header, map: &[&str]| find(&CUSTOMERS, header, map).unwrap_err().to_string();
        let both = told("Cột 1;SĐTT;Ghi chú", &[]);
        for part in
            ["line 1:", "for name (or given, family, company) and phones", "--map phones=\"SĐTT\"", "\"Ghi chú\""]
        {
            assert!(both.contains(part), "{part}: {both}");
        }
        let mapped = told("name;phones", &["nom=name", "city=Stadt"]);
        assert!(mapped.contains("one of id, name,") && mapped.contains("\"Stadt\" of --map city"), "{mapped}");
    }

    #[test]
    fn only_a_column_that_is_read_may_not_be_there_twice() {
        assert_eq!(customers("name;phones;Notes;Notes"), "name=name phones=phones");
        assert_eq!(customers("name;phone;phone"), "name=name phones=phone+phone");
        let told = find(&CUSTOMERS, "name;phones;Name", &[]).unwrap_err().to_string();
        assert!(told.contains("each column once, found \"Name\" again"), "{told}");
    }
}
