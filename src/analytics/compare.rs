//! Estimate, usage and bill of each day side by side, and why they differ: nothing that is counted once is hidden.
//!
//! Pure, and from the rows before they are reconciled.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::model::{BesideTokens, BilledRow, DateRange, Overlap, RollupRow, Spend, Usd, canonical_model};

/// Smaller differences are rounding and requests around midnight.
const WORTH_NAMING_PERCENT: i64 = 1;

/// One day of one provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayComparison {
    pub date: NaiveDate,
    /// What the logs saw, by tokens and prices; `None` when no log saw anything or nothing has a price.
    pub logs: Option<Usd>,
    /// What the provider says was used, by tokens and prices.
    pub usage: Option<Usd>,
    /// What the provider billed; `None` while there is no bill of the day.
    pub billed: Option<Usd>,
    /// Why they differ, in words.
    pub notes: Vec<String>,
}

/// Compares the days of a span for one provider; days of which nobody knows anything are left out.
#[must_use]
pub fn compare(
    rows: &[RollupRow],
    billed: &[BilledRow],
    beside: &[BesideTokens],
    overlaps: &[Overlap],
    provider: &str,
    range: DateRange,
    today: NaiveDate,
) -> Vec<DayComparison> {
    let mut days: BTreeMap<NaiveDate, Day<'_>> = BTreeMap::new();
    let seen_by: Vec<&str> =
        overlaps.iter().filter(|overlap| overlap.reported_by == provider).map(|overlap| overlap.seen_by).collect();
    let by_proxy = overlaps.iter().any(|overlap| overlap.reported_by == provider && overlap.by_proxy);
    let own_models: BTreeSet<Cow<'_, str>> = {
        let used = rows.iter().filter(|row| *row.source == *provider).map(|row| row.model.as_ref());
        let billed = billed.iter().filter(|bill| *bill.source == *provider).map(|bill| bill.model.as_ref());
        used.chain(billed).map(canonical_model).collect()
    };
    // What may have gone to several providers, or through a proxy or not, is this one's when it is a model that this one
    // speaks of.
    let is_seen = |row: &RollupRow| {
        let direct = overlaps.iter().filter(|overlap| *overlap.seen_by == *row.source && !overlap.by_proxy);
        let of_several = by_proxy || direct.count() > 1;
        seen_by.contains(&row.source.as_ref()) && (!of_several || own_models.contains(&canonical_model(&row.model)))
    };
    for row in rows.iter().filter(|row| range.contains(row.date)) {
        let is_usage = *row.source == *provider;
        if !is_usage && !is_seen(row) {
            continue;
        }
        let day = days.entry(row.date).or_default();
        let side = if is_usage { &mut day.usage } else { &mut day.logs };
        *side.get_or_insert_default() += &row.spend;
        if row.spend.has_unpriced() {
            day.unpriced.insert(&row.model);
        }
    }
    for bill in billed.iter().filter(|bill| *bill.source == *provider && range.contains(bill.date)) {
        let day = days.entry(bill.date).or_default();
        *day.billed.get_or_insert_default() += bill.amount;
        if bill.model.is_empty() {
            *day.beside.entry(&bill.kind).or_default() += bill.amount;
        }
    }
    for counted in beside.iter().filter(|counted| *counted.source == *provider && range.contains(counted.date)) {
        days.entry(counted.date).or_default().counted.push(counted.unit.told(counted.count));
    }
    days.into_iter().map(|(date, day)| day.comparison(date, today)).collect()
}

#[derive(Default)]
struct Day<'a> {
    logs: Option<Spend>,
    usage: Option<Spend>,
    billed: Option<Usd>,
    unpriced: BTreeSet<&'a str>,
    /// Billed, but for no model: by kind.
    beside: BTreeMap<&'a str, Usd>,
    /// Used beside tokens, in words.
    counted: Vec<String>,
}

impl Day<'_> {
    fn comparison(self, date: NaiveDate, today: NaiveDate) -> DayComparison {
        let cost = |spend: &Option<Spend>| spend.as_ref().and_then(Spend::cost);
        let (logs, usage) = (cost(&self.logs), cost(&self.usage));
        let mut notes = Vec::new();
        if !self.counted.is_empty() {
            notes.push(format!("beside tokens: {}", self.counted.join(", ")));
        }
        match self.unpriced.len() {
            0 => {}
            1 => notes.push("1 unpriced model".to_owned()),
            many => notes.push(format!("{many} unpriced models")),
        }
        if let (Some(billed), Some(usage)) = (self.billed, usage) {
            let tokens_billed = billed - self.beside.values().fold(Usd::ZERO, |sum, amount| sum + *amount);
            for (kind, amount) in &self.beside {
                notes.push(format!("{amount} for {}", kind.replace('_', " ")));
            }
            match differs(tokens_billed, usage) {
                Some(true) => notes.push("billed more than list prices".to_owned()),
                Some(false) if date >= today => notes.push("the day is not billed to its end yet".to_owned()),
                Some(false) => notes.push(
                    "billed less than list prices: a discount, or Priority Tier, which is not in the cost report"
                        .to_owned(),
                ),
                None => {}
            }
        } else if self.billed.is_none() && self.usage.is_some() {
            notes.push(if date >= today { "not billed yet" } else { "no bill of this day" }.to_owned());
        }
        if let (Some(logs), Some(usage)) = (logs, usage)
            && differs(logs, usage) == Some(true)
        {
            notes.push(
                "the logs saw more than the provider: a subscription, or a report that is not complete".to_owned(),
            );
        }
        DayComparison { date, logs, usage, billed: self.billed, notes }
    }
}

/// Whether `a` is larger (`true`) or smaller than `b` by more than rounding.
fn differs(a: Usd, b: Usd) -> Option<bool> {
    let change = a.change_pct(b).unwrap_or(if a == b { 0 } else { 100 });
    (change.abs() > WORTH_NAMING_PERCENT).then_some(a > b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Basis, Tokens, Unit};

    const OVERLAPS: [Overlap; 1] =
        [Overlap { seen_by: "claude_code", reported_by: "anthropic", has_local_days: true, by_proxy: false }];

    fn row(source: &str, date: &str, cents: Option<i128>) -> RollupRow {
        let cost = cents.map(|cents| Usd::from_pico(cents * 10_000_000_000));
        let basis = if cost.is_some() { Basis::Estimated } else { Basis::Unpriced };
        RollupRow {
            source: source.into(),
            date: date.parse().expect("a date"),
            session: "".into(),
            project: "p".into(),
            model: if cost.is_some() { "a" } else { "next" }.into(),
            spend: Spend::of(Tokens { input: 10, ..Tokens::default() }, cost, basis),
        }
    }

    fn bill(date: &str, kind: &str, model: &str, cents: i128) -> BilledRow {
        BilledRow {
            source: "anthropic".into(),
            date: date.parse().expect("a date"),
            origin: "anthropic::".into(),
            kind: kind.into(),
            model: model.into(),
            amount: Usd::from_pico(cents * 10_000_000_000),
        }
    }

    #[test]
    fn every_gap_has_a_name() {
        let today: NaiveDate = "2026-11-20".parse().expect("a date");
        let rows = [
            row("claude_code", "2026-11-16", Some(150)),
            row("anthropic", "2026-11-16", Some(100)),
            row("anthropic", "2026-11-17", Some(100)),
            row("anthropic", "2026-11-17", None),
            row("anthropic", "2026-11-18", Some(100)),
            row("anthropic", "2026-11-20", Some(100)),
            row("manual", "2026-11-19", Some(100)),
        ];
        let bills = [
            bill("2026-11-16", "tokens", "a", 100),
            bill("2026-11-17", "tokens", "a", 120),
            bill("2026-11-17", "web_search", "", 7),
            bill("2026-11-18", "tokens", "a", 60),
        ];
        let counted = |unit, count| BesideTokens {
            source: "anthropic".into(),
            date: "2026-11-17".parse().expect("a date"),
            unit,
            count,
        };
        let beside = [counted(Unit::Images, 12), counted(Unit::AudioSeconds, 340)];
        let days = compare(&rows, &bills, &beside, &OVERLAPS, "anthropic", DateRange::ending(today, 30), today);
        let told: Vec<_> = days.iter().map(|day| (day.date.to_string(), day.notes.join("; "))).collect();
        let expected = [
            ("2026-11-16", "the logs saw more than the provider: a subscription, or a report that is not complete"),
            (
                "2026-11-17",
                "beside tokens: 12 images, 5 min of audio; 1 unpriced model; $0.07 for web search; billed more than list prices",
            ),
            (
                "2026-11-18",
                "billed less than list prices: a discount, or Priority Tier, which is not in the cost report",
            ),
            ("2026-11-20", "not billed yet"),
        ];
        assert_eq!(told, expected.map(|(date, notes)| (date.to_owned(), notes.to_owned())));
        assert_eq!(days[0].logs, Usd::from_f64(1.5));
        assert_eq!(days[1].billed, Usd::from_f64(1.27));
    }
    #[test]
    fn a_proxy_counts_for_the_provider_that_speaks_of_the_model() {
        let today: NaiveDate = "2026-11-20".parse().expect("a date");
        let to = |reported_by, by_proxy| Overlap { seen_by: "litellm", reported_by, has_local_days: false, by_proxy };
        let overlaps = [to("openrouter", true), to("anthropic", false), to("openai", false)];
        let named = |source: &str, model: &str, cents| RollupRow {
            model: model.into(),
            ..row(source, "2026-11-16", Some(cents))
        };
        let rows = [
            named("litellm", "openai/gpt", 40),
            named("litellm", "claude-opus-4-5", 50),
            named("litellm", "mistral", 70),
            named("anthropic", "claude-opus-4-5-20251101", 50),
            named("openrouter", "mistralai/mistral", 70),
            named("openai", "gpt", 40),
        ];
        let logs = |provider| {
            let days = compare(&rows, &[], &[], &overlaps, provider, DateRange::ending(today, 30), today);
            days[0].logs
        };
        assert_eq!((logs("anthropic"), logs("openai")), (Usd::from_f64(0.5), Usd::from_f64(0.4)));
        assert_eq!(logs("openrouter"), Usd::from_f64(0.7));
    }
}
