//! How long to wait between attempts that fail.

use std::time::Duration;

/// The last wait repeats.
const WAITS: [Duration; 5] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// How long to wait after so many failures before this one.
pub(super) fn backoff(failures: usize) -> Duration {
    WAITS[failures.min(WAITS.len() - 1)]
}
