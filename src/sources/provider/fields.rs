//! The fields of the reports as types: what a number, a name, a day and an amount may be. What they may not be is
//! refused while it is read, so that the reason can name its place.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::model::{Usd, epoch_day};

/// More in one day of one group is damage, and would spoil every sum.
const MAX_COUNT: u64 = 1_000_000_000_000_000;
/// Ids and names are tens of bytes, a line of a bill a hundred; cursors are the longest.
const MAX_NAME: usize = 4096;
/// More on one line of one day's bill is damage; the database holds up to nine million dollars in a field.
const MAX_AMOUNT: Usd = Usd::from_pico(1_000_000_000_000_000_000);

/// A count: whole, not negative, and possible.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count(pub u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Count, D::Error> {
        let count = u64::deserialize(deserializer)?;
        if count > MAX_COUNT { Err(D::Error::custom("the count is too large to be real")) } else { Ok(Count(count)) }
    }
}

/// A text of the provider's, borrowed from the answer when it can be.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name<'a>(Cow<'a, str>);

impl Deref for Name<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name<'a>, D::Error> {
        deserializer.deserialize_str(NameVisitor).map(Name)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        check_length(text)?;
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        check_length(text)?;
        Ok(Cow::Owned(text.to_owned()))
    }
}

fn check_length<E: Error>(text: &str) -> Result<(), E> {
    if text.len() > MAX_NAME { Err(E::custom("the text is absurdly long")) } else { Ok(()) }
}

/// A decimal as it stands in the answer: a number, or a text that holds one. Serde would make it a float.
fn written(raw: &RawValue) -> Option<Cow<'_, str>> {
    let text = raw.get();
    if text.starts_with('"') {
        serde_json::from_str::<Name<'_>>(text).ok().map(|name| name.0)
    } else {
        Some(text.into())
    }
}

fn amount<'de, D: Deserializer<'de>>(deserializer: D, parse: fn(&str) -> Option<Usd>) -> Result<Usd, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    let amount =
        written(raw).and_then(|text| parse(&text)).ok_or_else(|| D::Error::custom("not an amount of money"))?;
    let magnitude = Usd::from_pico(amount.pico().saturating_abs());
    if magnitude > MAX_AMOUNT { Err(D::Error::custom("the amount is too large to be real")) } else { Ok(amount) }
}

/// Decimal dollars of a bill, negative for a credit.
#[derive(Clone, Copy, Debug)]
pub struct Dollars(pub Usd);

impl<'de> Deserialize<'de> for Dollars {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Dollars, D::Error> {
        amount(deserializer, Usd::parse_dollars).map(Dollars)
    }
}

/// Decimal cents of a bill, negative for a credit.
#[derive(Clone, Copy, Debug)]
pub struct Cents(pub Usd);

impl<'de> Deserialize<'de> for Cents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Cents, D::Error> {
        amount(deserializer, Usd::parse_cents).map(Cents)
    }
}

/// Decimal dollars that requests cost: never negative.
#[derive(Clone, Copy, Debug)]
pub struct SpentDollars(pub Usd);

impl<'de> Deserialize<'de> for SpentDollars {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SpentDollars, D::Error> {
        let Dollars(spent) = Dollars::deserialize(deserializer)?;
        if spent < Usd::ZERO { Err(D::Error::custom("the spend is negative")) } else { Ok(SpentDollars(spent)) }
    }
}

/// Reads a currency, which must be US dollars: there is no exchange rate here.
pub fn usd_only<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    let currency = Name::deserialize(deserializer)?;
    if currency.eq_ignore_ascii_case("usd") {
        return Ok(());
    }
    let shown = currency.len() <= 8 && currency.bytes().all(|byte| byte.is_ascii_alphabetic());
    let shown = if shown { &currency } else { "something else" };
    Err(D::Error::custom(format!("the currency is {shown}, and only USD can be counted")))
}

fn midnight<E: Error>(at: DateTime<Utc>) -> Result<i32, E> {
    if at.time() == NaiveTime::MIN {
        Ok(epoch_day(at.date_naive()))
    } else {
        Err(E::custom("not the start of a UTC day"))
    }
}

/// An instant in RFC 3339 at which a UTC day begins, as days since 1970-01-01.
#[derive(Clone, Copy, Debug)]
pub struct Midnight(pub i32);

impl<'de> Deserialize<'de> for Midnight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Midnight, D::Error> {
        let text = Name::deserialize(deserializer)?;
        let at = DateTime::parse_from_rfc3339(&text).map_err(|_| D::Error::custom("not a time in RFC 3339"))?;
        midnight(at.to_utc()).map(Midnight)
    }
}

/// Unix seconds at which a UTC day begins, as days since 1970-01-01.
#[derive(Clone, Copy, Debug)]
pub struct UnixMidnight(pub i32);

impl<'de> Deserialize<'de> for UnixMidnight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<UnixMidnight, D::Error> {
        let seconds = i64::deserialize(deserializer)?;
        let at = DateTime::from_timestamp(seconds, 0).ok_or_else(|| D::Error::custom("not a time in Unix seconds"))?;
        midnight(at).map(UnixMidnight)
    }
}

/// `2026-11-18`, with or without a time behind it, as days since 1970-01-01.
#[derive(Clone, Copy, Debug)]
pub struct UtcDate(pub i32);

impl<'de> Deserialize<'de> for UtcDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<UtcDate, D::Error> {
        let text = Name::deserialize(deserializer)?;
        let date = text.split([' ', 'T']).next().and_then(|date| date.parse::<NaiveDate>().ok());
        date.map(|date| UtcDate(epoch_day(date))).ok_or_else(|| D::Error::custom("not a date like 2026-11-18"))
    }
}
