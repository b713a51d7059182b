//! `allclear import`: usage of other programs, out of their files. Says first what it would add.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use chrono::{NaiveDate, Utc};
use clap::ValueEnum;

use crate::config::ConfigStore;
use crate::model::{Batch, Replaces, Usd};
use crate::sources::Source;
use crate::sources::import::{self, Columns, Imported};
use crate::store::Store;
use crate::sync::{Judge, known_days};

/// A lifetime of days is a few megabytes.
const MAX_BYTES: u64 = 64 << 20;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file, or the data folder of an earlier system
    #[arg(required_unless_present_any = ["remove", "list"])]
    file: Option<PathBuf>,
    /// What it is [default: by its name]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Which column of a CSV means what, such as Day=date or USD=cost (repeatable)
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    columns: Vec<String>,
    /// What the import is called, to take it back by [default: the file's name]
    #[arg(long)]
    name: Option<String>,
    /// Say what would be added, and add nothing
    #[arg(long)]
    dry_run: bool,
    /// Add days too that the logs of this machine tell of: they are counted twice then
    #[arg(long)]
    include_known_days: bool,
    /// Take an import back
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    remove: Option<String>,
    /// List the imports
    #[arg(long, conflicts_with_all = ["file", "remove"])]
    list: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Ccusage,
    Csv,
    Folder,
}

pub(super) async fn run(config: Arc<ConfigStore>, args: Args) -> anyhow::Result<ExitCode> {
    let store = Store::open(&config.environment.data_dir).await?;
    let done = act(&store, &config, args).await;
    store.close().await;
    super::print(&done?)?;
    Ok(ExitCode::SUCCESS)
}

async fn act(store: &Store, config: &ConfigStore, args: Args) -> anyhow::Result<String> {
    if args.list {
        let names = store.names_in_keys(import::NAME).await?;
        return Ok(if names.is_empty() { "Nothing was imported yet.".to_owned() } else { names.join("\n") });
    }
    if let Some(name) = &args.remove {
        return remove(store, name).await;
    }
    let path = args.file.clone().context("name a file")?;
    let name = name_of(&args, &path)?;
    let mut imported = read(&path, &args)?;
    let known = if args.include_known_days { BTreeSet::new() } else { known_days(store).await? };
    let before = imported.rows.len();
    imported.rows.retain(|row| !known.contains(&row.date));
    let skipped = before - imported.rows.len();
    let mut told = summary(&imported, &name, args.dry_run);
    if skipped > 0 {
        told += &format!(
            "\n{skipped} of days that the logs of this machine tell of are left out; --include-known-days adds them all the same."
        );
    }
    if imported.bad.count > 0 {
        told += &format!("\n{} cannot be read: {}", imported.bad.count, imported.bad.examples.join("; "));
    }
    if args.dry_run {
        return Ok(told);
    }
    anyhow::ensure!(!imported.rows.is_empty(), "there is nothing to import. {told}");
    let judge = Judge::new(&config.current(), Source::Import);
    judge.refresh(store).await?;
    let mut events = imported.events(&name);
    judge.events(&mut events);
    let replaces = Replaces::Days(vec![import::prefix(&name)]);
    let batch = Batch { source: import::NAME, events, replaces, ..Batch::default() };
    if args.include_known_days {
        store.keep_days(imported.rows.iter().map(|row| row.date)).await?;
    }
    let applied = store.apply(batch, Utc::now().timestamp_millis()).await?;
    let changed = match applied.changed {
        0 => "\nIt had been imported before: nothing has changed.".to_owned(),
        _ => format!("\nTake it back with: allclear import --remove {name}"),
    };
    Ok(told + &changed)
}

async fn remove(store: &Store, name: &str) -> anyhow::Result<String> {
    let names = store.names_in_keys(import::NAME).await?;
    anyhow::ensure!(
        names.iter().any(|known| known == name),
        "there is no import \"{name}\"{}",
        if names.is_empty() { "; there are none".to_owned() } else { format!("; there are {}", names.join(", ")) }
    );
    let replaces = Replaces::Days(vec![import::prefix(name)]);
    let batch = Batch { source: import::NAME, replaces, ..Batch::default() };
    let applied = store.apply(batch, Utc::now().timestamp_millis()).await?;
    Ok(format!("{name} is taken back: {} rows went.", applied.changed))
}

fn name_of(args: &Args, path: &Path) -> anyhow::Result<String> {
    let stem = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name = args.name.clone().unwrap_or_else(stem);
    let fits = !name.is_empty()
        && name.len() <= 80
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'));
    anyhow::ensure!(fits, "give the import a name of letters, digits, dashes and dots: --name last-year");
    Ok(name)
}

fn read(path: &Path, args: &Args) -> anyhow::Result<Imported> {
    let metadata = std::fs::metadata(path).with_context(|| format!("reading {}", path.display()))?;
    let format = args.format.unwrap_or_else(|| {
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let is_tokens = path.file_name().is_some_and(|name| name == "tokens.json");
        match () {
            () if metadata.is_dir() || is_tokens => Format::Folder,
            () if is_csv => Format::Csv,
            () => Format::Ccusage,
        }
    });
    anyhow::ensure!(args.columns.is_empty() || format == Format::Csv, "--map is for CSV: say --format csv");
    let file = if metadata.is_dir() { path.join("tokens.json") } else { path.to_owned() };
    let metadata = std::fs::metadata(&file).with_context(|| format!("reading {}", file.display()))?;
    anyhow::ensure!(metadata.len() <= MAX_BYTES, "{} is larger than {} MB", file.display(), MAX_BYTES >> 20);
    let bytes = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let read = match format {
        Format::Ccusage => import::ccusage(text),
        Format::Folder => import::folder(text),
        Format::Csv => {
            let mut columns = Columns::default();
            for column in &args.columns {
                columns.map(column).map_err(anyhow::Error::msg)?;
            }
            import::csv(text, &columns)
        }
    };
    read.map_err(|reason| anyhow::anyhow!("{} cannot be imported: {reason}", file.display()))
}

fn summary(imported: &Imported, name: &str, dry_run: bool) -> String {
    let rows = &imported.rows;
    let days: BTreeSet<NaiveDate> = rows.iter().map(|row| row.date).collect();
    let cost: Usd = rows.iter().filter_map(|row| row.cost).sum();
    let tokens = rows.iter().fold(0_u64, |sum, row| sum.saturating_add(row.tokens.total()));
    let unpriced = rows.iter().filter(|row| row.cost.is_none()).count();
    let does = if dry_run { "would add" } else { "adds" };
    let mut told = format!(
        "{name} {does} {} rows of {} days, {} tokens, {cost}",
        rows.len(),
        days.len(),
        crate::model::compact(tokens)
    );
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        told += &format!(", from {first} to {last}");
    }
    if unpriced > 0 {
        told += &format!("; {unpriced} rows name no cost, and get the price of their model");
    }
    told + "."
}

#[cfg(test)]
mod tests {
    use crate::cli::run_line;

    const DAYS: &str = r#"{"daily": [{"date": "2025-03-01", "totalTokens": 30, "totalCost": 1.5, "modelsUsed": ["claude-opus-4-5"],
        "inputTokens": 10, "outputTokens": 20, "cacheCreationTokens": 0, "cacheReadTokens": 0}]}"#;

    #[test]
    fn an_import_is_tried_added_once_and_taken_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let data = data.to_str().expect("is text");
        let file = folder.path().join("old.json");
        std::fs::write(&file, DAYS).expect("writes");
        let file = file.to_str().expect("is text");
        let import = |rest: &[&str]| run_line(&[&["--data-dir", data, "import"], rest].concat());
        assert_eq!(import(&[file, "--dry-run"]), Ok(true));
        assert!(import(&["--remove", "old"]).is_err_and(|said| said.contains("there are none")), "nothing was added");
        assert_eq!(import(&[file]), Ok(true));
        assert_eq!(import(&[file]), Ok(true), "twice is once");
        assert!(import(&[file, "--map", "a=date"]).is_err_and(|said| said.contains("--format csv")));
        assert!(import(&[file, "--name", "a;b"]).is_err_and(|said| said.contains("--name")));
        assert_eq!(import(&["--remove", "old"]), Ok(true));
        assert!(import(&["--remove", "old"]).is_err());
        assert!(import(&[]).is_err());
    }
}
