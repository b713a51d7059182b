//! Logs whose lines mean something only after those before them: what has to be remembered, and how to go on with it in
//! the middle of a file.

use memchr::memmem::Finder;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::collect::{Collector, json};
use super::reader::{self, Text};
use super::{Buffer, FileReading, LogFile, Start};
use crate::model::UsageEvent;
use crate::sources::Problems;

/// What a format has to remember of the lines before.
pub trait LogState: Default + Serialize + DeserializeOwned {
    /// What stands in the only lines that are looked at; all others hold text and the output of tools.
    const WANTED: &'static [&'static str];

    /// Takes one such line.
    ///
    /// # Errors
    /// When it cannot be meant: what is wrong with it, in words.
    fn line(log: &mut StatefulLog<'_, Self>, offset: u64, line: &Value) -> Result<(), String>;
}

/// A log that is being read.
pub struct StatefulLog<'f, S> {
    pub collector: Collector<'f>,
    pub state: S,
    wanted: Vec<Finder<'static>>,
}

/// Reads what is new in a log.
pub fn read<S: LogState>(file: &LogFile, start: &Start, buffer: &mut Buffer) -> FileReading {
    // Without what came before, the middle of a log says nothing: then it is read from its beginning.
    let (state, from, tail) = match serde_json::from_str(&start.state) {
        Ok(state) if start.from > 0 => (state, start.from, start.tail),
        _ => (S::default(), 0, 0),
    };
    let mut log = StatefulLog::new(file, state);
    let end = reader::read(&file.path, from, tail, buffer, |offset, text| log.take(offset, text));
    let state = serde_json::to_string(&log.state).unwrap_or_default();
    FileReading { state, events: log.collector.events, bad: log.collector.bad, end }
}

/// Reads a whole log that is in memory.
#[must_use]
pub fn parse<S: LogState>(relative: &str, text: &[u8]) -> (Vec<UsageEvent>, Problems) {
    let file = LogFile::named(relative);
    let mut log = StatefulLog::new(&file, S::default());
    reader::lines(text, |offset, text| log.take(offset, text));
    (log.collector.events, log.collector.bad)
}

impl<'f, S: LogState> StatefulLog<'f, S> {
    fn new(file: &'f LogFile, state: S) -> StatefulLog<'f, S> {
        let wanted = S::WANTED.iter().map(|word| Finder::new(*word)).collect();
        StatefulLog { collector: Collector::new(file), state, wanted }
    }

    fn take(&mut self, offset: u64, text: Text<'_>) {
        if offset == 0 {
            // The file is another one than before, and is read from its beginning.
            self.state = S::default();
        }
        let Some(line) = self.collector.object(offset, text) else { return };
        if self.wanted.iter().all(|word| word.find(line).is_none()) {
            return;
        }
        if let Err(reason) = json(line).and_then(|line| S::line(self, offset, &line)) {
            self.collector.refuse_at(offset, &reason);
        }
    }
}
