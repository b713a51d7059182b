//! Entering a price into the user's own, `data/config/prices.json`, taking one out, and putting it back, without an
//! editor.
//!
//! Must never lose anything the file says, and never leave a file behind that cannot be read.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Number, Value};

use super::overrides::{Entry, entries, rate};
use super::{PriceError, PriceTable, names};

/// A price the user sets: US dollars per million tokens. What is `None` stays as the file has it.
#[derive(Clone, Debug)]
pub struct Choice {
    pub model: String,
    pub input: Number,
    pub output: Number,
    pub cache_write_5m: Option<Number>,
    pub cache_write_1h: Option<Number>,
    pub cache_read: Option<Number>,
    /// Names the entry to change or to add; without it the model's latest entry changes.
    pub from: Option<NaiveDate>,
}

/// Enters a price into the text of `data/config/prices.json` (empty when there is none) and keeps everything else in it.
/// `known` is the table the user's prices are laid over. Returns the new text, and the entry as it now stands.
///
/// # Errors
/// When the file was broken before, or the price cannot stand beside the others; it is to be left as it is then.
pub fn set(json: &str, choice: &Choice, known: PriceTable) -> Result<(String, Value), PriceError> {
    let mut entries = if json.trim().is_empty() { Vec::new() } else { entries(json)? };
    let model = names::normal(&choice.model);
    let chosen = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| names::normal(&entry.model) == model)
        .filter(|(_, entry)| choice.from.is_none_or(|from| entry.from.as_deref() == Some(&from.to_string())))
        .max_by_key(|(_, entry)| entry.from.clone())
        .map(|(index, _)| index);
    let index = chosen.unwrap_or(entries.len());
    if chosen.is_none() {
        entries.push(Entry::of(choice));
    }
    let Some(entry) = entries.get_mut(index) else { return Ok((json.to_owned(), Value::Null)) };
    entry.enter(choice);
    let written = serde_json::to_value(&*entry).map_err(unreadable)?;
    Ok((text_of(&entries, known)?, written))
}

/// Takes the entry of a model that begins on this day out of the text; `None` for the one without a first day. Returns
/// the new text, and the entry for [`put_back`].
///
/// # Errors
/// When the file was broken before, or has no such entry.
pub fn remove(
    json: &str,
    model: &str,
    from: Option<NaiveDate>,
    known: PriceTable,
) -> Result<(String, Value), PriceError> {
    let mut entries = if json.trim().is_empty() { Vec::new() } else { entries(json)? };
    let (name, from) = (names::normal(model), from.map(|from| from.to_string()));
    let Some(at) = entries.iter().position(|entry| names::normal(&entry.model) == name && entry.from == from) else {
        let since = from.map(|from| format!(" from {from}")).unwrap_or_default();
        let problem = format!("there is no price of your own{since}; it may be removed already");
        return Err(PriceError::Override { model: model.to_owned(), problem });
    };
    let removed = serde_json::to_value(entries.remove(at)).map_err(unreadable)?;
    Ok((text_of(&entries, known)?, removed))
}

/// Enters an entry as [`remove`] returned it.
///
/// # Errors
/// When it is none, or cannot stand beside what the file holds by now.
pub fn put_back(json: &str, entry: &str, known: PriceTable) -> Result<(String, Value), PriceError> {
    let mut entries = if json.trim().is_empty() { Vec::new() } else { entries(json)? };
    let entry: Entry = serde_json::from_str(entry).map_err(unreadable)?;
    let written = serde_json::to_value(&entry).map_err(unreadable)?;
    entries.push(entry);
    Ok((text_of(&entries, known)?, written))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unreadable(error: serde_json::Error) -> PriceError {
    PriceError::OverrideFile { problem: error.to_string() }
}

fn text_of(entries: &[Entry], known: PriceTable) -> Result<String, PriceError> {
    let text = serde_json::to_string_pretty(&Written { models: entries }).map_err(unreadable)? + "\n";
    known.with_overrides(&text)?;
    Ok(text)
}

#[derive(Serialize)]
struct Written<'a> {
    models: &'a [Entry],
}

impl Entry {
    fn of(choice: &Choice) -> Entry {
        Entry {
            model: choice.model.trim().to_owned(),
            aliases: Vec::new(),
            input: Value::Null,
            output: Value::Null,
            cache_write_5m: None,
            cache_write_1h: None,
            cache_read: None,
            from: choice.from.map(|from| from.to_string()),
            to: None,
        }
    }

    fn enter(&mut self, choice: &Choice) {
        (self.input, self.output) = (Value::Number(choice.input.clone()), Value::Number(choice.output.clone()));
        for (place, rate) in [
            (&mut self.cache_write_5m, &choice.cache_write_5m),
            (&mut self.cache_write_1h, &choice.cache_write_1h),
            (&mut self.cache_read, &choice.cache_read),
        ] {
            if let Some(rate) = rate {
                *place = Some(Value::Number(rate.clone()));
            }
        }
    }
}

/// Reads a rate as a person types it on the command line.
///
/// # Errors
/// When it is no price: a sentence with the remedy.
pub fn typed_rate(text: &str) -> Result<Number, String> {
    let number: Number = text.parse().map_err(|_| "write US dollars per million tokens, such as 3.75".to_owned())?;
    rate("the price", &Value::Number(number.clone())).map(|_| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"models": [
        {"model": "Mine", "aliases": ["m"], "input": 3, "output": 15, "to": "2027-01-01"},
        {"model": "mine", "input": 2, "output": 10, "cacheWrite1h": 5, "from": "2026-11-01"},
        {"model": "other", "input": 1, "output": 1}]}"#;

    fn known() -> PriceTable {
        PriceTable::builtin().expect("the built-in table")
    }

    fn models(text: &str) -> Vec<Value> {
        let file: Value = serde_json::from_str(text).expect("is JSON");
        file["models"].as_array().expect("a list").clone()
    }

    #[test]
    fn an_entry_is_taken_out_by_its_day_and_comes_back_as_it_was() {
        for (from, place) in [(None, 0), (Some("2026-11-01"), 1)] {
            let from: Option<NaiveDate> = from.map(|from| from.parse().expect("a date"));
            let (text, removed) = remove(FILE, "MINE", from, known()).expect("is there");
            assert_eq!(removed, models(FILE)[place]);
            assert_eq!(models(&text).len(), 2);
            assert!(!models(&text).contains(&removed));
            let again = remove(&text, "mine", from, known()).expect_err("is gone").to_string();
            assert!(again.contains("there is no price of your own") && again.contains("removed already"), "{again}");
            let (back, _) = put_back(&text, &removed.to_string(), known()).expect("goes back");
            assert!(models(&back).contains(&removed) && models(&back).len() == 3);
            put_back(&back, &removed.to_string(), known()).expect_err("once");
        }
    }

    #[test]
    fn only_an_entry_is_put_back() {
        for entry in ["", "3", "{}", r#"{"model": "x", "input": -1, "output": 1}"#] {
            put_back(FILE, entry, known()).expect_err(entry);
        }
    }
}
