//! The answer of `allclear report`: one span of days, added up by one key.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::{ProjectNames, Tally};
use crate::model::{CostByBasis, DateRange, RollupRow, Tokens, Unpriced, Usd};

/// What the rows of a report are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReportBy {
    #[default]
    Day,
    Month,
    Model,
    Project,
    Session,
    Source,
}

/// A report, as `--json` prints it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub generated_at: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub timezone: String,
    pub totals: Totals,
    /// Sorted by key.
    pub rows: Vec<ReportRow>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    pub tokens_in: u64,
    pub tokens_out: u64,
    pub tokens: Tokens,
    /// The known part; `null` when nothing is priced.
    pub cost: Option<Usd>,
    pub cost_basis: CostByBasis,
    pub unpriced: Unpriced,
    pub messages: u64,
    pub sessions: u64,
}

#[derive(Clone, Debug, Serialize)]
pub struct ReportRow {
    pub key: String,
    #[serde(flatten)]
    pub totals: Totals,
}

/// Adds up `rows` within `range`, by one key.
#[must_use]
pub fn report(
    rows: &[RollupRow],
    names: &ProjectNames,
    range: DateRange,
    by: ReportBy,
    timezone: &str,
    now: String,
) -> Report {
    let key = |row: &RollupRow| match by {
        ReportBy::Day => row.date.to_string(),
        ReportBy::Month => row.date.format("%Y-%m").to_string(),
        ReportBy::Model => row.model.to_string(),
        ReportBy::Project => names.name(&row.project).to_owned(),
        ReportBy::Session => row.session.to_string(),
        ReportBy::Source => row.source.to_string(),
    };
    report_by(rows, range, key, timezone, now)
}

/// Adds up `rows` within `range`, by a key of the caller's.
#[must_use]
pub fn report_by(
    rows: &[RollupRow],
    range: DateRange,
    key: impl Fn(&RollupRow) -> String,
    timezone: &str,
    now: String,
) -> Report {
    let mut total = Tally::default();
    let mut groups: BTreeMap<String, Tally<'_>> = BTreeMap::new();
    for row in rows.iter().filter(|row| range.contains(row.date)) {
        total.add(row);
        groups.entry(key(row)).or_default().add(row);
    }
    Report {
        generated_at: now,
        from: range.from,
        to: range.to,
        timezone: timezone.to_owned(),
        totals: totals(&total),
        rows: groups.into_iter().map(|(key, tally)| ReportRow { key, totals: totals(&tally) }).collect(),
    }
}

fn totals(tally: &Tally<'_>) -> Totals {
    let spend = &tally.spend;
    Totals {
        tokens_in: spend.tokens.tokens_in(),
        tokens_out: spend.tokens.output,
        tokens: spend.tokens,
        cost: spend.cost(),
        cost_basis: spend.by_basis,
        unpriced: tally.unpriced(),
        messages: spend.messages,
        sessions: tally.sessions(),
    }
}
