//! CSV whose columns its owner names.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Imported, Row, dollars};
use crate::model::Tokens;

/// What a column can mean, and the names it is known by when nobody says.
const FIELDS: [(&str, &[&str]); 8] = [
    ("date", &["date", "day"]),
    ("model", &["model", "model name"]),
    ("project", &["project", "workspace"]),
    ("session", &["session", "session id"]),
    ("input", &["input", "tokensin", "tokens in", "input tokens"]),
    ("output", &["output", "tokensout", "tokens out", "output tokens"]),
    ("cache_read", &["cache read", "cacheread", "cache read tokens"]),
    ("cache_write", &["cache write", "cachewrite", "cache creation tokens"]),
];
const COST: (&str, &[&str]) = ("cost", &["cost", "cost usd", "costusd", "amount"]);

/// Which column means what: field by column, as the user said with `--map column=field`.
#[derive(Clone, Debug, Default)]
pub struct Columns(HashMap<String, &'static str>);

impl Columns {
    /// Adds `column=field`.
    ///
    /// # Errors
    /// When it is not written so, or there is no such field.
    pub fn map(&mut self, text: &str) -> Result<(), String> {
        let (column, field) =
            text.split_once('=').ok_or_else(|| format!("\"{text}\" is not written COLUMN=FIELD, such as Cost=cost"))?;
        let known = fields().find(|(name, _)| *name == field.trim());
        let (field, _) = known.ok_or_else(|| {
            let names: Vec<&str> = fields().map(|(name, _)| name).collect();
            format!("there is no field \"{}\"; the fields are {}", field.trim(), names.join(", "))
        })?;
        self.0.insert(plain(column), field);
        Ok(())
    }

    fn field(&self, column: &str) -> Option<&'static str> {
        let column = plain(column);
        self.0.get(&column).copied().or_else(|| {
            // What the user gave a column of their own is not guessed a second time.
            let free = |field: &str| !self.0.values().any(|taken| *taken == field);
            fields().find(|(field, names)| free(field) && names.contains(&column.as_str())).map(|(field, _)| field)
        })
    }
}

fn fields() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    FIELDS.into_iter().chain([COST])
}

fn plain(column: &str) -> String {
    column.trim().trim_start_matches('\u{feff}').to_ascii_lowercase().replace(['_', '-'], " ")
}

/// Reads a file with a line of headings.
///
/// # Errors
/// When it has no headings, or no column that is the date and none with tokens or a cost.
pub fn csv(text: &str, columns: &Columns) -> Result<Imported, String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|error| error.to_string())?.clone();
    let meaning: Vec<Option<&'static str>> = headings.iter().map(|column| columns.field(column)).collect();
    let has = |field: &str| meaning.contains(&Some(field));
    if !has("date") || !["input", "output", "cost"].into_iter().any(has) {
        let found: Vec<&str> = headings.iter().collect();
        return Err(format!(
            "the columns are {}; say which is the date and which hold tokens or the cost, such as --map Day=date --map \
             Cost=cost",
            found.join(", ")
        ));
    }
    let unknown = columns.0.keys().find(|wanted| !headings.iter().any(|column| plain(column) == **wanted));
    if let Some(unknown) = unknown {
        return Err(format!("there is no column \"{unknown}\""));
    }
    if let Some((field, columns)) = twice(&headings, &meaning) {
        let first = columns.first().copied().unwrap_or_default();
        return Err(format!(
            "the columns {} all mean the {field}; say which one counts, such as --map \"{first}={field}\", or rename the \
             others",
            columns.join(", ")
        ));
    }
    let mut imported = Imported::default();
    for (number, record) in reader.records().enumerate() {
        let row = record.map_err(|error| error.to_string()).and_then(|record| {
            let cell = |field: &str| {
                let at = meaning.iter().position(|meant| *meant == Some(field))?;
                record.get(at).filter(|cell| !cell.is_empty())
            };
            row(cell)
        });
        imported.take(|| format!("line {}", number + 2), row);
    }
    Ok(imported)
}

/// A field that several columns mean, and those columns.
fn twice<'h>(
    headings: &'h csv::StringRecord,
    meaning: &[Option<&'static str>],
) -> Option<(&'static str, Vec<&'h str>)> {
    fields().find_map(|(field, _)| {
        let of_field = headings.iter().zip(meaning).filter(|(_, meant)| **meant == Some(field));
        let columns: Vec<&str> = of_field.map(|(column, _)| column).collect();
        (columns.len() > 1).then_some((field, columns))
    })
}

/// Digits alone or in groups of three, `1250` or `1,250`, without what separates them. Anything else may be a decimal
/// comma, and a hundred times too much.
fn whole(text: &str) -> Option<String> {
    let separator = text.chars().find(|letter| !letter.is_ascii_digit());
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let Some(separator) = separator else { return is_digits(text).then(|| text.to_owned()) };
    let groups: Vec<&str> = text.split(separator).collect();
    let is_grouped = matches!(separator, ',' | ' ' | '_')
        && groups.iter().all(|group| is_digits(group))
        && groups.first().is_some_and(|first| first.len() <= 3)
        && groups.iter().skip(1).all(|group| group.len() == 3);
    is_grouped.then(|| groups.concat())
}

/// An amount as programs write it: `12.5`, `$1,200.50`, `1e-05`.
fn amount(text: &str) -> Option<f64> {
    let number = text.trim_start_matches('$').trim();
    let is_plain = number.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    let number = if is_plain {
        number.to_owned()
    } else {
        let (dollars, rest) = number.split_once('.').unwrap_or((number, "0"));
        let is_fraction = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
        format!("{}.{rest}", whole(dollars).filter(|_| is_fraction)?)
    };
    number.parse().ok()
}

fn row<'a>(cell: impl Fn(&str) -> Option<&'a str>) -> Result<Row, String> {
    let date = cell("date").ok_or("the date is missing")?;
    let day: NaiveDate =
        date.get(..10).unwrap_or(date).parse().map_err(|_| format!("\"{date}\" is no date such as 2026-11-20"))?;
    let count = |field: &str| -> Result<u64, String> {
        let Some(text) = cell(field) else { return Ok(0) };
        whole(text).and_then(|digits| digits.parse().ok()).ok_or_else(|| format!("\"{text}\" is no count ({field})"))
    };
    let cost = match cell("cost") {
        None => None,
        Some(text) => Some(amount(text).ok_or_else(|| format!("\"{text}\" is no amount of dollars (cost)"))?),
    };
    let text = |field: &str| cell(field).unwrap_or_default().to_owned();
    Ok(Row {
        date: day,
        project: text("project"),
        session: text("session"),
        model: text("model"),
        tokens: Tokens {
            input: count("input")?,
            cache_write_5m: count("cache_write")?,
            cache_read: count("cache_read")?,
            output: count("output")?,
            ..Tokens::default()
        },
        cost: dollars(cost)?,
    })
}
