//! The second look at a line that was refused: what the usage does not depend on must not cost the usage.
//!
//! Only fields that say how a request was served, or where, are dropped when they have an unexpected type. Ids, counts,
//! models and times stay strict: to guess those would be to make up spend.

use serde_json::{Map, Value};

type Check = fn(&Value) -> bool;

const OF_LINE: [(&str, Check); 3] =
    [("version", Value::is_string), ("cwd", Value::is_string), ("isSidechain", Value::is_boolean)];

const OF_USAGE: [(&str, Check); 5] = [
    ("service_tier", Value::is_string),
    ("inference_geo", Value::is_string),
    ("speed", Value::is_string),
    ("server_tool_use", Value::is_object),
    ("iterations", is_list_of_objects),
];

/// Returns the line without its odd secondary fields; `None` when it has none, so that a second look finds the same.
pub(super) fn without_oddities(line: &str) -> Option<String> {
    let mut value: Value = serde_json::from_str(line).ok()?;
    let mut dropped = drop_odd(value.as_object_mut()?, &OF_LINE);
    if let Some(usage) = value.pointer_mut("/message/usage").and_then(Value::as_object_mut) {
        dropped |= drop_odd(usage, &OF_USAGE);
    }
    dropped.then(|| value.to_string())
}

fn drop_odd(object: &mut Map<String, Value>, fields: &[(&str, Check)]) -> bool {
    let before = object.len();
    for (name, is_fine) in fields {
        if object.get(*name).is_some_and(|value| !value.is_null() && !is_fine(value)) {
            object.remove(*name);
        }
    }
    object.len() < before
}

fn is_list_of_objects(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(Value::is_object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_usage_does_not_depend_on_is_dropped() {
        let odd =
            r#"{"version":2,"isSidechain":"no","message":{"usage":{"input_tokens":"7","speed":1,"iterations":3}}}"#;
        let kept = without_oddities(odd).expect("drops something");
        assert_eq!(kept, r#"{"message":{"usage":{"input_tokens":"7"}}}"#);
        assert_eq!(without_oddities(&kept), None);
        assert_eq!(without_oddities("{\"version\":"), None);
    }
}
