//! One order in full, in a dialog over the list; without JavaScript it stands below the list.
//!
//! The address says which order is opened: going back closes it, and it can be shared.

use leptos::html::Dialog;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

use super::address_of;
use super::contacts::{ContactLine, MatchPanel, contact, said};
use crate::components::{Icon, Load, closes_beside, use_live};
use crate::error::AppError;

/// What the dialog shows, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDetail {
    pub key: String,
    pub title: String,
    /// `Voided: in no sum`; empty for an order like any other.
    pub state: String,
    pub facts: Vec<(String, String)>,
    pub items: Vec<ItemLine>,
    /// Names and amounts, the last one the total.
    pub sums: Vec<(String, String)>,
    pub total: String,
    /// What belongs to the order but not to its total.
    pub beside: Vec<(String, String)>,
    pub payments: Vec<PaymentLine>,
    /// What was paid in all, when there was more than one payment.
    pub paid: String,
    pub contact: Option<ContactLine>,
    pub may_match: bool,
    /// Asked for, and only then looked up.
    pub panel: Option<MatchPanel>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemLine {
    /// 0 for what was ordered, 1 and more for what was chosen to go with it.
    pub depth: u32,
    pub quantity: String,
    pub name: String,
    /// `voided`, `$2.00 discount`; empty for an item like any other.
    pub note: String,
    pub voided: bool,
    /// Empty for a modifier: its price is in that of its item.
    pub price: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentLine {
    /// `Credit (Visa ****1234)`
    pub what: String,
    pub note: String,
    pub amount: String,
    /// `+ $4.00 tip`; empty without one.
    pub tip: String,
    /// The money did not come.
    pub void: bool,
}

/// What the address says about the dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailQuery {
    /// Client and order.
    pub order: String,
    /// Whether contacts are looked for, and under which words.
    pub matching: bool,
    pub contact: String,
}

#[server(prefix = "/rpc", endpoint = "load_order", input = leptos::server_fn::codec::Json)]
pub async fn load_order(query: DetailQuery) -> Result<OrderDetail, AppError> {
    let who = crate::server::require(crate::model::Role::Client)?;
    let engine = crate::server::app()?.engine;
    super::build::detail(&engine, &who, &query).await
}

fn detail_query(query: &ParamsMap) -> Option<DetailQuery> {
    let text = |name: &str| query.get(name).unwrap_or_default();
    let order = text("order");
    let matching = query.get("match").is_some_and(|value| !value.is_empty());
    (!order.is_empty()).then(|| DetailQuery { order, matching, contact: text("contact") })
}

/// The dialog: always in the page, so that the browser gives the focus back to the line that opened it.
pub(super) fn dialog(changed: Memo<usize>) -> AnyView {
    let (query, live, navigate) = (use_query_map(), use_live(), StoredValue::new(use_navigate()));
    let asked = Memo::new(move |_| query.with(detail_query));
    let order = Resource::new(
        move || (asked.get(), live.orders(), changed.get()),
        |(asked, ..)| async move {
            match asked {
                Some(asked) => load_order(asked).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let node = NodeRef::<Dialog>::new();
    let is_open = Memo::new(move |_| asked.with(Option::is_some));
    Effect::new(move |_| {
        let is_open = is_open.get();
        if let Some(dialog) = node.get() {
            show(&dialog, is_open);
        }
    });
    // The browser has closed it, by Escape or a click beside it: then so says the address.
    let closed = move |_| {
        if is_open.get_untracked() {
            let address = query.with_untracked(|query| address_of(query, ""));
            navigate.get_value()(&address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    };
    let leave = move || query.with(|query| address_of(query, ""));
    let draw = |order: Option<OrderDetail>| order.map(detail).into_any();
    view! {
        <dialog node_ref=node class="receipt" aria-label="Order" open=is_open.get_untracked() on:close=closed on:click=closes_beside(node)>
            <div>
                <a class="quiet leave" href=leave data-noscroll="" aria-label="Close">{Icon::Close.view()}</a>
                {said()}
                <Load data=order view=draw />
            </div>
        </dialog>
    }
    .into_any()
}

/// Brings the dialog to what the address says. One the server drew open is no modal yet.
fn show(dialog: &web_sys::HtmlDialogElement, is_open: bool) {
    let is_modal = dialog.matches(":modal").unwrap_or(false);
    if is_open && !is_modal {
        let _ = dialog.remove_attribute("open");
        // It fails when the page is being left; then there is nothing to show.
        let _ = dialog.show_modal();
    } else if !is_open && dialog.open() {
        dialog.close();
    }
}

fn detail(order: OrderDetail) -> AnyView {
    let state = (!order.state.is_empty()).then(|| view! { <p class="stale">{order.state.clone()}</p> });
    let facts = pairs("pairs", order.facts.clone());
    let none = order.items.is_empty().then(|| view! { <p class="mute">"No items."</p> });
    let items = order.items.clone().into_iter().map(item).collect_view();
    let unpaid = order.payments.is_empty().then(|| view! { <p class="mute">"No payments."</p> });
    let payments = order.payments.clone().into_iter().map(payment).collect_view();
    let paid = (!order.paid.is_empty()).then(|| {
        view! { <dl class="pairs"><div><dt>"Paid in all"</dt><dd>{order.paid.clone()}</dd></div></dl> }
    });
    let sums =
        order.sums.clone().into_iter().map(|(name, amount)| view! { <div><dt>{name}</dt><dd>{amount}</dd></div> });
    view! {
        <h2>{order.title.clone()}</h2>
        {state}
        {facts}
        <h3>"Items"</h3>
        {none}
        <ul class="dishes">{items}</ul>
        <dl class="pairs">
            {sums.collect_view()}
            <div class="all"><dt>"Total"</dt><dd>{order.total.clone()}</dd></div>
        </dl>
        {(!order.beside.is_empty()).then(|| pairs("pairs beside", order.beside.clone()))}
        <h3>"Payments"</h3>
        {unpaid}
        <ul class="dishes">{payments}</ul>
        {paid}
        {contact(order)}
    }
    .into_any()
}

fn pairs(class: &'static str, pairs: Vec<(String, String)>) -> AnyView {
    let pairs = pairs.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    view! { <dl class=class>{pairs.collect_view()}</dl> }.into_any()
}

fn item(line: ItemLine) -> AnyView {
    let note = (!line.note.is_empty()).then(|| view! { <small>{line.note}</small> });
    let class = match line.depth {
        0 => "dish",
        1 => "dish with",
        _ => "dish with deeper",
    };
    let name = if line.depth == 0 { line.name } else { format!("+ {}", line.name) };
    let name = if line.voided { view! { <s>{name}</s> }.into_any() } else { view! { <span>{name}</span> }.into_any() };
    view! {
        <li class=class>
            <span class="num">{line.quantity}</span>
            <div>{name}{note}</div>
            <span class="num">{line.price}</span>
        </li>
    }
    .into_any()
}

fn payment(line: PaymentLine) -> AnyView {
    let note = (!line.note.is_empty()).then(|| view! { <small>{line.note}</small> });
    let tip = (!line.tip.is_empty()).then(|| view! { <small>{line.tip}</small> });
    let what = line.what;
    let what = if line.void { view! { <s>{what}</s> }.into_any() } else { view! { <span>{what}</span> }.into_any() };
    view! { <li class="dish paid"><div>{what}{note}</div><span class="num">{line.amount}{tip}</span></li> }.into_any()
}

/// Moves the keyboard to the beginning of the dialog: what had the focus is gone with what was drawn anew.
pub(super) fn focus_dialog() {
    use leptos::wasm_bindgen::JsCast;
    let found = document().query_selector("dialog[open] .leave").ok().flatten();
    if let Some(link) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = link.focus();
    }
}
