//! The telephone numbers of a row.

use domain::phone::E164;

use super::row::Cell;
use crate::phone::{Region, parse};

/// The numbers in these cells, each once and with the text that it was written as; and what is
/// wrong with the rest.
pub fn phones<'a>(cells: impl IntoIterator<Item = Cell<'a>>, region: Region) -> (Vec<(E164, String)>, Vec<String>) {
    let (mut found, mut wrong): (Vec<(E164, String)>, Vec<String>) = Default::default();
    for cell in cells {
        for written in cell.text.split([';', '|']).map(str::trim).filter(|written| !written.is_empty()) {
            match parse(written, region) {
                Some(number) if found.iter().any(|(known, _)| *known == number) => {}
                Some(number) => found.push((number, written.to_owned())),
                None => wrong.push(Cell { text: written, ..cell }.expected("a telephone number")),
            }
        }
    }
    (found, wrong)
}
