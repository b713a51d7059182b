//! Models without a price: what was used of each, and which priced model is probably meant or next of kin.
//!
//! A suggestion is a name to look at. It must never become a price by itself.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::model::RollupRow;

/// Usage of one model of one source that has no price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnpricedModel {
    pub model: String,
    pub source: String,
    pub tokens_in: u64,
    pub tokens_out: u64,
    pub messages: u64,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// The priced model whose name is closest; `None` when none is of the same family.
    pub similar: Option<String>,
}

/// Returns the models whose usage in `rows` has no price, largest first. `priced` are the names of the models that have
/// one, to suggest from.
#[must_use]
pub fn unpriced(rows: &[RollupRow], priced: &[&str]) -> Vec<UnpricedModel> {
    let mut models: HashMap<(&str, &str), UnpricedModel> = HashMap::new();
    for row in rows.iter().filter(|row| row.spend.has_unpriced()) {
        let found = models.entry((&row.model, &row.source)).or_insert_with(|| UnpricedModel {
            model: row.model.to_string(),
            source: row.source.to_string(),
            tokens_in: 0,
            tokens_out: 0,
            messages: 0,
            first_day: row.date,
            last_day: row.date,
            similar: similar(&row.model, priced),
        });
        found.tokens_in = found.tokens_in.saturating_add(row.spend.unpriced_in);
        found.tokens_out = found.tokens_out.saturating_add(row.spend.unpriced_out);
        found.messages = found.messages.saturating_add(row.spend.unpriced_messages);
        found.first_day = found.first_day.min(row.date);
        found.last_day = found.last_day.max(row.date);
    }
    let mut models: Vec<UnpricedModel> = models.into_values().collect();
    models.sort_by(|left, right| {
        let size = |model: &UnpricedModel| Reverse(model.tokens_in.saturating_add(model.tokens_out));
        (size(left), &left.model, &left.source).cmp(&(size(right), &right.model, &right.source))
    });
    models
}

/// Chooses among the models of the same family (`claude`, `gpt`, `o`): the most words in common, then the longest common
/// beginning, then the fewest words of its own, then the latest version, by name.
fn similar(model: &str, priced: &[&str]) -> Option<String> {
    let name = last_part(model).to_lowercase();
    let words: Vec<&str> = words(&name).collect();
    let of_family = |candidate: &&&str| {
        let family = letters(last_part(candidate));
        !family.is_empty() && words.iter().any(|word| letters(word).eq_ignore_ascii_case(family))
    };
    let closeness = |candidate: &&&str| {
        let theirs = last_part(candidate).to_lowercase();
        let (shared, own): (Vec<&str>, Vec<&str>) =
            self::words(&theirs).filter(|word| !is_number(word)).partition(|word| words.contains(word));
        let beginning = name.bytes().zip(theirs.bytes()).take_while(|(left, right)| left == right).count();
        (shared.len(), beginning, Reverse(own.len()), theirs)
    };
    priced.iter().filter(of_family).max_by_key(closeness).map(|name| (*name).to_owned())
}

/// What stands behind the providers: `openrouter/anthropic/claude-opus-6` → `claude-opus-6`.
fn last_part(model: &str) -> &str {
    model.rsplit('/').next().unwrap_or(model)
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The letters a word begins with: `o` of `o5`, `qwen` of `qwen4`.
fn letters(word: &str) -> &str {
    let end = word.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(word.len());
    word.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Basis, Spend, Tokens, Usd};

    fn row(date: &str, source: &str, model: &str, input: u64, cost: Option<i128>) -> RollupRow {
        let tokens = Tokens { input, output: 10, ..Tokens::default() };
        let basis = if cost.is_some() { Basis::Estimated } else { Basis::Unpriced };
        RollupRow {
            source: source.into(),
            date: date.parse().expect("a date"),
            session: "s".into(),
            project: "p".into(),
            model: model.into(),
            spend: Spend::of(tokens, cost.map(Usd::from_pico), basis),
        }
    }

    #[test]
    fn usage_without_a_price_is_listed_largest_first() {
        let mut half = row("2026-11-03", "claude_code", "claude-opus-6", 30, None);
        half.spend += &row("2026-11-03", "claude_code", "claude-opus-6", 1_000, Some(7)).spend;
        let rows = [
            row("2026-11-20", "claude_code", "claude-opus-6", 50, None),
            half,
            row("2026-11-04", "manual", "claude-opus-6", 90, None),
            row("2026-11-04", "claude_code", "mystery", 5, None),
            row("2026-11-04", "claude_code", "claude-opus-5-5", 5_000, Some(1)),
        ];
        let found = unpriced(&rows, &["claude-opus-5-5", "gpt-5"]);
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let first = UnpricedModel {
            model: "claude-opus-6".to_owned(),
            source: "manual".to_owned(),
            tokens_in: 90,
            tokens_out: 10,
            messages: 1,
            first_day: day("2026-11-04"),
            last_day: day("2026-11-04"),
            similar: Some("claude-opus-5-5".to_owned()),
        };
        let second = UnpricedModel {
            source: "claude_code".to_owned(),
            tokens_in: 80,
            tokens_out: 20,
            messages: 2,
            first_day: day("2026-11-03"),
            last_day: day("2026-11-20"),
            ..first.clone()
        };
        assert_eq!(found.len(), 3);
        // A hundred tokens each: the name of the source decides.
        assert_eq!((&found[0], &found[1]), (&second, &first));
        assert_eq!((found[2].model.as_str(), &found[2].similar), ("mystery", &None));
        assert!(unpriced(&rows[4..], &[]).is_empty());
    }

    #[test]
    fn the_closest_name_of_the_same_family_is_suggested() {
        let priced = [
            "claude-opus-5-5",
            "claude-opus-4-6",
            "claude-haiku-5-5",
            "gpt-6.1-sol",
            "gpt-6-sol",
            "gpt-5.6-sol",
            "gemini-3.8-flash",
            "gemini-3.7-flash",
            "gemini-3.5-flash-lite",
            "o3-mini",
            "o4-mini",
            "grok-4.7",
        ];
        for (model, expected) in [
            ("claude-opus-5-6", Some("claude-opus-5-5")),
            ("Anthropic/Claude-Haiku-6", Some("claude-haiku-5-5")),
            ("us.anthropic.claude-opus-5-6-v1:0", Some("claude-opus-5-5")),
            ("gpt-6.2-sol", Some("gpt-6.1-sol")),
            ("gemini-4-flash", Some("gemini-3.8-flash")),
            ("o5-mini", Some("o4-mini")),
            ("my-private-mini", None),
            ("<synthetic>", None),
            ("", None),
        ] {
            assert_eq!(similar(model, &priced).as_deref(), expected, "{model}");
        }
    }
}
