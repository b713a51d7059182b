//! The same session, told of by several sources, counted once.
//!
//! A log tells of each message, with its project; an event of each request; a metric of sums. A session counts from the
//! best of them as a whole: what the others say of it is kept, shown as *also seen*, and in no total. As a whole, because
//! they date the same request a minute apart, so that taking one from the other day by day would leave crumbs. An imported
//! file knows days only: a day that anything better tells of is not counted from it, whichever came first.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use crate::model::RollupRow;

/// What of each source another one counts.
#[derive(Clone, Debug, Default)]
pub struct Covered {
    sessions: HashMap<&'static str, HashSet<String>>,
    days: HashMap<&'static str, BTreeSet<NaiveDate>>,
}

impl Covered {
    pub fn insert(&mut self, source: &'static str, sessions: HashSet<String>) {
        if !sessions.is_empty() {
            self.sessions.insert(source, sessions);
        }
    }

    pub fn insert_days(&mut self, source: &'static str, days: BTreeSet<NaiveDate>) {
        if !days.is_empty() {
            self.days.insert(source, days);
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.days.is_empty()
    }

    fn holds(&self, row: &RollupRow) -> bool {
        let source = row.source.as_ref();
        self.sessions.get(source).is_some_and(|sessions| sessions.contains(row.session.as_ref()))
            || self.days.get(source).is_some_and(|days| days.contains(&row.date))
    }

    /// Takes out of `rows` what another source counts, and returns it.
    pub fn take_from(&self, rows: &mut Vec<RollupRow>) -> Vec<RollupRow> {
        if self.is_empty() {
            return Vec::new();
        }
        let (seen, counted) = std::mem::take(rows).into_iter().partition(|row| self.holds(row));
        *rows = counted;
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Spend;

    #[test]
    fn a_session_another_source_counts_is_taken_out_as_a_whole_and_kept() {
        let row = |source: &str, session: &str, date: &str| RollupRow {
            source: source.into(),
            date: date.parse().expect("a date"),
            session: session.into(),
            project: "p".into(),
            model: "m".into(),
            spend: Spend::default(),
        };
        let mut covered = Covered::default();
        covered.insert("telemetry_metrics", ["a".to_owned()].into());
        let mut rows = vec![
            row("claude_code", "a", "2026-11-01"),
            row("telemetry_metrics", "a", "2026-11-01"),
            row("telemetry_metrics", "a", "2026-11-02"),
            row("telemetry_metrics", "b", "2026-11-01"),
        ];
        let seen = covered.take_from(&mut rows);
        let told = |rows: &[RollupRow]| -> Vec<(String, String)> {
            rows.iter().map(|row| (row.source.to_string(), row.session.to_string())).collect()
        };
        let pair = |source: &str, session: &str| (source.to_owned(), session.to_owned());
        assert_eq!(told(&rows), [pair("claude_code", "a"), pair("telemetry_metrics", "b")]);
        assert_eq!(seen.len(), 2);
    }
}
