//! Taking a typed price over: the same checks as `allclear prices set`, with the name of the field in front.

use std::sync::Arc;

use chrono::NaiveDate;
use leptos_router::params::ParamsMap;
use serde_json::Number;

use super::build::of_earlier_days;
use super::form::PriceEntered;
use super::{ALWAYS, Typed};
use crate::config::{check_price, put_price_back, remove_price, set_price};
use crate::error::AppError;
use crate::pricing::{Choice, typed_rate};
use crate::sync::{Engine, Repriced};

/// The longest name a provider has is a third of this.
const NAME_MAX: usize = 200;
/// An entry with a handful of other names; it travels in an address.
const ENTRY_MAX: usize = 4096;

/// Writes the price and has the costs computed again.
pub(super) async fn enter(engine: &Arc<Engine>, typed: &Typed) -> Result<PriceEntered, AppError> {
    let choice = choice(typed).map_err(AppError::BadRequest)?;
    let (data_dir, model, from) = (engine.config.environment.data_dir.clone(), choice.model.clone(), choice.from);
    blocking(move || {
        check_price(&data_dir, &choice).map_err(|message| AppError::BadRequest(told(&message)))?;
        set_price(&data_dir, &choice).map(drop).map_err(AppError::from)
    })
    .await?;
    tracing::info!(model, "A price of {model} was entered into data/config/prices.json");
    let effect = match engine.reprice().await? {
        Repriced::Now => "Every cost was computed again with it.",
        Repriced::WithTheNextRun => "A sync is in progress; costs are computed again with the next one.",
    };
    Ok(PriceEntered { model, effect: format!("{effect}{}", of_earlier_days(from)) })
}

/// Takes a price of the user's away and has the costs computed again; returns the entry as JSON.
pub(super) async fn remove(engine: &Arc<Engine>, model: &str, from: &str) -> Result<String, AppError> {
    let first_day = first_day(from).map_err(AppError::BadRequest)?;
    let (data_dir, removed) = (engine.config.environment.data_dir.clone(), model.to_owned());
    let entry = blocking(move || remove_price(&data_dir, &removed, first_day).map_err(|error| refused(&error))).await?;
    tracing::info!(model, "A price of {model} was removed from data/config/prices.json");
    engine.reprice().await?;
    Ok(entry.to_string())
}

/// Enters an entry as [`remove`] returned it; returns its model.
pub(super) async fn put_back(engine: &Arc<Engine>, entry: &str) -> Result<String, AppError> {
    if entry.len() > ENTRY_MAX {
        return Err(AppError::BadRequest("This is no price that was removed here.".to_owned()));
    }
    let (data_dir, text) = (engine.config.environment.data_dir.clone(), entry.to_owned());
    let entry = blocking(move || put_price_back(&data_dir, &text).map_err(|error| refused(&error))).await?;
    let model = entry.get("model").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    tracing::info!(model, "A price of {model} was put back into data/config/prices.json");
    engine.reprice().await?;
    Ok(model)
}

fn refused(error: &anyhow::Error) -> AppError {
    AppError::BadRequest(format!("{error:#}"))
}

/// The page after a price was removed, which offers to put it back.
pub(super) fn page_without(removed: &Result<String, AppError>) -> String {
    let fields = removed.iter().map(|entry| ("removed", entry.clone())).collect();
    format!("/prices{}", address(fields))
}

/// The page after a price was put back.
pub(super) fn page_with(model: &Result<String, AppError>) -> String {
    let fields = model.iter().map(|model| ("saved", model.clone())).collect();
    format!("/prices{}", address(fields))
}

/// Says what is wrong with what was typed so far; nothing while nothing was.
pub(super) async fn problem(engine: &Engine, typed: &Typed) -> Option<String> {
    let mut fields = typed.clone();
    if (0..5).all(|at| fields.field(at).trim().is_empty()) {
        return None;
    }
    let choice = match choice(typed) {
        Ok(choice) => choice,
        Err(problem) => return Some(problem),
    };
    let data_dir = engine.config.environment.data_dir.clone();
    blocking(move || check_price(&data_dir, &choice).map_err(|message| AppError::BadRequest(told(&message))))
        .await
        .err()
        .map(|error| error.to_string())
}

/// The page a form without JavaScript comes to: with what was typed when it was refused.
pub(super) fn page_after(typed: &Typed, outcome: &Result<PriceEntered, AppError>) -> String {
    let fields = match outcome {
        Ok(entered) => vec![("saved", entered.model.clone())],
        Err(_) => vec![
            ("model", typed.model.clone()),
            ("input", typed.input.clone()),
            ("output", typed.output.clone()),
            ("cache_read", typed.cache_read.clone()),
            ("cache_write", typed.cache_write.clone()),
            ("cache_write_1h", typed.cache_write_1h.clone()),
            ("from", if typed.from.trim().is_empty() { ALWAYS.to_owned() } else { typed.from.clone() }),
        ],
    };
    format!("/prices{}#set", address(fields))
}

/// Writes `?name=value&…`; only ASCII, whatever the values hold.
pub(super) fn address(fields: Vec<(&'static str, String)>) -> String {
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
    fields.collect::<ParamsMap>().to_query_string()
}

fn choice(typed: &Typed) -> Result<Choice, String> {
    let model = typed.model.trim().to_owned();
    if model.is_empty() || model.len() > NAME_MAX || model.chars().any(char::is_control) {
        return Err("The model's name is missing, or none; write it as the logs show it.".to_owned());
    }
    let required = |label: &str, text: &str| {
        optional(label, text)?
            .ok_or_else(|| format!("{label} is missing; write US dollars per million tokens, such as 3.75"))
    };
    Ok(Choice {
        model,
        input: required("Input", &typed.input)?,
        output: required("Output", &typed.output)?,
        cache_read: optional("Cache read", &typed.cache_read)?,
        cache_write_5m: optional("Cache write", &typed.cache_write)?,
        cache_write_1h: optional("1-hour cache write", &typed.cache_write_1h)?,
        from: first_day(&typed.from)?,
    })
}

fn first_day(text: &str) -> Result<Option<NaiveDate>, String> {
    match text.trim() {
        "" | ALWAYS => Ok(None),
        text => text.parse().map(Some).map_err(|_| "Valid from is not a date such as 2026-11-21.".to_owned()),
    }
}

fn optional(label: &str, text: &str) -> Result<Option<Number>, String> {
    // Copied from a price list, with its sign.
    let text = text.trim().trim_start_matches('$').trim_start();
    if text.is_empty() {
        return Ok(None);
    }
    let named = |message: String| match message.strip_prefix("`the price` ") {
        Some(rest) => format!("{label} {rest}"),
        None => format!("{label} is not a number; {message}"),
    };
    typed_rate(text).map(Some).map_err(named)
}

fn told(message: &str) -> String {
    format!("data/config/prices.json: {message}")
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| AppError::from(anyhow::Error::from(error)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, output: &str, cache_read: &str, expected: Result<(), &str>) {
        let [input, output, cache_read] = [input, output, cache_read].map(str::to_owned);
        let typed = Typed { model: "gpt-9".to_owned(), input, output, cache_read, ..Typed::default() };
        match (choice(&typed), expected) {
            (Ok(_), Ok(())) => {}
            (Err(said), Err(expected)) => assert!(said.starts_with(expected), "{said}"),
            (got, expected) => panic!("{got:?} is not {expected:?}"),
        }
    }

    #[test]
    fn a_refusal_names_the_field_and_the_remedy() {
        check("3", " $15.00 ", "", Ok(()));
        check("0", "0.000001", ".3", Err("Cache read is not a number; write US dollars"));
        check("", "15", "", Err("Input is missing; write US dollars"));
        check("3", "  ", "", Err("Output is missing"));
        check("3,75", "15", "", Err("Input is not a number; write US dollars per million tokens, such as 3.75"));
        check("-1", "15", "", Err("Input must not be negative; write"));
        check("3", "15", "0.0000001", Err("Cache read has more than six decimals; write"));
        check("3", "1000000", "", Err("Output is a dollar per token or more; write"));
    }

    #[test]
    fn a_name_that_is_none_is_refused() {
        for model in ["", "  ", "a\nb", &"x".repeat(201)] {
            let typed = Typed { model: model.to_owned(), input: "1".into(), output: "1".into(), ..Typed::default() };
            assert!(choice(&typed).is_err(), "{model}");
        }
    }

    #[test]
    fn what_was_refused_comes_back_in_the_address() {
        let typed = Typed { model: "gpt-ä 9".into(), input: "3,5".into(), ..Typed::default() };
        let refused = page_after(&typed, &Err(AppError::NotFound));
        assert_eq!(refused, "/prices?model=gpt%2D%C3%A4%209&input=3%2C5&from=always#set");
    }
}
