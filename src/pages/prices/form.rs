//! The form that gives a model a price. A plain POST; with JavaScript it says what is wrong without leaving the page.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{FormData, Typed};
use crate::components::Icon;
use crate::error::AppError;

/// A price that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceEntered {
    pub model: String,
    /// What it has changed, in a sentence.
    pub effect: String,
}

/// Enters a price into the user's own and has every stored cost computed again.
#[server(prefix = "/rpc", endpoint = "set_model_price")]
pub async fn set_model_price(
    model: String,
    #[server(default)] input: String,
    #[server(default)] output: String,
    #[server(default)] cache_read: String,
    #[server(default)] cache_write: String,
    #[server(default)] cache_write_1h: String,
    #[server(default)] from: String,
) -> Result<PriceEntered, AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    let typed = Typed { model, input, output, cache_read, cache_write, cache_write_1h, from };
    let outcome = super::enter::enter(&engine, &typed).await;
    if outcome.is_ok() {
        crate::server::note("price set", &typed.model).await;
    }
    if crate::server::is_plain_form() {
        leptos_axum::redirect(&super::enter::page_after(&typed, &outcome));
        return outcome;
    }
    outcome.map_err(AppError::answer)
}

/// Takes one of the user's own prices away; always a plain form. The page it leads to offers to put it back.
#[server(prefix = "/rpc", endpoint = "remove_model_price")]
pub async fn remove_model_price(model: String, #[server(default)] from: String) -> Result<(), AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    let removed = super::enter::remove(&engine, &model, &from).await;
    if removed.is_ok() {
        crate::server::note("price removed", &model).await;
    }
    leptos_axum::redirect(&super::enter::page_without(&removed));
    removed.map(drop)
}

/// Undoes it.
#[server(prefix = "/rpc", endpoint = "put_price_back")]
pub async fn put_price_back(entry: String) -> Result<(), AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    let restored = super::enter::put_back(&engine, &entry).await;
    leptos_axum::redirect(&super::enter::page_with(&restored));
    restored.map(drop)
}

/// What is being typed, and what the form held before: another form is another draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    from: Typed,
    now: Typed,
}

/// A field: its name in the form, its label, its type, and a word below it. The first two must be filled in.
const FIELDS: [(&str, &str, &str, &str); 6] = [
    ("input", "Input", "text", "required"),
    ("output", "Output", "text", "required"),
    ("cache_read", "Cache read", "text", "else 0.1 × input"),
    ("cache_write", "Cache write", "text", "else 1.25 × input"),
    ("cache_write_1h", "1-hour cache write", "text", "else 2 × input"),
    ("from", "Valid from", "date", "UTC; empty: for all days"),
];
const REQUIRED: usize = 2;

impl Typed {
    /// The text of a field, by its place among them.
    pub(super) fn field(&mut self, at: usize) -> &mut String {
        match at {
            0 => &mut self.input,
            1 => &mut self.output,
            2 => &mut self.cache_read,
            3 => &mut self.cache_write,
            4 => &mut self.cache_write_1h,
            _ => &mut self.from,
        }
    }
}

#[component]
pub(super) fn PriceForm(
    form: FormData,
    action: ServerAction<SetModelPrice>,
    draft: RwSignal<Option<Draft>>,
) -> impl IntoView {
    let FormData { values, problem, .. } = form;
    let model = values.model.clone();
    // Owned by whoever asks: fields may be asked once more while the page around them is being replaced.
    let start = ArcStoredValue::new(values.clone());
    // The page is drawn anew under the hands of who types: a draft of this very form wins over what the server sent.
    let typed = {
        let start = start.clone();
        move || {
            let start = start.get_value();
            draft
                .with(|draft| draft.as_ref().filter(|draft| draft.from == start).map(|draft| draft.now.clone()))
                .unwrap_or(start)
        }
    };
    let refused = {
        let model = model.clone();
        Memo::new(move |_| {
            let said = match action.value().get() {
                Some(Err(error))
                    if draft.with(|draft| draft.as_ref().is_some_and(|draft| draft.now.model == model)) =>
                {
                    Some(error.to_string())
                }
                _ => None,
            };
            said.unwrap_or_else(|| problem.clone())
        })
    };
    let fields = FIELDS
        .into_iter()
        .enumerate()
        .map(|(at, (name, label, kind, hint))| {
            let (start, typed) = (start.clone(), typed.clone());
            let value = {
                let typed = typed.clone();
                move || typed().field(at).clone()
            };
            let input = move |event| {
                let mut now = typed();
                *now.field(at) = event_target_value(&event);
                if draft.with_untracked(|draft| draft.as_ref().is_some_and(|draft| draft.now.model != now.model)) {
                    // What was said of another model is over.
                    action.clear();
                }
                draft.set(Some(Draft { from: start.get_value(), now }));
            };
            view! {
                <label>
                    <span>{label}</span>
                    <input name=name aria-label=label type=kind inputmode="decimal" autocomplete="off" required=at < REQUIRED
                        value=values.clone().field(at).clone() prop:value=value on:input=input
                        aria-invalid=move || refused.with(|refused| refused.starts_with(label)).then_some("true")
                        aria-describedby="price-problem" />
                    <small>{hint}</small>
                </label>
            }
        })
        .collect_view();
    let submit = move |_| {
        // So that a refusal finds its form, be it sent as it came.
        let now = typed();
        draft.set(Some(Draft { from: start.get_value(), now }));
    };
    view! {
        <ActionForm action=action attr:class="price" on:submit=submit>
            <input type="hidden" name="model" value=model.clone() prop:value=model.clone() />
            <fieldset>
                <legend>"US dollars per million tokens"</legend>
                {fields}
                <button class="btn strong" aria-busy=move || action.pending().get().to_string()>
                    {Icon::Check.view()}<span>"Save price"</span>
                </button>
            </fieldset>
            <p id="price-problem" class="bad" role="alert">{refused}</p>
        </ActionForm>
    }
    .into_any()
}
