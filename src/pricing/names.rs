//! Model names as logs and APIs write them, taken apart one step at a time until the price table knows one.
//!
//! A step removes only what says where or when a model was served. It never shortens a version: an unknown model must
//! stay unknown (`claude-opus-4-9` is not `claude-opus-4`), because a wrong price is worse than none.

use std::borrow::Cow;
use std::collections::HashSet;

/// Resellers at the provider's list price, routes, and Bedrock's regional profiles.
const PREFIXES: [&str; 23] = [
    "anthropic/",
    "openai/",
    "google/",
    "gemini/",
    "models/",
    "bedrock/",
    "amazon-bedrock/",
    "converse/",
    "vertex_ai/",
    "azure/",
    "xai/",
    "x-ai/",
    "deepseek/",
    "mistral/",
    "mistralai/",
    "anthropic.",
    "us.anthropic.",
    "eu.anthropic.",
    "apac.anthropic.",
    "global.anthropic.",
    "jp.anthropic.",
    "au.anthropic.",
    "us-gov.anthropic.",
];
/// `openrouter/<provider>/<model>`: the segment after it goes too, whatever it is.
const ROUTER: &str = "openrouter/";

/// Returns whether the name says the request ran in fast mode (`claude-opus-4-6-fast`), which is a price of its own.
#[must_use]
pub fn implies_fast(model: &str) -> bool {
    let name = normal(model);
    let mut step = Step { name: &name, fast: false };
    while let Some(next) = shorter(step.name) {
        step = Step { name: next.name, fast: step.fast || next.fast };
    }
    step.fast
}

/// Returns which of `names` the name means, as it is or with parts removed. A fast mode is a price of its own.
pub(super) fn spelled<'a>(name: &'a str, names: &HashSet<String>) -> Option<&'a str> {
    let mut name = name;
    while !names.contains(name) {
        name = shorter(name).filter(|step| !step.fast)?.name;
    }
    Some(name)
}

/// Returns the name trimmed and in lower case; borrows when it already is, which is nearly always.
pub(super) fn normal(model: &str) -> Cow<'_, str> {
    let model = model.trim();
    if model.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(model.to_ascii_lowercase())
    } else {
        Cow::Borrowed(model)
    }
}

/// A name with one part less, and whether that part was `-fast`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step<'a> {
    pub name: &'a str,
    pub fast: bool,
}

/// Removes one prefix, or else one suffix, from a normal name; `None` when there is nothing left to remove.
pub(super) fn shorter(name: &str) -> Option<Step<'_>> {
    if let Some(routed) = name.strip_prefix(ROUTER) {
        return Some(Step { name: routed.split_once('/').map_or(routed, |(_, model)| model), fast: false });
    }
    if let Some(name) = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)) {
        return Some(Step { name, fast: false });
    }
    if let Some(name) = name.strip_suffix("-fast") {
        return Some(Step { name, fast: true });
    }
    let plain = ["[1m]", "-latest", "@latest", "@default"].iter().find_map(|suffix| name.strip_suffix(suffix));
    plain
        .or_else(|| without_date(name))
        .or_else(|| without_bedrock_revision(name))
        .map(|name| Step { name, fast: false })
}

/// `@20250514`, `-20250514`, `-2025-05-14`, `@2025-05-14`.
fn without_date(name: &str) -> Option<&str> {
    [8, 10].into_iter().find_map(|length| {
        let (rest, date) = name.split_at_checked(name.len().checked_sub(length)?)?;
        is_date(date).then(|| rest.strip_suffix(['-', '@'])).flatten()
    })
}

/// Years 2000-2099 only, and real months and days: eight digits may also be a size or a build number.
fn is_date(text: &str) -> bool {
    let (year, month, day) = match text.len() {
        8 => (text.get(..4), text.get(4..6), text.get(6..)),
        10 if text.get(4..5) == Some("-") && text.get(7..8) == Some("-") => {
            (text.get(..4), text.get(5..7), text.get(8..))
        }
        _ => return false,
    };
    let within = |part: Option<&str>, from: u32, to: u32| {
        part.filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|part| part.parse().ok())
            .is_some_and(|number: u32| (from..=to).contains(&number))
    };
    within(year, 2000, 2099) && within(month, 1, 12) && within(day, 1, 31)
}

/// `-v1:0`, `-v2:0`; and the bare `-v1` of newer Bedrock ids (`anthropic.claude-opus-4-6-v1`).
fn without_bedrock_revision(name: &str) -> Option<&str> {
    if let Some(rest) = name.strip_suffix("-v1") {
        return Some(rest);
    }
    let (rest, revision) = name.rsplit_once("-v")?;
    let (major, minor) = revision.split_once(':')?;
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (number(major) && number(minor)).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shortest(name: &str) -> String {
        let name = normal(name);
        let mut left: &str = &name;
        while let Some(step) = shorter(left) {
            left = step.name;
        }
        left.to_owned()
    }

    #[test]
    fn only_place_and_date_are_removed() {
        let cases = [
            ("claude-opus-4-9", "claude-opus-4-9"),
            ("gpt-6.2-sol", "gpt-6.2-sol"),
            ("Anthropic/Claude-Opus-5-5", "claude-opus-5-5"),
            ("openrouter/anthropic/claude-opus-5-5", "claude-opus-5-5"),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
            ("bedrock/global.anthropic.claude-opus-4-6-v1[1m]", "claude-opus-4-6"),
            ("vertex_ai/claude-opus-4-5@20251101", "claude-opus-4-5"),
            ("claude-opus-4-6@default", "claude-opus-4-6"),
            ("gpt-4o-2024-08-06", "gpt-4o"),
            ("models/gemini-2.5-pro", "gemini-2.5-pro"),
            ("ministral-3-8b-2512", "ministral-3-8b-2512"),
            ("thing-12345678", "thing-12345678"),
            ("thing-20251399", "thing-20251399"),
            ("somebody/gpt-4o", "somebody/gpt-4o"),
            ("日本語-2024-08-06", "日本語"),
            ("-fast", ""),
            ("", ""),
        ];
        for (name, left) in cases {
            assert_eq!(shortest(name), left, "{name}");
        }
    }

    #[test]
    fn fast_is_a_suffix_wherever_it_stands_among_suffixes() {
        for name in ["claude-opus-4-6-fast", "Claude-Opus-4-6-FAST[1m]", "anthropic/claude-opus-4-6-fast-20260205"] {
            assert!(implies_fast(name), "{name}");
        }
        for name in ["grok-code-fast-1", "grok-4-fast-reasoning", "claude-opus-4-6", "fast", ""] {
            assert!(!implies_fast(name), "{name}");
        }
    }
}
