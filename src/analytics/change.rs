//! Why the cost changed between two spans of days: volume, mix, cache and price, by project and model.
//!
//! For a project, volume is what its usage would have cost at the project's old cost of a token. Mix is what its models
//! gained or lost as a part of it, against that, and what more or less output did. Cache is what the other part of the
//! prompt that came from the cache did, at the prices of before. Price is the rest of a model's own change. Everything
//! is whole pico-dollars, and volume takes what rounding leaves over: the parts are the change, exactly.

mod words;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::Facts;
use super::savings::KnownRates;
use crate::model::{Change, DateRange, Driver, DriverKind, RollupRow, Shown, TokenRates, Tokens, Usd};
pub use words::sentence as change_sentence;
pub(super) use words::signed;

/// More would be a list nobody reads; what is left is gathered.
const DRIVERS: usize = 12;
/// A price change below a billionth of the cost is rounding.
const ROUNDING: i128 = 1_000_000_000;

/// Takes the change of the known cost from `before` to `range` apart.
pub(super) fn change<'a>(facts: &'a Facts, rates: &mut KnownRates<'a>, before: DateRange, range: DateRange) -> Change {
    let mut cells: FxHashMap<(&'a str, &'a str), [Usage; 2]> = FxHashMap::default();
    let mut unpriced = false;
    for row in facts.rows.iter().filter(|row| before.contains(row.date) || range.contains(row.date)) {
        // A span may be compared with one that overlaps it.
        for (side, span) in [before, range].into_iter().enumerate() {
            if span.contains(row.date) {
                unpriced |= row.spend.has_unpriced();
                let cell = cells.entry((facts.names.name(&row.project), row.model.as_ref())).or_default();
                cell[side].add(row);
            }
        }
    }
    let mut projects: BTreeMap<&str, Vec<(&'a str, [Usage; 2])>> = BTreeMap::new();
    for ((project, model), usage) in cells {
        projects.entry(project).or_default().push((model, usage));
    }
    let nothing_before = projects.values().flatten().all(|(_, [before, _])| before.tokens == 0 && before.cost == 0);
    let mut parts = Parts::default();
    for (project, models) in projects {
        parts.take_apart(project, &models, |model| rates.of(model, before.to).map(|rates| rates.standard));
    }
    let mut change = parts.finish();
    change.unpriced = unpriced;
    change.sentence = if nothing_before { String::new() } else { words::words(&change, Shown::USD) };
    change
}

/// The priced usage of one model on one project in one span.
#[derive(Clone, Copy, Default)]
struct Usage {
    cost: i128,
    /// Of every kind, those without a price left out.
    tokens: i128,
    kinds: Tokens,
    has_unpriced: bool,
}

impl Usage {
    fn add(&mut self, row: &RollupRow) {
        let unpriced = i128::from(row.spend.unpriced_in) + i128::from(row.spend.unpriced_out);
        self.cost += row.spend.known_cost().pico();
        self.tokens += (i128::from(row.spend.tokens.total()) - unpriced).max(0);
        self.kinds += row.spend.tokens;
        self.has_unpriced |= row.spend.has_unpriced();
    }
}

/// One cause of a change. Put into words only when it is named: of ten thousand, a dozen are.
#[derive(Clone, Copy)]
struct Reason<'a> {
    cause: Cause,
    project: &'a str,
    model: &'a str,
    amount: i128,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    /// Work on a project that had none before.
    Begun,
    /// No more work on it.
    Ended,
    Volume,
    Share,
    Output,
    Cache,
    Price,
}

#[derive(Default)]
struct Parts<'a> {
    volume: i128,
    mix: i128,
    cache: i128,
    price: i128,
    reasons: Vec<Reason<'a>>,
    by_price: BTreeMap<&'a str, i128>,
}

impl<'a> Parts<'a> {
    fn take_apart(
        &mut self,
        project: &'a str,
        models: &[(&'a str, [Usage; 2])],
        mut rates: impl FnMut(&'a str) -> Option<TokenRates>,
    ) {
        let sum = |side: usize, what: fn(&Usage) -> i128| models.iter().map(|(_, usage)| what(&usage[side])).sum();
        let (tokens, cost) = (|usage: &Usage| usage.tokens, |usage: &Usage| usage.cost);
        let (tokens_then, tokens_now): (i128, i128) = (sum(0, tokens), sum(1, tokens));
        let (cost_then, cost_now): (i128, i128) = (sum(0, cost), sum(1, cost));
        let mut explained = 0;
        // Without tokens on either side there is no cost of a token: all of the change is work that came or went.
        if tokens_then > 0 && tokens_now > 0 {
            for (model, [then, now]) in models {
                let gained = now.tokens - part_of(then.tokens, tokens_now, tokens_then);
                // A model that is new here counts at what it costs now.
                let (own, of) = if then.tokens > 0 { (then.cost, then.tokens) } else { (now.cost, now.tokens) };
                let share = part_of(own, gained, of) - part_of(cost_then, gained, tokens_then);
                let (cache, output, price) = within(then, now, rates(model));
                self.mix += share + output;
                self.cache += cache;
                self.price += price;
                explained += share + output + cache + price;
                *self.by_price.entry(model).or_default() += price;
                for (cause, amount) in [(Cause::Share, share), (Cause::Output, output), (Cause::Cache, cache)] {
                    self.reasons.push(Reason { cause, project, model, amount });
                }
            }
        }
        let amount = cost_now - cost_then - explained;
        self.volume += amount;
        let cause = match (tokens_then, tokens_now) {
            (0, _) => Cause::Begun,
            (_, 0) => Cause::Ended,
            _ => Cause::Volume,
        };
        self.reasons.push(Reason { cause, project, model: "", amount });
    }

    fn finish(mut self) -> Change {
        let price = |(model, amount): (&'a str, i128)| Reason { cause: Cause::Price, project: "", model, amount };
        self.reasons.extend(self.by_price.into_iter().map(price));
        self.reasons.retain(|reason| reason.amount != 0);
        // Of two alike the same one comes first, whatever order they come in.
        self.reasons.sort_unstable_by_key(|reason| (-reason.amount.abs(), reason.cause, reason.project, reason.model));
        let named = if self.reasons.len() > DRIVERS { DRIVERS - 1 } else { self.reasons.len() };
        let (named, rest) = self.reasons.split_at(named);
        let mut drivers: Vec<Driver> = named.iter().map(Reason::driver).collect();
        if !rest.is_empty() {
            let amount = Usd::from_pico(rest.iter().map(|reason| reason.amount).sum());
            let [project, model] = [String::new(), String::new()];
            drivers.push(Driver { kind: DriverKind::Other, project, model, amount, text: words::other(rest.len()) });
        }
        Change {
            total: Usd::from_pico(self.volume + self.mix + self.cache + self.price),
            volume: Usd::from_pico(self.volume),
            mix: Usd::from_pico(self.mix),
            cache: Usd::from_pico(self.cache),
            price: Usd::from_pico(self.price),
            drivers,
            ..Change::default()
        }
    }
}

impl Reason<'_> {
    fn driver(&self) -> Driver {
        let kind = match self.cause {
            Cause::Begun | Cause::Ended | Cause::Volume => DriverKind::Volume,
            Cause::Share | Cause::Output => DriverKind::Mix,
            Cause::Cache => DriverKind::Cache,
            Cause::Price => DriverKind::Price,
        };
        Driver {
            kind,
            project: self.project.to_owned(),
            model: self.model.to_owned(),
            amount: Usd::from_pico(self.amount),
            text: words::reason(self),
        }
    }
}

/// What changed about a model itself: its cache, its part of output, its price.
fn within(then: &Usage, now: &Usage, rates: Option<TokenRates>) -> (i128, i128, i128) {
    if then.tokens == 0 || now.tokens == 0 {
        return (0, 0, 0);
    }
    let own = now.cost - part_of(then.cost, now.tokens, then.tokens);
    let list = rates.map_or(0, |rates| rates.cost(&then.kinds).pico());
    let (Some(rates), false) = (rates.filter(|_| list > 0), then.has_unpriced || now.has_unpriced) else {
        return (0, 0, own);
    };
    let in_then = i128::from(then.kinds.tokens_in());
    let in_now = i128::from(now.kinds.tokens_in());
    let priced = |kinds: &Tokens| part_of(rates.cost(kinds).pico(), then.cost, list);
    // The same prompts, split over fresh and cached as they were before.
    let as_before = Tokens { output: 0, ..scaled(&then.kinds, in_now, in_then) };
    let prompts = Tokens { output: 0, ..now.kinds };
    let cache = if in_then > 0 { priced(&prompts) - priced(&as_before) } else { 0 };
    // The same number of tokens, with as much output among them as before.
    let same_share = scaled(&then.kinds, now.tokens, then.tokens);
    let output = priced(&Tokens { output: now.kinds.output, ..as_before }) - priced(&same_share);
    let output = if in_then > 0 { output } else { 0 };
    let price = own - cache - output;
    let is_rounding = price.abs() <= now.cost.abs() / ROUNDING + 10 * i128::from(rates_of_a_token(&rates));
    if is_rounding { (cache, output + price, 0) } else { (cache, output, price) }
}

/// The dearest token, in pico-dollars: scaling rounds to whole tokens, so no difference below some of these means a thing.
fn rates_of_a_token(rates: &TokenRates) -> u64 {
    rates.0.iter().copied().max().unwrap_or(0) / 1_000 + 1
}

fn scaled(tokens: &Tokens, by: i128, of: i128) -> Tokens {
    let part = |count: u64| u64::try_from(part_of(i128::from(count), by, of)).unwrap_or(0);
    Tokens {
        input: part(tokens.input),
        cache_write_5m: part(tokens.cache_write_5m),
        cache_write_1h: part(tokens.cache_write_1h),
        cache_read: part(tokens.cache_read),
        output: part(tokens.output),
    }
}

/// `amount · part / whole`, rounded; nothing of nothing. What is too large to be held is as exact as a float, which the
/// volume makes good.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "only beyond 10³⁸, and made good")]
fn part_of(amount: i128, part: i128, whole: i128) -> i128 {
    if whole == 0 {
        return 0;
    }
    match amount.checked_mul(part) {
        Some(product) => {
            let half = whole.abs() / 2;
            if (product >= 0) == (whole > 0) {
                (product.abs() + half) / whole.abs()
            } else {
                -((product.abs() + half) / whole.abs())
            }
        }
        None => (amount as f64 * (part as f64 / whole as f64)) as i128,
    }
}

#[cfg(test)]
mod tests;
