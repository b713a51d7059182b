//! `llvm-cov export -format=text`, which `cargo llvm-cov --json` passes on.
//!
//! <https://llvm.org/docs/CommandGuide/llvm-cov.html#llvm-cov-export>; its fields are told in `CoverageExporterJson.cpp`.

use serde::Deserialize;

use super::{CoverageReport, FileCoverage, ratio};

const TYPE: &str = "llvm.coverage.json.export";

#[derive(Deserialize)]
struct Export {
    data: Vec<Data>,
    r#type: String,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    files: Vec<File>,
    totals: Option<Summary>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    summary: Summary,
}

#[derive(Deserialize)]
struct Summary {
    lines: Lines,
}

#[derive(Deserialize)]
struct Lines {
    count: u64,
    covered: u64,
}

/// Reads the export, with or without the details of `-summary-only`.
///
/// # Errors
/// When it is not the documented JSON, in words.
pub fn parse(bytes: &[u8]) -> Result<CoverageReport, String> {
    let export: Export = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if export.r#type != TYPE {
        return Err(format!("its type is not {TYPE}"));
    }
    let mut report = CoverageReport::default();
    for data in export.data {
        for File { filename: path, summary } in data.files {
            let lines =
                ratio(summary.lines.covered, summary.lines.count).map_err(|error| format!("{path}: {error}"))?;
            report.files.push(FileCoverage { path, lines });
        }
        if let Some(Summary { lines }) = data.totals {
            report.total = Some(ratio(lines.covered, lines.count)?.plus(report.total.unwrap_or_default()));
        }
    }
    report.with_something()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ratio;

    #[test]
    fn the_summary_of_each_file_counts() {
        let report = parse(include_bytes!("../fixtures/llvm-cov.json")).expect("parses");
        assert_eq!(report.files.len(), 2);
        assert_eq!(report.files[0].lines, Ratio { covered: 41, total: 50 });
        assert_eq!(report.total, Some(Ratio { covered: 61, total: 80 }));
    }

    #[test]
    fn another_json_is_refused() {
        let error = |text: &str| parse(text.as_bytes()).expect_err("is refused");
        assert!(error(r#"{"data":[],"type":"x"}"#).contains(TYPE));
        assert!(error("{}").contains("missing field `data`"));
    }
}
