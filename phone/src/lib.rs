//! From what a PBX or a person wrote to [`E164`]. Numbers are parsed here, once, when they come
//! in; everywhere else the type is the proof.
//!
//! - [`mod@plain`]: characters, whatever script, keyboard or web page they come from
//! - [`mod@address`]: `tel:` and `sip:` addresses
//! - [`mod@spreadsheet`]: what spreadsheets make of numbers
//! - [`mod@cell`]: the numbers of a text, with words beside them and extensions after them
//! - [`mod@words`]: what words beside a number mean
//! - [`mod@remarks`]: remarks with digits of their own
//! - [`mod@run`]: digits and marks, and how many numbers they are
//! - [`mod@plan`]: digits, as they are dialled in a region
//! - [`mod@vietnam`]: the numbering plan of Vietnam, and how it was before

mod address;
mod cell;
mod plain;
mod plan;
mod remarks;
mod run;
mod spreadsheet;
#[cfg(test)]
mod tests;
mod vietnam;
mod words;

use std::fmt;

use domain::phone::{E164, is_hidden};
use phonenumber::country;

/// The region whose national numbers are read as they are dialled there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region(country::Id);

impl Region {
    pub const VIETNAM: Self = Self(country::Id::VN);

    /// The region's calling code: `84` for Vietnam.
    fn calling_code(self) -> Option<u16> {
        phonenumber::metadata::DATABASE.by_id(self.0.as_ref()).map(|metadata| metadata.country_code())
    }

    /// The region that a calling code (`66`, `+66`, `0066`, `TH (+66)`) or two letters stand for; of
    /// several with one code any.
    pub fn of_code(text: &str) -> Option<Self> {
        let text = plain::plain(text);
        let text = text.trim().trim_end_matches(".0");
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.is_empty() {
            return text.trim_start_matches('\'').to_uppercase().parse().ok();
        }
        let code = digits.trim_start_matches('0').parse().ok()?;
        let regions = phonenumber::metadata::DATABASE.region(&code)?;
        regions.into_iter().find_map(|region| region.parse().ok())
    }
}

/// The text is not a region's two letters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the two letters of a region, such as VN, found {0:?}")]
pub struct UnknownRegion(String);

impl std::str::FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(text: &str) -> Result<Self, UnknownRegion> {
        let region = text.parse().map(Self).map_err(|_| UnknownRegion(text.to_owned()))?;
        region.calling_code().map(|_| region).ok_or_else(|| UnknownRegion(text.to_owned()))
    }
}

/// The numbers of a text, in its order, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub numbers: Vec<Number>,
    /// What was meant for a number and is none.
    pub unread: Vec<Unread>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    pub e164: E164,
    /// What is dialled after the answer. It is no part of the number.
    pub extension: Option<String>,
    /// The part of the text that says this number; all of it, where no other does.
    pub written: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub written: String,
    pub why: Problem,
}

/// Why a text is no number. Its words say what was expected: `expected {problem}, found {text}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There are no digits in it.
    NoDigits,
    /// Too few digits, as of an extension or of the end of a number.
    Incomplete,
    /// More digits than a number has, and they are not several numbers.
    TooLong,
    /// No such number is in use.
    NotInUse,
    /// Letters stand where digits do.
    Letters,
    /// A spreadsheet keeps the first digits only: `8.49E+10`.
    Rounded,
    /// A spreadsheet has an error for it, or shows it in too narrow a column: `#N/A`, `#####`.
    Failed,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoDigits => "a telephone number",
            Self::Incomplete => "a whole telephone number with its area code",
            Self::TooLong => "a telephone number, or several with ; between them",
            Self::NotInUse => "a telephone number that is in use, with + and the country's code if it is abroad",
            Self::Letters => "a telephone number without letters among its digits",
            Self::Rounded => {
                "all digits of a telephone number, where a spreadsheet has kept the first ones only (make the column \
                 text before the numbers are put in, and export again)"
            }
            Self::Failed => {
                "a telephone number, where the spreadsheet has an error or too narrow a column (mend the cell, and \
                 export again)"
            }
        })
    }
}

/// Reads the tables of the world's numbers, which take a tenth of a second: the first call does
/// not have to wait for them then.
pub fn prepare(region: Region) {
    let _ = region.calling_code();
}

/// The number that `raw` means when it is written or dialled in `region`; none where it is no
/// valid number, several, or one that is [hidden](is_hidden). `+84…`, `0084…`,
/// `84…`, `084…`, `+0…` and `0…` are the same number, punctuation and words beside it do not
/// matter, and numbers that Vietnam has changed since 2017 become those of today.
pub fn parse(raw: &str, region: Region) -> Option<E164> {
    if is_hidden(raw) {
        return None;
    }
    let Found { mut numbers, unread } = find_all(raw, region);
    numbers.dedup_by(|number, before| number.e164 == before.e164);
    let number = numbers.pop().filter(|_| numbers.is_empty() && unread.is_empty())?;
    Some(number.e164)
}

/// The numbers of a cell that may hold several, read as [`parse`] reads one. Between two of them
/// are a separator, a line end or a word, and each is written in full, but for the area code of
/// another landline: what is only the end of a number is told, and never completed.
pub fn find_all(cell: &str, region: Region) -> Found {
    cell::read(cell, region)
}
