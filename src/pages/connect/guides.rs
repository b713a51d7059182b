//! What is said of each tool: one list, so that a step that changes is mended in one place.
//!
//! `{HERE}` is the address this dashboard is asked at, `{THERE}` the one for other machines, `{PUSH}` what those run to
//! push, `{TELEMETRY}` what has to be set for Claude Code's telemetry, `{DATA}` the data folder.

/// How tools are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Logs,
    Telemetry,
    Machines,
    Providers,
}

impl Kind {
    pub(super) const ALL: [Kind; 4] = [Kind::Logs, Kind::Telemetry, Kind::Machines, Kind::Providers];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Kind::Logs => "Agents on this machine",
            Kind::Telemetry => "Telemetry",
            Kind::Machines => "Other machines",
            Kind::Providers => "Providers and entries by hand",
        }
    }

    pub(super) const fn text(self) -> &'static str {
        match self {
            Kind::Logs => {
                "Their logs are read where they lie, and as they grow. Nothing has to be set, and no text of a prompt or an \
                 answer is kept."
            }
            Kind::Telemetry => {
                "A tool that sends its usage needs no log: it is sent to this dashboard while somebody works."
            }
            Kind::Machines => "A laptop sends what its agents used, in numbers: no prompts, no answers, no code.",
            Kind::Providers => {
                "Set a variable where Allclear is started, and start it again. A name with _FILE behind it may name a file \
                 with the key instead."
            }
        }
    }
}

/// How one tool is connected: what to do, and what to type for that.
pub(super) struct Guide {
    pub kind: Kind,
    /// The source's name, when it is one that is read; else a name of its own.
    pub name: &'static str,
    pub label: &'static str,
    pub brings: &'static str,
    pub steps: &'static [(&'static str, &'static str)],
}

const fn guide(
    kind: Kind,
    name: &'static str,
    label: &'static str,
    brings: &'static str,
    steps: &'static [(&'static str, &'static str)],
) -> Guide {
    Guide { kind, name, label, brings, steps }
}

const TOKEN_FOR_TELEMETRY: (&str, &str) = (
    "From another machine, with the token it gets on the page Machines:",
    "export OTEL_EXPORTER_OTLP_ENDPOINT={THERE}\nexport OTEL_EXPORTER_OTLP_HEADERS=\"Authorization=Bearer TOKEN\"",
);

pub(super) const GUIDES: [Guide; 17] = [
    guide(
        Kind::Logs,
        "claude_code",
        "Claude Code",
        "Every message, by project, session and model, with helpers and resumed sessions counted once.",
        &[
            ("Use Claude Code once; its logs are below ~/.claude/projects.", ""),
            (
                "If it keeps its folder elsewhere, start Allclear with the same variable as Claude Code:",
                "CLAUDE_CONFIG_DIR=/path/to/folder",
            ),
        ],
    ),
    guide(
        Kind::Logs,
        "codex",
        "Codex CLI",
        "Every response, by project, session and model, of both generations of its logs.",
        &[
            ("Use Codex once; its logs are below ~/.codex/sessions.", ""),
            (
                "If it keeps its folder elsewhere, start Allclear with the same variable as Codex:",
                "CODEX_HOME=/path/to/folder",
            ),
        ],
    ),
    guide(
        Kind::Logs,
        "gemini",
        "Gemini CLI",
        "Every answer, by project, session and model, of both forms of its sessions.",
        &[
            ("Use Gemini CLI once; its sessions are below ~/.gemini/tmp.", ""),
            (
                "If its .gemini folder is elsewhere, name the folder that holds it, as for Gemini CLI:",
                "GEMINI_CLI_HOME=/path/to/folder",
            ),
        ],
    ),
    guide(
        Kind::Logs,
        "opencode",
        "OpenCode",
        "Every answer, by project, session and model, from its database, which is only ever read, and from older files.",
        &[
            ("Use OpenCode once; its database is ~/.local/share/opencode/opencode.db.", ""),
            ("If it keeps its folder elsewhere, say so when Allclear is started:", "OPENCODE_DATA_DIR=/path/to/folder"),
        ],
    ),
    guide(
        Kind::Logs,
        "copilot",
        "Copilot CLI",
        "What each model used in a session, by project, when the session ends: only then it is told.",
        &[
            ("End a session of Copilot CLI once, with /exit; its log is below ~/.copilot/session-state.", ""),
            (
                "If it keeps its folder elsewhere, start Allclear with the same variable as Copilot CLI:",
                "COPILOT_HOME=/path/to/folder",
            ),
        ],
    ),
    guide(
        Kind::Logs,
        "qwen",
        "Qwen Code",
        "Every response, by project, session and model, those of its helpers too.",
        &[
            ("Use Qwen Code once; its sessions are below ~/.qwen/projects.", ""),
            (
                "If it keeps its folder elsewhere, start Allclear with the same variable as Qwen Code:",
                "QWEN_RUNTIME_DIR=/path/to/folder",
            ),
        ],
    ),
    guide(
        Kind::Logs,
        "cline",
        "Cline",
        "Every request, by project, session and model, at Cline's own figure of the cost, in editors and in the terminal.",
        &[
            (
                "Use Cline once; its sessions are below ~/.cline/data, older tasks in the folder that each editor has for it.",
                "",
            ),
            (
                "If it keeps its folder elsewhere, start Allclear with the same variable as Cline:",
                "CLINE_DATA_DIR=/path/to/folder",
            ),
        ],
    ),
    guide(
        Kind::Logs,
        "roo",
        "Roo Code and Kilo Code",
        "Every request, by project and task, at their own figure of the cost. They do not note which model answered.",
        &[
            ("Use one of them once; its tasks are in the editor's own folder, rooveterinaryinc.roo-cline/tasks.", ""),
            (
                "If the editor keeps that elsewhere, name the folder of the extension in {DATA}/config/sources.json:",
                "{ \"roo\": { \"roots\": [\"/path/to/rooveterinaryinc.roo-cline\"] } }",
            ),
        ],
    ),
    guide(
        Kind::Telemetry,
        "telemetry_events",
        "Claude Code, by OpenTelemetry",
        "What each request used and cost, while somebody works, also where logs cannot be read: in CI, in containers.",
        &[("Set these where Claude Code is started:", "{TELEMETRY}"), TOKEN_FOR_TELEMETRY],
    ),
    guide(
        Kind::Telemetry,
        "telemetry_metrics",
        "Other tools, by OpenTelemetry",
        "Tokens by model, of every tool that follows the conventions for generative AI, and Claude Code's own sums.",
        &[
            (
                "Set these where the tool is started:",
                "export OTEL_METRICS_EXPORTER=otlp\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nexport OTEL_EXPORTER_OTLP_ENDPOINT={HERE}",
            ),
            TOKEN_FOR_TELEMETRY,
        ],
    ),
    guide(
        Kind::Machines,
        "push",
        "A laptop that sends its usage here",
        "The same numbers as on this machine, by machine and by person. Days offline are sent later, and nothing counts twice.",
        &[
            ("Add it here, on the page Machines, or with:", "allclear machines add laptop"),
            ("Install Allclear on the laptop, put the token into ~/.allclear-token, and send:", "{PUSH}"),
        ],
    ),
    guide(
        Kind::Providers,
        "anthropic",
        "Anthropic API",
        "The usage of every workspace and key, and the bill of each day.",
        &[("An admin key of your organisation; a normal key is refused:", "ANTHROPIC_ADMIN_KEY=sk-ant-admin…")],
    ),
    guide(
        Kind::Providers,
        "openai",
        "OpenAI API",
        "The usage of every project, and what was billed for each day.",
        &[("An admin key, made by an owner of the organisation:", "OPENAI_ADMIN_KEY=sk-admin-…")],
    ),
    guide(
        Kind::Providers,
        "openrouter",
        "OpenRouter",
        "What was used and paid in the last 30 days.",
        &[("A management key:", "OPENROUTER_MANAGEMENT_KEY=sk-or-…")],
    ),
    guide(
        Kind::Providers,
        "litellm",
        "LiteLLM proxy",
        "What went through a proxy of your own, by key and model.",
        &[(
            "A key of the proxy, and where the proxy is:",
            "LITELLM_API_KEY=sk-…\nALLCLEAR_LITELLM_BASE_URL=https://proxy.example",
        )],
    ),
    guide(
        Kind::Providers,
        "manual",
        "Entries by hand",
        "Usage that no log saw.",
        &[(
            "Write it to {DATA}/tokens.json:",
            "{\"entries\": [{\"date\": \"2026-11-20\", \"project\": \"shop\", \"model\": \"claude-opus-5-5\", \"tokensIn\": 120000, \"tokensOut\": 6000}]}",
        )],
    ),
    guide(
        Kind::Providers,
        "import",
        "Files of other programs",
        "Usage from before: what ccusage reports, a CSV, or the folder of an earlier system.",
        &[("Look at what would be added, then leave --dry-run out:", "allclear import usage.csv --dry-run")],
    ),
];
