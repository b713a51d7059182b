//! What must hold whatever the logs look like.

mod agents;

use proptest::prelude::*;
use serde_json::json;

use super::harness::{TestApp, line};
use crate::analytics::ReportBy;
use crate::model::{QuarterRow, RollupRow, Usd};
use crate::sources::{claude_code, cline, codex, copilot, gemini, qwen};

/// A line out of a small world, so that ids collide, chains shadow and days change.
fn any_line() -> impl Strategy<Value = String> {
    (0..6u8, 0..3u8, 0..50u64, any::<bool>(), 0..3u8, 0..40i64).prop_map(
        |(message, request, output, side, model, hours)| {
            line(&format!("m{message}"), &format!("r{request}"), output, |line| {
                line["isSidechain"] = json!(side);
                line["message"]["model"] =
                    json!(["claude-opus-5-5", "claude-haiku-4-5", "mystery"][usize::from(model)]);
                let start: chrono::DateTime<chrono::Utc> = "2026-11-01T20:00:00Z".parse().expect("a time");
                line["timestamp"] = json!((start + chrono::Duration::hours(hours)).to_rfc3339());
            })
        },
    )
}

async fn stored(app: &TestApp) -> (Vec<RollupRow>, Vec<QuarterRow>) {
    let mut rows = app.engine.store.rollup(None).await.expect("reads");
    rows.sort_by(|a, b| (a.date, &a.session, &a.project, &a.model).cmp(&(b.date, &b.session, &b.project, &b.model)));
    let mut quarters = Vec::new();
    for source in [claude_code::NAME, codex::NAME, gemini::NAME, copilot::NAME, qwen::NAME, cline::NAME] {
        quarters.extend(app.engine.store.quarters(source, 0).await.expect("reads"));
    }
    (rows, quarters)
}

/// The same in another order.
fn shuffled<T: Clone>(all: &[T], seed: u64) -> Vec<T> {
    let mut shuffled = all.to_vec();
    let mut state = seed | 1;
    for i in (1..shuffled.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        shuffled.swap(i, usize::try_from(state >> 33).expect("fits") % (i + 1));
    }
    shuffled
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

const LOG: &str = "-home-dev-dashboard/s.jsonl";

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn reading_a_log_in_two_pieces_is_reading_it_once(lines in prop::collection::vec(any_line(), 1..12), at in any::<prop::sample::Index>()) {
        block_on(async {
            let text = lines.concat();
            let whole = TestApp::new().await;
            whole.write_log(LOG, &text);
            whole.sync().await;
            let pieces = TestApp::new().await;
            let cut = at.index(text.len());
            pieces.write_log(LOG, &text.as_bytes()[..cut]);
            pieces.sync().await;
            pieces.write_log(LOG, &text);
            pieces.sync().await;
            assert_eq!(stored(&pieces).await, stored(&whole).await);
        });
    }

    #[test]
    fn the_order_of_lines_and_files_does_not_matter(lines in prop::collection::vec(any_line(), 1..12), seed in any::<u64>()) {
        block_on(async {
            let shuffled = shuffled(&lines, seed);
            let one = TestApp::new().await;
            one.write_log(LOG, lines.concat());
            one.sync().await;
            let other = TestApp::new().await;
            for line in &shuffled {
                let before = std::fs::read_to_string(other.log(LOG)).unwrap_or_default();
                other.write_log(LOG, before + line);
                other.sync().await;
            }
            assert_eq!(stored(&other).await, stored(&one).await);
        });
    }

    #[test]
    fn the_roll_up_is_the_sum_of_the_facts(lines in prop::collection::vec(any_line(), 1..20)) {
        block_on(async {
            let app = TestApp::new().await;
            for part in lines.chunks(3) {
                let before = std::fs::read_to_string(app.log(LOG)).unwrap_or_default();
                app.write_log(LOG, before + &part.concat());
                app.sync().await;
            }
            let moved = stored(&app).await;
            app.engine.store.rebuild(claude_code::NAME, &|_| {}).await.expect("rebuilds");
            assert_eq!(moved, stored(&app).await);
            let cost = |(rows, _): &(Vec<RollupRow>, _)| rows.iter().map(|row| row.spend.known_cost()).sum::<Usd>();
            assert_eq!(cost(&moved), moved.1.iter().map(|quarter| quarter.cost).sum(), "by the clock as by the day");
            let days: u64 = app.report(ReportBy::Day).await.rows.iter().map(|row| row.totals.messages).sum();
            assert_eq!(days, app.report(ReportBy::Model).await.totals.messages);
        });
    }
}
