//! Each budget in one sentence. Pure.

use chrono::{Datelike, NaiveDate};

use crate::model::{Amount, Budget, BudgetStanding, Forecast, GLOBAL_BUDGET, Shown, Usd};

/// More would push the numbers off the screen; alerts tell of the others.
const MOST: usize = 5;

/// `On pace for $412 of $400: crosses on the 27th, 80 % range 25th to 30th.`
#[must_use]
pub fn sentence(budget: &Budget, shown: Shown) -> String {
    let all = shown.rough(budget.monthly);
    let more = if budget.unpriced { "at least " } else { "" };
    let spent = format!("{more}{} of {all} spent this month", shown.rough(budget.spent));
    if budget.spent > budget.monthly {
        let heading = budget.forecast.map(|forecast| format!(" On pace for {more}{}.", pace(&forecast, shown)));
        return format!("Budget exceeded: {spent}.{}", heading.unwrap_or_default());
    }
    match budget.forecast {
        Some(forecast) => match forecast.crosses {
            Some(date) => {
                let range = days_between(forecast.crosses_from, forecast.crosses_to);
                format!(
                    "On pace for {more}{} of {all}: crosses on {}{range}.",
                    shown.rough(forecast.month_end),
                    day(date)
                )
            }
            None => format!(
                "On pace for {more}{} of {all}; {} spent so far.",
                pace(&forecast, shown),
                shown.rough(budget.spent)
            ),
        },
        None if budget.burn_rate == Usd::ZERO => format!("{}: {spent}.", budget.message),
        None => format!("{}: {spent}. A forecast needs two weeks of data.", budget.message),
    }
}

/// The budgets beside the monthly one of all spend, the most used first.
#[must_use]
pub fn others(budgets: &[BudgetStanding], shown: Shown) -> Vec<String> {
    let mut others: Vec<&BudgetStanding> = budgets.iter().filter(|budget| budget.id != GLOBAL_BUDGET).collect();
    others.sort_by_cached_key(|budget| std::cmp::Reverse(budget.spent.per_mille_of(budget.amount)));
    others.into_iter().take(MOST).map(|budget| other(budget, shown)).collect()
}

/// `Opus: on pace for $52 of $40, $31 of $40 used this week; crosses on the 22nd.`
fn other(budget: &BudgetStanding, shown: Shown) -> String {
    let more = if budget.unpriced { "at least " } else { "" };
    let (name, all, when) = (&budget.name, rough(budget.amount, shown), budget.period.words());
    let spent = format!("{more}{} of {all} used {when}", rough(budget.spent, shown));
    if budget.spent.count() > budget.amount.count() {
        return format!("{name}: exceeded, {spent}.");
    }
    match budget.forecast {
        Some(forecast) => match forecast.crosses {
            Some(date) => format!(
                "{name}: on pace for {more}{} of {all}, {spent}; crosses on {}.",
                rough(forecast.end, shown),
                day(date)
            ),
            None => format!("{name}: {spent}, on pace for {more}{}.", rough(forecast.end, shown)),
        },
        None => format!("{name}: {spent}."),
    }
}

fn rough(amount: Amount, shown: Shown) -> String {
    match amount {
        Amount::Usd(usd) => shown.rough(usd),
        Amount::Tokens(_) => amount.to_string(),
    }
}

fn pace(forecast: &Forecast, shown: Shown) -> String {
    let Forecast { month_end, low, high, .. } = forecast;
    format!("{} (80 % range {} to {})", shown.rough(*month_end), shown.rough(*low), shown.rough(*high))
}

/// A range without a last day ends after the month does.
fn days_between(from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from != to => format!(", 80 % range {} to {}", day(from), day(to)),
        (Some(from), None) => format!(", 80 % range {} to not this month", day(from)),
        _ => String::new(),
    }
}

/// `the 27th`
fn day(date: NaiveDate) -> String {
    let number = date.day();
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("the {number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(dollars: f64) -> Usd {
        Usd::from_f64(dollars).expect("money")
    }

    fn budget(spent: f64, forecast: Option<Forecast>) -> Budget {
        Budget { monthly: usd(400.0), spent: usd(spent), burn_rate: usd(10.0), forecast, ..Budget::default() }
    }

    #[test]
    fn it_says_where_the_month_is_heading() {
        let date = |day| NaiveDate::from_ymd_opt(2026, 11, day);
        let forecast = Forecast {
            month_end: usd(412.3),
            low: usd(380.0),
            high: usd(440.0),
            crosses: date(22),
            crosses_from: date(21),
            crosses_to: date(30),
        };
        let said = sentence(&budget(300.0, Some(forecast)), Shown::USD);
        assert_eq!(said, "On pace for $412 of $400: crosses on the 22nd, 80 % range the 21st to the 30th.");
        let late = Forecast { crosses_to: None, ..forecast };
        assert!(sentence(&budget(300.0, Some(late)), Shown::USD).ends_with("80 % range the 21st to not this month."));
        let below = Forecast { crosses: None, crosses_from: None, crosses_to: None, ..forecast };
        let said = sentence(&budget(5.5, Some(below)), Shown::USD);
        assert_eq!(said, "On pace for $412 (80 % range $380 to $440) of $400; $5.50 spent so far.");
        let said = sentence(&budget(401.0, Some(below)), Shown::USD);
        assert!(said.starts_with("Budget exceeded: $401 of $400 spent this month. On pace for $412"), "{said}");
    }

    #[test]
    fn without_two_weeks_it_says_what_it_needs() {
        let young = Budget { message: "Lasts 9 days at this pace".to_owned(), ..budget(100.0, None) };
        let said = sentence(&Budget { unpriced: true, ..young }, Shown::USD);
        let expected =
            "Lasts 9 days at this pace: at least $100 of $400 spent this month. A forecast needs two weeks of data.";
        assert_eq!(said, expected);
    }

    #[test]
    fn other_budgets_say_their_period_and_the_most_used_comes_first() {
        use crate::model::{Period, PeriodForecast};
        let standing = |name: &str, spent: f64, forecast: Option<PeriodForecast>| BudgetStanding {
            id: name.to_owned(),
            name: name.to_owned(),
            period: Period::Week,
            amount: Amount::Usd(usd(40.0)),
            spent: Amount::Usd(usd(spent)),
            forecast,
            ..BudgetStanding::default()
        };
        let end = Amount::Usd(usd(52.0));
        let below = PeriodForecast { end, low: end, high: end, crosses: None, crosses_from: None, crosses_to: None };
        let crossing = PeriodForecast { crosses: NaiveDate::from_ymd_opt(2026, 11, 22), ..below };
        let tokens = BudgetStanding {
            amount: Amount::Tokens(5_000_000),
            spent: Amount::Tokens(1_000),
            period: Period::Days(7),
            ..standing("CI", 0.0, None)
        };
        let all = [
            standing(GLOBAL_BUDGET, 99.0, None),
            tokens,
            standing("Opus", 31.0, Some(crossing)),
            standing("Shop", 41.0, Some(below)),
        ];
        assert_eq!(
            others(&all, Shown::USD),
            [
                "Shop: exceeded, $41 of $40 used this week.",
                "Opus: on pace for $52 of $40, $31 of $40 used this week; crosses on the 22nd.",
                "CI: 1.00 k tokens of 5.00 M tokens used in the last 7 days.",
            ]
        );
    }
}
