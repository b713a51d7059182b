//! From the snapshot to the finished tab. Pure.

use super::values::{looked_for, value};
use super::{FileLine, MeasureLine, Quality};
use crate::analytics::ProjectReport;
use crate::charts;
use crate::model::{DateRange, Evidence, Measure, QualityEntry, TechDebt};
use crate::pages::deadline::count;
use crate::sync::Snapshot;

/// As many days as the snapshot has.
const DAYS: u32 = 30;
/// More files of one number are shown on request.
const FILES_SHOWN: usize = 3;

pub(in crate::pages::project) fn quality(snapshot: &Snapshot, report: &ProjectReport) -> Quality {
    let sought = Measure::ALL.map(|measure| (capitalised(measure.label()), looked_for(measure).to_owned()));
    let is_known = |entry: &&QualityEntry| Measure::ALL.into_iter().any(|measure| value(entry, measure).is_some());
    let Some(entry) = report.quality.as_ref().filter(is_known) else {
        let notes = report.quality.as_ref().map(|entry| entry.notes.clone()).unwrap_or_default();
        let has_folder = report.folder.is_some();
        return Quality { empty: true, has_folder, sought: sought.into(), notes, ..Quality::default() };
    };
    let own: Vec<&QualityEntry> = snapshot.quality.iter().filter(|entry| entry.project == report.id).collect();
    Quality {
        date: entry.date.to_string(),
        measures: Measure::ALL.into_iter().map(|measure| line(entry, measure)).collect(),
        debt: (debt(entry.tech_debt).to_owned(), entry.tech_debt_reason.clone()),
        chart: charts::quality_lines(&own, DateRange::ending(snapshot.today, DAYS)),
        notes: entry.notes.clone(),
        empty: false,
        has_folder: report.folder.is_some(),
        sought: Vec::new(),
    }
}

fn line(entry: &QualityEntry, measure: Measure) -> MeasureLine {
    let name = capitalised(measure.label());
    let Some((value, detail)) = value(entry, measure) else {
        let detail = format!("Looked for: {}", looked_for(measure));
        return MeasureLine { name, value: "no data".to_owned(), detail, ..MeasureLine::default() };
    };
    let mut files: Vec<FileLine> = entry.evidence_of(measure).map(file).collect();
    if files.is_empty() {
        // As entries of the earlier system are.
        files.push(FileLine { made: "its file is not known".to_owned(), ..FileLine::default() });
    }
    let more = files.split_off(FILES_SHOWN.min(files.len()));
    MeasureLine { name, value, detail, files, more }
}

fn file(evidence: &Evidence) -> FileLine {
    let parts = [
        evidence.count.map(|count| format!("{count} of them")),
        evidence.modified.map(|day| day.to_string()),
        evidence.age_days.map(|days| match days {
            0 => "today".to_owned(),
            days => format!("{} old", count(days.into(), "day")),
        }),
    ];
    FileLine {
        file: evidence.place().to_owned(),
        made: parts.into_iter().flatten().collect::<Vec<_>>().join(", "),
        stale: evidence.stale,
    }
}

fn debt(debt: TechDebt) -> &'static str {
    match debt {
        TechDebt::None => "no data",
        TechDebt::Low => "low",
        TechDebt::Medium => "medium",
        TechDebt::High => "high",
    }
}

fn capitalised(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
