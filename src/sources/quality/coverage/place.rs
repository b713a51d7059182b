//! Where the files of a report lie in this project, and whether it is this project they lie in.

use super::{CoverageReport, FileCoverage, Side, side_of};
use crate::model::Ratio;
use crate::sources::quality::paths::{Home, is_absolute};

/// A source file of a report by its place in the project.
pub struct Placed {
    /// Relative to the project.
    pub path: String,
    pub side: Side,
    pub lines: Ratio,
}

/// Places the files of a report that lies in the package `base` (relative to the project, empty for its root).
///
/// # Errors
/// When it names files of another place alone, and so is no report of this project.
pub fn place(report: CoverageReport, home: &Home, base: &str, web: bool) -> Result<Vec<Placed>, String> {
    if report.files.is_empty() {
        // A sum without files is all of one side: that of the format's language.
        let side = if web { Side::Frontend } else { Side::Backend };
        let total = report.total.unwrap_or_default();
        return Ok(vec![Placed { path: base.to_owned(), side, lines: total }]);
    }
    let root = report.roots.iter().find(|root| is_absolute(root));
    let mut placed = Vec::with_capacity(report.files.len());
    let mut outside = None;
    for FileCoverage { path, lines } in report.files {
        let spelled = match root {
            Some(root) if !is_absolute(&path) => format!("{}/{path}", root.trim_end_matches('/')),
            _ => path,
        };
        match home.relative(&spelled, base) {
            Some(path) => placed.push(Placed { side: side_of(&path), path, lines }),
            None => outside = outside.or(Some(spelled)),
        }
    }
    match outside {
        // Beside our own files, those of the standard library or of generated code are just not ours.
        Some(outside) if placed.is_empty() => {
            Err(format!("it is about files outside of this project, such as {outside}"))
        }
        _ => Ok(placed),
    }
}
