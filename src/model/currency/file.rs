//! `currency.json`: the currency of the pages, and what a US dollar was worth in it, by day.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Currency, PerUsd, Shown};

pub const CURRENCY_FILE: &str = "currency.json";
/// More than a year, were one taken over every day.
pub const RATES_MAX: usize = 400;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CurrencyFile {
    /// ISO 4217, in which pages show what AI costs. Default USD.
    pub currency: Currency,
    pub rates: Vec<Rate>,
    /// Where daily rates are asked for. Default: the European Central Bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What one US dollar is in a currency, from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rate {
    pub from: NaiveDate,
    /// A decimal as text: `"0.92"`.
    pub per_usd: PerUsd,
    /// Of which currency, when it is another one than that of the pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

impl CurrencyFile {
    /// The rates of one currency.
    pub fn rates_of(&self, currency: Currency) -> impl Iterator<Item = &Rate> {
        self.rates.iter().filter(move |rate| rate.currency.unwrap_or(self.currency) == currency)
    }

    /// How amounts are shown on a day: by the latest rate until then, else by the first there is.
    #[must_use]
    pub fn shown(&self, today: NaiveDate) -> Shown {
        if self.currency == Currency::USD {
            return Shown::USD;
        }
        let rates = || self.rates_of(self.currency);
        let latest = rates().filter(|rate| rate.from <= today).max_by_key(|rate| rate.from);
        let rate = latest.or_else(|| rates().min_by_key(|rate| rate.from));
        rate.map_or(Shown::USD, |rate| Shown {
            currency: self.currency,
            rate: rate.per_usd,
            from: Some(rate.from),
            early: rate.from > today,
        })
    }

    /// What is wrong with it, a sentence each, with the field it is about.
    #[must_use]
    pub fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut days = BTreeSet::new();
        for (at, rate) in self.rates.iter().enumerate() {
            let currency = rate.currency.unwrap_or(self.currency);
            if currency == Currency::USD {
                wrong.push(format!(
                    "rates[{at}].currency: a US dollar is a US dollar; name another currency, or take the rate away"
                ));
            } else if !days.insert((currency.code(), rate.from)) {
                wrong.push(format!(
                    "rates[{at}].from: {} has another rate of {}; keep one",
                    rate.from,
                    currency.code()
                ));
            }
        }
        if self.currency != Currency::USD && self.rates_of(self.currency).next().is_none() {
            let code = self.currency.code();
            wrong.push(format!("rates: there is none of {code}; write what one US dollar is in {code}, or choose USD"));
        }
        if self.rates.len() > RATES_MAX {
            wrong.push(format!("rates: there are {}; keep at most {RATES_MAX}", self.rates.len()));
        }
        if self.source.as_ref().is_some_and(|source| !source.starts_with("https://") && !source.starts_with("http://"))
        {
            wrong.push("source: write an address that begins with https://, or leave it out".to_owned());
        }
        wrong
    }
}
