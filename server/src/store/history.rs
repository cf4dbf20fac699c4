//! Calls, listed: filtered, newest first, a page at a time.

use domain::{
    call::Outcome,
    fold::fold,
    history::{HistoryFilter, HistoryPage, HistoryRow, PastLeg, Sort, Sums, Today},
    ids::{CallId, CustomerId, Endpoint, Extension},
    note::Note,
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, FromRow};

use super::{
    Store, StoreError,
    fold::pattern,
    rows::{count, from_word, json, maybe_timestamp, millis, timestamp, word},
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
                     OR k.caller_number LIKE ?7 OR k.caller_phone LIKE ?7
                     OR k.answered_by_name IN (SELECT value FROM json_each(?8)))
                AND (?9 IS NULL OR k.customer_id = ?9)
                AND (?10 IS NULL OR k.id = ?10)
                AND (?11 IS NULL
                     OR (?11 = 'mine' AND (k.root_exten = ?3
                         OR EXISTS (SELECT 1 FROM legs l
                                    WHERE l.call_id = k.id AND l.exten = ?3 AND l.answered_at IS NOT NULL)))
                     OR (?11 = 'missed' AND k.answered_at IS NULL AND k.ended_at IS NOT NULL AND k.root_exten IS NOT ?3))",
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
    ""
);

const SUMS: &str = history_query!(
    "count(*) AS total,
     count(*) FILTER (WHERE k.outcome = 'answered') AS answered,
     count(*) FILTER (WHERE k.outcome = 'missed') AS missed,
     count(*) FILTER (WHERE k.outcome = 'abandoned') AS abandoned,
     count(*) FILTER (WHERE k.outcome = 'busy') AS busy,
     count(*) FILTER (WHERE k.outcome = 'failed') AS failed,
     coalesce(sum(k.ended_at - k.answered_at), 0) AS talked_ms",
    ""
);

/// The order of a list. What is equal, and what is not there, comes behind, the newest first.
fn order(sort: Sort, reversed: bool) -> String {
    let (columns, descends): (&[&str], bool) = match sort {
        Sort::Time => (&[], true),
        Sort::Customer => (&["coalesce(c.folded, nullif(k.folded, ''))"], false),
        Sort::Outcome => (&["k.outcome"], false),
        Sort::Agent => (&["k.answered_by_name", "k.answered_by"], false),
        Sort::Duration => (&["k.ended_at - k.answered_at"], true),
    };
    let direction = if descends != reversed { "DESC" } else { "ASC" };
    let by_time = if sort == Sort::Time { direction } else { "DESC" };
    let columns: String = columns.iter().map(|column| format!("{column} {direction} NULLS LAST, ")).collect();
    format!(" ORDER BY {columns}k.started_at {by_time}, k.id {by_time} LIMIT ?12 OFFSET ?13")
}

/// Binds ?1 to ?11.
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
            .bind(&$filter.agents)
            .bind(&$filter.customer)
            .bind(&$filter.call)
            .bind(&$filter.part)
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
        let order = order(filter.sort, filter.reversed);
        let agents = self.agents_named(&filter.text).await?;
        let filter = Filter::new(filter, agents);
        let sums: SumsRow = bound!(sqlx::query_as(SUMS), filter).fetch_one(&self.readers).await?;
        let query = AssertSqlSafe(format!("{ROWS}{order}"));
        let rows: Vec<Row> =
            bound!(sqlx::query_as(query), filter).bind(size).bind(offset).fetch_all(&self.readers).await?;
        let rows = rows.into_iter().map(Row::read).collect::<Result<_, _>>()?;
        Ok(HistoryPage { rows, total: count(sums.total), sums: sums.read() })
    }

    /// The names of agents that have `text` in them, marks and capitals aside, as JSON.
    async fn agents_named(&self, text: &str) -> Result<String, StoreError> {
        let wanted = fold(text.trim());
        let mut names: Vec<String> = Vec::new();
        if !wanted.is_empty() {
            names = sqlx::query_scalar("SELECT DISTINCT name FROM accounts").fetch_all(&self.readers).await?;
            names.retain(|name| fold(name).contains(&wanted));
        }
        Ok(json(&names))
    }

    /// The legs of a call, in the order in which they were made.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn past_legs(&self, call: &CallId) -> Result<Vec<PastLeg>, StoreError> {
        let rows: Vec<LegRow> = sqlx::query_as(
            "SELECT exten, endpoint, ringing_at, answered_at, ended_at, ending FROM legs
             WHERE call_id = ? ORDER BY created_at, channel",
        )
        .bind(call.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(LegRow::read).collect()
    }

    /// Inbound calls since `midnight`; of one extension, if one is given.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn today(&self, midnight: Timestamp, exten: Option<&Extension>) -> Result<Today, StoreError> {
        let (inbound, ended, answered, abandoned, missed, waited): (i64, i64, i64, i64, i64, f64) = sqlx::query_as(
            "SELECT count(*), count(ended_at), count(answered_at) FILTER (WHERE ended_at IS NOT NULL),
                    count(*) FILTER (WHERE outcome = ?3), count(*) FILTER (WHERE outcome = ?4),
                    coalesce(avg(coalesce(answered_at, ended_at) - started_at), 0.0)
             FROM calls k
             WHERE direction = 'inbound' AND started_at >= ?1
               AND (?2 IS NULL OR EXISTS (SELECT 1 FROM legs l WHERE l.call_id = k.id AND l.exten = ?2))",
        )
        .bind(millis(midnight))
        .bind(exten.map(Extension::as_str))
        .bind(word(&Outcome::Abandoned))
        .bind(word(&Outcome::Missed))
        .fetch_one(&self.readers)
        .await?;
        Ok(Today {
            inbound: count(inbound),
            ended: count(ended),
            answered: count(answered),
            abandoned: count(abandoned),
            missed: count(missed),
            waited_ms: waited.max(0.0) as u64,
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
    agents: String,
    customer: Option<i64>,
    call: Option<String>,
    part: Option<String>,
}

impl Filter {
    fn new(filter: &HistoryFilter, agents: String) -> Self {
        let text = filter.text.trim();
        Self {
            from: filter.from.map_or(i64::MIN, millis),
            until: filter.until.map_or(i64::MAX, millis),
            exten: filter.exten.as_ref().map(|exten| exten.as_str().to_owned()),
            direction: filter.direction.as_ref().map(word),
            outcome: filter.outcome.as_ref().map(word),
            text: (!text.is_empty()).then(|| pattern(text)),
            digits: digits(text),
            agents,
            customer: filter.customer.map(|customer| customer.0),
            call: filter.call.as_ref().map(|call| call.as_str().to_owned()),
            part: filter.part.as_ref().map(word),
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
struct SumsRow {
    total: i64,
    answered: i64,
    missed: i64,
    abandoned: i64,
    busy: i64,
    failed: i64,
    talked_ms: i64,
}

impl SumsRow {
    fn read(&self) -> Sums {
        Sums {
            answered: count(self.answered),
            missed: count(self.missed),
            abandoned: count(self.abandoned),
            busy: count(self.busy),
            failed: count(self.failed),
            talked_ms: count(self.talked_ms),
        }
    }
}

#[derive(FromRow)]
struct LegRow {
    exten: Option<String>,
    endpoint: String,
    ringing_at: Option<i64>,
    answered_at: Option<i64>,
    ended_at: Option<i64>,
    ending: Option<String>,
}

impl LegRow {
    fn read(self) -> Result<PastLeg, StoreError> {
        Ok(PastLeg {
            exten: self.exten.map(Extension::new),
            endpoint: Endpoint::new(self.endpoint),
            ringing_at: maybe_timestamp(self.ringing_at)?,
            answered_at: maybe_timestamp(self.answered_at)?,
            ended_at: maybe_timestamp(self.ended_at)?,
            end: self.ending.map(|end| from_word("leg's end", &end)).transpose()?,
        })
    }
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
