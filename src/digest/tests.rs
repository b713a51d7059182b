//! A digest as people read it.

use std::collections::BTreeMap;

use super::*;
use crate::model::{
    Breakdown, Change, FreshnessState, Health, PreviousWindow, ProjectChoices, ProjectStatus, Reason, Tokens, Unpriced,
    Usd,
};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn usd(dollars: f64) -> Option<Usd> {
    Usd::from_f64(dollars)
}

fn part(cost: Option<Usd>, tokens_in: u64, sessions: u64) -> Breakdown {
    Breakdown { cost, tokens_in, sessions, unpriced: cost.is_none(), ..Breakdown::default() }
}

fn breakdown<const N: usize>(parts: [(&str, Breakdown); N]) -> BTreeMap<String, Breakdown> {
    parts.map(|(name, part)| (name.to_owned(), part)).into()
}

fn week() -> WindowStats {
    WindowStats {
        from: day("2026-11-09"),
        to: day("2026-11-15"),
        days: 7,
        total_cost: usd(60.0),
        burn_rate: usd(8.57),
        messages: 1_234,
        sessions: 45,
        tokens: Tokens { input: 1_000_000, cache_read: 9_000_000, output: 340_000, ..Tokens::default() },
        by_model: breakdown([
            ("claude-opus-5-5", part(usd(45.0), 8_000_000, 30)),
            ("gpt-5.4-mini", part(usd(15.0), 2_000_000, 14)),
            ("house|model", part(None, 40_000, 1)),
        ]),
        by_project: breakdown([
            ("storefront", part(usd(40.0), 7_000_000, 25)),
            ("**proj**", part(usd(20.0), 3_000_000, 20)),
        ]),
        previous: PreviousWindow { total_cost: usd(22.0), ..PreviousWindow::default() },
        trend_pct: Some(173),
        change: Change {
            sentence: "+$38: +$29 Opus 5.5 share on storefront, +$9 cache misses".to_owned(),
            ..Change::default()
        },
        unpriced: Unpriced { models: vec!["house|model".to_owned()], tokens_in: 40_000, tokens_out: 0 },
        ..WindowStats::default()
    }
}

fn project(id: &str, score: Option<u8>, status: ProjectStatus) -> ProjectReport {
    let reasons = vec![Reason { points: -20, words: "nothing has happened for 20 days".to_owned() }];
    ProjectReport {
        id: id.to_owned(),
        choices: ProjectChoices { status, ..ProjectChoices::of_new(id) },
        start_date: day("2026-01-01"),
        stack: Vec::new(),
        last_commit: None,
        description: None,
        health_score: score,
        health: Health { score: score.unwrap_or_default(), reasons, missing: Vec::new() },
        next_actions: Vec::new(),
        narrative: String::new(),
        quality: None,
        last_activity: None,
        velocity: None,
        folder: None,
        found: None,
        windows: BTreeMap::new(),
        sentence: String::new(),
        coverage_change: None,
        health_change: None,
    }
}

fn source(label: &str, status: FreshnessState, message: &str) -> Freshness {
    Freshness { label: label.to_owned(), status, message: message.to_owned(), ..Freshness::default() }
}

fn anomaly(date: &str) -> Anomaly {
    Anomaly {
        date: day(date),
        cost: Usd::ZERO,
        expected: Usd::ZERO,
        low: Usd::ZERO,
        high: Usd::ZERO,
        project: None,
        model: None,
        driver: None,
        sentence: format!("$30 on {date}, usually $5 to $9"),
    }
}

#[test]
fn a_week_in_words() {
    let stats = week();
    let budget = Budget {
        monthly: usd(200.0).unwrap_or_default(),
        spent: usd(110.0).unwrap_or_default(),
        burn_rate: usd(8.0).unwrap_or_default(),
        message: "Lasts 11 days at this pace".to_owned(),
        ..Budget::default()
    };
    let digest = Digest {
        stats: &stats,
        budget: Some(&budget),
        anomalies: &[anomaly("2026-11-16"), anomaly("2026-11-12"), anomaly("2026-11-08")],
        projects: &[
            project("mobile", Some(35), ProjectStatus::Active),
            project("api", Some(20), ProjectStatus::Active),
            project("old", Some(10), ProjectStatus::Completed),
            project("fine", Some(90), ProjectStatus::Active),
            project("unknown", None, ProjectStatus::Active),
        ],
        sources: &[
            source("Claude Code logs", FreshnessState::Current, "fine"),
            source("OpenAI API", FreshnessState::Late, "No success since 12 Nov; press Refresh"),
        ],
        timezone: "America/New_York",
        today: day("2026-11-17"),
    };
    insta::assert_snapshot!("week", digest.markdown());
}

#[test]
fn an_empty_week_is_said_in_words() {
    let stats = WindowStats {
        from: day("2025-12-29"),
        to: day("2026-01-04"),
        total_cost: Some(Usd::ZERO),
        previous: PreviousWindow { total_cost: Some(Usd::ZERO), ..PreviousWindow::default() },
        ..WindowStats::default()
    };
    let digest = Digest {
        stats: &stats,
        budget: None,
        anomalies: &[],
        projects: &[],
        sources: &[],
        timezone: "UTC",
        today: day("2026-01-05"),
    };
    let expected = "# Week 1 of 2026: nothing used\n\n29 December 2025 to 4 January 2026 (UTC). Nothing was used, nor in \
                    the week before.\n";
    assert_eq!(digest.markdown(), expected);
    let running = Digest { today: day("2026-01-02"), ..digest }.markdown();
    assert!(running.contains("(UTC), which is not over yet. Nothing was used"), "{running}");
}

#[test]
fn without_reasons_the_change_is_a_number_and_without_a_price_it_is_none() {
    let with = |stats: WindowStats| {
        let digest = Digest {
            stats: &stats,
            budget: None,
            anomalies: &[],
            projects: &[],
            sources: &[],
            timezone: "UTC",
            today: day("2026-11-17"),
        };
        digest.markdown()
    };
    let text = with(WindowStats { change: Change::default(), ..week() });
    assert!(text.contains("+$38.00 against $22.00 in the week before (+173 %)."), "{text}");
    let text = with(WindowStats { total_cost: None, ..week() });
    assert!(text.starts_with("# Week 46 of 2026: usage without a price\n"), "{text}");
    assert!(text.contains("It cannot be compared with the week before"), "{text}");
    assert!(!text.contains("$0.00"), "unknown is not zero: {text}");
}

#[test]
fn a_week_begins_on_monday() {
    let week = |from: &str, to: &str| DateRange { from: day(from), to: day(to) };
    assert_eq!(week_of(day("2026-11-22")), week("2026-11-16", "2026-11-22"));
    assert_eq!(week_of(day("2026-11-16")), week("2026-11-16", "2026-11-22"));
    assert_eq!(last_week(day("2026-11-22")), week("2026-11-09", "2026-11-15"));
    assert_eq!(last_week(day("2026-11-23")), week("2026-11-16", "2026-11-22"));
    assert_eq!(last_week(day("2026-01-01")), week("2025-12-22", "2025-12-28"));
}
