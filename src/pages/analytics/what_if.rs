//! What usage would have cost with other models, a better cache, or in batches. Answered in the browser as the sliders
//! move; without a script by the server, from the address.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use crate::model::{Cube, CubeModel, Shown, Usd, WhatIf};

/// Of the query.
const NAMES: [&str; 5] = ["from_model", "to_model", "moved", "cached", "batched"];

/// What is asked.
#[derive(Clone, Copy)]
pub(super) struct WhatIfState {
    asked: RwSignal<WhatIf>,
}

impl WhatIfState {
    pub(super) fn of_address(query: &ParamsMap) -> WhatIfState {
        let [from, to, moved, cached, batched] = NAMES.map(|name| query.get(name).unwrap_or_default());
        let percent = |text: String| text.parse::<u32>().ok().map(|percent| percent.min(100));
        let asked = WhatIf {
            from,
            to,
            moved: percent(moved).unwrap_or_default(),
            cached: percent(cached),
            batched: percent(batched).unwrap_or_default(),
        };
        WhatIfState { asked: RwSignal::new(asked) }
    }

    pub(super) fn view(self, cube: Cube, shown: Shown) -> AnyView {
        let priced: Vec<CubeModel> = cube.models.iter().filter(|model| model.rates.is_some()).cloned().collect();
        if priced.is_empty() {
            return ().into_any();
        }
        let query = use_query_map().get_untracked();
        let asked = self.asked;
        let hit = cache_hit(&cube);
        let now = move |asked: &WhatIf| asked.cached.unwrap_or(hit);
        view! {
            <section class="card ask" id="what-if">
                <header><h2>"What if"</h2><span class="mute">"at list prices, over these days"</span></header>
                <form method="get" action="#what-if">
                    {kept(&query, &NAMES)}
                    <fieldset>
                        <legend>"Another model for a part of the work"</legend>
                        {slider("moved", "Part of it", asked, |asked| asked.moved, |asked, percent| asked.moved = percent)}
                        <label>"of "{models("from_model", "Model that did the work", &priced, asked, |asked| asked.from.clone(), |asked, model| asked.from = model)}</label>
                        <label>" done by "{models("to_model", "Model that would do it", &priced, asked, |asked| asked.to.clone(), |asked, model| asked.to = model)}</label>
                    </fieldset>
                    {slider("cached", "Prompts from the cache", asked, now, |asked, percent| asked.cached = Some(percent))}
                    {slider("batched", "Done in batches", asked, |asked| asked.batched, |asked, percent| asked.batched = percent)}
                    <noscript><button class="btn">"Answer"</button></noscript>
                    <button type="reset" class="btn" on:click=move |_| asked.set(WhatIf::default())>"As it was"</button>
                </form>
                <div role="status">{move || answer(&cube, &asked.get(), shown)}</div>
            </section>
        }
        .into_any()
    }
}

/// Of all prompts with a price, in whole percent.
fn cache_hit(cube: &Cube) -> u32 {
    let tokens = cube
        .models
        .iter()
        .filter(|model| model.rates.is_some())
        .fold(Default::default(), |sum, model| sum + model.tokens);
    let tokens: crate::model::Tokens = tokens;
    tokens.cache_hit_pct().and_then(|percent| u32::try_from(percent).ok()).unwrap_or_default()
}

/// What else the address says, for a form that is sent.
pub(super) fn kept(query: &ParamsMap, but: &[&str]) -> AnyView {
    let others = query.clone().into_iter().filter(|(name, _)| !but.contains(&name.as_ref()));
    others
        .map(|(name, value)| view! { <input type="hidden" name=name.into_owned() value=value /> })
        .collect_view()
        .into_any()
}

fn slider(
    name: &'static str,
    label: &'static str,
    asked: RwSignal<WhatIf>,
    get: impl Fn(&WhatIf) -> u32 + Copy + Send + Sync + 'static,
    set: impl Fn(&mut WhatIf, u32) + Copy + Send + Sync + 'static,
) -> AnyView {
    let value = move || asked.with(get).to_string();
    let first = asked.with_untracked(get).to_string();
    view! {
        <label class="slider"><span>{label}</span>
            <input type="range" name=name min="0" max="100" step="5" value=first prop:value=value
                on:input:target=move |event| {
                    if let Ok(percent) = event.target().value().parse() {
                        asked.update(|asked| set(asked, percent));
                    }
                } />
            <output>{move || format!("{} %", asked.with(get))}</output>
        </label>
    }
    .into_any()
}

fn models(
    name: &'static str,
    label: &'static str,
    models: &[CubeModel],
    asked: RwSignal<WhatIf>,
    get: impl Fn(&WhatIf) -> String + Copy + Send + Sync + 'static,
    set: impl Fn(&mut WhatIf, String) + Copy + Send + Sync + 'static,
) -> AnyView {
    let options = models.iter().map(|model| {
        let value = model.model.clone();
        view! { <option value=model.model.clone() selected={move || asked.with(get) == value}>{model.label.clone()}</option> }
    });
    let options = options.collect_view();
    let nothing = move || asked.with(get).is_empty();
    view! {
        <select name=name aria-label=label on:change:target=move |event| asked.update(|asked| set(asked, event.target().value()))>
            <option value="" selected=nothing>"choose a model"</option>
            {options}
        </select>
    }
    .into_any()
}

fn answer(cube: &Cube, asked: &WhatIf, shown: Shown) -> AnyView {
    let outcome = cube.what_if(asked);
    // The difference of what is written, so that whoever subtracts finds the same.
    let steps = shown.steps();
    let change = steps.of(outcome.after) - steps.of(outcome.before);
    let headline = if outcome.after == outcome.before {
        format!("{}, as it was.", shown.money(outcome.before))
    } else {
        format!("{} instead of {}: {}.", shown.money(outcome.after), shown.money(outcome.before), steps.signed(change))
    };
    let parts = [("Other model", outcome.moved), ("Cache", outcome.cached), ("Batches", outcome.batched)];
    let amounts = steps.parts(change, &parts.map(|(_, amount)| amount));
    let parts = parts.into_iter().zip(amounts).filter(|((_, amount), _)| *amount != Usd::ZERO);
    let parts = parts.map(|((name, _), amount)| {
        view! { <div><dt>{name}</dt><dd>{steps.signed(amount)}</dd></div> }
    });
    let batch =
        asked.batched > 0 && cube.models.iter().all(|model| model.rates.is_none_or(|rates| rates.batch.is_none()));
    view! {
        <p class="big">{headline}</p>
        <dl class="pairs">{parts.collect_view()}</dl>
        {batch.then(|| view! { <p class="mute">"None of these models has a batch price."</p> })}
    }
    .into_any()
}
