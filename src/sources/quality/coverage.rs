//! Line coverage: what every format comes down to, and how several reports become one number for each side.
//!
//! Pure. The parsers return counts per file; a share is never taken over from a report, because shares cannot be added.

pub mod cobertura;
pub mod go;
pub mod istanbul;
pub mod jacoco;
pub mod lcov;
pub mod llvm_cov;
mod place;
mod side;
pub mod tarpaulin;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::model::{Coverage, Ratio};
pub(super) use place::{Placed, place};
pub use side::{Side, side_of};

/// What a report says of one source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileCoverage {
    /// As the report spells it.
    pub path: String,
    pub lines: Ratio,
}

/// One report, parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoverageReport {
    pub files: Vec<FileCoverage>,
    /// Of a report that names no files.
    pub total: Option<Ratio>,
    /// Folders the paths may be relative to, as the report spells them.
    pub roots: Vec<String>,
    /// When it says it was made.
    pub made: Option<DateTime<Utc>>,
}

impl CoverageReport {
    /// Refuses a report that says nothing.
    fn with_something(self) -> Result<CoverageReport, String> {
        if self.files.is_empty() && self.total.is_none() {
            return Err("it names no file and no total".to_owned());
        }
        Ok(self)
    }
}

/// Refuses counts that cannot be.
pub(super) fn ratio(covered: u64, total: u64) -> Result<Ratio, String> {
    if covered > total {
        return Err(format!("{covered} lines covered of {total} cannot be"));
    }
    Ok(Ratio { covered, total })
}

/// The lines of files, gathered in any order: a line that is named more than once is one line, covered if it ever was.
#[derive(Default)]
pub(super) struct Lines {
    files: HashMap<String, Vec<(u32, bool)>>,
}

impl Lines {
    pub(super) fn of(&mut self, path: &str) -> &mut Vec<(u32, bool)> {
        self.files.entry(path.to_owned()).or_default()
    }

    pub(super) fn finish(self) -> Vec<FileCoverage> {
        let count = |(path, mut lines): (String, Vec<(u32, bool)>)| {
            lines.sort_unstable_by_key(|(line, hit)| (*line, !*hit));
            lines.dedup_by_key(|(line, _)| *line);
            let covered = lines.iter().filter(|(_, hit)| *hit).count() as u64;
            FileCoverage { path, lines: Ratio { covered, total: lines.len() as u64 } }
        };
        let mut files: Vec<FileCoverage> = self.files.into_iter().map(count).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    }
}

/// Adds files up by side. `None` for a side of which no file has a line.
#[must_use]
pub fn add_up<'a>(files: impl IntoIterator<Item = (Side, &'a Ratio)>) -> Coverage {
    let mut coverage = Coverage::default();
    for (side, lines) in files.into_iter().filter(|(_, lines)| lines.total > 0) {
        let sum = match side {
            Side::Frontend => &mut coverage.frontend,
            Side::Backend => &mut coverage.backend,
        };
        *sum = Some(sum.unwrap_or_default().plus(*lines));
    }
    coverage
}
