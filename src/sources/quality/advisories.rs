//! Known vulnerabilities of dependencies, as `npm audit --json` (pnpm too) and `cargo audit --json` tell them.
//!
//! <https://docs.npmjs.com/cli/commands/npm-audit>, <https://docs.rs/rustsec/latest/rustsec/report/>

use cvss::Cvss;
use serde::Deserialize;

use crate::model::Advisories;

#[derive(Deserialize)]
struct Npm {
    metadata: Option<NpmMetadata>,
    /// What npm prints instead of a report when it could not ask.
    error: Option<serde::de::IgnoredAny>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct NpmMetadata {
    vulnerabilities: NpmCounts,
}

#[derive(Deserialize)]
struct NpmCounts {
    #[serde(default)]
    info: u64,
    low: u64,
    moderate: u64,
    high: u64,
    critical: u64,
}

/// Reads the report of `npm audit --json`. What npm calls information is counted as low.
///
/// # Errors
/// When it is not the documented JSON, or npm could not ask.
pub fn parse_npm(bytes: &[u8]) -> Result<Advisories, String> {
    let report: Npm = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if report.error.is_some() {
        return Err(format!("npm audit failed: {}", report.message.as_deref().unwrap_or("it does not say why")));
    }
    let NpmCounts { info, low, moderate, high, critical } =
        report.metadata.ok_or("it has no metadata.vulnerabilities")?.vulnerabilities;
    Ok(Advisories { critical, high, moderate, low: low.saturating_add(info), unrated: 0 })
}

#[derive(Deserialize)]
struct Cargo {
    vulnerabilities: CargoVulnerabilities,
}

#[derive(Deserialize)]
struct CargoVulnerabilities {
    list: Vec<CargoVulnerability>,
}

#[derive(Deserialize)]
struct CargoVulnerability {
    advisory: CargoAdvisory,
}

#[derive(Deserialize)]
struct CargoAdvisory {
    cvss: Option<String>,
}

/// Reads the report of `cargo audit --json`. Warnings, such as of crates nobody maintains, are no vulnerabilities.
///
/// # Errors
/// When it is not the documented JSON.
pub fn parse_cargo(bytes: &[u8]) -> Result<Advisories, String> {
    let report: Cargo = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let mut counts = Advisories::default();
    for CargoVulnerability { advisory } in report.vulnerabilities.list {
        let severity = advisory.cvss.and_then(|vector| vector.parse::<Cvss>().ok()).map(|cvss| cvss.severity());
        match severity {
            Some(cvss::Severity::Critical) => counts.critical += 1,
            Some(cvss::Severity::High) => counts.high += 1,
            Some(cvss::Severity::Medium) => counts.moderate += 1,
            Some(cvss::Severity::Low) => counts.low += 1,
            Some(cvss::Severity::None) | None => counts.unrated += 1,
        }
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npm_counts_by_severity() {
        let counts = parse_npm(include_bytes!("fixtures/npm-audit.json")).expect("parses");
        assert_eq!(counts, Advisories { critical: 1, high: 2, moderate: 1, low: 1, unrated: 0 });
    }

    #[test]
    fn an_audit_that_failed_is_not_zero_advisories() {
        let error = parse_npm(include_bytes!("fixtures/npm-audit-failed.json")).expect_err("is refused");
        assert!(error.starts_with("npm audit failed: 405 Method Not Allowed"), "{error}");
        assert_eq!(parse_npm(b"{}").expect_err("is refused"), "it has no metadata.vulnerabilities");
    }

    #[test]
    fn cargo_audit_is_rated_by_its_vectors() {
        let counts = parse_cargo(include_bytes!("fixtures/cargo-audit.json")).expect("parses");
        assert_eq!(counts, Advisories { critical: 1, high: 1, moderate: 0, low: 0, unrated: 1 });
        assert!(parse_cargo(b"{}").is_err());
    }
}
