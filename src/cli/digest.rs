//! `allclear digest`: a week as Markdown, from the same numbers as the report.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{Days as Span, NaiveDate, Utc};

use super::export::Target;
use super::report::read_logs;
use crate::analytics::{Facts, unusual_days, window_stats};
use crate::config::{Config, ConfigStore};
use crate::digest::{Digest, last_week, week_of};
use crate::export::{Days, Request};
use crate::model::DateRange;
use crate::sources::Source;
use crate::store::Store;
use crate::sync::{Counted, Judge, compute};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Of a week, Monday to Sunday
    #[arg(long)]
    week: bool,
    /// The week this day lies in, YYYY-MM-DD [default: the last one that is over]
    #[arg(long, value_name = "DATE")]
    date: Option<NaiveDate>,
    /// Write to this file [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    force: bool,
}

/// For so long a week is recent enough that the budget of today belongs to it.
const RECENT: Span = Span::new(7);

pub(super) async fn run(config: Arc<ConfigStore>, args: Args) -> anyhow::Result<ExitCode> {
    let current = config.current();
    if !args.week {
        super::say("allclear: say of which span: --week");
        return Ok(ExitCode::from(2));
    }
    if let Some(file) = args.output.as_deref().filter(|file| !args.force && file.exists()) {
        super::say(&format!("allclear: {} is there already; --force replaces it", file.display()));
        return Ok(ExitCode::from(2));
    }
    let today = current.zone.date(Utc::now());
    let week = args.date.map_or_else(|| last_week(today), week_of);
    let store = Store::open(&config.environment.data_dir).await?;
    let zone = Judge::stored_zone(&store, Source::ClaudeCode).await?.unwrap_or(current.zone);
    let complete = read_logs(&config, &Config { zone, ..Config::clone(&current) }, &store, false).await?;
    let text = write(&store, &config, week).await?;
    let mut target = Target::open(args.output.as_deref())?;
    target.write_all(text.as_bytes())?;
    target.keep(args.force)?;
    store.close().await;
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes the digest of a week from what is stored.
///
/// # Errors
/// When the database cannot be read.
pub(crate) async fn write(store: &Store, config: &ConfigStore, week: DateRange) -> anyhow::Result<String> {
    let (current, now) = (config.current(), Utc::now());
    let days = Days::Between(Some(week.previous().from), Some(week.to));
    let request = Request { days, ..Request::default() };
    let counted = Counted::open(store, current.clone(), request, now).await?;
    let Some(counted) = counted else { anyhow::bail!("every project was asked for, and none is known") };
    let rows = counted.all_rows().await?;
    let snapshot = compute(store, config, now, 0).await?;
    // Of any week, however long ago; what is not in the roll-up is that of the snapshot.
    let names = Arc::new(counted.labels.names.clone());
    let facts = Facts { rows: rows.into(), names, ..snapshot.facts.clone() };
    let stats = window_stats(&facts, week, week.previous());
    let anomalies = unusual_days(&snapshot.facts, week, snapshot.today);
    let recent = week.to.checked_add_days(RECENT).is_none_or(|last| snapshot.today <= last);
    let zone = current.zone.to_string();
    let digest = Digest {
        stats: &stats,
        budget: recent.then_some(&snapshot.analytics.budget),
        anomalies: &anomalies,
        projects: &snapshot.projects,
        sources: &snapshot.analytics.freshness,
        timezone: &zone,
        today: snapshot.today,
    };
    Ok(digest.markdown())
}
