//! Rows that a quote has taken into one cell: it was opened in one row by mistake, and closed in a
//! later one by another mistake, so that nothing is wrong with the quotes.

/// Digits of a number or of a time, at least.
const DIGITS: usize = 6;

/// The cell that has rows within its quotes, if one does: each of its lines, put together with the
/// cells around it, is as wide as the header, and has digits in one of the columns of `telling`.
pub fn swallowed(cells: &[String], separator: char, width: usize, telling: &[usize]) -> Option<usize> {
    let is_row = |row: &[&str]| {
        let digits = |at: &usize| row[*at].chars().filter(char::is_ascii_digit).count();
        row.len() == width && telling.iter().filter(|at| **at < width).any(|at| digits(at) >= DIGITS)
    };
    let has_rows = |(at, cell): (usize, &String)| {
        // The first line goes on a row, also where nothing of it is in the cell.
        let lines = cell.split(['\r', '\n']).enumerate().filter(|(nth, line)| *nth == 0 || !line.is_empty());
        let mut rows: Vec<Vec<&str>> = lines.map(|(_, line)| line.split(separator).collect()).collect();
        if rows.len() < 2 {
            return false;
        }
        if let Some(first) = rows.first_mut() {
            first.splice(..0, cells[..at].iter().map(String::as_str));
        }
        if let Some(last) = rows.last_mut() {
            last.extend(cells[at + 1..].iter().map(String::as_str));
        }
        rows.iter().all(|row| is_row(row))
    };
    cells.iter().enumerate().find(|cell| has_rows(*cell)).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::swallowed;

    #[test]
    fn rows_within_a_cell_are_told_from_its_lines() {
        let found = |cells: &[&str]| {
            let cells: Vec<_> = cells.iter().map(|cell| (*cell).to_owned()).collect();
            swallowed(&cells, ',', 3, &[1])
        };
        assert_eq!(found(&["Bình,0912345603,Huế\nChi,0912345604,Vinh\nỐng 5", "0912345605", ""]), Some(0));
        assert_eq!(found(&["Bình,0912345603,\r\nỐng 5", "0912345605", "Huế"]), Some(0));
        assert_eq!(found(&["Bình", "0912345603", "5\nChi,0912345604,6"]), Some(2));
        assert_eq!(found(&["Bình", "0912345603", "\nChi,0912345604"]), None, "a short row");
        assert_eq!(found(&["Bình", "0912345603", "\nChi,0912345604", ""]), Some(2));
        for lines in [
            ["An", "0912345603", "Số 5, Lê Lợi\nHuế, VN"],
            ["An", "0912345603\n0912345604", "Huế"],
            ["An", "0912345603, Lan\n0912345604, Minh", "Huế"],
            ["An\nBình", "0912345603", "Huế"],
            ["An", "0912345603", "gọi\n\nlại, sau, 5"],
        ] {
            assert_eq!(found(&lines), None, "{lines:?}");
        }
    }
}
