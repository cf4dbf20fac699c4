//! Words and zeros that stand for a number that is not told.

use crate::fold::fold;

/// Is this caller's number withheld, or not known to the network? Asterisk says `anonymous` or
/// nothing; carriers, gateways and address books have other words, zeros, or an address for it
/// (RFC 3323, section 4.1.1.3). Case, diacritics and punctuation do not matter.
pub fn is_hidden(number: &str) -> bool {
    let user = user(number);
    let word: String = fold(user).chars().filter(|c| c.is_alphanumeric()).collect();
    let says_so = || PARTS.iter().any(|part| word.contains(part)) && !word.contains(|c: char| c.is_ascii_digit());
    word.is_empty() || is_zero(user) || is_anonymous(number) || WORDS.contains(&word.as_str()) || says_so()
}

/// Zeros alone are no number; behind the dots of a masked number they are its last digits.
fn is_zero(user: &str) -> bool {
    user.chars().all(|c| matches!(c, '0' | '+' | '-' | '.' | ' ' | '"' | '\'' | '>'))
}

/// An address that says by its host that it is nobody's.
fn is_anonymous(number: &str) -> bool {
    number.split_once('@').is_some_and(|(_, host)| host.to_ascii_lowercase().starts_with("anonymous.invalid"))
}

/// The user of an address: `anonymous` of `sip:anonymous@10.0.0.1`, and of `"Sales" <anonymous>`.
fn user(number: &str) -> &str {
    let address = number.rsplit_once('<').map_or(number, |(_, address)| address);
    let rest = match address.split_once(':') {
        Some((scheme, rest)) if ["sip", "sips", "tel"].contains(&fold(scheme).trim()) => rest,
        _ => address,
    };
    let user = rest.split_once('@').map_or(rest, |(user, _)| user);
    user.split_once(';').filter(|(_, parameters)| parameters.contains('=')).map_or(user, |(user, _)| user)
}

/// Whatever has one of these in it, and no digit, is a word for none: `Private Caller`, `số bị ẩn`.
const PARTS: [&str; 24] = [
    "anonim",
    "anonym",
    "unknown",
    "unavail",
    "notavail",
    "restrict",
    "private",
    "withheld",
    "blocked",
    "hidden",
    "suppress",
    "prohibit",
    "undisclosed",
    "outofarea",
    "nonumber",
    "nocallerid",
    // Vietnamese
    "andanh",
    "riengtu",
    "khonghienthi",
    "khongxacdinh",
    "khongcoso",
    "khongroso",
    "sobian",
    "giauso",
];

/// These are words for none where nothing else is said.
const WORDS: [&str; 49] = [
    // Asterisk's own name for a caller of whom nothing is known, and the letters of CLIP: private, out of area.
    "asterisk",
    "p",
    "o",
    // exports and gateways
    "na",
    "nan",
    "nil",
    "none",
    "null",
    "undefined",
    "blank",
    "empty",
    "noid",
    "nocid",
    "nocli",
    "clir",
    "secret",
    "confidential",
    "unlisted",
    "unidentified",
    "incognito",
    "asserted",
    // Vietnamese
    "soan",
    "anso",
    "somayan",
    "sodienthoaian",
    "sdtan",
    "sorieng",
    "bimat",
    "sobimat",
    "bichan",
    "sobichan",
    "khongro",
    "khongbiet",
    "khongco",
    "nacdanh",
    "vodanh",
    "khongcoidnguoigoi",
    // the neighbours', and the words of switches that are set up in them
    "unbekannt",
    "privat",
    "inconnu",
    "masque",
    "desconocido",
    "oculto",
    "privado",
    "匿名",
    "未知",
    "未知号码",
    "非通知",
    "발신번호표시제한",
];

#[cfg(test)]
mod tests {
    use super::is_hidden;

    #[test]
    fn words_for_no_number_are_known_in_any_case() {
        for word in [
            "",
            " ",
            "anonymous",
            "Anonymous",
            "ANONYMOUS",
            "Restricted",
            "Unavailable",
            "Unknown",
            "<unknown>",
            "Private",
            "private number",
            "Private Caller",
            "WITHHELD",
            "Number Withheld",
            "Blocked",
            "Caller ID blocked",
            "No Number",
            "No Caller ID",
            "nocallerid",
            "Not available",
            "N/A",
            "Out of area",
            "P",
            "asterisk",
            "\"\"",
            "\"\" <>",
            "\"Anonymous\" <anonymous>",
            "-",
            "?",
            "***",
            "unbekannt",
            "Inconnu",
            "非通知",
        ] {
            assert!(is_hidden(word), "{word:?}");
        }
    }

    #[test]
    fn vietnamese_words_for_no_number_are_known_with_diacritics_or_without() {
        for word in [
            "số ẩn",
            "SỐ ẨN",
            "so an",
            "Ẩn số",
            "a\u{309}n danh",
            "Cuộc gọi ẩn danh",
            "riêng tư",
            "Số riêng tư",
            "Không hiển thị số",
            "không xác định",
            "Không có ID người gọi",
            "giấu số",
            "số bị ẩn",
        ] {
            assert!(is_hidden(word), "{word:?}");
        }
    }

    #[test]
    fn zeros_and_addresses_for_nobody_are_no_number() {
        for number in [
            "0",
            "00000000",
            "+0",
            "+0000000000",
            "000-000-0000",
            "\"0\"",
            "sip:anonymous@anonymous.invalid",
            "anonymous@anonymous.invalid",
            "sip:Restricted@10.0.0.1:5060;user=phone",
            "\"An\" <sips:unknown@x.vn>",
            "sip:+84904859696@anonymous.invalid",
            "sip:@10.0.0.1",
            "tel:anonymous",
            "anonymous;verstat=No-TN-Validation",
        ] {
            assert!(is_hidden(number), "{number:?}");
        }
    }

    #[test]
    fn numbers_extensions_and_names_are_told() {
        for number in [
            "0904859696",
            "+84904859696",
            "1000",
            "113",
            "x",
            "An",
            "lan.anh",
            "0904859696 (private)",
            "00847",
            "n/a; 0904859696",
            ";0904859696",
            "sip:0904859696@10.0.0.1",
            "•••••••••000",
            "\"Anonymous\" <0904859696>",
            "reception",
        ] {
            assert!(!is_hidden(number), "{number:?}");
        }
    }
}
