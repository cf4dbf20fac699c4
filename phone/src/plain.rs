//! Text in plain characters. A number may come from any keyboard, script or web page, with marks
//! that nobody sees.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory as Category, UnicodeGeneralCategory};

/// `text` with the digits of ASCII, one dash, dot and quote for all of their kind, a newline for
/// each line end, and without what cannot be seen. Letters are composed (NFKC) and keep their case.
pub fn plain(text: &str) -> String {
    text.nfkc().filter_map(character).collect()
}

/// None for what cannot be seen.
fn character(c: char) -> Option<char> {
    Some(match c {
        '\0' | '\u{115f}' | '\u{1160}' | '\u{fffc}' => return None,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' => '\n',
        // signs that are drawn as others
        '`' | '\u{2b9}'..='\u{2bf}' | '\u{2c8}' | '\u{2ca}' | '\u{2cb}' | '\u{2032}' | '\u{2035}' | '"' => '\'',
        '\u{2212}' | '\u{2043}' | '\u{30fc}' | '\u{2500}' | '\u{2501}' | '\u{2796}' => '-',
        '\u{b7}' | '\u{2022}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{30fb}' | '\u{3002}' | '\u{66b}' => '.',
        '\u{60c}' | '\u{3001}' | '\u{66c}' => ',',
        '\u{61b}' => ';',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{2795}' => '+',
        '\u{2502}' | '\u{2503}' | '\u{a6}' => '|',
        '!'..='~' => c,
        c => match c.general_category() {
            Category::DecimalNumber => digit(c)?,
            Category::DashPunctuation => '-',
            Category::InitialPunctuation | Category::FinalPunctuation => '\'',
            Category::LineSeparator | Category::ParagraphSeparator => '\n',
            Category::Format | Category::NonspacingMark | Category::EnclosingMark => return None,
            Category::SpaceSeparator
            | Category::Control
            | Category::OtherSymbol
            | Category::ModifierSymbol
            | Category::PrivateUse => ' ',
            _ => c,
        },
    })
}

/// A script's decimal digits are ten in a row, from zero (Unicode Standard, section 4.6).
fn digit(c: char) -> Option<char> {
    let is_digit = |code: &u32| char::from_u32(*code).is_some_and(|c| c.general_category() == Category::DecimalNumber);
    let before = (0..u32::from(c)).rev().take_while(is_digit).zip(0u32..).count();
    char::from_digit(u32::try_from(before).ok()? % 10, 10)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn digits_of_every_script_are_those_of_ascii() {
        for written in [
            "0123456789",
            "０１２３４５６７８９",
            "٠١٢٣٤٥٦٧٨٩",
            "۰۱۲۳۴۵۶۷۸۹",
            "०१२३४५६७८९",
            "๐๑๒๓๔๕๖๗๘๙",
            "០១២៣៤៥៦៧៨៩",
            "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
            "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",
            "⁰¹²³⁴⁵⁶⁷⁸⁹",
            "0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣",
        ] {
            assert_eq!(plain(written), "0123456789", "{written}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        let unseen = "\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{202a}\u{202c}\u{202d}\u{2060}\u{2066}\u{2069}\u{feff}\u{ad}\u{61c}\u{180e}\u{fe0e}\u{e0020}\0\u{3164}";
        for c in unseen.chars() {
            assert_eq!(plain(&format!("{c}09{c}04{c}")), "0904", "{:x}", u32::from(c));
        }
    }

    #[test]
    fn spaces_dashes_dots_and_quotes_of_all_kinds_are_one() {
        assert_eq!(plain("0\u{a0}9\u{2007}0\u{202f}4\u{3000}8\t5"), "0 9 0 4 8 5");
        assert_eq!(plain("0‐9‑0‒4–8—5−9﹣6－9"), "0-9-0-4-8-5-9-6-9");
        assert_eq!(plain("0·9•0∙4・8．5"), "0.9.0.4.8.5");
        assert_eq!(plain("'0’9‘0`4′8ʼ5\"9“6”9«6»＇"), "'0'9'0'4'8'5'9'6'9'6''");
        assert_eq!(plain("＋（８４）／＃"), "+(84)/#");
        assert_eq!(plain("0\r1\u{2028}2\u{85}3"), "0\n1\n2\n3");
    }

    #[test]
    fn letters_are_composed_and_stay() {
        assert_eq!(plain("ĐT: Vie\u{302}\u{323}t ℡ ☎ 📱"), "ĐT: Việt TEL    ");
    }
}
