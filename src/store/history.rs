//! The archive: one JSON object per line for every changed row of the daily roll-up, one file per metric and month; of
//! several lines for the same row the last one holds.
//!
//! It outlives the database, so lines are only ever added; must never rewrite a line, and must never
//! delete a file whose name it did not choose itself. One writer at a time: the caller holds the sync lock.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use chrono::{DateTime, Datelike, SecondsFormat, Utc};
use serde::Serialize;

use super::documents::{create_folder, sync_folder};

/// Whole months kept besides the current one: half a year, the look-back of the longest trend plus reserve.
const MONTHS_KEPT: i32 = 6;

/// The `history` folder of a data directory.
#[derive(Clone, Debug)]
pub struct History {
    root: PathBuf,
}

#[derive(Serialize)]
struct Line<'a, T> {
    timestamp: &'a str,
    #[serde(rename = "type")]
    metric: &'a str,
    data: T,
}

impl History {
    #[must_use]
    pub fn new(data_dir: &Path) -> History {
        History { root: data_dir.join("history") }
    }

    /// Adds one line per item to the month of `now` and returns how many; all of them or, on an error, none.
    pub fn append<T: Serialize>(
        &self,
        metric: &str,
        now: DateTime<Utc>,
        items: impl IntoIterator<Item = T>,
    ) -> anyhow::Result<u64> {
        ensure!(is_plain_name(metric), "the history of {metric:?} has no file: a metric is named in a-z, 0-9 and _");
        let timestamp = now.to_rfc3339_opts(SecondsFormat::Millis, true);
        let mut lines = Vec::new();
        let mut count = 0;
        for data in items {
            serde_json::to_writer(&mut lines, &Line { timestamp: &timestamp, metric, data })
                .with_context(|| format!("turning an entry of the {metric} history into JSON"))?;
            lines.push(b'\n');
            count += 1;
        }
        if count > 0 {
            let path = self.root.join(metric).join(format!("{metric}-{}.jsonl", now.format("%Y-%m")));
            append_lines(&path, lines).with_context(|| format!("adding to {}", path.display()))?;
        }
        Ok(count)
    }

    /// Deletes the files of months before the six last ones and returns their paths; other files are left alone.
    pub fn prune(&self, now: DateTime<Utc>) -> anyhow::Result<Vec<PathBuf>> {
        let oldest_kept = month_index(now.year(), now.month()) - MONTHS_KEPT;
        let mut removed = Vec::new();
        for metric in entries(&self.root)? {
            if !metric.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            for file in entries(&metric.path())? {
                let is_ours = file.file_type().is_ok_and(|kind| kind.is_file());
                let month = month_of(&file.file_name().to_string_lossy(), &metric.file_name().to_string_lossy());
                if is_ours && month.is_some_and(|month| month < oldest_kept) {
                    let path = file.path();
                    fs::remove_file(&path).with_context(|| format!("removing the old {}", path.display()))?;
                    removed.push(path);
                }
            }
        }
        removed.sort();
        Ok(removed)
    }
}

fn append_lines(path: &Path, mut lines: Vec<u8>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folder(folder)?;
    let is_new = !path.exists();
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let length = file.metadata()?.len();
    if length > 0 && !ends_in_newline(&mut file)? {
        // A crash tore the last line; a newline first, and the torn line loses only itself.
        lines.insert(0, b'\n');
    }
    if let Err(error) = file.write_all(&lines).and_then(|()| file.sync_all()) {
        // A full disk took a part of the batch: take it back, or the next run would archive that part twice.
        let _ = file.set_len(length);
        return Err(error);
    }
    if is_new { sync_folder(folder) } else { Ok(()) }
}

fn ends_in_newline(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn entries(folder: &Path) -> anyhow::Result<Vec<fs::DirEntry>> {
    let found = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        found => found.and_then(Iterator::collect),
    };
    found.with_context(|| format!("listing {}", folder.display()))
}

fn is_plain_name(metric: &str) -> bool {
    !metric.is_empty() && metric.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// Reads the month out of `{metric}-YYYY-MM.jsonl`; `None` for every name we would not have given.
fn month_of(file_name: &str, metric: &str) -> Option<i32> {
    let month = file_name.strip_prefix(metric)?.strip_prefix('-')?.strip_suffix(".jsonl")?;
    let (year, month) = month.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2)?;
    let all_digits = year.bytes().chain(month.bytes()).all(|byte| byte.is_ascii_digit());
    let (year, month) = (year.parse().ok()?, month.parse().ok()?);
    (all_digits && (1..=12).contains(&month)).then(|| month_index(year, month))
}

/// Numbers months through the years, so that "six before" is a subtraction.
fn month_index(year: i32, month: u32) -> i32 {
    year * 12 + i32::try_from(month).unwrap_or(1) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a test's own timestamp")
    }

    fn history() -> (tempfile::TempDir, History) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let history = History::new(dir.path());
        (dir, history)
    }

    fn text_of(dir: &tempfile::TempDir, name: &str) -> String {
        fs::read_to_string(dir.path().join("history").join(name)).expect("the history file is there")
    }

    #[test]
    fn a_line_carries_time_type_and_data() {
        let (dir, history) = history();
        let items = [serde_json::json!({"project": "a\nb"}), serde_json::json!(2)];
        assert_eq!(history.append("quality", at("2026-11-21T03:05:00.5Z"), items).expect("appends"), 2);
        let expected = concat!(
            "{\"timestamp\":\"2026-11-21T03:05:00.500Z\",\"type\":\"quality\",\"data\":{\"project\":\"a\\nb\"}}\n",
            "{\"timestamp\":\"2026-11-21T03:05:00.500Z\",\"type\":\"quality\",\"data\":2}\n",
        );
        assert_eq!(text_of(&dir, "quality/quality-2026-11.jsonl"), expected);
    }

    #[test]
    fn the_month_turns_at_midnight_utc() {
        let (dir, history) = history();
        for time in ["2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00Z", "2027-01-01T01:30:00+02:00"] {
            history.append("tokens", at(time), [1]).expect("appends");
        }
        assert_eq!(text_of(&dir, "tokens/tokens-2026-12.jsonl").lines().count(), 2);
        assert_eq!(text_of(&dir, "tokens/tokens-2027-01.jsonl").lines().count(), 1);
    }

    #[test]
    fn nothing_new_makes_no_file_and_odd_metrics_are_refused() {
        let (dir, history) = history();
        assert_eq!(history.append::<u8>("tokens", at("2026-11-21T00:00:00Z"), []).expect("appends nothing"), 0);
        for metric in ["", "..", "a/b", "Tokens"] {
            history.append(metric, at("2026-11-21T00:00:00Z"), [1]).expect_err("would leave the history folder");
        }
        assert!(!dir.path().join("history").exists());
    }

    #[test]
    fn a_torn_last_line_loses_only_itself() {
        let (dir, history) = history();
        let now = at("2026-11-21T00:00:00Z");
        history.append("tokens", now, [1]).expect("appends");
        let path = dir.path().join("history/tokens/tokens-2026-11.jsonl");
        let mut torn = OpenOptions::new().append(true).open(&path).expect("opens");
        torn.write_all(b"{\"timestamp\":\"2026-1").expect("writes");
        history.append("tokens", now, [2, 3]).expect("appends");
        let text = text_of(&dir, "tokens/tokens-2026-11.jsonl");
        let data = |line: &str| serde_json::from_str::<serde_json::Value>(line).ok().map(|line| line["data"].clone());
        assert_eq!(text.lines().filter_map(data).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(text.lines().count(), 4);
    }

    #[test]
    fn an_error_names_the_file() {
        let (dir, history) = history();
        fs::write(dir.path().join("history"), "in the way").expect("writes");
        let error = history.append("tokens", at("2026-11-21T00:00:00Z"), [1]).expect_err("the folder is a file");
        assert!(format!("{error:#}").contains("tokens-2026-11.jsonl"), "{error:#}");
    }

    #[test]
    fn pruning_keeps_seven_months_and_ignores_strangers() {
        let (dir, history) = history();
        assert_eq!(history.prune(at("2026-03-01T00:00:00Z")).expect("no history yet"), Vec::<PathBuf>::new());
        for month in ["2025-07", "2025-08", "2025-09", "2025-12", "2026-01", "2026-03", "2026-04"] {
            history.append("tokens", at(&format!("{month}-15T00:00:00Z")), [1]).expect("appends");
        }
        let folder = dir.path().join("history/tokens");
        let strangers =
            ["tokens-2025-1.jsonl", "tokens-2025-13.jsonl", "tokens-+025-01.jsonl", "quality-2025-01.jsonl"];
        for name in strangers.iter().chain(&["tokens-2025-01.jsonl.bak", "notes.txt", "é-2025-01.jsonl"]) {
            fs::write(folder.join(name), "mine").expect("writes");
        }
        fs::create_dir(folder.join("tokens-2025-02.jsonl")).expect("makes a folder");
        fs::write(dir.path().join("history/tokens-2025-01.jsonl"), "mine").expect("writes");

        let removed = history.prune(at("2026-03-31T23:59:59Z")).expect("prunes");
        assert_eq!(removed, ["tokens-2025-07.jsonl", "tokens-2025-08.jsonl"].map(|name| folder.join(name)));
        assert_eq!(fs::read_dir(&folder).expect("lists").count(), 5 + 7 + 1);
    }
}
