//! The four numbers of a span that stand above everything else. Pure.

use std::cmp::Ordering;

use super::shares::money;
use crate::analytics::model_label;
use crate::components::Stat;
use crate::model::{DateRange, Shown, Usd, WindowStats, compact, grouped};

/// Spend, pace, tokens, models.
pub(super) fn cards(stats: &WindowStats, shown: Shown) -> Vec<Stat> {
    let costs: Vec<i128> = stats.daily.iter().map(|day| day.cost.unwrap_or_default().pico()).collect();
    let tokens: Vec<i128> = stats.daily.iter().map(|day| i128::from(day.tokens_in + day.tokens_out)).collect();
    let more = !stats.unpriced.models.is_empty();
    let card = |name: String, value: String, spark: String| Stat { name, value, spark, ..Stat::default() };
    let (strong, tone, note) = compared(stats, shown);
    let cache = stats.tokens.cache_hit_pct();
    let dearest = stats.by_model.iter().max_by_key(|(_, share)| share.cost).map(|(model, _)| model_label(model));
    vec![
        Stat {
            strong,
            tone,
            note,
            ..card(
                if stats.days == 1 { "Spend, 1 day".to_owned() } else { format!("Spend, {} days", stats.days) },
                money(shown, stats.total_cost, more),
                spark(&costs),
            )
        },
        Stat {
            strong: "/ day".to_owned(),
            note: if stats.days == 1 { "on one day".to_owned() } else { format!("over {} days", stats.days) },
            ..card("Burn rate".to_owned(), money(shown, stats.burn_rate, more), spark(&costs))
        },
        Stat {
            strong: cache.map(|percent| format!("{percent} % from cache")).unwrap_or_default(),
            tone: "good".to_owned(),
            note: format!("{} messages", grouped(stats.messages.into())),
            ..card("Tokens".to_owned(), compact(stats.tokens.total()), spark(&tokens))
        },
        Stat {
            strong: dearest.clone().unwrap_or_default(),
            note: if dearest.is_some() { "costs the most".to_owned() } else { "no usage in these days".to_owned() },
            ..card("Active models".to_owned(), stats.by_model.len().to_string(), String::new())
        },
    ]
}

/// The change against the same span before: what, its colour, and of what.
fn compared(stats: &WindowStats, shown: Shown) -> (String, String, String) {
    let (Some(now), Some(before)) = (stats.total_cost, stats.previous.total_cost) else {
        return (String::new(), String::new(), "a part has no price".to_owned());
    };
    if before == Usd::ZERO {
        return (String::new(), String::new(), format!("nothing in {}", before_in_words(stats)));
    }
    let difference = now - before;
    let before = before_in_words(stats);
    let (tone, word, amount) = match difference.cmp(&Usd::ZERO) {
        Ordering::Greater => ("up", "more", difference),
        Ordering::Less => ("good", "less", Usd::ZERO - difference),
        Ordering::Equal => return (String::new(), String::new(), format!("as much as in {before}")),
    };
    (format!("{} {word}", shown.money(amount)), tone.to_owned(), format!("than in {before}"))
}

/// `the 7 days before`, or which days, when others are compared with.
pub(super) fn before_in_words(stats: &WindowStats) -> String {
    let range = DateRange { from: stats.from, to: stats.to };
    let before = DateRange { from: stats.previous.from, to: stats.previous.to };
    match (before == range.previous(), stats.days) {
        (true, 1) => "the day before".to_owned(),
        (true, days) => format!("the {days} days before"),
        (false, _) => before.words(),
    }
}

/// The points of an 88 by 24 line through `values`.
fn spark(values: &[i128]) -> String {
    let most = values.iter().copied().max().unwrap_or(0);
    if most <= 0 || values.len() < 2 {
        return String::new();
    }
    let last = values.len() as i128 - 1;
    let point = |(at, value): (usize, &i128)| format!("{},{}", at as i128 * 88 / last, 22 - value * 20 / most);
    values.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
}
