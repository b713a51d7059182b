//! Model names as logs and APIs write them, taken apart one step at a time, and the one name all spellings of a model
//! have in common.
//!
//! A step removes only what says where or when a model was served. It never shortens a version: an unknown model must
//! stay unknown (`claude-opus-4-9` is not `claude-opus-4`), because a wrong price is worse than none.

use std::borrow::Cow;

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

/// Returns the name under which usage of a model is compared between sources: lower case, without the provider, the route
/// and the date of a snapshot. Anthropic's `claude-opus-4-5-20251101` and OpenRouter's `anthropic/claude-opus-4.5` are
/// the same model; its fast mode is not.
#[must_use]
pub fn canonical_model(model: &str) -> Cow<'_, str> {
    let name = normal_model(model);
    let mut left = behind_providers(&name);
    while let Some(step) = shorter_model(left).filter(|step| !step.fast) {
        left = behind_providers(step.name);
    }
    // OpenRouter writes versions with a dot, Anthropic with a hyphen.
    if left.starts_with("claude") && left.contains('.') {
        return Cow::Owned(left.replace('.', "-"));
    }
    if left == model { Cow::Borrowed(model) } else { Cow::Owned(left.to_owned()) }
}

fn behind_providers(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Returns the name trimmed and in lower case; borrows when it already is, which is nearly always.
#[must_use]
pub fn normal_model(model: &str) -> Cow<'_, str> {
    let model = model.trim();
    if model.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(model.to_ascii_lowercase())
    } else {
        Cow::Borrowed(model)
    }
}

/// A name with one part less, and whether that part was `-fast`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelStep<'a> {
    pub name: &'a str,
    pub fast: bool,
}

/// Removes one prefix, or else one suffix, from a normal name; `None` when there is nothing left to remove.
#[must_use]
pub fn shorter_model(name: &str) -> Option<ModelStep<'_>> {
    if let Some(routed) = name.strip_prefix(ROUTER) {
        return Some(ModelStep { name: routed.split_once('/').map_or(routed, |(_, model)| model), fast: false });
    }
    if let Some(name) = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)) {
        return Some(ModelStep { name, fast: false });
    }
    if let Some(name) = name.strip_suffix("-fast") {
        return Some(ModelStep { name, fast: true });
    }
    let plain = ["[1m]", "-latest", "@latest", "@default"].iter().find_map(|suffix| name.strip_suffix(suffix));
    plain
        .or_else(|| without_date(name))
        .or_else(|| without_bedrock_revision(name))
        .map(|name| ModelStep { name, fast: false })
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
        let name = normal_model(name);
        let mut left: &str = &name;
        while let Some(step) = shorter_model(left) {
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
    fn all_spellings_of_a_model_have_one_name_and_no_two_models_share_one() {
        for (name, canonical) in [
            ("claude-opus-4-5-20251101", "claude-opus-4-5"),
            ("anthropic/claude-opus-4.5", "claude-opus-4-5"),
            ("openrouter/anthropic/Claude-Opus-4.5", "claude-opus-4-5"),
            ("us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5"),
            ("vertex_ai/claude-opus-4-5@20251101", "claude-opus-4-5"),
            ("claude-opus-4-5", "claude-opus-4-5"),
            ("gpt-4o-2024-08-06", "gpt-4o"),
            ("azure/eu/gpt-4o", "gpt-4o"),
            ("gpt-6.1-sol", "gpt-6.1-sol"),
            ("gemini-2.5-pro", "gemini-2.5-pro"),
            ("claude-opus-4-6-fast", "claude-opus-4-6-fast"),
            ("gpt-4o-mini", "gpt-4o-mini"),
            ("", ""),
        ] {
            assert_eq!(canonical_model(name), canonical, "{name}");
        }
    }
}
