//! The list of orders, a page at a time.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use super::{OrderLine, OrdersPage, OrdersQuery, address_of, sorted};
use crate::components::{Empty, query_with};
use crate::model::{OrderSort, grouped};

pub(super) fn table(page: OrdersPage) -> AnyView {
    if page.rows.is_empty() {
        return view! { <Empty title="No orders"><p>{page.empty}</p></Empty> }.into_any();
    }
    let query = use_query_map().get_untracked();
    let several = page.client.is_empty();
    let rows = page.rows.into_iter().map(|line| row(&query, line, several)).collect_view();
    let count = if page.listed == 1 { "1 order".to_owned() } else { format!("{} orders", grouped(page.listed.into())) };
    let count = match page.uncounted {
        0 => count,
        uncounted => format!("{count}, {} of them voided", grouped(uncounted.into())),
    };
    let link = |to: u32, text: &'static str| {
        let href = query_with(&query, &[("page", &to.to_string()), ("order", "")]);
        (to >= 1 && to <= page.pages).then(|| view! { <a href=href data-noscroll="">{text}</a> })
    };
    let pager = (page.pages > 1).then(|| {
        view! {
            <nav class="pager" aria-label="Pages of orders">
                {link(page.page.saturating_sub(1), "Previous")}
                <span class="mute">{format!("Page {} of {}", page.page, page.pages)}</span>
                {link(page.page + 1, "Next")}
            </nav>
        }
    });
    view! {
        <section class="card" aria-label="Orders">
            <header><h2>"Orders"</h2><span class="mute">{count}</span></header>
            <table class="order-list">
                <thead>
                    <tr>
                        {head(&query, &page.query, "Order", Some(OrderSort::Number), "")}
                        {head(&query, &page.query, "Customer", Some(OrderSort::Customer), "wide")}
                        {head(&query, &page.query, "Source", Some(OrderSort::Source), "wide")}
                        {head(&query, &page.query, "Total", Some(OrderSort::Total), "num")}
                        {head(&query, &page.query, "Contact", None, "lesser")}
                        {head(&query, &page.query, "Date", Some(OrderSort::Opened), "num")}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {pager}
        </section>
    }
    .into_any()
}

/// A column's heading; a link when the list can be sorted by it.
fn head(
    query: &ParamsMap,
    now: &OrdersQuery,
    name: &'static str,
    by: Option<OrderSort>,
    class: &'static str,
) -> AnyView {
    let Some(by) = by else {
        return view! { <th scope="col" class=class>{name}</th> }.into_any();
    };
    let sort = (now.sort == by).then_some(if now.ascending { "ascending" } else { "descending" });
    let mark = match sort {
        Some("ascending") => " ↑",
        Some(_) => " ↓",
        None => "",
    };
    let href = sorted(query, now, by);
    view! {
        <th scope="col" class=class aria-sort=sort>
            <a href=href data-noscroll="">{name}<span aria-hidden="true">{mark}</span></a>
        </th>
    }
    .into_any()
}

fn row(query: &ParamsMap, line: OrderLine, several: bool) -> AnyView {
    let href = address_of(query, &line.key);
    let under: Vec<String> = [several.then(|| line.client.clone()), Some(line.state.clone())]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    let under = (!under.is_empty()).then(|| view! { <small>{under.join(" · ")}</small> });
    let tip = (!line.tip.is_empty()).then(|| view! { <small>{line.tip.clone()}</small> });
    let total = if line.is_void { view! { <s>{line.total}</s> }.into_any() } else { line.total.into_any() };
    let contact = if line.contact.is_empty() {
        view! { <span class="mute">"unmatched"</span> }.into_any()
    } else {
        line.contact.into_any()
    };
    let time = (!line.time.is_empty()).then(|| view! { <small>{line.time.clone()}</small> });
    view! {
        <tr class=line.is_void.then_some("voided")>
            <th scope="row"><a href=href data-noscroll="" aria-haspopup="dialog">{line.number}</a>{under}</th>
            <td class="wide">{line.customer}</td>
            <td class="wide">{line.source}</td>
            <td class="num">{total}{tip}</td>
            <td class="lesser">{contact}</td>
            <td class="num">{line.day}{time}</td>
        </tr>
    }
    .into_any()
}
