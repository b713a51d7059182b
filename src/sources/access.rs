//! How each provider is reached: its key, its address, and what to say when one is missing.
//!
//! Keys are read anew for every run, so that a rotated one counts at once, and are never kept.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue};

use super::http::Api;
use super::{Source, anthropic, openai, openrouter, toast};
use crate::config::Secret;

/// Where settings of providers come from.
#[derive(Clone, Debug)]
pub enum Access {
    /// The environment of the program.
    Environment,
    /// These and no others: for tests, which must not read the keys of the machine they run on.
    Given(Arc<HashMap<&'static str, String>>),
}

/// What a provider needs.
struct Settings {
    label: &'static str,
    key: &'static str,
    base: &'static str,
    /// Where it is unless told otherwise; a proxy of one's own has no usual place.
    usual_base: Option<&'static str>,
}

const fn settings(source: Source) -> Option<Settings> {
    Some(match source {
        Source::Anthropic => Settings {
            label: "Anthropic",
            key: "ANTHROPIC_ADMIN_KEY",
            base: "ALLCLEAR_ANTHROPIC_BASE_URL",
            usual_base: Some(anthropic::BASE_URL),
        },
        Source::OpenAi => Settings {
            label: "OpenAI",
            key: "OPENAI_ADMIN_KEY",
            base: "ALLCLEAR_OPENAI_BASE_URL",
            usual_base: Some(openai::BASE_URL),
        },
        Source::OpenRouter => Settings {
            label: "OpenRouter",
            key: "OPENROUTER_MANAGEMENT_KEY",
            base: "ALLCLEAR_OPENROUTER_BASE_URL",
            usual_base: Some(openrouter::BASE_URL),
        },
        Source::LiteLlm => {
            Settings { label: "LiteLLM", key: "LITELLM_API_KEY", base: "ALLCLEAR_LITELLM_BASE_URL", usual_base: None }
        }
        _ => return None,
    })
}

/// A provider that can be asked, or the sentence that says what is not set.
pub enum Reach {
    Ready(Box<Api>),
    NotSet(String),
}

impl Access {
    /// Prepares to ask a provider.
    ///
    /// # Errors
    /// When a key or address is there and cannot be used: the variable is named, its value never.
    pub fn reach(&self, source: Source) -> anyhow::Result<Reach> {
        let Some(settings) = settings(source) else {
            anyhow::bail!("{} is not asked over the network", source.label())
        };
        let Some(key) = self.key(settings.key)? else {
            return Ok(Reach::NotSet(format!("{} not set — skipping token sync", settings.key)));
        };
        let Some(base) = self.text(settings.base).or_else(|| settings.usual_base.map(str::to_owned)) else {
            return Ok(Reach::NotSet(format!("{} not set — skipping token sync", settings.base)));
        };
        // People copy addresses with the version; our paths bring it along.
        let base = base.trim().trim_end_matches('/');
        let base = base.strip_suffix("/v1").unwrap_or(base);
        let api = Api::new(settings.label, base, settings.base)?;
        Ok(Reach::Ready(Box::new(match source {
            Source::Anthropic => api.with_key(HeaderName::from_static(anthropic::KEY_HEADER), key)?.with_header(
                HeaderName::from_static(anthropic::VERSION_HEADER.0),
                HeaderValue::from_static(anthropic::VERSION_HEADER.1),
            ),
            _ => api.with_bearer(key)?,
        })))
    }

    /// The variable that holds a provider's key, for those who set one up.
    #[must_use]
    pub fn key_variable(source: Source) -> Option<&'static str> {
        settings(source).map(|settings| settings.key)
    }

    /// Where Toast is asked for all clients, when that was said; else each client has its own address.
    #[must_use]
    pub fn toast_base(&self) -> Option<String> {
        self.text(toast::BASE_VARIABLE).map(|base| base.trim().trim_end_matches('/').to_owned())
    }

    fn key(&self, name: &'static str) -> anyhow::Result<Option<Secret>> {
        match self {
            Access::Environment => Ok(Secret::read(name)?),
            Access::Given(given) => Ok(given.get(name).and_then(|value| Secret::new(name, value))),
        }
    }

    fn text(&self, name: &'static str) -> Option<String> {
        match self {
            Access::Environment => std::env::var(name).ok().filter(|value| !value.trim().is_empty()),
            Access::Given(given) => given.get(name).cloned(),
        }
    }
}
