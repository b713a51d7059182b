//! Usage added up by one key: the report, as a table.

use super::{By, Cell, Labels};
use crate::analytics::{Report, ReportRow, report_by};
use crate::model::{DateRange, RollupRow, Usd};

/// The columns of a table of sums: those of `allclear report --csv`.
pub const SUMS: &[&str] = &[
    "key",
    "tokensIn",
    "tokensOut",
    "input",
    "cacheWrite5m",
    "cacheWrite1h",
    "cacheRead",
    "output",
    "cost",
    "unpricedTokensIn",
    "unpricedTokensOut",
    "messages",
    "sessions",
];

/// Adds up `rows` within `range`.
#[must_use]
pub fn sums(rows: &[RollupRow], labels: &Labels, range: DateRange, by: By, timezone: &str, now: String) -> Report {
    report_by(rows, range, |row| by.key_of(row, labels), timezone, now)
}

#[must_use]
pub fn sum_row(row: &ReportRow) -> Vec<Cell<'_>> {
    let (all, tokens) = (&row.totals, &row.totals.tokens);
    vec![
        row.key.as_str().into(),
        all.tokens_in.into(),
        all.tokens_out.into(),
        tokens.input.into(),
        tokens.cache_write_5m.into(),
        tokens.cache_write_1h.into(),
        tokens.cache_read.into(),
        tokens.output.into(),
        // As the report has it, which is rounded to the nano-dollar.
        all.cost.map(|cost| Usd::from_pico(cost.nano() * 1_000)).into(),
        all.unpriced.tokens_in.into(),
        all.unpriced.tokens_out.into(),
        all.messages.into(),
        all.sessions.into(),
    ]
}
