//! Remarks beside a number that have digits of their own.

use std::sync::LazyLock;

use regex::Regex;

/// Always open: `24/7`, `24/24`, `24h/7`, behind a space or a dash.
#[expect(clippy::expect_used, reason = "the pattern is fixed, and tried by the tests")]
static HOURS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(^|[\s,;:-])24\s?h?\s?/\s?(?:7|24)\s?h?($|[\s,;:.)-])").expect("a regular expression")
});

/// The text without brackets in which digits begin a remark: `(8h-22h)`, `(2 sim)`, `(24/7)`, and
/// without those hours where nothing is around them. Digits alone in brackets are an extension or a
/// part of the number.
pub fn without_remarks(text: &str) -> String {
    let text = HOURS.replace_all(text, "$1 $2");
    let mut kept = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((before, after)) = rest.split_once('(') {
        kept.push_str(before);
        rest = match after.split_once(')').filter(|(inner, _)| is_remark(inner)) {
            Some((_, behind)) => {
                kept.push(' ');
                behind
            }
            None => {
                kept.push('(');
                after
            }
        };
    }
    kept + rest
}

/// Digits of a remark, at most: more are a number.
const MOST_IN_REMARK: usize = 6;

fn is_remark(inner: &str) -> bool {
    let digits = inner.chars().filter(char::is_ascii_digit).count();
    let begins = inner.trim_start().starts_with(|c: char| c.is_ascii_digit());
    begins && digits <= MOST_IN_REMARK && inner.contains(|c: char| c.is_alphabetic() || c == '/')
}
