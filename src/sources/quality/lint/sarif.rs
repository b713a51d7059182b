//! SARIF 2.1.0, which CodeQL, Semgrep, ESLint, clippy-sarif and many others write.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>, sections 3.27.9 (kind), 3.27.10 (level) and
//! 3.27.23 (suppressions)

use std::collections::HashMap;

use serde::Deserialize;

use super::LintReport;

#[derive(Deserialize)]
struct Log {
    version: String,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    tool: Tool,
    /// Absent when the scan did not end.
    results: Option<Vec<Finding>>,
}

#[derive(Deserialize)]
struct Tool {
    driver: Driver,
}

#[derive(Deserialize)]
struct Driver {
    name: String,
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    default_configuration: Option<Configuration>,
}

#[derive(Deserialize)]
struct Configuration {
    level: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    level: Option<String>,
    kind: Option<String>,
    rule_id: Option<String>,
    #[serde(default)]
    locations: Vec<Location>,
    suppressions: Option<Vec<Suppression>>,
}

#[derive(Deserialize)]
struct Suppression {
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Option<PhysicalLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Option<ArtifactLocation>,
}

#[derive(Deserialize)]
struct ArtifactLocation {
    uri: Option<String>,
}

/// Reads the log: one report for each tool in it.
///
/// # Errors
/// When it is not SARIF 2.1, or a scan in it did not end.
pub fn parse(bytes: &[u8]) -> Result<Vec<LintReport>, String> {
    let log: Log = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if !log.version.starts_with("2.1") {
        return Err("its version is not 2.1".to_owned());
    }
    let mut reports: Vec<LintReport> = Vec::new();
    for run in log.runs {
        let driver = run.tool.driver;
        let findings = run.results.ok_or_else(|| format!("{} did not finish its scan", driver.name))?;
        let name = driver.name.to_lowercase();
        let at = reports.iter().position(|report| report.tool == name).unwrap_or(reports.len());
        if at == reports.len() {
            reports.push(LintReport::of(&name));
        }
        let levels: HashMap<&str, &str> = driver.rules.iter().filter_map(Rule::level).collect();
        for finding in &findings {
            finding.count(&levels, &mut reports[at]);
        }
    }
    if reports.is_empty() {
        return Err("it has no run".to_owned());
    }
    Ok(reports)
}

impl Rule {
    fn level(&self) -> Option<(&str, &str)> {
        Some((&self.id, self.default_configuration.as_ref()?.level.as_deref()?))
    }
}

impl Finding {
    fn count(&self, levels: &HashMap<&str, &str>, report: &mut LintReport) {
        let uri = |location: &Location| location.physical_location.as_ref()?.artifact_location.as_ref()?.uri.clone();
        if let Some(uri) = self.locations.iter().find_map(uri) {
            report.about(&uri);
        }
        let is_accepted =
            |suppression: &Suppression| suppression.status.as_deref().is_none_or(|status| status == "accepted");
        let suppressed = self.suppressions.as_ref().is_some_and(|all| !all.is_empty() && all.iter().all(is_accepted));
        if suppressed || self.kind.as_deref().is_some_and(|kind| kind != "fail") {
            return;
        }
        let of_rule = || self.rule_id.as_deref().and_then(|id| levels.get(id).copied());
        match self.level.as_deref().or_else(of_rule).unwrap_or("warning") {
            "error" => report.counts.errors += 1,
            "warning" => report.counts.warnings += 1,
            // Notes are no findings.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_of_a_real_log_are_counted_by_level() {
        let reports = parse(include_bytes!("../fixtures/eslint.sarif")).expect("parses");
        assert_eq!((reports.len(), reports[0].tool.as_str()), (1, "eslint"));
        assert_eq!((reports[0].counts.errors, reports[0].counts.warnings), (1, 2));
        assert_eq!(reports[0].paths[0], "file:///home/dev/shop/src/label.js");
    }

    #[test]
    fn a_level_comes_from_the_rule_and_what_was_accepted_is_no_finding() {
        let text = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T","rules":[
            {"id":"r","defaultConfiguration":{"level":"error"}}]}},"results":[
            {"ruleId":"r"}, {"ruleId":"unknown"}, {"level":"note"}, {"ruleId":"r","kind":"pass"},
            {"ruleId":"r","suppressions":[{"kind":"inSource"}]},
            {"ruleId":"r","suppressions":[{"kind":"external","status":"rejected"}]}]}]}"#;
        let reports = parse(text.as_bytes()).expect("parses");
        assert_eq!((reports[0].counts.errors, reports[0].counts.warnings), (2, 1));
    }

    #[test]
    fn a_scan_that_did_not_end_is_not_zero_findings() {
        let error = |text: &str| parse(text.as_bytes()).expect_err("is refused");
        let cut = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Semgrep"}}}]}"#;
        assert_eq!(error(cut), "Semgrep did not finish its scan");
        assert_eq!(error(r#"{"version":"1.0.0","runs":[]}"#), "its version is not 2.1");
        assert_eq!(error(r#"{"version":"2.1.0","runs":[]}"#), "it has no run");
    }
}
