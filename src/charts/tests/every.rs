//! Whatever the numbers are, a chart has only finite ones, a full table, and the window's sums.

use proptest::prelude::*;

use super::*;
use crate::analytics::DayComparison;
use crate::model::{Budget, BudgetDay, HourSpend};

fn cost() -> impl Strategy<Value = Option<Usd>> {
    let nano = 1_000;
    prop_oneof![
        2 => Just(None),
        2 => Just(Some(Usd::ZERO)),
        1 => Just(Some(Usd::from_pico(nano))),
        1 => Just(Some(Usd::from_pico(1_000_000_000_000_000_000_000))),
        4 => (-1_000_000_000_i64..1_000_000_000_000).prop_map(move |nanos| Some(Usd::from_pico(i128::from(nanos) * nano))),
    ]
}

fn tokens() -> impl Strategy<Value = Tokens> {
    let count = || prop_oneof![Just(0), Just(u64::MAX), 0_u64..1_000_000];
    (count(), count(), count(), count(), count()).prop_map(
        |(input, cache_write_5m, cache_write_1h, cache_read, output)| Tokens {
            input,
            cache_write_5m,
            cache_write_1h,
            cache_read,
            output,
        },
    )
}

/// None to ten days of none to fourteen models, in which the totals are those of the days.
fn stats() -> impl Strategy<Value = WindowStats> {
    let day = (proptest::collection::btree_map("m[0-9]{1,2}", cost(), 0..14), tokens());
    let hour =
        (cost(), any::<u64>(), any::<u64>()).prop_map(|(cost, tokens, messages)| HourSpend { cost, tokens, messages });
    let week = prop_oneof![Just(Vec::new()), proptest::collection::vec(proptest::collection::vec(hour, 24), 7),];
    (proptest::collection::vec(day, 0..10), week).prop_map(|(days, heat_map)| {
        let mut stats = window(&vec![&[][..]; days.len()]);
        for (day, (by_model, tokens)) in stats.daily.iter_mut().zip(days) {
            for (model, cost) in &by_model {
                let part = stats.by_model.entry(model.clone()).or_default();
                part.unpriced |= cost.is_none();
                part.cost = sum([part.cost, *cost]);
            }
            day.cost = if by_model.is_empty() { Some(Usd::ZERO) } else { sum(by_model.values().copied()) };
            day.by_model = by_model.into_iter().map(|(model, cost)| (model.into(), cost)).collect();
            day.tokens = tokens;
        }
        stats.total_cost = sum(stats.daily.iter().map(|day| day.cost));
        WindowStats { by_project: stats.by_model.clone(), heat_map, ..stats }
    })
}

/// The only nulls are days without a number.
fn expect_sound(chart: &Chart) {
    fn nulls(value: &Value, path: &str) {
        match value {
            Value::Null => assert!(path.ends_with("data"), "null at {path}"),
            Value::Array(parts) => parts.iter().for_each(|part| nulls(part, path)),
            Value::Object(parts) => parts.iter().for_each(|(name, part)| nulls(part, &format!("{path}/{name}"))),
            _ => {}
        }
    }
    nulls(&option(chart), "");
    for series in option(chart)["series"].as_array().into_iter().flatten() {
        drawn(series).into_iter().for_each(|number| assert!(number.is_finite()));
    }
    assert!(chart.rows.iter().all(|row| row.len() == chart.columns.len()));
    assert!(chart.rows.iter().flatten().all(|cell| !cell.is_empty() && !cell.contains("NaN") && !cell.contains("inf")));
    assert!(chart.legend.len() <= COLOURS + 1 && chart.marks.len() <= chart.legend.len());
}

/// As near as a float comes to a sum of so many.
fn expect_same(drawn: f64, total: Usd) {
    let total = total.to_f64();
    assert!((drawn - total).abs() <= 1e-5 + 1e-13 * total.abs(), "{drawn} is drawn, {total} is it");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn charts_of_a_window_are_sound_and_add_up(stats in stats()) {
        let total = stats.total_cost.unwrap_or_default();
        for chart in [spend_by_model(&stats, Shown::USD), spend_lines(&stats, Shown::USD)] {
            expect_sound(&chart);
            expect_same(total_drawn(&chart), total);
            prop_assert_eq!(chart.rows.len(), stats.daily.len());
        }
        for chart in [cost_by_model(&stats, Shown::USD), cost_by_project(&stats, Shown::USD, str::to_uppercase)].into_iter().flatten() {
            expect_sound(&chart);
            expect_same(total_drawn(&chart), total);
        }
        for chart in [tokens_by_kind(&stats), cache_hit_rate(&stats)].into_iter().flatten() {
            expect_sound(&chart);
            prop_assert_eq!(chart.rows.len(), stats.daily.len());
        }
        if let Some(chart) = hours(&stats, Shown::USD) {
            expect_sound(&chart);
            prop_assert_eq!(chart.rows.len(), 7);
        }
    }

    #[test]
    fn charts_of_amounts_over_days_are_sound(amounts in proptest::collection::vec((cost(), cost(), cost(), cost()), 0..31), monthly in cost()) {
        let dates = || date("2026-10-01").iter_days();
        let days: Vec<BudgetDay> = dates().zip(&amounts).map(|(date, &(spent, low, mid, high))| BudgetDay { date, spent, low, mid, high }).collect();
        let budget = Budget { monthly: monthly.unwrap_or_default(), ..Budget::default() };
        if let Some(chart) = budget_burn_down(&budget, &days, Shown::USD) {
            expect_sound(&chart);
            prop_assert_eq!(chart.rows.len(), days.len());
        }
        let compared: Vec<DayComparison> = dates().zip(&amounts).map(|(date, &(logs, usage, billed, _))| DayComparison { date, logs, usage, billed, ..DayComparison::default() }).collect();
        if let Some(chart) = estimate_and_bill("Anthropic API", &compared.iter().collect::<Vec<_>>()) {
            expect_sound(&chart);
            let total = compared.iter().flat_map(|day| [day.logs, day.usage, day.billed]).flatten().sum();
            expect_same(total_drawn(&chart), total);
            prop_assert_eq!(chart.rows.len(), compared.len());
        }
    }
}
