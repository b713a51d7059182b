//! Prices in force, one line per model and size of prompt: US dollars per million tokens.

use super::Cell;
use crate::pricing::{PriceRow, RateLine};

/// The columns of the table of prices.
pub const PRICES: &[&str] = &[
    "model",
    "provider",
    "service",
    "abovePromptTokens",
    "input",
    "cacheWrite5m",
    "cacheWrite1h",
    "cacheRead",
    "output",
    "from",
    "to",
    "table",
    "asOf",
];

/// The lines of a model: its usual price, that of longer prompts, and those of batch, flex and priority.
#[must_use]
pub fn price_rows(row: &PriceRow) -> Vec<Vec<Cell<'_>>> {
    let prices = row.all_prices();
    let line = |service: &'static str, above: Option<u64>, rates: &RateLine| -> Vec<Cell<'_>> {
        let mut cells: Vec<Cell<'_>> = vec![row.model.as_str().into(), row.provider.as_str().into(), service.into()];
        cells.push(above.into());
        cells.extend(rates.named().map(|(_, rate)| Cell::Number(rate.plain())));
        cells.extend([
            row.effective_from.into(),
            row.effective_to.into(),
            row.origin.as_str().into(),
            row.as_of.as_deref().into(),
        ]);
        cells
    };
    let tiers = prices.tiers.iter().map(|tier| line("standard", Some(tier.above_prompt_tokens), &tier.rates));
    let services = prices.services.iter().map(|(service, rates)| line(service, None, rates));
    std::iter::once(line("standard", None, &prices.base)).chain(tiers).chain(services).collect()
}
