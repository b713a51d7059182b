//! What the attributes of a resource, a reading or an event say.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;

use super::MAX_NAME;
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
    pub(super) fn of(resource: Option<&'a Resource>) -> Home<'a> {
        let mut home = Home::default();
        for attribute in resource.iter().flat_map(|resource| &resource.attributes) {
            home.print = home.print.wrapping_add(print(attribute));
            let Some(text) = text(attribute) else { continue };
            match attribute.key.as_str() {
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
pub(super) fn text(attribute: &KeyValue) -> Option<&str> {
    match attribute.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) if !text.is_empty() && text.len() <= MAX_NAME => Some(text),
        _ => None,
    }
}

/// A number, whether it was sent as one or as text.
#[expect(clippy::cast_precision_loss, reason = "counts of tokens are far below 2^53; beyond they are refused")]
pub(super) fn number(value: Option<&AnyValue>) -> Option<f64> {
    match value?.value.as_ref()? {
        Value::IntValue(number) => Some(*number as f64),
        Value::DoubleValue(number) => Some(*number),
        Value::StringValue(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number: &f64| number.is_finite())
}

/// What an attribute adds to the fingerprint of what it tells apart; the sum of them does not depend on their order.
pub(super) fn print(attribute: &KeyValue) -> u64 {
    let value = attribute.value.as_ref().and_then(|value| value.value.as_ref());
    let value = match value {
        None => 1,
        Some(Value::StringValue(text)) => fingerprint(text.as_bytes()),
        Some(Value::IntValue(number)) => fingerprint(&number.to_le_bytes()).rotate_left(1),
        Some(Value::DoubleValue(number)) => fingerprint(&number.to_bits().to_le_bytes()).rotate_left(2),
        Some(Value::BoolValue(truth)) => 2 + u64::from(*truth),
        Some(other) => fingerprint(format!("{other:?}").as_bytes()).rotate_left(3),
    };
    mixed(fingerprint(attribute.key.as_bytes()) ^ value.rotate_left(32))
}

/// Spreads a number over all bits (`splitmix64`), so that sums of such numbers tell their parts apart.
pub(super) const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
