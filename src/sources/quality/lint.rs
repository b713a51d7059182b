//! Findings of linters: SARIF, ESLint's own JSON, and the messages of clippy.

pub mod clippy;
pub mod eslint;
pub mod sarif;

use crate::model::LintCounts;

/// What one tool found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LintReport {
    /// In lower case: the same tool may have reported in two formats.
    pub tool: String,
    pub counts: LintCounts,
    /// The files it names, a few: enough to see whose report it is.
    pub paths: Vec<String>,
}

/// Enough to tell one project from another.
const PATHS_KEPT: usize = 8;

impl LintReport {
    fn of(tool: &str) -> LintReport {
        LintReport { tool: tool.to_lowercase(), ..LintReport::default() }
    }

    fn about(&mut self, path: &str) {
        if self.paths.len() < PATHS_KEPT {
            self.paths.push(path.to_owned());
        }
    }
}
