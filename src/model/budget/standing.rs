//! How one budget stands in its period.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Severity;
use crate::model::{Period, Scope, Usd, compact};

/// Money or tokens. In JSON one key that says which: `{"usd": 12.5}`, `{"tokens": 5000000}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Amount {
    Usd(Usd),
    Tokens(u64),
}

impl Default for Amount {
    fn default() -> Amount {
        Amount::Usd(Usd::ZERO)
    }
}

impl Amount {
    /// Returns the amount without its unit, for comparing with others of the same unit.
    #[must_use]
    pub fn count(self) -> i128 {
        match self {
            Amount::Usd(usd) => usd.pico(),
            Amount::Tokens(tokens) => i128::from(tokens),
        }
    }

    #[must_use]
    pub const fn is_tokens(self) -> bool {
        matches!(self, Amount::Tokens(_))
    }

    /// Returns how much of `all` this is, in whole tenths of a percent: what is not reached is not said.
    #[must_use]
    pub fn per_mille_of(self, all: Amount) -> Option<i128> {
        (all.count() > 0).then(|| self.count().saturating_mul(1_000).div_euclid(all.count()))
    }
}

/// `$200`, `$12.34`, `5.00 M tokens`: whole dollars without cents.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Amount::Usd(usd) => {
                let text = usd.to_string();
                f.write_str(text.strip_suffix(".00").unwrap_or(&text))
            }
            Amount::Tokens(tokens) => write!(f, "{} tokens", compact(*tokens)),
        }
    }
}

/// A budget in the current period. All its amounts are in the unit of `amount`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BudgetStanding {
    pub id: String,
    /// What people call it: `Global`, or the project's, model's, source's or client's name.
    pub name: String,
    pub scope: Scope,
    pub period: Period,
    /// Names the current period: `2026-11`, `2026-W47`.
    pub period_key: String,
    pub from: NaiveDate,
    /// The last day of the period; for the last N days the day by which none of them is left.
    pub to: NaiveDate,
    pub amount: Amount,
    /// The known part of what was spent.
    pub spent: Amount,
    /// Whether some usage has no price, so that `spent` is a lower bound.
    pub unpriced: bool,
    /// Never below zero.
    pub remaining: Amount,
    /// A day, over the last thirty.
    pub burn_rate: Amount,
    pub days_until_exhaustion: Option<u32>,
    pub exhaustion_date: Option<NaiveDate>,
    pub severity: Severity,
    pub message: String,
    pub forecast: Option<PeriodForecast>,
    /// A limit of `alerts.json`: no threshold is told before all of it is used.
    #[serde(default)]
    pub is_limit: bool,
}

/// What a period is expected to come to, with the range that holds four times out of five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeriodForecast {
    pub end: Amount,
    pub low: Amount,
    pub high: Amount,
    /// The day the budget is crossed on; `None` when the period ends before.
    pub crosses: Option<NaiveDate>,
    pub crosses_from: Option<NaiveDate>,
    pub crosses_to: Option<NaiveDate>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_say_their_unit() {
        let usd = |dollars| Amount::Usd(Usd::from_f64(dollars).expect("money"));
        assert_eq!(
            [usd(200.0), usd(12.34), usd(0.5), Amount::Tokens(5_000_000)].map(|amount| amount.to_string()),
            ["$200", "$12.34", "$0.50", "5.00 M tokens"]
        );
        assert_eq!(serde_json::to_string(&usd(12.5)).expect("serialises"), r#"{"usd":12.5}"#);
        assert_eq!(serde_json::to_string(&Amount::Tokens(7)).expect("serialises"), r#"{"tokens":7}"#);
    }

    #[test]
    fn a_part_is_never_rounded_up_to_what_is_not_reached() {
        let tokens = Amount::Tokens;
        assert_eq!(tokens(9_999).per_mille_of(tokens(10_000)), Some(999));
        assert_eq!(tokens(823).per_mille_of(tokens(1_000)), Some(823));
        assert_eq!(tokens(823).per_mille_of(tokens(0)), None);
    }
}
