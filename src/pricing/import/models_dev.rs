//! models.dev's list: providers, each with its models, rates in US dollars per million tokens.
//!
//! <https://models.dev/api.json>. A cache write is the five-minute one; there is no rate for an hour.

use serde_json::{Map, Value};

use super::number::{Unit, rate};
use super::{Collector, Draft, NO_PRICE, Offer, Trouble, names_of, provider_of, required};
use crate::pricing::entry::Cards;
use crate::pricing::rates::Listed;

/// The size of prompt the older of its two forms of tiers means.
const OVER_200K: u64 = 200_000;

/// Returns whether this looks like one of its providers.
pub(super) fn is_entry(entry: &Map<String, Value>) -> bool {
    entry.get("models").is_some_and(Value::is_object)
}

pub(super) fn read(providers: &Map<String, Value>, into: &mut Collector) {
    for (provider, entry) in providers {
        let Some(models) = entry.get("models").and_then(Value::as_object) else {
            into.skip("entries that are no provider");
            continue;
        };
        for (model, entry) in models {
            let outcome = offer(provider, model, entry, into);
            into.add(&format!("{provider}/{model}"), outcome);
        }
    }
}

fn offer(provider: &str, model: &str, entry: &Value, into: &mut Collector) -> Result<Offer, Trouble> {
    let Some(cost) = entry.get("cost").and_then(Value::as_object) else { return Err(NO_PRICE) };
    let mut draft = Draft { base: listed(cost)?, ..Draft::default() };
    tiers(cost, &mut draft)?;
    let standard = draft.card();
    required(&standard)?;
    for (field, value) in cost {
        match field.as_str() {
            "input" | "output" | "cache_read" | "cache_write" | "tiers" | "context_over_200k" => {}
            "reasoning" => {
                let reasoning = rate(field, value, Unit::PerMillion).map_err(Trouble::Refuse)?;
                if reasoning.is_some_and(|rate| rate != 0 && Some(rate) != standard.base.output) {
                    let reason = "it prices reasoning apart from other output, which is not counted apart";
                    return Err(Trouble::Refuse(reason.to_owned()));
                }
            }
            _ if value.is_null() => {}
            _ => into.skip(&format!("prices by other units: {field}")),
        }
    }
    let (model, aliases) = names_of(provider, model);
    let provider = provider_of(provider, &model);
    Ok(Offer {
        provider,
        model,
        aliases,
        cards: Cards { standard, ..Cards::default() },
        multipliers: Default::default(),
    })
}

/// The newer `tiers` say the same as `context_over_200k` and more, so they count alone where they are.
fn tiers(cost: &Map<String, Value>, draft: &mut Draft) -> Result<(), Trouble> {
    let refused = || Trouble::Refuse("it has a tier that is not one of prompt size".to_owned());
    if let Some(tiers) = cost.get("tiers").and_then(Value::as_array).filter(|tiers| !tiers.is_empty()) {
        for tier in tiers {
            let (Some(rates), Some(bound)) = (tier.as_object(), tier.get("tier")) else { return Err(refused()) };
            let size = bound.get("size").and_then(Value::as_u64);
            match (bound.get("type").and_then(Value::as_str), size) {
                (Some("context"), Some(size)) if size > 0 => *draft.at(Some(size)) = listed(rates)?,
                _ => return Err(refused()),
            }
        }
    } else if let Some(rates) = cost.get("context_over_200k").and_then(Value::as_object) {
        *draft.at(Some(OVER_200K)) = listed(rates)?;
    }
    Ok(())
}

fn listed(rates: &Map<String, Value>) -> Result<Listed, Trouble> {
    let rate = |field: &str| {
        let value = rates.get(field).unwrap_or(&Value::Null);
        rate(field, value, Unit::PerMillion).map_err(Trouble::Refuse)
    };
    Ok(Listed {
        input: rate("input")?,
        cache_write: rate("cache_write")?,
        cache_write_1h: None,
        cache_read: rate("cache_read")?,
        output: rate("output")?,
    })
}
