//! Windows of made-up usage, and of anything at all.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{Basis, Breakdown, Budgets, RollupRow, Spend, Tokens, Usd};

fn row(date: &str, model: &str, cents: Option<i64>) -> RollupRow {
    let tokens = Tokens { input: 100, output: 10, ..Tokens::default() };
    let cost = cents.map(|cents| Usd::from_pico(i128::from(cents) * 10_000_000_000));
    RollupRow {
        source: "claude_code".into(),
        date: date.parse().expect("a date"),
        session: "s".into(),
        project: "/home/dev/storefront".into(),
        model: model.into(),
        spend: Spend::of(tokens, cost, if cost.is_some() { Basis::Estimated } else { Basis::Unpriced }),
    }
}

fn stats(rows: &[RollupRow], window: Window) -> WindowStats {
    let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &Attribution::default());
    let facts = Facts::of(rows.to_vec(), names, Facts::none().rates);
    let range = window.range("2026-11-20".parse().expect("a date"));
    window_stats(&facts, range, range.previous())
}

#[test]
fn a_window_holds_its_dates_and_compares_with_the_ones_before() {
    let rows = [
        row("2026-11-06", "a", Some(100)),
        row("2026-11-13", "a", Some(400)),
        row("2026-11-14", "a", Some(700)),
        row("2026-11-21", "a", Some(9)),
    ];
    let week = stats(&rows, Window::D7);
    assert_eq!(week.total_cost, Usd::from_f64(7.0), "the 14th to the 20th, nothing of the future");
    assert_eq!(week.previous.total_cost, Usd::from_f64(4.0));
    assert_eq!(week.trend_pct, Some(75));
    assert_eq!(week.burn_rate, Usd::from_f64(1.0));
    assert_eq!(week.daily.len(), 7);
    assert_eq!(week.by_project.keys().collect::<Vec<_>>(), ["storefront"]);
}

#[test]
fn unpriced_usage_is_null_and_named() {
    let rows = [row("2026-11-20", "mystery", None), row("2026-11-20", "a", Some(5))];
    let week = stats(&rows, Window::D7);
    assert_eq!(week.total_cost, Usd::from_f64(0.05), "the known part");
    assert_eq!(week.by_model["mystery"].cost, None);
    assert_eq!(week.unpriced.models, ["mystery"]);
    assert_eq!((week.unpriced.tokens_in, week.unpriced.tokens_out), (100, 10));
    let alone = stats(&rows[..1], Window::D7);
    assert_eq!((alone.total_cost, alone.burn_rate), (None, None));
}

#[test]
fn nothing_is_zeros_and_not_an_error() {
    let empty = stats(&[], Window::D90);
    assert_eq!(empty.total_cost, Some(Usd::ZERO));
    assert_eq!(empty.trend_pct, None);
    assert_eq!(empty.daily.len(), 90);
}

fn any_row() -> impl Strategy<Value = RollupRow> {
    let models = prop::sample::select(vec!["claude-opus-4-5", "claude-haiku-4-5", "mystery", "gpt-6.1-sol"]);
    let cost = prop_oneof![
        Just(None),
        Just(Some(1_000_i64)),
        (-5_000_000_000_000_i64..5_000_000_000_000).prop_map(Some),
        Just(Some(1_000_000_000_000_000_000_i64)),
    ];
    // Of last year, of the window, and of the future.
    let day = prop_oneof![-400..0_i64, -8..3_i64];
    (day, 0..3_u8, 0..4_u8, models, cost, 0..1_000_000_u64).prop_map(|(day, source, project, model, cost, input)| {
        let cost = cost.map(|pico| Usd::from_pico(i128::from(pico)));
        let tokens = Tokens { input, cache_read: input / 3, output: input / 7, ..Tokens::default() };
        RollupRow {
            source: format!("source-{source}").into(),
            date: today() + chrono::Duration::days(day),
            session: format!("s{}", input % 5).into(),
            project: format!("/home/dev/p{project}").into(),
            model: model.into(),
            spend: Spend::of(tokens, cost, if cost.is_some() { Basis::Estimated } else { Basis::Unpriced }),
        }
    })
}

fn today() -> NaiveDate {
    "2026-11-20".parse().expect("a date")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_was_used_every_way_to_break_it_down_adds_up(rows in prop::collection::vec(any_row(), 0..60)) {
        let names = ProjectNames::new(rows.iter().map(|row| row.project.as_ref()), &Attribution::default());
        let clients = [("p1".to_owned(), "Contoso".to_owned())];
        let machines = [("source-0".to_owned(), "laptop".to_owned())];
        let facts = Facts {
            clients: Arc::new(clients.into()),
            machines: Arc::new(Machines::new(machines.into(), &[], Vec::new())),
            ..Facts::of(rows.clone(), names, Facts::none().rates)
        };
        let found = generate(&facts, today(), "UTC", &Budgets::default(), Vec::new(), Utc::now());
        for (key, window) in &found.windows {
            let range = DateRange { from: window.from, to: window.to };
            let known: Usd = rows.iter().filter(|row| range.contains(row.date)).map(|row| row.spend.known_cost()).sum();
            prop_assert_eq!(window.total_cost.unwrap_or_default(), known, "{}", key);
            let sum = |by: &BTreeMap<String, Breakdown>| -> Usd { by.values().filter_map(|part| part.cost).sum() };
            for by in [&window.by_model, &window.by_project, &window.by_source, &window.by_client, &window.by_machine, &window.by_member] {
                prop_assert_eq!(sum(by), known, "{}", key);
            }
            prop_assert_eq!(window.daily.iter().filter_map(|day| day.cost).sum::<Usd>(), known, "{}", key);
            let tokens = window.daily.iter().fold(Tokens::default(), |sum, day| sum + day.tokens);
            prop_assert_eq!(tokens, window.tokens, "{}", key);
            prop_assert_eq!(window.change.total, known - window.previous.total_cost.unwrap_or_default(), "{}", key);
        }
        // What is not a number cannot be written, and would not be read back.
        let json = serde_json::to_string(&found).expect("is written");
        let read: Analytics = serde_json::from_str(&json).expect("is read");
        prop_assert_eq!(read.windows.len(), 3);
    }
}

#[test]
fn in_every_zone_a_window_ends_today_and_an_hour_lies_in_its_day() {
    use crate::config::Zone;
    use crate::model::{QuarterRow, epoch_day};
    let start = "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().expect("an instant");
    for tz in chrono_tz::TZ_VARIANTS {
        let zone = Zone::parse(tz.name()).expect("is known");
        // Every month end, every night and every change of a clock of a year and a half comes by: 7 hours divide no day.
        for step in 0..1_900 {
            let at = start + chrono::Duration::hours(7 * step);
            let row = QuarterRow {
                at_ms: at.timestamp_millis(),
                project: "p".into(),
                messages: 1,
                tokens: 1,
                cost: Usd::ZERO,
                unpriced_messages: 0,
            };
            let hours = HourRow::in_zone(vec![row], tz);
            assert_eq!(epoch_day(hours[0].date), zone.day_of(at.timestamp_millis()), "{tz} {at}");
            let today = zone.date(at);
            assert_eq!(hours[0].date, today, "{tz} {at}");
            let month = Window::D30.range(today);
            assert_eq!((month.to, month.iter().count()), (today, 30), "{tz} {at}");
        }
    }
}
