//! How much of the prompts came from the cache, day by day.

use chrono::NaiveDate;

use super::lines::{ALL_OF_IT, lines};
use super::{UNKNOWN, day_table, json};
use crate::model::{Chart, Tokens, WindowStats};

/// Percent of each day's prompt tokens; a day without any is a gap. `None` when no day has any.
#[must_use]
pub fn cache_hit_rate(stats: &WindowStats) -> Option<Chart> {
    let rates: Vec<Option<f64>> = stats.daily.iter().map(|day| rate(&day.tokens)).collect();
    rates.iter().find(|rate| rate.is_some())?;
    let dates: Vec<NaiveDate> = stats.daily.iter().map(|day| day.date).collect();
    let names = ["Cache hits", "Cache reads", "Prompt tokens"].map(str::to_owned);
    let (columns, rows) = day_table(&dates, names, |at| {
        let tokens = stats.daily[at].tokens;
        let rate = rates[at].map_or_else(|| UNKNOWN.to_owned(), |rate| format!("{rate:.1} %"));
        vec![rate, tokens.cache_read.to_string(), tokens.tokens_in().to_string()]
    });
    Some(Chart {
        label: format!("Cache hits per day in percent of the prompt tokens, {} to {}", stats.from, stats.to),
        option: json(&lines(&dates, vec![("Cache hits".to_owned(), rates)], "percent", Some(ALL_OF_IT))),
        columns,
        rows,
        ..Chart::default()
    })
}

/// To a tenth of a percent.
fn rate(tokens: &Tokens) -> Option<f64> {
    let prompt = u128::from(tokens.tokens_in());
    let tenths = (u128::from(tokens.cache_read) * 1000 + prompt / 2).checked_div(prompt)?;
    u32::try_from(tenths).ok().map(|tenths| f64::from(tenths) / 10.0)
}
