//! What spreadsheets make of numbers.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;

/// `8.4904859696E+10`, `8,49E+10`.
#[expect(clippy::expect_used, reason = "the pattern is fixed, and tried by the tests")]
static SCIENTIFIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s'=:(])[+-]?(\d)(?:[.,](\d*))? ?[eE]\+?(\d{1,3})(?:$|[\s'):/,&])")
        .expect("a regular expression")
});

/// Is it an error, or a column's width of hashes?
pub fn is_failed(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\'' | '='));
    let is_error = || {
        let error = text
            .strip_prefix('#')
            .and_then(|rest| rest.strip_suffix(['!', '?']).or(rest.strip_suffix("N/A").map(|_| "NA")));
        error.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'/' | b'0')))
    };
    is_error() || (text.len() > 1 && text.bytes().all(|byte| byte == b'#'))
}

/// The text with its numbers in full where they are in scientific notation; none where digits of
/// one are gone.
pub fn in_full(text: &str) -> Option<Cow<'_, str>> {
    let Some(found) = SCIENTIFIC.captures(text) else { return Some(text.into()) };
    let fraction = found.get(2).map_or("", |fraction| fraction.as_str());
    let exponent: usize = found[3].parse().ok()?;
    // Zeros at the end are not written, so that fewer digits than the exponent may be rounded ones.
    let (whole, rest) = fraction.split_at_checked(exponent)?;
    if rest.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let digits = format!("{}{whole}", &found[1]);
    Some(SCIENTIFIC.replace(text, format!(" {digits} ")).into_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scientific_notation_is_read_where_it_has_all_digits() {
        for (text, number) in [
            ("8.4904859696E+10", " 84904859696 "),
            ("8,4904859696E+10", " 84904859696 "),
            ("9.04859696E8", " 904859696 "),
            ("9.0485969600E+08", " 904859696 "),
            ("0904859696", "0904859696"),
            ("Lan E2", "Lan E2"),
        ] {
            assert_eq!(in_full(text).as_deref(), Some(number), "{text}");
        }
    }

    #[test]
    fn scientific_notation_without_all_digits_is_told() {
        for text in [
            "8.49E+10",
            "8,49E+10",
            "8.490486E+10",
            "8E+10",
            "8.49e+10",
            "'8.49E+10",
            "An: 8.49E+10",
            "9.048596965E+08",
            "9.05E+008",
            "9.05 E+08",
        ] {
            assert_eq!(in_full(text), None, "{text}");
        }
    }

    #[test]
    fn errors_and_narrow_columns_are_known() {
        for text in ["#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "########", "##"] {
            assert!(is_failed(text), "{text}");
        }
        for text in ["#12", "#", "", "N/A!", "0904859696"] {
            assert!(!is_failed(text), "{text}");
        }
    }
}
