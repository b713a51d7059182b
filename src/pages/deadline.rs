//! Deadlines and counts as every page says them.

use chrono::NaiveDate;

use crate::model::{ProjectChoices, ProjectStatus};

/// A deadline in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// `2026-12-01, 10 days left`
    pub text: String,
    /// Only what is still worked on can be late.
    pub overdue: bool,
}

/// Returns the deadline of a project that has one.
pub(super) fn due(choices: &ProjectChoices, today: NaiveDate) -> Option<Due> {
    let deadline = choices.deadline?;
    if choices.status != ProjectStatus::Active {
        return Some(Due { text: deadline.to_string(), overdue: false });
    }
    let days = (deadline - today).num_days();
    let left = match days {
        ..0 => format!("{} overdue", count(days.unsigned_abs(), "day")),
        0 => "today".to_owned(),
        _ => format!("{} left", count(days.unsigned_abs(), "day")),
    };
    Some(Due { text: format!("{deadline}, {left}"), overdue: days < 0 })
}

/// `1 day`, `2 days`.
pub(super) fn count(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_active_project_can_be_late() {
        let today = "2026-11-21".parse().expect("a date");
        let said = |deadline: &str, status| {
            let choices = ProjectChoices { deadline: deadline.parse().ok(), status, ..ProjectChoices::of_new("shop") };
            due(&choices, today).map(|due| (due.text, due.overdue))
        };
        let active = ProjectStatus::Active;
        assert_eq!(said("2026-11-20", active), Some(("2026-11-20, 1 day overdue".to_owned(), true)));
        assert_eq!(said("2026-11-21", active), Some(("2026-11-21, today".to_owned(), false)));
        assert_eq!(said("2026-12-01", active), Some(("2026-12-01, 10 days left".to_owned(), false)));
        assert_eq!(said("2026-11-01", ProjectStatus::Completed), Some(("2026-11-01".to_owned(), false)));
        assert_eq!(said("", active), None);
    }
}
