//! A line as the agent writes it: the fields that are read, and no others.

use std::borrow::Cow;
use std::ops::Deref;

use serde::Deserialize;

/// Text that is copied only when it holds escapes. (Serde copies an `Option<Cow>` always; a newtype it borrows.)
#[derive(Deserialize)]
pub(super) struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Borrowed<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

#[derive(Deserialize)]
pub(super) struct Line<'a> {
    #[serde(borrow, default)]
    pub timestamp: Option<Borrowed<'a>>,
    #[serde(borrow, default, rename = "sessionId")]
    pub session_id: Option<Borrowed<'a>>,
    #[serde(borrow, default, rename = "requestId")]
    pub request_id: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    pub version: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    pub cwd: Option<Borrowed<'a>>,
    #[serde(default, rename = "isSidechain")]
    pub is_sidechain: Option<bool>,
    #[serde(default, rename = "costUSD")]
    pub cost_usd: Option<f64>,
    #[serde(borrow, default)]
    pub message: Option<Message<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow, default)]
    pub id: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    pub model: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    pub usage: Option<Usage<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Usage<'a> {
    pub input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
    pub cache_creation_input_tokens: Option<u64>,
    pub cache_read_input_tokens: Option<u64>,
    pub cache_creation: Option<CacheCreation>,
    pub server_tool_use: Option<ServerToolUse>,
    #[serde(borrow, default)]
    pub service_tier: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    pub inference_geo: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    pub speed: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    pub iterations: Option<Vec<Iteration<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct CacheCreation {
    pub ephemeral_5m_input_tokens: Option<u64>,
    pub ephemeral_1h_input_tokens: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct ServerToolUse {
    pub web_search_requests: Option<u32>,
}

/// A part of the request that ran elsewhere. Only `advisor_message` is not in the top-level usage.
#[derive(Deserialize)]
pub(super) struct Iteration<'a> {
    #[serde(borrow, default, rename = "type")]
    pub kind: Option<Borrowed<'a>>,
    #[serde(borrow, default)]
    pub model: Option<Borrowed<'a>>,
    pub input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
    pub cache_creation_input_tokens: Option<u64>,
    pub cache_read_input_tokens: Option<u64>,
    pub cache_creation: Option<CacheCreation>,
}
