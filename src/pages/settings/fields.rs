//! The fields of a settings form: each shows what is typed, what is wrong with it, and works as plain HTML.

use std::sync::Arc;

use leptos::prelude::*;

use super::SectionData;
use super::draft::State;
use crate::components::{Icon, may};
use crate::model::Role;
use crate::model::settings::{Form, Known, Problem, check};

/// A form's fields.
#[derive(Clone)]
pub(super) struct Fields {
    pub data: Arc<SectionData>,
    pub known: Arc<Known>,
    pub state: State,
    /// Owned by whoever asks: fields may be asked once more while the page around them is being replaced.
    pub problems: ArcMemo<Vec<Problem>>,
    /// Whether who looks at them may change them.
    pub may_edit: bool,
}

/// How a field looks.
#[derive(Clone, Debug, Default)]
pub(super) struct Field {
    pub name: String,
    pub label: &'static str,
    pub hint: &'static str,
    /// `text` unless it says another.
    pub kind: &'static str,
    pub mode: &'static str,
    /// The id of a list of suggestions.
    pub list: &'static str,
}

impl Fields {
    pub(super) fn new(data: SectionData, known: Arc<Known>, state: State) -> Fields {
        let data = Arc::new(data);
        let problems = {
            let (data, known) = (data.clone(), known.clone());
            ArcMemo::new(move |_| {
                let judged = state.judged.get() || !data.problems.is_empty();
                if judged { check(data.section, &state.now(&data), &known) } else { Vec::new() }
            })
        };
        Fields { data, known, state, problems, may_edit: may(Role::Admin) }
    }

    /// What the form shows at this moment.
    pub(super) fn now(&self) -> Form {
        self.state.now(&self.data)
    }

    fn edit(&self, change: impl FnOnce(&mut Form)) {
        self.state.edit(&self.data, change);
    }

    /// Changes what is typed, and returns what is to be said of it.
    pub(super) fn change(&self, change: impl FnOnce(&mut Form) -> String) -> String {
        let mut said = String::new();
        self.edit(|form| said = change(form));
        said
    }

    fn problem(&self, name: &str) -> impl Fn() -> Option<String> + Clone + Send + Sync + use<> {
        let (problems, name) = (self.problems.clone(), name.to_owned());
        move || {
            let of_field = |problem: &&Problem| problem.field == name;
            problems.with(|problems| problems.iter().find(of_field).map(|problem| problem.message.clone()))
        }
    }

    fn id(&self, name: &str, what: &str) -> String {
        format!("{}-{name}-{what}", self.data.section.as_str())
    }

    /// A field of text.
    pub(super) fn text(&self, field: Field) -> AnyView {
        let Field { name, label, hint, kind, mode, list } = field;
        let (value, problem) = (self.value(&name), self.problem(&name));
        let invalid = problem.clone();
        let first = untrack(&value);
        let input = {
            let (fields, name) = (self.clone(), name.clone());
            move |event| {
                let text = event_target_value(&event);
                fields.edit(|form| form.set(name.clone(), text));
            }
        };
        let id = self.id(&name, "said");
        let kind = if kind.is_empty() { "text" } else { kind };
        view! {
            <label>
                <span>{label}</span>
                <input name=format!("fields[{name}]") type=kind aria-label=label autocomplete="off"
                    inputmode=(!mode.is_empty()).then_some(mode) list=(!list.is_empty()).then_some(list)
                    value=first prop:value=value on:input=input disabled=!self.may_edit
                    aria-invalid=move || invalid().map(|_| "true") aria-describedby=id.clone() />
                <small id=id>{said(hint, problem)}</small>
            </label>
        }
        .into_any()
    }

    /// A choice from a list: what is sent, and what is read.
    pub(super) fn select(&self, field: Field, options: Vec<(String, String)>) -> AnyView {
        let Field { name, label, hint, .. } = field;
        let (typed, problem) = (self.value(&name), self.problem(&name));
        let invalid = problem.clone();
        // What nobody has chosen yet is the first one, as browsers have it.
        let unchosen = options.first().map(|(sent, _)| sent.clone()).unwrap_or_default();
        let value = move || Some(typed()).filter(|typed| !typed.is_empty()).unwrap_or_else(|| unchosen.clone());
        let first = untrack(&value);
        let change = {
            let (fields, name) = (self.clone(), name.clone());
            move |event| {
                let text = event_target_value(&event);
                fields.edit(|form| form.set(name.clone(), text));
            }
        };
        let id = self.id(&name, "said");
        let options = options.into_iter().map(|(sent, shown)| {
            let selected = sent == first;
            view! { <option value=sent selected=selected>{shown}</option> }
        });
        view! {
            <label>
                <span>{label}</span>
                <select name=format!("fields[{name}]") aria-label=label prop:value=value on:change=change disabled=!self.may_edit
                    aria-invalid=move || invalid().map(|_| "true") aria-describedby=id.clone()>
                    {options.collect_view()}
                </select>
                <small id=id>{said(hint, problem)}</small>
            </label>
        }
        .into_any()
    }

    /// A box to tick.
    pub(super) fn tick(&self, name: &str, label: String) -> AnyView {
        let ticked = {
            let (fields, name) = (self.clone(), name.to_owned());
            move || fields.now().is_ticked(&name)
        };
        let first = untrack(&ticked);
        let change = {
            let (fields, name) = (self.clone(), name.to_owned());
            move |event| {
                let ticked = event_target_checked(&event);
                fields.edit(|form| form.tick(name.clone(), ticked));
            }
        };
        view! {
            <label class="tick">
                <input type="checkbox" name=format!("fields[{name}]") value="on" checked=first prop:checked=ticked on:change=change disabled=!self.may_edit />
                <span>{label}</span>
            </label>
        }
        .into_any()
    }

    /// What the form sends along and nobody sees.
    pub(super) fn hidden(&self, name: &str) -> AnyView {
        let value = self.value(name);
        let first = untrack(&value);
        view! { <input type="hidden" name=format!("fields[{name}]") value=first prop:value=value /> }.into_any()
    }

    /// The rows of a list, each drawn by `row`, and a button for one more.
    pub(super) fn list(
        &self,
        list: &'static str,
        cells: &'static [&'static str],
        add: &'static str,
        row: impl Fn(&Fields, u32) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        let rows = {
            let fields = self.clone();
            ArcMemo::new(move |_| fields.now().rows(list))
        };
        let fields = self.clone();
        let drawn = move || rows.get().into_iter().map(|number| row(&fields, number)).collect_view();
        let fields = self.clone();
        let one_more = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            fields.edit(|form| {
                form.add_row(list, cells);
            });
        };
        let more = self.may_edit.then(|| {
            view! { <button class="btn" name="op" value=format!("add-{list}") id=format!("add-{list}") on:click=one_more>{add}</button> }
        });
        view! { <div class="rows">{drawn}</div>{more} }.into_any()
    }

    /// Takes a row away.
    pub(super) fn remove(&self, list: &'static str, row: u32, label: String) -> AnyView {
        if !self.may_edit {
            return ().into_any();
        }
        let fields = self.clone();
        let click = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            fields.edit(|form| form.remove_row(list, row));
            // The button goes with its row; whoever uses the keyboard goes on below the list.
            focus(&format!("#add-{list}"));
        };
        view! {
            <button class="quiet" name="op" value=format!("remove-{list}-{row}") aria-label=label on:click=click>
                {Icon::Close.view()}
            </button>
        }
        .into_any()
    }

    fn value(&self, name: &str) -> impl Fn() -> String + Clone + Send + Sync + use<> {
        let (fields, name) = (self.clone(), name.to_owned());
        move || fields.now().typed(&name).to_owned()
    }
}

/// The hint of a field, or what is wrong with it.
fn said(hint: &'static str, problem: impl Fn() -> Option<String> + Send + Sync + 'static) -> AnyView {
    let said = move || match problem() {
        Some(message) => view! { <b class="bad">{message}</b> }.into_any(),
        None => hint.into_any(),
    };
    said.into_any()
}

/// Moves the keyboard to what a selector finds first.
pub(super) fn focus(selector: &str) {
    use leptos::wasm_bindgen::JsCast;
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
        // It fails for no element of ours.
        let _ = element.focus();
    }
}
