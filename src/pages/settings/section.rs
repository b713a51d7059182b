//! One form of the settings with everything around it: what is wrong with its file, what others changed, and saving.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::draft::Drafts;
use super::fields::{Fields, focus};
use super::{SaveSettings, SectionData, SourceTest, TestSource, alerts, budgets, currency, sync};
use crate::components::Icon;
use crate::model::settings::{Known, Section, changes, check};

pub(super) fn view(
    data: SectionData,
    known: Arc<Known>,
    drafts: Drafts,
    was_saved: bool,
    above: Option<AnyView>,
    (test, tests): (ServerAction<TestSource>, &[SourceTest]),
) -> AnyView {
    let section = data.section;
    let state = drafts.of(section);
    let fields = Fields::new(data, known, state);
    let data = fields.data.clone();
    let unsaved = {
        let data = data.clone();
        move || state.is_dirty(&data).then_some("Unsaved changes")
    };
    let body = match section {
        Section::Budgets => budgets::body(&fields),
        Section::Alerts => alerts::body(&fields),
        Section::Currency => currency::body(&fields),
        Section::Sync => sync::body(&fields),
        Section::Sources => sync::sources(&fields, test, tests),
    };
    let base = serde_json::to_string(&data.form).unwrap_or_default();
    let submit = {
        let (data, fields) = (data.clone(), fields.clone());
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            state.judged.set(true);
            if check(section, &untrack(|| fields.now()), &fields.known).is_empty() {
                state.send(&data);
            } else {
                request_animation_frame(move || focus(&format!("#{} [aria-invalid]", section.as_str())));
            }
        }
    };
    let notes = data.notes.iter().cloned().map(|note| view! { <p class="mute">{note}</p> }).collect_view();
    let title = section.title();
    let save = fields.may_edit.then(|| {
        view! {
            <p class="save">
                <button class="btn strong" name="op" value="save" aria-busy=move || state.action.pending().get().to_string()>
                    {Icon::Check.view()}<span>{format!("Save {}", title.to_lowercase())}</span>
                </button>
            </p>
        }
    });
    view! {
        <section class="card settings" id=section.as_str()>
            <header><h2>{title}</h2><span class="unsaved" role="status">{unsaved}</span></header>
            {was_saved.then(|| view! { <p class="banner good" role="status">"Saved."</p> })}
            {above}
            {broken(&fields)}
            {notes}
            {overtaken(&fields)}
            <form action=fields.may_edit.then_some(SaveSettings::PATH) method="post" novalidate on:submit=submit>
                // What Enter presses; the buttons of the rows come before the visible one.
                {fields.may_edit.then(|| view! { <button name="op" value="save" hidden>"Save"</button> })}
                <input type="hidden" name="section" value=section.as_str() />
                <input type="hidden" name="version" value=data.version.clone() />
                <input type="hidden" name="base" value=base />
                {body}
                {(fields.may_edit && !data.broken.is_empty()).then(|| fields.tick("replace", format!("Replace {} with this", data.path)))}
                {save}
                <p class="bad" role="alert">{said(&fields)}</p>
            </form>
        </section>
    }
    .into_any()
}

/// Why nothing was saved.
fn said(fields: &Fields) -> impl Fn() -> String + Send + Sync + use<> {
    let (state, problems) = (fields.state, fields.problems.clone());
    move || match (state.action.value().get(), problems.with(Vec::len)) {
        (Some(Err(error)), _) => error.to_string(),
        (_, 0) => String::new(),
        (_, 1) => "Nothing was saved: one field needs another value.".to_owned(),
        (_, more) => format!("Nothing was saved: {more} fields need another value."),
    }
}

fn broken(fields: &Fields) -> Option<AnyView> {
    let data = &fields.data;
    (!data.broken.is_empty()).then(|| {
        view! {
            <p class="banner wrong" role="alert">
                <b>{format!("{} cannot be used", data.path)}</b>": "{data.broken.clone()}
                ". What was in force before is shown here and stays in force. Put the file right, or replace it below."
            </p>
        }
        .into_any()
    })
}

/// What somebody else has changed while this was typed.
fn overtaken(fields: &Fields) -> AnyView {
    let (data, state) = (fields.data.clone(), fields.state);
    let notice = move || {
        let base = state.overtaken(&data);
        let is_returned = base.is_none();
        let changed = base.map_or_else(|| data.changed.clone(), |base| changes(&base, &data.form));
        if changed.is_empty() {
            return None;
        }
        let list = changed.into_iter().map(|change| view! { <li>{change}</li> }).collect_view();
        let answer = if is_returned {
            let href = format!("/settings#{}", data.section.as_str());
            view! { <p>"Save again to keep yours, or "<a href=href rel="external">"take theirs"</a>"."</p> }.into_any()
        } else {
            let keep = data.clone();
            view! {
                <p class="save">
                    <button class="btn" on:click=move |_| state.keep_mine(&keep)>"Keep mine"</button>
                    <button class="btn" on:click=move |_| state.take_theirs()>"Take theirs"</button>
                </p>
            }
            .into_any()
        };
        Some(view! {
            <div class="banner wrong" role="alert">
                <p><b>"Somebody else has changed this meanwhile."</b>" What you typed is still here."</p>
                <ul>{list}</ul>
                {answer}
            </div>
        })
    };
    notice.into_any()
}
