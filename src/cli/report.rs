//! `allclear report`: reads what was appended to the logs, answers from the roll-ups.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{NaiveDate, SecondsFormat, Utc};
use clap::ValueEnum;

use super::sync::{bar, source, update_bar};
use crate::analytics::{Labels, ProjectNames, Report, ReportBy, clients, report};
use crate::config::{Config, ConfigStore, Zone};
use crate::export::sums;
use crate::model::{DateRange, Project, RollupRow};
use crate::sources::Source;
use crate::store::Store;
use crate::sync::lock::{self, Acquire};
use crate::sync::{
    Ingested, Judge, attribution, counted_once, covered, ingest, ingest_manual, machines, rejudged, with_margin,
};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The days to report, ending today
    #[arg(long, value_enum, default_value_t = Span::D30, conflicts_with_all = ["since", "until"])]
    window: Span,
    /// First day, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// Last day, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// What the rows are: day, month, model, project, session, source, client, machine or person
    #[arg(long, value_name = "KEY", default_value = "day", value_parser = ReportBy::parse)]
    by: ReportBy,
    /// Only this source (repeatable)
    #[arg(long = "source", value_name = "NAME", value_parser = source)]
    sources: Vec<Source>,
    /// Print JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print CSV
    #[arg(long)]
    csv: bool,
    /// Use no network. Logs and prices are local anyway, so this changes nothing today
    #[arg(long)]
    offline: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Span {
    #[value(name = "7d")]
    D7,
    #[value(name = "30d")]
    D30,
    #[value(name = "90d")]
    D90,
    All,
}

pub(super) async fn run(config: Arc<ConfigStore>, args: Args) -> anyhow::Result<ExitCode> {
    let current = config.current();
    let today = current.zone.date(Utc::now());
    let range = match range(&args, today) {
        Ok(range) => range,
        Err(error) => {
            super::say(&format!("allclear: {error}"));
            return Ok(ExitCode::from(2));
        }
    };
    let store = Store::open(&config.environment.data_dir).await?;
    // What is stored counts its days in the zone of the dashboard; a report in another one must not change that.
    let zone = Judge::stored_zone(&store, Source::ClaudeCode).await?.unwrap_or(current.zone);
    let stored = Config { zone, ..Config::clone(&current) };
    let complete = read_logs(&config, &stored, &store, args.json || args.csv).await?;
    let mut rows = rows(&current, &store, zone, range).await?;
    let projects: Vec<Project> = store.projects().await?.into_iter().map(|stored| stored.project).collect();
    let attribution = attribution(&store, &current, &rows, &projects).await?;
    if !args.sources.is_empty() {
        rows.retain(|row| args.sources.iter().any(|source| source.name() == row.source.as_ref()));
    }
    let range = match range {
        // Without a first day it is the first with usage.
        Some(range) if args.since.is_none() && args.until.is_some() => {
            DateRange { from: rows.first().map_or(range.to, |row| row.date), to: range.to }
        }
        Some(range) => range,
        None => all_days(&rows, today),
    };
    let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &attribution);
    let labels = Labels { names, clients: clients(&projects), machines: machines(&store).await? };
    let now = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
    let report = report(&rows, &labels, range, args.by, &current.zone.to_string(), now);
    super::print(&match (args.json, args.csv) {
        (true, _) => serde_json::to_string_pretty(&report)?,
        (_, true) => csv(&report)?,
        _ => table(&report),
    })?;
    store.close().await;
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is stored of a span, with every usage counted once, as the pages have it.
pub(crate) async fn rows(
    current: &Config,
    store: &Store,
    stored: Zone,
    range: Option<DateRange>,
) -> anyhow::Result<Vec<RollupRow>> {
    let read = range.map(|range| with_margin(range, current.zone));
    let mut rows = if stored == current.zone { store.rollup(read).await? } else { rejudged(current, store).await? };
    covered(store).await?.take_from(&mut rows);
    let billed = store.billed(read).await?;
    let mut rows = counted_once(current, rows, &billed, Utc::now().date_naive());
    rows.retain(|row| range.is_none_or(|range| range.contains(row.date)));
    Ok(rows)
}

fn range(args: &Args, today: NaiveDate) -> anyhow::Result<Option<DateRange>> {
    if args.since.is_some() || args.until.is_some() {
        let to = args.until.unwrap_or(today);
        let from = args.since.unwrap_or(EARLIEST);
        anyhow::ensure!(from <= to, "--since {from} is after --until {to}: no day lies between");
        return Ok(Some(DateRange { from, to }));
    }
    Ok(match args.window {
        Span::D7 => Some(DateRange::ending(today, 7)),
        Span::D30 => Some(DateRange::ending(today, 30)),
        Span::D90 => Some(DateRange::ending(today, 90)),
        Span::All => None,
    })
}

/// Days are counted from here; no usage is older.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date of the calendar");

fn all_days(rows: &[RollupRow], today: NaiveDate) -> DateRange {
    let from = rows.first().map_or(today, |row| row.date);
    DateRange { from: from.min(today), to: rows.last().map_or(today, |row| row.date).max(today) }
}

/// Reads what is new; false when some of it could not be read. While a sync runs elsewhere, it does the reading.
pub(super) async fn read_logs(
    config: &ConfigStore,
    current: &Config,
    store: &Store,
    quiet: bool,
) -> anyhow::Result<bool> {
    let lock = lock::acquire(&config.environment.data_dir.join(crate::sync::LOCK_FILE), Utc::now())?;
    let Acquire::Held(_lock) = lock else {
        super::say("A sync is running: these are the numbers before it.");
        return Ok(true);
    };
    let bar = (!quiet && std::io::stderr().is_terminal()).then(bar);
    let progress = |done, total| {
        if let Some(bar) = &bar {
            update_bar(bar, done, total);
        }
    };
    let mut complete = true;
    let logs = |source: &Source| source.logs().is_some() && current.sources.of(*source).enabled;
    for source in Source::ALL.into_iter().filter(logs) {
        let read = ingest(store, current, source, &progress, &|| false).await?;
        if let Some(bar) = &bar {
            bar.finish_and_clear();
        }
        tell_problems(source, &read);
        complete &= read.files_bad.count == 0 && read.folders_bad.count == 0;
    }
    // A broken ledger is told, and what it said before is reported.
    if current.sources.of(Source::Manual).enabled
        && let Err(error) = ingest_manual(store, current, &config.environment.data_dir).await
    {
        super::say(&format!("{error:#}"));
        complete = false;
    }
    Ok(complete)
}

fn tell_problems(source: Source, read: &Ingested) {
    for (problems, what) in [
        (&read.lines_bad, "lines passed over"),
        (&read.files_bad, "files not readable"),
        (&read.folders_bad, "folders or files that cannot be looked at"),
    ] {
        if problems.count > 0 {
            let label = source.label();
            super::say(&format!("{label}: {} {what}: {}", problems.count, problems.examples.join("; ")));
        }
    }
    if read.roots == 0 && !source.is_optional() {
        super::say(&format!("No {} found in {}.", source.label(), read.looked_in));
    }
}

fn csv(report: &Report) -> anyhow::Result<String> {
    let mut text = Vec::new();
    sums(&mut text, report)?;
    Ok(String::from_utf8(text)?)
}

fn table(report: &Report) -> String {
    let width = report.rows.iter().map(|row| row.key.chars().count()).max().unwrap_or(0).clamp(10, 48);
    let head = format!("{:<width$} {:>15} {:>13} {:>9} {:>12}\n", "", "tokens in", "tokens out", "messages", "cost");
    let mut text = format!("{} to {} ({})\n\n{head}", report.from, report.to, report.timezone);
    let line = |key: &str, totals: &crate::analytics::Totals| {
        let cost = totals.cost.map_or_else(|| "no price".to_owned(), |cost| cost.to_string());
        let more = if totals.unpriced.models.is_empty() { "" } else { " +" };
        format!(
            "{key:<width$} {:>15} {:>13} {:>9} {cost:>12}{more}\n",
            totals.tokens_in, totals.tokens_out, totals.messages
        )
    };
    for row in &report.rows {
        text += &line(&row.key, &row.totals);
    }
    text += &line("Total", &report.totals);
    if report.rows.is_empty() {
        text += "\nNo usage in these days.\n";
    }
    let unpriced = &report.totals.unpriced;
    if !unpriced.models.is_empty() {
        text += &format!(
            "\n+ without a price: {} ({} tokens in, {} out). Enter one in data/config/prices.json.\n",
            unpriced.models.join(", "),
            unpriced.tokens_in,
            unpriced.tokens_out
        );
    }
    text
}
