//! The numbers of a text: its entries, the words among them, and the extensions that words mark.

use std::ops::Range;

use domain::phone::is_hidden;

use super::{
    Found, Number, Problem, Region, Unread, address, plain, plan,
    remarks::without_remarks,
    run::{self, Group, LONGEST_EXTENSION, Piece, Whole},
    spreadsheet, vietnam, words,
};

/// Bytes. No cell with numbers is longer; a quote that is never closed makes one.
const LONGEST: usize = 2000;

/// The numbers of a cell, each once.
pub fn read(cell: &str, region: Region) -> Found {
    let mut found = Found::default();
    if cell.len() > LONGEST {
        found.lacks(cell.chars().take(LONGEST / 10).chain(['…']), Problem::TooLong);
        return found;
    }
    // Line ends that were escaped, by programs and by XLSX.
    let text = ["\\r", "\\n", "_x000D_"].iter().fold(plain::plain(cell), |text, end| text.replace(end, "\n"));
    for entry in entries(&without_remarks(&address::spelled_out(&text)), region) {
        found.read(&entry, region);
    }
    match (&mut found.numbers[..], &found.unread[..]) {
        ([only], []) => only.written = cell.trim().to_owned(),
        ([], []) if !is_hidden(cell) => found.lacks(cell.trim().chars(), Problem::NoDigits),
        _ => {}
    }
    found
}

/// The entries of a text. An extension alone belongs to the entry before it.
fn entries(text: &str, region: Region) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for text in text.split(['\n', ';', '|']).map(str::trim).filter(|text| !text.is_empty()) {
        let entry = Entry { text, tokens: tokens(text), region };
        match entries.last_mut().filter(|_| entry.begins_with_extension()) {
            Some(before) => *before = format!("{before} {text}"),
            None => entries.push(text.to_owned()),
        }
    }
    entries
}

impl Found {
    fn lacks(&mut self, written: impl Iterator<Item = char>, why: Problem) {
        self.unread.push(Unread { written: written.collect(), why });
    }

    /// The number of a piece that leaves out the area code of the number before it, and nothing else.
    fn completed(&self, piece: &Piece, written: String) -> Option<Number> {
        let before = self.numbers.last().filter(|_| piece.is.is_err() && self.unread.is_empty())?;
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        let e164 = vietnam::in_area_of(&before.e164, &digits).and_then(|digits| plan::known_in_vietnam(&digits))?;
        Some(Number { e164, extension: None, written })
    }

    /// Takes what is in one entry of a cell.
    fn read(&mut self, text: &str, region: Region) {
        if spreadsheet::is_failed(text) {
            return self.lacks(text.chars(), Problem::Failed);
        }
        if is_hidden(text) {
            return;
        }
        let Some(text) = spreadsheet::in_full(text) else {
            return self.lacks(text.chars(), Problem::Rounded);
        };
        let entry = Entry { text: &text, tokens: tokens(&text), region };
        let pieces = entry.pieces();
        if let [piece] = &pieces[..]
            && let Some(number) = self.completed(piece, entry.written(piece.at.clone()))
        {
            return self.numbers.push(number);
        }
        if pieces.iter().all(|piece| piece.is.is_err()) {
            let longest = pieces.iter().max_by_key(|piece| (piece.is_wrong(Problem::Letters), piece.digits));
            return longest
                .into_iter()
                .filter_map(|piece| piece.is.as_ref().err())
                .for_each(|why| self.lacks(text.chars(), *why));
        }
        for piece in pieces.into_iter().filter(|piece| !piece.is_remark) {
            let written = entry.written(piece.at.clone());
            if let Some(number) = self.completed(&piece, written.clone()) {
                self.numbers.push(number);
                continue;
            }
            match piece.is {
                Ok(Whole { number: e164, extension }) => {
                    let number = Number { e164, extension, written };
                    let is_same = |known: &Number| (&known.e164, &known.extension) == (&number.e164, &number.extension);
                    if !self.numbers.iter().any(is_same) {
                        self.numbers.push(number);
                    }
                }
                // The zeros of a format, and the like.
                Err(_) if is_hidden(&written) => {}
                Err(why) => self.unread.push(Unread { written, why }),
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Digits,
    Word,
    Marks,
}

#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    at: Range<usize>,
}

/// One entry of a cell.
struct Entry<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    region: Region,
}

impl<'a> Entry<'a> {
    /// What its digits are.
    fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::<Piece>::new();
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            at += 1;
            match token.kind {
                Kind::Marks => {}
                Kind::Word => {
                    let last = pieces.last_mut();
                    let before = last.and_then(|piece| Some((piece.is.as_mut().ok()?, &mut piece.at)));
                    if let Some((number, span)) = before.filter(|(number, _)| number.extension.is_none())
                        && let Some(digits) = self.extension(at - 1)
                    {
                        number.extension = Some(self.text[self.tokens[digits].at.clone()].to_owned());
                        span.end = self.tokens[digits].at.end;
                        at = digits + 1;
                    }
                }
                Kind::Digits => {
                    let (start, groups) = (at - 1, self.run(at - 1));
                    at = start + 2 * groups.len() - 1;
                    pieces.append(&mut self.read_with_remarks(start, at, &groups));
                }
            }
        }
        pieces
    }

    /// What the run of these tokens is, and which of it belongs to the words beside it.
    fn read_with_remarks(&self, start: usize, end: usize, groups: &[Group]) -> Vec<Piece> {
        let (before, after) = (self.is_remarked_before(start), self.is_remarked_after(start, end));
        let mut found = self.read(start, end, groups);
        if self.neighbour(start, -1).0.is_some_and(words::is_fax) {
            found.iter_mut().for_each(|piece| piece.is_remark = true);
            return found;
        }
        // A count before a word, or a time: `0904859696 (2 sim)`, `0904859696 8h`.
        if let ([piece], Some((last, number))) = (&found[..], groups.split_last())
            && piece.is.is_err()
            && after
            && !number.is_empty()
            && last.digits.len() <= if self.word(end).is_some() { 2 } else { 1 }
        {
            let without = run::read(number, last.marks, self.region);
            if without.iter().all(|piece| piece.is.is_ok()) {
                return without;
            }
        }
        if let Some(piece) = found.first_mut() {
            piece.is_remark = before && piece.is_short();
        }
        if let Some(piece) = found.last_mut() {
            piece.is_remark |= after && piece.is_short();
        }
        found
    }

    /// What the run of these tokens is.
    fn read(&self, start: usize, end: usize, groups: &[Group]) -> Vec<Piece> {
        let before = start.checked_sub(1).and_then(|before| self.word(before));
        let is_label = before.is_none_or(|before| words::is_label(before) || words::is_or(before))
            && self.word(end).is_none_or(|after| words::is_label(after) || self.extension(end).is_some());
        let after = self.tokens.get(end).filter(|token| token.kind == Kind::Marks);
        match run::wrong(groups, Problem::Letters) {
            wrong if !is_label && !wrong.is_short() => vec![wrong],
            _ => run::read(groups, after.map_or("", |marks| &self.text[marks.at.clone()]), self.region),
        }
    }

    /// The digits from here to the next word, in groups.
    fn run(&self, start: usize) -> Vec<Group<'a>> {
        let marks = |at: usize| self.tokens.get(at).filter(|token| token.kind == Kind::Marks);
        let digits = |at: &usize| {
            let is_digits = |at: usize| self.tokens.get(at).is_some_and(|token| token.kind == Kind::Digits);
            is_digits(*at) && (*at == start || marks(at - 1).is_some())
        };
        let group = |at: usize| Group {
            digits: &self.text[self.tokens[at].at.clone()],
            marks: at.checked_sub(1).and_then(marks).map_or("", |marks| &self.text[marks.at.clone()]),
            at: self.tokens[at].at.clone(),
        };
        (start..).step_by(2).take_while(digits).map(group).collect()
    }

    /// The token with the extension that the word at `at` stands for.
    fn extension(&self, at: usize) -> Option<usize> {
        let word = self.word(at)?;
        let (before, _) = self.neighbour(at, -1);
        let digits = match self.tokens.get(at + 1)? {
            Token { kind: Kind::Marks, at: marks } => {
                let is_between =
                    self.text[marks.clone()].chars().all(|c| matches!(c, ' ' | '.' | ':' | '-' | '#' | '=' | '('));
                is_between.then_some(at + 2)?
            }
            _ => at + 1,
        };
        let token = self.tokens.get(digits).filter(|token| token.kind == Kind::Digits)?;
        let is_glued = digits == at + 1 && at > 0 && self.tokens[at - 1].kind == Kind::Digits;
        let is_extension = words::is_extension(before, word) || (is_glued && words::is_pause(word));
        let is_label = || self.text[token.at.end..].trim_start().starts_with(':');
        let is_number = || run::begins_with_number(&self.run(digits), self.region);
        (is_extension && token.at.len() <= LONGEST_EXTENSION && !is_label() && !is_number()).then_some(digits)
    }

    /// Is it nothing but an extension: `máy lẻ 102`?
    fn begins_with_extension(&self) -> bool {
        let mut words = (0..self.tokens.len()).take_while(|at| self.tokens[*at].kind != Kind::Digits);
        words.any(|at| self.extension(at).is_some_and(|digits| digits + 2 >= self.tokens.len()))
    }

    /// Do the digits belong to the word before them: `sau 18`, `SĐT 2`?
    fn is_remarked_before(&self, start: usize) -> bool {
        let (word, is_beside) = self.neighbour(start, -1);
        let (before, _) = self.neighbour(start.saturating_sub(2), -1);
        is_beside && word.is_some_and(|word| !words::is_or(word) && !words::is_extension(before, word))
    }

    /// Do the digits belong to the word behind them: `18 giờ`?
    fn is_remarked_after(&self, start: usize, end: usize) -> bool {
        let (before, _) = self.neighbour(start, -1);
        let (word, is_beside) = self.neighbour(end - 1, 1);
        is_beside && before.is_none_or(|word| !words::is_or(word)) && word.is_some_and(|word| !words::is_or(word))
    }

    /// The word next to a token, and whether nothing but space is between.
    fn neighbour(&self, at: usize, step: isize) -> (Option<&'a str>, bool) {
        let Some(next) = at.checked_add_signed(step) else { return (None, false) };
        match (self.tokens.get(next), next.checked_add_signed(step)) {
            (Some(Token { kind: Kind::Marks, at: marks }), Some(over)) => {
                (self.word(over), self.text[marks.clone()].trim().is_empty())
            }
            _ => (self.word(next), true),
        }
    }

    fn word(&self, at: usize) -> Option<&'a str> {
        self.tokens.get(at).filter(|token| token.kind == Kind::Word).map(|token| &self.text[token.at.clone()])
    }

    /// A part of the entry, with the bracket that closes it.
    fn written(&self, at: Range<usize>) -> String {
        let (part, rest) = (&self.text[at.clone()], &self.text[at.end..]);
        let is_open = part.matches('(').count() > part.matches(')').count() && rest.trim_start().starts_with(')');
        format!("{part}{}", if is_open { ")" } else { "" })
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (start, c) in text.char_indices() {
        let kind = match c {
            '0'..='9' => Kind::Digits,
            c if c.is_alphabetic() => Kind::Word,
            _ => Kind::Marks,
        };
        let end = start + c.len_utf8();
        match tokens.last_mut().filter(|last| last.kind == kind) {
            Some(last) => last.at.end = end,
            None => tokens.push(Token { kind, at: start..end }),
        }
    }
    tokens
}
