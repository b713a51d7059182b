//! Runs of the sync engine and their steps, as stored, published and shown.

use serde::{Deserialize, Serialize};

use super::{ClientLive, Moment};

/// Who asked for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    Schedule,
    Manual,
    Startup,
    Cli,
    /// A log file changed on disk.
    Watch,
}

impl Trigger {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Trigger::Schedule => "schedule",
            Trigger::Manual => "manual",
            Trigger::Startup => "startup",
            Trigger::Cli => "cli",
            Trigger::Watch => "watch",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Trigger> {
        [Trigger::Schedule, Trigger::Manual, Trigger::Startup, Trigger::Cli, Trigger::Watch]
            .into_iter()
            .find(|trigger| trigger.as_str() == text)
    }
}

/// How a whole run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunStatus {
    Success,
    /// Some steps failed, others did not.
    Partial,
    Error,
    /// Another run held the lock.
    Skipped,
}

impl RunStatus {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RunStatus::Success => "success",
            RunStatus::Partial => "partial",
            RunStatus::Error => "error",
            RunStatus::Skipped => "skipped",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<RunStatus> {
        [RunStatus::Success, RunStatus::Partial, RunStatus::Error, RunStatus::Skipped]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepStatus {
    Success,
    /// Nothing to do: switched off, not set up, nothing found.
    Skipped,
    /// The provider asks to be left alone for a while: nothing is wrong, and the next run asks again.
    RateLimited,
    Error,
}

/// One step of a run: a source read, or analytics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncStep {
    /// `tokens`, `analytics`, …
    pub name: String,
    /// The source that was read, when the step reads sources one by one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<String>,
    pub status: StepStatus,
    /// A sentence for people: what was read, what was wrong, what to do.
    pub message: String,
    pub duration_ms: u64,
    /// Facts that were new or changed.
    #[serde(default)]
    pub rows: u64,
}

/// One run, the answer of every way to start one and a row of the sync log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncRun {
    pub id: String,
    pub trigger: Trigger,
    pub status: RunStatus,
    /// RFC 3339, UTC.
    pub started_at: String,
    pub duration_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    pub steps: Vec<SyncStep>,
}

/// A run in progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Running {
    pub id: String,
    pub trigger: Trigger,
    pub started_at: String,
    pub step: String,
    /// What the run waits for, in words: `Anthropic (api.anthropic.com): rate limited, retrying in 3 s`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub waiting: Option<String>,
    /// Bytes read and to read in this step; both 0 when unknown.
    pub done: u64,
    pub total: u64,
}

/// What `/events` carries: enough to draw the header, never a number of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LiveState {
    /// The program's version: a tab that was loaded from another one should reload.
    pub version: String,
    /// Number of the published snapshot; pages fetch again when it grows.
    pub snapshot: u64,
    pub running: Option<Running>,
    /// The last run that was not skipped.
    pub last: Option<SyncRun>,
    /// When all steps last succeeded.
    pub last_success: Option<Moment>,
    /// How the sync of each client's orders stands; for those who may see it.
    #[serde(default)]
    pub clients: Vec<ClientLive>,
    /// Grows when orders or clients change: pages of orders fetch again.
    #[serde(default)]
    pub orders: i64,
}

/// `data/sync-status.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncStatusFile {
    pub last_sync: String,
    pub last_success: Option<String>,
    pub status: RunStatus,
    pub duration_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    pub trigger: Trigger,
    pub next_run: Option<String>,
    pub steps: Vec<SyncStep>,
}

impl SyncRun {
    /// Facts that were new or changed in the whole run.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.steps.iter().map(|step| step.rows).sum()
    }
}
