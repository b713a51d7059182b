//! `eslint --format json`.
//!
//! <https://eslint.org/docs/latest/use/formatters/#json>

use serde::Deserialize;

use super::LintReport;

pub const TOOL: &str = "eslint";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    file_path: String,
    error_count: u64,
    warning_count: u64,
}

/// Reads the report.
///
/// # Errors
/// When it is not the documented JSON, in words.
pub fn parse(bytes: &[u8]) -> Result<LintReport, String> {
    let files: Vec<File> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let mut report = LintReport::of(TOOL);
    for file in files {
        report.about(&file.file_path);
        report.counts.errors = report.counts.errors.saturating_add(file.error_count);
        report.counts.warnings = report.counts.warnings.saturating_add(file.warning_count);
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_warnings_of_all_files_add_up() {
        let report = parse(include_bytes!("../fixtures/eslint.json")).expect("parses");
        assert_eq!((report.counts.errors, report.counts.warnings), (1, 2));
        assert_eq!(report.paths, ["/home/dev/shop/src/label.js"]);
        assert_eq!(parse(b"[]").expect("no file, no finding").counts.errors, 0);
    }

    #[test]
    fn another_json_is_refused() {
        assert!(parse(b"{}").is_err() && parse(br#"[{"filePath":"a"}]"#).is_err());
    }
}
