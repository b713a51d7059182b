//! A form as it is typed: text by the name of its field. Lists are rows with a number in their name.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Problem;
use crate::model::{Decimal, Usd};

/// A box that is ticked has this text; one that is not has no field, as browsers send it.
const TICKED: &str = "on";
/// More than anybody spends, and far below what an amount can hold.
const DOLLARS_MAX: Usd = Usd::from_pico(1_000_000_000_000_000_000_000);
/// Amounts are kept to the nano-dollar.
const PLACES_MAX: u64 = 9;

/// What is typed, by the name of the field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Form(BTreeMap<String, String>);

/// Names a field of a row: `threshold-2-percent`.
#[must_use]
pub fn cell(list: &str, row: u32, name: &str) -> String {
    format!("{list}-{row}-{name}")
}

impl Form {
    /// Returns the text of a field as it was typed; empty when there is none.
    #[must_use]
    pub fn typed(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Returns the text of a field without the spaces around it.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.typed(name).trim()
    }

    #[must_use]
    pub fn is_ticked(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn set(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.0.insert(name.into(), text.into());
    }

    pub fn tick(&mut self, name: impl Into<String>, ticked: bool) {
        let name = name.into();
        if ticked {
            self.0.insert(name, TICKED.to_owned());
        } else {
            self.0.remove(&name);
        }
    }

    /// The numbers of a list's rows, in their order.
    #[must_use]
    pub fn rows(&self, list: &str) -> Vec<u32> {
        let rows: BTreeSet<u32> = self.0.keys().filter_map(|name| row_of(name, list)).collect();
        rows.into_iter().collect()
    }

    /// Adds a row below the others, with these fields empty; returns its number.
    pub fn add_row(&mut self, list: &str, fields: &[&str]) -> u32 {
        let row = self.rows(list).last().map_or(0, |last| last.saturating_add(1));
        for field in fields {
            self.set(cell(list, row, field), "");
        }
        row
    }

    pub fn remove_row(&mut self, list: &str, row: u32) {
        self.0.retain(|name, _| row_of(name, list) != Some(row));
    }

    /// Reads dollars: more than nothing, written as a decimal.
    pub(super) fn dollars(&self, name: &str) -> Result<Usd, Problem> {
        let text = self.text(name).trim_start_matches('$').trim_start();
        let wrong = |message: &str| Err(Problem::new(name, message));
        if text.is_empty() {
            return wrong("Write an amount of US dollars, such as 200.");
        }
        let fine = Decimal::parse(text).filter(|number| number.places() <= PLACES_MAX);
        match fine.and_then(|_| Usd::parse_dollars(text)) {
            None => wrong("This is no amount; write US dollars such as 200 or 49.50."),
            Some(amount) if amount <= Usd::ZERO => wrong("Write more than 0 dollars."),
            Some(amount) if amount > DOLLARS_MAX => wrong("Write at most a billion dollars."),
            Some(amount) => Ok(amount),
        }
    }

    /// Reads a whole number in a range.
    pub(super) fn whole(&self, name: &str, least: u64, most: u64) -> Result<u64, Problem> {
        let text: String = self.text(name).chars().filter(|letter| !matches!(letter, ',' | '_' | ' ')).collect();
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| Problem::new(name, format!("Write a whole number from {least} to {most}.")))
    }

    /// Reads a line of text; `None` when it is left empty.
    pub(super) fn line(&self, name: &str, most: usize) -> Result<Option<String>, Problem> {
        let text = self.text(name);
        if text.chars().count() > most || text.chars().any(char::is_control) {
            return Err(Problem::new(name, format!("Write a line of at most {most} characters.")));
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    /// What a row says, in a line; its id is nobody's business.
    fn row_words(&self, list: &str, row: u32) -> String {
        let of_row = self.0.iter().filter(|(name, text)| row_of(name, list) == Some(row) && !text.trim().is_empty());
        let texts = of_row.filter(|(name, _)| !name.ends_with("-id")).map(|(_, text)| text.as_str());
        texts.collect::<Vec<_>>().join(" ")
    }
}

impl FromIterator<(String, String)> for Form {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(fields: I) -> Form {
        Form(fields.into_iter().collect())
    }
}

fn row_of(name: &str, list: &str) -> Option<u32> {
    name.strip_prefix(list)?.strip_prefix('-')?.split_once('-')?.0.parse().ok()
}

/// The lists there are, and what one of their rows is called.
const LISTS: [(&str, &str); 5] =
    [("budget", "Budget"), ("threshold", "Threshold"), ("limit", "Limit"), ("source", "Source"), ("rate", "Rate")];

/// What the fields beside the lists are called.
const NAMES: [(&str, &str); 9] = [
    ("monthly", "Monthly budget"),
    ("currency", "Display currency"),
    ("interval", "Interval"),
    ("timezone", "Time zone"),
    ("quality", "Points of quality"),
    ("quiet", "Quiet hours"),
    ("quiet-from", "Quiet from"),
    ("quiet-to", "Quiet until"),
    ("quiet-critical", "What is critical is sent all the same"),
];

/// Says what is another in `now` than it was `before`, a sentence each.
#[must_use]
pub fn changes(before: &Form, now: &Form) -> Vec<String> {
    let is_cell = |name: &str| LISTS.iter().any(|(list, _)| row_of(name, list).is_some());
    let names: BTreeSet<&String> = before.0.keys().chain(now.0.keys()).filter(|name| !is_cell(name)).collect();
    let fields = names.into_iter().filter(|name| before.0.get(*name) != now.0.get(*name)).map(|name| {
        let called =
            NAMES.iter().chain(&super::RULES).find(|(field, _)| field == name).map_or(name.as_str(), |named| named.1);
        match (before.text(name), now.text(name)) {
            ("", TICKED) => format!("{called}: switched on."),
            (TICKED, "") => format!("{called}: switched off."),
            (was, "") => format!("{called}: {was} was taken away."),
            ("", is) => format!("{called} is now {is}."),
            (was, is) => format!("{called} is now {is}; it was {was}."),
        }
    });
    let rows = LISTS.into_iter().flat_map(|(list, called)| {
        let words =
            |form: &Form| -> Vec<String> { form.rows(list).iter().map(|row| form.row_words(list, *row)).collect() };
        let (old, new) = (words(before), words(now));
        let gone = old.iter().filter(|row| !new.contains(row)).map(|row| format!("{called} gone: {row}."));
        let come = new.iter().filter(|row| !old.contains(row)).map(|row| format!("{called} added: {row}."));
        gone.chain(come).collect::<Vec<_>>()
    });
    fields.chain(rows).collect()
}
