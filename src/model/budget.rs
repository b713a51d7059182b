//! Budgets: what may be spent, what is spent of it, and where it is heading.

mod standing;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AlertsFile, Period, Scope, Usd};
pub use standing::{Amount, BudgetStanding, PeriodForecast};

/// The id of the budget of all spend in a month.
pub const GLOBAL_BUDGET: &str = "global";
/// US dollars a month, unless somebody says otherwise.
const DEFAULT_MONTHLY: Usd = Usd::from_pico(200_000_000_000_000);

/// `budget.json`: what may be spent in a month of the calendar, and by whom or on what beside that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct BudgetFile {
    /// US dollars. Default 200, or the `globalBudget` of `alerts.json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly: Option<Usd>,
    /// `USD`, the currency providers bill in.
    pub currency: String,
    /// More budgets, of a part of the spend or another period.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<NamedBudget>,
}

impl Default for BudgetFile {
    fn default() -> BudgetFile {
        BudgetFile { monthly: None, currency: "USD".to_owned(), budgets: Vec::new() }
    }
}

/// One more budget of `budget.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NamedBudget {
    /// Names it for good: alerts are remembered by it.
    pub id: String,
    /// `"global"`, `{"project": "…"}`, `{"model": "…"}`, `{"source": "…"}` or `{"client": "…"}`.
    pub scope: Scope,
    /// `"month"`, `"week"`, `"day"` or `{"days": N}`. Default a month.
    #[serde(default)]
    pub period: Period,
    /// US dollars; either this or `tokens`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Usd>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// What people call it; else the name of what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A limit of `alerts.json`: no threshold is told before all of it is used.
    #[serde(skip)]
    pub is_limit: bool,
}

impl NamedBudget {
    /// Returns what may be spent, in its unit.
    #[must_use]
    pub fn limit(&self) -> Amount {
        match (self.amount, self.tokens) {
            (Some(usd), _) => Amount::Usd(usd),
            (None, tokens) => Amount::Tokens(tokens.unwrap_or(0)),
        }
    }

    /// Whether it limits what a project spends in a month, as a limit of `alerts.json` does.
    #[must_use]
    pub fn is_monthly_of(&self, project: &str) -> bool {
        self.scope.project() == Some(project) && self.period == Period::Month && self.amount.is_some()
    }
}

/// Every budget in force: one truth of the two files that may name one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budgets {
    /// Of all spend in a month.
    pub monthly: Usd,
    pub currency: String,
    pub others: Vec<NamedBudget>,
}

impl Default for Budgets {
    fn default() -> Budgets {
        Budgets::of(&BudgetFile::default(), &AlertsFile::default())
    }
}

impl Budgets {
    /// Brings the two files together; where both name an amount, that of `budget.json` holds.
    #[must_use]
    pub fn of(file: &BudgetFile, alerts: &AlertsFile) -> Budgets {
        let limits = alerts.per_project_limits.iter().filter(|(project, _)| !names_monthly(file, project));
        let limits = limits.map(|(project, limit)| NamedBudget {
            id: format!("project-{project}"),
            scope: Scope::Project(project.clone()),
            period: Period::Month,
            amount: Some(*limit),
            tokens: None,
            name: None,
            is_limit: true,
        });
        Budgets {
            monthly: file.monthly.or(alerts.global_budget).unwrap_or(DEFAULT_MONTHLY),
            currency: file.currency.clone(),
            others: file.budgets.iter().cloned().chain(limits).collect(),
        }
    }

    /// Says which amounts of `alerts.json` yield to those of `budget.json`.
    #[must_use]
    pub fn yielding(file: &BudgetFile, alerts: &AlertsFile) -> Vec<String> {
        let global = file.monthly.zip(alerts.global_budget).map(|(monthly, yields)| {
            let (monthly, yields) = (Amount::Usd(monthly), Amount::Usd(yields));
            format!("globalBudget ({yields}) is not used: budget.json has the monthly budget ({monthly})")
        });
        let limits = alerts.per_project_limits.keys().filter(|project| names_monthly(file, project));
        let limits =
            limits.map(|project| format!("perProjectLimits.{project} is not used: budget.json has its monthly budget"));
        global.into_iter().chain(limits).collect()
    }
}

fn names_monthly(file: &BudgetFile, project: &str) -> bool {
    file.budgets.iter().any(|budget| budget.is_monthly_of(project))
}

/// How near the end of a budget is at the pace of the last thirty days (behaviours 2.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    #[default]
    Normal,
    /// Less than fifteen days.
    Warning,
    /// Less than seven days, or exceeded.
    Critical,
}

/// The budget of all spend in the current month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    pub monthly: Usd,
    pub currency: String,
    /// The known part of what was spent since the first of the month.
    pub spent: Usd,
    /// Whether some usage of the month has no price, so that `spent` is a lower bound.
    pub unpriced: bool,
    /// Never below zero.
    pub remaining: Usd,
    /// A day, over the last thirty.
    pub burn_rate: Usd,
    /// Whole days until nothing remains at that rate; `None` when nothing is spent, or nothing remains.
    pub days_until_exhaustion: Option<u32>,
    pub exhaustion_date: Option<NaiveDate>,
    pub severity: Severity,
    /// In words: `Lasts 12 days at this pace`, `No spending detected`, `Budget exceeded`.
    pub message: String,
    /// `None` until there are two weeks to learn from.
    pub forecast: Option<Forecast>,
}

/// What a month is expected to come to, with the range that holds four times out of five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    pub month_end: Usd,
    pub low: Usd,
    pub high: Usd,
    /// The day the budget is crossed on; `None` when the month ends before.
    pub crosses: Option<NaiveDate>,
    /// The earliest and the latest day, of four times out of five.
    pub crosses_from: Option<NaiveDate>,
    pub crosses_to: Option<NaiveDate>,
}

/// A day of a budget's month: what was spent by its end, or what the forecast expects by then. All are sums since the
/// first of the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BudgetDay {
    pub date: NaiveDate,
    /// The known part; `None` on days to come.
    pub spent: Option<Usd>,
    /// What is expected, with the range that holds four times out of five; `None` without a forecast, and in the past.
    pub low: Option<Usd>,
    pub mid: Option<Usd>,
    pub high: Option<Usd>,
}
