//! Syncing from providers: the whole app against fakes of all four, which keep books, page, restate and misbehave.

mod beside;
mod counted_once;
mod cut_off;
mod exported;
mod faults;
mod orders;
mod probed;
mod restated;
mod slow;
mod whole;

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use chrono::NaiveTime;
use serde_json::json;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use super::fakes::{Bill, Fake, Used, anthropic, litellm, openai, openrouter};
use super::harness::{TestApp, plain, write};
use crate::analytics::ReportBy;
use crate::model::{FreshnessState, RunStatus, StepStatus, SyncRun, SyncStep, from_epoch_day};
use crate::sources::http::Limits;
use crate::sync::Clock;

/// 2026-11-20.
const TODAY: i32 = 20_777;
/// Days of the first reading, today among them.
const HISTORY: i32 = 90;
/// One message of the log harness, and the price of it: 49,800,000,000 pico-dollars.
const OPUS: [u64; 5] = [1200, 3000, 500, 40_000, 900];
const OPUS_PICO: i128 = 49_800_000_000;
/// 600 × $0.75 + 400 × $0.075 + 100 × $4.50, per million.
const MINI: [u64; 5] = [600, 0, 0, 400, 100];
const MINI_PICO: i128 = 930_000_000;
/// As the program's, without the distance between requests.
const LIMITS: Limits = Limits {
    patience: Duration::from_secs(60),
    connect: Duration::from_secs(10),
    read: Duration::from_secs(30),
    total: Duration::from_secs(120),
    spacing: Duration::ZERO,
    body_bytes: 8 * 1024 * 1024,
};

/// An app, its log, and the four providers it asks.
struct World {
    app: TestApp,
    anthropic: Fake,
    openai: Fake,
    openrouter: Fake,
    litellm: Fake,
    today: Arc<AtomicI32>,
}

impl World {
    /// Providers that know of no usage yet.
    async fn empty() -> World {
        let (anthropic, openai) = (anthropic::start(TODAY).await, openai::start(TODAY).await);
        let (openrouter, litellm) = (openrouter::start(TODAY).await, litellm::start(TODAY).await);
        let today = Arc::new(AtomicI32::new(TODAY));
        let shown = today.clone();
        let noon = NaiveTime::from_hms_opt(12, 0, 0).expect("a time");
        let clock = Clock::showing(move || from_epoch_day(shown.load(Ordering::SeqCst)).and_time(noon).and_utc());
        let settings = [
            ("ANTHROPIC_ADMIN_KEY", anthropic::KEY),
            ("ALLCLEAR_ANTHROPIC_BASE_URL", anthropic.upstream.base()),
            ("OPENAI_ADMIN_KEY", openai::KEY),
            ("ALLCLEAR_OPENAI_BASE_URL", openai.upstream.base()),
            ("OPENROUTER_MANAGEMENT_KEY", openrouter::KEY),
            ("ALLCLEAR_OPENROUTER_BASE_URL", openrouter.upstream.base()),
            ("LITELLM_API_KEY", litellm::KEY),
            ("ALLCLEAR_LITELLM_BASE_URL", litellm.upstream.base()),
        ];
        let app = TestApp::with_limits(clock, &settings, LIMITS).await;
        World { app, anthropic, openai, openrouter, litellm, today }
    }

    /// Providers with usage on the oldest and the latest days, and between.
    async fn new() -> World {
        let world = World::empty().await;
        world.app.write_log("-home-dev-dashboard/s.jsonl", plain("msg_1"));
        world.anthropic.books().groups =
            vec![("wrkspc_1".into(), "Dashboard".into()), ("wrkspc_2".into(), "CI".into())];
        world.anthropic.books().keys = vec![("apikey_1".into(), "ci".into())];
        world.openai.books().groups = vec![("proj_1".into(), "Shop".into())];
        world.openai.books().keys = vec![("key_1".into(), "batch".into())];
        world.litellm.books().keys = vec![("88dc28".into(), "agents".into())];
        for day in [89, 60, 58, 31, 20, 2, 1, 0].map(|ago| TODAY - ago) {
            let opus = |group: &str| Used::new(group, "apikey_1", "claude-opus-5-5", OPUS, "");
            world.anthropic.uses(day, [opus("wrkspc_1"), opus("wrkspc_2")]);
            world.openai.uses(day, [Used::new("proj_1", "key_1", "gpt-5.4-mini", MINI, "")]);
            world.openrouter.uses(day, [Used::new("", "endpoint", "x-ai/grok-4", [50, 0, 0, 0, 125], "0.015")]);
            let forwarded = |key: &str| Used::new("", key, "house-model", [90, 10, 0, 40, 20], "0.25");
            world.litellm.uses(day, [forwarded("88dc28"), forwarded("99ff00")]);
            // Cents and dollars: a cent more than the estimate, and something that is no model's.
            let cents = [("output_tokens", "9.96"), ("uncached_input_tokens", "1.00")];
            let bills = cents.map(|(kind, amount)| Bill::new("wrkspc_1", "claude-opus-5-5", kind, amount));
            world.anthropic.bills(day, bills.into_iter().chain([Bill::new("", "", "web_search", "3.00")]));
            world.openai.bills(day, [Bill::new("proj_1", "gpt-5.4-mini", "input", "0.001")]);
            world.anthropic.books().people.insert(day, vec![("a@example.com".into(), 7), ("b@example.com".into(), 9)]);
        }
        world
    }

    fn providers(&self) -> [(&'static str, &Fake); 4] {
        [
            ("anthropic", &self.anthropic),
            ("openai", &self.openai),
            ("openrouter", &self.openrouter),
            ("litellm", &self.litellm),
        ]
    }

    /// Lets a failed request fail at once.
    fn without_retries(&self) {
        write(&self.app.data("config/sync.json"), json!({"retry": {"maxAttempts": 1}}).to_string());
    }

    /// Moves everybody's clock to a later day.
    fn turn_to(&self, day: i32) {
        self.today.store(day, Ordering::SeqCst);
        self.openrouter.books().today = day;
    }

    fn freshness(&self, source: &str) -> FreshnessState {
        let snapshot = self.app.engine.snapshot();
        snapshot.analytics.freshness.iter().find(|fresh| fresh.source == source).expect("is listed").status
    }

    /// Everything providers gave, line by line: two databases that hold the same have the same lines.
    async fn database(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let options = SqliteConnectOptions::new().filename(self.app.data("allclear.db")).read_only(true);
        let mut connection = options.connect().await.expect("opens");
        for (table, columns) in [
            (
                "usage_event",
                "source, dedupe_key, day, project, model, input, cache_write_5m, cache_write_1h, cache_read, output, coalesce(cost_pico, 'none'), basis",
            ),
            (
                "rollup_day",
                "source, day, project, model, messages, input, output, reported_pico, estimated_pico, unpriced_in",
            ),
            ("billed_day", "source, day, origin, kind, model, amount_pico"),
            ("person_day", "source, day, actor, model, tokens_in, tokens_out, cost_pico, sessions, commits"),
            ("beside_day", "source, day, unit, count"),
            ("origin_name", "source, id, name"),
            ("sync_cursor", "source, item, position"),
        ] {
            let only = if table == "rollup_day" { "messages > 0" } else { "1" };
            let line = columns.replace(", '", "\0'").replace(", ", " || '|' || ").replace('\0', ", ");
            let sql = format!("SELECT {line} FROM {table} WHERE source <> 'claude_code' AND {only} ORDER BY 1");
            let rows: Vec<String> =
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut connection).await.expect("reads");
            lines.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
        }
        lines
    }

    /// Everything that people and programs can read of the last runs.
    async fn told(&self, run: &SyncRun) -> String {
        let file = |name| std::fs::read_to_string(self.app.data(name)).expect("is there");
        let runs = self.app.engine.store.runs(100).await.expect("reads");
        let states = self.app.engine.store.source_states().await.expect("reads");
        let live = self.app.engine.live().borrow().clone();
        format!("{run:?}\n{}\n{}\n{runs:?}\n{states:?}\n{live:?}", file("sync-status.json"), file("analytics.json"))
    }
}

fn step<'a>(run: &'a SyncRun, source: &str) -> &'a SyncStep {
    run.steps.iter().find(|step| step.source.as_deref() == Some(source)).expect("has a step")
}

/// All sources but one, the log among them, ended well.
fn others_succeeded(run: &SyncRun, but: &str) {
    let others =
        ["claude_code", "anthropic", "openai", "openrouter", "litellm"].into_iter().filter(|name| *name != but);
    for other in others {
        assert_eq!(step(run, other).status, StepStatus::Success, "{other} beside {but}: {:?}", run.steps);
    }
}

fn is_key(text: &str) -> bool {
    text.contains("canary") || text.contains("R2D2")
}
