//! The rows of a file that cannot be used. They are told by their lines, but of a million only the
//! first are kept.

use std::fmt;

use sqlx::FromRow;

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct BadRow {
    #[sqlx(try_from = "i64")]
    pub line: u64,
    /// What was expected, and what was found.
    pub why: String,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

/// How many rows are bad, and the first complaints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRows {
    most: usize,
    rows: u64,
    parts: u64,
    whys: u64,
    told: Vec<BadRow>,
}

impl BadRows {
    /// None yet; `most` complaints will be kept.
    pub fn new(most: usize) -> Self {
        Self { most, rows: 0, parts: 0, whys: 0, told: Vec::new() }
    }

    /// Adds a row that is left out.
    pub fn add(&mut self, line: u64, whys: Vec<String>) {
        self.rows += 1;
        self.tell(line, whys);
    }

    /// Adds what is left out of a row that is taken.
    pub fn add_part(&mut self, line: u64, whys: Vec<String>) {
        self.parts += 1;
        self.tell(line, whys);
    }

    /// Adds rows that are left out for one reason, which is told once, by the first of them.
    pub fn add_alike(&mut self, first: u64, rows: u64, why: String) {
        self.rows += rows;
        self.tell(first, vec![why]);
    }

    /// Adds those that the database found, of which the first are told.
    pub(super) fn merge(&mut self, rows: u64, whys: u64, told: Vec<BadRow>) {
        self.rows += rows;
        self.whys += whys;
        self.told.extend(told);
        self.sort();
    }

    fn tell(&mut self, line: u64, whys: Vec<String>) {
        self.whys += whys.len() as u64;
        self.told.extend(whys.into_iter().map(|why| BadRow { line, why }));
        if self.told.len() > self.most {
            self.sort();
        }
    }

    fn sort(&mut self) {
        self.told.sort_by_key(|bad| bad.line);
        self.told.truncate(self.most);
    }

    /// Is nothing wrong?
    pub fn is_empty(&self) -> bool {
        self.whys == 0
    }

    /// How many rows are left out.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many rows are taken without what is wrong in them.
    pub fn parts(&self) -> u64 {
        self.parts
    }

    /// The first complaints, in the order of the file.
    pub fn told(&self) -> &[BadRow] {
        &self.told
    }

    /// How many complaints are not told.
    pub fn untold(&self) -> u64 {
        self.whys - self.told.len() as u64
    }

    pub(super) fn most(&self) -> usize {
        self.most
    }
}
