//! JaCoCo's XML report.
//!
//! <https://www.jacoco.org/jacoco/trunk/coverage/report.dtd>

use chrono::DateTime;

use super::{CoverageReport, FileCoverage, ratio};
use crate::sources::quality::xml::{self, Node};

/// Reads the report.
///
/// # Errors
/// When it is not such XML, or cut off.
pub fn parse(bytes: &[u8]) -> Result<CoverageReport, String> {
    let mut report = CoverageReport::default();
    let (mut package, mut file) = (String::new(), None::<FileCoverage>);
    let mut seen_root = false;
    xml::walk(bytes, |node| {
        match node {
            Node::Open(element) => match element.name().as_ref() {
                "report" => seen_root = true,
                "sessioninfo" => {
                    let dump = xml::count(element, "dump")?.and_then(|stamp| i64::try_from(stamp).ok());
                    report.made = report.made.max(dump.and_then(DateTime::from_timestamp_millis));
                }
                "package" => package = xml::attribute(element, "name")?.unwrap_or_default(),
                "sourcefile" => {
                    let name = xml::attribute(element, "name")?.ok_or("a <sourcefile> has no name")?;
                    let path = if package.is_empty() { name } else { format!("{package}/{name}") };
                    file = Some(FileCoverage { path, lines: ratio(0, 0)? });
                }
                "counter" if xml::attribute(element, "type")?.as_deref() == Some("LINE") => {
                    // Classes and methods have counters of their own; those of the file are their union.
                    if let Some(file) = &mut file {
                        let (covered, missed) = (xml::required(element, "covered")?, xml::required(element, "missed")?);
                        file.lines = ratio(covered, covered.saturating_add(missed))?;
                    }
                }
                _ => {}
            },
            Node::Close("sourcefile") => report.files.extend(file.take()),
            Node::Close(_) | Node::Text(_) => {}
        }
        Ok(())
    })?;
    if !seen_root {
        return Err("it has no <report>".to_owned());
    }
    if report.files.is_empty() {
        return Err("it names no source file".to_owned());
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ratio;

    #[test]
    fn the_line_counter_of_each_source_file_counts() {
        let report = parse(include_bytes!("../fixtures/jacoco.xml")).expect("parses");
        assert_eq!(report.files.len(), 2);
        assert_eq!(report.files[0].path, "shop/till/Receipt.kt");
        assert_eq!(report.files[1].lines, Ratio { covered: 3, total: 4 });
        assert_eq!(report.made.map(|at| at.date_naive().to_string()).as_deref(), Some("2026-11-20"));
    }

    #[test]
    fn what_is_not_the_report_is_refused() {
        let error = |text: &str| parse(text.as_bytes()).expect_err("is refused");
        assert_eq!(error("<coverage/>"), "it has no <report>");
        assert_eq!(error("<report name='x'/>"), "it names no source file");
        let counter = "<report><package name='p'><sourcefile name='A.java'><counter type='LINE' covered='1'/></sourcefile></package></report>";
        assert_eq!(error(counter), "<counter> has no missed");
    }
}
