//! The price table in force, with a search.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

use super::{PriceLine, Removed};
use crate::components::{Downloads, may};
use crate::model::Role;

/// Says what was removed, and offers to put it back. Like removing, a plain form: it needs no script.
pub(super) fn removed(removed: Removed) -> AnyView {
    view! {
        <div class="banner good undo">
            <p role="status">{removed.said}</p>
            <form method="post" action="/rpc/put_price_back">
                <input type="hidden" name="entry" value=removed.entry />
                <button class="btn">"Put it back"</button>
            </form>
        </div>
    }
    .into_any()
}

fn change(line: &PriceLine) -> AnyView {
    let label = format!("Change the price of {}", line.model);
    let remove = line.own.then(|| remove(line));
    view! { <td class="num"><a class="more" href=line.href.clone() aria-label=label>"Change"</a>{remove}</td> }
        .into_any()
}

fn remove(line: &PriceLine) -> AnyView {
    view! {
        <form method="post" action="/rpc/remove_model_price">
            <input type="hidden" name="model" value=line.model.clone() />
            <input type="hidden" name="from" value=line.from.clone() />
            <button class="more" aria-label=format!("Remove the price of {}", line.model)>"Remove"</button>
        </form>
    }
    .into_any()
}

/// `go` follows an address without leaving the page.
pub(super) fn prices(
    lines: Vec<PriceLine>,
    shown: String,
    more: bool,
    search: String,
    compiled: String,
    go: impl Fn(String) + 'static,
) -> AnyView {
    let field = NodeRef::<Input>::new();
    let submit = move |event: SubmitEvent| {
        if let Some(field) = field.get_untracked() {
            event.prevent_default();
            let wanted = field.value();
            go(if wanted.is_empty() { "/prices".to_owned() } else { format!("/prices{}", address("search", &wanted)) });
        }
    };
    let empty = lines.is_empty();
    let wanted = search.trim().to_owned();
    let may_set = may(Role::Admin);
    let rows = lines.into_iter().map(|line| {
        let change = may_set.then(|| change(&line));
        let [input, output, read, write] = line.rates;
        view! {
            <tr>
                <th scope="row">{line.model.clone()}<small class:own=line.own>{line.origin}</small></th>
                <td class="num">{input}</td>
                <td class="num">{output}</td>
                <td class="num wide">{read}</td>
                <td class="num wide">{write}</td>
                {change}
            </tr>
        }
    });
    let all = more.then(|| view! { <nav class="pager" aria-label="More prices"><a href="/prices?all=1" data-noscroll="">"Show all"</a></nav> });
    let none = empty.then(|| {
        let href = format!("/prices{}", address("model", &wanted));
        view! {
            <p class="mute none">
                "No model of that name has a price. "
                {may_set.then(|| view! { <a href=href>{format!("Set a price of {wanted}")}</a> })}
            </p>
        }
    });
    view! {
        <section class="card">
            <header>
                <h2>"Prices in force"</h2>
                <span class="mute">{shown}</span>
                <form method="get" action="/prices" class="search" role="search" on:submit=submit>
                    <input node_ref=field type="search" name="search" aria-label="Search models" placeholder="Model or provider" value=search.clone() prop:value=search autocomplete="off" />
                    <button class="btn">"Search"</button>
                </form>
            </header>
            <p class="mute">
                "Your own prices, in "<code>"data/config/prices.json"</code>", come first; then those of a list that "
                <code>"allclear prices update"</code>" has fetched; then those built in, as of "{compiled}"."
            </p>
            <table class="prices">
                <caption class="unseen">"US dollars per million tokens"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Model, $ per million tokens"</th><th scope="col" class="num">"Input"</th><th scope="col" class="num">"Output"</th>
                        <th scope="col" class="num wide">"Cache read"</th><th scope="col" class="num wide">"Cache write"</th>
                        {may_set.then(|| view! { <th scope="col"><span class="unseen">"Change"</span></th> })}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            {none}
            {all}
            <Downloads of="Prices in force" table="prices" />
        </section>
    }
    .into_any()
}

fn address(name: &'static str, value: &str) -> String {
    let map: leptos_router::params::ParamsMap = [(name, value.to_owned())].into_iter().collect();
    map.to_query_string()
}
