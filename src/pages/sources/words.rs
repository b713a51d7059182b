//! What is said of each source: what to do when it is not well, and what one that is not set up would bring.

use crate::model::FreshnessState;
use crate::sources::Source;
use crate::sources::access::Access;

/// What a person can do, in one sentence; nothing when all is well.
pub(super) fn remedy(source: Source, status: FreshnessState) -> String {
    let key = Access::key_variable(source).unwrap_or_default();
    match (status, source) {
        (FreshnessState::Current, _) => String::new(),
        (FreshnessState::Late, _) => {
            "Sync it now; if it becomes late again, the sync log shows what keeps the runs from coming.".to_owned()
        }
        (FreshnessState::RateLimited, _) => "Nothing: the next run asks again.".to_owned(),
        (FreshnessState::Unauthorised, _) => format!(
            "Put a working key into {key} and start Allclear again; a key in the file that {key}_FILE names counts \
             with the next run."
        ),
        (FreshnessState::Failing, Source::Manual) => {
            "Mend data/tokens.json at the place the message names, then sync it; what was read before stays.".to_owned()
        }
        (FreshnessState::Failing, source) if source.logs().is_some() => {
            "Let the user Allclear runs as read the folder of the logs; allclear doctor names the places.".to_owned()
        }
        (FreshnessState::Failing, _) => {
            "The next run tries again; if the message stays the same, allclear doctor says more.".to_owned()
        }
        (FreshnessState::Skipped, source) if source.logs().is_some() => {
            let agent = source.logs().map_or("it", |format| format.agent);
            format!("Use {agent} once, or name its folder as \"roots\" in data/config/sources.json.")
        }
        (FreshnessState::Skipped, Source::Manual) => {
            "Nothing, unless there should be entries: they are written in data/tokens.json.".to_owned()
        }
        (FreshnessState::Skipped | FreshnessState::Never, source) if source.is_received() => {
            "Nothing: it comes when somebody sends it.".to_owned()
        }
        (FreshnessState::Skipped, _) => {
            format!("Set {key} again, or leave it: what was read before stays in the totals.")
        }
        (FreshnessState::Never, _) => "Sync it now, or wait for the next run.".to_owned(),
    }
}

/// What a source would bring, and what it needs for that.
pub(super) const fn offer(source: Source) -> (&'static str, &'static [&'static str]) {
    match source {
        Source::ClaudeCode => ("What Claude Code used on this machine, by project and session.", &[]),
        Source::Codex => ("What Codex used on this machine, by project and session.", &["~/.codex/sessions"]),
        Source::Gemini => ("What Gemini CLI used on this machine, by project and session.", &["~/.gemini/tmp"]),
        Source::OpenCode => {
            ("What OpenCode used on this machine, by project and session.", &["~/.local/share/opencode"])
        }
        Source::Copilot => {
            ("What Copilot CLI used on this machine in each session that ended.", &["~/.copilot/session-state"])
        }
        Source::Qwen => ("What Qwen Code used on this machine, by project and session.", &["~/.qwen/projects"]),
        Source::Cline => ("What Cline used on this machine, by project and session.", &["~/.cline/data"]),
        Source::Roo => {
            ("What Roo Code and Kilo Code used on this machine, by task.", &["rooveterinaryinc.roo-cline/tasks"])
        }
        Source::Anthropic => (
            "The usage of every workspace and key, the bill of each day, and who used Claude Code.",
            &["ANTHROPIC_ADMIN_KEY"],
        ),
        Source::OpenAi => ("The usage of every project, and what was billed for each day.", &["OPENAI_ADMIN_KEY"]),
        Source::OpenRouter => {
            ("What was used and paid through OpenRouter in the last 30 days.", &["OPENROUTER_MANAGEMENT_KEY"])
        }
        Source::LiteLlm => (
            "What went through a LiteLLM proxy of your own, by key and model.",
            &["LITELLM_API_KEY", "ALLCLEAR_LITELLM_BASE_URL"],
        ),
        Source::Manual => ("Usage that no log saw, typed by hand.", &["data/tokens.json"]),
        Source::TelemetryEvents => (
            "Every request Claude Code makes, from any machine, as it happens.",
            &["OTEL_LOGS_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_ENDPOINT"],
        ),
        Source::TelemetryMetrics => (
            "What agents and programs use, by their OpenTelemetry metrics.",
            &["OTEL_METRICS_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_ENDPOINT"],
        ),
        Source::Import => ("Usage from before, out of a file of another program.", &["allclear import FILE"]),
    }
}
