//! The tables.

use std::fmt::Write;

use super::FoldRow;
use crate::{
    measure::Measured,
    parts::{FrameRow, LookupRow, Scale},
};

/// Writing into a string cannot fail.
macro_rules! row {
    ($table:ident, $($argument:tt)*) => {{
        let _ = writeln!($table, $($argument)*);
    }};
}

pub(super) fn frames(rows: &[FrameRow]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table = String::from(
        "### Event to frame\n\n\
         | calls at once | system | p50 ms | p99 ms | worst ms | ring p50 ms | ring p99 ms | CPU ms a call | ARI requests a call | frames a call and client | KB a call and client |\n\
         |--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for FrameRow { system, at_once, measured } in rows {
        let Measured { all, ring, cpu_ms_per_call, ari_requests_per_call, frames, bytes, .. } = measured;
        row!(
            table,
            "| {at_once} | {} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {cpu_ms_per_call:.2} | {ari_requests_per_call:.1} | {frames:.1} | {:.1} |",
            system.name(),
            all.p50,
            all.p99,
            all.worst,
            ring.p50,
            ring.p99,
            bytes / 1024.0
        );
    }
    let missed: usize = rows.iter().map(|row| row.measured.missed).sum();
    let samples: usize = rows.iter().map(|row| row.measured.all.samples).sum();
    row!(table, "\nOf {} moments, {missed} never came to a desk.", samples + missed);
    table
}

pub(super) fn scale(scale: &Scale) -> String {
    let mut table = String::from(
        "### How many\n\n\
         | clients | KB each | idle CPU ms a second | CPU ms a call | p50 ms | p99 ms |\n\
         |--:|--:|--:|--:|--:|--:|\n",
    );
    for row in &scale.clients {
        row!(
            table,
            "| {} | {:.1} | {:.1} | {:.2} | {:.2} | {:.2} |",
            row.clients,
            row.bytes_per_client / 1024.0,
            row.idle_cpu,
            row.cpu_ms_per_call,
            row.measured.all.p50,
            row.measured.all.p99
        );
    }
    table.push_str(
        "\n| calls at once | calls a second | p50 ms | p99 ms | worst ms | CPU ms a call |\n\
         |--:|--:|--:|--:|--:|--:|\n",
    );
    for row in &scale.loads {
        row!(
            table,
            "| {} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} |",
            row.at_once,
            row.calls_per_second,
            row.measured.all.p50,
            row.measured.all.p99,
            row.measured.all.worst,
            row.measured.cpu_ms_per_call
        );
    }
    table
}

pub(super) fn fold(rows: &[FoldRow]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table = String::from(
        "### The fold\n\n\
         | step | events a second | allocations an event |\n\
         |---|--:|--:|\n",
    );
    for row in rows {
        row!(table, "| {} | {} | {:.1} |", row.name, row.per_second, row.allocations_per_event);
    }
    table
}

pub(super) fn lookup(row: &LookupRow) -> String {
    format!(
        "### The lookup\n\n\
         | customers | bookings | p50 ms | p99 ms | worst ms |\n\
         |--:|--:|--:|--:|--:|\n\
         | {} | {} | {:.3} | {:.3} | {:.3} |\n",
        row.customers, row.bookings, row.spread.p50, row.spread.p99, row.spread.worst
    )
}
