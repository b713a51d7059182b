//! What changes the price of a request beside its tokens, as one small value and as the text the store keeps.

use std::borrow::Cow;

/// How a request was served. The store keeps it as text: `""`, `fast`, `fast+us`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Modifiers {
    /// Anthropic's fast mode; for OpenAI the newer name of priority processing.
    pub fast: bool,
    pub batch: bool,
    pub flex: bool,
    pub priority: bool,
    /// Inference kept in the United States (Anthropic `inference_geo`, OpenAI regional processing).
    pub us_only: bool,
    /// The tokens are a sum over many requests (a provider's daily bucket): it says nothing about the size of a prompt.
    pub summed: bool,
    /// Every prompt was beyond 200,000 tokens (Anthropic's context window `200k-1M`).
    pub long: bool,
}

impl Modifiers {
    /// Reads names joined by `+`; an unknown name changes nothing, because newer sources may write newer names.
    #[must_use]
    pub fn parse(text: &str) -> Modifiers {
        let mut modifiers = Modifiers::default();
        for name in text.split('+').map(str::trim) {
            match name {
                "fast" => modifiers.fast = true,
                "batch" => modifiers.batch = true,
                "flex" => modifiers.flex = true,
                "priority" => modifiers.priority = true,
                "us" => modifiers.us_only = true,
                "sum" => modifiers.summed = true,
                "long" => modifiers.long = true,
                _ => {}
            }
        }
        modifiers
    }

    /// Returns the names joined by `+`, always in the same order, so that equal modifiers are equal text.
    #[must_use]
    pub fn as_str(self) -> Cow<'static, str> {
        let mut text = Cow::Borrowed("");
        for (set, name) in self.named() {
            if !set {
                continue;
            }
            text = if text.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(format!("{text}+{name}")) };
        }
        text
    }

    const fn named(self) -> [(bool, &'static str); 7] {
        [
            (self.fast, "fast"),
            (self.batch, "batch"),
            (self.flex, "flex"),
            (self.priority, "priority"),
            (self.us_only, "us"),
            (self.summed, "sum"),
            (self.long, "long"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modifiers_read_back_what_they_write() {
        for bits in 0..128_u8 {
            let modifiers = Modifiers {
                fast: bits & 1 != 0,
                batch: bits & 2 != 0,
                flex: bits & 4 != 0,
                priority: bits & 8 != 0,
                us_only: bits & 16 != 0,
                summed: bits & 32 != 0,
                long: bits & 64 != 0,
            };
            assert_eq!(Modifiers::parse(&modifiers.as_str()), modifiers);
        }
        assert_eq!(Modifiers::default().as_str(), "");
        assert_eq!(Modifiers::parse("us + fast+warp").as_str(), "fast+us");
    }
}
