//! The filters: days as links, the rest as a form whose answer is an address.

use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use super::OrdersPage;
use super::query::{DAYS, FILTERS};
use crate::components::query_with;

/// Of the form of filters.
const OF_FORM: [&str; 8] = ["search", "source", "matched", "voided", "invoices", "page", "order", "match"];

pub(super) fn filters(page: &OrdersPage) -> AnyView {
    let query = use_query_map().get_untracked();
    let named = page.query.named_days();
    let links = DAYS.map(|days| {
        let current = (named == Some(days)).then_some("true");
        let text = days.to_string();
        let href = query_with(&query, &[("days", &text), ("from", ""), ("to", ""), ("page", ""), ("order", "")]);
        view! { <a href=href data-noscroll="" aria-current=current>{format!("{days} days")}</a> }
    });
    let cleared: Vec<(&str, &str)> = FILTERS.into_iter().chain(["order", "match"]).map(|name| (name, "")).collect();
    let clear = query_with(&query, &cleared);
    let clear = (page.query.is_narrowed() || named != Some(30))
        .then(|| view! { <a class="btn" href=clear data-noscroll="">"Clear"</a> });
    let (others, search, invoices) = (kept(&query, &OF_FORM), page.query.search.clone(), page.query.invoices);
    let source = choices("source", "Source", sources(page));
    let contact = choices("matched", "Contact", contacts(page));
    let of_voided = choices("voided", "Voided", voided(page));
    view! {
        <div class="span">
            <div class="seg" role="group" aria-label="Days">{links.into_view()}</div>
            {other_days(&query, page, named.is_none())}
        </div>
        <Form method="GET" action="" noscroll=true attr:class="sieve" attr:role="search" attr:aria-label="Filter orders">
            {others}
            <label class="seek"><span>"Search"</span>
                <input type="search" name="search" value=search placeholder="Number, item, customer" autocomplete="off" />
            </label>
            {source}{contact}{of_voided}
            <label class="tick">
                <input type="checkbox" name="invoices" value="yes" checked=invoices />
                <span>"Invoices too"</span>
            </label>
            <p class="sieve-end"><button class="btn strong">"Apply"</button>{clear}</p>
        </Form>
    }
    .into_any()
}

/// What else the address says, for a form to keep.
fn kept(query: &ParamsMap, without: &[&str]) -> AnyView {
    let others = query.clone().into_iter().filter(|(name, _)| !without.contains(&name.as_ref()));
    others
        .map(|(name, value)| view! { <input type="hidden" name=name.into_owned() value=value /> })
        .collect_view()
        .into_any()
}

fn other_days(query: &ParamsMap, page: &OrdersPage, is_current: bool) -> AnyView {
    let (from, to, today) = (page.from.clone(), page.to.clone(), page.today.clone());
    let words = if is_current { page.days.clone() } else { "Other days".to_owned() };
    let most = today.clone();
    let others = kept(query, &["days", "from", "to", "page", "order", "match"]);
    view! {
        <details class="dates" name="drop" data-current=is_current.then_some("true")>
            <summary>{words}</summary>
            <Form method="GET" action="" noscroll=true>
                {others}
                <label>"From "<input type="date" name="from" value=from max=today required=true /></label>
                <label>"To "<input type="date" name="to" value=to max=most required=true /></label>
                <button class="btn">"Show"</button>
            </Form>
        </details>
    }
    .into_any()
}

/// What is sent, what is read, and whether it is chosen.
type Choice = (String, String, bool);

fn choices(name: &'static str, label: &'static str, options: Vec<Choice>) -> AnyView {
    let options = options.into_iter().map(|(sent, shown, selected)| {
        view! { <option value=sent selected=selected>{shown}</option> }
    });
    view! { <label><span>{label}</span><select name=name>{options.collect_view()}</select></label> }.into_any()
}

fn sources(page: &OrdersPage) -> Vec<Choice> {
    let chosen = &page.query.source;
    let mut options = vec![(String::new(), "All sources".to_owned(), chosen.is_empty())];
    // One that has no orders in these days is still what is asked for.
    let unlisted = (!chosen.is_empty() && !page.sources.contains(chosen)).then(|| chosen.clone());
    let named = page.sources.iter().cloned().chain(unlisted);
    options.extend(named.map(|source| (source.clone(), source.clone(), source == *chosen)));
    options
}

fn contacts(page: &OrdersPage) -> Vec<Choice> {
    let is = page.query.matched;
    [("", "All", None), ("yes", "Matched", Some(true)), ("no", "Unmatched", Some(false))]
        .map(|(sent, shown, of)| (sent.to_owned(), shown.to_owned(), of == is))
        .to_vec()
}

fn voided(page: &OrdersPage) -> Vec<Choice> {
    [("", "Shown", true), ("no", "Hidden", false)]
        .map(|(sent, shown, of)| (sent.to_owned(), shown.to_owned(), of == page.query.voided))
        .to_vec()
}
