//! Taking over `data/quality.json`: as the earlier system wrote it, or as this program published it.
//!
//! Read while the database knows no quality. The earlier system wrote 0 for what it did not know (behaviours 2.2), so
//! an entry whose scores are all 0 says nothing, and neither does a coverage of 0 beside one that is not.

use std::path::Path;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::analytics::health::tech_debt;
use crate::model::{Evidence, Markers, Measure, QualityEntry, Ratio};

/// Ten thousand entries are a few megabytes.
const MAX_BYTES: u64 = 64 << 20;
/// What numbers that name no other file come from.
const FILE: &str = "data/quality.json";

/// Returns the entries of the file up to today, none when there is no such file.
///
/// # Errors
/// When the file cannot be understood.
pub(super) fn entries(file: &Path, today: NaiveDate) -> anyhow::Result<Vec<QualityEntry>> {
    match std::fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Ok(metadata) if metadata.len() > MAX_BYTES => anyhow::bail!("it is larger than {} MB", MAX_BYTES >> 20),
        _ => {}
    }
    let values: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let mut entries: Vec<QualityEntry> = values.iter().filter_map(entry).filter(|entry| entry.date <= today).collect();
    // Stable: of several for a day the last one holds.
    entries.sort_by(|a, b| (&a.project, a.date).cmp(&(&b.project, b.date)));
    entries.reverse();
    entries.dedup_by(|a, b| (&a.project, a.date) == (&b.project, b.date));
    entries.reverse();
    Ok(entries)
}

fn entry(value: &Value) -> Option<QualityEntry> {
    let project = value.get("project")?.as_str().filter(|project| !project.is_empty())?;
    let date: NaiveDate = value.get("date")?.as_str()?.get(..10)?.parse().ok()?;
    let mut entry = QualityEntry::unknown(project, date);
    let own = value.get("evidence").is_some();
    entry.coverage.frontend = coverage(value, "frontend", own);
    entry.coverage.backend = coverage(value, "backend", own);
    entry.lighthouse = field(value, "lighthouse").or_else(|| {
        let performance = number(value.get("lighthouseScore")?, own).filter(|score| *score <= 100.0)?;
        Some(crate::model::Lighthouse { performance: Some(performance.round() as u8), ..Default::default() })
    });
    let scanned = own || entry.coverage.mean_basis_points().is_some() || entry.lighthouse.is_some();
    entry.markers = field(value, "openIssuesByKind").or_else(|| {
        let todo = value.get("openIssues")?.as_u64().filter(|open| scanned || *open > 0)?;
        Some(Markers { todo, ..Markers::default() })
    });
    entry.tests = field(value, "tests");
    entry.lint = field(value, "lint");
    entry.advisories = field(value, "advisories");
    entry.lock_file_age_days = field(value, "lockFileAgeDays");
    entry.notes = field(value, "notes").unwrap_or_default();
    entry.evidence = field(value, "evidence").unwrap_or_else(|| evidence(&entry));
    (entry.tech_debt, entry.tech_debt_reason) = tech_debt(&entry);
    Some(entry)
}

fn coverage(value: &Value, side: &str, own: bool) -> Option<Ratio> {
    let coverage = value.get("testCoverage")?;
    if let Some(lines) = coverage.get("lines").and_then(|lines| field(lines, side)) {
        return Some(lines);
    }
    let percent = number(coverage.get(side)?, own).filter(|percent| *percent <= 100.0)?;
    Some(Ratio { covered: (percent * 100.0).round() as u64, total: 10_000 })
}

/// A number that says something.
fn number(value: &Value, zero_counts: bool) -> Option<f64> {
    value.as_f64().filter(|number| *number > 0.0 || (zero_counts && *number == 0.0))
}

fn field<T: DeserializeOwned>(value: &Value, name: &str) -> Option<T> {
    let value = value.get(name).filter(|value| !value.is_null())?;
    serde_json::from_value(value.clone()).ok()
}

fn evidence(entry: &QualityEntry) -> Vec<Evidence> {
    let known = [
        (Measure::FrontendCoverage, entry.coverage.frontend.is_some()),
        (Measure::BackendCoverage, entry.coverage.backend.is_some()),
        (Measure::Lighthouse, entry.lighthouse.is_some()),
        (Measure::OpenIssues, entry.markers.is_some()),
    ];
    let of = |measure| Evidence {
        measure,
        file: FILE.to_owned(),
        count: None,
        modified: Some(entry.date),
        age_days: Some(0),
        stale: false,
    };
    known.into_iter().filter(|(_, known)| *known).map(|(measure, _)| of(measure)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(entries: &Value) -> Vec<QualityEntry> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("quality.json");
        std::fs::write(&file, entries.to_string()).expect("writes");
        super::entries(&file, "2026-11-20".parse().expect("a date")).expect("is understood")
    }

    #[test]
    fn a_zero_of_the_earlier_system_is_no_data() {
        let found = read(&json!([
            {"project": "shop", "date": "2026-11-01", "testCoverage": {"frontend": 0, "backend": 0}, "lighthouseScore": 0,
             "openIssues": 0, "techDebt": "none"},
            {"project": "shop", "date": "2026-11-02", "testCoverage": {"frontend": 81.5, "backend": 0},
             "lighthouseScore": 92, "openIssues": 0, "techDebt": "low"},
            {"project": "shop", "date": "2026-11-02", "testCoverage": {"frontend": 82.5, "backend": 0}},
            {"project": "shop", "date": "2027-01-01"}, {"project": "", "date": "2026-11-01"}, "nonsense"
        ]));
        let [first, second] = &found[..] else { panic!("{found:?}") };
        assert_eq!((first.coverage.mean_basis_points(), first.lighthouse, first.markers), (None, None, None));
        assert!(first.evidence.is_empty());
        assert_eq!(second.coverage.frontend.and_then(Ratio::percent), Some(82.5), "the last of a day");
        assert_eq!((second.coverage.backend, second.evidence.len()), (None, 1));
        assert_eq!(second.evidence[0].file, "data/quality.json");
    }

    #[test]
    fn what_was_published_comes_back_as_it_was() {
        let mut entry = QualityEntry::unknown("shop", "2026-11-19".parse().expect("a date"));
        entry.coverage.backend = Some(Ratio { covered: 0, total: 7 });
        entry.markers = Some(Markers { todo: 0, fixme: 2, hack: 0 });
        entry.evidence = evidence(&entry);
        (entry.tech_debt, entry.tech_debt_reason) = tech_debt(&entry);
        assert_eq!(read(&serde_json::to_value([entry.published()]).expect("is JSON")), [entry]);
    }

    #[test]
    fn a_file_that_is_no_list_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("quality.json");
        let today = "2026-11-20".parse().expect("a date");
        assert!(entries(&file, today).expect("nothing to take over").is_empty());
        std::fs::write(&file, "{").expect("writes");
        assert!(entries(&file, today).is_err());
    }
}
