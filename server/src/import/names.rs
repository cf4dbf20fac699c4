//! What a column's name says that it is.

use domain::fold::{fold, squeeze};
use strsim::normalized_damerau_levenshtein;
use unicode_normalization::UnicodeNormalization;

use super::vocabulary::{Field, Instead, Vocabulary};

/// Names that are at least so much alike may be one misspelt.
const ALIKE: f64 = 0.75;
/// What is longer, in bytes, names no column.
const LONGEST: usize = 120;

/// What a column means, and how well its name says so: the lowest is best.
#[derive(Clone, Copy, Debug)]
pub struct Meaning {
    pub field: &'static Field,
    pub rank: usize,
}

/// What each column means by its name.
pub fn meanings(header: &[String], vocabulary: &'static Vocabulary) -> Vec<Option<Meaning>> {
    let mut meanings: Vec<_> = header.iter().map(|name| meaning(name, vocabulary)).collect();
    let has = |meanings: &[Option<Meaning>], field: &str| {
        meanings.iter().flatten().any(|meaning| meaning.field.name == field)
    };
    for field in vocabulary.fields {
        let Some(Instead { words, of, with }) = &field.instead else { continue };
        if has(&meanings, field.name) || !has(&meanings, with) {
            continue;
        }
        for (name, meaning) in header.iter().zip(&mut meanings) {
            let of_another = meaning.is_some_and(|meaning| meaning.field.name == *of);
            if of_another && words.split_whitespace().any(|word| word == squeezed(name)) {
                *meaning = Some(Meaning { field, rank: 0 });
            }
        }
    }
    meanings
}

/// What is in brackets may be a remark: `SĐT (bắt buộc)`.
fn meaning(name: &str, vocabulary: &'static Vocabulary) -> Option<Meaning> {
    if name.len() > LONGEST {
        return None;
    }
    let of = |squeezed: &str| {
        let meanings = vocabulary.fields.iter();
        let meanings = meanings.filter_map(|field| Some(Meaning { field, rank: rank(squeezed, field, false, 0)? }));
        meanings.min_by_key(|meaning| meaning.rank)
    };
    of(&squeezed(name)).or_else(|| {
        let (before, _) = name.split_once(['(', '['])?;
        let after = name.rsplit_once([')', ']']).map_or("", |(_, after)| after);
        of(&squeezed(&format!("{before} {after}")))
    })
}

/// How well a name says that it is the field; none where it has other words.
fn rank(rest: &str, field: &Field, has_word: bool, so_far: usize) -> Option<usize> {
    if rest.is_empty() {
        return has_word.then_some(so_far);
    }
    let words = field.words.split_whitespace().filter_map(|word| rank(rest.strip_prefix(word)?, field, true, so_far));
    let beside = field
        .beside
        .split_whitespace()
        .enumerate()
        .filter_map(|(nth, word)| rank(rest.strip_prefix(word)?, field, has_word, so_far.max(nth + 1)));
    words.chain(beside).min()
}

/// Is it a field's name misspelt, or one of its words among others?
pub fn is_near(name: &str, field: &Field) -> bool {
    let squeezed = squeezed(name);
    let near = |word: &&str| {
        (word.len() > 2 && squeezed.contains(word)) || normalized_damerau_levenshtein(word, &squeezed) >= ALIKE
    };
    field.words.split_whitespace().find(near).is_some()
}

/// A name as names are compared; `#` is a word.
fn squeezed(name: &str) -> String {
    fold(name).replace('#', "no").chars().filter(|c| c.is_alphabetic()).collect()
}

/// Are they the same name? `Phone 1` and `Phone 2` are two.
pub fn same(name: &str, column: &str) -> bool {
    !squeeze(name).is_empty() && squeeze(name) == squeeze(column)
}

/// The number in a column's name: `Phone 2` comes after `Phone 1`.
pub fn number(name: &str) -> u32 {
    let digits: String = name.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_default()
}

/// Does a name say that its column comes before another for the same field: `SĐT chính`?
pub fn is_main(name: &str) -> bool {
    let squeezed = squeezed(name);
    ["primary", "main", "chinh", "default", "macdinh"].iter().any(|word| squeezed.contains(word))
}

/// Does a name say that its column tells what the other's cells are: `Phone 1 - Type` beside
/// `Phone 1 - Value`?
pub fn is_label_of(name: &str, of: &str) -> bool {
    let of = squeeze(of);
    let of = of.strip_suffix("value").unwrap_or(&of);
    let kind = squeeze(name).strip_prefix(of).map(str::to_owned);
    kind.is_some_and(|kind| matches!(kind.as_str(), "label" | "type"))
}

/// A name without line ends and what cannot be seen.
pub fn one_line(name: &str) -> String {
    let shown = name.nfc().filter(|c| !matches!(c, '\u{feff}' | '\u{200b}' | '\u{1a}' | '\0')).collect::<String>();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}
