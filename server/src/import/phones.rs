//! The telephone numbers of a row, and their country.

use domain::phone::E164;

use super::row::{Cell, Row};
use phone::{Found, Number, Region, find_all};

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

/// The region of a row's numbers that have no country's code: what its column for one says, or the
/// house's.
///
/// # Errors
/// Where it says something else.
pub fn region(row: &Row, house: Region) -> Result<Region, String> {
    let Some(cell) = row.filled("country") else { return Ok(house) };
    let known = || Region::of_code(cell.text);
    known()
        .ok_or_else(|| cell.expected("a country's calling code such as 84, or --map country= to leave the column out"))
}
