//! The answer of `allclear report`: one span of days, added up by one key.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::{Labels, SessionNumbers, Tally};
use crate::model::{CostByBasis, DateRange, NO_CLIENT, RollupRow, Tokens, Unpriced, Usd};

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
    Client,
    Machine,
    Person,
}

impl ReportBy {
    pub const ALL: [ReportBy; 9] = [
        ReportBy::Day,
        ReportBy::Month,
        ReportBy::Model,
        ReportBy::Project,
        ReportBy::Session,
        ReportBy::Source,
        ReportBy::Client,
        ReportBy::Machine,
        ReportBy::Person,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ReportBy::Day => "day",
            ReportBy::Month => "month",
            ReportBy::Model => "model",
            ReportBy::Project => "project",
            ReportBy::Session => "session",
            ReportBy::Source => "source",
            ReportBy::Client => "client",
            ReportBy::Machine => "machine",
            ReportBy::Person => "person",
        }
    }

    /// Reads a name.
    ///
    /// # Errors
    /// With the names there are, when it is none of them.
    pub fn parse(name: &str) -> Result<ReportBy, String> {
        let found = ReportBy::ALL.into_iter().find(|by| by.name() == name);
        found.ok_or_else(|| format!("by is one of {}", ReportBy::ALL.map(ReportBy::name).join(", ")))
    }

    fn key(self, row: &RollupRow, labels: &Labels) -> String {
        match self {
            ReportBy::Day => row.date.to_string(),
            ReportBy::Month => row.date.format("%Y-%m").to_string(),
            ReportBy::Model => row.model.to_string(),
            ReportBy::Project => labels.project(row).to_owned(),
            ReportBy::Session => row.session.to_string(),
            ReportBy::Source => row.source.to_string(),
            ReportBy::Client => labels.client(row).unwrap_or(NO_CLIENT).to_owned(),
            ReportBy::Machine => labels.machines.machine(row).to_owned(),
            ReportBy::Person => labels.machines.member(row).to_owned(),
        }
    }
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
    labels: &Labels,
    range: DateRange,
    by: ReportBy,
    timezone: &str,
    now: String,
) -> Report {
    let mut total = Tally::default();
    let mut groups: BTreeMap<String, Tally<'_>> = BTreeMap::new();
    let mut sessions = SessionNumbers::default();
    for row in rows.iter().filter(|row| range.contains(row.date)) {
        let session = sessions.of(row);
        total.add(row, session);
        groups.entry(by.key(row, labels)).or_default().add(row, session);
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
