//! Sessions of a span of days, from the rows everything else is computed from: so that their costs add up to the page.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::lines::Lines;
use super::{Facts, SessionNumber, SessionNumbers};
use crate::model::{DateRange, RollupRow, SessionRow, Spend, TopSession, Usd};

/// What makes a session dear: its cost, else its tokens.
type Rank = (Option<Usd>, u64);

struct Session<'a> {
    first: &'a RollupRow,
    last_day: chrono::NaiveDate,
    /// Beside that of `first`: most sessions have no other.
    more_models: Vec<&'a str>,
    spend: Spend,
}

impl<'a> Session<'a> {
    fn of(row: &'a RollupRow) -> Session<'a> {
        Session { first: row, last_day: row.date, more_models: Vec::new(), spend: Spend::default() }
    }

    fn add(&mut self, row: &'a RollupRow) {
        let is_known = |model: &str| model == &*self.first.model || self.more_models.contains(&model);
        if !is_known(&row.model) {
            self.more_models.push(&row.model);
        }
        if row.project < self.first.project {
            let first = std::mem::replace(&mut self.first, row);
            self.more_models.push(&first.model);
        }
        self.last_day = self.last_day.max(row.date);
        self.spend += &row.spend;
    }

    fn later(&self, other: &Self) -> Ordering {
        let (mine, theirs) = (self.first, other.first);
        let by_name = || (&mine.session, &mine.source).cmp(&(&theirs.session, &theirs.source));
        other.last_day.cmp(&self.last_day).then_with(by_name)
    }

    fn rank(&self) -> Rank {
        (self.spend.cost(), self.spend.tokens.total())
    }

    fn models(&self) -> Vec<String> {
        let models: BTreeSet<&str> = self.more_models.iter().copied().chain([&*self.first.model]).collect();
        models.into_iter().map(str::to_owned).collect()
    }
}

/// The sessions of rows, in no order; `count` is that of all sessions. One that moved between projects is under the
/// first by name.
fn gather<'a>(rows: impl Iterator<Item = (&'a RollupRow, SessionNumber)>, count: usize) -> Vec<Session<'a>> {
    let mut places: Vec<Option<usize>> = vec![None; count];
    let mut found: Vec<Session<'_>> = Vec::new();
    for (row, number) in rows {
        let place = *places[number.index()].get_or_insert_with(|| {
            found.push(Session::of(row));
            found.len() - 1
        });
        found[place].add(row);
    }
    found
}

/// Returns the sessions, latest first. One that moved between projects is shown under the first by name.
#[must_use]
pub fn sessions(rows: &[RollupRow], range: DateRange) -> Vec<SessionRow> {
    let mut numbers = SessionNumbers::default();
    let of_span = rows.iter().filter(|row| range.contains(row.date));
    let numbered: Vec<_> = of_span.filter_map(|row| Some((row, numbers.of(row)?))).collect();
    let mut sessions = gather(numbered.into_iter(), numbers.count());
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
pub(super) fn dearest(facts: &Facts, lines: &Lines<'_>, range: DateRange, count: usize) -> Vec<TopSession> {
    let of_span = lines.lines.iter().filter(|line| range.contains(line.row.date));
    let sessions = gather(of_span.filter_map(|line| Some((line.row, line.session?))), lines.sessions);
    // A session is large, and there are many: their ranks are put in order, and a few of them taken.
    let mut order: Vec<(Rank, usize)> =
        sessions.iter().enumerate().map(|(place, session)| (session.rank(), place)).collect();
    let dearer = |one: &(Rank, usize), other: &(Rank, usize)| {
        other.0.cmp(&one.0).then_with(|| sessions[one.1].later(&sessions[other.1]))
    };
    if order.len() > count {
        order.select_nth_unstable_by(count, dearer);
        order.truncate(count);
    }
    order.sort_unstable_by(dearer);
    let line = |session: &Session<'_>| TopSession {
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
    order.into_iter().map(|(_, place)| line(&sessions[place])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Basis, Tokens};

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
