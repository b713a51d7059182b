//! How many tasks of a project were done when, and how fast that goes. Noted when the number changes, never guessed.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// Weeks the velocity is the mean of.
const WEEKS: u64 = 4;
/// A shorter time says nothing about a week.
const LEAST_DAYS: i64 = 7;
/// Changes that are kept: more than the weeks have days.
const KEPT: usize = 60;

/// Tasks done at the end of days, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskLog(Vec<(NaiveDate, u32)>);

impl TaskLog {
    /// Notes that from `today` on `done` tasks are done, where `before` were, `None` when there were no tasks yet; of
    /// several changes of a day the last holds. The first one also notes what was so since the project's `start`.
    pub fn note(&mut self, start: NaiveDate, before: Option<u32>, today: NaiveDate, done: u32) {
        if before == Some(done) {
            return;
        }
        if let Some(before) = before.filter(|_| self.0.is_empty() && start < today) {
            self.0.push((start, before));
        }
        self.0.retain(|(day, _)| *day < today);
        self.0.push((today, done));
        self.0.drain(..self.0.len().saturating_sub(KEPT));
    }

    /// Returns the tasks done in a week, in the mean of the last four, or of the time there is; `None` when nothing was
    /// ever noted or that time is less than a week. What was opened again counts against what was done, down to none.
    #[must_use]
    pub fn velocity(&self, today: NaiveDate) -> Option<f64> {
        let from = today.checked_sub_days(Days::new(WEEKS * 7))?;
        let (first, _) = *self.0.first()?;
        let at = |day: NaiveDate| self.0.iter().rev().find(|(noted, _)| *noted <= day).map(|(_, done)| *done);
        let from = from.max(first);
        let days = (today - from).num_days();
        let done = at(today)?.saturating_sub(at(from)?);
        (days >= LEAST_DAYS).then(|| f64::from(done) * 7.0 / days as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn velocity(changes: &[(&str, u32, u32)], today: &str) -> Option<f64> {
        let mut log = TaskLog::default();
        for (at, before, done) in changes {
            log.note(day("2026-09-01"), Some(*before), day(at), *done);
        }
        log.velocity(day(today))
    }

    #[test]
    fn the_velocity_is_the_mean_of_four_weeks() {
        assert_eq!(velocity(&[], "2026-11-20"), None, "nobody counts");
        assert_eq!(velocity(&[("2026-11-20", 4, 4)], "2026-11-20"), None, "another field was changed");
        assert_eq!(velocity(&[("2026-11-18", 4, 12)], "2026-11-20"), Some(2.0), "8 tasks in 28 days");
        let changes =
            [("2026-10-20", 0, 100), ("2026-11-10", 100, 103), ("2026-11-20", 103, 99), ("2026-11-20", 99, 104)];
        assert_eq!(velocity(&changes, "2026-11-20"), Some(1.0), "what was done before is not of these weeks");
        assert_eq!(velocity(&changes, "2027-02-01"), Some(0.0), "nothing was done since");
        assert_eq!(velocity(&[("2026-11-18", 12, 4)], "2026-11-20"), Some(0.0), "opened again");
        assert_eq!(velocity(&[("2026-09-04", 0, 5)], "2026-09-05"), None, "not yet a week");
        assert_eq!(velocity(&[("2026-09-04", 0, 5)], "2026-09-11"), Some(3.5), "5 in the ten days there are");
    }

    #[test]
    fn tasks_that_are_entered_for_the_first_time_were_not_done_that_day() {
        let mut log = TaskLog::default();
        log.note(day("2026-11-01"), None, day("2026-11-04"), 50);
        assert_eq!(log.velocity(day("2026-11-18")), Some(0.0));
        log.note(day("2026-11-01"), Some(50), day("2026-11-18"), 54);
        assert_eq!(log.velocity(day("2026-11-18")), Some(2.0));
    }

    #[test]
    fn the_log_stays_short() {
        let mut log = TaskLog::default();
        for number in 0..500_u32 {
            let today = day("2020-01-01") + Days::new(number.into());
            log.note(day("2019-01-01"), Some(number), today, number + 1);
        }
        assert_eq!(log.0.len(), KEPT);
        assert_eq!(log.velocity(day("2020-01-01") + Days::new(499)), Some(7.0));
    }
}
