//! Usage out of files of other programs: `ccusage --json`, CSV with columns of its owner's, a data folder of an earlier
//! system.
//!
//! Pure: a text becomes facts, or a sentence that says what is wrong with it. Each fact is a day's sum, not a message. Its
//! key begins with the name of the import, so that the import can be taken back as a whole, and holds what is in it, so
//! that the same file twice is once.

mod ccusage;
mod csv;
mod folder;

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveTime};

use crate::model::{Basis, Tokens, UsageEvent, Usd, epoch_day, escaped};
use crate::sources::Problems;

pub use self::csv::{Columns, csv};
pub use ccusage::ccusage;
pub use folder::folder;

pub const NAME: &str = "import";
/// More in one row is a slip of the hand.
const MAX_TOKENS: u64 = 1_000_000_000_000;
const MAX_COST: Usd = Usd::from_pico(1_000_000_000_000_000_000);
/// What stands for a model nobody named.
const NO_MODEL: &str = "unknown";

/// A row of a file, whatever its format.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub date: NaiveDate,
    pub project: String,
    pub session: String,
    pub model: String,
    pub tokens: Tokens,
    /// What the file says it cost.
    pub cost: Option<Usd>,
}

/// What a file gave.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    pub rows: Vec<Row>,
    pub bad: Problems,
}

impl Imported {
    fn take(&mut self, place: impl FnOnce() -> String, row: Result<Row, String>) {
        match row.and_then(checked) {
            Ok(row) => self.rows.push(row),
            Err(reason) => self.bad.add(|| format!("{}: {reason}", place())),
        }
    }

    /// The facts of an import of that name.
    #[must_use]
    pub fn events(&self, name: &str) -> Vec<UsageEvent> {
        let mut seen = HashMap::new();
        self.rows.iter().map(|row| event(name, row, &mut seen)).collect()
    }
}

/// The beginning all keys of an import share; it ends in `;`.
#[must_use]
pub fn prefix(name: &str) -> String {
    format!("{};", escaped(name))
}

fn checked(row: Row) -> Result<Row, String> {
    if row.tokens.total() > MAX_TOKENS {
        return Err("more tokens than can be real".to_owned());
    }
    if row.cost.is_some_and(|cost| !(Usd::ZERO..=MAX_COST).contains(&cost)) {
        return Err("the cost must be between 0 and a million dollars".to_owned());
    }
    if row.tokens.total() == 0 && row.cost.is_none_or(|cost| cost == Usd::ZERO) {
        return Err("neither tokens nor a cost".to_owned());
    }
    for (what, text) in [("project", &row.project), ("session", &row.session), ("model", &row.model)] {
        if text.len() > 300 || text.chars().any(char::is_control) {
            return Err(format!("the {what} is longer than 300 letters, or no plain text"));
        }
    }
    // Zero beside tokens is how a program writes that it knows no price.
    let cost = row.cost.filter(|cost| *cost > Usd::ZERO);
    Ok(Row { cost, ..row })
}

fn event(name: &str, row: &Row, seen: &mut HashMap<String, u32>) -> UsageEvent {
    let model = if row.model.is_empty() { NO_MODEL } else { &row.model };
    let date = row.date.to_string();
    let identity = [date.as_str(), &row.project, &row.session, model].map(|part| escaped(part)).join("|");
    let nth = seen.entry(identity.clone()).and_modify(|count| *count += 1).or_insert(1);
    UsageEvent {
        key: format!("{}{identity}|{nth}", prefix(name)).into(),
        // A date without a time: the day is what counts, the hour is a placeholder.
        at_ms: row.date.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()).and_utc().timestamp_millis(),
        day: epoch_day(row.date),
        session: row.session.as_str().into(),
        project: row.project.as_str().into(),
        model: model.into(),
        tokens: row.tokens,
        web_searches: 0,
        // A day's sum says nothing of the size of a prompt.
        modifiers: "sum".into(),
        cost: row.cost,
        basis: if row.cost.is_some() { Basis::Reported } else { Basis::Unpriced },
    }
}

/// Dollars as a file writes them; none when there are none.
fn dollars(amount: Option<f64>) -> Result<Option<Usd>, String> {
    match amount {
        None => Ok(None),
        Some(amount) => Usd::from_f64(amount).map(Some).ok_or_else(|| format!("the cost {amount} is no amount")),
    }
}

#[cfg(test)]
mod tests;
