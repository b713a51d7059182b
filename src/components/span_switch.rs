//! Which days a page is about and what they are compared with: kept in the address, so that it can be shared.

use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use super::query_with;
use crate::model::{Compare, Span, SpanKind, SpanQuery};

/// Of the query: what names a span.
const NAMES: [&str; 4] = ["window", "from", "to", "compare"];

/// Returns what the address says about the span.
#[must_use]
pub fn use_span_query() -> Memo<SpanQuery> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| {
            let [window, from, to, compare] = NAMES.map(|name| query.get(name).unwrap_or_default());
            SpanQuery { window, from, to, compare }
        })
    })
}

/// Links to the named spans, dates to be typed, and what to compare with. `first` and `today` bound the dates.
#[component]
pub fn SpanSwitch(span: Span, #[prop(into)] first: String, #[prop(into)] today: String) -> impl IntoView {
    let query = use_query_map().get_untracked();
    let named = SpanKind::NAMED.map(|kind| {
        let current = (kind == span.kind).then_some("true");
        let href = query_with(&query, &[("window", kind.key()), ("from", ""), ("to", "")]);
        view! { <a href=href data-noscroll="" aria-current=current>{kind.label()}</a> }
    });
    let compared = [(Compare::Previous, "Days before"), (Compare::Year, "Year before")].map(|(compare, label)| {
        let current = (compare == span.compare).then_some("true");
        let href = query_with(&query, &[("compare", if compare == Compare::Year { compare.key() } else { "" })]);
        view! { <a href=href data-noscroll="" aria-current=current>{label}</a> }
    });
    view! {
        <div class="span">
            <div class="seg" role="group" aria-label="Days">{named.into_view()}</div>
            {custom(&query, &span, first, today)}
            <div class="seg" role="group" aria-label="Compared with">{compared.into_view()}</div>
            {(!span.problem.is_empty()).then(|| view! { <p class="banner" role="status">{span.problem.clone()}</p> })}
        </div>
    }
    .into_any()
}

fn custom(query: &ParamsMap, span: &Span, first: String, today: String) -> AnyView {
    // What else the address says stays.
    let kept = query.clone().into_iter().filter(|(name, _)| !["window", "from", "to"].contains(&name.as_ref()));
    let kept = kept.map(|(name, value)| view! { <input type="hidden" name=name.into_owned() value=value /> });
    let is_custom = span.kind == SpanKind::Custom;
    let (from, to) = (span.range.from.to_string(), span.range.to.to_string());
    let (first_too, today_too) = (first.clone(), today.clone());
    view! {
        <details class="dates" name="drop" data-current=is_custom.then_some("true")>
            <summary>{if is_custom { span.range.words() } else { "Other days".to_owned() }}</summary>
            <Form method="GET" action="" noscroll=true>
                {kept.collect_view()}
                <label>"From "<input type="date" name="from" value=from min=first max=today required=true /></label>
                <label>"To "<input type="date" name="to" value=to min=first_too max=today_too required=true /></label>
                <button class="btn">"Show"</button>
            </Form>
        </details>
    }
    .into_any()
}
