//! A run of digits and marks without a word between: one number in groups, or several.

use std::ops::Range;

use domain::phone::E164;

use super::{Problem, Region, plan};

/// Digits without a mark between.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    pub digits: &'a str,
    /// What stands between the digits or the word before, and these.
    pub marks: &'a str,
    /// Where the digits are in the text.
    pub at: Range<usize>,
}

/// A part of a run, and what it is.
#[derive(Clone, Debug)]
pub struct Piece {
    pub is: Result<Whole, Problem>,
    pub at: Range<usize>,
    pub digits: usize,
    /// It belongs to words beside it and is not meant for a number.
    pub is_remark: bool,
}

impl Piece {
    /// Is it no longer than numbers in remarks are: `(phòng 302)`?
    pub fn is_short(&self) -> bool {
        self.is.is_err() && self.digits <= LONGEST_REMARK
    }

    pub fn is_wrong(&self, why: Problem) -> bool {
        self.is.as_ref().is_err_and(|known| *known == why)
    }
}

#[derive(Clone, Debug)]
pub struct Whole {
    pub number: E164,
    pub extension: Option<String>,
}

/// No extension has more digits.
pub const LONGEST_EXTENSION: usize = 7;
/// No number has more groups.
const MOST_GROUPS: usize = 12;
/// Longer runs are not cut into numbers.
const LONGEST_RUN: usize = 60;
const LONGEST_REMARK: usize = 4;
/// Digits of a spreadsheet's number, at least, and of a number without an area code, at most.
const SHORT: usize = 7;
const MOST_DIGITS: usize = 17;

/// The numbers of a run, in order, and what of it is none; `after` is what stands behind it.
pub fn read(groups: &[Group], after: &str, region: Region) -> Vec<Piece> {
    let groups = without_decimals(groups);
    let groups = without_list_numbers(&groups);
    let parts: Vec<_> = groups.chunk_by(|_, next| !is_separated(next)).collect();
    let after = |part: usize| parts.get(part + 1).map_or(after, |next| next[0].marks);
    let first_is_whole = || one(parts[0], after(0), region).is_some();
    if (parts.len() == 1 || !first_is_whole())
        && let Some(pieces) = all(&groups, after(parts.len()), region)
    {
        return pieces;
    }
    let each =
        |(index, part): (usize, &&[Group])| all(part, after(index), region).unwrap_or_else(|| vec![unread(part)]);
    let pieces: Vec<_> = parts.iter().enumerate().flat_map(each).collect();
    if pieces.iter().any(|piece| piece.is.is_ok()) {
        return pieces;
    }
    without_end(&groups, region).unwrap_or_else(|| vec![unread(&groups)])
}

/// The numbers before a last group that is none: the end of another behind a dash (`…696-697`) or
/// another without its area code, which is told, or decimals (`904,859,696.00`), which are not.
fn without_end(groups: &[Group], region: Region) -> Option<Vec<Piece>> {
    let (last, rest) = groups.split_last()?;
    let end = unread(std::slice::from_ref(last));
    let end = match last.marks {
        "." | "," if is_zero(last) => None,
        marks if marks.contains('-') && (end.is_short() || last.digits.len() >= SHORT) => Some(end),
        _ => return None,
    };
    Some(all(rest, last.marks, region)?.into_iter().chain(end).collect())
}

fn is_zero(group: &Group) -> bool {
    group.digits.bytes().all(|digit| digit == b'0')
}

/// Does a run begin with a whole number?
pub fn begins_with_number(groups: &[Group], region: Region) -> bool {
    (1..=groups.len().min(MOST_GROUPS)).any(|end| number(&groups[..end], region).is_some())
}

/// The whole run as what is wrong with it.
pub fn wrong(groups: &[Group], why: Problem) -> Piece {
    let digits = groups.iter().map(|group| group.digits.len()).sum();
    Piece { is: Err(why), at: span(groups), digits, is_remark: false }
}

fn unread(groups: &[Group]) -> Piece {
    let piece = wrong(groups, Problem::NotInUse);
    let why = match piece.digits {
        digits if digits <= SHORT => Problem::Incomplete,
        digits if digits <= MOST_DIGITS => Problem::NotInUse,
        _ => Problem::TooLong,
    };
    Piece { is: Err(why), ..piece }
}

/// All groups, as one number or as several.
fn all(groups: &[Group], after: &str, region: Region) -> Option<Vec<Piece>> {
    let one = one(groups, after, region).map(|piece| vec![piece]);
    let several = |as_dialled| several(groups, after, region, as_dialled);
    one.or_else(|| several(false)).or_else(|| several(true))
}

/// All groups as one number, of which the last is the extension where it is marked as one.
fn one(groups: &[Group], after: &str, region: Region) -> Option<Piece> {
    let marked = || {
        let (last, rest) = groups.split_last()?;
        if !is_extension(last, after) && !is_key(last, rest) {
            return None;
        }
        Some((number(rest, region)?, Some(last.digits.to_owned())))
    };
    let (number, extension) = marked().or_else(|| Some((number(groups, region)?, None)))?;
    Some(Piece { is: Ok(Whole { number, extension }), ..unread(groups) })
}

fn number(groups: &[Group], region: Region) -> Option<E164> {
    // Before a plus may be the zeros of a form that puts them before everything.
    let plus = groups.iter().rposition(|group| group.marks.contains('+'));
    let (before, groups) = groups.split_at(plus.unwrap_or(0));
    let digits: Vec<_> = groups.iter().map(|group| group.digits).collect();
    if before.iter().all(is_zero) { plan::number(plus.is_some(), &digits, region) } else { None }
}

/// All groups as two numbers or more, if there is only one way to cut them; `as_dialled` takes only
/// those that begin with a zero or a plus.
fn several(groups: &[Group], after: &str, region: Region, as_dialled: bool) -> Option<Vec<Piece>> {
    let count = groups.len();
    if !(2..=LONGEST_RUN).contains(&count) {
        return None;
    }
    let begins = |group: &Group| !as_dialled || group.digits.starts_with('0') || group.marks.contains('+');
    // By the group that they begin with: one way to cut the rest of the run, or two of more.
    let mut ways: Vec<Vec<Vec<Piece>>> = vec![Vec::new(); count];
    ways.push(vec![Vec::new()]);
    for start in (0..count).rev().filter(|start| begins(&groups[*start])) {
        let mut found = Vec::new();
        for end in (start + 1)..=count.min(start + MOST_GROUPS) {
            if ways[end].is_empty() || found.len() > 1 {
                continue;
            }
            let after = groups.get(end).map_or(after, |next| next.marks);
            if let Some(piece) = one(&groups[start..end], after, region) {
                found.extend(ways[end].iter().map(|rest| [std::slice::from_ref(&piece), rest.as_slice()].concat()));
            }
        }
        ways[start] = found;
    }
    let mut ways = ways.swap_remove(0);
    if ways.len() == 1 { ways.pop() } else { None }
}

/// Marks that stand between two numbers more often than inside one.
fn is_separated(group: &Group) -> bool {
    let is_pause = group.marks.bytes().all(|mark| mark == b',') && group.digits.len() < SHORT;
    let is_mark =
        |c: char| matches!(c, ',' | '/' | '\\' | '&' | '+' | '~' | '=' | ':' | '<' | '>' | '!' | '?' | '_' | '\'');
    let is_dash = || group.marks.contains(" - ") || group.marks.contains("--");
    !is_pause && (group.marks.contains(is_mark) || is_dash())
}

/// Marks that say what is to be dialled after the answer: `#12`, `*12`, `,,12`, `(12)`.
fn is_extension(group: &Group, after: &str) -> bool {
    let marks = group.marks.trim_end();
    let closes = |open, close| marks.ends_with(open) && after.trim_start().starts_with(close);
    let is_pause = || !group.marks.is_empty() && group.marks.bytes().all(|mark| mark == b',') && !is_zero(group);
    group.digits.len() <= LONGEST_EXTENSION
        && (marks.ends_with(['#', '*']) || is_pause() || closes('(', ')') || closes('[', ']'))
}

/// Is it the key to press behind a hotline: `1900 1234 1`? No hotline has nine digits or eleven.
fn is_key(last: &Group, rest: &[Group]) -> bool {
    let digits: String = rest.iter().map(|group| group.digits).collect();
    let digits = digits.trim_start_matches('0');
    let digits = digits.strip_prefix("84").unwrap_or(digits);
    let is_hotline = (digits.starts_with("1900") || digits.starts_with("1800")) && matches!(digits.len(), 8 | 10);
    is_hotline && last.digits.len() == 1 && !last.marks.is_empty() && last.marks.trim().is_empty()
}

/// Without the zeros of a spreadsheet's decimals: `904859696.0`.
fn without_decimals<'a>(groups: &[Group<'a>]) -> Vec<Group<'a>> {
    let is_decimal = |before: &Group, group: &Group| {
        before.digits.len() >= SHORT && matches!(group.marks, "." | ",") && is_zero(group)
    };
    let behind = |at: &usize| at.checked_sub(1).is_some_and(|before| is_decimal(&groups[before], &groups[*at]));
    (0..groups.len()).filter(|at| !behind(at)).map(|at| groups[at].clone()).collect()
}

/// Without the numbers of a list's entries: `1. 0904859696 2. 0912345603`.
fn without_list_numbers<'a>(groups: &[Group<'a>]) -> Vec<Group<'a>> {
    let is_entry = |group: &Group, next: &Group| {
        let counts = group.digits.len() <= 2 && !group.digits.starts_with('0') && !group.marks.contains(['+', '(']);
        let ends = [".", ")", ":", "/", "-"].iter().any(|end| next.marks.trim_start().starts_with(end));
        let begins = next.digits.len() > 2 && (next.digits.starts_with('0') || next.marks.contains('+'));
        counts && ends && next.marks.contains(' ') && begins
    };
    let before = |at: &usize| groups.get(at + 1).is_some_and(|next| is_entry(&groups[*at], next));
    (0..groups.len()).filter(|at| !before(at)).map(|at| groups[at].clone()).collect()
}

/// Where the groups are in the text, with the plus or bracket that opens them.
fn span(groups: &[Group]) -> Range<usize> {
    let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return 0..0 };
    let opening = first.marks.len() - first.marks.trim_end_matches(['+', '(', '[', ' ']).len();
    let spaces = first.marks[first.marks.len() - opening..].len()
        - first.marks[first.marks.len() - opening..].trim_start().len();
    first.at.start - opening + spaces..last.at.end
}
