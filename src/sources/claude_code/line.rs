//! One line of a log: which carry usage, what it says, and why a line is refused.
//!
//! Only usage, ids, model, time and folder are read; everything else is skipped without being looked at.

mod shape;
mod values;

use std::borrow::Cow;
use std::path::Path;

use memchr::memmem::Finder;

use shape::{Iteration, Line};
use values::{modifiers, starts_like_semver, tokens};

use super::lenient::without_oddities;
use super::{place_of, push_or_improve};
use crate::model::{Basis, UsageEvent, Usd, escaped, push_sighting_key};
use crate::sources::Problems;
use crate::sources::logs::reader::{MAX_LINE, Text};
use crate::sources::logs::values::{check_name, instant, nests_too_deeply};
use crate::sources::logs::{LogFile, Shared};

/// More is damage, and would spoil every sum.
const MAX_SEARCHES: u32 = 10_000;
const MAX_REPORTED: Usd = Usd::from_pico(100_000_000_000_000_000);
/// The model of lines the agent made up itself: errors, never usage.
const SYNTHETIC: &str = "<synthetic>";
const NO_MODEL: &str = "unknown";
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The events of one file, as its lines come.
pub(super) struct Lines<'f> {
    file: &'f LogFile,
    usage: Finder<'static>,
    /// The working directory, with everything but letters and digits replaced by `-`.
    slug: Shared,
    session: Shared,
    /// The last few names seen: a file repeats a handful.
    names: Vec<Shared>,
    /// The working directory of the line before, and the project it belongs to.
    project: (String, Shared),
    /// Reused for the key of every line.
    key: String,
    pub events: Vec<UsageEvent>,
    pub bad: Problems,
}

impl<'f> Lines<'f> {
    pub(super) fn new(file: &'f LogFile) -> Lines<'f> {
        let (slug, session) = place_of(&file.relative);
        let slug: Shared = slug.into();
        Lines {
            file,
            usage: Finder::new(b"\"usage\""),
            session: session.into(),
            names: Vec::new(),
            project: (String::new(), slug.clone()),
            slug,
            key: String::new(),
            events: Vec::new(),
            bad: Problems::default(),
        }
    }

    /// Takes a complete line that starts at `offset` of the file.
    pub(super) fn take(&mut self, offset: u64, text: Text<'_>) {
        let Text::Line(mut line) = text else {
            return self.refuse(offset, &format!("longer than {} MB", MAX_LINE >> 20));
        };
        if offset == 0 {
            line = line.strip_prefix(BOM).unwrap_or(line);
        }
        line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        if line.first() != Some(&b'{') || line.last() != Some(&b'}') {
            return self.refuse(offset, "not a JSON object");
        }
        if self.usage.find(line).is_none() {
            return;
        }
        if nests_too_deeply(line) {
            return self.refuse(offset, "nested too deeply");
        }
        let outcome = match sonic_rs::from_slice::<Line<'_>>(line) {
            Ok(parsed) => self.event(offset, &parsed),
            Err(_) => self.second_look(offset, line),
        };
        if let Err(reason) = outcome {
            self.refuse(offset, reason);
        }
    }

    /// Damaged text in a prompt, or an odd field beside the usage, must not cost the usage. Rare, so it may be slow.
    fn second_look(&mut self, offset: u64, line: &[u8]) -> Result<(), &'static str> {
        let text = String::from_utf8_lossy(line);
        if matches!(text, Cow::Owned(_))
            && let Ok(parsed) = sonic_rs::from_str::<Line<'_>>(&text)
        {
            return self.event(offset, &parsed);
        }
        let text = without_oddities(&text).ok_or("not valid JSON, or a field of the wrong type")?;
        let parsed = sonic_rs::from_str::<Line<'_>>(&text).map_err(|_| "a field of the wrong type")?;
        self.event(offset, &parsed)
    }

    fn refuse(&mut self, offset: u64, reason: &str) {
        let path = &self.file.relative;
        self.bad.add(|| format!("{path} at byte {offset}: {reason}"));
    }

    fn event(&mut self, offset: u64, line: &Line<'_>) -> Result<(), &'static str> {
        let Some(message) = &line.message else { return Ok(()) };
        let Some(usage) = &message.usage else { return Ok(()) };
        let timestamp = line.timestamp.as_deref().ok_or("no timestamp")?;
        let at_ms = instant(timestamp).ok_or("the timestamp is not RFC 3339")?;
        check_name(line.request_id.as_deref(), "requestId is empty or absurdly long")?;
        check_name(line.session_id.as_deref(), "sessionId is empty or absurdly long")?;
        check_name(message.id.as_deref(), "message.id is empty or absurdly long")?;
        check_name(message.model.as_deref(), "model is empty or absurdly long")?;
        if line.version.as_deref().is_some_and(|version| !starts_like_semver(version)) {
            return Err("version is not a version");
        }
        let web_searches = usage.server_tool_use.as_ref().and_then(|tools| tools.web_search_requests).unwrap_or(0);
        if web_searches > MAX_SEARCHES {
            return Err("a count of web searches is too large to be real");
        }
        let reported =
            line.cost_usd.map(|cost| Usd::from_f64(cost).filter(|cost| (Usd::ZERO..=MAX_REPORTED).contains(cost)));
        if reported == Some(None) {
            return Err("costUSD is negative or too large to be real");
        }
        let model = message.model.as_deref().unwrap_or(NO_MODEL);
        if model == SYNTHETIC {
            return Ok(());
        }
        let side_chain = line.is_sidechain == Some(true);
        self.key.clear();
        match message.id.as_deref() {
            Some(id) => {
                push_sighting_key(&mut self.key, id, line.request_id.as_deref().unwrap_or_default(), side_chain);
            }
            // Without an id nothing can be a duplicate but the line itself, read again.
            None => self.key = format!("line@{}@{offset}", escaped(&self.file.relative)),
        }
        // A message is mostly followed by more of itself.
        let last = self.events.last().filter(|last| *last.key == *self.key);
        let event = UsageEvent {
            key: last.map_or_else(|| self.key.as_str().into(), |last| last.key.clone()),
            at_ms,
            day: 0,
            session: self.session.clone(),
            project: self.project_of(line.cwd.as_deref()),
            model: self.shared(model),
            tokens: tokens(
                usage.input_tokens,
                usage.output_tokens,
                usage.cache_read_input_tokens,
                usage.cache_creation_input_tokens,
                usage.cache_creation.as_ref(),
            )?,
            web_searches,
            modifiers: self.shared(modifiers(usage)),
            cost: None,
            basis: Basis::Unpriced,
        };
        self.advisors(&event, usage.iterations.as_deref().unwrap_or_default())?;
        let reported = reported.flatten();
        let basis = if reported.is_some() { Basis::Reported } else { Basis::Unpriced };
        push_or_improve(&mut self.events, UsageEvent { cost: reported, basis, ..event });
        Ok(())
    }

    /// Advisor calls are requests of their own, to a model of their own.
    fn advisors(&mut self, of: &UsageEvent, iterations: &[Iteration<'_>]) -> Result<(), &'static str> {
        let advisors = iterations.iter().filter(|iteration| iteration.kind.as_deref() == Some("advisor_message"));
        for (number, part) in advisors.enumerate() {
            let event = UsageEvent {
                key: format!("{}#{}", of.key, number + 1).into(),
                model: part.model.as_deref().map_or_else(|| of.model.clone(), |model| self.shared(model)),
                tokens: tokens(
                    part.input_tokens,
                    part.output_tokens,
                    part.cache_read_input_tokens,
                    part.cache_creation_input_tokens,
                    part.cache_creation.as_ref(),
                )?,
                web_searches: 0,
                ..of.clone()
            };
            self.events.push(event);
        }
        Ok(())
    }

    /// The folder the session was started in: the ancestor of `cwd` that gave the slug its name, else `cwd` itself.
    /// Decided per line, so that it does not matter in how many pieces a log is read.
    fn project_of(&mut self, cwd: Option<&str>) -> Shared {
        let Some(cwd) = cwd.filter(|cwd| !cwd.is_empty() && cwd.len() <= 4096) else {
            return self.shared(&self.slug.clone());
        };
        if self.project.0 != cwd {
            let home = Path::new(cwd)
                .ancestors()
                .filter_map(Path::to_str)
                .find(|folder| slug_of(folder).eq(self.slug.bytes()))
                .unwrap_or(cwd);
            self.project = (cwd.to_owned(), self.shared(home));
        }
        self.project.1.clone()
    }

    fn shared(&mut self, name: &str) -> Shared {
        if let Some(known) = self.names.iter().find(|known| known.as_ref() == name) {
            return known.clone();
        }
        let name: Shared = name.into();
        self.names.push(name.clone());
        name
    }
}

fn slug_of(folder: &str) -> impl Iterator<Item = u8> + '_ {
    folder.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter as u8 } else { b'-' })
}
