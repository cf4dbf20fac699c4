//! `--map`: which column is which field, where its name does not say it.

use domain::fold::fold;

use super::{
    names::same,
    vocabulary::{Field, Vocabulary},
};

/// `--map`: fields, and what their columns are called in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping(Vec<(String, String)>);

/// The text is not a field and a column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a field and a column, such as --map name=\"Column A\", found {0:?}")]
pub struct NoMapping(String);

impl Mapping {
    /// Each text has one pair or more, with commas between them; a name may have commas itself.
    ///
    /// # Errors
    /// [`NoMapping`] where there is no `=`.
    pub fn parse(texts: &[String]) -> Result<Self, NoMapping> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for text in texts {
            for (nth, part) in text.split(',').enumerate() {
                match (part.split_once('='), pairs.last_mut()) {
                    (Some((field, column)), _) => pairs.push((field.trim().to_owned(), column.trim().to_owned())),
                    (None, Some((_, column))) if nth > 0 => *column = format!("{column},{part}"),
                    (None, _) => return Err(NoMapping(text.clone())),
                }
            }
        }
        Ok(Self(pairs))
    }

    /// How many of the columns are in a header.
    pub fn recognised(&self, header: &[String]) -> usize {
        self.0.iter().filter(|(_, column)| header.iter().any(|name| same(name, column))).count()
    }

    /// The columns of each field that is mapped; one that is mapped to nothing is not read. What is not there is
    /// put into `wrong`.
    pub fn apply(
        &self,
        header: &[String],
        vocabulary: &'static Vocabulary,
        wrong: &mut Vec<String>,
    ) -> Vec<(&'static Field, Vec<usize>)> {
        let mut mapped: Vec<(&'static Field, Vec<usize>)> = Vec::new();
        for (name, column) in &self.0 {
            let Some(field) = vocabulary.fields.iter().find(|field| field.name == name) else {
                let known: Vec<_> = vocabulary.fields.iter().map(|field| field.name).collect();
                wrong.push(format!("expected --map with one of {}, found {name:?}", known.join(", ")));
                continue;
            };
            let at = position(header, column);
            if at.is_none() && !column.is_empty() {
                wrong.push(format!("expected the column {column:?} of --map {name}, found no such name"));
            }
            match mapped.iter_mut().find(|(known, _)| known.name == name) {
                Some((_, columns)) => columns.extend(at),
                None => mapped.push((field, at.into_iter().collect())),
            }
        }
        mapped
    }
}

/// The column of this name; or of this letter, as in `A` or `Column A`.
fn position(header: &[String], column: &str) -> Option<usize> {
    if column.is_empty() {
        return None;
    }
    let named = |alike: fn(&str, &str) -> bool| header.iter().position(|name| alike(name, column));
    named(|name, column| name == column).or_else(|| named(same)).or_else(|| {
        let letters = fold(column.trim());
        let letters = letters.strip_prefix("column").or(letters.strip_prefix("cot")).unwrap_or(&letters).trim();
        (0..header.len()).find(|column| letter(*column).eq_ignore_ascii_case(letters))
    })
}

/// A column's letter in a spreadsheet.
pub fn letter(column: usize) -> String {
    let last = char::from(b'A' + u8::try_from(column % 26).unwrap_or_default());
    if column < 26 { last.to_string() } else { format!("{}{last}", letter(column / 26 - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_pairs_and_names_may_have_commas() {
        let pairs = |text: &str| Mapping::parse(&[text.to_owned()]).map(|mapping| mapping.0);
        let pair = |field: &str, column: &str| (field.to_owned(), column.to_owned());
        assert_eq!(pairs("name=A, phones = B,C"), Ok(vec![pair("name", "A"), pair("phones", "B,C")]));
        assert_eq!(pairs("active="), Ok(vec![pair("active", "")]));
        assert!(pairs("name").is_err() && pairs(",name=A").is_err());
    }

    #[test]
    fn columns_have_a_spreadsheets_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(letter), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
