//! The prices on disk: the built-in table, `data/prices-updated.json` over it, `data/config/prices.json` over both.
//!
//! Whatever is broken, prices that were in force stay in force: nothing stored may lose its cost by a damaged file.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use chrono::NaiveDate;
use serde_json::Value;

use super::{Config, ConfigProblem, config_dir, files};
use crate::model::fingerprint;
use crate::pricing::{self, Choice, PriceError, PriceTable, Shorter, UpdateReport, Updated};
use crate::store::documents::write_bytes;

/// Prices from public lists, in the data folder: published by us, not a choice of the user.
pub const UPDATED_FILE: &str = "prices-updated.json";
/// The one before, for when that is damaged.
const PREVIOUS_FILE: &str = "prices-updated.json.previous";
const OWN_FILE: &str = "prices.json";
/// Thousands of models and years of changes stay far below.
const UPDATED_MAX_BYTES: u64 = 64 << 20;

/// The prices in force.
pub(super) struct Read {
    pub table: Arc<PriceTable>,
    /// See [`Config::prices_stamp`].
    pub stamp: Option<String>,
    pub texts: Option<u64>,
}

/// Reads the prices; what is broken is added to `problems`, and leaves in force what was.
pub(super) fn read(data_dir: &Path, before: &Config, problems: &mut Vec<ConfigProblem>) -> Read {
    let known = problems.len();
    let mut noted = |outcome: Result<Option<String>, ConfigProblem>| {
        outcome.unwrap_or_else(|problem| {
            problems.push(problem);
            None
        })
    };
    let own = noted(files::text(&config_dir(data_dir), OWN_FILE)).unwrap_or_default();
    let updated = noted(updated_text(data_dir, UPDATED_FILE)).unwrap_or_default();
    let texts = fingerprint(own.as_bytes()).rotate_left(1) ^ fingerprint(updated.as_bytes());
    if problems.len() == known && before.prices_stamp.is_some() && before.prices_read == Some(texts) {
        return unchanged(before);
    }
    let layers = Layers::new(&own, &updated, problems);
    match layers {
        Some(layers) if problems.len() == known => {
            Read { table: Arc::new(layers.table), stamp: Some(layers.stamp), texts: Some(texts) }
        }
        _ if before.prices_stamp.is_some() => unchanged(before),
        // At the start there is nothing that was in force. The nearest is used for what is new, and without a stamp
        // nothing stored is judged by it.
        _ => Read { table: Arc::new(nearest(data_dir, &own, before)), stamp: None, texts: None },
    }
}

fn unchanged(before: &Config) -> Read {
    Read { table: before.prices.clone(), stamp: before.prices_stamp.clone(), texts: before.prices_read }
}

struct Layers {
    table: PriceTable,
    stamp: String,
}

impl Layers {
    /// Lays the tables over each other; `None` with a problem when one cannot be used.
    fn new(own: &str, updated: &str, problems: &mut Vec<ConfigProblem>) -> Option<Layers> {
        let mut failed = |file: String, error: &PriceError| {
            problems.push(ConfigProblem { file, message: error.to_string() });
        };
        let mut stamp = format!("{:x} {:x}", pricing::builtin_fingerprint(), fingerprint(own.as_bytes()));
        let mut table = PriceTable::builtin().map_err(|error| failed(OWN_FILE.to_owned(), &error)).ok()?;
        if !updated.is_empty() {
            let laid = Updated::parse(updated)
                .and_then(|updated| Ok((updated.fingerprint(), table.with_updates(&updated)?)))
                .map_err(|error| failed(above(UPDATED_FILE), &error))
                .ok()?;
            stamp.push_str(&format!(" {:x}", laid.0));
            table = laid.1;
        }
        if !own.is_empty() {
            table = table.with_overrides(own).map_err(|error| failed(OWN_FILE.to_owned(), &error)).ok()?;
        }
        Some(Layers { table, stamp })
    }
}

/// The built-in table with as much over it as can be read.
fn nearest(data_dir: &Path, own: &str, before: &Config) -> PriceTable {
    let mut table = PriceTable::builtin().unwrap_or_else(|_| PriceTable::clone(&before.prices));
    if let Some(updated) = last_good(data_dir) {
        table = table.clone().with_updates(&updated).unwrap_or(table);
    }
    if own.is_empty() { table } else { table.clone().with_overrides(own).unwrap_or(table) }
}

/// The prices of the last update that can be read.
fn last_good(data_dir: &Path) -> Option<Updated> {
    [UPDATED_FILE, PREVIOUS_FILE].into_iter().find_map(|file| {
        let text = updated_text(data_dir, file).ok()??;
        Updated::parse(&text).ok()
    })
}

fn updated_text(data_dir: &Path, file: &str) -> Result<Option<String>, ConfigProblem> {
    files::text_up_to(UPDATED_MAX_BYTES, data_dir, file)
        .map_err(|problem| ConfigProblem { file: above(&problem.file), ..problem })
}

/// A file of the data folder, as [`ConfigProblem::file`] names it.
fn above(file: &str) -> String {
    format!("../{file}")
}

/// Takes a public price list over: writes `data/prices-updated.json`, and keeps the one before beside it. `source` says
/// where `text` comes from, `today` is the day in UTC. With `dry_run` nothing is written.
///
/// # Errors
/// When the list cannot be believed, or the file cannot be written; the prices stay as they are.
pub fn update_prices(
    data_dir: &Path,
    text: &str,
    source: &str,
    today: NaiveDate,
    shorter: Shorter,
    dry_run: bool,
) -> anyhow::Result<UpdateReport> {
    let before = last_good(data_dir);
    let update = pricing::update(text, source, today, before.as_ref(), shorter)?;
    if !dry_run {
        let file = data_dir.join(UPDATED_FILE);
        // A damaged file must not take the place of the last good one.
        if let Some(current) = updated_text(data_dir, UPDATED_FILE).ok().flatten()
            && Updated::parse(&current).is_ok()
        {
            write_bytes(&data_dir.join(PREVIOUS_FILE), current.as_bytes())?;
        }
        let json = update.document.to_json().with_context(|| format!("writing {}", file.display()))?;
        write_bytes(&file, json.as_bytes())?;
    }
    Ok(update.report)
}

/// Enters a price of the user into `data/config/prices.json`; returns the file and the entry as it now stands.
///
/// # Errors
/// When the file is broken, or would be with this price; it stays as it is.
pub fn set_price(data_dir: &Path, choice: &Choice) -> anyhow::Result<(PathBuf, Value)> {
    change(data_dir, |text, known| pricing::set(text, choice, known))
}

/// Takes a price of the user out of the file; returns the entry, for [`put_price_back`].
///
/// # Errors
/// When the file is broken, or has no such price; it stays as it is.
pub fn remove_price(data_dir: &Path, model: &str, from: Option<NaiveDate>) -> anyhow::Result<Value> {
    Ok(change(data_dir, |text, known| pricing::remove(text, model, from, known))?.1)
}

/// Enters what [`remove_price`] returned.
///
/// # Errors
/// When it is no price, or cannot stand beside those in the file; it stays as it is.
pub fn put_price_back(data_dir: &Path, entry: &str) -> anyhow::Result<Value> {
    Ok(change(data_dir, |text, known| pricing::put_back(text, entry, known))?.1)
}

/// Writes the user's prices anew; returns the file and the entry it is about.
fn change(
    data_dir: &Path,
    with: impl FnOnce(&str, PriceTable) -> Result<(String, Value), PriceError>,
) -> anyhow::Result<(PathBuf, Value)> {
    // Two tabs at once: the second one reads what the first one wrote.
    static ENTERING: Mutex<()> = Mutex::new(());
    let _entering = ENTERING.lock().unwrap_or_else(PoisonError::into_inner);
    let file = config_dir(data_dir).join(OWN_FILE);
    let (json, entry) = changed(data_dir, with).map_err(|message| anyhow::anyhow!("{}: {message}", file.display()))?;
    write_bytes(&file, json.as_bytes())?;
    Ok((file, entry))
}

/// Says whether [`set_price`] would take a price; writes nothing.
///
/// # Errors
/// When it would not: the reason in words, without the name of the file.
pub fn check_price(data_dir: &Path, choice: &Choice) -> Result<(), String> {
    changed(data_dir, |text, known| pricing::set(text, choice, known)).map(drop)
}

/// The text of the user's prices with the change, and the entry it is about.
fn changed(
    data_dir: &Path,
    with: impl FnOnce(&str, PriceTable) -> Result<(String, Value), PriceError>,
) -> Result<(String, Value), String> {
    let text = files::text(&config_dir(data_dir), OWN_FILE).map_err(|problem| problem.message)?;
    let known = PriceTable::builtin().map_err(|error| error.to_string())?;
    with(&text.unwrap_or_default(), known).map_err(|error| error.to_string())
}
