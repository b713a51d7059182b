//! The two kinds of log line the demo writes, in the shape of Claude Code (wire formats, 4.1).
//!
//! Plain serde types: only what a reader of usage looks at, so that a year stays small. Must never hold anybody's text.

use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line<'a> {
    #[serde(rename = "type")]
    pub(super) kind: Role,
    pub(super) uuid: String,
    pub(super) is_sidechain: bool,
    pub(super) cwd: String,
    pub(super) session_id: &'a str,
    pub(super) version: &'a str,
    pub(super) timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request_id: Option<&'a str>,
    pub(super) message: Message<'a>,
}

impl Line<'_> {
    /// Returns the line with its end.
    pub(super) fn to_json(&self) -> String {
        let mut json = serde_json::to_string(self).expect("strings and integers always serialise");
        json.push('\n');
        json
    }
}

/// Who speaks; also the type of the line.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    User,
    Assistant,
}

#[derive(Serialize)]
pub(super) struct Message<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    pub(super) role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    content: Content,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
}

impl<'a> Message<'a> {
    pub(super) fn prompt() -> Message<'a> {
        Message { id: None, role: Role::User, model: None, content: Content::Text("A made-up prompt."), usage: None }
    }

    pub(super) fn answer(id: &'a str, model: &'a str, usage: Usage) -> Message<'a> {
        let content = Content::NoBlocks([]);
        Message { id: Some(id), role: Role::Assistant, model: Some(model), content, usage: Some(usage) }
    }
}

/// A prompt is text, an answer a list of blocks; the demo's answers say nothing.
#[derive(Serialize)]
#[serde(untagged)]
enum Content {
    Text(&'static str),
    NoBlocks([(); 0]),
}

#[derive(Clone, Copy, Serialize)]
pub(super) struct Usage {
    pub(super) input_tokens: u64,
    pub(super) output_tokens: u64,
    pub(super) cache_creation_input_tokens: u64,
    pub(super) cache_read_input_tokens: u64,
    pub(super) cache_creation: CacheCreation,
}

/// Cache writes by how long they last.
#[derive(Clone, Copy, Serialize)]
pub(super) struct CacheCreation {
    #[serde(rename = "ephemeral_5m_input_tokens")]
    five_minutes: u64,
    #[serde(rename = "ephemeral_1h_input_tokens")]
    one_hour: u64,
}

impl CacheCreation {
    pub(super) fn five_minutes(tokens: u64) -> CacheCreation {
        CacheCreation { five_minutes: tokens, one_hour: 0 }
    }

    pub(super) fn one_hour(tokens: u64) -> CacheCreation {
        CacheCreation { five_minutes: 0, one_hour: tokens }
    }
}
