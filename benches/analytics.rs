//! How long the published numbers take to compute: ninety days of fifty models on two hundred projects, and a year of a
//! million messages, from their roll-ups.
//!
//! `cargo bench --features ssr --bench analytics` prints one line for each; a missed goal is printed only, since
//! machines differ. `make bench` runs it.
#![expect(clippy::print_stdout, reason = "the lines are the result")]

use std::collections::HashSet;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use allclear::analytics::{Attribution, Facts, ProjectNames, generate};
use allclear::model::{Basis, Budgets, ModelRates, Rates, RollupRow, Spend, TokenRates, Tokens};
use chrono::{Days, NaiveDate, Utc};

const RUNS: usize = 21;

#[derive(Debug)]
struct OnePrice;

impl Rates for OnePrice {
    fn rates(&self, _: &str, _: NaiveDate) -> Option<ModelRates> {
        let standard = TokenRates([5_000_000_000, 6_250_000_000, 10_000_000_000, 500_000_000, 25_000_000_000]);
        Some(ModelRates { standard, batch: None })
    }
}

fn main() {
    // Every project every day, each with the next of the models: all of them are used on all of them.
    measure("90 days × 50 models × 200 projects", rows(90, 200, 50, 200), Duration::from_millis(10));
    // Fifty messages to a session, a model and a day make twenty thousand rows of a million.
    measure("a year of a million messages", rows(365, 55, 5, 20), Duration::from_millis(50));
}

fn rows(days: u64, a_day: u64, models: u64, projects: u64) -> Vec<RollupRow> {
    let today = today();
    let mut rows = Vec::new();
    let mut names = HashSet::new();
    // As the store hands them out: a name is there once.
    let mut shared = |name: String| -> Arc<str> {
        let name: Arc<str> = name.into();
        names.get(&name).cloned().unwrap_or_else(|| {
            names.insert(Arc::clone(&name));
            name
        })
    };
    for ago in (0..days).rev() {
        for number in 0..a_day {
            let tokens = Tokens { input: 1_000 + number, cache_read: 40_000 + ago, output: 900, ..Tokens::default() };
            let cost = OnePrice.rates("", today).map(|rates| rates.standard.cost(&tokens));
            rows.push(RollupRow {
                source: shared("claude_code".to_owned()),
                date: today - Days::new(ago),
                session: shared(format!("{ago}-{number}")),
                project: shared(format!("/home/dev/project-{}", number % projects)),
                model: shared(format!("model-{}", (number + ago) % models)),
                spend: Spend::of(tokens, cost, Basis::Estimated),
            });
        }
    }
    rows
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date")
}

fn measure(name: &str, rows: Vec<RollupRow>, goal: Duration) {
    let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &Attribution::default());
    let count = rows.len();
    let facts = Facts::of(rows, names, Arc::new(OnePrice));
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let made = generate(black_box(&facts), today(), "UTC", &Budgets::default(), Vec::new(), Utc::now());
            let taken = start.elapsed();
            drop(black_box(made));
            taken
        })
        .collect();
    times.sort_unstable();
    let median = times[RUNS / 2];
    let verdict = if median <= goal { "ok".to_owned() } else { format!("MISSED (goal {goal:?})") };
    println!("{name:<38}{:.1} ms {verdict}, {count} rows", median.as_secs_f64() * 1000.0);
}
