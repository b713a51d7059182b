//! `/orders`: what a client's customers ordered: sums, a list to filter, one order in full, and what came in over time.
//!
//! All of it is in the address: a view can be shared, and works without JavaScript. Who belongs to a client sees that
//! client, whatever the address says.

#[cfg(feature = "ssr")]
mod build;
mod charts;
mod contacts;
mod detail;
mod filters;
mod query;
mod table;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{
    Ago, ClientOption, ClientSelect, Downloads, Empty, Load, Stat, StatCard, query_with, use_client, use_live,
};
use crate::error::AppError;
use crate::model::{Moment, OrderSort, RevenueStep};
use charts::RevenuePage;
use query::{OrdersQuery, use_orders_query, use_step};

/// Everything the upper part of the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersPage {
    pub query: OrdersQuery,
    /// Those to choose from; empty for whoever sees one client only.
    pub clients: Vec<ClientOption>,
    /// The name of the one client that is shown; empty when there are several.
    pub client: String,
    /// The id of the one client, when there is only one.
    pub client_id: String,
    pub may_manage: bool,
    /// There is no client at all.
    pub nobody: bool,
    /// When the orders were last synced, when one client is shown.
    pub synced: Option<Moment>,
    /// Clients whose last sync failed, and why.
    pub failed: Vec<(String, String)>,
    /// What of the address was not followed.
    pub problem: String,
    pub from: String,
    pub to: String,
    /// Both, in words.
    pub days: String,
    pub today: String,
    pub stats: Vec<Stat>,
    /// To choose from.
    pub sources: Vec<String>,
    pub rows: Vec<OrderLine>,
    /// Orders in the list.
    pub listed: u64,
    /// Of these, how many are in no sum: voided, deleted, tests.
    pub uncounted: u64,
    pub page: u32,
    pub pages: u32,
    /// The query by which the same orders are exported.
    pub exports: String,
    /// Why the list is empty, in words.
    pub empty: String,
}

/// A line of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// What names it in an address.
    pub key: String,
    /// `#42`
    pub number: String,
    /// Empty when one client is shown.
    pub client: String,
    pub customer: String,
    pub source: String,
    pub total: String,
    /// `+ $4.00 tip`; empty without one.
    pub tip: String,
    /// `Voided`, `Open`, …; empty for an order like any other.
    pub state: String,
    /// It is in no sum.
    pub is_void: bool,
    /// The contact; empty without one.
    pub contact: String,
    pub day: String,
    /// By the restaurant's clock; empty when nothing says when.
    pub time: String,
}

#[server(prefix = "/rpc", endpoint = "load_orders", input = leptos::server_fn::codec::Json)]
pub async fn load_orders(query: OrdersQuery) -> Result<OrdersPage, AppError> {
    let who = crate::server::require(crate::model::Role::Client)?;
    let engine = crate::server::app()?.engine;
    Ok(build::page(&engine, &who, query).await?)
}

#[server(prefix = "/rpc", endpoint = "load_revenue", input = leptos::server_fn::codec::Json)]
pub async fn load_revenue(query: OrdersQuery, step: RevenueStep) -> Result<RevenuePage, AppError> {
    let who = crate::server::require(crate::model::Role::Client)?;
    let engine = crate::server::app()?.engine;
    Ok(build::revenue(&engine, &who, query, step).await?)
}

/// The page's code, which the browser loads when it is first visited.
pub struct OrdersRoute;

#[lazy_route]
impl LazyRoute for OrdersRoute {
    fn data() -> Self {
        OrdersRoute
    }

    fn view(this: Self) -> AnyView {
        let OrdersRoute = this;
        view! { <Orders /> }.into_any()
    }
}

#[component]
fn Orders() -> impl IntoView {
    let (live, query, step) = (use_live(), use_orders_query(use_client()), use_step());
    let numbers = Memo::new(move |_| query.with(OrdersQuery::unpaged));
    let changed = contacts::provide_actions();
    let page = Resource::new(move || (query.get(), live.orders(), changed.get()), |(query, ..)| load_orders(query));
    let revenue =
        Resource::new(move || (numbers.get(), step.get(), live.orders()), |(query, step, _)| load_revenue(query, step));
    view! {
        <Title text="Orders" />
        <Load data=page view=|page: OrdersPage| orders(page) />
        <Load data=revenue view=|page: RevenuePage| charts::charts(page) />
        {detail::dialog(changed)}
    }
}

fn orders(page: OrdersPage) -> AnyView {
    if page.nobody {
        let add = page.may_manage.then(|| view! { <p><a href="/clients">"Add a client"</a></p> });
        let ask = (!page.may_manage).then(|| view! { <p>"Somebody with the role admin can add one."</p> });
        return view! {
            <section class="verdict"><h1>"Orders"</h1></section>
            <Empty title="No clients yet">
                <p>"A client is a restaurant whose orders are read from Toast. Add one to see its orders here."</p>
                {add}{ask}
            </Empty>
        }
        .into_any();
    }
    let stats = page.stats.iter().cloned().map(|stat| view! { <StatCard stat /> }).collect_view();
    let (exports, any) = (page.exports.clone(), page.listed > 0);
    view! {
        {heading(&page)}
        {failed(page.failed.clone())}
        {(!page.problem.is_empty()).then(|| view! { <p class="banner" role="status">{page.problem.clone()}</p> })}
        {filters::filters(&page)}
        <section class="cards five" aria-label="Key figures">{stats}</section>
        {table::table(page)}
        {any.then(|| view! { <Downloads of="Orders" table="orders" query=exports /> })}
    }
    .into_any()
}

fn heading(page: &OrdersPage) -> AnyView {
    let select = (!page.clients.is_empty()).then(|| {
        view! { <ClientSelect options=page.clients.clone() shown=page.client_id.clone() /> }
    });
    let title = if page.client.is_empty() { "Orders".to_owned() } else { format!("Orders of {}", page.client) };
    let synced = synced(page.client_id.clone(), page.synced.clone());
    let manage = page.may_manage.then(|| view! { <a class="btn" href="/clients">"Manage clients"</a> });
    view! {
        <section class="verdict ordering">
            <div><h1>{title}</h1>{synced}</div>
            {select}{manage}
        </section>
    }
    .into_any()
}

/// When one client was last synced: as the stream says, until it speaks as the page was drawn.
fn synced(client: String, drawn: Option<Moment>) -> AnyView {
    if client.is_empty() {
        return ().into_any();
    }
    let live = use_live();
    let last = Memo::new(move |_| {
        let told = live.clients().and_then(|clients| clients.into_iter().find(|told| told.id == client));
        told.map_or_else(|| drawn.clone(), |told| told.last_success)
    });
    let words = move || match last.get() {
        Some(moment) => view! { "Last synced "<Ago moment /> }.into_any(),
        None => "Not synced yet".into_any(),
    };
    view! { <p class="mute">{words}</p> }.into_any()
}

/// Clients whose numbers are older than they should be.
fn failed(clients: Vec<(String, String)>) -> AnyView {
    if clients.is_empty() {
        return ().into_any();
    }
    let query = use_query_map().get_untracked();
    let hides = query.get("current").as_deref() == Some("yes");
    let href = query_with(&query, &[("current", if hides { "" } else { "yes" }), ("page", "")]);
    let link = if hides { "Show them too" } else { "Hide their orders" };
    let lines = clients.into_iter().map(|(name, why)| view! { <li><b>{name}</b>": "{why}</li> }).collect_view();
    view! {
        <div class="banner">
            <p>"The last sync failed, so these orders may be out of date. "<a href=href data-noscroll="">{link}</a></p>
            <ul>{lines}</ul>
        </div>
    }
    .into_any()
}

/// The address of the page with one order opened, and nothing of another one.
fn address_of(query: &leptos_router::params::ParamsMap, order: &str) -> String {
    query_with(query, &[("order", order), ("match", ""), ("contact", "")])
}

/// The address that sorts by a column; a second press turns it round.
fn sorted(query: &leptos_router::params::ParamsMap, now: &OrdersQuery, by: OrderSort) -> String {
    let ascending = if now.sort == by { !now.ascending } else { matches!(by, OrderSort::Source | OrderSort::Customer) };
    let key = if ascending { by.key().to_owned() } else { format!("-{}", by.key()) };
    let key = if by == OrderSort::Opened && !ascending { String::new() } else { key };
    query_with(query, &[("sort", &key), ("page", ""), ("order", "")])
}
