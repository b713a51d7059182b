//! Usage added up by one key: the report, as a table.

use std::io;

use super::{Cell, Format, Sheet};
use crate::analytics::{Report, ReportRow};
use crate::model::Usd;

const COLUMNS: &[&str] = &[
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

/// Writes a report as CSV.
///
/// # Errors
/// When `out` cannot be written.
pub fn sums(out: &mut dyn io::Write, report: &Report) -> io::Result<()> {
    let mut sheet = Sheet::new(Format::Csv, COLUMNS);
    sheet.begin(out, &[])?;
    sheet.rows(out, report.rows.iter().map(row))?;
    sheet.end(out)
}

fn row(row: &ReportRow) -> Vec<Cell<'_>> {
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
