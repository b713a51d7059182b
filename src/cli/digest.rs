//! `allclear digest`: a week or a day as Markdown, from the same numbers as the report.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{NaiveDate, Utc};

use super::export::Target;
use super::report::read_logs;
use crate::config::{Config, ConfigStore};
use crate::digest::{last_week, week_of};
use crate::model::DateRange;
use crate::sources::Source;
use crate::store::Store;
use crate::sync::{Judge, digest};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Of a week, Monday to Sunday
    #[arg(long, conflicts_with = "day")]
    week: bool,
    /// Of a day
    #[arg(long)]
    day: bool,
    /// This day, or the week it lies in, YYYY-MM-DD [default: the last one that is over]
    #[arg(long, value_name = "DATE")]
    date: Option<NaiveDate>,
    /// Write to this file [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    force: bool,
}

pub(super) async fn run(config: Arc<ConfigStore>, args: Args) -> anyhow::Result<ExitCode> {
    let current = config.current();
    if !args.week && !args.day {
        super::say("allclear: say of which span: --week or --day");
        return Ok(ExitCode::from(2));
    }
    if let Some(file) = args.output.as_deref().filter(|file| !args.force && file.exists()) {
        super::say(&format!("allclear: {} is there already; --force replaces it", file.display()));
        return Ok(ExitCode::from(2));
    }
    let today = current.zone.date(Utc::now());
    let days = match args.date {
        Some(date) if args.day => DateRange { from: date, to: date },
        Some(date) => week_of(date),
        None if args.day => DateRange { from: today, to: today }.previous(),
        None => last_week(today),
    };
    let store = Store::open(&config.environment.data_dir).await?;
    let zone = Judge::stored_zone(&store, Source::ClaudeCode).await?.unwrap_or(current.zone);
    let complete = read_logs(&config, &Config { zone, ..Config::clone(&current) }, &store, false).await?;
    let text = digest(&store, &config, days, Utc::now()).await?;
    let mut target = Target::open(args.output.as_deref())?;
    target.write_all(text.as_bytes())?;
    target.keep(args.force)?;
    store.close().await;
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
