//! What a file is, by its name first and then by its first bytes. A file we do not know is passed over in silence.

use super::{lock_file, xml};

/// What a name lets one expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Guess {
    Is(Kind),
    /// Some XML report: its first element tells.
    Xml,
    /// A coverage report in JSON: its first key tells.
    CoverageJson,
    /// An audit: its first keys tell whose.
    Audit,
    /// A profile of Go, when it begins like one.
    MaybeGo,
    LockFile,
}

/// The reports that can be read. The order is that of preference when several are of the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Istanbul,
    LlvmCov,
    Tarpaulin,
    Go,
    Jacoco,
    Cobertura,
    Lcov,
    Lighthouse,
    Junit,
    Sarif,
    Eslint,
    Clippy,
    NpmAudit,
    CargoAudit,
}

/// Beside its reports Lighthouse CI keeps other things.
const NOT_LIGHTHOUSE: [&str; 3] = ["assertion-results.json", "links.json", "manifest.json"];

/// Looks at a name in one of the known places of a package.
pub(super) fn guess(place: &str, name: &str) -> Option<Guess> {
    if lock_file::is_lock_file(name) {
        return place.is_empty().then_some(Guess::LockFile);
    }
    let lower = name.to_ascii_lowercase();
    let has = |part: &str| lower.contains(part);
    let ends = |part: &str| lower.ends_with(part);
    Some(match () {
        () if lower == "coverage-summary.json" => Guess::Is(Kind::Istanbul),
        () if ends(".lcov") || ends("lcov.info") => Guess::Is(Kind::Lcov),
        () if ends(".sarif") || ends(".sarif.json") => Guess::Is(Kind::Sarif),
        () if ends(".xml") => Guess::Xml,
        () if ends(".out") || ends(".coverprofile") || lower == "coverage.txt" => Guess::MaybeGo,
        () if !(ends(".json") || ends(".jsonl") || ends(".ndjson")) => return None,
        () if has("tarpaulin") => Guess::Is(Kind::Tarpaulin),
        () if has("llvm-cov") || has("llvm_cov") => Guess::Is(Kind::LlvmCov),
        () if matches!(lower.as_str(), "coverage.json" | "cov.json") => Guess::CoverageJson,
        () if place == ".lighthouseci" && !NOT_LIGHTHOUSE.contains(&lower.as_str()) => Guess::Is(Kind::Lighthouse),
        () if lower == "lighthouserc.json" => return None,
        () if has("lighthouse") || lower.starts_with("lhr-") => Guess::Is(Kind::Lighthouse),
        () if has("eslintrc") => return None,
        () if has("eslint") => Guess::Is(Kind::Eslint),
        () if has("clippy") => Guess::Is(Kind::Clippy),
        () if has("audit") => Guess::Audit,
        () => return None,
    })
}

/// Says what a file is, from its first bytes; `None` when it is nothing we read.
pub(super) fn kind(guess: Guess, head: &[u8]) -> Option<Kind> {
    let start: String = String::from_utf8_lossy(head).chars().filter(|c| !c.is_whitespace()).take(2_000).collect();
    match guess {
        Guess::Is(kind) => Some(kind),
        Guess::Xml => {
            let (root, child) = xml::beginning(head)?;
            match (root.as_str(), child.as_deref()) {
                // Clover's report begins with the same word, and lies beside better ones.
                ("coverage", Some("project")) => None,
                ("coverage", _) => Some(Kind::Cobertura),
                ("report", _) => Some(Kind::Jacoco),
                ("testsuites" | "testsuite", _) => Some(Kind::Junit),
                _ => None,
            }
        }
        Guess::CoverageJson if start.starts_with("{\"data\":") => Some(Kind::LlvmCov),
        Guess::CoverageJson if start.starts_with("{\"files\":[") => Some(Kind::Tarpaulin),
        Guess::MaybeGo if start.starts_with("mode:") => Some(Kind::Go),
        Guess::Audit if start.starts_with("{\"database\":") || start.starts_with("{\"settings\":") => {
            Some(Kind::CargoAudit)
        }
        Guess::Audit if start.starts_with('{') => Some(Kind::NpmAudit),
        Guess::CoverageJson | Guess::MaybeGo | Guess::Audit | Guess::LockFile => None,
    }
}

impl Kind {
    /// What people call it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Kind::Istanbul => "Istanbul summary",
            Kind::LlvmCov => "llvm-cov export",
            Kind::Tarpaulin => "tarpaulin report",
            Kind::Go => "Go cover profile",
            Kind::Jacoco => "JaCoCo report",
            Kind::Cobertura => "Cobertura report",
            Kind::Lcov => "LCOV tracefile",
            Kind::Lighthouse => "Lighthouse report",
            Kind::Junit => "JUnit report",
            Kind::Sarif => "SARIF log",
            Kind::Eslint => "ESLint report",
            Kind::Clippy => "list of clippy messages",
            Kind::NpmAudit => "npm audit report",
            Kind::CargoAudit => "cargo audit report",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_first_bytes_tell_what_a_file_is() {
        let check = |place: &str, name: &str, head: &str, expected: Option<Kind>| {
            assert_eq!(guess(place, name).and_then(|guess| kind(guess, head.as_bytes())), expected, "{place}/{name}");
        };
        check("coverage", "coverage-summary.json", "{", Some(Kind::Istanbul));
        check("coverage", "lcov.info", "TN:", Some(Kind::Lcov));
        check("", "coverage.xml", "<?xml version=\"1.0\"?><coverage>", Some(Kind::Cobertura));
        check("coverage", "clover.xml", "<coverage clover=\"3.2.0\">\n  <project timestamp=\"1\">", None);
        check("", "pom.xml", "<project>", None);
        check("target/surefire-reports", "TEST-A.xml", "<testsuite name='a'>", Some(Kind::Junit));
        check("target/site/jacoco", "jacoco.xml", "<report name='a'>", Some(Kind::Jacoco));
        check("", "coverage.json", "{\n \"data\": [", Some(Kind::LlvmCov));
        check("", "coverage.json", "{\"meta\": {\"format\": 3}", None);
        check("", "coverage.out", "mode: set\n", Some(Kind::Go));
        check("", "nohup.out", "hello", None);
        check(".lighthouseci", "lhr-1795260924311.json", "{", Some(Kind::Lighthouse));
        check(".lighthouseci", "manifest.json", "[", None);
        check("", "npm-audit.json", "{\"auditReportVersion\": 2", Some(Kind::NpmAudit));
        check("", "audit.json", "{\"database\":{", Some(Kind::CargoAudit));
        check("", "package.json", "{", None);
        check("", ".eslintrc.json", "{", None);
    }

    #[test]
    fn a_lock_file_counts_where_a_package_is() {
        assert_eq!(guess("", "Cargo.lock"), Some(Guess::LockFile));
        assert_eq!(guess("target", "Cargo.lock"), None);
    }
}
