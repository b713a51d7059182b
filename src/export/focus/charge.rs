//! What a row of usage is charged for: kinds of tokens, tokens as a whole, or something that is not counted in tokens.

use crate::export::usage::basis;
use crate::model::{CostByBasis, RollupRow, Spend, Usd};
use crate::pricing::{KindCharge, PriceTable};

pub(super) const TOKENS: &str = "Tokens";
pub(super) const REQUESTS: &str = "Requests";
/// A line of a provider's bill that names no quantity.
const CHARGES: &str = "Charges";

/// What tokens are priced by.
const MILLION_TOKENS: &str = "1000000 Tokens";
const PICO_PER_UNIT: i128 = 1_000_000_000_000;
const PER_MILLION: i128 = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub name: &'static str,
    pub meter: &'static str,
    pub words: &'static str,
}

/// In the order of [`crate::model::Tokens`].
const KINDS: [Kind; 5] = [
    Kind { name: "input", meter: "Input tokens", words: "input tokens" },
    Kind { name: "cache_write_5m", meter: "Cache write tokens, 5 minutes", words: "5-minute cache write tokens" },
    Kind { name: "cache_write_1h", meter: "Cache write tokens, 1 hour", words: "1-hour cache write tokens" },
    Kind { name: "cache_read", meter: "Cache read tokens", words: "cache read tokens" },
    Kind { name: "output", meter: "Output tokens", words: "output tokens" },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Usage,
    /// What a provider gave back.
    Credit,
}

impl Category {
    pub const fn name(self) -> &'static str {
        match self {
            Category::Usage => "Usage",
            Category::Credit => "Credit",
        }
    }

    pub const fn frequency(self) -> &'static str {
        match self {
            Category::Usage => "Usage-Based",
            Category::Credit => "One-Time",
        }
    }

    pub const fn pricing(self) -> Option<&'static str> {
        match self {
            Category::Usage => Some("Standard"),
            Category::Credit => None,
        }
    }
}

/// One row of the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Charge {
    pub category: Category,
    /// `None`: of all kinds.
    pub kind: Option<Kind>,
    pub cost: Usd,
    /// What of it a provider has billed.
    pub on_the_bill: Usd,
    /// The list price of a million tokens, where it explains the cost.
    pub per_million: Option<Usd>,
    /// How much of what; a credit is for nothing that was consumed.
    pub consumed: Option<(u64, &'static str)>,
    pub basis: String,
}

impl Charge {
    /// How many of the pricing unit: exact, because a millionth has a decimal of its own.
    pub fn pricing_quantity(&self) -> Option<Usd> {
        self.consumed.map(|(count, unit)| {
            let per = if unit == TOKENS { PER_MILLION } else { 1 };
            Usd::from_pico(i128::from(count) * (PICO_PER_UNIT / per))
        })
    }

    pub fn pricing_unit(&self) -> Option<&'static str> {
        self.consumed.map(|(_, unit)| if unit == TOKENS { MILLION_TOKENS } else { unit })
    }
}

/// Returns what a row is charged for. The costs add up to what is known of the row's.
pub(super) fn charges(row: &RollupRow, prices: &PriceTable) -> Vec<Charge> {
    let spend = &row.spend;
    let priced = spend.tokens.total().saturating_sub(spend.unpriced_in.saturating_add(spend.unpriced_out));
    let cost = spend.known_cost();
    if spend.cost().is_none() || (priced == 0 && cost == Usd::ZERO) {
        return Vec::new();
    }
    let by = spend.by_basis;
    if by == (CostByBasis { estimated: by.estimated, ..CostByBasis::default() })
        && !spend.has_unpriced()
        && super::is_stated(&row.model)
        && let Some(split) = prices.split(&row.model, row.date, &spend.tokens, cost)
    {
        let charge = |(kind, charge): (Kind, KindCharge)| Charge {
            category: Category::Usage,
            kind: Some(kind),
            cost: charge.cost,
            on_the_bill: Usd::ZERO,
            per_million: Some(charge.per_million),
            consumed: Some((charge.tokens, TOKENS)),
            basis: basis(spend),
        };
        let used = KINDS.into_iter().zip(split).filter(|(_, charge)| charge.tokens > 0);
        return used.map(charge).collect();
    }
    let (category, consumed) = match (priced, spend.messages) {
        (0, 0) if cost < Usd::ZERO => (Category::Credit, None),
        (0, 0) => (Category::Usage, Some((1, CHARGES))),
        (0, messages) => (Category::Usage, Some((messages, REQUESTS))),
        (tokens, _) => (Category::Usage, Some((tokens, TOKENS))),
    };
    let known = Spend { unpriced_messages: 0, ..*spend };
    vec![Charge {
        category,
        kind: None,
        cost,
        on_the_bill: by.billed,
        per_million: None,
        consumed,
        basis: basis(&known),
    }]
}
