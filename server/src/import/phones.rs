//! The telephone numbers of a row.

use domain::phone::E164;

use super::row::Cell;
use crate::phone::{Region, find_all};

/// The numbers in these cells, each once and with the text that it was written as; and what is
/// wrong with the rest.
pub fn phones<'a>(cells: impl IntoIterator<Item = Cell<'a>>, region: Region) -> (Vec<(E164, String)>, Vec<String>) {
    let (mut found, mut wrong): (Vec<(E164, String)>, Vec<String>) = Default::default();
    for cell in cells {
        let read = find_all(cell.text, region);
        for number in read.numbers {
            if found.iter().all(|(known, _)| *known != number.e164) {
                found.push((number.e164, number.written));
            }
        }
        let expected = |text: &str, what: &str| Cell { text, ..cell }.expected(what);
        wrong.extend(read.unread.iter().map(|unread| expected(&unread.written, &unread.why.to_string())));
    }
    (found, wrong)
}
