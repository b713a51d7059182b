//! Each chart with its recorded option, its table and its sums.

use super::*;
use crate::analytics::DayComparison;
use crate::model::{Budget, BudgetDay, ChartHeight, HourSpend};

#[test]
fn the_dearest_model_lies_on_top_and_a_part_without_a_price_shows() {
    let stats = window(&[
        &[("claude-opus-4-5", Some(1.0)), ("b", Some(30.0)), ("odd", None)],
        &[("b", None), ("c", Some(-1.0))],
    ]);
    let chart = cost_by_model(&stats, Shown::USD).expect("has costs");
    insta::assert_json_snapshot!("cost_by_model", option(&chart));
    let rows = [
        ["b", "$30.00 +", "100 %", "1.00 k"],
        ["Opus 4.5", "$1.00", "3 %", "1.00 k"],
        ["c", "−$1.00", "−3 %", "1.00 k"],
        ["odd", "no price", "–", "1.00 k"],
    ];
    assert_eq!(chart.rows, rows);
    assert_eq!((chart.legend, chart.height), (vec!["Cost".to_owned(), NO_PRICE.to_owned()], ChartHeight::Low));
}

#[test]
fn five_hundred_models_are_twelve_bars_and_the_rest() {
    let names: Vec<String> = (1..=500).map(|number| format!("m{number}")).collect();
    let models: Vec<(&str, Option<f64>)> =
        names.iter().zip(1..).map(|(name, cost)| (name.as_str(), (cost % 2 == 0).then_some(f64::from(cost)))).collect();
    let stats = window(&[&models]);
    let by_project = cost_by_project(&stats, Shown::USD, |id| format!("project {id}")).expect("has costs");
    assert_eq!((by_project.rows[0][0].as_str(), by_project.columns[0].as_str()), ("project m500", "Project"));
    let chart = cost_by_model(&stats, Shown::USD).expect("has costs");
    let names: Vec<&str> = chart.rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!((names[0], names[12], names[25]), ("m500", "Other (238)", "Other without a price (238)"));
    assert_eq!((names.len(), chart.height), (26, ChartHeight::Tall));
    assert_eq!(option(&chart)["yAxis"]["data"].as_array().map(Vec::len), Some(13));
    assert!((total_drawn(&chart) - stats.total_cost.expect("has costs").to_f64()).abs() < 1e-6);
    assert_eq!(cost_by_model(&window(&[&[("odd", None)]]), Shown::USD), None, "nothing has a price");
}

#[test]
fn tokens_are_piled_up_by_kind() {
    let mut stats = window(&[&[], &[]]);
    stats.daily[0].tokens = Tokens { input: 1, cache_write_5m: 2, cache_write_1h: 4, cache_read: 8, output: 16 };
    let chart = tokens_by_kind(&stats).expect("has tokens");
    insta::assert_json_snapshot!("tokens_by_kind", option(&chart));
    assert_eq!(chart.rows[1], ["2026-11-19", "1", "2", "4", "8", "16", "31"]);
    assert_eq!(chart.rows[0], ["2026-11-20", "5", "0", "0", "15", "2", "22"]);
    assert!((total_drawn(&chart) - 53.0).abs() < f64::EPSILON);
    stats.daily.iter_mut().for_each(|day| day.tokens = Tokens::default());
    assert_eq!(tokens_by_kind(&stats), None);
}

#[test]
fn a_day_without_a_prompt_has_no_hit_rate() {
    let mut stats = window(&[&[], &[], &[]]);
    stats.daily[1].tokens = Tokens { output: 7, ..Tokens::default() };
    stats.daily[2].tokens = Tokens { input: 2, cache_read: 1, ..Tokens::default() };
    let chart = cache_hit_rate(&stats).expect("has prompts");
    insta::assert_json_snapshot!("cache_hit_rate", option(&chart));
    assert_eq!(option(&chart)["series"][0]["data"], serde_json::json!([75.0, null, 33.3]));
    assert_eq!(chart.rows[0], ["2026-11-20", "33.3 %", "1", "3"]);
    assert_eq!(chart.rows[1], ["2026-11-19", "–", "0", "0"]);
    stats.daily.iter_mut().for_each(|day| day.tokens = Tokens { output: 7, ..Tokens::default() });
    assert_eq!(cache_hit_rate(&stats), None);
}

#[test]
fn the_dearest_hour_of_the_week_has_the_strongest_colour() {
    let mut stats = window(&[&[]]);
    assert_eq!(hours(&stats, Shown::USD), None);
    stats.heat_map = vec![vec![HourSpend { cost: Some(Usd::ZERO), ..HourSpend::default() }; 24]; 7];
    assert_eq!(hours(&stats, Shown::USD), None, "no hour was used");
    let spend = |cost: Option<f64>, tokens| HourSpend { cost: cost.map(dollars), tokens, messages: 1 };
    stats.heat_map[0][9] = spend(Some(4.0), 1_000);
    stats.heat_map[6][23] = spend(Some(1.0), 4_000);
    stats.heat_map[2][14] = spend(None, 9_000);
    let chart = hours(&stats, Shown::USD).expect("has hours");
    let mut recorded = option(&chart);
    let cells = recorded["series"][0]["data"].as_array().cloned().expect("has cells");
    recorded["series"][0]["data"] = [&cells[8..10], &cells[62..63], &cells[167..]].concat().into();
    insta::assert_json_snapshot!("hours", recorded);
    assert_eq!((cells.len(), chart.rows.len(), chart.columns.len()), (168, 7, 25));
    assert_eq!((chart.rows[0][10].as_str(), chart.rows[0][9].as_str()), ("$4.00", "–"));
    assert_eq!((chart.rows[2][15].as_str(), chart.rows[6][24].as_str()), ("no price", "$1.00"));
    assert_eq!(chart.scale, Some(("$0".to_owned(), "$4.00".to_owned())));
    assert!((total_drawn(&chart) - 5.0).abs() < 1e-9);
    stats.heat_map.iter_mut().flatten().for_each(|hour| hour.cost = hour.cost.and(None));
    let chart = hours(&stats, Shown::USD).expect("has hours");
    assert_eq!((chart.rows[2][15].as_str(), chart.label.starts_with("Tokens by hour")), ("9.00 k", true));
    assert!((total_drawn(&chart) - 14_000.0).abs() < 1e-9);
}

#[test]
fn a_budget_burns_down_to_where_the_month_will_end() {
    let day = |day: u32, spent: Option<f64>, expected: Option<(f64, f64, f64)>| BudgetDay {
        date: NaiveDate::from_ymd_opt(2026, 11, day).expect("a date"),
        spent: spent.map(dollars),
        low: expected.map(|(low, _, _)| dollars(low)),
        mid: expected.map(|(_, mid, _)| dollars(mid)),
        high: expected.map(|(_, _, high)| dollars(high)),
    };
    let budget = Budget { monthly: dollars(20.0), ..Budget::default() };
    let days = [
        day(1, Some(4.0), None),
        day(2, Some(9.0), None),
        day(3, None, Some((11.0, 14.0, 18.0))),
        day(4, None, Some((12.0, 19.0, 25.0))),
    ];
    let chart = budget_burn_down(&budget, &days, Shown::USD).expect("has days");
    insta::assert_json_snapshot!("budget_burn_down", option(&chart));
    assert_eq!(chart.legend, ["Spent", "Forecast", "80 % range", "Budget"]);
    let rows = [
        ["2026-11-01", "$4.00", "–", "–", "$16.00"],
        ["2026-11-02", "$9.00", "–", "–", "$11.00"],
        ["2026-11-03", "–", "$14.00", "$11.00 to $18.00", "$6.00"],
        ["2026-11-04", "–", "$19.00", "$12.00 to $25.00", "$1.00"],
    ];
    assert_eq!(chart.rows, rows);
    let option = option(&chart);
    let [low, above, mid, spent] = [0, 1, 2, 3].map(|number| drawn(&option["series"][number]));
    assert_eq!((low, above), (vec![9.0, 11.0, 12.0], vec![0.0, 7.0, 13.0]), "the band opens where the spend ends");
    assert_eq!((mid, spent), (vec![9.0, 14.0, 19.0], vec![4.0, 9.0]));
    let plain =
        budget_burn_down(&Budget { unpriced: true, ..Budget::default() }, &days[..1], Shown::USD).expect("has a day");
    assert_eq!(plain.legend, ["Spent"], "no budget, no forecast");
    assert!(plain.label.ends_with("usage without a price is not in it"), "{}", plain.label);
    assert_eq!(budget_burn_down(&budget, &[day(1, None, None)], Shown::USD), None);
}

#[test]
fn estimate_and_bill_stand_side_by_side_and_unknown_days_are_gaps() {
    let day = |day: u32, usage: Option<f64>, billed: Option<f64>| DayComparison {
        date: NaiveDate::from_ymd_opt(2026, 11, day).expect("a date"),
        usage: usage.map(dollars),
        billed: billed.map(dollars),
        ..DayComparison::default()
    };
    let days = [day(20, Some(3.0), None), day(17, Some(1.0), Some(1.25))];
    let chart = estimate_and_bill("Anthropic API", &[&days[0], &days[1]]).expect("has days");
    insta::assert_json_snapshot!("estimate_and_bill", option(&chart));
    assert_eq!(chart.legend, ["Billed", "Usage at list prices"], "no log saw anything");
    assert_eq!(chart.rows.len(), 4);
    assert_eq!(chart.rows[0], ["2026-11-20", "–", "$3.00"]);
    assert_eq!(chart.rows[1], ["2026-11-19", "–", "–"]);
    assert!((total_drawn(&chart) - 5.25).abs() < 1e-9);
    assert_eq!(estimate_and_bill("Anthropic API", &[]), None);
    assert_eq!(estimate_and_bill("Anthropic API", &[&day(1, None, None)]), None);
}
