//! The data folder of an earlier system: `tokens.json` with its entries.

use serde::Deserialize;
use serde_json::Value;

use super::{Imported, Row, dollars};
use crate::model::Tokens;
use crate::sources::manual::Entry;

/// Reads `{"budget": …, "entries": […]}`.
///
/// # Errors
/// When it is not JSON, or has no list of entries.
pub fn folder(text: &str) -> Result<Imported, String> {
    let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let entries = document.get("entries").and_then(Value::as_array).ok_or("it has no list \"entries\"")?;
    let mut imported = Imported::default();
    for (number, entry) in entries.iter().enumerate() {
        let row = Entry::deserialize(entry).map_err(|error| error.to_string()).and_then(|entry| {
            Ok(Row {
                date: entry.date,
                project: entry.project,
                session: entry.session,
                model: entry.model,
                tokens: Tokens { input: entry.tokens_in, output: entry.tokens_out, ..Tokens::default() },
                cost: dollars(entry.cost)?,
            })
        });
        imported.take(|| format!("entry {}", number + 1), row);
    }
    Ok(imported)
}
