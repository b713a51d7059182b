//! `ccusage --json`: days, or sessions, with what each model used.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use super::{Imported, Row, dollars};
use crate::model::Tokens;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    date: Option<String>,
    #[serde(alias = "sessionId")]
    session_id: Option<String>,
    #[serde(alias = "projectPath", alias = "projectName")]
    project: Option<String>,
    last_activity: Option<String>,
    #[serde(flatten)]
    used: Used,
    #[serde(default)]
    models_used: Vec<String>,
    #[serde(default)]
    model_breakdowns: Vec<OfModel>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfModel {
    #[serde(alias = "model")]
    model_name: String,
    #[serde(flatten)]
    used: Used,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Used {
    #[serde(default)]
    input_tokens: u64,
    #[serde(default)]
    output_tokens: u64,
    #[serde(default, alias = "cacheCreationInputTokens")]
    cache_creation_tokens: u64,
    #[serde(default, alias = "cacheReadInputTokens")]
    cache_read_tokens: u64,
    #[serde(alias = "totalCost", alias = "costUSD")]
    cost: Option<f64>,
}

/// Reads `{"daily": […]}`, `{"sessions": […]}`, or days by project (`{"projects": {"name": […]}}`).
///
/// # Errors
/// When it is not JSON, or none of these.
pub fn ccusage(text: &str) -> Result<Imported, String> {
    let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let list = ["daily", "sessions", "session"].into_iter().find_map(|name| document.get(name)?.as_array());
    let mut imported = Imported::default();
    if let Some(list) = list {
        for (number, entry) in list.iter().enumerate() {
            take(&mut imported, number, "", entry);
        }
    } else if let Some(projects) = document.get("projects").and_then(Value::as_object) {
        for (project, list) in projects {
            for (number, entry) in list.as_array().into_iter().flatten().enumerate() {
                take(&mut imported, number, project, entry);
            }
        }
    } else {
        return Err("it has no list \"daily\" or \"sessions\": is it what `ccusage daily --json` prints?".to_owned());
    }
    Ok(imported)
}

fn take(imported: &mut Imported, number: usize, project: &str, entry: &Value) {
    let place = || format!("entry {}", number + 1);
    match Entry::deserialize(entry).map_err(|error| error.to_string()).and_then(|entry| rows(entry, project)) {
        Ok(rows) => {
            for row in rows {
                imported.take(place, row);
            }
        }
        Err(reason) => imported.bad.add(|| format!("{}: {reason}", place())),
    }
}

fn rows(entry: Entry, project: &str) -> Result<Vec<Result<Row, String>>, String> {
    let date = entry.date.as_deref().or(entry.last_activity.as_deref()).ok_or("it has no date")?;
    let date: NaiveDate =
        date.get(..10).unwrap_or(date).parse().map_err(|_| format!("\"{date}\" is no date such as 2026-11-20"))?;
    let project = entry.project.unwrap_or_else(|| project.to_owned());
    let session = entry.session_id.unwrap_or_default();
    let row = |model: &str, used: &Used| -> Result<Row, String> {
        Ok(Row {
            date,
            project: project.clone(),
            session: session.clone(),
            model: model.to_owned(),
            tokens: Tokens {
                input: used.input_tokens,
                cache_write_5m: used.cache_creation_tokens,
                cache_read: used.cache_read_tokens,
                output: used.output_tokens,
                ..Tokens::default()
            },
            cost: dollars(used.cost)?,
        })
    };
    if entry.model_breakdowns.is_empty() {
        let model = if let [only] = &entry.models_used[..] { only } else { "" };
        return Ok(vec![row(model, &entry.used)]);
    }
    Ok(entry.model_breakdowns.iter().map(|part| row(&part.model_name, &part.used)).collect())
}
