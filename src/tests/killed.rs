//! Killed at any moment: every alert arrives, at most once more for each kill, and under one id.
//!
//! A process of its own runs and sends; it is killed as `kill -9` does, and another goes on where it stood. In each four
//! rounds one is killed anywhere, one while its request is being answered, one right after, and one is left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::process::Child;

use super::child::{child, told};
use super::fakes::receiver::Receiver;
use super::harness::{engine_in, write};
use crate::model::Trigger;
use crate::sync::Clock;

/// Rounds, unless `ALLCLEAR_KILLS` says how many; `make kills` says a thousand.
const ROUNDS: usize = 24;
/// Claims of a process that was killed run out in between.
const BETWEEN: TimeDelta = TimeDelta::minutes(3);

/// What runs in the process that is killed: a run, and the sending of what is due.
#[tokio::test]
async fn the_process_that_is_killed() {
    let Some(told) = told() else { return };
    let now: DateTime<Utc> = told["now"].as_str().and_then(|now| now.parse().ok()).expect("a time");
    let folder = told["folder"].as_str().expect("a folder");
    let engine = engine_in(Path::new(folder), Clock::showing(move || now)).await;
    engine.run(Trigger::Cli, &[]).await.expect("runs");
    engine.tell().await.expect("sends");
}

struct World {
    folder: tempfile::TempDir,
    now: DateTime<Utc>,
}

impl World {
    fn new(channels: &[(&str, &Receiver)]) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let now = DateTime::parse_from_rfc3339("2026-11-02T12:00:00Z").expect("a time").to_utc();
        let world = World { folder, now };
        let hook = |(name, fake): &(&str, &Receiver)| json!({"name": name, "kind": "webhook", "url": fake.url(), "allowHttp": true});
        let ports: Vec<u16> = channels.iter().map(|(_, fake)| fake.addr.port()).collect();
        let all: Vec<Value> = channels.iter().map(hook).collect();
        world.config("channels.json", &json!({"allow": ["127.0.0.1/32"], "ports": ports, "channels": all}));
        world.config("sources.json", &json!({"claude_code": {"enabled": false, "roots": [world.folder.path()]}}));
        world
    }

    fn config(&self, file: &str, text: &Value) {
        write(&self.folder.path().join("data/config").join(file), text.to_string());
    }

    /// What was spent, by project, on a day.
    fn spend(&self, spent: &[(String, &str, f64)]) {
        let entry = |(project, date, cost): &(String, &str, f64)| {
            json!({"date": date, "project": project, "session": "s", "tokensIn": 1, "tokensOut": 1, "cost": cost,
                "model": "claude-opus-4-5"})
        };
        let entries: Vec<Value> = spent.iter().map(entry).collect();
        write(&self.folder.path().join("data/tokens.json"), json!({"entries": entries}).to_string());
    }

    fn start(&mut self) -> Child {
        self.now += BETWEEN;
        let told = json!({"folder": self.folder.path(), "now": self.now.to_rfc3339()});
        child("tests::killed::the_process_that_is_killed", &told).spawn().expect("starts")
    }

    async fn run_to_the_end(&mut self) {
        let ended = self.start().wait().await.expect("ends");
        assert!(ended.success(), "{ended}");
    }
}

/// How often each message came, by what it is about and its id.
fn counted(fake: &Receiver) -> BTreeMap<String, BTreeMap<String, usize>> {
    let mut counted: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for (id, body) in fake.keys().into_iter().zip(fake.bodies()) {
        let key = body["alertKey"].as_str().expect("is about something").to_owned();
        *counted.entry(key).or_default().entry(id).or_default() += 1;
    }
    counted
}

#[expect(clippy::print_stdout, reason = "what was measured")]
#[tokio::test]
async fn whenever_it_is_killed_nothing_is_missing_and_little_comes_twice() {
    let rounds = std::env::var("ALLCLEAR_KILLS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    let fake = Receiver::start().await;
    let mut world = World::new(&[("hook", &fake)]);
    let limits: BTreeMap<String, u32> = (0..rounds).map(|round| (format!("p{round}"), 5)).collect();
    let rules = json!({"forecast": false, "spike": false, "unpricedModel": false});
    world.config("alerts.json", &json!({"perProjectLimits": limits, "groupFrom": 1_000, "rules": rules}));
    world.config("budget.json", &json!({"monthly": 1_000_000}));
    let (mut spent, mut kills) = (Vec::new(), 0);
    for round in 0..rounds {
        spent.push((format!("p{round}"), "2026-11-02", 6.0));
        world.spend(&spent);
        let before = fake.bodies().len();
        let mut process = world.start();
        match round % 4 {
            0 => tokio::time::sleep(Duration::from_millis(fastrand::u64(0..400))).await,
            1 => fake.has_got(before + 1).await,
            2 => {
                fake.has_answered(before + 1).await;
                tokio::time::sleep(Duration::from_micros(fastrand::u64(0..3_000))).await;
            }
            _ => {
                assert!(process.wait().await.expect("ends").success());
                continue;
            }
        }
        process.kill().await.expect("is killed");
        kills += 1;
    }
    world.run_to_the_end().await;
    world.run_to_the_end().await;
    let counted = counted(&fake);
    let missing: Vec<&String> =
        limits.keys().filter(|name| !counted.contains_key(&format!("project-{name}-limit@2026-11"))).collect();
    assert_eq!((missing, counted.len()), (Vec::<&String>::new(), rounds), "each is told, and nothing else");
    assert!(counted.values().all(|ids| ids.len() == 1), "told anew under another id: {counted:?}");
    let twice = fake.bodies().len() - rounds;
    assert!(twice <= kills, "{twice} came again after {kills} kills");
    println!("{kills} kills, {twice} duplicates, 0 missing");
}

/// The whole of it: a threshold crossed in a real run, told once through every channel, also after `kill -9`, a restart, a
/// raised budget and a new month.
#[tokio::test]
async fn a_crossed_threshold_is_told_right_after_a_kill_a_restart_a_raised_budget_and_a_month() {
    let fakes = [Receiver::start().await, Receiver::start().await, Receiver::start().await];
    let mut world = World::new(&[("a", &fakes[0]), ("b", &fakes[1]), ("c", &fakes[2])]);
    world.config("budget.json", &json!({"monthly": 200}));
    world.config("alerts.json", &json!({"rules": {"forecast": false, "spike": false}}));
    let november = ("shop".to_owned(), "2026-11-02", 160.0);
    world.spend(std::slice::from_ref(&november));
    let mut process = world.start();
    fakes[1].has_got(1).await;
    process.kill().await.expect("is killed");
    world.run_to_the_end().await;
    world.run_to_the_end().await;
    let told = |fake: &Receiver| {
        let all = counted(fake);
        assert!(all.values().all(|ids| ids.values().all(|times| *times <= 2)), "one kill, one duplicate: {all:?}");
        all.into_iter().map(|(key, ids)| (key, ids.len())).collect::<Vec<_>>()
    };
    let keys = |all: &[(&str, usize)]| all.iter().map(|(key, ids)| ((*key).to_owned(), *ids)).collect::<Vec<_>>();
    for fake in &fakes {
        assert_eq!(told(fake), keys(&[("global-75@2026-11", 1)]));
    }
    // Of another budget it is news: first nothing is reached, then again.
    world.config("budget.json", &json!({"monthly": 300}));
    world.run_to_the_end().await;
    world.spend(&[("shop".to_owned(), "2026-11-02", 230.0)]);
    world.run_to_the_end().await;
    for fake in &fakes {
        assert_eq!(told(fake), keys(&[("global-75@2026-11", 2)]));
    }
    world.now = DateTime::parse_from_rfc3339("2026-12-01T00:00:00Z").expect("a time").to_utc();
    world.run_to_the_end().await;
    world.spend(&[november, ("shop".to_owned(), "2026-12-01", 280.0)]);
    world.run_to_the_end().await;
    world.run_to_the_end().await;
    let expected = ["global-75@2026-11", "global-75@2026-12", "global-90@2026-12"];
    for fake in &fakes {
        let all: BTreeSet<String> = counted(fake).into_keys().collect();
        assert_eq!(all.into_iter().collect::<Vec<_>>(), expected);
        assert_eq!(told(fake).iter().map(|(_, ids)| ids).sum::<usize>(), 4);
    }
}
