//! The fields of Toast's answers as types. A decimal may come as a number or as a text, a time in three spellings.

use chrono::{DateTime, NaiveDate};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::model::{Cents, Decimal};

/// More on one order is damage, and would spoil every sum.
const MAX_CENTS: i64 = 10_000_000_000;
const MAX_QUANTITY_MILLI: i64 = 1_000_000_000;
/// Toast writes 1970 for "not set", and knows nothing before its own beginning.
const FIRST_MS: i64 = 1_262_304_000_000;

/// A decimal amount of money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Money(pub Cents);

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        let cents = match bare(raw) {
            "null" => Some(Cents::ZERO),
            text => Cents::parse(text),
        };
        match cents {
            Some(cents) if cents.0.saturating_abs() <= MAX_CENTS => Ok(Money(cents)),
            Some(_) => Err(D::Error::custom("the amount is too large to be real")),
            None => Err(D::Error::custom("not an amount of money")),
        }
    }
}

/// A decimal quantity, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quantity(pub i64);

impl Default for Quantity {
    fn default() -> Quantity {
        Quantity(1_000)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Quantity, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        let text = bare(raw);
        if text == "null" {
            return Ok(Quantity::default());
        }
        let milli = Decimal::parse(text).and_then(|number| i64::try_from(number.nearest(3)?).ok());
        match milli {
            Some(milli) if milli.saturating_abs() <= MAX_QUANTITY_MILLI => Ok(Quantity(milli)),
            _ => Err(D::Error::custom("not a quantity")),
        }
    }
}

/// A business day, `20261118`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BusinessDay(pub NaiveDate);

impl<'de> Deserialize<'de> for BusinessDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<BusinessDay, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        business_day(bare(raw)).map(BusinessDay).ok_or_else(|| D::Error::custom("not a business day like 20261118"))
    }
}

fn business_day(text: &str) -> Option<NaiveDate> {
    let number: i32 = (text.len() == 8).then(|| text.parse().ok()).flatten()?;
    let part = |value: i32| u32::try_from(value).ok();
    NaiveDate::from_ymd_opt(number / 10_000, part(number / 100 % 100)?, part(number % 100)?)
}

/// The text of a number, whether it is one or a text that holds one.
fn bare(raw: &RawValue) -> &str {
    raw.get().trim_matches('"')
}

/// Reads a moment: `2026-11-18T17:02:11.120+0000`, with `Z`, with `+00:00`; in milliseconds. `None` for what Toast
/// writes for "not set", and for what is no moment.
pub(super) fn moment_ms(text: &str) -> Option<i64> {
    let at = quick_utc(text).or_else(|| {
        let parsed =
            DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"));
        parsed.ok().map(|at| at.timestamp_millis())
    })?;
    (at >= FIRST_MS).then_some(at)
}

/// The spelling nearly every moment has, without the generality of a date library: there are a dozen in each order.
fn quick_utc(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 28 || &bytes[23..] != b"+0000" || bytes[10] != b'T' || bytes[19] != b'.' {
        return None;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to]
            .iter()
            .try_fold(0_u32, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)?;
    let at = date.and_hms_milli_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?, number(20, 23)?)?;
    Some(at.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_every_spelling_and_1970_is_none() {
        let at = Some(1_795_021_331_120);
        for text in [
            "2026-11-18T17:02:11.120+0000",
            "2026-11-18T17:02:11.120+00:00",
            "2026-11-18T17:02:11.120Z",
            "2026-11-18T12:02:11.12-0500",
        ] {
            assert_eq!(moment_ms(text), at, "{text}");
        }
        for text in [
            "1970-01-01T00:00:00.000+0000",
            "",
            "yesterday",
            "2026-13-18T17:02:11.120+0000",
            "２026-11-18T17:02:11.1+0000",
        ] {
            assert_eq!(moment_ms(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_may_be_texts_and_nothing_else() {
        let money = |json: &str| serde_json::from_str::<Money>(json).map(|money| money.0.0).ok();
        assert_eq!(money("22.620000"), Some(2262));
        assert_eq!(money("\"22.62\""), Some(2262));
        assert_eq!(money("null"), Some(0));
        for wrong in ["\"free\"", "true", "[]", "1e300", "\"\""] {
            assert_eq!(money(wrong), None, "{wrong}");
        }
        let day = |json: &str| serde_json::from_str::<BusinessDay>(json).ok().map(|day| day.0.to_string());
        assert_eq!(day("20261118").as_deref(), Some("2026-11-18"));
        assert_eq!(day("\"20261118\"").as_deref(), Some("2026-11-18"));
        for wrong in ["20261318", "null", "0", "-2026118", "1.5"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
        assert_eq!(serde_json::from_str::<Quantity>("0.5").expect("reads").0, 500);
    }
}
