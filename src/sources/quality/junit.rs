//! Test results in JUnit's XML, as nearly every runner writes it.
//!
//! There is no standard; <https://github.com/testmoapp/junitxml> tells what tools agree on. Test cases are counted one
//! by one, because the sums in the attributes mean different things in different tools.

use chrono::{DateTime, Utc};

use super::xml::{self, Node};
use crate::model::TestCounts;

/// How a test case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// One test case by its name in its class, numbered when the same name comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCase {
    pub name: String,
    pub outcome: Outcome,
}

/// A report, parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestReport {
    pub cases: Vec<TestCase>,
    /// Absolute source paths it names, a few: enough to see whose report it is.
    pub paths: Vec<String>,
    pub made: Option<DateTime<Utc>>,
}

/// Enough to tell one project from another.
const PATHS_KEPT: usize = 8;

/// Reads the report.
///
/// # Errors
/// When it is not such XML, or cut off.
pub fn parse(bytes: &[u8]) -> Result<TestReport, String> {
    let mut report = TestReport::default();
    let (mut case, mut suites) = (None::<TestCase>, 0_u32);
    xml::walk(bytes, |node| {
        match node {
            Node::Open(element) => match (element.name().as_ref(), &mut case) {
                ("testsuites" | "testsuite", _) => {
                    suites += 1;
                    let stamp = xml::attribute(element, "timestamp")?;
                    // A time without a zone could be any; the file's own then has to do.
                    let stamp = stamp.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
                    report.made = report.made.max(stamp.map(|at| at.to_utc()));
                }
                ("testcase", _) => {
                    let part = |name| xml::attribute(element, name).map(Option::unwrap_or_default);
                    let (class, name, file) = (part("classname")?, part("name")?, part("file")?);
                    if super::paths::is_absolute(&file) && report.paths.len() < PATHS_KEPT {
                        report.paths.push(file);
                    }
                    case = Some(TestCase { name: format!("{class}\u{1f}{name}"), outcome: Outcome::Passed });
                }
                // A test that was tried again and passed in the end has `flakyFailure` instead.
                ("failure" | "error", Some(case)) => case.outcome = Outcome::Failed,
                ("skipped", Some(case)) if case.outcome == Outcome::Passed => case.outcome = Outcome::Skipped,
                _ => {}
            },
            Node::Close("testcase") => report.cases.extend(case.take()),
            Node::Close(_) | Node::Text(_) => {}
        }
        Ok(())
    })?;
    if suites == 0 {
        return Err("it has no <testsuite>".to_owned());
    }
    number_repeated(&mut report.cases);
    Ok(report)
}

/// Cases of one name are as many cases: parametrised tests often share theirs.
fn number_repeated(cases: &mut [TestCase]) {
    let mut seen = std::collections::HashMap::<String, u32>::new();
    for case in cases {
        let times = seen.entry(case.name.clone()).and_modify(|times| *times += 1).or_insert(1);
        if *times > 1 {
            case.name = format!("{}\u{1f}{times}", case.name);
        }
    }
}

/// Counts test cases.
#[must_use]
pub fn count(outcomes: impl IntoIterator<Item = Outcome>) -> TestCounts {
    let mut counts = TestCounts::default();
    for outcome in outcomes {
        match outcome {
            Outcome::Passed => counts.passed += 1,
            Outcome::Failed => counts.failed += 1,
            Outcome::Skipped => counts.skipped += 1,
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(bytes: &[u8]) -> (u64, u64, u64) {
        let TestCounts { passed, failed, skipped } =
            count(parse(bytes).expect("parses").cases.iter().map(|case| case.outcome));
        (passed, failed, skipped)
    }

    #[test]
    fn reports_of_three_runners_are_counted_case_by_case() {
        assert_eq!(counts(include_bytes!("fixtures/junit-vitest.xml")), (2, 1, 1));
        assert_eq!(counts(include_bytes!("fixtures/junit-pytest.xml")), (1, 1, 1));
        assert_eq!(counts(include_bytes!("fixtures/junit-nextest.xml")), (2, 1, 0));
    }

    #[test]
    fn a_flaky_test_passed_and_equal_names_are_several_tests() {
        let flaky = br#"<testsuite><testcase name="a"><flakyFailure message="once"/></testcase></testsuite>"#;
        assert_eq!(counts(flaky), (1, 0, 0));
        let twice = br#"<testsuite><testcase name="a"/><testcase name="a"><error/></testcase></testsuite>"#;
        let report = parse(twice).expect("parses");
        assert_ne!(report.cases[0].name, report.cases[1].name);
        assert_eq!(counts(twice), (1, 1, 0));
    }

    #[test]
    fn what_is_no_report_is_refused() {
        assert_eq!(parse(b"<html/>").expect_err("is refused"), "it has no <testsuite>");
        assert_eq!(parse(b"<testsuite><testcase name='a'>").expect_err("is refused"), "it ends in the middle");
        assert_eq!(counts(b"<testsuites/>"), (0, 0, 0));
    }
}
