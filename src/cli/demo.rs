//! `allclear demo`: a data folder with a believable year of made-up data, for trying Allclear and for its tests.
//!
//! The clock, the disk and the terminal are touched in this file only; everything below it is pure and seeded, so the
//! same seed and clock give the same bytes. A folder that is neither empty nor a demo is somebody's data and must stay
//! as it is. Making a demo again replaces what the demo wrote (`claude/`, `codex/`, `gemini/`, `tokens.json`, `projects.json`, `quality.json`, three config files) and nothing
//! else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate, Utc};

use crate::store::Store;

mod args;
mod calendar;
mod documents;
mod line;
mod orders;
mod others;
mod projects;
mod quality;
mod rng;
mod sessions;

pub use args::DemoArgs;

/// Marks a folder as made by this command.
const MARKER: &str = ".allclear-demo";
/// The configuration folder of the made-up Claude Code, below the data folder.
const LOGS: &str = "claude";
/// One seed for everybody: what one person sees in the demo, another can look at too.
const SEED: u64 = 20_261_121;

/// Makes the demo folder and says how to look at it.
pub fn run(args: DemoArgs) -> anyhow::Result<()> {
    let folder = std::path::absolute(&args.data_dir).context("finding the demo folder")?;
    let now = Utc::now();
    let demo = Demo::new(&folder, now, SEED)?;
    demo.write(&folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open(&folder).await?;
        let filled = orders::fill(&store, now, SEED).await;
        store.close().await;
        filled.context("writing the demo's orders")
    })?;
    match writeln!(std::io::stdout().lock(), "{}", demo.summary(&folder)) {
        // Nobody is reading any more (`allclear demo | head -1`); the folder is made all the same.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("writing to the terminal"),
        _ => Ok(()),
    }
}

/// Everything the demo consists of, not yet written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Demo {
    /// The marker first, so that a run that was cut short can be repeated.
    files: Vec<(String, String)>,
    logs: usize,
    messages: u64,
    through: NaiveDate,
}

impl Demo {
    /// Returns the demo for `folder`, an absolute path: the sources are configured with it.
    fn new(folder: &Path, now: DateTime<Utc>, seed: u64) -> anyhow::Result<Demo> {
        let root = folder.join(LOGS);
        let root = root.to_str().context("the demo folder's path is not UTF-8: choose another one with --data-dir")?;
        let through = now.date_naive();
        let year = sessions::year(now, seed);
        let (logs, messages) = (year.len(), year.iter().map(|file| file.messages).sum());
        let mut worked: BTreeMap<&str, BTreeSet<NaiveDate>> = BTreeMap::new();
        for file in &year {
            worked.entry(file.project).or_default().insert(file.date);
        }
        let small = [
            (MARKER, documents::marker(through, seed)),
            ("tokens.json", documents::tokens(through, seed)),
            ("projects.json", projects::projects(through, &worked, seed)),
            ("quality.json", quality::quality(through, seed)),
            ("config/budget.json", documents::budget_config()),
            ("config/sync.json", documents::sync_config()),
            ("config/sources.json", documents::sources_config(root, folder)),
        ];
        let small = small.into_iter().map(|(name, body)| (name.to_owned(), body));
        let large = year.into_iter().map(|file| (format!("{LOGS}/{}", file.path), file.body));
        let files = small.chain(large).chain(others::logs(now, seed)).collect();
        Ok(Demo { files, logs, messages, through })
    }

    fn write(&self, folder: &Path) -> anyhow::Result<()> {
        claim(folder)?;
        for logs in [LOGS].into_iter().chain(others::FOLDERS) {
            remove_old_logs(&folder.join(logs))?;
        }
        self.files.iter().try_for_each(|(name, body)| write(&folder.join(name), body))
    }

    fn summary(&self, folder: &Path) -> String {
        let Demo { logs, messages, through, .. } = self;
        let data_dir = shell_quoted(&folder.to_string_lossy());
        format!(
            "Made a year of demo data up to {through} in {}:\n{logs} Claude Code logs with {messages} messages in 6 \
             projects, some of Codex and Gemini CLI, 15 entries in tokens.json, a year of orders of two clients, and a \
             configuration that reads them.\n\nLook at it with:\n\n  \
             ALLCLEAR_DATA_DIR={data_dir} allclear serve",
            folder.display()
        )
    }
}

/// Refuses a folder that holds somebody's files.
fn claim(folder: &Path) -> anyhow::Result<()> {
    let mut entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("reading {}", folder.display())),
    };
    if entries.next().is_some() && !folder.join(MARKER).is_file() {
        bail!(
            "{} holds files that are not a demo's, and stays as it is. Name a new folder: allclear demo --data-dir DIR",
            folder.display()
        );
    }
    Ok(())
}

fn remove_old_logs(logs: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(logs) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing the earlier demo's logs in {}", logs.display()))
        }
        _ => Ok(()),
    }
}

fn write(path: &Path, body: &str) -> anyhow::Result<()> {
    let folder = path.parent().context("a demo file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    fs::write(path, body).with_context(|| format!("writing {}", path.display()))
}

/// Returns `text` so that a shell takes it for one word.
fn shell_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use serde_json::Value;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-20T12:00:00Z".parse().expect("a timestamp")
    }

    fn demo(now: DateTime<Utc>, seed: u64) -> Demo {
        Demo::new(Path::new("/srv/demo"), now, seed).expect("a UTF-8 path")
    }

    /// Every line of the year that ends at noon, with its time.
    fn lines() -> &'static [(DateTime<Utc>, Value)] {
        static LINES: LazyLock<Vec<(DateTime<Utc>, Value)>> = LazyLock::new(|| {
            let demo = demo(noon(), SEED);
            let logs = demo.files.iter().filter(|(name, _)| name.starts_with(LOGS));
            logs.flat_map(|(_, body)| body.lines().map(parsed)).collect()
        });
        &LINES
    }

    fn parsed(line: &str) -> (DateTime<Utc>, Value) {
        let line: Value = serde_json::from_str(line).expect("every line is JSON");
        let at = line["timestamp"].as_str().and_then(|text| text.parse().ok()).expect("every line has a time");
        (at, line)
    }

    #[test]
    fn the_same_seed_and_clock_give_the_same_bytes() {
        let first = demo(noon(), SEED);
        assert!(first == demo(noon(), SEED), "made twice");
        assert!(first != demo(noon(), SEED + 1), "another seed");
        let bytes: usize = first.files.iter().map(|(_, body)| body.len()).sum();
        assert!((10_000_000..25_000_000).contains(&bytes), "{bytes} bytes");
    }

    #[test]
    fn a_folder_with_other_files_is_left_alone() {
        let root = tempfile::tempdir().expect("a folder");
        fs::write(root.path().join("thesis.txt"), "mine").expect("written");
        let refusal = demo(noon(), SEED).write(root.path()).expect_err("refused").to_string();
        assert!(refusal.contains("--data-dir"), "{refusal}");
        assert_eq!(fs::read_dir(root.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn a_demo_made_again_keeps_what_it_did_not_write() {
        let root = tempfile::tempdir().expect("a folder");
        let demo = demo(noon(), SEED);
        demo.write(root.path()).expect("made");
        let (database, stale) = (root.path().join("allclear.db"), root.path().join("claude/projects/old.jsonl"));
        fs::write(&database, "facts").expect("written");
        fs::write(&stale, "{}").expect("written");
        demo.write(root.path()).expect("made again");
        assert!(database.exists() && !stale.exists());
        for (name, body) in &demo.files {
            assert!(fs::read_to_string(root.path().join(name)).expect("a file") == *body, "{name}");
        }
    }

    #[test]
    fn every_line_is_a_prompt_or_an_answer_with_usage() {
        for (_, line) in lines() {
            let usage = &line["message"]["usage"];
            match line["type"].as_str() {
                Some("user") => assert!(usage.is_null()),
                Some("assistant") => {
                    let written = usage["cache_creation_input_tokens"].as_u64().expect("a count");
                    let split = &usage["cache_creation"];
                    let kinds = ["ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"];
                    assert_eq!(written, kinds.iter().filter_map(|kind| split[kind].as_u64()).sum::<u64>());
                    for count in ["input_tokens", "output_tokens", "cache_read_input_tokens"] {
                        assert!(usage[count].is_u64(), "{line}");
                    }
                    assert!(line["requestId"].is_string() && line["message"]["id"].is_string(), "{line}");
                }
                _ => panic!("a line of another kind: {line}"),
            }
        }
    }

    #[test]
    fn nothing_is_later_than_now_and_a_year_is_a_year() {
        let times: Vec<_> = lines().iter().map(|(at, _)| *at).collect();
        let (first, last) = (times.iter().min().expect("lines"), times.iter().max().expect("lines"));
        assert!(*last <= noon(), "{last}");
        assert!((355..=365).contains(&(noon() - *first).num_days()), "{first}");
        let ledger: Value = serde_json::from_str(&documents::tokens(noon().date_naive(), SEED)).expect("JSON");
        for entry in ledger["entries"].as_array().expect("entries") {
            assert!(entry["date"].as_str().expect("a date") < "2026-11-20", "{entry}");
        }
    }

    #[test]
    fn a_day_reads_the_same_the_day_after() {
        let (today, tomorrow) = (demo(noon(), SEED), demo(noon() + chrono::TimeDelta::days(1), SEED));
        let lines = |demo: &'_ Demo| -> BTreeSet<String> {
            demo.files.iter().skip(5).flat_map(|(_, body)| body.lines().map(str::to_owned)).collect()
        };
        let (today, tomorrow) = (lines(&today), lines(&tomorrow));
        // What has left the year, and the tries of the unpriced model, which are counted back from today.
        let gone = today.difference(&tomorrow).count();
        assert!(gone < today.len() / 100, "{gone} of {} lines changed", today.len());
    }

    #[test]
    fn the_unpriced_model_is_a_matter_of_the_last_two_weeks() {
        let tried: Vec<_> = lines()
            .iter()
            .filter(|(_, line)| line["message"]["model"] == calendar::UNPRICED_MODEL)
            .map(|(at, _)| (noon() - *at).num_days())
            .collect();
        assert!((8..40).contains(&tried.len()), "{} lines", tried.len());
        assert!(tried.iter().all(|days| *days <= 14));
    }

    #[test]
    fn a_path_with_spaces_is_one_word_to_the_shell() {
        assert_eq!(shell_quoted("/srv/demo-1"), "/srv/demo-1");
        assert_eq!(shell_quoted("/srv/it's here"), r"'/srv/it'\''s here'");
    }
}
