//! Calls, listed: filtered, newest first, a page at a time.

use domain::{
    call::Outcome,
    history::{HistoryFilter, HistoryPage, HistoryRow, Today},
    ids::{CallId, CustomerId, Extension},
    note::Note,
};
use jiff::Timestamp;
use sqlx::FromRow;

use super::{
    Store, StoreError,
    fold::pattern,
    rows::{count, from_word, maybe_timestamp, millis, timestamp, word},
};

const DEFAULT_PAGE: u32 = 50;
const LARGEST_PAGE: u32 = 200;

/// The calls that a filter means. For one extension, `missed` is what that desk missed, also
/// when a colleague answered, and what it tried itself in vain.
macro_rules! history_query {
    ($select:literal, $then:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM calls k
                LEFT JOIN customers c ON c.id = k.customer_id
                LEFT JOIN notes n ON n.call_id = k.id
                LEFT JOIN accounts a ON a.id = n.account_id
              WHERE k.started_at >= ?1 AND k.started_at < ?2
                AND (?3 IS NULL OR k.root_exten = ?3 OR EXISTS (SELECT 1 FROM legs l WHERE l.call_id = k.id AND l.exten = ?3))
                AND (?4 IS NULL OR k.direction = ?4)
                AND (?5 IS NULL
                     OR (k.outcome = ?5 AND NOT (?5 = 'missed' AND ?3 IS NOT NULL AND k.root_exten IS NOT ?3))
                     OR (?5 = 'missed' AND ?3 IS NOT NULL AND k.root_exten IS NOT ?3 AND k.ended_at IS NOT NULL
                         AND NOT EXISTS (SELECT 1 FROM legs l
                                         WHERE l.call_id = k.id AND l.exten = ?3 AND l.answered_at IS NOT NULL)))
                AND (?6 IS NULL
                     OR k.folded LIKE ?6 ESCAPE '\\' OR c.folded LIKE ?6 ESCAPE '\\' OR n.folded LIKE ?6 ESCAPE '\\'
                     OR k.caller_number LIKE ?7 OR k.caller_phone LIKE ?7)",
            $then
        )
    };
}

const ROWS: &str = history_query!(
    "k.id, k.direction, k.caller_number, k.caller_phone, k.hidden,
     coalesce(c.name, CASE WHEN k.direction <> 'outbound' THEN nullif(k.caller_name, '') END) AS name,
     k.customer_id, k.dialled, k.root_exten, k.started_at, k.answered_at, k.ended_at, k.outcome, k.answered_by, k.answered_by_name,
     k.answered_outside, k.voicemail,
     (SELECT l.ending FROM legs l WHERE l.call_id = k.id AND l.exten = ?3
      ORDER BY l.answered_at IS NULL, l.ended_at DESC LIMIT 1) AS own_leg,
     (SELECT count(*) FROM legs l WHERE l.call_id = k.id) AS legs,
     n.version AS note_version, n.text AS note_text, n.customer_id AS note_customer, n.saved_at AS note_saved_at,
     a.name AS note_author",
    " ORDER BY k.started_at DESC, k.id DESC LIMIT ?8 OFFSET ?9"
);

const TOTAL: &str = history_query!("count(*)", "");

/// Binds ?1 to ?7.
macro_rules! bound {
    ($query:expr, $filter:expr) => {
        $query
            .bind($filter.from)
            .bind($filter.until)
            .bind(&$filter.exten)
            .bind(&$filter.direction)
            .bind(&$filter.outcome)
            .bind(&$filter.text)
            .bind(&$filter.digits)
    };
}

impl Store {
    /// One page of the calls that `filter` means.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn history(&self, filter: &HistoryFilter) -> Result<HistoryPage, StoreError> {
        let size = match filter.page_size {
            0 => DEFAULT_PAGE,
            size => size.min(LARGEST_PAGE),
        };
        let offset = i64::from(filter.page) * i64::from(size);
        let filter = Filter::new(filter);
        let total: i64 = bound!(sqlx::query_scalar(TOTAL), filter).fetch_one(&self.readers).await?;
        let rows: Vec<Row> =
            bound!(sqlx::query_as(ROWS), filter).bind(size).bind(offset).fetch_all(&self.readers).await?;
        let rows = rows.into_iter().map(Row::read).collect::<Result<_, _>>()?;
        Ok(HistoryPage { rows, total: count(total) })
    }

    /// Inbound calls since `midnight`; of one extension, if one is given.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn today(&self, midnight: Timestamp, exten: Option<&Extension>) -> Result<Today, StoreError> {
        let (inbound, ended, answered, abandoned): (i64, i64, i64, i64) = sqlx::query_as(
            "SELECT count(*), count(ended_at), count(answered_at) FILTER (WHERE ended_at IS NOT NULL),
                    count(*) FILTER (WHERE outcome = ?3)
             FROM calls k
             WHERE direction = 'inbound' AND started_at >= ?1
               AND (?2 IS NULL OR EXISTS (SELECT 1 FROM legs l WHERE l.call_id = k.id AND l.exten = ?2))",
        )
        .bind(millis(midnight))
        .bind(exten.map(Extension::as_str))
        .bind(word(&Outcome::Abandoned))
        .fetch_one(&self.readers)
        .await?;
        Ok(Today {
            inbound: count(inbound),
            ended: count(ended),
            answered: count(answered),
            abandoned: count(abandoned),
        })
    }
}

/// A filter as SQL reads it.
struct Filter {
    from: i64,
    until: i64,
    exten: Option<String>,
    direction: Option<String>,
    outcome: Option<String>,
    text: Option<String>,
    digits: Option<String>,
}

impl Filter {
    fn new(filter: &HistoryFilter) -> Self {
        let text = filter.text.trim();
        Self {
            from: filter.from.map_or(i64::MIN, millis),
            until: filter.until.map_or(i64::MAX, millis),
            exten: filter.exten.as_ref().map(|exten| exten.as_str().to_owned()),
            direction: filter.direction.as_ref().map(word),
            outcome: filter.outcome.as_ref().map(word),
            text: (!text.is_empty()).then(|| pattern(text)),
            digits: digits(text),
        }
    }
}

/// A part of a number, however it is written: 0904 is looked for as 904, which +84904 has too.
fn digits(text: &str) -> Option<String> {
    let is_number = text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+().-/".contains(c));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    (is_number && digits.len() >= 3).then(|| format!("%{digits}%"))
}

#[derive(FromRow)]
struct Row {
    id: String,
    direction: String,
    caller_number: String,
    caller_phone: Option<String>,
    hidden: bool,
    name: Option<String>,
    customer_id: Option<i64>,
    dialled: String,
    root_exten: Option<String>,
    started_at: i64,
    answered_at: Option<i64>,
    ended_at: Option<i64>,
    outcome: Option<String>,
    answered_by: Option<String>,
    answered_by_name: Option<String>,
    answered_outside: Option<String>,
    voicemail: bool,
    own_leg: Option<String>,
    legs: u32,
    note_version: Option<u32>,
    note_text: Option<String>,
    note_customer: Option<i64>,
    note_saved_at: Option<i64>,
    note_author: Option<String>,
}

impl Row {
    fn read(self) -> Result<HistoryRow, StoreError> {
        let call_id = CallId::new(self.id);
        let note = match (self.note_version, self.note_text, self.note_saved_at, self.note_author) {
            (Some(version), Some(text), Some(saved_at), Some(author)) => Some(Note {
                call_id: call_id.clone(),
                customer_id: self.note_customer.map(CustomerId),
                version,
                text,
                author,
                saved_at: timestamp(saved_at)?,
            }),
            _ => None,
        };
        Ok(HistoryRow {
            call_id,
            direction: from_word("direction", &self.direction)?,
            caller_number: self.caller_number,
            caller_phone: self.caller_phone,
            hidden: self.hidden,
            name: self.name,
            customer_id: self.customer_id.map(CustomerId),
            dialled: self.dialled,
            begun_by: self.root_exten.map(Extension::new),
            started_at: timestamp(self.started_at)?,
            answered_at: maybe_timestamp(self.answered_at)?,
            ended_at: maybe_timestamp(self.ended_at)?,
            outcome: self.outcome.map(|outcome| from_word("outcome", &outcome)).transpose()?,
            answered_by: self.answered_by.map(Extension::new),
            answered_by_name: self.answered_by_name,
            answered_outside: self.answered_outside,
            voicemail: self.voicemail,
            own_leg: self.own_leg.map(|end| from_word("leg's end", &end)).transpose()?,
            legs: self.legs,
            note,
        })
    }
}
