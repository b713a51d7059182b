//! The forms of the settings: what was typed, what it means, and what is wrong with it.
//!
//! The same functions check a form in the browser, before it is sent, and on the server, where it counts. They know
//! neither files nor the page: a form is fields by name, in and out.

mod alerts;
mod budgets;
mod currency;
mod form;
mod sync;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{AlertsFile, CurrencyFile};
pub use alerts::{RULES, alerts_form, read_alerts};
pub use budgets::{BudgetChoices, budgets_form, read_budgets};
pub use currency::{add_rate, currency_form, read_currency};
pub use form::{Form, cell, changes};
pub use sync::{SourceChoice, SyncChoices, read_sources, read_sync, sources_form, sync_form};

/// A form of the settings; each is saved by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    Budgets,
    Alerts,
    Currency,
    Sync,
    Sources,
}

impl Section {
    pub const ALL: [Section; 5] =
        [Section::Budgets, Section::Alerts, Section::Currency, Section::Sync, Section::Sources];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Section::Budgets => "budgets",
            Section::Alerts => "alerts",
            Section::Currency => "currency",
            Section::Sync => "sync",
            Section::Sources => "sources",
        }
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Section::Budgets => "Budgets",
            Section::Alerts => "Alerts",
            Section::Currency => "Currency",
            Section::Sync => "Sync",
            Section::Sources => "Sources",
        }
    }
}

/// What a form may name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    pub projects: Vec<Choice>,
    pub models: Vec<Choice>,
    pub sources: Vec<Choice>,
    pub clients: Vec<Choice>,
    /// IANA names.
    pub zones: Vec<String>,
    /// By their codes.
    pub currencies: Vec<Choice>,
}

/// Something that can be chosen, by its id, and how people call it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub label: String,
}

/// What is wrong with a field, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub field: String,
    pub message: String,
}

impl Problem {
    pub(super) fn new(field: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem { field: field.into(), message: message.into() }
    }
}

/// Says what is wrong with a form; nothing when it can be saved.
#[must_use]
pub fn check(section: Section, form: &Form, known: &Known) -> Vec<Problem> {
    match section {
        Section::Budgets => read_budgets(form, known).1,
        Section::Alerts => read_alerts(form, known, AlertsFile::default()).1,
        Section::Currency => read_currency(form, CurrencyFile::default()).1,
        Section::Sync => read_sync(form, known).1,
        Section::Sources => read_sources(form, known).1,
    }
}

fn knows(choices: &[Choice], id: &str) -> bool {
    choices.iter().any(|choice| choice.id == id)
}
