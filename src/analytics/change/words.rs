//! A change and its reasons in words.

use crate::model::{Change, Usd};

/// Reasons of a sentence; more are gathered as the rest.
const NAMED: usize = 3;
/// Smaller parts of the largest reason are not worth a word.
const WORTH_PERCENT: i128 = 8;
const HALF_A_CENT: i128 = 5_000_000_000;

pub(super) fn share(model: &str, project: &str) -> String {
    format!("{model} share on {project}")
}

pub(super) fn output(model: &str, project: &str, more: bool) -> String {
    format!("{} answers of {model} on {project}", if more { "longer" } else { "shorter" })
}

pub(super) fn cache(model: &str, project: &str, more: bool) -> String {
    format!("cache {} of {model} on {project}", if more { "misses" } else { "hits" })
}

pub(super) fn price(model: &str, more: bool) -> String {
    format!("{} price of {model}", if more { "higher" } else { "lower" })
}

pub(super) fn volume(project: &str, is_new: bool, is_over: bool, more: bool) -> String {
    match (is_new, is_over, more) {
        (true, _, _) => format!("new work on {project}"),
        (_, true, _) => format!("no more work on {project}"),
        (_, _, true) => format!("more work on {project}"),
        _ => format!("less work on {project}"),
    }
}

pub(super) fn other(count: usize) -> String {
    format!("{count} smaller reasons")
}

/// `+$38: +$29 Opus 4.5 share on proj-07, +$9 cache misses of Opus 4.5 on proj-07`
pub(super) fn sentence(change: &Change) -> String {
    let size = |amount: Usd| amount.pico().abs();
    let most = change.drivers.first().map_or(0, |driver| size(driver.amount));
    if most < HALF_A_CENT {
        return "About the same".to_owned();
    }
    let worth = (most * WORTH_PERCENT / 100).max(HALF_A_CENT);
    let named: Vec<_> = change.drivers.iter().take(NAMED).take_while(|driver| size(driver.amount) >= worth).collect();
    let rest = change.total - named.iter().map(|driver| driver.amount).sum();
    let mut reasons: Vec<String> =
        named.iter().map(|driver| format!("{} {}", signed(driver.amount), driver.text)).collect();
    if size(rest) >= worth {
        reasons.push(format!("{} the rest", signed(rest)));
    }
    format!("{}: {}", signed(change.total), reasons.join(", "))
}

/// `+$38`, `−$5.20`
pub(in crate::analytics) fn signed(amount: Usd) -> String {
    if size_is_none(amount) {
        return "±$0".to_owned();
    }
    if amount > Usd::ZERO { format!("+{}", amount.rough()) } else { amount.rough() }
}

fn size_is_none(amount: Usd) -> bool {
    amount.pico().abs() < HALF_A_CENT
}
