//! Connectors: one file each, fetch thin, parser pure.
//!
//! A source reads the outside world and returns facts and cursors. It never touches the database, never prices, never
//! decides when it runs, and one bad line or file never stops the rest.

pub mod access;
pub mod allowance;
pub mod anthropic;
pub mod claude_code;
pub mod cline;
pub mod codex;
pub mod contacts;
pub mod copilot;
pub mod exchange;
pub mod gemini;
pub mod http;
pub mod import;
pub mod litellm;
pub mod logs;
pub mod manual;
pub mod openai;
pub mod opencode;
pub mod openrouter;
pub mod projects;
pub mod provider;
pub mod push;
pub mod quality;
pub mod qwen;
pub mod report;
pub mod repository;
pub mod roo;
pub mod telemetry;
pub mod toast;

use logs::LogFormat;

/// The sources that exist, in the order they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    ClaudeCode,
    Codex,
    Gemini,
    OpenCode,
    Copilot,
    Qwen,
    Cline,
    Roo,
    Anthropic,
    OpenAi,
    OpenRouter,
    LiteLlm,
    Manual,
    TelemetryEvents,
    TelemetryMetrics,
    Import,
}

impl Source {
    pub const ALL: [Source; 16] = [
        Source::ClaudeCode,
        Source::Codex,
        Source::Gemini,
        Source::OpenCode,
        Source::Copilot,
        Source::Qwen,
        Source::Cline,
        Source::Roo,
        Source::Anthropic,
        Source::OpenAi,
        Source::OpenRouter,
        Source::LiteLlm,
        Source::Manual,
        Source::TelemetryEvents,
        Source::TelemetryMetrics,
        Source::Import,
    ];

    /// The name in files, on the command line and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Source::ClaudeCode => claude_code::NAME,
            Source::Codex => codex::NAME,
            Source::Gemini => gemini::NAME,
            Source::OpenCode => opencode::NAME,
            Source::Copilot => copilot::NAME,
            Source::Qwen => qwen::NAME,
            Source::Cline => cline::NAME,
            Source::Roo => roo::NAME,
            Source::Anthropic => anthropic::NAME,
            Source::OpenAi => openai::NAME,
            Source::OpenRouter => openrouter::NAME,
            Source::LiteLlm => litellm::NAME,
            Source::Manual => manual::NAME,
            Source::TelemetryEvents => telemetry::EVENTS,
            Source::TelemetryMetrics => telemetry::METRICS,
            Source::Import => import::NAME,
        }
    }

    /// The name people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Source::ClaudeCode => "Claude Code logs",
            Source::Codex => "Codex logs",
            Source::Gemini => "Gemini CLI logs",
            Source::OpenCode => "OpenCode messages",
            Source::Copilot => "Copilot CLI logs",
            Source::Qwen => "Qwen Code logs",
            Source::Cline => "Cline tasks",
            Source::Roo => "Roo Code tasks",
            Source::Anthropic => "Anthropic API",
            Source::OpenAi => "OpenAI API",
            Source::OpenRouter => "OpenRouter",
            Source::LiteLlm => "LiteLLM proxy",
            Source::Manual => "Manual entries",
            Source::TelemetryEvents => "Telemetry events",
            Source::TelemetryMetrics => "Telemetry metrics",
            Source::Import => "Imported files",
        }
    }

    /// Whether its facts carry an instant, whose day depends on the user's zone, or just a date.
    #[must_use]
    pub const fn has_instants(self) -> bool {
        self.logs().is_some() || self.is_telemetry()
    }

    /// How its logs are found and read, when it is an agent of this machine.
    #[must_use]
    pub const fn logs(self) -> Option<&'static LogFormat> {
        match self {
            Source::ClaudeCode => Some(&claude_code::FORMAT),
            Source::Codex => Some(&codex::FORMAT),
            Source::Gemini => Some(&gemini::FORMAT),
            Source::OpenCode => Some(&opencode::FORMAT),
            Source::Copilot => Some(&copilot::FORMAT),
            Source::Qwen => Some(&qwen::FORMAT),
            Source::Cline => Some(&cline::FORMAT),
            Source::Roo => Some(&roo::FORMAT),
            Source::Anthropic
            | Source::OpenAi
            | Source::OpenRouter
            | Source::LiteLlm
            | Source::Manual
            | Source::TelemetryEvents
            | Source::TelemetryMetrics
            | Source::Import => None,
        }
    }

    /// Whether it reads the logs an agent writes on this machine: what `allclear push` sends to a hub.
    #[must_use]
    pub const fn is_log(self) -> bool {
        self.logs().is_some()
    }

    /// Whether agents send it to us by OpenTelemetry.
    #[must_use]
    pub const fn is_telemetry(self) -> bool {
        matches!(self, Source::TelemetryEvents | Source::TelemetryMetrics)
    }

    /// Whether it comes when somebody sends it, and is never asked for.
    #[must_use]
    pub const fn is_received(self) -> bool {
        self.is_telemetry() || matches!(self, Source::Import)
    }

    /// Whether it is asked over the network, with a key.
    #[must_use]
    pub const fn is_provider(self) -> bool {
        matches!(self, Source::Anthropic | Source::OpenAi | Source::OpenRouter | Source::LiteLlm)
    }

    /// Whether it is there only for those who use it, and not missed by the others.
    #[must_use]
    pub const fn is_optional(self) -> bool {
        !matches!(self, Source::ClaudeCode)
    }

    /// Whether it stands between agents and providers.
    #[must_use]
    pub const fn is_proxy(self) -> bool {
        matches!(self, Source::OpenRouter | Source::LiteLlm)
    }

    /// The proxies and providers whose reports hold what this source sees, when it is paid for by the token.
    #[must_use]
    pub const fn reported_by(self) -> &'static [Source] {
        match self {
            Source::ClaudeCode | Source::TelemetryEvents => &[Source::LiteLlm, Source::Anthropic],
            Source::Codex => &[Source::LiteLlm, Source::OpenAi],
            // Each is used with whatever provider somebody has a key of.
            Source::OpenCode | Source::Qwen | Source::Cline | Source::Roo => {
                &[Source::LiteLlm, Source::OpenRouter, Source::Anthropic, Source::OpenAi]
            }
            Source::TelemetryMetrics => &[Source::LiteLlm, Source::Anthropic, Source::OpenAi],
            Source::LiteLlm => &[Source::Anthropic, Source::OpenAi],
            Source::Gemini
            | Source::Copilot
            | Source::Anthropic
            | Source::OpenAi
            | Source::OpenRouter
            | Source::Manual
            | Source::Import => &[],
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Source> {
        Source::ALL.into_iter().find(|source| source.name() == name)
    }

    /// The names of all sources, for messages that say what would have been right.
    #[must_use]
    pub fn names() -> String {
        Source::ALL.map(Source::name).join(", ")
    }
}

/// What was wrong while a source was read: counted, with the first few named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    pub count: u64,
    pub examples: Vec<String>,
}

/// Enough to find the cause; more would bury the message.
const EXAMPLES_KEPT: usize = 3;

impl Problems {
    pub fn add(&mut self, example: impl FnOnce() -> String) {
        self.count += 1;
        if self.examples.len() < EXAMPLES_KEPT {
            self.examples.push(example());
        }
    }

    pub fn merge(&mut self, other: Problems) {
        self.count += other.count;
        let room = EXAMPLES_KEPT.saturating_sub(self.examples.len());
        self.examples.extend(other.examples.into_iter().take(room));
    }
}
