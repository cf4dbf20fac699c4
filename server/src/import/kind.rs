//! What a file is by how it begins, where it is no list, whatever its name says.

use super::SheetError;

const AGAIN: &str = "Export the list again as CSV UTF-8 or XLSX";
const UNPACK: &str = "Unpack it, and import what is in it";
const OPEN: &str = "Open it in a spreadsheet, and save it as CSV UTF-8 or XLSX";

/// How files begin, what they are, and what to do about them.
const KINDS: [(&[u8], &str, &str); 19] = [
    (b"%PDF", "a PDF", AGAIN),
    (b"\x1f\x8b", "a file packed by gzip", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a", "a RAR archive", UNPACK),
    (b"BZh", "a file packed by bzip2", UNPACK),
    (b"\xfd7zXZ", "a file packed by xz", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a file packed by zstd", UNPACK),
    (b"\x89PNG", "an image", AGAIN),
    (b"\xff\xd8\xff", "an image", AGAIN),
    (b"GIF8", "an image", AGAIN),
    (b"II*\0", "an image", AGAIN),
    (b"MM\0*", "an image", AGAIN),
    (b"{\\rtf", "a text document (RTF)", AGAIN),
    (b"SQLite format 3", "a database (SQLite)", AGAIN),
    (b"BEGIN:VCARD", "contacts as vCards", AGAIN),
    // Excel's own files of before it had several sheets in one: versions 2, 3 and 4.
    (b"\x09\x00\x04\x00", "a spreadsheet of before 1993", OPEN),
    (b"\x09\x02\x06\x00", "a spreadsheet of before 1993", OPEN),
    (b"\x09\x04\x06\x00", "a spreadsheet of before 1993", OPEN),
    (b"ID;PWXL", "a spreadsheet as text (SYLK)", OPEN),
];

/// Refuses what is neither text with separators nor a spreadsheet.
///
/// # Errors
/// [`SheetError::Foreign`] says what it is.
pub fn check(beginning: &[u8]) -> Result<(), SheetError> {
    if let Some((_, found, advice)) = KINDS.iter().find(|(magic, ..)| beginning.starts_with(magic)) {
        return Err(SheetError::Foreign { found, advice });
    }
    let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).trim_ascii_start();
    let is = |tag: &str| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()));
    // Web pages are called .xls by many programs.
    if ["<html", "<!doctype", "<table", "<?xml"].into_iter().any(is) {
        return Err(SheetError::Foreign { found: "a web page or XML", advice: OPEN });
    }
    let json = text.strip_prefix(b"[").unwrap_or(text).trim_ascii_start();
    let is_json =
        json.strip_prefix(b"{").is_some_and(|rest| matches!(rest.trim_ascii_start().first(), Some(b'"' | b'}')));
    if is_json { Err(SheetError::Foreign { found: "JSON", advice: AGAIN }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_is_no_list_is_told_what_it_is() {
        for (beginning, found) in [
            (b"%PDF-1.7\n".as_slice(), "a PDF"),
            (b"\x1f\x8b\x08\0", "a file packed by gzip"),
            (b"\x89PNG\r\n\x1a\n", "an image"),
            (b"\xff\xd8\xff\xe0", "an image"),
            (b"\x09\x04\x06\x00\x00\x00", "a spreadsheet of before 1993"),
            (b"BEGIN:VCARD\r\n", "vCards"),
            (b"\xef\xbb\xbf \n<HTML><table>", "a web page"),
            (b"[\n  {\"name\": \"An\"}]", "JSON"),
        ] {
            let told = check(beginning).unwrap_err().to_string();
            assert!(told.contains(found), "{told}");
        }
        for list in
            [b"name,phones\n".as_slice(), b"", b"[name],{phones}\n", b"ID;Phone;Name\n", b"BZ,name\n", b"{name};x"]
        {
            assert!(check(list).is_ok(), "{list:?}");
        }
    }
}
