//! The currency in which people read what AI costs. Every amount is held in US dollars; one rate turns them into what is
//! shown, so that parts add up on every page, and nothing that is kept, exported or judged ever changes with it.

mod beside;
mod codes;
mod file;

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::amount::grouped;
use super::money::round_div;
use super::{Decimal, Usd};
pub use beside::Steps;
use codes::{CODES, Known};
pub use file::{CURRENCY_FILE, CurrencyFile, RATES_MAX, Rate};

const NANO: i128 = 1_000_000_000;
const PICO: i128 = 1_000_000_000_000;
/// A rate has so many digits behind the point at most.
const PLACES: u32 = 9;
/// What one US dollar is in any currency lies between these, by far.
const RATE_LEAST: i128 = 1_000;
const RATE_MOST: i128 = 10_000_000 * NANO;

/// A currency of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Currency(&'static Known);

impl Currency {
    pub const USD: Currency = Currency(&codes::USD);

    /// Reads a code such as `EUR`, in letters of any size.
    #[must_use]
    pub fn parse(code: &str) -> Option<Currency> {
        let code = code.trim().to_ascii_uppercase();
        CODES.iter().find(|known| known.code == code).map(Currency)
    }

    /// Every currency there is, by its code.
    pub fn all() -> impl Iterator<Item = Currency> {
        CODES.iter().map(Currency)
    }

    #[must_use]
    pub const fn code(self) -> &'static str {
        self.0.code
    }

    /// `Euro`
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// What stands before an amount: a sign nobody takes for another currency's, or the code.
    fn prefix(self) -> String {
        if self.0.sign.is_empty() { format!("{}\u{a0}", self.0.code) } else { self.0.sign.to_owned() }
    }
}

impl Default for Currency {
    fn default() -> Currency {
        Currency::USD
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Currency, D::Error> {
        let code = String::deserialize(deserializer)?;
        Currency::parse(&code).ok_or_else(|| {
            serde::de::Error::custom(format!("there is no currency \"{code}\"; write an ISO 4217 code such as \"EUR\""))
        })
    }
}

/// What one US dollar is in a currency, in billionths: exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PerUsd(i128);

impl PerUsd {
    pub const ONE: PerUsd = PerUsd(NANO);

    /// Reads a decimal number.
    ///
    /// # Errors
    /// When it is none, or no rate: a sentence with the remedy.
    pub fn parse(text: &str) -> Result<PerUsd, &'static str> {
        let number = Decimal::parse(text).ok_or("This is no rate; write what one US dollar is, such as 0.92.")?;
        if number.is_negative() || number.nearest(PLACES) == Some(0) && number.places() <= u64::from(PLACES) {
            return Err("A rate is more than 0; write what one US dollar is, such as 0.92.");
        }
        match number.exact(PLACES) {
            Some(rate) if (RATE_LEAST..=RATE_MOST).contains(&rate) => Ok(PerUsd(rate)),
            None if number.places() > u64::from(PLACES) => Err("Write at most nine digits behind the point."),
            _ => Err("No currency has such a rate; write what one US dollar is, from 0.000001 to 10000000."),
        }
    }

    /// Divides what one unit of a third currency is, here and in dollars; to a millionth. `None` when that is no rate.
    #[must_use]
    pub fn crossed(here: &Decimal, dollars: &Decimal) -> Option<PerUsd> {
        const MILLIONTH: i128 = 1_000;
        let (here, dollars) = (here.exact(PLACES)?, dollars.exact(PLACES)?);
        if here <= 0 || dollars <= 0 {
            return None;
        }
        let rate = round_div(here.checked_mul(NANO / MILLIONTH)?, dollars).checked_mul(MILLIONTH)?;
        (RATE_LEAST..=RATE_MOST).contains(&rate).then_some(PerUsd(rate))
    }

    /// Whether one is more than twice the other: a currency does not lose that much in a while.
    #[must_use]
    pub const fn is_far_from(self, other: PerUsd) -> bool {
        self.0 > 2 * other.0 || other.0 > 2 * self.0
    }
}

/// As it is typed: `0.92`.
impl fmt::Display for PerUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:09}", self.0 / NANO, self.0 % NANO);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Serialize for PerUsd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PerUsd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PerUsd, D::Error> {
        let text = String::deserialize(deserializer)?;
        PerUsd::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// How amounts are shown: in which currency, and by which rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    currency: Currency,
    rate: PerUsd,
    /// The first day of the rate; `None` for dollars, which have none.
    from: Option<NaiveDate>,
    /// The rate is of a day to come: there is no older one.
    early: bool,
}

impl Default for Shown {
    fn default() -> Shown {
        Shown::USD
    }
}

impl Shown {
    /// As amounts are kept, and as everything but pages shows them.
    pub const USD: Shown = Shown { currency: Currency::USD, rate: PerUsd::ONE, from: None, early: false };

    /// `€1,234.56`; an amount that would round to nothing says so: `<€0.01`.
    #[must_use]
    pub fn money(self, amount: Usd) -> String {
        let steps = self.units_of(amount.pico(), self.least());
        if steps == 0 && amount != Usd::ZERO {
            let sign = if amount.pico() < 0 { "−" } else { "" };
            return format!("{sign}<{}", self.written(1));
        }
        let sign = if steps < 0 { "−" } else { "" };
        format!("{sign}{}", self.written(steps))
    }

    /// The smallest parts of the currency in its unit.
    fn least(self) -> i128 {
        10_i128.pow(u32::from(self.currency.0.digits))
    }

    /// Writes so many of the smallest parts, without a sign.
    fn written(self, least: i128) -> String {
        let (digits, size, unit) = (usize::from(self.currency.0.digits), least.abs(), self.least());
        let behind = if digits == 0 { String::new() } else { format!(".{:0digits$}", size % unit) };
        format!("{}{}{behind}", self.currency.prefix(), grouped((size / unit).unsigned_abs()))
    }

    /// An amount as one says it: from ten units on without the small parts.
    #[must_use]
    pub fn rough(self, amount: Usd) -> String {
        if !self.is_said_roughly(amount) {
            return self.money(amount);
        }
        let (whole, sign) = (self.units_of(amount.pico(), 1), if amount.pico() < 0 { "−" } else { "" });
        format!("{sign}{}{}", self.currency.prefix(), grouped(whole.unsigned_abs()))
    }

    /// Whether it has ten units or more: the amount itself, for 9.996 is still written with its cents.
    fn is_said_roughly(self, amount: Usd) -> bool {
        self.units_of(amount.pico(), NANO).abs() >= 10 * NANO
    }

    /// An amount with its sign: `+€1.50`, `−€1.50`, `€0.00`.
    #[must_use]
    pub fn signed(self, amount: Usd) -> String {
        let plus = if amount > Usd::ZERO { "+" } else { "" };
        format!("{plus}{}", self.money(amount))
    }

    /// Nothing, in as few letters as there are: `€0`.
    #[must_use]
    pub fn nothing(self) -> String {
        format!("{}0", self.currency.prefix())
    }

    /// An amount as a decimal to draw, exact to the billionth; never one to add up.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "drawn only, after rounding")]
    pub fn to_f64(self, amount: Usd) -> f64 {
        self.units_of(amount.pico(), NANO) as f64 / NANO as f64
    }

    /// The format of a chart's numbers, for the browser: `usd`, or `money:2:€`.
    #[must_use]
    pub fn unit(self) -> String {
        if self.currency == Currency::USD {
            return "usd".to_owned();
        }
        format!("money:{}:{}", self.currency.0.digits, self.currency.prefix())
    }

    /// What has to be said where amounts are shown; nothing of dollars.
    #[must_use]
    pub fn note(self) -> Option<String> {
        let day = self.from?.format("%-d %b %Y");
        let (code, rate) = (self.currency.code(), self.rate);
        let of = if self.early { format!("the first rate there is, of {day}") } else { format!("the rate of {day}") };
        Some(format!(
            "Shown in {code} at {rate} for a US dollar, {of}. Bills, prices, alerts and exports are in US dollars."
        ))
    }

    /// The amount in parts of the currency's unit, `parts` to the unit, rounded once, half away from zero.
    fn units_of(self, pico: i128, parts: i128) -> i128 {
        let by = PICO * NANO / parts;
        match pico.checked_mul(self.rate.0) {
            Some(product) => round_div(product, by),
            // More than all the money there is; to the dollar.
            None => round_div(pico, PICO).saturating_mul(self.rate.0).saturating_mul(parts) / NANO,
        }
    }
}

#[cfg(test)]
mod tests;
