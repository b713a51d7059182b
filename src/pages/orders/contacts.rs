//! Whose order it is: the contact in the dialog, those that may be the one, and the way to change it.
//!
//! What somebody decides here is decided by hand, and no sync changes it.

use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::detail::{OrderDetail, focus_dialog};
use crate::components::query_with;
use crate::error::AppError;

/// A contact, as the dialog shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactLine {
    pub id: String,
    pub name: String,
    /// Email and telephone.
    pub reach: String,
    /// `High: same email, same name`, or who decided it.
    pub why: String,
}

/// The contacts an order may be matched to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchPanel {
    /// The best first.
    pub proposals: Vec<ContactLine>,
    /// Why there is no proposal, in words.
    pub none: String,
    /// What was searched for, and what was found.
    pub search: String,
    pub found: Vec<ContactLine>,
}

/// Says whose order it is; returns what was done, in words. A POST, so that it works as a plain form too.
#[server(prefix = "/rpc", endpoint = "match_order")]
pub async fn match_order(order: String, contact: String) -> Result<String, AppError> {
    let who = crate::server::require(crate::model::Role::Operator)?;
    let engine = crate::server::app()?.engine;
    super::build::set_contact(&engine, &who, &order, Some(&contact)).await.map_err(AppError::answer_script)
}

/// Says that an order is nobody's.
#[server(prefix = "/rpc", endpoint = "unmatch_order")]
pub async fn unmatch_order(order: String) -> Result<String, AppError> {
    let who = crate::server::require(crate::model::Role::Operator)?;
    let engine = crate::server::app()?.engine;
    super::build::set_contact(&engine, &who, &order, None).await.map_err(AppError::answer_script)
}

/// Makes a contact, and matches the order to it.
#[server(prefix = "/rpc", endpoint = "add_order_contact")]
pub async fn add_order_contact(
    order: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] phone: String,
) -> Result<String, AppError> {
    let who = crate::server::require(crate::model::Role::Operator)?;
    let engine = crate::server::app()?.engine;
    super::build::add_contact(&engine, &who, &order, [name, email, phone]).await.map_err(AppError::answer_script)
}

#[derive(Clone, Copy)]
struct Actions {
    matched: ServerAction<MatchOrder>,
    unmatched: ServerAction<UnmatchOrder>,
    added: ServerAction<AddOrderContact>,
    /// What came of the last of them.
    said: RwSignal<Result<String, String>>,
}

/// Makes the actions of the dialog; they outlive what it shows. Returns a number that grows with each.
pub(super) fn provide_actions() -> Memo<usize> {
    let actions = Actions {
        matched: ServerAction::new(),
        unmatched: ServerAction::new(),
        added: ServerAction::new(),
        said: RwSignal::new(Ok(String::new())),
    };
    provide_context(actions);
    let Actions { matched, unmatched, added, said } = actions;
    let values = [matched.value(), unmatched.value(), added.value()];
    for value in values {
        Effect::new(move |_| {
            if let Some(answer) = value.get() {
                said.set(answer.map_err(|error| error.to_string()));
                focus_dialog();
            }
        });
    }
    Memo::new(move |_| matched.version().get() + unmatched.version().get() + added.version().get())
}

/// What came of the last change. Stays while the dialog does, so that screen readers hear what changes in it.
pub(super) fn said() -> AnyView {
    let Some(Actions { said, .. }) = use_context() else { return ().into_any() };
    let query = use_query_map();
    // Said of one order, it is not said of the next.
    Effect::new(move |before: Option<Option<String>>| {
        let now = query.with(|query| query.get("order"));
        if before.is_some_and(|before| before != now) {
            said.set(Ok(String::new()));
        }
        now
    });
    let class = move || if said.with(Result::is_err) { "said-so bad" } else { "said-so" };
    let words = move || said.with(|said| said.clone().unwrap_or_else(|error| error));
    view! { <p class=class role="status">{words}</p> }.into_any()
}

pub(super) fn contact(order: OrderDetail) -> AnyView {
    let key = order.key.clone();
    let inner = match (order.contact, order.panel) {
        (Some(line), _) => of(line, key, order.may_match),
        (None, Some(panel)) if order.may_match => view! {
            <p class="mute">"Unmatched."</p>
            {choose(panel, key)}
        }
        .into_any(),
        (None, _) => {
            let query = use_query_map().get_untracked();
            let href = query_with(&query, &[("match", "yes")]);
            let find =
                order.may_match.then(|| view! { <a class="btn" href=href data-noscroll="">"Find the contact"</a> });
            view! { <p class="mute">"Unmatched."</p>{find} }.into_any()
        }
    };
    view! { <h3>"Contact"</h3><div class="whose">{inner}</div> }.into_any()
}

fn of(line: ContactLine, key: String, may_match: bool) -> AnyView {
    let undo = may_match.then(|| {
        let Some(Actions { unmatched, .. }) = use_context() else { return ().into_any() };
        view! {
            <ActionForm action=unmatched>
                <input type="hidden" name="order" value=key />
                <button class="move">"Unmatch"</button>
            </ActionForm>
        }
        .into_any()
    });
    view! { <ul><li>{words(&line)}{undo}</li></ul> }.into_any()
}

fn choose(panel: MatchPanel, key: String) -> AnyView {
    let query = use_query_map().get_untracked();
    let kept = query.clone().into_iter().filter(|(name, _)| name != "contact");
    let kept =
        kept.map(|(name, value)| view! { <input type="hidden" name=name.into_owned() value=value /> }).collect_view();
    let none = (!panel.none.is_empty()).then(|| view! { <p>{panel.none}</p> });
    let proposals = lines(panel.proposals, &key);
    let searched = !panel.search.is_empty();
    let nothing = (searched && panel.found.is_empty()).then(
        || view! { <p class="mute">{format!("No contact has “{}” in name, email or telephone.", panel.search)}</p> },
    );
    let found = lines(panel.found, &key);
    view! {
        {none}
        {proposals}
        <Form method="GET" action="" noscroll=true attr:class="search" attr:role="search" attr:aria-label="Search contacts">
            {kept}
            <input type="search" name="contact" value=panel.search aria-label="Search all contacts" placeholder="Search all contacts" autocomplete="off" />
            <button class="btn">"Search"</button>
        </Form>
        {nothing}
        {found}
        {add(key)}
    }
    .into_any()
}

fn lines(contacts: Vec<ContactLine>, key: &str) -> AnyView {
    if contacts.is_empty() {
        return ().into_any();
    }
    let Some(Actions { matched, .. }) = use_context() else { return ().into_any() };
    let lines = contacts.into_iter().map(|line| {
        let (label, key, id) = (format!("Match to {}", line.name), key.to_owned(), line.id.clone());
        view! {
            <li>
                {words(&line)}
                <ActionForm action=matched>
                    <input type="hidden" name="order" value=key />
                    <button class="move" name="contact" value=id aria-label=label>"Match"</button>
                </ActionForm>
            </li>
        }
    });
    view! { <ul>{lines.collect_view()}</ul> }.into_any()
}

fn words(line: &ContactLine) -> AnyView {
    let reach = (!line.reach.is_empty()).then(|| view! { <small>{line.reach.clone()}</small> });
    let why = (!line.why.is_empty()).then(|| view! { <small>{line.why.clone()}</small> });
    view! { <div><b>{line.name.clone()}</b>{reach}{why}</div> }.into_any()
}

fn add(key: String) -> AnyView {
    let Some(Actions { added, .. }) = use_context() else { return ().into_any() };
    view! {
        <details class="edit">
            <summary>"Add a contact"</summary>
            <ActionForm action=added attr:class="fields-3">
                <input type="hidden" name="order" value=key />
                <label><span>"Name"</span><input type="text" name="name" autocomplete="off" required=true /></label>
                <label><span>"Email"</span><input type="text" inputmode="email" name="email" autocomplete="off" /></label>
                <label><span>"Telephone"</span><input type="text" inputmode="tel" name="phone" autocomplete="off" /></label>
                <button class="btn">"Add and match"</button>
            </ActionForm>
        </details>
    }
    .into_any()
}
