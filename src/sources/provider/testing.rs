//! What the tests of the parsers share: facts as lines that can be compared at a glance, and answers made wrong.

use super::{BilledCost, FeedError};
use crate::model::UsageEvent;

/// `origin model [input, 5-minute writes, 1-hour writes, reads, output] searches modifiers cost basis`.
pub fn event_line(event: &UsageEvent) -> String {
    let UsageEvent { project, model, tokens, web_searches, modifiers, .. } = event;
    let tokens = [tokens.input, tokens.cache_write_5m, tokens.cache_write_1h, tokens.cache_read, tokens.output];
    let cost = event.cost.map(|cost| format!("{} ", cost.pico())).unwrap_or_default();
    format!("{project} {model} {tokens:?} {web_searches} {modifiers} {cost}{}", event.basis.as_str())
}

/// `origin kind model amount`, the amount in pico-dollars.
pub fn cost_line(cost: &BilledCost) -> String {
    let BilledCost { origin, kind, model, amount, .. } = cost;
    format!("{origin} {kind} {} {}", model.as_deref().unwrap_or("-"), amount.pico())
}

/// Returns the answer with the first `find` replaced, which must be there.
pub fn edited(answer: &str, find: &str, with: &str) -> String {
    assert!(answer.contains(find), "the fixture has no {find}");
    answer.replacen(find, with, 1)
}

/// The answer was refused, and the error names the feed and the place, but nothing that may be secret.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(outcome: Result<T, FeedError>, feed: &str, named: &str) {
    let error = outcome.expect_err(&format!("must be refused: {named}")).to_string();
    assert!(error.starts_with(feed) && error.contains(named), "{error}\nshould name {named}");
    assert!(!error.contains("sk-") && error.len() < 400, "{error}");
}
