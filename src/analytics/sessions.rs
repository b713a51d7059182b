//! Sessions of a span of days, from the rows everything else is computed from: so that their costs add up to the page.

use std::cmp::Ordering;

use super::{Facts, SessionNumbers};
use crate::model::{DateRange, RollupRow, SessionRow, Spend, TopSession};

struct Session<'a> {
    first: &'a RollupRow,
    last_day: chrono::NaiveDate,
    models: Vec<&'a str>,
    spend: Spend,
}

impl<'a> Session<'a> {
    fn of(row: &'a RollupRow) -> Session<'a> {
        Session { first: row, last_day: row.date, models: Vec::new(), spend: Spend::default() }
    }

    fn add(&mut self, row: &'a RollupRow) {
        if row.project < self.first.project {
            self.first = row;
        }
        self.last_day = self.last_day.max(row.date);
        if !self.models.contains(&row.model.as_ref()) {
            self.models.push(&row.model);
        }
        self.spend += &row.spend;
    }

    fn later(&self, other: &Self) -> Ordering {
        let (mine, theirs) = (self.first, other.first);
        let by_name = || (&mine.session, &mine.source).cmp(&(&theirs.session, &theirs.source));
        other.last_day.cmp(&self.last_day).then_with(by_name)
    }

    fn dearer(&self, other: &Self) -> Ordering {
        let rank = |session: &Self| (session.spend.cost(), session.spend.tokens.total());
        rank(other).cmp(&rank(self)).then_with(|| self.later(other))
    }

    fn models(mut self) -> Vec<String> {
        self.models.sort_unstable();
        self.models.into_iter().map(str::to_owned).collect()
    }
}

/// The sessions of a span, in no order. One that moved between projects is under the first by name.
fn gather(rows: &[RollupRow], range: DateRange) -> Vec<Session<'_>> {
    let mut numbers = SessionNumbers::default();
    let mut found: Vec<Session<'_>> = Vec::new();
    for row in rows.iter().filter(|row| range.contains(row.date)) {
        let Some(number) = numbers.of(row) else { continue };
        if number.index() == found.len() {
            found.push(Session::of(row));
        }
        found[number.index()].add(row);
    }
    found
}

/// Returns the sessions, latest first. One that moved between projects is shown under the first by name.
#[must_use]
pub fn sessions(rows: &[RollupRow], range: DateRange) -> Vec<SessionRow> {
    let mut sessions = gather(rows, range);
    sessions.sort_by(Session::later);
    let line = |session: Session<'_>| SessionRow {
        source: session.first.source.to_string(),
        session: session.first.session.to_string(),
        project: session.first.project.to_string(),
        last_day: session.last_day,
        spend: session.spend,
        models: session.models(),
    };
    sessions.into_iter().map(line).collect()
}

/// Returns the dearest sessions of a span, dearest first; those without a price come last, by their tokens.
pub(super) fn dearest(facts: &Facts, range: DateRange, count: usize) -> Vec<TopSession> {
    let mut sessions = gather(&facts.rows, range);
    if sessions.len() > count {
        sessions.select_nth_unstable_by(count, Session::dearer);
        sessions.truncate(count);
    }
    sessions.sort_by(Session::dearer);
    let line = |session: Session<'_>| TopSession {
        source: session.first.source.to_string(),
        session: session.first.session.to_string(),
        project: facts.names.name(&session.first.project).to_owned(),
        last_day: session.last_day,
        cost: session.spend.cost(),
        tokens: session.spend.tokens,
        messages: session.spend.messages,
        unpriced: session.spend.has_unpriced(),
        models: session.models(),
    };
    sessions.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Basis, Tokens, Usd};

    fn row(date: &str, session: &str, project: &str, model: &str) -> RollupRow {
        RollupRow {
            source: "claude_code".into(),
            date: date.parse().expect("a date"),
            session: session.into(),
            project: project.into(),
            model: model.into(),
            spend: Spend::of(Tokens { input: 1, ..Tokens::default() }, Some(Usd::from_pico(5)), Basis::Estimated),
        }
    }

    #[test]
    fn a_session_is_one_line_with_everything_of_the_span_in_it() {
        let rows = [
            row("2026-11-01", "old", "/a", "m"),
            row("2026-11-18", "long", "/b", "m"),
            row("2026-11-19", "long", "/a", "n"),
            row("2026-11-18", "short", "/a", "m"),
            row("2026-11-18", "", "/a", "m"),
        ];
        let found = sessions(&rows, DateRange::ending("2026-11-20".parse().expect("a date"), 7));
        let told: Vec<_> = found.iter().map(|s| (s.session.as_str(), s.project.as_str(), s.models.join(","))).collect();
        assert_eq!(told, [("long", "/a", "m,n".to_owned()), ("short", "/a", "m".to_owned())]);
        assert_eq!(found[0].spend.messages, 2);
    }
}
