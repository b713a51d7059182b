//! One price of one model over a span of days, and what a request costs under it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::decimal::Ratio;
use super::rates::{Card, FEMTO_PER_PICO};
use super::{Modifiers, implies_fast};
use crate::model::{ModelRates, TokenRates, Tokens, Usd};

/// What became of a price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PriceStatus {
    #[default]
    Active,
    /// The model was shut down; its old usage still has this price.
    Retired,
    /// An older price whose end nobody recorded: good for usage up to the day it was seen.
    Superseded,
}

/// Which of the three tables a price comes from; the later one wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    #[default]
    BuiltIn,
    /// Out of a public price list: `data/prices-updated.json`.
    Updated,
    /// The user's: `data/config/prices.json`.
    Own,
}

impl Origin {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Origin::BuiltIn => "built-in",
            Origin::Updated => "updated",
            Origin::Own => "own",
        }
    }
}

/// One price of one model. The public fields are where it comes from; the numbers answer through [`PriceRow::cost`].
#[derive(Clone, Debug)]
pub struct PriceRow {
    pub provider: String,
    pub model: String,
    pub aliases: Vec<String>,
    pub status: PriceStatus,
    /// The first day (UTC) of this price.
    pub effective_from: Option<NaiveDate>,
    /// The first day (UTC) that no longer has it.
    pub effective_to: Option<NaiveDate>,
    /// When the source was read, `2026-11` or `2026-08-01`; `None` when not recorded.
    pub as_of: Option<String>,
    /// `official`, `litellm`, `derived`, `knowledge`, joined by `+`; `override` for the user's own.
    pub confidence: String,
    pub source: String,
    pub notes: Option<String>,
    pub origin: Origin,
    /// For [`PriceStatus::Superseded`]: the last day it is good for.
    pub(super) last_seen: Option<NaiveDate>,
    pub(super) standard: Card,
    pub(super) extras: Extras,
}

/// Prices of the modifiers and of what is not counted in tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Extras {
    pub batch: Service,
    pub flex: Service,
    pub priority: Service,
    pub fast: Option<Ratio>,
    pub us_only: Option<Ratio>,
    pub web_search_pico: i128,
}

/// A way to be served: its own rates where the provider lists them, else a factor on the standard ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Service {
    pub card: Option<Card>,
    pub factor: Option<Ratio>,
}

/// What usage under a name costs: with nothing special, and as batch, flex and priority, where those have a price.
#[derive(Clone, Debug)]
pub(super) struct Charged {
    pub standard: Card,
    pub services: [Option<Card>; 3],
}

/// The ways to be served, in the order of [`Charged::services`].
pub(super) const SERVICES: [&str; 3] = ["batch", "flex", "priority"];

/// The smallest prompt of Anthropic's larger context window.
const LONG_PROMPT: u64 = 200_001;

/// The cost of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    pub cost: Usd,
    /// True when the price list does not say everything: a cache rate (or embeddings' output rate) was assumed from
    /// the input rate, or a modifier has no listed price and changed nothing.
    pub assumed: bool,
}

impl PriceRow {
    /// Returns what a request costs; exact, rounded once to the pico-dollar, saturating.
    ///
    /// Batch, flex and priority exclude each other: the first of them that is set counts. Fast and US-only multiply
    /// on top. `fast` without a fast price is priority, as OpenAI renamed it. Web searches are never multiplied.
    ///
    /// The price of a long prompt goes by the prompt of one request. A sum of many does not tell it: it has the usual
    /// price, unless it is known to be of long prompts only. The bill, where there is one, has the true cost.
    ///
    /// A cache rate that is not listed is assumed: for Anthropic (and the user's own prices) 1.25x input for a
    /// 5-minute write, 2x for a 1-hour write, 0.1x for a read; for any other provider the input rate. DeepSeek's peak
    /// hours are not known here: its usage is priced off-peak.
    #[must_use]
    pub fn cost(&self, tokens: &Tokens, web_searches: u32, modifiers: Modifiers) -> Quote {
        let plan = self.plan(modifiers);
        let prompt_tokens = match modifiers {
            Modifiers { long: true, .. } => LONG_PROMPT,
            Modifiers { summed: true, .. } => 0,
            _ => tokens.tokens_in(),
        };
        let (femto, rates_listed) = plan.card.at(prompt_tokens).charge(tokens);
        let searches = self.extras.web_search_pico.saturating_mul(i128::from(web_searches));
        let pico = plan.factor.apply(femto, FEMTO_PER_PICO).saturating_add(searches);
        Quote { cost: Usd::from_pico(pico), assumed: !(rates_listed && plan.listed) }
    }

    /// Returns the price as it is when another one begins on `day`; `None` when it never was.
    pub(super) fn until(mut self, day: NaiveDate) -> Option<PriceRow> {
        self.effective_to = Some(self.effective_to.map_or(day, |to| to.min(day)));
        self.effective_from.is_none_or(|from| from < day).then_some(self)
    }

    /// Returns whether usage of this day has this price by the row's own dates.
    pub(super) fn holds_on(&self, date: NaiveDate) -> bool {
        self.effective_from.is_none_or(|from| from <= date)
            && self.effective_to.is_none_or(|to| date < to)
            && (self.status != PriceStatus::Superseded || self.last_seen.is_some_and(|seen| date <= seen))
    }

    /// Returns whether this is a list's price of a model nobody knew: good for every day that has no other.
    pub(super) fn is_stopgap(&self) -> bool {
        self.origin == Origin::Updated && self.effective_from.is_none()
    }

    /// Returns whether a `-fast` behind the model's name can be this model in fast mode. Without a price for it the
    /// name belongs to another model (`grok-3-fast` is not a fast `grok-3`).
    pub(super) fn has_fast_price(&self) -> bool {
        self.extras.fast.is_some() || self.extras.priority.is_listed()
    }

    /// Returns the rates a request pays that is named so: a `-fast` in the name counts, as it does when usage is judged.
    pub(super) fn charged_as(&self, name: &str) -> Charged {
        let plain = Modifiers { fast: implies_fast(name), ..Modifiers::default() };
        let card = |modifiers| {
            let plan = self.plan(modifiers);
            plan.card.times(plan.factor)
        };
        let extras = &self.extras;
        let services = [
            (&extras.batch, Modifiers { batch: true, ..plain }),
            (&extras.flex, Modifiers { flex: true, ..plain }),
            (&extras.priority, Modifiers { priority: true, ..plain }),
        ];
        Charged {
            standard: card(plain),
            services: services.map(|(service, modifiers)| service.is_listed().then(|| card(modifiers))),
        }
    }

    /// Returns what tokens of ordinary prompts cost under this name.
    pub(super) fn token_rates(&self, name: &str) -> ModelRates {
        let charged = self.charged_as(name);
        let rates = |card: &Card| TokenRates(card.base.0.map(|rate| u64::try_from(rate.femto).unwrap_or(0)));
        ModelRates { standard: rates(&charged.standard), batch: charged.services[0].as_ref().map(rates) }
    }

    fn plan(&self, modifiers: Modifiers) -> Plan<'_> {
        let extras = &self.extras;
        let mut plan = Plan { card: &self.standard, factor: Ratio::ONE, listed: true };
        let fast_is_priority = modifiers.fast && extras.fast.is_none();
        if modifiers.batch {
            plan.serve(&extras.batch);
        } else if modifiers.flex {
            plan.serve(&extras.flex);
        } else if modifiers.priority || fast_is_priority {
            plan.serve(&extras.priority);
        }
        if modifiers.fast && !fast_is_priority {
            plan.multiply(extras.fast);
        }
        if modifiers.us_only {
            plan.multiply(extras.us_only);
        }
        // Fast batches and fast flex do not exist; a log that claims one is priced without the fast part.
        plan.listed &= !(fast_is_priority && (modifiers.batch || modifiers.flex));
        plan
    }
}

impl Service {
    fn is_listed(&self) -> bool {
        self.card.is_some() || self.factor.is_some()
    }
}

/// Which rates a request pays, and what they are multiplied with.
struct Plan<'a> {
    card: &'a Card,
    factor: Ratio,
    listed: bool,
}

impl<'a> Plan<'a> {
    fn serve(&mut self, service: &'a Service) {
        match &service.card {
            Some(card) => self.card = card,
            None => self.multiply(service.factor),
        }
    }

    fn multiply(&mut self, factor: Option<Ratio>) {
        match factor {
            Some(factor) => self.factor = self.factor.times(factor),
            None => self.listed = false,
        }
    }
}

#[cfg(test)]
mod tests;
