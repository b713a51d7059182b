//! `tarpaulin-report.json`, written by `cargo tarpaulin --out Json`.
//!
//! <https://docs.rs/cargo-tarpaulin/latest/cargo_tarpaulin/report/>

use serde::Deserialize;

use super::{CoverageReport, FileCoverage, ratio};

#[derive(Deserialize)]
struct Report {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    /// The components of the path; the first of an absolute one is `/`.
    path: Vec<String>,
    covered: u64,
    coverable: u64,
}

/// Reads the report.
///
/// # Errors
/// When it is not the documented JSON, in words.
pub fn parse(bytes: &[u8]) -> Result<CoverageReport, String> {
    let report: Report = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let mut files = Vec::with_capacity(report.files.len());
    for file in report.files {
        let path = file.path.join("/").replace("//", "/");
        let lines = ratio(file.covered, file.coverable).map_err(|error| format!("{path}: {error}"))?;
        files.push(FileCoverage { path, lines });
    }
    if files.is_empty() {
        return Err("it names no file".to_owned());
    }
    Ok(CoverageReport { files, ..CoverageReport::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ratio;

    #[test]
    fn the_counts_of_each_file_count() {
        let report = parse(include_bytes!("../fixtures/tarpaulin-report.json")).expect("parses");
        let paths: Vec<&str> = report.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["/home/dev/ledger/src/lib.rs", "/home/dev/ledger/src/main.rs"]);
        assert_eq!(report.files[0].lines, Ratio { covered: 2, total: 3 });
    }

    #[test]
    fn impossible_counts_are_refused() {
        let error = parse(br#"{"files":[{"path":["/","a.rs"],"covered":3,"coverable":2}]}"#).expect_err("is refused");
        assert_eq!(error, "/a.rs: 3 lines covered of 2 cannot be");
    }
}
