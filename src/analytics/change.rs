//! Why the cost changed between two spans of days: volume, mix, cache and price, by project and model.
//!
//! For a project, volume is what its usage would have cost at the project's old cost of a token. Mix is what its models
//! gained or lost as a part of it, against that, and what more or less output did. Cache is what the other part of the
//! prompt that came from the cache did, at the prices of before. Price is the rest of a model's own change. Everything
//! is whole pico-dollars, and volume takes what rounding leaves over: the parts are the change, exactly.

mod words;

use super::Facts;
use super::lines::{Line, Lines};
use crate::model::{Change, DateRange, Driver, DriverKind, RollupRow, Shown, TokenRates, Tokens, Usd};
pub use words::sentence as change_sentence;
pub(super) use words::signed;

/// More would be a list nobody reads; what is left is gathered.
const DRIVERS: usize = 12;
/// A price change below a billionth of the cost is rounding.
const ROUNDING: i128 = 1_000_000_000;

/// Takes the change of the known cost from `before` to `range` apart.
pub(super) fn change(facts: &Facts, lines: &Lines<'_>, before: DateRange, range: DateRange) -> Change {
    let spans = [before, range];
    let mut of_project = vec![Vec::new(); lines.projects.len()];
    for line in lines.lines.iter().filter(|line| spans.iter().any(|span| span.contains(line.row.date))) {
        of_project[line.project as usize].push(line);
    }
    let rates = |model: &&str| facts.rates.rates(model, before.to).map(|rates| rates.standard);
    let mut parts = Parts::new(lines, lines.models.iter().map(rates).collect());
    for (project, mut of_project) in lines.projects.iter().zip(of_project) {
        parts.take_apart(project, &mut of_project, spans);
    }
    parts.finish()
}

/// Priced usage in one span.
#[derive(Clone, Copy, Default)]
struct Usage {
    cost: i128,
    /// Of every kind, those without a price left out.
    tokens: i128,
    kinds: Tokens,
    has_unpriced: bool,
}

impl Usage {
    /// Adds lines up for each span; one may be compared with another that overlaps it.
    fn of(lines: &[&Line<'_>], spans: [DateRange; 2]) -> [Usage; 2] {
        spans.map(|span| {
            let mut usage = Usage::default();
            lines.iter().filter(|line| span.contains(line.row.date)).for_each(|line| usage.add(line.row));
            usage
        })
    }

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

struct Parts<'a> {
    lines: &'a Lines<'a>,
    /// Whether there was anything before.
    compares: bool,
    unpriced: bool,
    /// Of before, by the number of the model.
    rates: Vec<Option<TokenRates>>,
    volume: i128,
    mix: i128,
    cache: i128,
    /// By the number of the model.
    price: Vec<i128>,
    reasons: Vec<Reason<'a>>,
}

impl<'a> Parts<'a> {
    fn new(lines: &'a Lines<'a>, rates: Vec<Option<TokenRates>>) -> Parts<'a> {
        let price = vec![0; lines.models.len()];
        let (compares, unpriced, reasons) = (false, false, Vec::new());
        Parts { lines, compares, unpriced, rates, volume: 0, mix: 0, cache: 0, price, reasons }
    }

    /// Takes the lines of one project, and puts them in the order of their models.
    fn take_apart(&mut self, project: &'a str, lines: &mut [&Line<'_>], spans: [DateRange; 2]) {
        let [then, now] = Usage::of(lines, spans);
        let (tokens_then, tokens_now, cost_then, cost_now) = (then.tokens, now.tokens, then.cost, now.cost);
        self.compares |= tokens_then != 0 || cost_then != 0;
        self.unpriced |= then.has_unpriced || now.has_unpriced;
        let mut explained = 0;
        // Without tokens on either side there is no cost of a token: all of the change is work that came or went.
        if tokens_then > 0 && tokens_now > 0 {
            lines.sort_unstable_by_key(|line| line.model);
            for lines in lines.chunk_by(|one, other| one.model == other.model) {
                let number = lines[0].model as usize;
                let [then, now] = &Usage::of(lines, spans);
                let gained = now.tokens - part_of(then.tokens, tokens_now, tokens_then);
                // A model that is new here counts at what it costs now.
                let (own, of) = if then.tokens > 0 { (then.cost, then.tokens) } else { (now.cost, now.tokens) };
                let share = part_of(own, gained, of) - part_of(cost_then, gained, tokens_then);
                let (cache, output, price) = within(then, now, self.rates[number]);
                self.mix += share + output;
                self.cache += cache;
                self.price[number] += price;
                explained += share + output + cache + price;
                let model = self.lines.models[number];
                for (cause, amount) in [(Cause::Share, share), (Cause::Output, output), (Cause::Cache, cache)] {
                    self.name(Reason { cause, project, model, amount });
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
        self.name(Reason { cause, project, model: "", amount });
    }

    fn name(&mut self, reason: Reason<'a>) {
        if reason.amount != 0 {
            self.reasons.push(reason);
        }
    }

    fn finish(mut self) -> Change {
        for number in 0..self.price.len() {
            let (model, amount) = (self.lines.models[number], self.price[number]);
            self.name(Reason { cause: Cause::Price, project: "", model, amount });
        }
        // Of two alike the same one comes first, whatever order they come in.
        let order = |reason: &Reason<'a>| (-reason.amount.abs(), reason.cause, reason.project, reason.model);
        if self.reasons.len() > DRIVERS {
            self.reasons.select_nth_unstable_by_key(DRIVERS, order);
            self.reasons[..DRIVERS].sort_unstable_by_key(order);
        } else {
            self.reasons.sort_unstable_by_key(order);
        }
        let named = if self.reasons.len() > DRIVERS { DRIVERS - 1 } else { self.reasons.len() };
        let (named, rest) = self.reasons.split_at(named);
        let mut drivers: Vec<Driver> = named.iter().map(Reason::driver).collect();
        if !rest.is_empty() {
            let amount = Usd::from_pico(rest.iter().map(|reason| reason.amount).sum());
            let [project, model] = [String::new(), String::new()];
            drivers.push(Driver { kind: DriverKind::Other, project, model, amount, text: words::other(rest.len()) });
        }
        let price: i128 = self.price.iter().sum();
        let mut change = Change {
            total: Usd::from_pico(self.volume + self.mix + self.cache + price),
            volume: Usd::from_pico(self.volume),
            mix: Usd::from_pico(self.mix),
            cache: Usd::from_pico(self.cache),
            price: Usd::from_pico(price),
            drivers,
            unpriced: self.unpriced,
            ..Change::default()
        };
        if self.compares {
            change.sentence = words::words(&change, Shown::USD);
        }
        change
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
