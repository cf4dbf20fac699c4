//! Text as the database compares it: SQLite's LIKE folds ASCII only.

pub use domain::fold::fold;

/// `text` as a pattern of LIKE that finds it anywhere; `\` escapes.
pub fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in fold(text.trim()).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_itself() {
        assert_eq!(pattern(" 50%_a\\ "), "%50\\%\\_a\\\\%");
    }
}
