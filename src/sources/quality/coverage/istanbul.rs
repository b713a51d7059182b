//! `coverage-summary.json`, written by Istanbul's reporter `json-summary` (nyc, c8, Jest, Vitest).
//!
//! <https://github.com/istanbuljs/istanbuljs/tree/main/packages/istanbul-reports>

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{CoverageReport, FileCoverage, ratio};

/// The key beside the files that sums them up.
const TOTAL: &str = "total";

#[derive(Deserialize)]
struct Entry {
    lines: Lines,
}

#[derive(Deserialize)]
struct Lines {
    total: u64,
    covered: u64,
}

/// Reads the report.
///
/// # Errors
/// When it is not the documented JSON, in words.
pub fn parse(bytes: &[u8]) -> Result<CoverageReport, String> {
    let entries: BTreeMap<String, Entry> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let mut report = CoverageReport::default();
    for (path, Entry { lines }) in entries {
        let lines = ratio(lines.covered, lines.total).map_err(|error| format!("{path}: {error}"))?;
        if path == TOTAL {
            report.total = Some(lines);
        } else {
            report.files.push(FileCoverage { path, lines });
        }
    }
    report.with_something()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_total_are_counts() {
        let report = parse(include_bytes!("../fixtures/istanbul-coverage-summary.json")).expect("parses");
        let sum = report.files.iter().fold((0, 0), |sum, file| (sum.0 + file.lines.covered, sum.1 + file.lines.total));
        assert_eq!((report.files.len(), sum), (2, (10, 13)));
        assert_eq!(report.files[0].path, "/home/dev/shop/src/cart.ts");
        assert_eq!(report.total.map(|total| (total.covered, total.total)), Some(sum));
    }

    #[test]
    fn what_it_cannot_be_is_refused_in_words() {
        let error = |text: &str| parse(text.as_bytes()).expect_err("is refused");
        assert!(error(r#"{"total":{"lines":{"total":1,"covered":2}}}"#).contains("2 lines covered of 1"));
        assert!(error(r#"{"a.js":{"lines":{"total":-1,"covered":0}}}"#).contains("-1"));
        assert!(error(r#"{"a.js":{}}"#).contains("missing field `lines`"));
        assert!(error("{}").contains("names no file"));
        assert!(error("[1,2").contains("line 1"));
    }
}
