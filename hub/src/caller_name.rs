//! A caller's name as the dialplan sets it: what a queue or an inbound route has put before it is
//! kept apart. FreePBX puts its "CID name prefix" there as it is typed, so that a colon is all that
//! tells it from the name; and not every colon does.

use domain::fold::fold;

/// Longer texts are no prefix: they would not fit on a telephone's display beside a name.
const LONGEST: usize = 20;
/// Digits of a queue or a room, at most. More may be a number that is not everybody's to see.
const MOST_DIGITS: usize = 5;
const SCHEMES: [&str; 9] = ["sip", "sips", "tel", "callto", "http", "https", "ftp", "mailto", "xmpp"];
/// A company's colon is before its department.
const COMPANY: [&str; 10] = ["cty", "tnhh", "dntn", "llc", "ltd", "inc", "corp", "gmbh", "jsc", "company"];

/// The prefixes before a name, and the name: `Queue: Sales: An` is the prefix `Queue: Sales` and
/// the name `An`. Times, addresses, companies and smileys have a colon and no prefix; of a SIP
/// address its user is the name.
pub fn split(name: &str) -> (Option<String>, String) {
    let name = name.trim().trim_matches('"').trim();
    if let Some(user) = user(name) {
        return (None, user.to_owned());
    }
    let (mut prefix, mut rest) = ("", name);
    while let Some((before, after)) = rest.split_once([':', '：']).filter(|(before, after)| is_prefix(before, after)) {
        prefix = &name[..name.len() - rest.len() + before.len()];
        rest = after;
    }
    ((!prefix.is_empty()).then(|| prefix.trim().to_owned()), rest.trim().to_owned())
}

fn is_prefix(before: &str, after: &str) -> bool {
    let digits = before.chars().filter(char::is_ascii_digit).count();
    let is_short = before.trim().chars().count() <= LONGEST && digits <= MOST_DIGITS;
    let is_time = before.ends_with(|c: char| c.is_ascii_digit()) && after.starts_with(|c: char| c.is_ascii_digit());
    let is_smiley = before.ends_with(char::is_whitespace) && !after.starts_with(char::is_whitespace);
    let is_path = after.starts_with([':', '/', '\\']);
    let is_name = matches!(after.chars().filter(|c| c.is_alphanumeric()).take(2).count(), 2) || after.trim().is_empty();
    let folded = fold(before);
    let is_company = || folded.contains("cong ty") || folded.split_whitespace().any(|word| COMPANY.contains(&word));
    before.contains(char::is_alphanumeric)
        && is_short
        && is_name
        && !(is_time || is_smiley || is_path)
        && !SCHEMES.contains(&folded.trim())
        && !is_company()
}

/// Whom an address is for: `+84904859696` of `sip:+84904859696@10.0.0.1`.
fn user(name: &str) -> Option<&str> {
    let address = name.trim_start_matches('<');
    let (scheme, rest) = address.split_once(':')?;
    let is_telephony = ["sip", "sips", "tel"].contains(&fold(scheme).as_str());
    let user = rest.split(['@', ';', '>', '?']).next()?;
    (is_telephony && !user.is_empty() && !user.contains(char::is_whitespace)).then_some(user)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_prefix_is_kept_apart_from_the_name() {
        for (text, prefix, name) in [
            ("Sales: An", "Sales", "An"),
            ("Sales:An", "Sales", "An"),
            ("Đặt bàn: Nguyễn Văn An", "Đặt bàn", "Nguyễn Văn An"),
            ("Queue: Sales: An", "Queue: Sales", "An"),
            ("Q600:Sales:An", "Q600:Sales", "An"),
            ("600: An", "600", "An"),
            ("VIP:0904859696", "VIP", "0904859696"),
            ("Sales: +84904859696", "Sales", "+84904859696"),
            ("Sales：An", "Sales", "An"),
            ("Sales:", "Sales", ""),
            ("\"Sales: An\"", "Sales", "An"),
            ("Hẹn: 10:30", "Hẹn", "10:30"),
            ("Web: https://x.example/a", "Web", "https://x.example/a"),
            ("Sales: Cty TNHH ABC: Kế toán", "Sales", "Cty TNHH ABC: Kế toán"),
        ] {
            assert_eq!(split(text), (Some(prefix.to_owned()), name.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_colon_that_is_no_prefixs_stays_in_the_name() {
        for name in [
            "",
            "Nguyễn Văn An",
            ": An",
            "10:30 hẹn",
            "hẹn 10:30",
            "CTY TNHH ABC: Phòng Kế toán",
            "Công ty ABC: Phòng Kế toán",
            "ABC Co Ltd: Accounts",
            "http://x.example",
            "https://x.example/a:b",
            "mailto:an@x.example",
            "An :)",
            "An:D",
            "An :v hihi",
            ":smile: An",
            "fe80::1",
            "C:\\An",
            "0904859696: An",
            "Nhà hàng Sen Hồ Tây chi nhánh hai: An",
        ] {
            assert_eq!(split(name), (None, name.to_owned()));
        }
        assert_eq!(split(" An "), (None, "An".to_owned()));
    }

    #[test]
    fn an_address_is_whom_it_is_for() {
        for address in [
            "sip:+84904859696@10.0.0.1",
            "SIPS:+84904859696@x.example:5061;transport=tls",
            "<sip:+84904859696@x>",
            "tel:+84904859696",
        ] {
            assert_eq!(split(address), (None, "+84904859696".to_owned()), "{address}");
        }
    }
}
