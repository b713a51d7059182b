//! Reads complete lines of a growing file, a piece at a time.
//!
//! Never returns a last line without its newline: the agent is still writing it. A line longer than any real one is
//! passed over, and reported to the caller as such; memory stays bounded whatever the file holds.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use serde_json::Value;

use crate::model::fingerprint;

/// Read at once; small enough to stay in the processor's cache while it is searched.
const PIECE: usize = 512 << 10;
/// Lines of many megabytes occur (images, tool output); beyond this it is not a log.
pub const MAX_LINE: usize = 64 << 20;
/// What is remembered of the text before the cursor, to notice a rewrite.
const TAIL: u64 = 64;

/// The reusable buffer of one thread.
#[derive(Default)]
pub struct Buffer(Vec<u8>);

/// Where reading ended: after the last complete line.
#[derive(Debug, PartialEq, Eq)]
pub struct End {
    pub position: u64,
    pub tail: u64,
}

/// A complete line without its newline, or one too long to look at.
pub enum Text<'a> {
    Line(&'a [u8]),
    TooLong,
}

/// Reads from `from` on and hands every complete line to `on_line` with its offset in the file.
///
/// Starts over at 0 when the bytes before `from` are not the ones that were there (`tail`).
pub fn read(
    path: &Path,
    from: u64,
    tail: u64,
    buffer: &mut Buffer,
    mut on_line: impl FnMut(u64, Text<'_>),
) -> std::io::Result<End> {
    let mut file = File::open(path)?;
    let mut position = if from > 0 && tail_hash(&mut file, from)? == tail { from } else { 0 };
    file.seek(SeekFrom::Start(position))?;
    let buffer = &mut buffer.0;
    buffer.resize(buffer.len().clamp(PIECE, 4 * PIECE), 0);
    buffer.shrink_to(4 * PIECE);
    let mut filled = 0;
    let mut skipping = false;
    let mut line_start = position;
    let mut at = position;
    loop {
        let count = match file.read(&mut buffer[filled..]) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if count == 0 {
            break;
        }
        at += count as u64;
        let searched = filled;
        filled += count;
        let Some(last) = memchr::memrchr(b'\n', &buffer[searched..filled]) else {
            if filled == buffer.len() {
                if buffer.len() < MAX_LINE {
                    buffer.resize(buffer.len() * 2, 0);
                } else {
                    (skipping, filled, position) = (true, 0, at);
                }
            }
            continue;
        };
        let complete = searched + last + 1;
        let mut start = 0;
        for newline in memchr::memchr_iter(b'\n', &buffer[..complete]) {
            if std::mem::take(&mut skipping) {
                on_line(line_start, Text::TooLong);
            } else {
                on_line(position + start as u64, Text::Line(&buffer[start..newline]));
            }
            start = newline + 1;
        }
        buffer.copy_within(complete..filled, 0);
        filled -= complete;
        position = at - filled as u64;
        line_start = position;
    }
    let position = if skipping { line_start } else { position };
    Ok(End { position, tail: tail_hash(&mut file, position)? })
}

/// Reads a log that is written as a whole, one JSON document.
///
/// # Errors
/// When the file cannot be read.
pub fn document(path: &Path) -> std::io::Result<Document> {
    let mut text = Vec::new();
    let taken = File::open(path)?.take(MAX_LINE as u64 + 1).read_to_end(&mut text)?;
    Ok(if taken > MAX_LINE { Document::TooLong } else { Document::Text(text) })
}

/// A whole file, or one too long to look at.
pub enum Document {
    Text(Vec<u8>),
    TooLong,
}

/// Settings are kilobytes, an agent's list of its tasks a few megabytes.
const MAX_NOTED: u64 = 16 << 20;

/// Reads a value by its pointer out of a JSON file that an agent keeps beside its logs, such as its settings; what cannot
/// be read says nothing.
#[must_use]
pub fn noted(path: &Path, pointer: &str) -> Option<Value> {
    let metadata = std::fs::metadata(path).ok()?;
    let text = (metadata.is_file() && metadata.len() <= MAX_NOTED).then(|| std::fs::read_to_string(path).ok())??;
    let mut noted: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    noted.pointer_mut(pointer).map(Value::take)
}

/// The complete lines of a text in memory, each with its offset.
pub fn lines(text: &[u8], mut on_line: impl FnMut(u64, Text<'_>)) {
    let mut start = 0;
    for newline in memchr::memchr_iter(b'\n', text) {
        on_line(start as u64, Text::Line(&text[start..newline]));
        start = newline + 1;
    }
}

/// Fingerprint of the last bytes before `position`: text rewritten in place changes it.
fn tail_hash(file: &mut File, position: u64) -> std::io::Result<u64> {
    let start = position.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::with_capacity(TAIL as usize);
    file.take(position - start).read_to_end(&mut bytes)?;
    Ok(fingerprint(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_from(path: &Path, from: u64, tail: u64) -> (Vec<(u64, String)>, End) {
        let mut lines = Vec::new();
        let end = read(path, from, tail, &mut Buffer::default(), |offset, text| {
            lines.push((
                offset,
                match text {
                    Text::Line(line) => String::from_utf8_lossy(line).into_owned(),
                    Text::TooLong => "TOO LONG".to_owned(),
                },
            ));
        });
        (lines, end.expect("reads"))
    }

    #[test]
    fn a_last_line_without_its_newline_waits() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        std::fs::write(&path, "one\ntwo\nthr").expect("writes");
        let (lines, end) = lines_from(&path, 0, 0);
        assert_eq!(lines, [(0, "one".to_owned()), (4, "two".to_owned())]);
        assert_eq!(end.position, 8);
        std::fs::write(&path, "one\ntwo\nthree\n").expect("writes");
        assert_eq!(lines_from(&path, end.position, end.tail).0, [(8, "three".to_owned())]);
    }

    #[test]
    fn a_file_rewritten_in_place_is_read_from_its_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        std::fs::write(&path, "one\ntwo\n").expect("writes");
        let (_, end) = lines_from(&path, 0, 0);
        std::fs::write(&path, "six\nten\nnew\n").expect("writes");
        assert_eq!(lines_from(&path, end.position, end.tail).0.len(), 3);
    }

    #[test]
    fn long_lines_are_read_and_absurd_ones_are_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        let long = "x".repeat(5 * PIECE + 17);
        let absurd = "y".repeat(MAX_LINE * 2 + 5);
        std::fs::write(&path, format!("a\n{long}\nb\n{absurd}\nc\n")).expect("writes");
        let (lines, end) = lines_from(&path, 0, 0);
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["a", &long, "b", "TOO LONG", "c"]);
        assert_eq!(end.position, std::fs::metadata(&path).expect("is there").len());
        for (offset, text) in lines.iter().filter(|(_, text)| text.len() == 1) {
            let file = std::fs::read(&path).expect("reads");
            assert_eq!(file[usize::try_from(*offset).expect("fits")], text.as_bytes()[0]);
        }
    }
}
