//! LiteLLM's list: one object, keyed by model, rates in US dollars per token, one field per kind of token, size of
//! prompt and way to be served: `cache_read_input_token_cost_above_272k_tokens_priority`.
//!
//! <https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json>

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use super::number::{Unit, rate};
use super::{Collector, Draft, NO_PRICE, Offer, Trouble, names_of, provider_of, required};
use crate::pricing::entry::Cards;
use crate::pricing::names;
use crate::pricing::rates::Listed;

/// The one key that describes the others.
const SAMPLE: &str = "sample_spec";

/// Returns whether this looks like one of its models.
pub(super) fn is_entry(entry: &Map<String, Value>) -> bool {
    entry.contains_key("litellm_provider") || entry.contains_key("input_cost_per_token")
}

pub(super) fn read(entries: &Map<String, Value>, into: &mut Collector) {
    for (key, value) in entries.iter().filter(|(key, _)| key.as_str() != SAMPLE) {
        let Some(entry) = value.as_object() else {
            into.skip("entries that are no model");
            continue;
        };
        let outcome = offer(key, entry, entries, into);
        into.add(key, outcome);
    }
}

fn offer(
    key: &str,
    entry: &Map<String, Value>,
    all: &Map<String, Value>,
    into: &mut Collector,
) -> Result<Offer, Trouble> {
    let mode = entry.get("mode").and_then(Value::as_str).unwrap_or("chat");
    if !matches!(mode, "chat" | "completion" | "responses" | "embedding") {
        return Err(Trouble::Skip("models for images, sound, video, ranking and the like"));
    }
    let mut drafts: [Draft; 4] = Default::default();
    let mut reasoning = None;
    for (field, value) in entry {
        match Field::of(field) {
            Field::Rate { service, above, kind } => {
                let pico = rate(field, value, Unit::PerToken).map_err(Trouble::Refuse)?;
                let listed = drafts.get_mut(service).map(|draft| kind.of(draft.at(above)));
                if let Some(place) = listed {
                    *place = pico;
                }
            }
            Field::Reasoning => reasoning = rate(field, value, Unit::PerToken).map_err(Trouble::Refuse)?,
            Field::Ranges if !value.is_null() => {
                return Err(Trouble::Refuse("it is priced by ranges, in a form that is not read".to_owned()));
            }
            Field::OtherUnit if !is_nothing(value) => into.skip(&format!("prices by other units: {field}")),
            Field::Ranges | Field::OtherUnit | Field::NoPrice => {}
        }
    }
    let [mut standard, batch, flex, priority] = drafts;
    if mode == "embedding" && standard.base.input.is_some() {
        standard.base.output.get_or_insert(0);
    }
    if standard.base == Listed::default() {
        return Err(NO_PRICE);
    }
    let cards =
        Cards { standard: standard.card(), batch: listed(batch), flex: listed(flex), priority: listed(priority) };
    required(&cards.standard)?;
    // A zero here means that reasoning is not charged apart.
    if reasoning.is_some_and(|rate| rate != 0 && Some(rate) != cards.standard.base.output) {
        return Err(Trouble::Refuse(
            "it prices reasoning apart from other output, which is not counted apart".to_owned(),
        ));
    }
    let provider = entry.get("litellm_provider").and_then(Value::as_str).unwrap_or_default();
    let (model, aliases) = named(key, provider, all);
    Ok(Offer { provider: provider_of(provider, key), model, aliases, cards, multipliers: multipliers(entry) })
}

fn listed(draft: Draft) -> Option<crate::pricing::rates::ListedCard> {
    (draft.base != Listed::default()).then(|| draft.card())
}

/// A key with its maker in front is the model itself, unless the list has the bare name too.
fn named(key: &str, provider: &str, all: &Map<String, Value>) -> (String, Vec<String>) {
    match key.split_once('/') {
        Some((maker, bare)) if maker == provider && !all.contains_key(bare) => names_of(provider, bare),
        _ => (names::normal(key).into_owned(), Vec::new()),
    }
}

/// Factors of Anthropic's models: `{"us": 1.1, "fast": 2.0}`. The whole row leans on them, so a strange one is left out.
fn multipliers(entry: &Map<String, Value>) -> BTreeMap<String, Number> {
    let Some(specific) = entry.get("provider_specific_entry").and_then(Value::as_object) else {
        return BTreeMap::new();
    };
    let factor = |(name, ours): (&str, &str)| match specific.get(name) {
        Some(Value::Number(factor)) if factor.as_f64().is_some_and(|factor| (0.1..=10.0).contains(&factor)) => {
            Some((ours.to_owned(), factor.clone()))
        }
        _ => None,
    };
    [("us", "inference_geo_us"), ("fast", "fast")].into_iter().filter_map(factor).collect()
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_f64().is_some_and(|number| number == 0.0)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Input,
    CacheWrite,
    CacheWrite1h,
    CacheRead,
    Output,
}

impl Kind {
    fn of(self, listed: &mut Listed) -> &mut Option<u64> {
        match self {
            Kind::Input => &mut listed.input,
            Kind::CacheWrite => &mut listed.cache_write,
            Kind::CacheWrite1h => &mut listed.cache_write_1h,
            Kind::CacheRead => &mut listed.cache_read,
            Kind::Output => &mut listed.output,
        }
    }
}

/// What a field of an entry says.
#[derive(Debug, PartialEq, Eq)]
enum Field {
    /// `service` counts standard, batch, flex, priority.
    Rate {
        service: usize,
        above: Option<u64>,
        kind: Kind,
    },
    Reasoning,
    Ranges,
    OtherUnit,
    NoPrice,
}

impl Field {
    fn of(field: &str) -> Field {
        match field {
            "output_cost_per_reasoning_token" => return Field::Reasoning,
            "tiered_pricing" => return Field::Ranges,
            _ => {}
        }
        let services = [("_batches", 1), ("_flex", 2), ("_priority", 3)];
        let served = services.into_iter().find_map(|(suffix, service)| Some((field.strip_suffix(suffix)?, service)));
        let (rest, service) = served.unwrap_or((field, 0));
        let tiered = rest.rsplit_once("_above_").and_then(|(base, size)| {
            let thousands: u64 = size.strip_suffix("k_tokens")?.parse().ok()?;
            Some((base, thousands.checked_mul(1_000)?))
        });
        let (base, above) = tiered.map_or((rest, None), |(base, above)| (base, Some(above)));
        let kind = match base {
            "input_cost_per_token" => Kind::Input,
            "output_cost_per_token" => Kind::Output,
            "cache_creation_input_token_cost" => Kind::CacheWrite,
            "cache_creation_input_token_cost_above_1hr" => Kind::CacheWrite1h,
            "cache_read_input_token_cost" => Kind::CacheRead,
            _ if field.contains("cost_per_") || field.contains("_cost") => return Field::OtherUnit,
            _ => return Field::NoPrice,
        };
        Field::Rate { service, above, kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fields_name_says_what_it_prices() {
        let rate = |service, above, kind| Field::Rate { service, above, kind };
        let cases = [
            ("input_cost_per_token", rate(0, None, Kind::Input)),
            ("cache_creation_input_token_cost_above_1hr", rate(0, None, Kind::CacheWrite1h)),
            ("cache_creation_input_token_cost_above_1hr_above_200k_tokens", rate(0, Some(200_000), Kind::CacheWrite1h)),
            ("cache_creation_input_token_cost_above_200k_tokens", rate(0, Some(200_000), Kind::CacheWrite)),
            ("output_cost_per_token_batches", rate(1, None, Kind::Output)),
            ("input_cost_per_token_above_272k_tokens_flex", rate(2, Some(272_000), Kind::Input)),
            ("cache_read_input_token_cost_above_512k_tokens_priority", rate(3, Some(512_000), Kind::CacheRead)),
            ("input_cost_per_token_above_1hr", Field::OtherUnit),
            ("input_cost_per_audio_token", Field::OtherUnit),
            ("search_context_cost_per_query", Field::OtherUnit),
            ("input_cost_per_token_above_99999999999999999999k_tokens", Field::OtherUnit),
            ("output_cost_per_reasoning_token", Field::Reasoning),
            ("max_input_tokens", Field::NoPrice),
            ("supports_prompt_caching", Field::NoPrice),
        ];
        for (field, expected) in cases {
            assert_eq!(Field::of(field), expected, "{field}");
        }
    }
}
