//! `data/tokens.json`: entries typed by hand, or kept from the earlier system.
//!
//! The file is the truth: what is no longer in it goes. A broken file changes nothing, a broken entry only itself.

use std::path::Path;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;
use serde_json::Value;

use crate::model::{Basis, Batch, Cursor, Replaces, Tokens, UsageEvent, Usd, epoch_day, escaped, fingerprint};
use crate::sources::Problems;

pub const NAME: &str = "manual";
const FILE: &str = "tokens.json";
/// A ledger of a lifetime is a few megabytes.
const MAX_BYTES: u64 = 64 << 20;
/// More in one entry is a slip of the hand.
const MAX_TOKENS: u64 = 1_000_000_000_000;

/// One entry, as the earlier system wrote it; [`super::import`] reads it too.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub date: NaiveDate,
    #[serde(default)]
    pub project: String,
    #[serde(default)]
    pub session: String,
    #[serde(default)]
    pub tokens_in: u64,
    #[serde(default)]
    pub tokens_out: u64,
    pub cost: Option<f64>,
    #[serde(default)]
    pub model: String,
}

/// What the file gave.
#[derive(Debug)]
pub enum Reading {
    /// There is no such file, which is the usual case.
    Missing,
    Unchanged,
    Read {
        batch: Batch,
        entries_bad: Problems,
    },
}

/// Reads the file when it changed since `cursor`.
///
/// # Errors
/// When it cannot be read or is not the expected JSON: a sentence that names the file, the place and the remedy.
pub fn read(data_dir: &Path, cursor: Option<&Cursor>) -> anyhow::Result<Reading> {
    let path = data_dir.join(FILE);
    let metadata = match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Reading::Missing),
        other => other.map_err(|error| anyhow::anyhow!("{} cannot be read: {error}", path.display()))?,
    };
    anyhow::ensure!(!metadata.is_dir(), "{} is a folder; move it away", path.display());
    anyhow::ensure!(metadata.len() <= MAX_BYTES, "{} is larger than {} MB", path.display(), MAX_BYTES >> 20);
    let bytes = std::fs::read(&path).map_err(|error| anyhow::anyhow!("{} cannot be read: {error}", path.display()))?;
    let stamp = format!("{:x}", fingerprint(&bytes));
    if cursor.is_some_and(|cursor| cursor.stamp == stamp) {
        return Ok(Reading::Unchanged);
    }
    let text = String::from_utf8_lossy(&bytes);
    let (events, entries_bad) = parse(text.trim_start_matches('\u{feff}')).map_err(|error| {
        anyhow::anyhow!("{} is not valid: {error}. The entries read before are kept", path.display())
    })?;
    let position = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let cursors = vec![Cursor { item: FILE.to_owned(), position, stamp }];
    Ok(Reading::Read { batch: Batch { source: NAME, events, cursors, replaces: Replaces::Everything }, entries_bad })
}

/// Reads `{budget, entries:[…]}`.
///
/// # Errors
/// When the text is not JSON or has no list of entries.
pub fn parse(text: &str) -> Result<(Vec<UsageEvent>, Problems), String> {
    let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let entries = document.get("entries").and_then(Value::as_array).ok_or("it has no list \"entries\"")?;
    let mut bad = Problems::default();
    let mut events: Vec<UsageEvent> = Vec::with_capacity(entries.len());
    let mut seen = std::collections::HashMap::<String, u32>::new();
    for (number, entry) in entries.iter().enumerate() {
        let parsed = Entry::deserialize(entry).map_err(|error| error.to_string()).and_then(check);
        match parsed {
            Ok(entry) => events.push(event(entry, &mut seen)),
            Err(error) => bad.add(|| format!("entry {} of {FILE}: {error}", number + 1)),
        }
    }
    Ok((events, bad))
}

fn check(entry: Entry) -> Result<Entry, String> {
    if entry.tokens_in.saturating_add(entry.tokens_out) > MAX_TOKENS {
        return Err("more tokens than can be real".to_owned());
    }
    match entry.cost {
        Some(cost) if cost < 0.0 || Usd::from_f64(cost).is_none_or(|cost| cost > MAX_COST) => {
            Err(format!("the cost {cost} must be between 0 and a million dollars"))
        }
        _ => Ok(entry),
    }
}

const MAX_COST: Usd = Usd::from_pico(1_000_000_000_000_000_000);

fn event(entry: Entry, seen: &mut std::collections::HashMap<String, u32>) -> UsageEvent {
    let model = if entry.model.is_empty() { "unknown" } else { &entry.model };
    let identity = [&entry.date.to_string(), &entry.project, &entry.session, model].map(|part| escaped(part)).join("|");
    let nth = seen.entry(identity.clone()).and_modify(|count| *count += 1).or_insert(1);
    let cost = entry.cost.and_then(Usd::from_f64);
    UsageEvent {
        key: Arc::from(format!("{identity}|{nth}")),
        // A date without a time: the day is what counts, the hour is a placeholder.
        at_ms: entry.date.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()).and_utc().timestamp_millis(),
        day: epoch_day(entry.date),
        session: Arc::from(entry.session.as_str()),
        project: Arc::from(entry.project.as_str()),
        model: Arc::from(model),
        tokens: Tokens { input: entry.tokens_in, output: entry.tokens_out, ..Tokens::default() },
        web_searches: 0,
        modifiers: Arc::from(""),
        cost,
        basis: if cost.is_some() { Basis::Reported } else { Basis::Unpriced },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLIER: &str = r#"{"budget":{"monthly":200,"currency":"USD"},"entries":[
        {"date":"2026-02-03","project":"storefront","session":"s1","tokensIn":1200,"tokensOut":300,"cost":26.2,"model":"claude-opus-4-5"},
        {"date":"2026-02-03","project":"storefront","session":"s1","tokensIn":1200,"tokensOut":300,"cost":26.2,"model":"claude-opus-4-5"},
        {"date":"2026-02-30","project":"x","session":"s","tokensIn":1,"tokensOut":1,"cost":1,"model":"m"},
        {"date":"2026-02-04","project":"x","session":"s","tokensIn":-1,"tokensOut":1,"cost":1,"model":"m"},
        {"date":"2026-02-05","project":"x","session":"s","tokensIn":10,"tokensOut":1,"model":"claude-opus-4-5"}]}"#;

    #[test]
    fn the_earlier_systems_file_loads_and_a_bad_entry_loses_only_itself() {
        let (events, bad) = parse(EARLIER).expect("parses");
        assert_eq!(events.len(), 3);
        assert_ne!(events[0].key, events[1].key, "two equal entries are two entries");
        assert_eq!(events[0].cost, Usd::from_f64(26.2));
        assert_eq!(events[2].basis, Basis::Unpriced, "without a cost, pricing decides");
        assert_eq!(bad.count, 2);
        assert!(bad.examples[0].starts_with("entry 3 of tokens.json"), "{bad:?}");
    }

    #[test]
    fn a_broken_file_is_named_with_place_and_remedy() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE), "{\"entries\": [").expect("writes");
        let error = read(folder.path(), None).expect_err("is refused").to_string();
        assert!(error.contains("tokens.json") && error.contains("line 1") && error.contains("kept"), "{error}");
    }
}
