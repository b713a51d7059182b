use super::*;
use crate::analytics::UnpricedModel;
use crate::model::Anomaly;

fn check(rows: &[RollupRow], budget: &str, settings: &str, today: &str, expected: &[(&str, &str)]) {
    let found = active_of(rows, budget, &choices(settings), today);
    let found: Vec<(&str, &str)> =
        found.iter().map(|alert| (alert.alert_key.as_str(), alert.message.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_threshold_holds_from_exactly_its_part_on_and_says_so() {
    let monthly = r#"{"monthly": 200}"#;
    check(&[row("2026-11-03", "shop", 149.99)], monthly, "{}", "2026-11-03", &[]);
    check(
        &[row("2026-11-03", "shop", 164.6)],
        monthly,
        "{}",
        "2026-11-03",
        &[("global-75@2026-11", "Global spend is at 82.3% of $200 budget (Warning)")],
    );
    // Both hold, the worse one first; 100 % is used and not exceeded.
    check(
        &[row("2026-11-03", "shop", 200.0)],
        monthly,
        "{}",
        "2026-11-03",
        &[
            ("global-90@2026-11", "Global spend is at 100.0% of $200 budget (Critical)"),
            ("global-75@2026-11", "Global spend is at 100.0% of $200 budget (Warning)"),
        ],
    );
    check(
        &[row("2026-11-03", "shop", 199.9999)],
        monthly,
        r#"{"globalThresholds": [{"percent": 100}]}"#,
        "2026-11-03",
        &[],
    );
    check(&[], r#"{"monthly": 0.000001}"#, "{}", "2026-11-03", &[]);
    check(&[row("2026-11-03", "shop", 500.0)], monthly, r#"{"rules": {"thresholds": false}}"#, "2026-11-03", &[]);
}

#[test]
fn a_limit_is_critical_once_all_of_it_is_used() {
    let limits = r#"{"perProjectLimits": {"shop": 10}, "globalBudget": 1000}"#;
    check(&[row("2026-11-03", "shop", 9.99)], "{}", limits, "2026-11-03", &[]);
    check(
        &[row("2026-11-03", "shop", 10.0)],
        "{}",
        limits,
        "2026-11-03",
        &[("project-shop-limit@2026-11", "Project \"shop\" has spent $10, all of its $10 limit")],
    );
    let found = active_of(&[row("2026-11-03", "shop", 12.34)], "{}", &choices(limits), "2026-11-03");
    assert_eq!(found[0].message, "Project \"shop\" has spent $12.34, exceeding its $10 limit");
    assert_eq!((found[0].level, found[0].kind), (AlertLevel::Critical, AlertType::Project));
    assert_eq!((found[0].href.as_str(), found[0].project_name.as_deref()), ("/tokens", Some("shop")));
}

#[test]
fn other_budgets_have_the_same_thresholds_in_their_own_periods() {
    let budget = r#"{"monthly": 1000, "budgets": [
        {"id": "opus", "scope": {"model": "claude-opus-4-5"}, "period": "week", "amount": 50, "name": "Opus"},
        {"id": "use", "scope": "global", "period": "day", "tokens": 1100, "name": "All"}]}"#;
    let rows = [row("2026-11-15", "shop", 45.0), row("2026-11-16", "shop", 40.0)];
    check(
        &rows,
        budget,
        "{}",
        "2026-11-16",
        &[
            ("budget-use-90@2026-11-16", "All use is at 90.9% of 1.10 k tokens daily budget (Critical)"),
            ("budget-opus-75@2026-W47", "Opus spend is at 80.0% of $50 weekly budget (Warning)"),
            ("budget-use-75@2026-11-16", "All use is at 90.9% of 1.10 k tokens daily budget (Warning)"),
        ],
    );
    check(&rows, budget, "{}", "2026-11-23", &[]);
}

#[test]
fn a_budget_on_course_to_break_is_told_before_it_does() {
    let rows: Vec<RollupRow> = day("2026-10-01")
        .iter_days()
        .take_while(|date| *date < day("2026-11-11"))
        .map(|date| row(&date.to_string(), "shop", 10.0))
        .collect();
    check(
        &rows,
        r#"{"monthly": 200}"#,
        "{}",
        "2026-11-11",
        &[("forecast-global@2026-11", "Global is on pace for $290 of its $200 budget and crosses it on 22 Nov")],
    );
    check(&rows, r#"{"monthly": 200}"#, r#"{"rules": {"forecast": false}}"#, "2026-11-11", &[]);
    check(&rows, r#"{"monthly": 400}"#, "{}", "2026-11-11", &[]);
    check(
        &rows,
        r#"{"monthly": 400}"#,
        r#"{"perProjectLimits": {"shop": 210}}"#,
        "2026-11-11",
        &[("forecast-project-shop@2026-11", "shop is on pace for $290 of its $210 limit and crosses it on 23 Nov")],
    );
}

#[test]
fn what_is_wrong_with_the_data_is_told_by_what_it_is_about() {
    let freshness = |status, last: Option<&str>| Freshness {
        source: "anthropic".to_owned(),
        label: "Anthropic API".to_owned(),
        status,
        last_success: last.map(str::to_owned),
        message: "why".to_owned(),
        ..Freshness::default()
    };
    let unpriced = |model: &str, source: &str, first: &str, last: &str| UnpricedModel {
        model: model.to_owned(),
        source: source.to_owned(),
        tokens_in: 1_000,
        tokens_out: 200,
        messages: 1,
        first_day: day(first),
        last_day: day(last),
        similar: None,
    };
    let spike = Anomaly {
        date: day("2026-11-20"),
        cost: usd(48.0),
        expected: usd(15.0),
        low: usd(12.0),
        high: usd(20.0),
        project: None,
        model: None,
        driver: None,
        sentence: "$48 on 20 Nov, usually $12 to $20".to_owned(),
    };
    let analytics = Analytics {
        freshness: vec![
            freshness(FreshnessState::Late, Some("2026-11-20T10:00:00Z")),
            freshness(FreshnessState::Failing, None),
            freshness(FreshnessState::Unauthorised, None),
            freshness(FreshnessState::Current, Some("2026-11-21T10:00:00Z")),
            freshness(FreshnessState::RateLimited, None),
            freshness(FreshnessState::Skipped, None),
        ],
        ..Analytics::default()
    };
    let models = [
        unpriced("nova", "anthropic", "2026-11-01", "2026-11-20"),
        unpriced("nova", "claude_code", "2026-10-30", "2026-11-18"),
        unpriced("old", "claude_code", "2026-05-01", "2026-05-02"),
    ];
    let found = |settings: &str| {
        let settings = choices(settings);
        let facts = AlertFacts {
            choices: &settings,
            analytics: &analytics,
            spikes: std::slice::from_ref(&spike),
            projects: &[],
            unpriced: &models,
            clients: &[],
        };
        active(&facts, day("2026-11-21"))
    };
    let all = found("{}");
    assert_eq!(
        keys(&all),
        ["stale-anthropic", "stale-anthropic", "refused-anthropic", "spike@2026-11-20", "unpriced-nova"]
    );
    assert_eq!(all[4].detail, "2.40 k tokens of it are not in the totals");
    assert_eq!(keys(&found(r#"{"rules": {"staleSource": false, "spike": false}}"#)), ["unpriced-nova"]);
    assert_eq!(keys(&found(r#"{"rules": {"staleSource": false, "unpricedModel": false}}"#)), ["spike@2026-11-20"]);
}

#[test]
fn code_that_got_worse_within_a_week_is_told_by_the_points_one_chose() {
    use crate::analytics::project_reports;
    use crate::model::{Evidence, Measure, Project, ProjectStatus, QualityEntry, Ratio};

    let entry = |date: &str, covered: u64| {
        let mut entry = QualityEntry::unknown("shop", day(date));
        entry.coverage.backend = Some(Ratio { covered, total: 1_000 });
        entry.evidence = vec![Evidence {
            measure: Measure::BackendCoverage,
            file: "lcov.info".to_owned(),
            count: None,
            modified: None,
            age_days: Some(0),
            stale: false,
        }];
        entry
    };
    let found = |then: u64, now: u64, status: ProjectStatus, settings: &str| {
        let mut project = Project::new("shop".to_owned(), None, day("2026-11-01"));
        (project.choices.name, project.choices.status) = ("Shop".to_owned(), status);
        let entries = [entry("2026-11-14", then), entry("2026-11-21", now)];
        let reports = project_reports(&[project], &[], &ProjectNames::default(), &entries, day("2026-11-21"), Tz::UTC);
        let (choices, analytics) = (choices(settings), Analytics::default());
        let facts = AlertFacts {
            choices: &choices,
            analytics: &analytics,
            spikes: &[],
            projects: &reports,
            unpriced: &[],
            clients: &[],
        };
        let found = active(&facts, day("2026-11-21"));
        found.iter().map(|alert| format!("{}: {}", alert.alert_key, alert.message)).collect::<Vec<_>>()
    };
    let told = ["quality-shop@2026-W47: Coverage of Shop fell by 5 points in a week"];
    assert_eq!(found(950, 900, ProjectStatus::Active, "{}"), told);
    assert_eq!(found(950, 901, ProjectStatus::Active, "{}"), [""; 0]);
    assert_eq!(found(900, 950, ProjectStatus::Active, "{}"), [""; 0]);
    assert_eq!(found(950, 900, ProjectStatus::Paused, "{}"), [""; 0]);
    assert_eq!(found(950, 900, ProjectStatus::Active, r#"{"qualityDropPoints": 6}"#), [""; 0]);
    assert_eq!(found(950, 900, ProjectStatus::Active, r#"{"rules": {"qualityDrop": false}}"#), [""; 0]);
    // Three points of coverage, but the score fell by five: from above 80 to below.
    let told = ["quality-shop@2026-W47: Health of Shop fell by 5 points in a week"];
    assert_eq!(found(810, 780, ProjectStatus::Active, "{}"), told);
}
