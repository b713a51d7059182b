//! From the snapshot and the price table to the finished page. [`page`] is pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context;
use chrono::{NaiveDate, Utc};

use super::ALWAYS;
use super::enter::{address, problem};
use super::{FormData, PriceLine, PricesPage, PricesQuery, Removed, Similar, Typed, UnpricedLine};
use crate::analytics::UnpricedModel;
use crate::model::{DateRange, Provider, compact};
use crate::pricing::{Origin, PerMillion, PriceRow, PriceTable};
use crate::sources::Source;
use crate::sync::{Engine, Snapshot};

/// Shown until somebody asks for all, or for a name.
const SHOWN: usize = 30;
/// What can be entered has six decimals; what was assumed may have more.
const DECIMALS_MAX: usize = 6;

pub(super) async fn load(engine: Arc<Engine>, query: PricesQuery) -> anyhow::Result<PricesPage> {
    let problem = problem(&engine, &query.typed).await.unwrap_or_default();
    let (snapshot, config) = (engine.snapshot(), engine.config.current());
    // A list from outside has thousands of models, and half a year has many rows.
    let build = move || page(&snapshot, &config.prices, &query, problem, Utc::now().date_naive());
    tokio::task::spawn_blocking(build).await.context("building the page of prices")
}

pub(super) fn page(
    snapshot: &Snapshot,
    prices: &PriceTable,
    query: &PricesQuery,
    problem: String,
    today: NaiveDate,
) -> PricesPage {
    let in_force = prices.in_force(today);
    let chosen = if query.typed.model.is_empty() {
        snapshot.unpriced.first().map(|model| &model.model)
    } else {
        Some(&query.typed.model)
    };
    let at = snapshot.unpriced.iter().position(|model| Some(&model.model) == chosen);
    let unpriced = snapshot
        .unpriced
        .iter()
        .enumerate()
        .map(|(number, model)| UnpricedLine { chosen: Some(number) == at, ..unpriced_line(model, &in_force) });
    // One's own that begin later, or have been followed by another, are there to be changed and removed.
    let others = prices.own().filter(|row| in_force.iter().all(|other| !std::ptr::eq(*other, *row)));
    let mut rows = matching(in_force.iter().copied().chain(others), &query.search);
    let found = rows.len();
    let used = used(snapshot, prices, today);
    rows.sort_by_key(|row| (row.origin != Origin::Own, !used.contains(row.model.as_str()), &row.model));
    let more = !query.all && query.search.trim().is_empty() && found > SHOWN;
    if more {
        rows.truncate(SHOWN);
    }
    PricesPage {
        headline: headline(snapshot.unpriced.len()),
        compiled: prices.compiled().to_owned(),
        saved: saved(&query.saved, prices, snapshot, today),
        removed: removed(&query.removed, prices),
        unpriced: unpriced.collect(),
        form: chosen.map(|model| form(model, &query.typed, problem, &in_force, today)),
        shown: if more {
            format!("{SHOWN} of {found} models, yours and those you use first")
        } else {
            format!("{found} model{}", if found == 1 { "" } else { "s" })
        },
        table: rows.into_iter().map(price_line).collect(),
        more,
        search: query.search.trim().to_owned(),
    }
}

fn headline(unpriced: usize) -> String {
    match unpriced {
        0 => "Every model that was used has a price.".to_owned(),
        1 => "One model has no price.".to_owned(),
        more => format!("{more} models have no price."),
    }
}

/// Only a model that does have a price of the user's is said to have one: an address can be made up.
fn saved(model: &str, prices: &PriceTable, snapshot: &Snapshot, today: NaiveDate) -> String {
    let Some(row) = prices.find(model, today).filter(|row| !model.is_empty() && row.origin == Origin::Own) else {
        return String::new();
    };
    let waits = snapshot.unpriced.iter().any(|unpriced| unpriced.model == model);
    let effect = if waits { "costs follow with the next sync" } else { "every cost was computed again with it" };
    format!("{model} now costs {}; {effect}.{}", rates_of(row), of_earlier_days(row.effective_from))
}

/// Which other days a price with a first day counts for; see `pricing/overrides.rs`.
pub(super) fn of_earlier_days(from: Option<NaiveDate>) -> String {
    let words = |from: NaiveDate| {
        let day = DateRange { from, to: from }.words();
        format!(" Days before {day} that have no other price get it too.")
    };
    from.map(words).unwrap_or_default()
}

/// Only what is not there is said to be removed.
fn removed(entry: &str, prices: &PriceTable) -> Option<Removed> {
    let value: serde_json::Value = serde_json::from_str(entry).ok()?;
    let text = |name: &str| value.get(name).and_then(serde_json::Value::as_str);
    let (model, from) = (text("model")?, text("from"));
    let is_there = |row: &PriceRow| {
        row.model.eq_ignore_ascii_case(model.trim()) && row.effective_from.map(|day| day.to_string()).as_deref() == from
    };
    let since = from.map(|from| format!(" from {from}")).unwrap_or_default();
    let said = format!("Your price of {model}{since} was removed.");
    (!prices.own().any(is_there)).then(|| Removed { said, entry: entry.to_owned() })
}

fn unpriced_line(model: &UnpricedModel, in_force: &[&PriceRow]) -> UnpricedLine {
    let source = Source::parse(&model.source).map_or(model.source.as_str(), |source| source.label());
    let days = DateRange { from: model.first_day, to: model.last_day }.words();
    let days = if model.first_day == model.last_day { format!("on {days}") } else { days };
    UnpricedLine {
        model: model.model.clone(),
        seen: format!("{source}, {days}"),
        tokens: format!("{} tokens", compact(model.tokens_in.saturating_add(model.tokens_out))),
        similar: model.similar.as_ref().and_then(|similar| {
            let row = in_force.iter().find(|row| row.model == *similar)?;
            Some(Similar { model: similar.clone(), rates: rates_of(row), href: href(typed_of(&model.model, row)) })
        }),
        chosen: false,
        href: href(Typed { model: model.model.clone(), ..Typed::default() }),
    }
}

/// The form holds what was typed; else the price there is, to be changed; else nothing.
fn form(model: &str, typed: &Typed, problem: String, in_force: &[&PriceRow], today: NaiveDate) -> FormData {
    let row = in_force.iter().find(|row| row.model == model);
    let blank = Typed { model: typed.model.clone(), ..Typed::default() };
    let mut values = match row {
        _ if *typed != blank => typed.clone(),
        Some(row) => typed_of(model, row),
        None => Typed { model: model.to_owned(), ..Typed::default() },
    };
    if values.from.is_empty() {
        values.from = match row.filter(|row| row.origin == Origin::Own) {
            Some(own) => own.effective_from.map_or_else(|| ALWAYS.to_owned(), |from| from.to_string()),
            None => today.to_string(),
        };
    }
    let now = row.map(|row| {
        format!(
            "Now {}, {}. From its first day on, a price of your own takes the place of every other one of this model.",
            rates_of(row),
            origin_of(row)
        )
    });
    FormData { values, problem, now: now.unwrap_or_default() }
}

fn typed_of(model: &str, row: &PriceRow) -> Typed {
    let text = |rate: PerMillion| {
        let text = rate.to_string().trim_start_matches('$').to_owned();
        let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        if decimals <= DECIMALS_MAX { text } else { String::new() }
    };
    let rates = row.prices().base;
    Typed {
        model: model.to_owned(),
        input: text(rates.input),
        output: text(rates.output),
        cache_read: text(rates.cache_read),
        cache_write: text(rates.cache_write_5m),
        cache_write_1h: text(rates.cache_write_1h),
        from: String::new(),
    }
}

fn href(typed: Typed) -> String {
    let Typed { model, input, output, cache_read, cache_write, cache_write_1h, from } = typed;
    let fields = vec![
        ("model", model),
        ("input", input),
        ("output", output),
        ("cache_read", cache_read),
        ("cache_write", cache_write),
        ("cache_write_1h", cache_write_1h),
        ("from", from),
    ];
    format!("/prices{}#set", address(fields))
}

fn matching<'a>(rows: impl Iterator<Item = &'a PriceRow>, search: &str) -> Vec<&'a PriceRow> {
    let wanted = search.trim().to_lowercase();
    let matches = |row: &&PriceRow| {
        let mut names = std::iter::once(&row.model).chain(&row.aliases).chain(std::iter::once(&row.provider));
        names.any(|name| name.to_lowercase().contains(&wanted))
    };
    rows.filter(matches).collect()
}

/// The models of the table whose prices the last half year was computed with.
fn used<'a>(snapshot: &Snapshot, prices: &'a PriceTable, today: NaiveDate) -> BTreeSet<&'a str> {
    let names: BTreeSet<&str> = snapshot.facts.rows.iter().map(|row| row.model.as_ref()).collect();
    names.into_iter().filter_map(|name| prices.find(name, today)).map(|row| row.model.as_str()).collect()
}

fn price_line(row: &PriceRow) -> PriceLine {
    let rates = row.prices().base;
    PriceLine {
        model: row.model.clone(),
        origin: origin_of(row),
        own: row.origin == Origin::Own,
        from: row.effective_from.map(|from| from.to_string()).unwrap_or_default(),
        rates: [rates.input, rates.output, rates.cache_read, rates.cache_write_5m].map(|rate| rate.to_string()),
        href: href(Typed { model: row.model.clone(), ..Typed::default() }),
    }
}

fn rates_of(row: &PriceRow) -> String {
    let rates = row.prices().base;
    format!("{} in and {} out", rates.input, rates.output)
}

/// The name people read of who makes a model; price lists know more of them than there are sources.
fn maker(name: &str) -> &str {
    if let Some(known) = Provider::ALL.into_iter().find(|provider| provider.name() == name) {
        return known.label();
    }
    match name {
        "deepseek" => "DeepSeek",
        "google" => "Google",
        "mistral" => "Mistral",
        "xai" => "xAI",
        other => other,
    }
}

/// `Anthropic, built in, since 2026-09-22`.
fn origin_of(row: &PriceRow) -> String {
    let provider = maker(&row.provider);
    let table = match row.origin {
        Origin::BuiltIn => format!("{provider}, built in"),
        Origin::Updated => format!("{provider}, updated list"),
        Origin::Own => "yours".to_owned(),
    };
    let since = row.effective_from.map(|from| format!(", since {from}")).unwrap_or_default();
    let tiers = row
        .prices()
        .tiers
        .first()
        .map(|tier| format!(", other rates above {} tokens of prompt", compact(tier.above_prompt_tokens)));
    format!("{table}{since}{}", tiers.unwrap_or_default())
}

#[cfg(test)]
mod tests;
