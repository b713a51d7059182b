//! The sync log, one line per step of a run.

use super::Cell;
use crate::model::{StepStatus, SyncRun, SyncStep};

/// The columns of the table of runs.
pub const RUNS: &[&str] = &[
    "run",
    "startedAt",
    "trigger",
    "status",
    "durationMs",
    "error",
    "step",
    "source",
    "stepStatus",
    "message",
    "stepDurationMs",
    "changedRows",
];

/// The steps of a run; a run without one is a line without a step.
#[must_use]
pub fn run_rows(run: &SyncRun) -> Vec<Vec<Cell<'_>>> {
    let of_run = || -> Vec<Cell<'_>> {
        vec![
            run.id.as_str().into(),
            run.started_at.as_str().into(),
            run.trigger.as_str().into(),
            run.status.as_str().into(),
            run.duration_ms.into(),
            run.error.as_deref().into(),
        ]
    };
    if run.steps.is_empty() {
        let mut row = of_run();
        row.resize(RUNS.len(), Cell::Empty);
        return vec![row];
    }
    run.steps.iter().map(|step| of_run().into_iter().chain(step_cells(step)).collect()).collect()
}

fn step_cells(step: &SyncStep) -> [Cell<'_>; 6] {
    [
        step.name.as_str().into(),
        step.source.as_deref().into(),
        word(step.status).into(),
        step.message.as_str().into(),
        step.duration_ms.into(),
        step.rows.into(),
    ]
}

const fn word(status: StepStatus) -> &'static str {
    match status {
        StepStatus::Success => "success",
        StepStatus::Skipped => "skipped",
        StepStatus::RateLimited => "rate-limited",
        StepStatus::Error => "error",
    }
}
