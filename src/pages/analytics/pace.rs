//! The budget at the present pace: what is spent, what is left, when it runs out, and where the month is heading.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::components::ChartCard;
use crate::model::{Chart, Severity};

/// The month's budget, as the page shows it. It is of everything, whatever the page is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    pub severity: Severity,
    /// `Lasts 12 days at this pace`
    pub headline: String,
    pub sentence: String,
    /// Of the budget, 0 to 100.
    pub percent: u32,
    pub percent_text: String,
    /// Names and values: spent, left, a day, runs out.
    pub facts: Vec<(String, String)>,
    /// `None` before anything was spent.
    pub chart: Option<Chart>,
}

pub(super) fn pace(pace: Pace) -> AnyView {
    let (word, tone) = match pace.severity {
        Severity::Normal => ("Normal", ""),
        Severity::Warning => ("Warning", "warn"),
        Severity::Critical => ("Critical", "bad"),
    };
    let facts = pace.facts.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    let chart = pace.chart.map(|chart| view! { <ChartCard title="Budget burn-down" chart>""</ChartCard> });
    view! {
        <div class="two uneven">
            <section class=format!("card pace {tone}")>
                <header><h2>"Monthly budget, all projects"</h2><span class=format!("level {tone}")>{word}</span></header>
                <p class="big">{pace.headline}</p>
                <meter min="0" max="100" value=pace.percent.to_string() aria-label="Of the budget spent">{pace.percent_text.clone()}</meter>
                <p class="sub">{pace.percent_text}</p>
                <dl class="pairs">{facts.collect_view()}</dl>
                <p class="mute">{pace.sentence}</p>
            </section>
            {chart}
        </div>
    }
    .into_any()
}
