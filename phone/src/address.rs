//! Addresses of telephony: `tel:` (RFC 3966) and `sip:` (RFC 3261). What stays of one is the
//! number, and its extension in words.

use std::{borrow::Cow, sync::LazyLock};

use regex::{Captures, Regex};

/// `%2B84904859696`: characters of ASCII that were escaped.
static ESCAPED: LazyLock<Regex> = LazyLock::new(|| compiled("%([2-7][0-9a-fA-F])"));
/// The host behind a user. It may be made of digits.
static HOST: LazyLock<Regex> = LazyLock::new(|| {
    compiled(r"(?i)@(?:\[[0-9a-f:.]+\]|\d{1,3}(?:\.\d{1,3}){3}|[a-z0-9-]*[a-z][a-z0-9._-]*)(?::\d{1,5}\b)?")
});
/// A parameter, which may have digits. Any other text behind a semicolon stands for itself.
static PARAMETER: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?ix) ;\s* (
            ext | postd | phone-context | isub | npdi | rn | cic | cpc | oli | isup-oli | tgrp | trunk-context | otg | dtg |
            verstat | user | transport | method | ttl | maddr | lr | ob | tag | cause | line | rinstance | gr | comp
          )\b (?: = ([^;,\s|<>'@]*) )?",
    )
});
/// Text that a link is to send.
static QUERY: LazyLock<Regex> = LazyLock::new(|| compiled(r"(?i)[?&](?:text|body|subject)=\S*"));

#[expect(clippy::expect_used, reason = "the patterns are fixed, and every test of an address compiles them")]
fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a regular expression")
}

/// The text with its addresses reduced to their numbers: `sip:+84904859696@10.0.0.1;user=phone`
/// becomes `sip:+84904859696`, and `;ext=12` becomes ` ext 12`.
pub fn spelled_out(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '@', ';', '?']) {
        return text.into();
    }
    let text = QUERY.replace_all(text, " ");
    let text = ESCAPED.replace_all(&text, unescaped);
    let text = HOST.replace_all(&text, "");
    let context = PARAMETER.captures_iter(&text).find(|found| found[1].eq_ignore_ascii_case("phone-context"));
    let country = context.and_then(|found| Some(found.get(2)?.as_str().to_owned())).filter(|it| it.starts_with('+'));
    let text =
        PARAMETER.replace_all(&text, |found: &Captures| match (found[1].to_ascii_lowercase().as_str(), found.get(2)) {
            ("ext" | "postd", Some(extension)) => format!(" ext {}", extension.as_str()),
            // No parameter: what people write behind a semicolon.
            ("ext" | "postd", None) => found[0].to_owned(),
            _ => String::new(),
        });
    match (country, text.find(|c: char| c.is_ascii_digit() || c == '+')) {
        // RFC 3966, section 5.1.5: what the number is local to.
        (Some(country), Some(at)) if !text[at..].starts_with('+') => format!("{country} {}", &text[at..]).into(),
        _ => text.into_owned().into(),
    }
}

fn unescaped(found: &Captures) -> String {
    u8::from_str_radix(&found[1], 16).map_or_else(|_| found[0].to_owned(), |byte| char::from(byte).to_string())
}

#[cfg(test)]
mod tests {
    use super::spelled_out;

    #[test]
    fn an_address_is_its_number_and_its_extension() {
        for (address, number) in [
            ("tel:+84-90-485-9696;ext=12", "tel:+84-90-485-9696 ext 12"),
            ("tel:%2B84904859696", "tel:+84904859696"),
            ("tel:904859696;phone-context=+84", "+84 904859696"),
            ("tel:+84904859696;phone-context=example.com", "tel:+84904859696"),
            ("sip:+84904859696@10.0.0.1:5060;user=phone", "sip:+84904859696"),
            ("<sips:0904859696@[2001:db8::1]:5061;transport=tls>", "<sips:0904859696>"),
            ("sip:+84904859696;npdi;rn=+84912345603@x.vn", "sip:+84904859696"),
            ("0904859696;verstat=TN-Validation-Passed", "0904859696"),
            ("0904859696@trunk-2.voip24h.vn", "0904859696"),
            ("https://wa.me/84904859696?text=10%20km", "https://wa.me/84904859696 "),
            ("0904859696; 0912345603", "0904859696; 0912345603"),
            ("0904859696;user An", "0904859696 An"),
            ("0904859696;ext 12", "0904859696;ext 12"),
            ("@0904859696", "@0904859696"),
        ] {
            assert_eq!(spelled_out(address), number, "{address}");
        }
    }
}
