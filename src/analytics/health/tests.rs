//! What the rules say of made-up projects.

use proptest::prelude::*;

use super::*;
use crate::model::{Advisories, Coverage, Evidence, Lighthouse, Markers, Measure, Priority, Ratio, TestCounts};

const NOTHING: HealthInput<'static> = HealthInput {
    name: "Shop",
    active: true,
    progress: None,
    deadline: None,
    tasks: None,
    last_activity: None,
    velocity: None,
    quality: None,
};

fn today() -> NaiveDate {
    "2026-11-20".parse().expect("a date")
}

fn date(text: &str) -> Option<NaiveDate> {
    Some(text.parse().expect("a date"))
}

fn entry(frontend: Option<u64>, lighthouse: Option<u8>) -> QualityEntry {
    let mut entry = QualityEntry::unknown("shop", today());
    entry.coverage.frontend = frontend.map(|covered| Ratio { covered, total: 10_000 });
    entry.lighthouse = lighthouse.map(|score| Lighthouse { performance: Some(score), ..Lighthouse::default() });
    entry
}

fn points(input: &HealthInput<'_>) -> Vec<i32> {
    health(input, today()).reasons.iter().map(|reason| reason.points).collect()
}

#[test]
fn what_is_not_known_deducts_nothing_and_is_said_to_be_missing() {
    let health = health(&NOTHING, today());
    assert_eq!((health.score, health.reasons.len()), (100, 0));
    assert!(health.missing[0].starts_with("No coverage report found: run your tests with coverage"), "{health:?}");
    assert_eq!(health.missing.len(), 3);
    assert_eq!(narrative(&NOTHING, today()), "Nothing is known of Shop yet.");
    assert!(next_actions(&NOTHING, today()).is_empty());
}

#[test]
fn deadlines_count_for_active_projects_alone() {
    let at = |deadline, progress| HealthInput { deadline: date(deadline), progress: Some(progress), ..NOTHING };
    for (deadline, progress, expected) in [
        ("2026-11-19", 100, Some(-20)),
        ("2026-11-20", 89, Some(-20)),
        ("2026-11-26", 89, Some(-20)),
        ("2026-11-26", 90, None),
        ("2026-11-27", 74, Some(-10)),
        ("2026-11-27", 75, None),
        ("2026-12-03", 74, Some(-10)),
        ("2026-12-04", 0, None),
    ] {
        assert_eq!(points(&at(deadline, progress)), Vec::from_iter(expected), "{deadline} at {progress}");
    }
    assert!(points(&HealthInput { active: false, ..at("2026-11-19", 0) }).is_empty());
    let unknown = HealthInput { deadline: date("2026-11-21"), ..NOTHING };
    assert!(points(&unknown).is_empty(), "nobody said how far it is");
}

#[test]
fn the_limits_of_every_measure_are_exact() {
    let of = |coverage, lighthouse| {
        let entry = entry(coverage, lighthouse);
        points(&HealthInput { quality: Some(&entry), ..NOTHING })
    };
    for (covered, expected) in [
        (4_999, Some(-15)),
        (5_000, Some(-10)),
        (6_999, Some(-10)),
        (7_000, Some(-5)),
        (7_999, Some(-5)),
        (8_000, None),
    ] {
        assert_eq!(of(Some(covered), None), Vec::from_iter(expected), "coverage {covered}");
    }
    for (score, expected) in [(69, Some(-10)), (70, Some(-5)), (84, Some(-5)), (85, None)] {
        assert_eq!(of(None, Some(score)), Vec::from_iter(expected), "Lighthouse {score}");
    }
    for (last, expected) in [
        ("2026-11-05", Some(-20)),
        ("2026-11-06", Some(-10)),
        ("2026-11-12", Some(-10)),
        ("2026-11-13", None),
        ("2027-01-01", None),
    ] {
        assert_eq!(points(&HealthInput { last_activity: date(last), ..NOTHING }), Vec::from_iter(expected), "{last}");
    }
    for (done, expected) in
        [(29, Some(-20)), (30, Some(-10)), (39, Some(-10)), (40, None), (60, None), (61, Some(-10)), (71, Some(-20))]
    {
        let tasks = Some(Tasks { done, total: 100 });
        assert_eq!(points(&HealthInput { progress: Some(50), tasks, ..NOTHING }), Vec::from_iter(expected), "{done}");
    }
    assert!(
        points(&HealthInput { progress: Some(50), tasks: Some(Tasks { done: 0, total: 0 }), ..NOTHING }).is_empty()
    );
    assert_eq!(points(&HealthInput { velocity: Some(10.5), ..NOTHING }), [10]);
    assert_eq!(health(&HealthInput { velocity: Some(10.5), ..NOTHING }, today()).score, 100, "never above");
}

#[test]
fn tech_debt_is_none_without_data_and_judged_by_what_there_is() {
    let debt = |coverage, lighthouse| tech_debt(&entry(coverage, lighthouse)).0;
    assert_eq!(debt(None, None), TechDebt::None);
    assert_eq!(debt(Some(0), Some(0)), TechDebt::High, "nothing covered is data");
    assert_eq!(debt(Some(8_001), Some(81)), TechDebt::Low);
    assert_eq!(debt(Some(8_000), Some(81)), TechDebt::Medium);
    assert_eq!(debt(Some(9_000), Some(50)), TechDebt::High);
    assert_eq!(debt(Some(9_000), None), TechDebt::Low);
    let (_, reason) = tech_debt(&entry(Some(7_692), None));
    assert_eq!(
        reason,
        "Medium, because coverage is 76.92 %, and there is no Lighthouse report (low above 80, medium above 50)"
    );
}

#[test]
fn the_five_most_pressing_actions_come_first() {
    let mut quality = entry(Some(4_000), Some(60));
    quality.coverage.backend = Some(Ratio { covered: 6, total: 10 });
    quality.markers = Some(Markers { todo: 11, ..Markers::default() });
    quality.advisories = Some(Advisories { critical: 1, ..Advisories::default() });
    quality.tests = Some(TestCounts { passed: 3, failed: 2, skipped: 0 });
    let input = HealthInput {
        deadline: date("2026-11-18"),
        progress: Some(60),
        tasks: Some(Tasks { done: 1, total: 3 }),
        last_activity: date("2026-11-01"),
        quality: Some(&quality),
        ..NOTHING
    };
    let actions = next_actions(&input, today());
    let ids: Vec<&str> = actions.iter().map(|action| action.id.as_str()).collect();
    assert_eq!(ids, ["deadline", "advisories", "failing-tests", "coverage-frontend", "open-issues"]);
    assert_eq!(actions[0].priority, Priority::Critical);
    assert_eq!(actions[0].description, "It was due 2 days ago at 60 % progress. Finish it, or agree on another date.");
}

#[test]
fn ready_to_deploy_needs_data() {
    let mut quality = entry(Some(7_000), Some(85));
    quality.markers = Some(Markers::default());
    let has = |quality: &QualityEntry| {
        let input = HealthInput { progress: Some(95), quality: Some(quality), ..NOTHING };
        next_actions(&input, today()).iter().any(|action| action.id == "deploy")
    };
    assert!(has(&quality));
    quality.markers = None;
    assert!(!has(&quality), "nobody looked for open issues");
    quality.markers = Some(Markers { hack: 1, ..Markers::default() });
    assert!(!has(&quality));
}

#[test]
fn the_paragraph_tells_what_is_known() {
    let mut quality = entry(Some(7_692), Some(91));
    quality.markers = Some(Markers { todo: 4, ..Markers::default() });
    quality.tests = Some(TestCounts { passed: 9, failed: 0, skipped: 1 });
    let input = HealthInput {
        deadline: date("2026-11-29"),
        progress: Some(80),
        tasks: Some(Tasks { done: 12, total: 15 }),
        last_activity: date("2026-11-17"),
        quality: Some(&quality),
        ..NOTHING
    };
    assert_eq!(
        narrative(&input, today()),
        "Shop is 80 % done, with 12 of 15 tasks and has 9 days to its deadline. The last activity was 3 days ago. \
         Tests cover 76.92 % of the frontend, all 9 tests passed, Lighthouse gives 91 of 100, and 4 issues are open."
    );
    let read = |measure, age_days, stale| Evidence {
        measure,
        file: "lcov.info".to_owned(),
        count: None,
        modified: None,
        age_days: Some(age_days),
        stale,
    };
    quality.evidence = vec![read(Measure::Tests, 20, true), read(Measure::FrontendCoverage, 60, true)];
    let told = |quality: &QualityEntry| narrative(&HealthInput { quality: Some(quality), ..NOTHING }, today());
    assert!(told(&quality).ends_with("4 issues are open. The oldest of this is 60 days old."), "{}", told(&quality));
    quality.evidence = vec![read(Measure::Tests, 2, false), read(Measure::LockFile, 400, true)];
    assert!(told(&quality).ends_with("4 issues are open."), "only reports that are too old: {}", told(&quality));
}

proptest! {
    #[test]
    fn a_score_is_between_0_and_100_and_its_reasons_explain_it(
        active: bool,
        progress in proptest::option::of(0..=255_u8),
        deadline in proptest::option::of(-3_000..3_000_i64),
        tasks in proptest::option::of((any::<u64>(), any::<u64>())),
        last in proptest::option::of(-3_000..3_000_i64),
        velocity in proptest::option::of(any::<f64>()),
        frontend in proptest::option::of((any::<u64>(), any::<u64>())),
        backend in proptest::option::of((any::<u64>(), any::<u64>())),
        lighthouse in proptest::option::of(any::<u8>()),
    ) {
        let mut quality = entry(None, lighthouse);
        let ratio = |(covered, total)| Ratio { covered, total };
        quality.coverage = Coverage { frontend: frontend.map(ratio), backend: backend.map(ratio) };
        let day = |days| today() + chrono::TimeDelta::days(days);
        let input = HealthInput {
            name: "Shop", active, progress, velocity,
            deadline: deadline.map(day),
            last_activity: last.map(day),
            tasks: tasks.map(|(done, total)| Tasks { done, total }),
            quality: Some(&quality),
        };
        let health = health(&input, today());
        let explained = 100 + health.reasons.iter().map(|reason| reason.points).sum::<i32>();
        prop_assert!(health.score <= 100);
        prop_assert_eq!(i32::from(health.score), explained.clamp(0, 100));
        prop_assert!(next_actions(&input, today()).len() <= 5);
        prop_assert!(!narrative(&input, today()).is_empty());
        let _ = tech_debt(&quality);
    }
}
