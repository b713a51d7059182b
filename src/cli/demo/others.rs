//! A little usage of the agents beside Claude Code: some sessions of Codex and of Gemini CLI in the last weeks (wire
//! formats, 4.2 and 4.3).
//!
//! Pure and seeded, a day at a time like the others. Must never contain text a person wrote.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::calendar;
use super::rng::Rng;

/// The folders of the made-up agents, below the data folder.
pub(super) const FOLDERS: [&str; 2] = ["codex", "gemini"];
const DAYS: u64 = 45;
/// Apart from the days of Claude Code, which count from the year 1, and from the ledger.
const STREAM: u64 = 1 << 40;

/// Returns the logs of the days that end today, by their path below the data folder.
pub(super) fn logs(now: DateTime<Utc>, seed: u64) -> Vec<(String, String)> {
    let today = now.date_naive();
    let first = today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(today);
    first.iter_days().take_while(|date| *date <= today).flat_map(|date| day(date, now, seed)).collect()
}

fn day(date: NaiveDate, now: DateTime<Utc>, seed: u64) -> Vec<(String, String)> {
    let mut rng = Rng::new(seed, STREAM + u64::from(date.num_days_from_ce().unsigned_abs()));
    let mut logs = Vec::new();
    for (chance, log) in [(45, codex as fn(&Session, &mut Rng) -> (String, String)), (30, gemini)] {
        let session = Session::start(date, &mut rng);
        let (name, text) = log(&session, &mut rng);
        // What comes later is drawn all the same: the rest of the day must not depend on it.
        if rng.percent(chance) && session.end() <= now {
            logs.push((name, text));
        }
    }
    logs
}

struct Session {
    id: String,
    project: &'static str,
    started: DateTime<Utc>,
    turns: u32,
}

impl Session {
    fn start(date: NaiveDate, rng: &mut Rng) -> Session {
        let second = i64::try_from(calendar::start_second(rng)).unwrap_or(0);
        Session {
            id: rng.uuid(),
            project: calendar::project(date, rng),
            started: date.and_time(NaiveTime::MIN).and_utc() + TimeDelta::seconds(second),
            turns: u32::try_from(rng.between(4, 24)).unwrap_or(4),
        }
    }

    fn at(&self, turn: u32) -> String {
        (self.started + TimeDelta::minutes(i64::from(turn))).to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    fn end(&self) -> DateTime<Utc> {
        self.started + TimeDelta::minutes(i64::from(self.turns))
    }

    fn folder(&self) -> String {
        format!("/home/dev/{}", self.project)
    }
}

/// One record per response, as Codex has written them since September 2026.
fn codex(session: &Session, rng: &mut Rng) -> (String, String) {
    let id = &session.id;
    let started = session.started.format("%Y-%m-%dT%H-%M-%S");
    let name = format!("codex/sessions/{}/rollout-{started}-{id}.jsonl", session.started.format("%Y/%m/%d"));
    let head = json!({"timestamp": session.at(0), "type": "session_meta",
        "payload": {"id": id, "cwd": session.folder(), "originator": "codex_cli_rs", "cli_version": "0.140.0"}});
    let turn = json!({"timestamp": session.at(0), "type": "turn_context",
        "payload": {"cwd": session.folder(), "model": rng.pick(&[("gpt-6.1-sol", 70), ("gpt-6-luna", 30)])}});
    let record = |turn: u32| {
        let cached = u64::from(turn - 1) * 5_500;
        let (input, output) = (cached + rng.between(2_000, 9_000), rng.mostly_small(60, 4_000));
        json!({"timestamp": session.at(turn), "type": "token_usage_record", "payload": {"thread_id": id, "session_id": id,
            "response_id": format!("resp_{}", rng.hex()), "usage": {"input_tokens": input, "cached_input_tokens": cached,
            "cache_write_input_tokens": 0, "output_tokens": output, "total_tokens": input + output}}})
    };
    let records: Vec<Value> = (1..=session.turns).map(record).collect();
    (name, [head, turn].iter().chain(&records).map(|line| format!("{line}\n")).collect())
}

/// One document, as Gemini CLI wrote them until 2026.
fn gemini(session: &Session, rng: &mut Rng) -> (String, String) {
    let started = session.started.format("%Y-%m-%dT%H-%M");
    let name = format!("gemini/tmp/{}/chats/session-{started}-{}.json", session.project, &session.id[..8]);
    let message = |turn: u32| {
        let cached = u64::from(turn - 1) * 3_000;
        json!({"id": rng.uuid(), "timestamp": session.at(turn), "type": "gemini", "model": "gemini-3.8-flash", "content": "",
            "tokens": {"input": cached + rng.between(2_000, 8_000), "output": rng.mostly_small(60, 3_000), "cached": cached,
            "thoughts": rng.between(0, 400), "tool": 0}})
    };
    let messages: Vec<Value> = (1..=session.turns).map(message).collect();
    let document = json!({"sessionId": session.id, "projectHash": session.project, "startTime": session.at(0),
        "lastUpdated": session.at(session.turns), "kind": "main", "messages": messages});
    (name, format!("{document}\n"))
}
