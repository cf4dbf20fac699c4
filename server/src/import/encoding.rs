//! From the bytes of a text file to UTF-8, while it is read.
//!
//! A byte order mark says what the text is; UTF-16 without one shows itself by its zeros. What is
//! none of these is handed on as it is, for the reader of rows to check: no other encoding is
//! guessed, as windows-1258 and windows-1252 look alike and differ in every name. Such a file is
//! read only with its encoding named.

use std::{
    io::{self, Chain, Cursor, Read},
    str::FromStr,
};

use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

/// How much of a file shows whether it is UTF-16.
const SAMPLE: usize = 4096;

/// Text in UTF-8, which may still have to be checked, without a byte order mark.
pub type Decoded<R> = DecodeReaderBytes<Chain<Cursor<Vec<u8>>, R>, Vec<u8>>;

/// An encoding of text by one of the names in the [Encoding Standard](https://encoding.spec.whatwg.org/#names-and-labels).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

/// The text names no encoding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an encoding such as utf-8, utf-16le, windows-1258 (Vietnamese) or windows-1252 (western), found {0:?}"
)]
pub struct UnknownEncoding(String);

impl FromStr for Encoding {
    type Err = UnknownEncoding;

    fn from_str(name: &str) -> Result<Self, UnknownEncoding> {
        // Spreadsheets say cp1258 for it.
        let label = name.trim().to_ascii_lowercase();
        let label = label.strip_prefix("cp").map_or_else(|| label.clone(), |page| format!("windows-{page}"));
        let known =
            [label.as_str(), name].into_iter().find_map(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
        known.map(Self).ok_or_else(|| UnknownEncoding(name.to_owned()))
    }
}

impl Encoding {
    /// Is it from before Unicode?
    pub fn is_legacy(self) -> bool {
        ![encoding_rs::UTF_8, encoding_rs::UTF_16LE, encoding_rs::UTF_16BE].contains(&self.0)
    }

    /// The standard's name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// Decodes `input`. A byte order mark is surer than `named`, and both are than what the text
/// looks like. Bytes that mean nothing in an encoding other than UTF-8 become U+FFFD.
///
/// # Errors
/// When `input` cannot be read.
pub fn decode<R: Read>(mut input: R, named: Option<Encoding>) -> io::Result<Decoded<R>> {
    let mut sample = Vec::with_capacity(SAMPLE);
    input.by_ref().take(SAMPLE as u64).read_to_end(&mut sample)?;
    // The decoder itself lets a mark of UTF-8 override only other marks.
    let encoding = match named {
        _ if sample.starts_with(b"\xef\xbb\xbf") => None,
        Some(Encoding(named)) if named == encoding_rs::UTF_8 => None,
        Some(Encoding(named)) => Some(named),
        None => utf16(&sample),
    };
    let mut builder = DecodeReaderBytesBuilder::new();
    builder.encoding(encoding).bom_override(true).strip_bom(true).utf8_passthru(true);
    Ok(builder.build(Cursor::new(sample).chain(input)))
}

/// Which UTF-16 text without a mark is, if any. Separators, digits and line ends have a zero in
/// every one; other text has none.
fn utf16(sample: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let (units, _) = sample.as_chunks::<2>();
    let zeros = |place: usize| units.iter().filter(|unit| unit[place] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let quarter = units.len().div_ceil(4).max(2);
    match (first >= quarter, second >= quarter) {
        (false, true) => Some(encoding_rs::UTF_16LE),
        (true, false) => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], named: Option<&str>) -> String {
        let mut text = String::new();
        decode(bytes, named.map(|name| name.parse().unwrap())).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn unicode_is_known_with_a_mark_and_without() {
        let names = "name,phones\r\nNguyễn Ăn,0904859696\r\n";
        for marked in [names.to_owned(), format!("\u{feff}{names}")] {
            assert_eq!(text(marked.as_bytes(), None), names);
            assert_eq!(text(&utf16(&marked, u16::to_le_bytes), None), names);
            assert_eq!(text(&utf16(&marked, u16::to_be_bytes), None), names);
        }
    }

    #[test]
    fn a_named_encoding_is_used_and_a_mark_is_surer() {
        assert_eq!(text(b"Nguy\xea\xden V\xe3n C", Some("windows-1258")), "Nguyê\u{303}n Văn C");
        assert_eq!(text(b"Nguy\xea\xden", Some("CP1258")), "Nguyê\u{303}n");
        assert_eq!(text("\u{feff}Nguyễn".as_bytes(), Some("windows-1258")), "Nguyễn");
        assert_eq!(text(&utf16("An,1", u16::to_be_bytes), Some("utf-16be")), "An,1");
        assert!("tcvn".parse::<Encoding>().unwrap_err().to_string().contains("windows-1258"));
    }

    #[test]
    fn other_bytes_are_handed_on_as_they_are() {
        let mut bytes = Vec::new();
        decode(b"Tr\xe2n".as_slice(), None).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, b"Tr\xe2n");
        assert_eq!(text(b"", None), "");
        assert_eq!(text(b"a", None), "a");
    }
}
