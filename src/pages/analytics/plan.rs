//! Whether a plan at a fixed price pays against the prices of the API.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use super::what_if::kept;
use crate::model::{BreakEven, Cube, Shown, Usd};

/// Dollars a month; more than anybody pays, and what arithmetic can hold.
const MOST: f64 = 1_000_000.0;
/// Of the query: the plan's price, and what it would stand in for.
const NAMES: [&str; 2] = ["plan", "plan_for"];

/// What is asked, in the words of its fields.
#[derive(Clone, Copy)]
pub(super) struct PlanState {
    price: RwSignal<String>,
    source: RwSignal<String>,
}

impl PlanState {
    pub(super) fn of_address(query: &ParamsMap) -> PlanState {
        let [price, source] = NAMES.map(|name| RwSignal::new(query.get(name).unwrap_or_default()));
        PlanState { price, source }
    }

    pub(super) fn view(self, cube: Cube, shown: Shown) -> AnyView {
        if cube.sources.is_empty() {
            return ().into_any();
        }
        let options =
            cube.sources.iter().map(|source| (source.name.clone(), source.label.clone())).map(|(name, label)| {
                let (value, chosen) = (name.clone(), self.source);
                view! { <option value=value selected={move || chosen.get() == name}>{label}</option> }
            });
        let options = options.collect_view();
        let answer = move || self.answer(&cube, shown);
        let query = use_query_map().get_untracked();
        view! {
            <section class="card ask" id="plan">
                <header><h2>"Would a plan pay?"</h2></header>
                <form method="get" action="#plan">
                    {kept(&query, &NAMES)}
                    <label>"Plan, US dollars a month "
                        <input type="number" name="plan" min="0" step="any" inputmode="decimal" prop:value=self.price value=self.price.get_untracked()
                            on:input:target=move |event| self.price.set(event.target().value()) />
                    </label>
                    <label>"It stands in for "
                        <select name="plan_for" on:change:target=move |event| self.source.set(event.target().value())>{options}</select>
                    </label>
                    <noscript><button class="btn">"Answer"</button></noscript>
                </form>
                <p role="status">{answer}</p>
            </section>
        }
        .into_any()
    }

    fn answer(self, cube: &Cube, shown: Shown) -> String {
        let typed = self.price.get();
        if typed.trim().is_empty() {
            return "Enter what a subscription costs a month, and see from which spend on it pays.".to_owned();
        }
        let price =
            typed.trim().parse::<f64>().ok().filter(|price| (0.0..=MOST).contains(price)).and_then(Usd::from_f64);
        let Some(price) = price else {
            return format!("“{}” is no price: enter US dollars a month, such as 100.", typed.trim());
        };
        let chosen = self.source.get();
        let usage = cube.sources.iter().find(|source| source.name == chosen).or_else(|| cube.sources.first());
        let usage = usage.map_or(Usd::ZERO, |source| source.cost);
        let plan = BreakEven::of(price, usage, cube.days);
        let days = if cube.days == 1 { "this day".to_owned() } else { format!("these {} days", cube.days) };
        let saved = plan.saved();
        let verdict = if saved >= Usd::ZERO {
            format!("The plan saves {}", shown.money(saved))
        } else {
            format!("The plan costs {} more", shown.money(Usd::ZERO - saved))
        };
        format!(
            "{verdict} over {days}: {} for the plan against {} at the prices of the API. It pays from {} a day on.",
            shown.money(plan.plan),
            shown.money(plan.usage),
            shown.money(plan.per_day)
        )
    }
}
