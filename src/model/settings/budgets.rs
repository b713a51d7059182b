//! The form of `budget.json`: the monthly budget, and further ones of a part of the spend or another period.

use std::collections::BTreeSet;

use super::{Form, Known, Problem, cell, knows};
use crate::model::{BudgetFile, GLOBAL_BUDGET, NamedBudget, Period, Scope, Usd};

const LIST: &str = "budget";
const DAYS_MAX: u64 = 366;
const NAME_MAX: usize = 80;
const TOKENS_MAX: u64 = 1_000_000_000_000_000;
const ID_MAX: usize = 64;

/// What a form of budgets says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BudgetChoices {
    pub monthly: Option<Usd>,
    pub budgets: Vec<NamedBudget>,
}

/// Writes the form of what the file says; `monthly` is the budget in force, whichever file names it.
#[must_use]
pub fn budgets_form(file: &BudgetFile, monthly: Usd) -> Form {
    let mut form = Form::default();
    form.set("monthly", monthly.plain());
    for (row, budget) in (0..).zip(&file.budgets) {
        let mut put = |name: &str, text: String| form.set(cell(LIST, row, name), text);
        put("id", budget.id.clone());
        put("of", of(&budget.scope));
        let (period, days) = match budget.period {
            Period::Month => ("month", String::new()),
            Period::Week => ("week", String::new()),
            Period::Day => ("day", String::new()),
            Period::Days(days) => ("days", days.to_string()),
        };
        put("period", period.to_owned());
        put("days", days);
        let unit = if budget.amount.is_some() { "usd" } else { "tokens" };
        put("unit", unit.to_owned());
        let tokens = budget.tokens.map(|tokens| tokens.to_string()).unwrap_or_default();
        put("amount", budget.amount.map_or(tokens, Usd::plain));
        put("name", budget.name.clone().unwrap_or_default());
    }
    form
}

/// Reads the form: what it says, and what is wrong with it.
#[must_use]
pub fn read_budgets(form: &Form, known: &Known) -> (BudgetChoices, Vec<Problem>) {
    let (mut choices, mut problems) = (BudgetChoices::default(), Vec::new());
    match form.text("monthly") {
        "" => {}
        _ => match form.dollars("monthly") {
            Ok(amount) => choices.monthly = Some(amount),
            Err(problem) => problems.push(problem),
        },
    }
    let rows: Vec<u32> = form.rows(LIST).into_iter().filter(|row| is_meant(form, *row)).collect();
    let mut ids: BTreeSet<String> =
        rows.iter().map(|row| form.text(&cell(LIST, *row, "id")).to_owned()).filter(|id| !id.is_empty()).collect();
    for row in rows {
        if let Some(budget) = budget(form, known, row, &mut ids, &mut problems) {
            choices.budgets.push(budget);
        }
    }
    (choices, problems)
}

/// A new row nobody has written anything into is no budget yet.
fn is_meant(form: &Form, row: u32) -> bool {
    let filled = |name: &str| !form.text(&cell(LIST, row, name)).is_empty();
    filled("id") || filled("amount") || filled("name") || !matches!(form.text(&cell(LIST, row, "of")), "" | "global")
}

fn budget(
    form: &Form,
    known: &Known,
    row: u32,
    ids: &mut BTreeSet<String>,
    problems: &mut Vec<Problem>,
) -> Option<NamedBudget> {
    let field = |name: &str| cell(LIST, row, name);
    let before = problems.len();
    let mut noted = |problem: Problem| problems.push(problem);
    let scope = scope(form.text(&field("of")), known);
    if scope.is_none() {
        noted(Problem::new(field("of"), "Choose what the budget is of from the list."));
    }
    let period = match form.text(&field("period")) {
        "" | "month" => Some(Period::Month),
        "week" => Some(Period::Week),
        "day" => Some(Period::Day),
        "days" => match form.whole(&field("days"), 1, DAYS_MAX) {
            Ok(days) => u32::try_from(days).ok().map(Period::Days),
            Err(problem) => {
                noted(problem);
                None
            }
        },
        _ => {
            noted(Problem::new(field("period"), "Choose month, week, day or the last days."));
            None
        }
    };
    let is_tokens = form.text(&field("unit")) == "tokens";
    let (mut amount, mut tokens) = (None, None);
    if is_tokens {
        match form.whole(&field("amount"), 1, TOKENS_MAX) {
            Ok(number) => tokens = Some(number),
            Err(_) => noted(Problem::new(field("amount"), "Write a whole number of tokens, more than 0.")),
        }
    } else {
        match form.dollars(&field("amount")) {
            Ok(dollars) => amount = Some(dollars),
            Err(problem) => noted(problem),
        }
    }
    let name = form.line(&field("name"), NAME_MAX).unwrap_or_else(|problem| {
        noted(problem);
        None
    });
    if problems.len() > before {
        return None;
    }
    let (scope, period) = (scope?, period?);
    let id = match form.text(&field("id")) {
        "" => new_id(&scope, ids),
        id => id.to_owned(),
    };
    ids.insert(id.clone());
    Some(NamedBudget { id, scope, period, amount, tokens, name, is_limit: false })
}

/// How the form names what a budget is of: `global`, `project:shop`.
fn of(scope: &Scope) -> String {
    let kind = match scope {
        Scope::Global => return "global".to_owned(),
        Scope::Project(_) => "project",
        Scope::Model(_) => "model",
        Scope::Source(_) => "source",
        Scope::Client(_) => "client",
    };
    format!("{kind}:{}", scope.value())
}

fn scope(of: &str, known: &Known) -> Option<Scope> {
    let (kind, value) = match of {
        "" | "global" => return Some(Scope::Global),
        other => other.split_once(':')?,
    };
    let (choices, scope): (_, fn(String) -> Scope) = match kind {
        "project" => (&known.projects, Scope::Project),
        "model" => (&known.models, Scope::Model),
        "source" => (&known.sources, Scope::Source),
        "client" => (&known.clients, Scope::Client),
        _ => return None,
    };
    knows(choices, value).then(|| scope(value.to_owned()))
}

/// A name for good, made of what the budget is of: `shop`, `shop-2`.
fn new_id(scope: &Scope, ids: &BTreeSet<String>) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let words: String = scope.value().chars().map(plain).take(ID_MAX - 8).collect();
    let words = match words.trim_matches('-') {
        "" | GLOBAL_BUDGET => "all".to_owned(),
        words => words.to_owned(),
    };
    let numbered = (2_u32..).map(|number| format!("{words}-{number}"));
    let mut names = std::iter::once(words.clone()).chain(numbered);
    names.find(|name| !ids.contains(name)).unwrap_or(words)
}
