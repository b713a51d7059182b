//! The quality of all projects together, day by day.
//!
//! A mean is over the projects that have data: one without a report neither raises nor lowers it. What was last known of
//! a project holds until something else is: a folder that was not there for a day makes no step in the line.

use std::collections::BTreeMap;

use crate::model::{DateRange, QualityDay, QualityEntry, Ratio, percent_of};

/// Returns one row for each day of `range` on which anything was known, oldest first. `entries` may be older than that.
#[must_use]
pub fn quality_by_day<'a>(entries: impl Iterator<Item = &'a QualityEntry>, range: DateRange) -> Vec<QualityDay> {
    let mut ordered: Vec<&QualityEntry> = entries.collect();
    ordered.sort_by_key(|entry| entry.date);
    let mut known: BTreeMap<&str, &QualityEntry> = BTreeMap::new();
    let mut next = ordered.into_iter().peekable();
    let day = |date| {
        while let Some(entry) = next.next_if(|entry| entry.date <= date) {
            known.insert(&entry.project, entry);
        }
        let mean = |value: &dyn Fn(&QualityEntry) -> Option<u64>| mean(known.values().filter_map(|entry| value(entry)));
        let coverage = |lines: Option<Ratio>| lines.and_then(Ratio::basis_points).map(u64::from);
        let row = QualityDay {
            date,
            projects: known.len() as u64,
            frontend_coverage: mean(&|entry| coverage(entry.coverage.frontend)),
            backend_coverage: mean(&|entry| coverage(entry.coverage.backend)),
            lighthouse: mean(&|entry| entry.lighthouse_score().map(|score| u64::from(score) * 100)),
            open_issues: mean(&|entry| entry.open_issues().map(|open| open.saturating_mul(100))),
        };
        (!known.is_empty()).then_some(row)
    };
    range.iter().filter_map(day).collect()
}

/// The mean of hundredths, in whole hundredths.
fn mean(values: impl Iterator<Item = u64>) -> Option<f64> {
    let (sum, count) = values.fold((0_u128, 0_u128), |(sum, count), value| (sum + u128::from(value), count + 1));
    let mean = sum.checked_div(count)?;
    Some(u32::try_from(mean).map_or(f64::from(u32::MAX), percent_of))
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
        let entries = [
            entry("a", "2026-11-20", Some(80), Some(1)),
            entry("b", "2026-11-20", None, Some(2)),
            entry("c", "2026-09-01", Some(71), None),
            entry("a", "2026-11-19", None, None),
        ];
        let range = DateRange::ending("2026-11-21".parse().expect("a date"), 3);
        let days = quality_by_day(entries.iter(), range);
        assert_eq!(days.len(), 3);
        assert_eq!((days[0].backend_coverage, days[0].open_issues, days[0].projects), (Some(71.0), None, 2));
        assert_eq!((days[1].backend_coverage, days[1].open_issues, days[1].projects), (Some(75.5), Some(1.5), 3));
        assert_eq!((days[1].frontend_coverage, days[1].lighthouse), (None, None));
        let same = QualityDay { date: days[2].date, ..days[1].clone() };
        assert_eq!(days[2], same, "nobody looked on that day, and nothing is lost by it");
        assert_eq!(quality_by_day(entries[..1].iter(), range).len(), 2, "before the first entry nothing is known");
    }
}
