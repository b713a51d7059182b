//! `cargo clippy --message-format json`: one message a line.
//!
//! <https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages>

use std::collections::HashSet;

use serde::Deserialize;

use super::LintReport;

pub const TOOL: &str = "clippy";

#[derive(Deserialize)]
struct Line {
    reason: String,
    message: Option<Message>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    src_path: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    level: String,
    message: String,
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: u64,
    column_start: u64,
    is_primary: bool,
}

/// Reads the messages.
///
/// # Errors
/// When a line is not a message; it is named.
pub fn parse(bytes: &[u8]) -> Result<LintReport, String> {
    let mut report = LintReport::of(TOOL);
    // A library and its tests are compiled apart, and tell the same twice.
    let mut seen = HashSet::new();
    let mut lines = 0_u64;
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        lines += 1;
        let line: Line = serde_json::from_slice(line).map_err(|error| format!("line {}: {error}", number + 1))?;
        let Some(message) = line.message.filter(|_| line.reason == "compiler-message") else { continue };
        if let Some(path) = line.target.and_then(|target| target.src_path) {
            report.about(&path);
        }
        // The sums at the end ("3 warnings emitted") are about no place.
        let Some(span) = message.spans.iter().find(|span| span.is_primary) else { continue };
        let place = (span.file_name.clone(), span.line_start, span.column_start, message.message);
        if seen.insert(place) {
            match message.level.as_str() {
                "warning" => report.counts.warnings += 1,
                level if level.starts_with("error") => report.counts.errors += 1,
                _ => {}
            }
        }
    }
    if lines == 0 {
        return Err("it is empty".to_owned());
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_told_twice_counts_once_and_sums_count_not() {
        let report = parse(include_bytes!("../fixtures/clippy.json")).expect("parses");
        assert_eq!((report.counts.errors, report.counts.warnings), (0, 2));
        assert!(report.paths[0].starts_with("/home/dev/ledger/"), "{:?}", report.paths);
    }

    #[test]
    fn a_cut_off_line_is_named() {
        assert!(
            parse(b"{\"reason\":\"build-finished\",\"success\":true}\n{\"rea").expect_err("cut").starts_with("line 2")
        );
        assert_eq!(parse(b" \n").expect_err("is refused"), "it is empty");
    }
}
