//! A row of customers.

use std::cell::Cell;

use domain::phone::E164;

use super::{
    phones::{phones, region},
    row::Row,
    sheet::List,
    values::{is_active, is_mark, yes_or_no},
    vocabulary::{CUSTOMERS, Vocabulary},
};
use crate::store::import::customers::CustomerRow;
use phone::Region;

/// Where the family's name comes first.
const FAMILY_FIRST: [&str; 7] = ["VN", "CN", "HU", "JP", "KR", "KP", "TW"];

/// Customers, whose numbers without a country code are of this region.
pub struct Customers {
    region: Region,
    family_first: bool,
    /// The first lines where `active` is a tick, and where it is empty.
    ticked: Cell<Option<u64>>,
    empty: Cell<Option<u64>>,
}

impl Customers {
    pub fn new(region: Region) -> Self {
        let family_first = FAMILY_FIRST.iter().any(|name| name.parse() == Ok(region));
        Self { region, family_first, ticked: Cell::default(), empty: Cell::default() }
    }

    /// The whole name, or its parts, or the company's.
    fn name(&self, row: &Row) -> Result<String, String> {
        let part = |field: &str| row.name(field).map(Option::unwrap_or_default);
        let whole = part("name")?;
        let (family, middle, given) = (part("family")?, part("middle")?, part("given")?);
        let parts = if self.family_first { [family, middle, given] } else { [given, middle, family] };
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let names = [whole, parts.join(" "), part("company")?];
        names.into_iter().find(|name| !name.is_empty()).ok_or_else(|| {
            let columns = ["name", "given", "family", "company"].into_iter().flat_map(|field| row.columns.of(field));
            let columns: Vec<_> = columns.map(|at| row.columns.name(*at)).collect();
            format!("{}: expected a name, found nothing", columns.join(", "))
        })
    }

    /// All numbers of all columns, the main one first.
    fn phones(&self, row: &Row, wrong: &mut Vec<String>) -> Option<Vec<(E164, String)>> {
        let region = region(row, self.region).map_err(|why| wrong.push(why)).ok()?;
        let (found, unread) = phones(row.cells("phones"), region);
        if found.is_empty() && unread.is_empty() {
            let what = "a telephone number";
            wrong.push(row.needed("phones", what).map_or_else(|nothing| nothing, |cell| cell.expected(what)));
        }
        wrong.extend(unread);
        (!found.is_empty()).then_some(found)
    }

    fn active(&self, row: &Row) -> Result<Option<bool>, String> {
        let inactive = row.filled("inactive");
        let active = row.cell("active").filter(|cell| !cell.text.is_empty() || inactive.is_none()).map(|cell| {
            self.told_apart(cell.text, row.line).map_err(|why| cell.expected(&why))?;
            let known = if cell.text.is_empty() { Some(true) } else { yes_or_no(cell.text) };
            known.ok_or_else(|| cell.expected("yes or no, or --map active= to leave the column out"))
        });
        let not_inactive = inactive.map(|cell| {
            let known = is_active(cell.text).or_else(|| yes_or_no(cell.text).map(|inactive| !inactive));
            known.ok_or_else(|| cell.expected("yes or no, or --map inactive= to leave the column out"))
        });
        // A no of either is a no.
        let said = [active.transpose()?, not_inactive.transpose()?];
        Ok(said.into_iter().flatten().reduce(|one, other| one && other))
    }

    /// An empty cell is a yes, but not where ticks are.
    fn told_apart(&self, text: &str, line: u64) -> Result<(), String> {
        let (seen, other, found) = if text.is_empty() {
            (&self.empty, &self.ticked, "a tick")
        } else if is_mark(text) {
            (&self.ticked, &self.empty, "an empty cell, which may mean no")
        } else {
            return Ok(());
        };
        if seen.get().is_none() {
            seen.set(Some(line));
        }
        other.get().map_or(Ok(()), |line| Err(format!("yes or no in every row, as line {line} has {found}")))
    }
}

impl List for Customers {
    type Row = CustomerRow;

    fn vocabulary(&self) -> &'static Vocabulary {
        &CUSTOMERS
    }

    fn read(&self, row: &Row, wrong: &mut Vec<String>) -> Option<CustomerRow> {
        let name = self.name(row).map_err(|why| wrong.push(why)).ok();
        let external_id = row.key("id").map_err(|why| wrong.push(why)).ok();
        let city = row.name("city").map_err(|why| wrong.push(why)).ok();
        let active = self.active(row).map_err(|why| wrong.push(why)).ok();
        let phones = self.phones(row, wrong);
        Some(CustomerRow {
            line: row.line,
            external_id: external_id?,
            name: name?,
            phones: phones?,
            city: city?,
            active: active?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::sheet::{Options, read};

    /// The rows, and what is wrong with the others.
    fn all(text: &str, region: &str, options: &Options) -> (Vec<CustomerRow>, Vec<String>) {
        let options = Options { shown: 50, ..options.clone() };
        let list = Customers::new(region.parse().unwrap());
        let mut rows = Vec::new();
        let report = read("x.csv".as_ref(), text.as_bytes(), &list, &options, |row| {
            rows.push(row);
            true
        });
        (rows, report.unwrap().bad.told().iter().map(ToString::to_string).collect())
    }

    fn vietnamese(text: &str) -> (Vec<CustomerRow>, Vec<String>) {
        all(text, "VN", &Options::default())
    }

    fn names(text: &str, region: &str) -> Vec<String> {
        all(text, region, &Options::default()).0.into_iter().map(|row| row.name).collect()
    }

    #[test]
    fn the_first_number_is_the_main_one_and_none_is_there_twice() {
        let (rows, _) = vietnamese("phones,name\n0163 456 7890 | 024 3825 3825; +84 334 567 890,An");
        let phones: Vec<_> = rows[0].phones.iter().map(|(number, raw)| (number.as_str(), raw.as_str())).collect();
        assert_eq!(phones, [("+84334567890", "0163 456 7890"), ("+842438253825", "024 3825 3825")]);
        assert_eq!((&rows[0].city, rows[0].active), (&None, None), "no such columns");
        let (rows, _) = vietnamese("name,Phone,Home Phone,Mobile\nAn,,024 3825 3825,0912345603");
        let phones: Vec<_> = rows[0].phones.iter().map(|(number, _)| number.as_str()).collect();
        assert_eq!(phones, ["+84912345603", "+842438253825"]);
    }

    #[test]
    fn a_column_for_the_country_says_what_the_numbers_do_not() {
        let text = "name,Country Code,Mobile,Phone
            A,+66,812345678,+84904859696
            B,,0904859696
            C,84,0904859696
            D,TH (+66),081-234-5678
            E,Siam,0812345678
            F,66,0904";
        let (rows, bad) = vietnamese(text);
        let phones: Vec<Vec<_>> =
            rows.iter().map(|row| row.phones.iter().map(|(number, _)| number.as_str()).collect()).collect();
        let (thai, own) = ("+66812345678", "+84904859696");
        assert_eq!(phones, [vec![thai, own], vec![own], vec![own], vec![thai]]);
        assert!(bad[0].starts_with("line 6: Country Code: expected a country's calling code"), "{bad:?}");
        assert!(bad[1].starts_with("line 7: Mobile: "), "{bad:?}");
    }

    #[test]
    fn a_number_that_is_called_a_fax_is_left_out() {
        let text = "Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value
            A,Work Fax,024 3825 3825,* Mobile,0904859696
            B,Mobile,0904859696,Home Fax,024 3825 3825
            C,Fax,024 3825 3825";
        let (rows, bad) = vietnamese(text);
        let phones: Vec<_> = rows.iter().map(|row| (row.phones.len(), row.phones[0].0.as_str())).collect();
        assert_eq!(phones, [(1, "+84904859696"); 2]);
        assert_eq!(bad, ["line 4: Phone 1 - Value: expected a telephone number, found nothing"]);
    }

    #[test]
    fn a_name_is_put_together_as_it_is_where_the_house_is() {
        let parts =
            "First Name,Middle Name,Last Name,Company,Phone\nAn,Văn,Nguyễn,X,0912345603\n,,,Công ty X,0912345604";
        assert_eq!(names(parts, "VN"), ["Nguyễn Văn An", "Công ty X"]);
        let western = "First Name,Last Name,Phone\nAda,Lovelace,+442071838750";
        assert_eq!(names(western, "GB"), ["Ada Lovelace"]);
        assert_eq!(names("Họ,Tên,SĐT\nTrần,  Minh\tAnh,0912345603", "VN"), ["Trần Minh Anh"]);
        assert_eq!(names("name,phones\nVie\u{302}\u{323}t\u{200b},0912345603", "VN"), ["Việt"], "composed");
    }

    #[test]
    fn who_is_active_is_said_by_yes_or_no() {
        let active = |text: &str| vietnamese(text).0.into_iter().map(|row| row.active).collect::<Vec<_>>();
        let words = "name,phones,active\nA,0912345603,\nB,0912345603,FALSE\nC,0912345603,Có\nD,0912345603";
        assert_eq!(active(words), [Some(true), Some(false), Some(true), None]);
        assert_eq!(active("name,phones,Archived\nA,0912345603,TRUE\nB,0912345603,"), [Some(false), None]);
        let (_, bad) = vietnamese("name,phones,Trạng thái\nA,0912345603,VIP");
        assert_eq!(
            bad,
            ["line 2: Trạng thái: expected yes or no, or --map active= to leave the column out, found \"VIP\""]
        );
    }

    #[test]
    fn a_word_that_says_it_counts_as_it_stands() {
        let active = |text: &str| vietnamese(text).0.into_iter().map(|row| row.active).collect::<Vec<_>>();
        let archived = "name,phones,Archived\nA,0912345603,archived\nB,0912345604,Đang hoạt động";
        assert_eq!(active(archived), [Some(false), Some(true)]);
        let both = "name,phones,active,Archived\nA,0912345603,yes,yes\nB,0912345604,yes,no\nC,0912345605,yes,";
        assert_eq!(active(both), [Some(false), Some(true), Some(true)]);
    }

    #[test]
    fn an_empty_cell_among_ticks_is_not_guessed() {
        let (rows, bad) = vietnamese("name,phones,active\nA,0912345603,x\nB,0912345604,\nC,0912345605,x");
        assert_eq!(rows.len(), 1);
        assert!(bad[0].starts_with("line 3: active: expected yes or no in every row, as line 2 has a tick"), "{bad:?}");
        assert!(bad[1].starts_with("line 4: ") && bad[1].contains("line 3 has an empty cell"), "{bad:?}");
    }

    #[test]
    fn a_customer_has_a_number_that_can_be_read() {
        let (rows, bad) = vietnamese("phones,name\n ; ,An\n,An\n0912345603;12,An\n12,");
        assert_eq!(rows.len(), 0);
        let lines: Vec<_> = bad.iter().map(|why| &why[..14]).collect();
        assert_eq!(lines, ["line 2: phones", "line 3: phones", "line 4: phones", "line 5: name: ", "line 5: phones"]);
        assert!(bad[1].ends_with("found nothing") && bad[2].ends_with("found \"12\""), "{bad:?}");
    }

    #[test]
    fn a_good_number_is_taken_without_a_bad_one_where_bad_ones_are_skipped() {
        let skip = Options { skip_bad: true, ..Options::default() };
        let (rows, bad) = all("phones,name\n0912345603;12,An\n12,Bo", "VN", &skip);
        assert_eq!((rows.len(), rows[0].phones[0].0.as_str()), (1, "+84912345603"));
        assert_eq!(bad.len(), 2, "{bad:?}");
    }

    #[test]
    fn words_for_nothing_are_empty_cells() {
        for nothing in ["False", "N/A", "n/a", "#N/A", "nan", "None", "NULL", "-"] {
            let text = format!(
                "id,First Name,Last Name,Phone,Mobile,City,Company,active
                {nothing},An,{nothing},{nothing},0912345603,{nothing},,
                {nothing},{nothing},{nothing},0912345604,{nothing},{nothing},X,FALSE
                {nothing},An,,{nothing},,,,"
            );
            let (rows, bad) = vietnamese(&text);
            let seen: Vec<_> = rows
                .iter()
                .map(|row| (&row.external_id, row.name.as_str(), row.phones.len(), &row.city, row.active))
                .collect();
            let city = Some(String::new());
            let expected = [(&None, "An", 1, &city, Some(true)), (&None, "X", 1, &city, Some(false))];
            assert_eq!(seen, expected, "{nothing}");
            assert_eq!(bad, ["line 4: Phone: expected a telephone number, found nothing"], "{nothing}");
        }
    }

    #[test]
    fn characters_that_html_has_names_for_are_meant() {
        let text = "name,phones
            Tr&#7847;n &amp; Con,0912&nbsp;345&nbsp;603
            O&#39;Brien,&#43;84912345603
            L&ecirc; &amp;#39;An&amp;#39;,0912345603&nbsp;
            A&B;Co & An,0912345603";
        assert_eq!(names(text, "VN"), ["Trần & Con", "O'Brien", "Lê 'An'", "A&B;Co & An"]);
    }

    #[test]
    fn an_apostrophe_of_a_spreadsheet_is_no_part_of_a_name() {
        let text = "name,phones\n'An,'0912345603\n'Nguyễn Bình',0912345603\n't Hooft,0912345603\nO'Brien,'+84912345603";
        assert_eq!(names(text, "VN"), ["An", "Nguyễn Bình", "'t Hooft", "O'Brien"]);
    }

    #[test]
    fn a_key_that_a_spreadsheet_shortened_is_none() {
        let (rows, bad) =
            vietnamese("id,name,phones\n1.23457E+12,An,0912345603\n=\"0051\",Bo,0912345604\n'7,Chi,0912345605");
        assert!(bad[0].contains("line 2: id: expected a whole key, found \"1.23457E+12\": a spreadsheet"), "{bad:?}");
        let keys: Vec<_> = rows.iter().map(|row| row.external_id.as_deref()).collect();
        assert_eq!(keys, [Some("0051"), Some("7")]);
    }
}
