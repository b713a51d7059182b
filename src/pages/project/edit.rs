//! What the user decides about a project. A plain POST; with JavaScript it says what is wrong without leaving the page.

use leptos::html::Details;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

use crate::components::Icon;
use crate::error::AppError;
use crate::model::ProjectStatus;

/// The fields of the form, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub name: String,
    pub client: String,
    pub status: String,
    pub progress: String,
    pub deadline: String,
    pub tasks_total: String,
    pub tasks_done: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormData {
    pub id: String,
    pub values: Typed,
    /// Why it was refused; else empty.
    pub problem: String,
    /// Whether the form is to be seen at once.
    pub open: bool,
}

/// Takes over what the user decided about a project; returns its name.
#[server(prefix = "/rpc", endpoint = "save_project")]
pub async fn save_project(id: String, choices: Typed) -> Result<String, AppError> {
    crate::server::require(crate::model::Role::Operator)?;
    let engine = crate::server::app()?.engine;
    let outcome = super::save::save(&engine, &id, &choices).await;
    if crate::server::is_plain_form() {
        leptos_axum::redirect(&super::save::page_after(&id, &choices, &outcome));
        return outcome;
    }
    outcome.map_err(AppError::answer)
}

/// What outlives the page while it is drawn anew.
#[derive(Clone, Copy)]
pub(super) struct Editing {
    pub action: ServerAction<SaveProject>,
    pub draft: RwSignal<Option<Draft>>,
    /// What was sent last: whatever is typed while it is on its way stays.
    pub sent: RwSignal<Option<Draft>>,
    pub details: NodeRef<Details>,
}

/// What is being typed about a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub id: String,
    /// What there was when something was typed last: a field that is as it was follows what others change.
    pub from: Typed,
    pub now: Typed,
}

/// A field of the form.
struct Field {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    hint: &'static str,
    /// What a refusal names it by.
    word: &'static str,
}

/// In the order of [`Typed::field`]; the first two must be filled in.
const FIELDS: [Field; 6] = [
    field("name", "Name", "text", "", "name"),
    field("client", "Client", "text", "", "client"),
    field("progress", "Progress", "number", "percent", "progress"),
    field("deadline", "Deadline", "date", "empty: none", "deadline"),
    field("tasks_total", "Tasks", "number", "all of them", "tasks"),
    field("tasks_done", "Tasks done", "number", "of them", "tasks"),
];
const REQUIRED: usize = 2;

const fn field(
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    hint: &'static str,
    word: &'static str,
) -> Field {
    Field { name, label, kind, hint, word }
}

impl Typed {
    /// Reads what came back in an address; what is not there was left empty.
    pub(super) fn read(query: &ParamsMap) -> Typed {
        let mut typed = Typed { status: query.get("status").unwrap_or_default(), ..Typed::default() };
        for (at, field) in FIELDS.iter().enumerate() {
            *typed.field(at) = query.get(field.name).unwrap_or_default();
        }
        typed
    }

    /// What is typed, over what there is now: only the fields that were changed.
    fn over(mut self, mut from: Typed, mut there: Typed) -> Typed {
        for at in 0..FIELDS.len() {
            if *self.field(at) == *from.field(at) {
                *self.field(at) = std::mem::take(there.field(at));
            }
        }
        if self.status == from.status {
            self.status = there.status;
        }
        self
    }

    /// The text of a field, by its place among them.
    fn field(&mut self, at: usize) -> &mut String {
        match at {
            0 => &mut self.name,
            1 => &mut self.client,
            2 => &mut self.progress,
            3 => &mut self.deadline,
            4 => &mut self.tasks_total,
            _ => &mut self.tasks_done,
        }
    }
}

pub(super) fn edit(form: FormData, editing: Editing) -> AnyView {
    let Editing { action, draft, sent, details } = editing;
    let FormData { id, values, problem, open } = form;
    // Whoever types has it open, whatever is drawn around it.
    let open = open || draft.with_untracked(|draft| draft.as_ref().is_some_and(|draft| draft.id == id));
    // Owned by whoever asks: fields may be asked once more while the page around them is being replaced.
    let start = ArcStoredValue::new((id.clone(), values.clone()));
    // The page is drawn anew under the hands of who types: a draft of this project wins over what the server sent.
    let typed = {
        let start = start.clone();
        move || {
            let (id, values) = start.get_value();
            draft.with(|draft| match draft.as_ref().filter(|draft| draft.id == id) {
                Some(draft) => draft.now.clone().over(draft.from.clone(), values),
                None => values,
            })
        }
    };
    let keep = {
        let start = start.clone();
        move |now: Typed| {
            let (id, from) = start.get_value();
            if draft.with_untracked(|draft| draft.as_ref().is_some_and(|draft| draft.id != id)) {
                // What was said of another project is over.
                action.clear();
            }
            draft.set(Some(Draft { id, from, now }));
        }
    };
    let refused = {
        let id = id.clone();
        Memo::new(move |_| match action.value().get() {
            Some(Err(error)) if draft.with(|draft| draft.as_ref().is_some_and(|draft| draft.id == id)) => {
                error.to_string()
            }
            _ => problem.clone(),
        })
    };
    let fields = FIELDS.into_iter().enumerate().map(|(at, Field { name, label, kind, hint, word })| {
        let (typed, keep) = (typed.clone(), keep.clone());
        let value = {
            let typed = typed.clone();
            move || typed().field(at).clone()
        };
        let input = move |event| {
            let mut now = typed();
            *now.field(at) = event_target_value(&event);
            keep(now);
        };
        let least = (kind == "number").then_some("0");
        let most = (name == "progress").then_some("100");
        view! {
            <label>
                <span>{label}</span>
                <input name=format!("choices[{name}]") aria-label=label type=kind min=least max=most autocomplete="off" required=at < REQUIRED
                    value=values.clone().field(at).clone() prop:value=value on:input=input
                    aria-invalid=move || refused.with(|refused| refused.to_lowercase().contains(word)).then_some("true")
                    aria-describedby="edit-problem" />
                <small>{hint}</small>
            </label>
        }
    });
    let fields = fields.collect_view();
    let submit = {
        let (typed, keep) = (typed.clone(), keep.clone());
        // So that a refusal finds its form, be it sent as it came.
        move |_| {
            keep(typed());
            sent.set(draft.get_untracked());
        }
    };
    view! {
        <details class="card edit" id="edit" open=open node_ref=details>
            <summary>"Edit"</summary>
            <ActionForm action=action attr:class="price" on:submit=submit>
                <input type="hidden" name="id" value=id.clone() prop:value=id />
                <fieldset>
                    <legend>"These are yours: no sync changes them."</legend>
                    {fields}
                    {status(values.status.clone(), typed, keep)}
                    <button class="btn strong" aria-busy=move || action.pending().get().to_string()>
                        {Icon::Check.view()}<span>"Save"</span>
                    </button>
                </fieldset>
                <p id="edit-problem" class="bad" role="alert">{refused}</p>
            </ActionForm>
        </details>
    }
    .into_any()
}

fn status(
    first: String,
    typed: impl Fn() -> Typed + Clone + Send + Sync + 'static,
    keep: impl Fn(Typed) + 'static,
) -> AnyView {
    let options = ProjectStatus::ALL.map(|status| {
        view! { <option value=status.as_str() selected=first == status.as_str()>{status.label()}</option> }
    });
    let value = {
        let typed = typed.clone();
        move || typed().status
    };
    let change = move |event| keep(Typed { status: event_target_value(&event), ..typed() });
    view! {
        <label>
            <span>"Status"</span>
            <select name="choices[status]" aria-label="Status" prop:value=value on:change=change>{options.into_view()}</select>
            <small>""</small>
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_lies_over_what_others_change_meanwhile() {
        let typed = |client: &str, status: &str| Typed {
            name: "Shop".to_owned(),
            client: client.to_owned(),
            status: status.to_owned(),
            ..Typed::default()
        };
        let draft = typed("Acme", "active").over(typed("Internal", "active"), typed("Internal", "completed"));
        assert_eq!(draft, typed("Acme", "completed"), "the field that was typed, and the status another tab set");
        let both = typed("Acme", "paused").over(typed("Internal", "active"), typed("Northwind", "completed"));
        assert_eq!(both, typed("Acme", "paused"), "what was typed wins");
    }
}
