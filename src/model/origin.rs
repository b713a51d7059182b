//! Where a provider says its usage came from: the workspace or project, and the key.
//!
//! A fact keeps it as the text of its project, until a person says which project it belongs to. The text can never be
//! mistaken for a folder: it begins with a provider's name and a colon, and its parts are escaped, so that no slash,
//! no backslash and no further colon occurs in them.

use std::fmt::{self, Write};
use std::sync::Arc;

/// Who runs the models and knows what was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    Anthropic,
    OpenAi,
    OpenRouter,
    LiteLlm,
}

impl Provider {
    pub const ALL: [Provider; 4] = [Provider::Anthropic, Provider::OpenAi, Provider::OpenRouter, Provider::LiteLlm];

    /// The name in the text of an origin.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Provider::Anthropic => "anthropic",
            Provider::OpenAi => "openai",
            Provider::OpenRouter => "openrouter",
            Provider::LiteLlm => "litellm",
        }
    }

    /// The name people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Provider::Anthropic => "Anthropic",
            Provider::OpenAi => "OpenAI",
            Provider::OpenRouter => "OpenRouter",
            Provider::LiteLlm => "LiteLLM",
        }
    }

    /// What usage outside every group is called; not every provider has a word for it.
    const fn ungrouped(self) -> Option<&'static str> {
        match self {
            Provider::Anthropic => Some("Default workspace"),
            Provider::OpenAi | Provider::OpenRouter | Provider::LiteLlm => None,
        }
    }
}

/// A provider, its workspace or project, and the key; what it does not say is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    pub provider: Provider,
    /// Anthropic's workspace, OpenAI's project.
    pub group: String,
    /// The id of the key, or its hash.
    pub key: String,
}

impl Origin {
    #[must_use]
    pub fn new(provider: Provider, group: &str, key: &str) -> Origin {
        Origin { provider, group: group.to_owned(), key: key.to_owned() }
    }

    /// Returns the text a fact keeps: `anthropic:WORKSPACE:KEY`.
    #[must_use]
    pub fn text(&self) -> Arc<str> {
        let mut text = String::with_capacity(self.group.len() + self.key.len() + 16);
        text.push_str(self.provider.name());
        for part in [&self.group, &self.key] {
            text.push(':');
            push_escaped(&mut text, part);
        }
        text.into()
    }

    /// Reads back what [`Origin::text`] wrote; `None` for everything else, such as a folder.
    #[must_use]
    pub fn parse(text: &str) -> Option<Origin> {
        let mut parts = text.split(':');
        let name = parts.next()?;
        let provider = Provider::ALL.into_iter().find(|provider| provider.name() == name)?;
        let (group, key) = (unescaped(parts.next()?)?, unescaped(parts.next()?)?);
        let origin = Origin { provider, group, key };
        (parts.next().is_none() && *origin.text() == *text).then_some(origin)
    }

    /// Writes it for people, by the names that `lookup` knows for the ids: `Anthropic · Dashboard · ci`.
    pub fn display<'a, F>(&'a self, lookup: F) -> impl fmt::Display + 'a
    where
        F: Fn(&str) -> Option<String> + 'a,
    {
        Named { origin: self, lookup }
    }
}

struct Named<'a, F> {
    origin: &'a Origin,
    lookup: F,
}

impl<F: Fn(&str) -> Option<String>> fmt::Display for Named<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { provider, group, key } = self.origin;
        f.write_str(provider.label())?;
        if group.is_empty() {
            provider.ungrouped().map_or(Ok(()), |name| write!(f, " · {name}"))?;
        }
        for id in [group, key] {
            if !id.is_empty() {
                let name = (self.lookup)(id).filter(|name| !name.trim().is_empty());
                write!(f, " · {}", name.as_deref().unwrap_or(id))?;
            }
        }
        Ok(())
    }
}

/// Appends `part` with every byte but letters, digits, `-`, `_` and `.` as its percent code.
fn push_escaped(text: &mut String, part: &str) {
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02x}");
        }
    }
}

fn unescaped(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        let byte = if byte == b'%' { hex(rest.next()?)? << 4 | hex(rest.next()?)? } else { byte };
        bytes.push(byte);
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_origin_is_a_text_and_reads_back() {
        let cases = [
            (Origin::new(Provider::Anthropic, "wrkspc_01", "apikey_01"), "anthropic:wrkspc_01:apikey_01"),
            (Origin::new(Provider::OpenAi, "proj_abc", ""), "openai:proj_abc:"),
            (Origin::new(Provider::OpenRouter, "", ""), "openrouter::"),
            (Origin::new(Provider::LiteLlm, "", "88dc28"), "litellm::88dc28"),
            (Origin::new(Provider::LiteLlm, "a/b\\c", "x:y%"), "litellm:a%2fb%5cc:x%3ay%25"),
        ];
        for (origin, text) in cases {
            assert_eq!(&*origin.text(), text);
            assert_eq!(Origin::parse(text), Some(origin));
        }
    }

    #[test]
    fn nothing_else_is_an_origin() {
        for text in [
            "",
            "anthropic",
            "anthropic:",
            "anthropic::k:",
            "Anthropic::",
            "openai:a/b:",
            "openai:%41:",
            "openai:%4:",
            "litellm:%ff:",
            "C:\\work\\site",
            "/home/dev/anthropic::",
            "-home-dev-shop",
            "shop",
            "mistral::",
        ] {
            assert_eq!(Origin::parse(text), None, "{text}");
        }
    }

    #[test]
    fn people_read_names_where_there_are_any() {
        let lookup = |id: &str| match id {
            "wrkspc_01" => Some("Dashboard".to_owned()),
            "apikey_01" => Some("ci".to_owned()),
            "apikey_02" => Some(" ".to_owned()),
            _ => None,
        };
        for (text, shown) in [
            ("anthropic:wrkspc_01:apikey_01", "Anthropic · Dashboard · ci"),
            ("anthropic::apikey_02", "Anthropic · Default workspace · apikey_02"),
            ("anthropic::", "Anthropic · Default workspace"),
            ("openai:proj_abc:", "OpenAI · proj_abc"),
            ("openai::", "OpenAI"),
            ("openrouter::", "OpenRouter"),
        ] {
            assert_eq!(Origin::parse(text).expect("an origin").display(lookup).to_string(), shown);
        }
    }

    proptest! {
        #[test]
        fn any_ids_read_back_and_never_look_like_a_folder(group in ".{0,20}", key in ".{0,20}", which in 0_usize..4) {
            let origin = Origin::new(Provider::ALL[which], &group, &key);
            let text = origin.text();
            prop_assert!(!text.contains(['/', '\\']) && text.is_ascii());
            prop_assert_eq!(Origin::parse(&text), Some(origin));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "(anthropic|openai)?[:%0-9a-f/]{0,12}") {
            if let Some(origin) = Origin::parse(&text) {
                prop_assert_eq!(&*origin.text(), text.as_str());
            }
        }
    }
}
