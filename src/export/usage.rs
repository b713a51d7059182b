//! Usage, one line per row of the daily roll-up.

use super::Cell;
use crate::analytics::Labels;
use crate::model::{RollupRow, Spend, Usd};

/// The columns of the table of usage.
pub const USAGE: &[&str] = &[
    "date",
    "source",
    "project",
    "client",
    "session",
    "model",
    "tokensIn",
    "tokensOut",
    "input",
    "cacheWrite5m",
    "cacheWrite1h",
    "cacheRead",
    "output",
    "cost",
    "costBasis",
    "unpricedTokensIn",
    "unpricedTokensOut",
    "messages",
];

#[must_use]
pub fn usage_row<'a>(row: &'a RollupRow, labels: &'a Labels) -> Vec<Cell<'a>> {
    let (spend, tokens) = (&row.spend, &row.spend.tokens);
    vec![
        row.date.into(),
        row.source.as_ref().into(),
        labels.project(row).into(),
        labels.client(row).into(),
        row.session.as_ref().into(),
        row.model.as_ref().into(),
        tokens.tokens_in().into(),
        tokens.output.into(),
        tokens.input.into(),
        tokens.cache_write_5m.into(),
        tokens.cache_write_1h.into(),
        tokens.cache_read.into(),
        tokens.output.into(),
        spend.cost().into(),
        basis(spend).into(),
        spend.unpriced_in.into(),
        spend.unpriced_out.into(),
        spend.messages.into(),
    ]
}

/// What the cost of a row rests on, joined by `+` when that is several things.
pub(super) fn basis(spend: &Spend) -> String {
    let by = &spend.by_basis;
    let known = [("billed", by.billed), ("reported", by.reported), ("estimated", by.estimated)];
    let mut parts: Vec<&str> = known.into_iter().filter(|(_, cost)| *cost != Usd::ZERO).map(|(name, _)| name).collect();
    if parts.is_empty() && spend.cost().is_some() {
        // What costs nothing was priced at nothing.
        parts.push("estimated");
    }
    if spend.has_unpriced() {
        parts.push("unpriced");
    }
    parts.join("+")
}
