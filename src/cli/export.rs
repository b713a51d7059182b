//! `allclear export`: everything stored, in a format other programs read.
//!
//! Reads what is new in the logs first and counts as `allclear report` does, so that both tell the same. Written a month
//! at a time; a file is there under its name only when it is whole.

mod target;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{NaiveDate, SecondsFormat, Utc};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use super::report::read_logs;
use super::sync::source;
use crate::analytics::{ReportBy, report};
use crate::config::{Config, ConfigStore};
use crate::export::focus::{FOCUS, Terms, focus_rows};
use crate::export::{Days, Format, Request, Sheet, USAGE, sums, usage_row};
use crate::model::DateRange;
use crate::sources::Source;
use crate::store::Store;
use crate::sync::{Counted, Judge, sellers};
pub(super) use target::Target;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to write
    #[arg(long, value_enum)]
    format: Kind,
    /// The days, ending today: 7d, 30d, 90d or all
    #[arg(long, default_value = "30d", value_parser = Days::window, conflicts_with_all = ["since", "until"])]
    window: Days,
    /// First day, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// Last day, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// Add up by day, month, model, project, session, source, client, machine or person [default: a line per day, session and model]
    #[arg(long, value_name = "KEY", value_parser = ReportBy::parse)]
    by: Option<ReportBy>,
    /// Only this source (repeatable)
    #[arg(long = "source", value_name = "NAME", value_parser = source)]
    sources: Vec<Source>,
    /// Only this project
    #[arg(long, value_name = "ID")]
    project: Option<String>,
    /// Write to this file [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Csv,
    Json,
    /// FOCUS 1.2 columns with the 1.3 names, as CSV
    Focus,
}

pub(super) async fn run(config: Arc<ConfigStore>, args: Args) -> anyhow::Result<ExitCode> {
    let wrong = |error: &str| {
        super::say(&format!("allclear: {error}"));
        Ok(ExitCode::from(2))
    };
    if args.format == Kind::Focus && args.by.is_some() {
        return wrong("FOCUS has rows of its own: leave out --by");
    }
    let (current, now) = (config.current(), Utc::now());
    let request = request(&args);
    if let Err(problem) = request.days.range(current.zone.date(now)) {
        return wrong(&problem);
    }
    // Said before the work, not after it.
    if let Some(file) = args.output.as_deref().filter(|file| !args.force && file.exists()) {
        return wrong(&format!("{} is there already; --force replaces it", file.display()));
    }
    let store = Store::open(&config.environment.data_dir).await?;
    // What is stored counts its days in the zone of the dashboard; an export in another one must not change that.
    let zone = Judge::stored_zone(&store, Source::ClaudeCode).await?.unwrap_or(current.zone);
    let complete = read_logs(&config, &Config { zone, ..Config::clone(&current) }, &store, false).await?;
    let Some(counted) = Counted::open(&store, current.clone(), request, now).await? else {
        let id = args.project.unwrap_or_default();
        return wrong(&format!("no project has the id \"{id}\""));
    };
    let mut target = Target::open(args.output.as_deref())?;
    let left_out = write(&counted, &current, args.format, args.by, &mut target).await;
    let left_out = match left_out {
        // Who reads only the beginning (`| head`) has all they want.
        Err(error) if is_broken_pipe(&error) => return Ok(ExitCode::SUCCESS),
        left_out => left_out?,
    };
    target.keep(args.force)?;
    if left_out > 0 {
        super::say(&format!(
            "{left_out} rows have usage without a price, which FOCUS has no place for: see `allclear prices list --unpriced`."
        ));
    }
    store.close().await;
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn request(args: &Args) -> Request {
    let between = args.since.is_some() || args.until.is_some();
    Request {
        days: if between { Days::Between(args.since, args.until) } else { args.window },
        by: args.by,
        sources: args.sources.iter().map(|source| source.name().to_owned()).collect(),
        project: args.project.clone(),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Writes the table; returns how many rows FOCUS had to leave out, in whole or in part.
async fn write(
    counted: &Counted,
    config: &Config,
    kind: Kind,
    by: Option<ReportBy>,
    out: &mut Target,
) -> anyhow::Result<u64> {
    let DateRange { from, to } = counted.range;
    let now = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
    let zone = config.zone.to_string();
    if let Some(by) = by {
        let rows = counted.all_rows().await?;
        let report = report(&rows, &counted.labels, counted.range, by, &zone, now);
        if kind == Kind::Json {
            serde_json::to_writer_pretty(&mut *out, &report).map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
        } else {
            sums(out, &report)?;
        }
        return Ok(0);
    }
    let (format, columns) = match kind {
        Kind::Csv => (Format::Csv, USAGE),
        Kind::Json => (Format::Json, USAGE),
        Kind::Focus => (Format::Csv, FOCUS),
    };
    let (from, to) = (from.to_string(), to.to_string());
    let mut sheet = Sheet::new(format, columns);
    sheet.begin(out, &[("generatedAt", &now), ("from", &from), ("to", &to), ("timezone", &zone)])?;
    let sellers = sellers(config);
    let terms = Terms { labels: &counted.labels, prices: &config.prices, sellers: &sellers };
    let pieces = counted.pieces();
    let bar = bar(pieces.len() as u64, out);
    let mut left_out = 0;
    for piece in pieces {
        let rows = counted.rows(piece).await?;
        if kind == Kind::Focus {
            left_out += rows.iter().filter(|row| row.spend.has_unpriced()).count() as u64;
            sheet.rows(out, rows.iter().flat_map(|row| focus_rows(row, &terms)))?;
        } else {
            sheet.rows(out, rows.iter().map(|row| usage_row(row, &counted.labels)))?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    sheet.end(out)?;
    Ok(left_out)
}

/// The bar of the months, where somebody looks and the table goes elsewhere.
fn bar(pieces: u64, out: &Target) -> ProgressBar {
    if !std::io::stderr().is_terminal() || out.is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(pieces).with_message("Exporting");
    match ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} months") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
