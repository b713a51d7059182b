//! From all reports of a project to its measures: which report counts for what.
//!
//! Within a package the newest report of a kind wins, packages add up, and what is far older than the newest is left
//! out. Coverage is decided for each side by itself: the newest report with lines of that side names the format, and
//! reports of that format from other packages add the files it does not name.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rayon::prelude::*;

use super::coverage::{Placed, Side, add_up};
use super::find::Found;
use super::junit;
use super::paths::Home;
use super::recognise::Guess;
use super::report::{self, Report, Says};
use crate::model::{Advisories, Evidence, LintCounts, Measure, QualityEntry, Ratio, STALE_AFTER_DAYS};

/// Files named for one measure; a test run may write one for each class.
const EVIDENCE_KEPT: usize = 20;

/// Reads the reports and fills in what they say. Returns what was wrong with them.
pub(super) fn gather(entry: &mut QualityEntry, home: &Home, root: &Path, found: Vec<Found>) -> Vec<String> {
    let today = entry.date;
    let (locks, found): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|file| file.guess == Guess::LockFile);
    let outcomes: Vec<report::Outcome> = found.par_iter().map(|file| report::read(home, root, file, today)).collect();
    let mut notes = Vec::new();
    let mut reports = Vec::new();
    for (report, said) in outcomes {
        notes.extend(said);
        reports.extend(report);
    }
    // The newest first; of the same time the one that says most, then by name, so that the result is always the same.
    reports.sort_by(|a, b| b.made.cmp(&a.made).then(a.kind.cmp(&b.kind)).then_with(|| a.path.cmp(&b.path)));
    let mut gathered = Gathered { entry, today };
    gathered.coverage(&reports);
    gathered.lighthouse(&reports);
    gathered.tests(&reports);
    gathered.lint(&reports);
    gathered.advisories(&reports);
    gathered.lock_files(&locks, &mut notes);
    notes
}

struct Gathered<'a> {
    entry: &'a mut QualityEntry,
    today: NaiveDate,
}

impl Gathered<'_> {
    fn coverage(&mut self, reports: &[Report]) {
        for (side, measure) in [(Side::Frontend, Measure::FrontendCoverage), (Side::Backend, Measure::BackendCoverage)]
        {
            let of_side = reports.iter().filter_map(|report| match &report.says {
                Says::Coverage(files) => {
                    let files: Vec<&Placed> =
                        files.iter().filter(|file| file.side == side && file.lines.total > 0).collect();
                    (!files.is_empty()).then_some((report, files))
                }
                _ => None,
            });
            let mut first: Option<&Report> = None;
            let (mut packages, mut seen) = (HashSet::new(), HashSet::new());
            let mut counted: Vec<(Side, Ratio)> = Vec::new();
            for (report, files) in of_side {
                let newest = *first.get_or_insert(report);
                if report.kind != newest.kind || is_outdated(report, newest) || !packages.insert(&report.base) {
                    continue;
                }
                let files = files.into_iter().filter(|file| seen.insert(&file.path));
                counted.extend(files.map(|file| (side, file.lines)));
                self.cite(measure, &report.path, report.made);
            }
            let sum = add_up(counted.iter().map(|(side, lines)| (*side, lines)));
            match side {
                Side::Frontend => self.entry.coverage.frontend = sum.frontend,
                Side::Backend => self.entry.coverage.backend = sum.backend,
            }
        }
    }

    fn lighthouse(&mut self, reports: &[Report]) {
        let newest = reports.iter().find_map(|report| match report.says {
            Says::Lighthouse(scores) => Some((report, scores)),
            _ => None,
        });
        if let Some((report, scores)) = newest {
            self.entry.lighthouse = Some(scores);
            self.cite(Measure::Lighthouse, &report.path, report.made);
        }
    }

    fn tests(&mut self, reports: &[Report]) {
        let of_tests = reports.iter().filter_map(|report| match &report.says {
            Says::Tests(cases) => Some((report, cases)),
            _ => None,
        });
        let (mut first, mut seen, mut outcomes) = (None, HashSet::new(), Vec::new());
        for (report, cases) in of_tests {
            if is_outdated(report, first.get_or_insert(report)) {
                continue;
            }
            // The same test in two reports of a package is the newer one's; what a run wrote in pieces adds up.
            let before = outcomes.len();
            outcomes
                .extend(cases.iter().filter(|case| seen.insert((&report.base, &case.name))).map(|case| case.outcome));
            if outcomes.len() > before {
                self.cite(Measure::Tests, &report.path, report.made);
            }
        }
        // A run without a single test says nothing.
        self.entry.tests = (!outcomes.is_empty()).then(|| junit::count(outcomes));
    }

    fn lint(&mut self, reports: &[Report]) {
        let (mut seen, mut sum) = (BTreeSet::new(), None::<LintCounts>);
        for report in reports {
            let Says::Lint(tools) = &report.says else { continue };
            let mut counted = false;
            for tool in tools.iter().filter(|tool| seen.insert((&report.base, &tool.tool))) {
                let LintCounts { errors, warnings } = sum.unwrap_or_default();
                sum = Some(LintCounts {
                    errors: errors.saturating_add(tool.counts.errors),
                    warnings: warnings.saturating_add(tool.counts.warnings),
                });
                counted = true;
            }
            if counted {
                self.cite(Measure::Lint, &report.path, report.made);
            }
        }
        self.entry.lint = sum;
    }

    fn advisories(&mut self, reports: &[Report]) {
        let mut newest = BTreeMap::new();
        for report in reports {
            if let Says::Advisories(counts) = report.says {
                newest.entry((&report.base, report.kind)).or_insert((report, counts));
            }
        }
        for (report, counts) in newest.into_values() {
            let sum = self.entry.advisories.unwrap_or_default();
            self.entry.advisories = Some(Advisories {
                critical: sum.critical.saturating_add(counts.critical),
                high: sum.high.saturating_add(counts.high),
                moderate: sum.moderate.saturating_add(counts.moderate),
                low: sum.low.saturating_add(counts.low),
                unrated: sum.unrated.saturating_add(counts.unrated),
            });
            self.cite(Measure::Advisories, &report.path, report.made);
        }
    }

    /// The oldest counts: it is the one nobody has looked at.
    fn lock_files(&mut self, locks: &[Found], notes: &mut Vec<String>) {
        let mut oldest: Option<(&Found, DateTime<Utc>)> = None;
        for (lock, written) in locks.iter().filter_map(|lock| Some((lock, DateTime::<Utc>::from(lock.modified?)))) {
            if age(written, self.today).is_none() {
                notes.push(format!(
                    "{} was last written on {}, which is in the future",
                    lock.path,
                    written.date_naive()
                ));
            } else if oldest.is_none_or(|(_, at)| written < at) {
                oldest = Some((lock, written));
            }
        }
        if let Some((lock, written)) = oldest {
            self.entry.lock_file_age_days = age(written, self.today);
            self.cite(Measure::LockFile, &lock.path, Some(written));
        }
    }

    fn cite(&mut self, measure: Measure, file: &str, made: Option<DateTime<Utc>>) {
        if self.entry.evidence_of(measure).count() >= EVIDENCE_KEPT {
            return;
        }
        let age_days = made.and_then(|made| age(made, self.today));
        self.entry.evidence.push(Evidence {
            measure,
            file: file.to_owned(),
            count: None,
            modified: made.map(|made| made.date_naive()),
            age_days,
            // An old lock file is a finding, not an old report.
            stale: measure != Measure::LockFile && age_days.is_some_and(|days| days > STALE_AFTER_DAYS),
        });
    }
}

fn is_outdated(report: &Report, newest: &Report) -> bool {
    match (report.made, newest.made) {
        (Some(made), Some(newest)) => newest - made > TimeDelta::days(STALE_AFTER_DAYS.into()),
        (None, Some(_)) => true,
        (_, None) => false,
    }
}

/// Whole days, none below zero; `None` when it lies ahead by more than the zones of the world can explain.
fn age(made: DateTime<Utc>, today: NaiveDate) -> Option<u32> {
    let days = (today - made.date_naive()).num_days();
    (days >= -1).then(|| u32::try_from(days.max(0)).unwrap_or(u32::MAX))
}
