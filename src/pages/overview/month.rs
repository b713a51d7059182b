//! The month's budget as a bar: what is spent, what is expected to come to it, and how far the month has gone.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::model::Severity;

/// The bar and its words. It is of everything, whatever the page is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// `November budget`
    pub title: String,
    pub sentence: String,
    pub severity: Severity,
    /// Of the budget, in thousandths, all of it at most: spent, and expected when the month ends, which is no less.
    pub spent: u32,
    pub expected: u32,
    /// How much of the month there was, today included, in thousandths.
    pub passed: u32,
    /// `$258 spent`, `$400`
    pub spent_text: String,
    pub all_text: String,
}

pub(super) fn month(month: Month) -> AnyView {
    let tone = match month.severity {
        Severity::Normal => "",
        Severity::Warning => "warn",
        Severity::Critical => "bad",
    };
    let percent = |thousandths: u32| format!("{}.{}%", thousandths / 10, thousandths % 10);
    let (spent, expected, passed) = (percent(month.spent), percent(month.expected), percent(month.passed));
    let label = format!("{} of {}", month.spent_text, month.all_text);
    view! {
        <section class=format!("card month {tone}")>
            <header><h2>{month.title}</h2></header>
            <p>{month.sentence}</p>
            <svg role="img" aria-label=label>
                <defs>
                    <pattern id="month-expected" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                        <rect width="3.5" height="7"></rect>
                    </pattern>
                </defs>
                <rect class="all" y="3" width="100%" height="8" rx="4"></rect>
                <rect class="expected" y="3" width=expected height="8" rx="4"></rect>
                <rect class="spent" y="3" width=spent height="8" rx="4"></rect>
                <rect class="today" x=passed width="2" height="14"></rect>
            </svg>
            <p class="ends"><span>{month.spent_text}</span><span>"today"</span><span>{month.all_text}</span></p>
        </section>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
pub(super) mod build {
    use chrono::Datelike;

    use super::Month;
    use crate::analytics::budget_sentence;
    use crate::model::{Amount, Period, Shown, Usd};
    use crate::sync::Snapshot;

    const WHOLE: i128 = 1_000;

    /// `None` without usage, or without a budget.
    pub(in crate::pages::overview) fn month(snapshot: &Snapshot, shown: Shown) -> Option<Month> {
        let budget = &snapshot.analytics.budget;
        if !snapshot.has_data || budget.monthly <= Usd::ZERO {
            return None;
        }
        let all = Amount::Usd(budget.monthly);
        let part = |amount: Usd| {
            let thousandths = Amount::Usd(amount).per_mille_of(all).unwrap_or(0).clamp(0, WHOLE);
            u32::try_from(thousandths).unwrap_or(0)
        };
        let spent = part(budget.spent);
        let more = if budget.unpriced { " +" } else { "" };
        Some(Month {
            title: format!("{} budget", snapshot.today.format("%B")),
            sentence: budget_sentence(budget, shown),
            severity: budget.severity,
            spent,
            expected: budget.forecast.map_or(spent, |forecast| part(forecast.month_end).max(spent)),
            passed: snapshot.today.day() * 1_000 / Period::Month.end(snapshot.today).day().max(1),
            spent_text: format!("{}{more} spent", shown.rough(budget.spent)),
            all_text: shown.rough(budget.monthly),
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::model::Budget;

        #[test]
        fn the_bar_ends_with_the_budget_and_is_not_there_without_one() {
            let mut snapshot = Snapshot::blank("2026-11-21".parse().expect("a date"));
            let dollars = |dollars: f64| Usd::from_f64(dollars).expect("money");
            snapshot.analytics.budget =
                Budget { monthly: dollars(400.0), spent: dollars(258.0), unpriced: true, ..Budget::default() };
            assert_eq!(month(&snapshot, Shown::USD), None, "nothing was ever read");
            snapshot.has_data = true;
            let bar = month(&snapshot, Shown::USD).expect("is there");
            assert_eq!((bar.title.as_str(), bar.spent_text.as_str()), ("November budget", "$258 + spent"));
            assert_eq!((bar.spent, bar.expected, bar.passed), (645, 645, 700));
            snapshot.analytics.budget.spent = dollars(4_000.0);
            assert_eq!(month(&snapshot, Shown::USD).map(|bar| bar.spent), Some(1_000), "no longer than all of it");
            snapshot.analytics.budget.monthly = Usd::ZERO;
            assert_eq!(month(&snapshot, Shown::USD), None);
        }
    }
}
