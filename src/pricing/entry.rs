//! One price as a table file writes it: the built-in facts and the prices from public lists have this form.
//!
//! Rates are whole micro-USD per million tokens, which are pico-USD per token. Must never let a rate in that cannot be
//! real, wherever the file comes from.

use std::collections::BTreeMap;

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::decimal::Ratio;
use super::names;
use super::rates::{CacheRule, Card, ListedCard};
use super::row::{Extras, Origin, PriceRow, PriceStatus, Service};

/// Micro-USD per 1000 searches to pico-USD per search.
const PICO_PER_MICRO_PER_1K: i128 = 1_000;
/// 1 USD per token: beyond it a number is a mistake in units.
const RATE_MAX_PICO: u64 = 1_000_000_000_000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub provider: String,
    pub model: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    #[serde(default, skip_serializing_if = "is_active")]
    pub status: PriceStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<NaiveDate>,
    pub rates: Cards,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub multipliers: BTreeMap<String, Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_search_micro_usd_per_1k: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    pub confidence: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cards {
    pub standard: ListedCard,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<ListedCard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flex: Option<ListedCard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<ListedCard>,
}

fn is_active(status: &PriceStatus) -> bool {
    *status == PriceStatus::Active
}

impl Entry {
    /// Returns the price, or what is wrong with it. `anthropic_search` is what Anthropic takes for a thousand searches,
    /// in micro-USD.
    pub fn row(self, anthropic_search: u64) -> Result<PriceRow, String> {
        let rule = cache_rule(&self.provider);
        if !self.rates.all().all(ListedCard::is_sane) {
            return Err("has a rate of 1 USD per token or more".to_owned());
        }
        let standard = Card::standard(&self.rates.standard, rule).ok_or("has no input rate")?;
        let extras = self.extras(&standard, anthropic_search)?;
        let last_seen = self.as_of.as_deref().and_then(last_day);
        if self.status == PriceStatus::Superseded && last_seen.is_none() {
            return Err("is superseded and does not say when it was seen (as_of)".to_owned());
        }
        Ok(PriceRow {
            provider: self.provider,
            model: names::normal(&self.model).into_owned(),
            aliases: self.aliases.iter().map(|alias| names::normal(alias).into_owned()).collect(),
            status: self.status,
            effective_from: self.effective_from,
            effective_to: self.effective_to,
            as_of: self.as_of,
            confidence: self.confidence,
            source: self.source,
            notes: self.notes,
            origin: Origin::BuiltIn,
            last_seen,
            standard,
            extras,
        })
    }

    fn extras(&self, standard: &Card, anthropic_search: u64) -> Result<Extras, String> {
        let factor = |name: &str| match self.multipliers.get(name).map(|number| Ratio::parse(&number.to_string())) {
            Some(None) => Err("has a multiplier that is no positive decimal".to_owned()),
            found => Ok(found.flatten()),
        };
        let service = |name: &str, listed: &Option<ListedCard>| {
            let card = listed.as_ref().and_then(|listed| Card::variant(listed, &self.rates.standard, standard));
            Ok::<_, String>(Service { card, factor: factor(name)? })
        };
        let default_search = if self.provider == ANTHROPIC { anthropic_search } else { 0 };
        let search = self.web_search_micro_usd_per_1k.unwrap_or(default_search);
        Ok(Extras {
            batch: service("batch", &self.rates.batch)?,
            flex: service("flex", &self.rates.flex)?,
            priority: service("priority", &self.rates.priority)?,
            fast: factor("fast")?,
            us_only: factor("inference_geo_us")?.map_or_else(|| factor("regional_us"), |us| Ok(Some(us)))?,
            web_search_pico: i128::from(search).saturating_mul(PICO_PER_MICRO_PER_1K),
        })
    }
}

pub(super) const ANTHROPIC: &str = "anthropic";

/// Returns how the cache rates a list leaves out follow from the input rate.
pub(super) fn cache_rule(provider: &str) -> CacheRule {
    if provider == ANTHROPIC { CacheRule::Anthropic } else { CacheRule::InputRate }
}

/// Returns the day, or the last day of a month: a price read in November held until its end.
fn last_day(as_of: &str) -> Option<NaiveDate> {
    let month = || {
        let first: NaiveDate = format!("{as_of}-01").parse().ok()?;
        first.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))
    };
    as_of.parse().ok().or_else(month)
}

impl Cards {
    /// Returns the rates of batch, flex and priority, in that order.
    pub fn services_mut(&mut self) -> [&mut Option<ListedCard>; 3] {
        [&mut self.batch, &mut self.flex, &mut self.priority]
    }

    /// Returns them resolved; `standard` is what the standard rates resolve to.
    pub fn services(&self, standard: &Card) -> [Option<Card>; 3] {
        [&self.batch, &self.flex, &self.priority]
            .map(|listed| Card::variant(listed.as_ref()?, &self.standard, standard))
    }

    fn all(&self) -> impl Iterator<Item = &ListedCard> {
        [Some(&self.standard), self.batch.as_ref(), self.flex.as_ref(), self.priority.as_ref()].into_iter().flatten()
    }
}

impl ListedCard {
    fn is_sane(&self) -> bool {
        let lists = std::iter::once(&self.base).chain(self.tiers.iter().map(|tier| &tier.listed));
        lists.flat_map(|listed| listed.in_order()).flatten().all(|pico| pico < RATE_MAX_PICO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_lasts_until_its_last_day() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        assert_eq!(last_day("2026-11"), day("2026-11-30"));
        assert_eq!(last_day("2026-08-01"), day("2026-08-01"));
        assert_eq!(last_day("autumn"), None);
    }
}
