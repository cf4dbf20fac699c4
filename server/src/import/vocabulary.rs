//! What columns are called: in Vietnamese and English, and in the exports of Google Contacts,
//! HubSpot, Zoho, Odoo, Outlook, Salesforce, WooCommerce, KiotViet, Sapo and MISA.
//!
//! A name is compared without case, diacritics, digits, spaces and punctuation. A column means a
//! field if its name is made of the field's words alone: `Phone 1 - Value` is `phone` beside
//! `value`, `Số điện thoại khách hàng` is `sodienthoai` beside `khachhang`; `Phone 1 - Label` has
//! a word that is none of these.

/// Which of several columns for one field are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// The best one.
    One,
    /// In each row the best one in which there is anything.
    Filled,
    /// All of them, the best first.
    All,
}

/// What a row says something about.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub takes: Takes,
    /// One of them at least is in the column's name. Spaces are between words.
    pub words: &'static str,
    /// These may be there too. The later in the list, the less is the column what is meant.
    pub beside: &'static str,
    /// Words of another field that mean this one in a file that has a column for the third.
    pub instead: Option<Instead>,
}

/// `Tên` is a whole name, but beside `Họ` it is the given one.
#[derive(Debug)]
pub struct Instead {
    pub words: &'static str,
    pub of: &'static str,
    pub with: &'static str,
}

/// The fields of one kind of list.
#[derive(Debug)]
pub struct Vocabulary {
    pub fields: &'static [Field],
    /// Of each group at least one field has a column.
    pub required: &'static [&'static [&'static str]],
}

const fn field(name: &'static str, takes: Takes, words: &'static str, beside: &'static str) -> Field {
    Field { name, takes, words, beside, instead: None }
}

const PHONE_WORDS: &str = "phone phones ph mob mobile mobiles telephone telephones tel cell cellphone cellular handphone \
            smartphone msisdn whatsapp zalo viber hotline didong dienthoai sodienthoai sodt sdt dt \
            dtdd sodtdd dd dtb dtcd phonenumber contactnumber contactno sophone somay solienhe solienlac";
const PHONE_BESIDE: &str = "primary main chinh default macdinh number numbers no so value e customer client guest contact \
            khachhang khach kh cua nguoidat lienhe lienlac personal canhan billing shipping home nha rieng ban codinh \
            work business office direct day daytime evening coquan congviec other khac phu second secondary alternate \
            alternative additional them car radio va and callback company organization congty";

const COUNTRY_WORDS: &str = "countrycode countrycallingcode callingcode dialcode dialingcode diallingcode phonecode \
            isdcode maquocgia madienthoaiquocgia maquocte mavungquocte mavungquocgia";
const COUNTRY_BESIDE: &str = "phone mobile tel number contact customer dienthoai sdt sodienthoai";

pub static CUSTOMERS: Vocabulary = Vocabulary {
    fields: &[
        field(
            "id",
            Takes::One,
            "id ma code key uid uuid guid customernumber customerno",
            "record contact external customer khachhang khach kh client guest crm so banghi lienhe ngoai lead partner \
            member thanhvien hoivien the account doituong",
        ),
        field(
            "name",
            Takes::Filled,
            "name fullname displayname completename hoten hovaten hotendaydu ten tendaydu tenhienthi quydanh quykhach anhchi \
            customer client khachhang khach contact nguoilienhe nguoidat tengoi fileas",
            "full display complete contact customer client guest khachhang khach kh lienhe cua lead \
            partner doituong zalo facebook fb billing shipping",
        ),
        field(
            "family",
            Takes::Filled,
            "lastname familyname surname ho hodem hovadem hotendem hovatendem holot hovalot \
            hovatenlot hochulot hovachulot",
            "contact customer guest lead cua khachhang khach kh billing shipping",
        ),
        field(
            "middle",
            Takes::Filled,
            "middlename middlenames tendem tenlot chulot dem additionalname",
            "contact customer guest lead",
        ),
        Field {
            name: "given",
            takes: Takes::Filled,
            words: "firstname givenname forename",
            beside: "contact customer guest lead billing shipping",
            instead: Some(Instead { words: "ten name tengoi tenkhachhang tenkh", of: "name", with: "family" }),
        },
        field(
            "company",
            Takes::Filled,
            "company companyname organization organizationname organisation accountname congty \
            tencongty tendonvi donvi tochuc tentochuc doanhnghiep tendoanhnghiep",
            "associated primary name billing shipping",
        ),
        field("phones", Takes::All, PHONE_WORDS, PHONE_BESIDE),
        field("country", Takes::One, COUNTRY_WORDS, COUNTRY_BESIDE),
        field(
            "city",
            Takes::Filled,
            "city town thanhpho tp tinhthanh tinhthanhpho tinhtp tinh thanhphotinh khuvuc province",
            "mailing home contact address primary or billing shipping work business other diachi \
            company",
        ),
        field(
            "active",
            Takes::One,
            "active isactive enabled hoatdong danghoatdong conhoatdong trangthai trangthaihoatdong \
            tinhtrang status activestatus",
            "is customer contact khachhang khach kh con dang",
        ),
        field(
            "inactive",
            Takes::One,
            "inactive isinactive archived isarchived disabled deleted isdeleted ngunghoatdong \
            ngungtheodoi daxoa ngunggiaodich",
            "is customer contact khachhang khach kh",
        ),
    ],
    required: &[&["name", "given", "family", "company"], &["phones"]],
};

pub static BOOKINGS: Vocabulary = Vocabulary {
    fields: &[
        field(
            "customer",
            Takes::One,
            "customer customerid contactid clientid guestid memberid makhachhang makhach makh \
            idkhachhang idkhach idkh makhachdat customercode customernumber customerno",
            "id external crm",
        ),
        field(
            "id",
            Takes::One,
            "id ma code key uid uuid reference confirmationnumber confirmationcode bookingnumber \
            reservationnumber bookingno reservationno sophieu",
            "booking reservation record external datban datcho dat ban phieu don order ref",
        ),
        field("phone", Takes::Filled, PHONE_WORDS, PHONE_BESIDE),
        field("country", Takes::One, COUNTRY_WORDS, COUNTRY_BESIDE),
        field(
            "restaurant",
            Takes::One,
            "restaurant nhahang venue outlet branch chinhanh coso cuahang store location diadiem \
            diemban",
            "name ten booking reservation datban",
        ),
        field(
            "at",
            Takes::One,
            "at datetime dateandtime when start starts startat startsat arrival arrivalat \
            arrivaldatetime bookedfor reservedfor scheduledfor thoigian ngaygio giongay ngayvagio \
            thoidiem time gio starttime arrivaltime visittime scheduledtime seatingtime timeslot \
            gioden giodung giodungbua gioan khunggio",
            "booking reservation visit event den dung dungbua dat datban datcho ban nhanban an khach \
            date start",
        ),
        field(
            "date",
            Takes::One,
            "date day ngay startdate arrivaldate visitdate",
            "booking reservation visit event arrival den dung dungbua datban datcho nhanban an khach \
            for dat",
        ),
        Field {
            name: "time",
            takes: Takes::One,
            words: "",
            beside: "",
            instead: Some(Instead {
                words: "time gio bookingtime reservationtime starttime arrivaltime visittime scheduledtime \
            seatingtime timeslot gioden giodung giodungbua gioan giodat giodatban giodatcho gionhanban \
            khunggio thoigian thoigianden",
                of: "at",
                with: "date",
            }),
        },
        field(
            "adults",
            Takes::One,
            "adults adult nl guests partysize pax covers people persons heads headcount guestcount \
            nguoilon sokhach songuoi soluong soluongkhach soluongnguoi sl slkhach slnguoilon \
            soluongnguoilon songuoilon",
            "number of no so total tong count size party",
        ),
        field(
            "children",
            Takes::One,
            "children child kids kid te treem tre trenho embe sotre sotreem sltreem soluongtreem",
            "number of no so total tong count",
        ),
        field(
            "state",
            Takes::One,
            "state status stage trangthai tinhtrang",
            "booking reservation datban datcho ban dat don phieu order",
        ),
    ],
    required: &[&["customer", "phone"], &["restaurant"], &["at", "date"], &["adults"], &["state"]],
};
