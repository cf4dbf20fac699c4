//! What became of a past call, as its reader sees it: what a colleague answered was not answered
//! here, and a call of our own that nobody took was no customer's to give up.

use domain::{
    call::{Direction, LegEnd, Outcome},
    history::HistoryRow,
};

use crate::{format, texts::Texts};

/// The four ends of a call, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// Made from here.
    Made,
    Talked,
    /// A colleague answered it.
    Elsewhere,
    Lost,
}

impl Became {
    pub fn of(row: &HistoryRow) -> Self {
        match (row.made_by(), row.outcome, row.own_leg) {
            (Some(_), ..) => Self::Made,
            (_, Some(Outcome::Answered), None | Some(LegEnd::Completed | LegEnd::Transferred)) => Self::Talked,
            (_, Some(Outcome::Answered), _) => Self::Elsewhere,
            _ => Self::Lost,
        }
    }

    /// The colour of its chip.
    pub fn chip(self, row: &HistoryRow) -> &'static str {
        match (self, row.outcome) {
            (Self::Talked | Self::Made, Some(Outcome::Answered)) => "chip talking",
            (Self::Lost, Some(Outcome::Abandoned | Outcome::Missed | Outcome::Failed)) => "chip lost",
            _ => "chip",
        }
    }
}

/// In words.
pub fn what_became(row: &HistoryRow, texts: &'static Texts) -> String {
    match (Became::of(row), row.outcome, &row.answered_by) {
        (Became::Elsewhere, _, Some(by)) => (texts.answered_by)(by.as_str(), row.answered_by_name.as_deref()),
        (Became::Elsewhere | Became::Talked, _, None) if row.direction == Direction::Inbound => {
            match &row.answered_outside {
                Some(number) => (texts.answered_outside)(number),
                None => format::outcome(row.outcome, texts).to_owned(),
            }
        }
        (Became::Lost, Some(outcome), _) if row.voicemail => {
            format!("{} · {}", format::outcome(Some(outcome), texts), texts.voicemail)
        }
        (Became::Made, Some(Outcome::Abandoned), _) => texts.not_answered.to_owned(),
        (_, outcome, _) => format::outcome(outcome, texts).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;

    use super::*;
    use crate::texts::Lang;

    fn row(outcome: Outcome, own_leg: Option<LegEnd>, begun_by: Option<&str>) -> HistoryRow {
        HistoryRow {
            call_id: "main:1".into(),
            direction: Direction::Inbound,
            caller_number: String::new(),
            caller_phone: None,
            hidden: false,
            name: None,
            customer_id: None,
            dialled: String::new(),
            begun_by: begun_by.map(Into::into),
            started_at: Timestamp::UNIX_EPOCH,
            answered_at: None,
            ended_at: None,
            outcome: Some(outcome),
            answered_by: Some("1001".into()),
            answered_by_name: None,
            answered_outside: None,
            voicemail: false,
            own_leg,
            legs: 1,
            note: None,
        }
    }

    #[test]
    fn a_colleagues_answer_is_not_ones_own_and_nobody_gives_up_a_call_that_we_made() {
        let said = |row: HistoryRow| (Became::of(&row).chip(&row), what_became(&row, Lang::En.texts()));
        let own = said(row(Outcome::Answered, Some(LegEnd::Completed), None));
        assert_eq!(own, ("chip talking", "Answered".to_owned()));
        let elsewhere = said(row(Outcome::Answered, Some(LegEnd::AnsweredElsewhere), None));
        assert_eq!(elsewhere.0, "chip");
        assert!(elsewhere.1.contains("1001"), "{elsewhere:?}");
        assert_eq!(said(row(Outcome::Abandoned, None, Some("1000"))), ("chip", "No answer".to_owned()));
    }
}
