use std::collections::HashMap;
use std::sync::Arc;

use chrono::Days as Ago;

use super::*;
use crate::analytics::{Attribution, ProjectNames};
use crate::model::{Amount, Basis, BudgetFile, Severity, Spend, Tokens};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn row(date: NaiveDate, dollars: Option<f64>) -> RollupRow {
    let cost = dollars.map(|dollars| Usd::from_f64(dollars).expect("money"));
    let basis = if cost.is_some() { Basis::Estimated } else { Basis::Unpriced };
    RollupRow {
        source: "s".into(),
        date,
        session: "s".into(),
        project: "p".into(),
        model: "m".into(),
        spend: Spend::of(Tokens { input: 1, ..Tokens::default() }, cost, basis),
    }
}

fn usd(dollars: f64) -> Usd {
    Usd::from_f64(dollars).expect("money")
}

fn of(monthly: f64, rows: &[RollupRow], today: &str) -> Budget {
    budget(&Budgets { monthly: usd(monthly), ..Budgets::default() }, rows, day(today))
}

/// Ten dollars on each of the days before `today`.
fn steady(today: &str, days: u64) -> Vec<RollupRow> {
    (1..=days).map(|ago| row(day(today) - Ago::new(ago), Some(10.0))).collect()
}

#[test]
fn the_pace_of_thirty_days_says_how_long_the_rest_lasts() {
    let rows = steady("2026-11-11", 30);
    let found = of(200.0, &rows, "2026-11-11");
    assert_eq!((found.spent, found.remaining), (usd(100.0), usd(100.0)), "since the first of the month");
    assert_eq!(found.days_until_exhaustion, Some(10), "100 at 9.67 a day: 29 of the 30 dates have passed");
    assert_eq!((found.severity, found.message.as_str()), (Severity::Warning, "Lasts 10 days at this pace"));
    assert_eq!(found.exhaustion_date, Some(day("2026-11-21")));
    assert_eq!(of(150.0, &rows, "2026-11-11").severity, Severity::Critical);
    assert_eq!(of(900.0, &rows, "2026-11-11").severity, Severity::Normal);
}

#[test]
fn all_of_it_is_used_and_more_is_exceeded() {
    let rows = [row(day("2026-11-02"), Some(200.0))];
    let used = of(200.0, &rows, "2026-11-03");
    assert_eq!((used.message.as_str(), used.days_until_exhaustion), ("Budget used", None));
    let exceeded = of(199.99, &rows, "2026-11-03");
    assert_eq!((exceeded.message.as_str(), exceeded.remaining), ("Budget exceeded", Usd::ZERO));
}

#[test]
fn nothing_spent_is_said_and_never_infinite() {
    let found = of(200.0, &[], "2026-11-03");
    assert_eq!((found.message.as_str(), found.exhaustion_date), ("No spending detected", None));
    assert_eq!((found.severity, found.forecast), (Severity::Normal, None));
    let unpriced = of(200.0, &[row(day("2026-11-02"), None)], "2026-11-03");
    assert!(unpriced.unpriced && unpriced.message == "No spending detected");
}

#[test]
fn the_month_ends_where_its_days_lead_and_the_budget_is_crossed_on_a_day() {
    let rows = steady("2026-11-11", 40);
    let found = of(200.0, &rows, "2026-11-11").forecast.expect("forty days are enough");
    assert_eq!(found.month_end.to_f64().round() as i64, 290, "19 more days: {found:?}");
    assert!(found.low <= found.month_end && found.month_end <= found.high);
    assert_eq!(found.crosses, Some(day("2026-11-22")), "the day on which it is more than 200");
    assert!(found.crosses_from <= found.crosses && found.crosses <= found.crosses_to);
    assert_eq!(of(500.0, &rows, "2026-11-11").forecast.expect("is there").crosses, None);
    assert_eq!(of(50.0, &rows, "2026-11-11").forecast.expect("is there").crosses, None, "it was crossed before");
    assert_eq!(of(200.0, &steady("2026-11-11", 13), "2026-11-11").forecast, None, "not two weeks yet");
}

#[test]
fn the_last_day_of_a_month_has_nothing_to_come() {
    let rows = steady("2026-02-28", 40);
    let found = of(900.0, &rows, "2026-02-28").forecast.expect("is there");
    assert_eq!((found.month_end, found.low, found.high), (usd(270.0), usd(270.0), usd(270.0)));
}

/// Ten dollars a day on two projects, for forty days, each day a thousand tokens.
fn facts(today: &str) -> Facts {
    let on = |ago: u64, project: &str, dollars: f64| RollupRow {
        project: project.into(),
        model: if project == "shop" { "claude-opus-4-5".into() } else { "m".into() },
        spend: Spend::of(Tokens { input: 990, output: 10, ..Tokens::default() }, Some(usd(dollars)), Basis::Estimated),
        ..row(day(today) - Ago::new(ago), None)
    };
    let rows: Vec<RollupRow> = (0..40).flat_map(|ago| [on(ago, "shop", 7.0), on(ago, "blog", 3.0)]).collect();
    let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &Attribution::default());
    let clients = HashMap::from([("shop".to_owned(), "Acme".to_owned())]);
    Facts { clients: Arc::new(clients), ..Facts::of(rows, names, Facts::none().rates) }
}

fn stands(budget: &str, today: &str) -> BudgetStanding {
    let file: BudgetFile = serde_json::from_str(&format!(r#"{{"budgets":[{budget}]}}"#)).expect("parses");
    let budgets = Budgets::of(&file, &crate::model::AlertsFile::default());
    standings(&budgets, &facts(today), day(today)).remove(1)
}

#[test]
fn every_budget_counts_its_part_in_its_period() {
    // A Saturday.
    for (budget, spent, to) in [
        (r#"{"id":"a","scope":"global","amount":500}"#, Amount::Usd(usd(210.0)), "2026-11-30"),
        (r#"{"id":"a","scope":{"project":"shop"},"period":"week","amount":50}"#, Amount::Usd(usd(42.0)), "2026-11-22"),
        (r#"{"id":"a","scope":{"model":"m"},"period":"day","amount":50}"#, Amount::Usd(usd(3.0)), "2026-11-21"),
        (
            r#"{"id":"a","scope":{"source":"s"},"period":{"days":10},"amount":90}"#,
            Amount::Usd(usd(100.0)),
            "2026-12-01",
        ),
        (r#"{"id":"a","scope":{"client":"Acme"},"amount":200}"#, Amount::Usd(usd(147.0)), "2026-11-30"),
        (r#"{"id":"a","scope":{"project":"blog"},"tokens":50000}"#, Amount::Tokens(21_000), "2026-11-30"),
        (r#"{"id":"a","scope":{"project":"nobody"},"amount":5}"#, Amount::Usd(Usd::ZERO), "2026-11-30"),
    ] {
        let found = stands(budget, "2026-11-21");
        assert_eq!((found.spent, found.to), (spent, day(to)), "{budget}");
    }
}

#[test]
fn all_budgets_are_reckoned_by_the_same_rules() {
    let found = stands(r#"{"id":"a","scope":{"project":"blog"},"tokens":25000}"#, "2026-11-21");
    assert_eq!((found.remaining, found.burn_rate), (Amount::Tokens(4_000), Amount::Tokens(1_000)));
    assert_eq!((found.days_until_exhaustion, found.severity), (Some(4), Severity::Critical));
    let forecast = found.forecast.expect("forty days are enough");
    assert_eq!((forecast.end, forecast.crosses), (Amount::Tokens(30_000), Some(day("2026-11-26"))));
    assert_eq!(stands(r#"{"id":"a","scope":{"project":"blog"},"tokens":21000}"#, "2026-11-21").message, "Budget used");
    assert_eq!(
        stands(r#"{"id":"a","scope":{"project":"blog"},"tokens":20999}"#, "2026-11-21").message,
        "Budget exceeded"
    );
}

#[test]
fn a_budget_runs_out_in_its_period_or_not_at_all() {
    // A Saturday; ten dollars a day on all days, today's too.
    let runs_out = |budget: &str| {
        let found = stands(budget, "2026-11-21");
        (found.exhaustion_date, found.days_until_exhaustion, found.severity, found.message)
    };
    let never = |message: &str| (None, None, Severity::Normal, message.to_owned());
    // 15 are left, for one day of the week.
    assert_eq!(
        runs_out(r#"{"id":"a","scope":"global","period":"week","amount":75}"#),
        (Some(day("2026-11-22")), Some(1), Severity::Critical, "Lasts 1 day at this pace".to_owned())
    );
    let week = never("Lasts all week at this pace");
    assert_eq!(runs_out(r#"{"id":"a","scope":"global","period":"week","amount":85}"#), week);
    let on = never("Does not run out at this pace");
    assert_eq!(runs_out(r#"{"id":"a","scope":"global","period":"day","amount":25}"#).1, None);
    assert_eq!(
        runs_out(r#"{"id":"a","scope":"global","period":{"days":7},"amount":75}"#),
        on,
        "as much leaves as comes"
    );
    // Three days without anything leave first: the window fills up again on the fourth.
    let rows: Vec<RollupRow> = (0..40)
        .filter(|ago| !(4..7).contains(ago))
        .map(|ago| row(day("2026-11-21") - Ago::new(ago), Some(10.0)))
        .collect();
    let days = reckon::Days::of(rows.iter(), reckon::Unit::Usd);
    let found = reckon::Reckoned::of(&days, usd(45.0), Period::Days(7), day("2026-11-21"));
    assert_eq!((found.spent, found.burn_rate), (usd(40.0), usd(9.0)));
    assert_eq!((found.exhaustion_date, found.days_left), (Some(day("2026-11-22")), Some(1)));
    let found = reckon::Reckoned::of(&days, usd(60.0), Period::Days(7), day("2026-11-21"));
    assert_eq!(
        (found.exhaustion_date, found.days_left),
        (Some(day("2026-11-24")), Some(3)),
        "40 and 27 on the third day"
    );
    let found = reckon::Reckoned::of(&days, usd(68.0), Period::Days(7), day("2026-11-21"));
    assert_eq!(
        (found.exhaustion_date, found.message.as_str()),
        (None, "Does not run out at this pace"),
        "67 is the most"
    );
}

#[test]
fn a_rolling_budget_loses_its_oldest_day_as_a_new_one_comes() {
    let found = stands(r#"{"id":"a","scope":"global","period":{"days":7},"amount":75}"#, "2026-11-21");
    let forecast = found.forecast.expect("forty days are enough");
    assert_eq!((found.spent, found.from), (Amount::Usd(usd(70.0)), day("2026-11-15")));
    assert_eq!((forecast.end, forecast.crosses), (Amount::Usd(usd(70.0)), None), "as much leaves as comes");
}

#[test]
fn the_budget_of_all_spend_comes_first_and_says_the_same_in_both_places() {
    let facts = facts("2026-11-21");
    let budgets = Budgets { monthly: usd(250.0), ..Budgets::default() };
    let (alone, all) =
        (budget(&budgets, &facts.rows, day("2026-11-21")), standings(&budgets, &facts, day("2026-11-21")));
    assert_eq!((all.len(), all[0].id.as_str(), all[0].period_key.as_str()), (1, GLOBAL_BUDGET, "2026-11"));
    assert_eq!((all[0].spent, all[0].remaining), (Amount::Usd(alone.spent), Amount::Usd(alone.remaining)));
    assert_eq!(all[0].forecast.map(|found| found.crosses), alone.forecast.map(|found| found.crosses));
}

#[test]
fn the_days_of_the_month_lead_to_where_it_is_heading() {
    let rows = steady("2026-11-11", 30);
    let days = budget_days(&rows, day("2026-11-11"));
    assert_eq!((days.len(), days[0].spent, days[9].spent), (30, Some(usd(10.0)), Some(usd(100.0))));
    assert_eq!((days[10].spent, days[10].mid, days[11].spent), (Some(usd(100.0)), Some(usd(100.0)), None));
    let forecast = of(200.0, &rows, "2026-11-11").forecast.expect("a month to learn from");
    let last = days[29];
    let expected = (Some(forecast.low), Some(forecast.month_end), Some(forecast.high));
    assert_eq!((last.low, last.mid, last.high), expected, "as the budget's own forecast");
    assert!(budget_days(&rows[..5], day("2026-11-11")).iter().all(|day| day.mid.is_none()), "five days teach nothing");
    assert_eq!(budget_days(&[], day("2028-02-29")).len(), 29);
}
