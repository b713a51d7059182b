//! Sessions of a span of days, from the rows everything else is computed from: so that their costs add up to the page.

use std::collections::{BTreeSet, HashMap};

use super::Facts;
use crate::model::{DateRange, RollupRow, SessionRow, Spend, TopSession};

struct Session<'a> {
    first: &'a RollupRow,
    last_day: chrono::NaiveDate,
    models: BTreeSet<&'a str>,
    spend: Spend,
}

/// Returns the sessions, latest first. One that moved between projects is shown under the first by name.
#[must_use]
pub fn sessions(rows: &[RollupRow], range: DateRange) -> Vec<SessionRow> {
    let mut found: HashMap<(&str, &str), Session<'_>> = HashMap::new();
    for row in rows.iter().filter(|row| !row.session.is_empty() && range.contains(row.date)) {
        let session = found.entry((&row.source, &row.session)).or_insert_with(|| Session {
            first: row,
            last_day: row.date,
            models: BTreeSet::new(),
            spend: Spend::default(),
        });
        if row.project < session.first.project {
            session.first = row;
        }
        session.last_day = session.last_day.max(row.date);
        session.models.insert(&row.model);
        session.spend += &row.spend;
    }
    let mut sessions: Vec<SessionRow> = found
        .into_values()
        .map(|session| SessionRow {
            source: session.first.source.to_string(),
            session: session.first.session.to_string(),
            project: session.first.project.to_string(),
            models: session.models.into_iter().map(str::to_owned).collect(),
            last_day: session.last_day,
            spend: session.spend,
        })
        .collect();
    sessions.sort_by(|a, b| {
        b.last_day.cmp(&a.last_day).then_with(|| (&a.session, &a.source).cmp(&(&b.session, &b.source)))
    });
    sessions
}

/// Returns the dearest sessions of a span, dearest first; those without a price come last, by their tokens.
pub(super) fn dearest(facts: &Facts, range: DateRange, count: usize) -> Vec<TopSession> {
    let mut all = sessions(&facts.rows, range);
    all.sort_by_key(|session| std::cmp::Reverse((session.spend.cost(), session.spend.tokens.total())));
    all.truncate(count);
    all.into_iter()
        .map(|session| TopSession {
            source: session.source,
            session: session.session,
            project: facts.names.name(&session.project).to_owned(),
            models: session.models,
            last_day: session.last_day,
            cost: session.spend.cost(),
            tokens: session.spend.tokens,
            messages: session.spend.messages,
            unpriced: session.spend.has_unpriced(),
        })
        .collect()
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
