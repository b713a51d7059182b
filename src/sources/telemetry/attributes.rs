//! What the attributes of a resource, a reading or an event say.

use super::MAX_NAME;
use super::request::{Attribute, Value};
use crate::model::fingerprint;

/// What a resource says of everything below it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Home<'a> {
    /// What it adds to the fingerprint of a series.
    pub print: u64,
    pub service: &'a str,
    pub host: &'a str,
    pub project: &'a str,
    pub person: &'a str,
}

impl<'a> Home<'a> {
    pub(super) fn of(attributes: &'a [Attribute<'_>]) -> Home<'a> {
        let mut home = Home::default();
        for attribute in attributes {
            home.print = home.print.wrapping_add(print(attribute).unwrap_or_default());
            let Some(text) = text(attribute) else { continue };
            match attribute.key.as_ref() {
                "service.name" => home.service = text,
                "host.name" => home.host = text,
                "project" | "project.name" => home.project = text,
                "user.email" | "enduser.id" => home.person = text,
                _ => {}
            }
        }
        home
    }
}

/// The text of an attribute; one that is empty, too long or no text says nothing.
pub(super) fn text<'r>(attribute: &'r Attribute<'_>) -> Option<&'r str> {
    match &attribute.value {
        Value::Text(text) if !text.is_empty() && text.len() <= MAX_NAME => Some(text),
        _ => None,
    }
}

/// A number, whether it was sent as one or as text.
#[expect(clippy::cast_precision_loss, reason = "counts of tokens are far below 2^53; beyond they are refused")]
pub(super) fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Decimal(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number: &f64| number.is_finite())
}

/// What an attribute adds to the fingerprint of what it tells apart; the sum of them does not depend on their order. One
/// that cannot be read would have told something apart: without it nothing is known.
pub(super) fn print(attribute: &Attribute<'_>) -> Result<u64, &'static str> {
    Ok(mixed(fingerprint(attribute.key.as_bytes()) ^ print_of(&attribute.value)?.rotate_left(32)))
}

fn print_of(value: &Value<'_>) -> Result<u64, &'static str> {
    Ok(match value {
        Value::Nothing => 1,
        Value::Text(text) => fingerprint(text.as_bytes()),
        Value::Integer(number) => fingerprint(&number.to_le_bytes()).rotate_left(1),
        Value::Decimal(number) => fingerprint(&number.to_bits().to_le_bytes()).rotate_left(2),
        Value::Truth(truth) => 2 + u64::from(*truth),
        Value::Bytes(bytes) => fingerprint(bytes).rotate_left(3),
        Value::List(values) => {
            values.iter().try_fold(4, |sum, value| print_of(value).map(|print| mixed(sum ^ print)))?
        }
        Value::Map(map) => map.iter().try_fold(5, |sum: u64, of| print(of).map(|print| sum.wrapping_add(print)))?,
        Value::Spoilt => return Err("an attribute of it cannot be read"),
    })
}

/// Spreads a number over all bits (`splitmix64`), so that sums of such numbers tell their parts apart.
pub(super) const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
