//! What divan printed of the fold.

use serde::Serialize;

use crate::Outcome;

/// A step of the fold, in the median of its runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoldRow {
    pub name: String,
    /// As divan says it: `843.3 Kitem/s`.
    pub per_second: String,
    pub allocations_per_event: f64,
}

/// Every benchmark has a line with its name and times, one with its speed, and groups of lines
/// about its allocations. Columns are parted by `│`, and the third one is the median.
pub(super) fn read(printed: &str, events: usize) -> Outcome<Vec<FoldRow>> {
    let mut rows = Vec::new();
    let mut lines = printed.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("├─ ").or_else(|| line.strip_prefix("╰─ ")) else { continue };
        let name = name.split_whitespace().next().unwrap_or_default();
        let per_second = lines.next().and_then(median).ok_or("divan printed no speed")?;
        lines
            .find(|line| line.contains(" alloc:") && !line.contains("max alloc:"))
            .ok_or("divan printed no allocations")?;
        let allocations: f64 = lines.next().and_then(median).ok_or("divan printed no allocations")?.parse()?;
        rows.push(FoldRow {
            name: name.to_owned(),
            per_second: per_second.to_owned(),
            allocations_per_event: allocations / events as f64,
        });
    }
    if rows.is_empty() { Err("divan printed no benchmark".into()) } else { Ok(rows) }
}

fn median(line: &str) -> Option<&str> {
    // The tree's own bar stands before the first column of all but the last benchmark.
    line.trim_start_matches('│').split('│').nth(2).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "\
fold                fastest       │ slowest       │ median        │ mean          │ samples │ iters
├─ fold             120.9 µs      │ 409.6 µs      │ 125.3 µs      │ 135.2 µs      │ 100     │ 100
│                   843.3 Kitem/s │ 248.9 Kitem/s │ 813.5 Kitem/s │ 753.9 Kitem/s │         │
│                   max alloc:    │               │               │               │         │
│                     392         │ 392           │ 392           │ 392           │         │
│                   alloc:        │               │               │               │         │
│                     3218        │ 3218          │ 3200          │ 3218          │         │
╰─ parse            223 µs        │ 472.1 µs      │ 225.4 µs      │ 231.9 µs      │ 100     │ 100
                    457.2 Kitem/s │ 216 Kitem/s   │ 452.4 Kitem/s │ 439.7 Kitem/s │         │
                    alloc:        │               │               │               │         │
                      2048        │ 2048          │ 2048          │ 2048          │         │
";

    #[test]
    fn divan_s_medians_are_read() {
        let row = |name: &str, per_second: &str, allocations_per_event| FoldRow {
            name: name.to_owned(),
            per_second: per_second.to_owned(),
            allocations_per_event,
        };
        let rows = read(PRINTED, 100).unwrap();
        assert_eq!(rows, [row("fold", "813.5 Kitem/s", 32.0), row("parse", "452.4 Kitem/s", 20.48)]);
        assert!(read("nothing", 100).is_err());
    }
}
