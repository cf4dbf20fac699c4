//! What the address asks the history for.

use domain::{
    call::{Direction, Outcome},
    history::{HistoryFilter, Sort},
    ids::Extension,
};
use jiff::civil::Date;
use leptos_router::params::ParamsMap;

use crate::browser;

pub const DIRECTIONS: [Direction; 3] = [Direction::Inbound, Direction::Outbound, Direction::Internal];
pub const OUTCOMES: [Outcome; 5] =
    [Outcome::Answered, Outcome::Abandoned, Outcome::Missed, Outcome::Busy, Outcome::Failed];
const SORTS: [Sort; 5] = [Sort::Time, Sort::Customer, Sort::Outcome, Sort::Agent, Sort::Duration];

/// The list that an address means. What it does not understand it leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The first day and the last, where the person sits.
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub direction: Option<Direction>,
    pub outcome: Option<Outcome>,
    pub exten: String,
    pub text: String,
    pub sort: Sort,
    pub reversed: bool,
    /// From 0; the address says it from 1.
    pub page: u32,
}

impl Asked {
    pub fn of(query: &ParamsMap) -> Self {
        let said = |key: &str| query.get(key).unwrap_or_default();
        Self {
            from: said("from").parse().ok(),
            until: said("until").parse().ok(),
            direction: direction(&said("direction")),
            outcome: outcome(&said("outcome")),
            exten: said("exten"),
            text: said("q"),
            sort: SORTS.into_iter().find(|it| sort_key(*it) == said("sort")).unwrap_or_default(),
            reversed: said("order") == "reversed",
            page: said("page").parse::<u32>().map_or(0, |page| page.saturating_sub(1)),
        }
    }

    /// `?from=2026-11-27&page=2`; nothing where everything is as by default.
    pub fn query(&self) -> String {
        let mut query = ParamsMap::new();
        let mut say = |key: &str, value: String| {
            if !value.is_empty() {
                query.insert(key.to_owned(), value);
            }
        };
        say("from", self.from.map(|it| it.to_string()).unwrap_or_default());
        say("until", self.until.map(|it| it.to_string()).unwrap_or_default());
        say("direction", self.direction.map(direction_key).unwrap_or_default().to_owned());
        say("outcome", self.outcome.map(outcome_key).unwrap_or_default().to_owned());
        say("exten", self.exten.clone());
        say("q", self.text.clone());
        say("sort", if self.sort == Sort::default() { String::new() } else { sort_key(self.sort).to_owned() });
        say("order", if self.reversed { "reversed".to_owned() } else { String::new() });
        say("page", if self.page == 0 { String::new() } else { (self.page + 1).to_string() });
        query.to_query_string()
    }

    pub fn filter(&self, page_size: u32) -> HistoryFilter {
        let after = self.until.and_then(|day| day.tomorrow().ok());
        HistoryFilter {
            from: self.from.map(browser::midnight),
            until: after.map(browser::midnight),
            direction: self.direction,
            outcome: self.outcome,
            exten: (!self.exten.is_empty()).then(|| Extension::new(self.exten.clone())),
            text: self.text.clone(),
            sort: self.sort,
            reversed: self.reversed,
            page: self.page,
            page_size,
            ..HistoryFilter::default()
        }
    }
}

pub fn direction(key: &str) -> Option<Direction> {
    DIRECTIONS.into_iter().find(|it| direction_key(*it) == key)
}

pub fn outcome(key: &str) -> Option<Outcome> {
    OUTCOMES.into_iter().find(|it| outcome_key(*it) == key)
}

pub fn direction_key(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
        Direction::Internal => "internal",
    }
}

pub fn outcome_key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Abandoned => "abandoned",
        Outcome::Missed => "missed",
        Outcome::Busy => "busy",
        Outcome::Failed => "failed",
    }
}

fn sort_key(sort: Sort) -> &'static str {
    match sort {
        Sort::Time => "time",
        Sort::Customer => "customer",
        Sort::Outcome => "outcome",
        Sort::Agent => "agent",
        Sort::Duration => "duration",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_was_asked_and_nonsense_is_left_out() {
        let asked = Asked {
            from: Some("2026-11-27".parse().unwrap()),
            outcome: Some(Outcome::Missed),
            text: "Đặng & con".to_owned(),
            sort: Sort::Duration,
            reversed: true,
            page: 2,
            ..Asked::default()
        };
        let params = |pairs: &[(&str, &str)]| {
            let mut map = ParamsMap::new();
            for (key, value) in pairs {
                map.insert((*key).to_owned(), (*value).to_owned());
            }
            map
        };
        let said = [
            ("from", "2026-11-27"),
            ("outcome", "missed"),
            ("q", "Đặng & con"),
            ("sort", "duration"),
            ("order", "reversed"),
            ("page", "3"),
        ];
        assert_eq!(Asked::of(&params(&said)), asked);
        assert_eq!(Asked::default().query(), "");
        let nonsense = [("from", "yesterday"), ("outcome", "x"), ("sort", ""), ("page", "-1")];
        assert_eq!(Asked::of(&params(&nonsense)), Asked::default());
    }
}
