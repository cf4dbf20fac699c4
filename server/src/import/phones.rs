//! The telephone numbers of a row.

use domain::phone::E164;

use super::row::Cell;
use crate::phone::{Found, Number, Region, find_all};

/// The numbers in these cells, each once and with the text that it was written as, extension
/// included; and what is wrong with the rest.
pub fn phones<'a>(cells: impl IntoIterator<Item = Cell<'a>>, region: Region) -> (Vec<(E164, String)>, Vec<String>) {
    let (mut numbers, mut wrong): (Vec<(E164, String)>, Vec<String>) = Default::default();
    for cell in cells {
        let Found { numbers: found, unread } = find_all(cell.text, region);
        for Number { e164, extension, written } in found {
            let written = match extension {
                Some(extension) if !written.contains(&extension) => format!("{written} ext. {extension}"),
                _ => written,
            };
            if numbers.iter().all(|(known, _)| *known != e164) {
                numbers.push((e164, written));
            }
        }
        let unread = unread.iter().map(|part| Cell { text: &part.written, ..cell }.expected(&part.why.to_string()));
        wrong.extend(unread);
    }
    (numbers, wrong)
}
