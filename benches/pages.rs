//! How long a page of a provider's report takes to read: 31 days of 50 groups, the most that is asked for at once.
//!
//! `cargo bench --features ssr --bench pages` prints one line for each report; a missed goal is printed only, since
//! machines differ. `make bench` runs it.
#![expect(clippy::print_stdout, reason = "the lines are the result")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use allclear::model::from_epoch_day;
use allclear::sources::{anthropic, openai};
use serde_json::{Value, json};

const DAYS: i32 = 31;
const GROUPS: i32 = 50;
/// 2026-10-01.
const FIRST_DAY: i32 = 20_727;
const RUNS: usize = 51;
const GOAL: Duration = Duration::from_millis(5);

fn main() {
    let report = openai::usage::Report::Completions;
    measure("Anthropic usage", &page(anthropic_day), |page| {
        anthropic::usage::parse(page).expect("parses").buckets.iter().map(|bucket| bucket.facts.len()).sum()
    });
    measure("OpenAI completions", &page(openai_day), |page| {
        openai::usage::parse(report, page).expect("parses").buckets.iter().map(|bucket| bucket.facts.len()).sum()
    });
}

fn measure(name: &str, page: &[u8], read: impl Fn(&[u8]) -> usize) {
    assert_eq!(read(page), 31 * 50, "{name}: every group is a fact");
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            black_box(read(black_box(page)));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let median = times[RUNS / 2];
    let verdict = if median <= GOAL { "ok".to_owned() } else { format!("MISSED (goal {GOAL:?})") };
    let (milliseconds, kilobytes) = (median.as_secs_f64() * 1000.0, page.len() / 1000);
    println!(
        "{:<28}{milliseconds:.2} ms {verdict}, {kilobytes} kB of {DAYS} days × {GROUPS} groups",
        format!("{name} page")
    );
}

fn page(day: impl Fn(i32) -> Value) -> Vec<u8> {
    let days: Vec<Value> = (FIRST_DAY..FIRST_DAY + DAYS).map(day).collect();
    json!({"data": days, "has_more": false, "next_page": null}).to_string().into_bytes()
}

fn anthropic_day(day: i32) -> Value {
    let group = |group: i32| {
        json!({
            "uncached_input_tokens": 1000 + group,
            "cache_creation": {"ephemeral_1h_input_tokens": 50, "ephemeral_5m_input_tokens": 300},
            "cache_read_input_tokens": 40_000 + group, "output_tokens": 900,
            "server_tool_use": {"web_search_requests": 0}, "account_id": null, "service_account_id": null,
            "api_key_id": format!("apikey_01Example{group}"), "workspace_id": format!("wrkspc_01Example{}", group % 5),
            "model": "claude-opus-5-5", "service_tier": "standard", "context_window": "0-200k",
            "inference_geo": "global",
        })
    };
    let groups: Vec<Value> = (0..GROUPS).map(group).collect();
    json!({"starting_at": format!("{}T00:00:00Z", from_epoch_day(day)), "results": groups})
}

fn openai_day(day: i32) -> Value {
    let group = |group: i32| {
        json!({
            "object": "organization.usage.completions.result", "input_tokens": 1000 + group,
            "input_cached_tokens": 400, "input_cache_write_tokens": 100, "input_uncached_tokens": 500 + group,
            "output_tokens": 500, "num_model_requests": 5, "user_id": null, "batch": false,
            "project_id": format!("proj_{}", group % 5), "api_key_id": format!("key_{group}"),
            "model": "gpt-6.1-sol", "service_tier": "default",
        })
    };
    let groups: Vec<Value> = (0..GROUPS).map(group).collect();
    json!({"object": "bucket", "start_time": i64::from(day) * 86_400, "results": groups})
}
