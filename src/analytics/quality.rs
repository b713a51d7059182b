//! The quality of all projects together, day by day.
//!
//! A mean is over the projects that have data on that day: one without a report neither raises nor lowers it.

use std::collections::BTreeMap;

use crate::model::{QualityDay, QualityEntry, Ratio, percent_of};

/// Returns one row for each day with an entry, oldest first.
#[must_use]
pub fn quality_by_day(entries: &[QualityEntry]) -> Vec<QualityDay> {
    let mut days: BTreeMap<_, Vec<&QualityEntry>> = BTreeMap::new();
    for entry in entries {
        days.entry(entry.date).or_default().push(entry);
    }
    let day = |(date, entries): (_, Vec<&QualityEntry>)| {
        let mean = |value: &dyn Fn(&QualityEntry) -> Option<u64>| mean(entries.iter().filter_map(|entry| value(entry)));
        let coverage = |lines: Option<Ratio>| lines.and_then(Ratio::basis_points).map(u64::from);
        QualityDay {
            date,
            projects: entries.len() as u64,
            frontend_coverage: mean(&|entry| coverage(entry.coverage.frontend)),
            backend_coverage: mean(&|entry| coverage(entry.coverage.backend)),
            lighthouse: mean(&|entry| entry.lighthouse_score().map(|score| u64::from(score) * 100)),
            open_issues: mean(&|entry| entry.open_issues().map(|open| open.saturating_mul(100))),
        }
    };
    days.into_iter().map(day).collect()
}

/// The mean of hundredths, rounded to the nearest hundredth.
fn mean(values: impl Iterator<Item = u64>) -> Option<f64> {
    let (sum, count) = values.fold((0_u128, 0_u128), |(sum, count), value| (sum + u128::from(value), count + 1));
    let rounded = (count > 0).then(|| (sum * 2 + count) / (count * 2))?;
    Some(u32::try_from(rounded).map_or(f64::from(u32::MAX), percent_of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Markers;

    #[test]
    fn a_project_without_data_does_not_drag_the_mean() {
        let entry = |project: &str, date: &str, covered: Option<u64>, open: Option<u64>| {
            let mut entry = QualityEntry::unknown(project, date.parse().expect("a date"));
            entry.coverage.backend = covered.map(|covered| Ratio { covered, total: 100 });
            entry.markers = open.map(|todo| Markers { todo, ..Markers::default() });
            entry
        };
        let days = quality_by_day(&[
            entry("a", "2026-11-20", Some(80), Some(1)),
            entry("b", "2026-11-20", None, Some(2)),
            entry("c", "2026-11-20", Some(71), None),
            entry("a", "2026-11-19", None, None),
        ]);
        assert_eq!(days.len(), 2);
        assert_eq!((days[0].backend_coverage, days[0].open_issues, days[0].projects), (None, None, 1));
        assert_eq!((days[1].backend_coverage, days[1].open_issues, days[1].projects), (Some(75.5), Some(1.5), 3));
        assert_eq!((days[1].frontend_coverage, days[1].lighthouse), (None, None));
    }
}
