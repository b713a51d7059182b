//! Tokens per day by kind: read fresh, written to the cache, read from it, and written.

use chrono::NaiveDate;

use super::{bars, day_table, json};
use crate::model::{Chart, Tokens, WindowStats};

type Count = fn(&Tokens) -> u64;

const KINDS: [(&str, Count); 5] = [
    ("Input", |tokens| tokens.input),
    ("Cache writes, 5 min", |tokens| tokens.cache_write_5m),
    ("Cache writes, 1 h", |tokens| tokens.cache_write_1h),
    ("Cache reads", |tokens| tokens.cache_read),
    ("Output", |tokens| tokens.output),
];

/// Tokens per day, piled up by kind; `None` without tokens.
#[must_use]
pub fn tokens_by_kind(stats: &WindowStats) -> Option<Chart> {
    stats.daily.iter().find(|day| day.tokens.total() > 0)?;
    let dates: Vec<NaiveDate> = stats.daily.iter().map(|day| day.date).collect();
    #[expect(clippy::cast_precision_loss, reason = "a bar's height; the table has the exact count")]
    let height = |count: u64| count as f64;
    let series = KINDS.map(|(name, count)| {
        (name.to_owned(), stats.daily.iter().map(|day| height(count(&day.tokens))).collect::<Vec<f64>>())
    });
    let names = KINDS.map(|(name, _)| name.to_owned());
    let (columns, rows) = day_table(&dates, names.iter().cloned().chain(["Total".to_owned()]), |at| {
        let tokens = stats.daily[at].tokens;
        KINDS.iter().map(|(_, count)| count(&tokens)).chain([tokens.total()]).map(|count| count.to_string()).collect()
    });
    Some(Chart {
        label: format!("Tokens per day, by kind, {} to {}", stats.from, stats.to),
        option: json(&bars::piled(&dates, series.into(), "tokens")),
        legend: names.to_vec(),
        columns,
        rows,
        ..Chart::default()
    })
}
