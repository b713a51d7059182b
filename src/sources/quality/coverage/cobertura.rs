//! Cobertura XML: `coverage.xml` of coverage.py and many others.
//!
//! <https://raw.githubusercontent.com/cobertura/web/master/htdocs/xml/coverage-04.dtd>

use chrono::DateTime;

use super::{CoverageReport, Lines, ratio};
use crate::sources::quality::xml::{self, Node};

/// Timestamps above are milliseconds, below seconds: the format does not say which, and tools differ.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// Reads the report.
///
/// # Errors
/// When it is not such XML, or cut off.
pub fn parse(bytes: &[u8]) -> Result<CoverageReport, String> {
    let mut report = CoverageReport::default();
    let mut lines = Lines::default();
    let mut seen_root = false;
    // Methods repeat the lines of their class; only those of the class count.
    let (mut class, mut in_methods, mut in_source) = (None::<String>, false, false);
    xml::walk(bytes, |node| {
        match node {
            Node::Open(element) => match element.name().as_ref() {
                "coverage" => {
                    seen_root = true;
                    let stamp = xml::attribute(element, "timestamp")?.and_then(|text| text.parse::<i64>().ok());
                    report.made = stamp.filter(|stamp| *stamp > 0).and_then(|stamp| {
                        let seconds = if stamp >= FIRST_MILLISECONDS { stamp / 1000 } else { stamp };
                        DateTime::from_timestamp(seconds, 0)
                    });
                    let counts = (xml::count(element, "lines-covered"), xml::count(element, "lines-valid"));
                    if let (Ok(Some(covered)), Ok(Some(valid))) = counts {
                        report.total = Some(ratio(covered, valid)?);
                    }
                }
                "source" => in_source = true,
                "methods" => in_methods = true,
                "class" => {
                    let file = xml::attribute(element, "filename")?.ok_or("a <class> has no filename")?;
                    lines.of(&file);
                    class = Some(file);
                }
                "line" if !in_methods => {
                    let (number, hits) = (xml::required(element, "number")?, xml::required(element, "hits")?);
                    let number = u32::try_from(number).map_err(|_| "a <line> has an impossible number")?;
                    let file = class.as_deref().ok_or("a <line> stands outside of a <class>")?;
                    lines.of(file).push((number, hits > 0));
                }
                _ => {}
            },
            Node::Text(text) if in_source && !text.trim().is_empty() => report.roots.push(text.trim().to_owned()),
            Node::Text(_) => {}
            Node::Close("source") => in_source = false,
            Node::Close("methods") => in_methods = false,
            Node::Close("class") => class = None,
            Node::Close(_) => {}
        }
        Ok(())
    })?;
    if !seen_root {
        return Err("it has no <coverage>".to_owned());
    }
    report.files = lines.finish();
    if report.files.is_empty() && report.total.is_none() {
        return Err("it names no class and no total".to_owned());
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ratio;

    #[test]
    fn reports_of_two_tools_count_the_lines_of_their_classes() {
        let python = parse(include_bytes!("../fixtures/cobertura-coverage-py.xml")).expect("parses");
        assert_eq!(python.files.len(), 1);
        assert_eq!(
            (python.files[0].path.as_str(), python.files[0].lines),
            ("stock.py", Ratio { covered: 6, total: 8 })
        );
        assert_eq!(python.roots, ["/home/dev/till"]);
        assert_eq!(python.made.map(|at| at.date_naive().to_string()).as_deref(), Some("2026-11-21"));
        let vitest = parse(include_bytes!("../fixtures/cobertura-istanbul.xml")).expect("parses");
        let covered: Vec<u64> = vitest.files.iter().map(|file| file.lines.covered).collect();
        assert_eq!(covered, [7, 3], "the lines of methods are not counted twice");
    }

    #[test]
    fn classes_of_one_file_share_its_lines_and_seconds_are_no_milliseconds() {
        let text = r#"<coverage timestamp="1795260924"><packages><package><classes>
            <class filename="A.cs"><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class>
            <class filename="A.cs"><lines><line number="2" hits="4"/><line number="3" hits="0"/></lines></class>
            </classes></package></packages></coverage>"#;
        let report = parse(text.as_bytes()).expect("parses");
        assert_eq!(report.files[0].lines, Ratio { covered: 2, total: 3 });
        assert_eq!(report.made.map(|at| at.date_naive().to_string()).as_deref(), Some("2026-11-21"));
    }

    #[test]
    fn what_is_not_the_report_is_refused() {
        let error = |text: &str| parse(text.as_bytes()).expect_err("is refused");
        assert_eq!(error("<html/>"), "it has no <coverage>");
        assert_eq!(error("<coverage/>"), "it names no class and no total");
        assert_eq!(
            error(r#"<coverage><class filename="a"><line number="x"/></class></coverage>"#),
            "<line>: number is not a count"
        );
        assert_eq!(error(r#"<coverage><class filename="a"><line number="1" hits="1"/>"#), "it ends in the middle");
    }
}
