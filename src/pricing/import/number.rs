//! A rate of a list, exactly or not at all.

use serde_json::Value;

use crate::pricing::decimal::{Unfit, pico};

/// What a list counts its rates in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// US dollars per token.
    PerToken,
    /// US dollars per million tokens.
    PerMillion,
}

/// Reads a rate as pico-USD per token; `None` for `null`, which lists write for "not known".
///
/// A number and its text are both read. Of a JSON number the shortest decimal that means it is taken, which is the text
/// of the list for any price of up to fifteen digits; no arithmetic is done before it is an integer.
pub(super) fn rate(field: &str, value: &Value, unit: Unit) -> Result<Option<u64>, String> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return Err(format!("its {field} is no number")),
    };
    let places = match unit {
        Unit::PerToken => 12,
        Unit::PerMillion => 6,
    };
    if !text.trim_start_matches('-').trim_start().starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return Err(format!("its {field} is no number"));
    }
    let pico = pico(&text, places).map_err(|unfit| match unfit {
        Unfit::Negative => format!("its {field} is negative"),
        Unfit::TooPrecise => {
            format!("its {field} ({text}) has a fraction of a millionth of a dollar per million tokens")
        }
        Unfit::TooLarge => format!("its {field} ({text}) is a dollar per token or more, or no number"),
    })?;
    u64::try_from(pico).map(Some).map_err(|_| format!("its {field} is out of range"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rates_are_exact_in_either_unit_or_refused() {
        let cases = [
            (json!(3e-06), Unit::PerToken, Ok(Some(3_000_000))),
            (json!("0.00000375"), Unit::PerToken, Ok(Some(3_750_000))),
            (json!(1.5e-07), Unit::PerToken, Ok(Some(150_000))),
            (json!(3.75), Unit::PerMillion, Ok(Some(3_750_000))),
            (json!(0), Unit::PerMillion, Ok(Some(0))),
            (json!(null), Unit::PerMillion, Ok(None)),
            (json!(2_000_000.0), Unit::PerToken, Err("a dollar per token")),
            (json!(1), Unit::PerToken, Err("a dollar per token")),
            (json!(-1e-06), Unit::PerToken, Err("is negative")),
            (json!(1.000_000_000_000_000_2e-06), Unit::PerToken, Err("a fraction of a millionth")),
            (json!(1e-13), Unit::PerToken, Err("a fraction of a millionth")),
            (json!("free"), Unit::PerMillion, Err("is no number")),
            (json!("NaN"), Unit::PerMillion, Err("is no number")),
            (json!("3 dollars"), Unit::PerMillion, Err("or no number")),
            (json!(true), Unit::PerMillion, Err("is no number")),
            (json!({"usd": 3}), Unit::PerMillion, Err("is no number")),
        ];
        for (value, unit, expected) in cases {
            match (rate("input", &value, unit), expected) {
                (Err(said), Err(part)) => assert!(said.contains(part) && said.contains("input"), "{value}: {said}"),
                (read, expected) => assert_eq!(read, expected.map_err(str::to_owned), "{value}"),
            }
        }
    }
}
