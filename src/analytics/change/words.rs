//! A change and its reasons in words.

use super::{Cause, Reason};
use crate::analytics::model_label;
use crate::model::{Change, Shown, Usd};

/// Reasons of a sentence; more are gathered as the rest.
const NAMED: usize = 3;
/// Smaller parts of the largest reason are not worth a word.
const WORTH_PERCENT: i128 = 8;
const HALF_A_CENT: i128 = 5_000_000_000;

/// A cause, without its amount.
pub(super) fn reason(reason: &Reason<'_>) -> String {
    let (project, model, more) = (reason.project, model_label(reason.model), reason.amount > 0);
    match reason.cause {
        Cause::Begun => format!("new work on {project}"),
        Cause::Ended => format!("no more work on {project}"),
        Cause::Volume => format!("{} work on {project}", if more { "more" } else { "less" }),
        Cause::Share => format!("{model} share on {project}"),
        Cause::Output => format!("{} answers of {model} on {project}", if more { "longer" } else { "shorter" }),
        Cause::Cache => format!("cache {} of {model} on {project}", if more { "misses" } else { "hits" }),
        Cause::Price => format!("{} price of {model}", if more { "higher" } else { "lower" }),
    }
}

pub(super) fn other(count: usize) -> String {
    format!("{count} smaller reasons")
}

/// `+$38: +$29 Opus 4.5 share on proj-07, +$9 cache misses of Opus 4.5 on proj-07`
/// Empty when there is nothing to compare with.
#[must_use]
pub fn sentence(change: &Change, shown: Shown) -> String {
    if change.sentence.is_empty() {
        return String::new();
    }
    words(change, shown)
}

pub(super) fn words(change: &Change, shown: Shown) -> String {
    let size = |amount: Usd| amount.pico().abs();
    let most = change.drivers.first().map_or(0, |driver| size(driver.amount));
    if most < HALF_A_CENT {
        return "About the same".to_owned();
    }
    let worth = (most * WORTH_PERCENT / 100).max(HALF_A_CENT);
    let named: Vec<_> = change.drivers.iter().take(NAMED).take_while(|driver| size(driver.amount) >= worth).collect();
    let mut amounts: Vec<Usd> = named.iter().map(|driver| driver.amount).collect();
    let rest = change.total - amounts.iter().copied().sum();
    let steps = shown.rough_steps(
        amounts.iter().copied().chain([change.total]).max_by_key(|amount| size(*amount)).unwrap_or_default(),
    );
    // What is left unsaid is no more than rounding: then the largest reason takes it, lest the sum look wrong.
    let says_the_rest = size(rest) >= worth || steps.of(rest) != 0;
    amounts.extend(says_the_rest.then_some(rest));
    let total = steps.of(change.total);
    let texts = named.iter().map(|driver| driver.text.as_str()).chain(["the rest"]);
    let parts = steps.parts(total, &amounts).into_iter().zip(texts);
    let reasons: Vec<String> = parts.map(|(amount, text)| format!("{} {text}", steps.signed(amount))).collect();
    format!("{}: {}", steps.signed(total), reasons.join(", "))
}

/// `+$38`, `−$5.20`
pub(in crate::analytics) fn signed(amount: Usd, shown: Shown) -> String {
    if size_is_none(amount) {
        return format!("±{}", shown.nothing());
    }
    if amount > Usd::ZERO { format!("+{}", shown.rough(amount)) } else { shown.rough(amount) }
}

fn size_is_none(amount: Usd) -> bool {
    amount.pico().abs() < HALF_A_CENT
}
