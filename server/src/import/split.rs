//! One record of a text with separators: where it ends, and what its cells are.
//!
//! RFC 4180, and what people and programs make of it: space around quotes, quotes that a backslash
//! escapes, and quotes within a quoted cell that nothing escapes. Those are text where no other
//! reading is plain. A cell that may have swallowed what comes after it is told, and never taken.

/// How cells are told apart.
#[derive(Clone, Copy, Debug)]
pub struct Marks {
    pub separator: u8,
    /// A quote within quotes has a backslash before it.
    pub backslash: bool,
}

/// The cells of a record, one behind the other, as bytes.
#[derive(Debug, Default)]
pub struct Cells {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let begins = std::iter::once(&0).chain(&self.ends);
        begins.zip(&self.ends).map(|(begin, end)| &self.bytes[*begin..*end])
    }
}

/// What became of a text's first record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// It is this long, with the first byte of the line's end.
    Whole(usize),
    /// It goes on behind the text.
    More,
    /// It shows that a backslash escapes quotes.
    Backslash,
    /// The quote that is here is not closed, or not where its cell ends.
    Unclosed(usize),
}

/// Splits the first record of `text` that is not blank into `cells`. Nothing comes behind `text` if
/// it has `ended`.
pub fn split(text: &[u8], ended: bool, marks: Marks, cells: &mut Cells) -> Split {
    cells.bytes.clear();
    cells.ends.clear();
    let Some(mut at) = text.iter().position(|byte| !is_line_end(*byte)) else {
        return if ended { Split::Whole(text.len()) } else { Split::More };
    };
    let mut splitter = Splitter { text, ended, marks, bytes: &mut cells.bytes };
    loop {
        let end = match splitter.cell(at) {
            Ok(end) => end,
            Err(other) => return other,
        };
        cells.ends.push(splitter.bytes.len());
        match text.get(end) {
            None if ended => return Split::Whole(end),
            None => return Split::More,
            Some(byte) if is_line_end(*byte) => return Split::Whole(end + 1),
            Some(_) => at = end + 1,
        }
    }
}

struct Splitter<'a> {
    text: &'a [u8],
    ended: bool,
    marks: Marks,
    bytes: &'a mut Vec<u8>,
}

impl Splitter<'_> {
    /// Takes the cell that begins here. Where it ends.
    fn cell(&mut self, at: usize) -> Result<usize, Split> {
        let open = self.behind_blanks(at)?;
        if self.text.get(open) == Some(&b'"') { self.quoted(open) } else { Ok(self.plain(at)) }
    }

    fn plain(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let length = rest.iter().position(|byte| self.ends_cell(*byte)).unwrap_or(rest.len());
        self.bytes.extend_from_slice(&rest[..length]);
        at + length
    }

    fn quoted(&mut self, open: usize) -> Result<usize, Split> {
        let before = self.bytes.len();
        let (mut from, mut has_lines) = (open + 1, false);
        loop {
            let is_mark = |byte: &u8| *byte == b'"' || (self.marks.backslash && *byte == b'\\');
            let Some(length) = self.text[from..].iter().position(is_mark) else {
                return Err(self.at_the_end(Split::Unclosed(open)));
            };
            let (part, at) = (&self.text[from..from + length], from + length);
            self.bytes.extend_from_slice(part);
            has_lines = has_lines || part.iter().any(|byte| is_line_end(*byte));
            let next = self.text.get(at + 1);
            if self.text[at] == b'\\' {
                let escaped = next.filter(|byte| matches!(byte, b'"' | b'\\'));
                self.bytes.push(*escaped.unwrap_or(&b'\\'));
                from = at + 1 + usize::from(escaped.is_some());
                continue;
            }
            if let Some(end) = self.closed(at)? {
                return if has_lines && self.is_pair_of_strays(open, at) {
                    Err(Split::Unclosed(open))
                } else {
                    Ok(end)
                };
            }
            let behind_backslash = self.text[at - 1] == b'\\' && !self.marks.backslash;
            match next {
                Some(b'"') if !behind_backslash || self.closed(at + 1)?.is_none() => {
                    self.bytes.push(b'"');
                    from = at + 2;
                }
                _ if behind_backslash => return Err(Split::Backslash),
                _ if has_lines => return Err(Split::Unclosed(open)),
                _ => {
                    self.bytes.truncate(before);
                    return self.unescaped(open);
                }
            }
        }
    }

    /// Takes a cell in whose line there are quotes that nothing escapes: `"Hotel "Sen"", 12`. It ends
    /// at the first quote before a separator that leaves the others in pairs.
    fn unescaped(&mut self, open: usize) -> Result<usize, Split> {
        let rest = &self.text[open..];
        let Some(length) = rest.iter().position(|byte| is_line_end(*byte)).or(self.ended.then_some(rest.len())) else {
            return Err(Split::More);
        };
        let quotes: Vec<_> = (open + 1..open + length).filter(|at| self.text[*at] == b'"').collect();
        let mut closing = Vec::new();
        for (count, at) in quotes.iter().copied().enumerate() {
            closing.extend(self.closed(at)?.map(|end| (count, at, end)));
        }
        let inner = |at: usize| &self.text[open + 1..at];
        let is_alone = |at: usize| !inner(at).contains(&self.marks.separator);
        let chosen = match closing.iter().find(|(count, ..)| count % 2 == 0) {
            Some((_, at, end)) => (!self.opens_another(open, *at)).then_some((*at, *end)),
            None => match closing[..] {
                // An inch: `"Pipe 5" wide", 12`.
                [(_, at, end)] => is_alone(at).then_some((at, end)),
                // A quoted word at the beginning: `"Sen" hotel, 12`.
                [] if quotes.len() % 2 == 1 => return Ok(self.plain(open)),
                _ => None,
            },
        };
        let (at, end) = chosen.ok_or(Split::Unclosed(open))?;
        self.bytes.extend_from_slice(&self.text[open + 1..at]);
        Ok(end)
    }

    /// Does each of the two quotes stand for a cell of its own, such as a ditto mark, so that rows are
    /// between them? Both are at the place of a cell's first quote, in a record that has no other.
    fn is_pair_of_strays(&self, open: usize, close: usize) -> bool {
        let is_first = !self.text[..open].contains(&b'"');
        is_first
            && is_line_end(self.text[open + 1])
            && self.is_behind_separator(open)
            && self.is_behind_separator(close)
    }

    /// Is there a quote behind a separator between these two?
    fn opens_another(&self, open: usize, close: usize) -> bool {
        (open + 1..close).any(|at| self.text[at] == b'"' && self.is_behind_separator(at))
    }

    fn is_behind_separator(&self, at: usize) -> bool {
        self.text[..at].iter().rfind(|byte| !self.is_blank(**byte)) == Some(&self.marks.separator)
    }

    /// Where the cell ends if this quote is its last.
    fn closed(&self, quote: usize) -> Result<Option<usize>, Split> {
        let end = self.behind_blanks(quote + 1)?;
        Ok(self.text.get(end).is_none_or(|byte| self.ends_cell(*byte)).then_some(end))
    }

    fn behind_blanks(&self, at: usize) -> Result<usize, Split> {
        let rest = &self.text[at..];
        match rest.iter().position(|byte| !self.is_blank(*byte)) {
            Some(blanks) => Ok(at + blanks),
            None if self.ended => Ok(self.text.len()),
            None => Err(Split::More),
        }
    }

    /// What it is if nothing comes behind the text.
    fn at_the_end(&self, split: Split) -> Split {
        if self.ended { split } else { Split::More }
    }

    fn ends_cell(&self, byte: u8) -> bool {
        byte == self.marks.separator || is_line_end(byte)
    }

    /// Space, or the end mark of DOS.
    fn is_blank(&self, byte: u8) -> bool {
        matches!(byte, b' ' | b'\t' | 0x1a) && byte != self.marks.separator
    }
}

pub fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells of the only record, or what became of it.
    fn cells(text: &str, backslash: bool) -> Result<Vec<String>, Split> {
        let mut cells = Cells::default();
        match split(text.as_bytes(), true, Marks { separator: b',', backslash }, &mut cells) {
            Split::Whole(_) => Ok(cells.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()),
            other => Err(other),
        }
    }

    #[test]
    fn quotes_are_those_of_cells_or_text() {
        for (text, expected) in [
            (r#"An,"Huế, VN",1"#, ["An", "Huế, VN", "1"]),
            (r#"An, "Huế, VN" , 1"#, ["An", "Huế, VN", " 1"]),
            (r#"An,"Nhà ""Sen""",1"#, ["An", r#"Nhà "Sen""#, "1"]),
            (r#"An,"Nhà "Sen"",1"#, ["An", r#"Nhà "Sen""#, "1"]),
            (r#"An,"Nhà "Sen", Huế",1"#, ["An", r#"Nhà "Sen", Huế"#, "1"]),
            (r#"An,"Nhà "Sen" Huế",1"#, ["An", r#"Nhà "Sen" Huế"#, "1"]),
            (r#"An,""Sen" Huế",1"#, ["An", r#""Sen" Huế"#, "1"]),
            (r#"An,"Sen" Huế,1"#, ["An", r#""Sen" Huế"#, "1"]),
            (r#"An,"Ống 5" to",1"#, ["An", r#"Ống 5" to"#, "1"]),
            (r#"An,Ống 5",1"#, ["An", r#"Ống 5""#, "1"]),
            (r#"An,"","1""#, ["An", "", "1"]),
            ("An,\"Số 5,\nHuế\",1", ["An", "Số 5,\nHuế", "1"]),
            ("An,\"Số \"\"5\"\"\nHuế\",1\u{1a}", ["An", "Số \"5\"\nHuế", "1\u{1a}"]),
            ("An,1,\"Huế\"\u{1a}", ["An", "1", "Huế"]),
            (r#"An,"C:\","D:\x""#, ["An", r"C:\", r"D:\x"]),
        ] {
            assert_eq!(cells(text, false).unwrap(), expected, "{text}");
        }
        assert_eq!(cells(r#""An \"B\"",\,"a\\b\n""#, true).unwrap(), [r#"An "B""#, r"\", r"a\b\n"]);
    }

    #[test]
    fn a_backslash_shows_itself() {
        for text in [r#""An \"B\"",1"#, r#""\"B\", An",1"#, r#""An B\"",1"#] {
            assert_eq!(cells(text, false), Err(Split::Backslash), "{text}");
        }
    }

    #[test]
    fn what_may_have_been_swallowed_is_told() {
        for (text, at) in [
            ("\"An,1\nBo,2\n\"Chi\",3", 0),
            ("An,\"1\nBo,2\nChi,\"3\"", 3),
            ("An,\"1\nBo,\"2\nChi,3", 3),
            ("\"An\nBo, \"Huế\",3", 0),
            ("\"An,1\nBo,\"\"\nChi,3", 0),
            ("An,1,\"\nBo,2,\"\nChi,3", 5),
            ("\"An,1,\"Huế\",2", 0),
            ("\"An,1,Hà \"Nội\",2", 0),
            ("\"Sen\" Huế,\"Hoa\",1", 0),
            ("\"Nhà \"Sen\" to\nHuế,1", 0),
        ] {
            assert_eq!(cells(text, false), Err(Split::Unclosed(at)), "{text}");
        }
    }
}
