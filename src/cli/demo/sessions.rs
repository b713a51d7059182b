//! A year of made-up sessions as Claude Code would have logged them (wire formats, 4.1).
//!
//! Pure: seed and clock come in, file names and bytes go out. Every day has a chance of its own, so the same day reads
//! the same whichever day the year ends on, and a demo made again does not count a message twice. Nothing is later than
//! `now`. Must never contain text a person wrote.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Utc};

use super::calendar::{self, Tier, UNPRICED_MODEL};
use super::line::{CacheCreation, Line, Message, Usage};
use super::rng::Rng;

const DAYS: u64 = 365;
/// Where a conversation is compacted.
const CONTEXT_LIMIT: u64 = 180_000;
/// Haiku costs five times as much beyond 100,000 tokens of prompt; people keep it below.
const SMALL_CONTEXT_LIMIT: u64 = 90_000;
const VERSION: &str = "2.1.77";

/// One log file, its path below the configuration folder.
pub(super) struct LogFile {
    pub(super) path: String,
    pub(super) project: &'static str,
    pub(super) date: NaiveDate,
    pub(super) body: String,
    pub(super) messages: u64,
}

/// Returns the logs of the 365 days that end today.
pub(super) fn year(now: DateTime<Utc>, seed: u64) -> Vec<LogFile> {
    let today = now.date_naive();
    let first = today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(today);
    first.iter_days().take_while(|date| *date <= today).flat_map(|date| day(date, now, seed)).collect()
}

fn day(date: NaiveDate, now: DateTime<Utc>, seed: u64) -> Vec<LogFile> {
    let mut rng = Rng::new(seed, u64::from(date.num_days_from_ce().unsigned_abs()));
    let mut files = Vec::new();
    for _ in 0..calendar::sessions(date, &mut rng) {
        let tier = rng.pick(&[(Tier::Opus, 62), (Tier::Sonnet, 32), (Tier::Haiku, 6)]);
        let (model, load) = calendar::model(tier, date, &mut rng);
        let messages = rng.mostly_small(12, 100);
        let session = Session { load, ..Session::start(date, model, tier == Tier::Haiku, &mut rng) };
        // Some sessions send a helper off, in a log of its own.
        if rng.percent(12) {
            let (model, _) = calendar::model(Tier::Haiku, date, &mut rng);
            let helper = Session { model, load: 100, small: true, agent: Some(rng.hex()), ..session.clone() };
            let messages = rng.between(4, 14);
            files.push(helper.log(messages, now, &mut rng));
        }
        files.push(session.log(messages, now, &mut rng));
    }
    if calendar::tries_unpriced_model(date, now.date_naive()) {
        let messages = rng.between(2, 4);
        files.push(Session::start(date, UNPRICED_MODEL, true, &mut rng).log(messages, now, &mut rng));
    }
    files.retain(|file| file.messages > 0);
    files
}

#[derive(Clone)]
struct Session {
    id: String,
    project: &'static str,
    model: &'static str,
    started: DateTime<Utc>,
    /// How much each request is given to do, in percent.
    load: u64,
    /// Keeps to a small prompt.
    small: bool,
    /// Writes its cache for an hour instead of five minutes.
    one_hour: bool,
    /// The helper whose log this is.
    agent: Option<String>,
}

impl Session {
    fn start(date: NaiveDate, model: &'static str, small: bool, rng: &mut Rng) -> Session {
        let project = calendar::project(date, rng);
        let started = date.and_time(NaiveTime::MIN).and_utc() + seconds(calendar::start_second(rng));
        Session { id: rng.uuid(), project, model, started, load: 100, small, one_hour: rng.percent(20), agent: None }
    }

    /// Writes the log up to `now`. What comes later is drawn all the same: the rest of the day must not depend on it.
    fn log(&self, messages: u64, now: DateTime<Utc>, rng: &mut Rng) -> LogFile {
        let mut file = LogFile {
            path: self.path(),
            project: self.project,
            date: self.started.date_naive(),
            body: String::new(),
            messages: 0,
        };
        let limit = if self.small { SMALL_CONTEXT_LIMIT } else { CONTEXT_LIMIT * self.load / 100 };
        let mut context = Context { cached: 0, limit };
        let mut at = self.started;
        file.body.push_str(&self.line(at, None, Message::prompt(), rng));
        for _ in 0..messages {
            at += seconds(rng.mostly_small(12, 240));
            let lines = self.exchange(at, &mut context, rng);
            if at <= now {
                file.body.push_str(&lines);
                file.messages += 1;
            }
        }
        file
    }

    /// Returns the lines of one request. One that answers in two blocks is logged twice, first with the output so far.
    fn exchange(&self, at: DateTime<Utc>, context: &mut Context, rng: &mut Rng) -> String {
        let (id, request) = (format!("msg_01{}", rng.hex()), format!("req_011C{}", rng.hex()));
        let usage = context.next_usage(self, rng);
        let so_far = Usage { output_tokens: usage.output_tokens / 3, ..usage };
        let first = rng.percent(20).then_some(so_far);
        let sightings = first.into_iter().chain([usage]);
        sightings.map(|usage| self.line(at, Some(&request), Message::answer(&id, self.model, usage), rng)).collect()
    }

    fn path(&self) -> String {
        let Session { id, project, .. } = self;
        match &self.agent {
            None => format!("projects/-home-dev-{project}/{id}.jsonl"),
            Some(agent) => format!("projects/-home-dev-{project}/{id}/subagents/agent-{agent}.jsonl"),
        }
    }

    fn line(&self, at: DateTime<Utc>, request_id: Option<&str>, message: Message<'_>, rng: &mut Rng) -> String {
        let line = Line {
            kind: message.role,
            uuid: rng.uuid(),
            is_sidechain: self.agent.is_some(),
            cwd: format!("/home/dev/{}", self.project),
            session_id: &self.id,
            version: VERSION,
            timestamp: at.to_rfc3339_opts(SecondsFormat::Millis, true),
            request_id,
            message,
        };
        line.to_json()
    }
}

fn seconds(count: u64) -> TimeDelta {
    TimeDelta::seconds(i64::try_from(count).unwrap_or(0))
}

/// A conversation's prompt: what one request wrote to the cache, the next one reads from it.
struct Context {
    cached: u64,
    limit: u64,
}

impl Context {
    fn next_usage(&mut self, session: &Session, rng: &mut Rng) -> Usage {
        if self.cached > self.limit {
            self.cached = rng.between(20_000, 30_000);
        }
        let (read, load) = (self.cached, session.load);
        // The first request writes instructions and tools, later ones what was said, and now and then a large file.
        let written = match read {
            0 => rng.between(22_000, 36_000),
            _ if rng.percent(8) => rng.between(12_000, 34_000) * load / 100,
            _ => rng.between(1_500, 8_300) * load / 100,
        };
        self.cached = read + written;
        let split =
            if session.one_hour { CacheCreation::one_hour(written) } else { CacheCreation::five_minutes(written) };
        Usage {
            input_tokens: if rng.percent(8) { rng.between(900, 6_000) } else { rng.between(2, 14) },
            output_tokens: rng.mostly_small(80, 10_000) * load / 100,
            cache_creation_input_tokens: written,
            cache_read_input_tokens: read,
            cache_creation: split,
        }
    }
}
