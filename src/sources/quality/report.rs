//! From a file that was found to what it says: read with a bound, recognised, parsed, and checked to be ours.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};

use super::advisories;
use super::coverage::{self, CoverageReport, Placed};
use super::find::Found;
use super::junit::{self, TestCase};
use super::lighthouse;
use super::lint::{self, LintReport};
use super::paths::{Home, is_absolute};
use super::recognise::{self, Kind};
use crate::model::{Advisories, Lighthouse};

/// Reports of very large repositories have some megabytes; two of these at once are what one run may hold.
const MAX_BYTES: u64 = 32 << 20;
/// Enough to tell what a file is.
const HEAD: u64 = 8 << 10;
/// A module's file names it in its first lines.
const MAX_GO_MOD: u64 = 64 << 10;
/// The user's day may be a day ahead of the UTC one.
const TOLERATED_DAYS_AHEAD: i64 = 1;

/// A report of this project.
pub(super) struct Report {
    /// Relative to the project.
    pub path: String,
    pub base: String,
    pub kind: Kind,
    /// When it was made, by its own word or else by the file's; `None` when both lie in the future.
    pub made: Option<DateTime<Utc>>,
    pub says: Says,
}

pub(super) enum Says {
    Coverage(Vec<Placed>),
    Lighthouse(Lighthouse),
    Tests(Vec<TestCase>),
    Lint(Vec<LintReport>),
    Advisories(Advisories),
}

/// What became of a file: nothing we know, a report, or a note about why not; with notes about the report.
pub(super) type Outcome = (Option<Report>, Vec<String>);

pub(super) fn read(home: &Home, root: &Path, found: &Found, today: NaiveDate) -> Outcome {
    let mut notes = Vec::new();
    let report = open(root, found).and_then(|opened| {
        let Some((kind, bytes)) = opened else { return Ok(None) };
        let (says, said) = parse(home, root, found, kind, &bytes).map_err(|error| refused(found, kind, &error))?;
        let made = dated(found, said, today, &mut notes);
        Ok(Some(Report { path: found.path.clone(), base: found.base.clone(), kind, made, says }))
    });
    match report {
        Ok(report) => (report, notes),
        Err(note) => (None, vec![note]),
    }
}

fn refused(found: &Found, kind: Kind, error: &str) -> String {
    format!("{} was not counted as {}: {error}", found.path, kind.label())
}

/// Reads a file whole; `None` when it is nothing we know, or vanished meanwhile.
fn open(root: &Path, found: &Found) -> Result<Option<(Kind, Vec<u8>)>, String> {
    let read = || -> io::Result<Option<(Kind, Vec<u8>)>> {
        let mut file = File::open(root.join(&found.path))?;
        let mut bytes = Vec::new();
        file.by_ref().take(HEAD).read_to_end(&mut bytes)?;
        let Some(kind) = recognise::kind(found.guess, &bytes) else { return Ok(None) };
        if found.bytes <= MAX_BYTES {
            // One byte more tells that it has grown too large meanwhile.
            file.take(MAX_BYTES + 1 - HEAD).read_to_end(&mut bytes)?;
        }
        Ok(Some((kind, bytes)))
    };
    match read() {
        Ok(Some((_, bytes))) if found.bytes.max(bytes.len() as u64) > MAX_BYTES => {
            Err(format!("{} was not read: it is larger than {} MB", found.path, MAX_BYTES >> 20))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map_err(|error| format!("{} cannot be read: {error}", found.path)),
    }
}

/// What it says, and when it says it was made.
type Parsed = (Says, Option<DateTime<Utc>>);

fn parse(home: &Home, root: &Path, found: &Found, kind: Kind, bytes: &[u8]) -> Result<Parsed, String> {
    let says = match kind {
        Kind::Istanbul | Kind::LlvmCov | Kind::Tarpaulin | Kind::Go | Kind::Jacoco | Kind::Cobertura | Kind::Lcov => {
            let mut report = parse_coverage(kind, bytes)?;
            let made = report.made;
            if kind == Kind::Go {
                within_module(root, &found.base, &mut report)?;
            }
            let placed = coverage::place(report, home, &found.base, kind == Kind::Istanbul)?;
            return Ok((Says::Coverage(placed), made));
        }
        Kind::Lighthouse => {
            let report = lighthouse::parse(bytes)?;
            return Ok((Says::Lighthouse(report.scores), report.made));
        }
        Kind::Junit => {
            let report = junit::parse(bytes)?;
            ours(home, &found.base, &report.paths)?;
            return Ok((Says::Tests(report.cases), report.made));
        }
        Kind::Sarif => lint::sarif::parse(bytes)?,
        Kind::Eslint => vec![lint::eslint::parse(bytes)?],
        Kind::Clippy => vec![lint::clippy::parse(bytes)?],
        Kind::NpmAudit => return Ok((Says::Advisories(advisories::parse_npm(bytes)?), None)),
        Kind::CargoAudit => return Ok((Says::Advisories(advisories::parse_cargo(bytes)?), None)),
    };
    let paths: Vec<String> = says.iter().flat_map(|report| report.paths.iter().cloned()).collect();
    ours(home, &found.base, &paths)?;
    Ok((Says::Lint(says), None))
}

fn parse_coverage(kind: Kind, bytes: &[u8]) -> Result<CoverageReport, String> {
    match kind {
        Kind::LlvmCov => coverage::llvm_cov::parse(bytes),
        Kind::Tarpaulin => coverage::tarpaulin::parse(bytes),
        Kind::Go => coverage::go::parse(bytes),
        Kind::Jacoco => coverage::jacoco::parse(bytes),
        Kind::Cobertura => coverage::cobertura::parse(bytes),
        Kind::Lcov => coverage::lcov::parse(bytes),
        _ => coverage::istanbul::parse(bytes),
    }
}

/// Refuses a report whose absolute paths all lie outside of the project.
fn ours(home: &Home, base: &str, paths: &[String]) -> Result<(), String> {
    let mut absolute = paths.iter().filter(|path| is_absolute(path)).peekable();
    let Some(first) = absolute.peek().copied() else { return Ok(()) };
    if absolute.any(|path| home.relative(path, base).is_some()) {
        return Ok(());
    }
    Err(format!("it is about files outside of this project, such as {first}"))
}

/// Turns the package paths of Go into paths of the package's folder.
fn within_module(root: &Path, base: &str, report: &mut CoverageReport) -> Result<(), String> {
    let mut text = String::new();
    let read =
        File::open(root.join(base).join("go.mod")).and_then(|file| file.take(MAX_GO_MOD).read_to_string(&mut text));
    let module = text.lines().find_map(|line| line.trim().strip_prefix("module "));
    let (Ok(_), Some(module)) = (read, module) else { return Ok(()) };
    let prefix = format!("{}/", module.trim().trim_matches('"'));
    let first = report.files.first().map(|file| file.path.clone()).unwrap_or_default();
    report.files.retain_mut(|file| match file.path.strip_prefix(&prefix) {
        Some(rest) => {
            file.path = rest.to_owned();
            true
        }
        None => false,
    });
    if report.files.is_empty() {
        return Err(format!("it is about another module than {}, such as {first}", module.trim()));
    }
    Ok(())
}

/// Says when a report was made, and notes a time that has not come yet.
fn dated(
    found: &Found,
    said: Option<DateTime<Utc>>,
    today: NaiveDate,
    notes: &mut Vec<String>,
) -> Option<DateTime<Utc>> {
    let is_past = |at: &DateTime<Utc>| (at.date_naive() - today).num_days() <= TOLERATED_DAYS_AHEAD;
    let written = found.modified.map(DateTime::<Utc>::from);
    for (at, what) in [(said, "says it was made"), (written, "was last written")] {
        if let Some(at) = at.filter(|at| !is_past(at)) {
            notes.push(format!("{} {what} on {}, which is in the future", found.path, at.date_naive()));
        }
    }
    said.filter(is_past).or(written.filter(is_past))
}
