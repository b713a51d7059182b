//! The forms of the schedule and of the sources, and the switch that pauses both.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::components::A;

use super::fields::{Field, Fields};
use super::{PauseSync, SourceTest, TestSource};
use crate::components::{Ago, may};
use crate::model::Role;
use crate::model::settings::cell;

const LIST: &str = "source";

/// Pauses or resumes the schedule, at once.
pub(super) fn switch(action: ServerAction<PauseSync>, paused: bool, schedule: &str) -> AnyView {
    let (words, label) = if paused {
        ("Auto-sync is paused. Refresh works all the same.".to_owned(), "Resume auto-sync")
    } else {
        (format!("Auto-sync is on: {schedule}."), "Pause auto-sync")
    };
    let dot = if paused { "dot warn" } else { "dot ok" };
    if !may(Role::Admin) {
        return view! { <p><i class=dot></i>{words}</p> }.into_any();
    }
    view! {
        <ActionForm action=action attr:class="switch">
            <input type="hidden" name="paused" value=(!paused).to_string() />
            <p><i class=dot></i>{words}</p>
            <button class="btn" aria-busy=move || action.pending().get().to_string()>{label}</button>
        </ActionForm>
    }
    .into_any()
}

pub(super) fn body(fields: &Fields) -> AnyView {
    let zones = fields.known.zones.iter().map(|zone| view! { <option value=zone.clone()></option> }).collect_view();
    let interval = Field {
        name: "interval".to_owned(),
        label: "Interval",
        hint: "minutes between two syncs, 1 to 1440",
        mode: "numeric",
        ..Field::default()
    };
    let zone = Field {
        name: "timezone".to_owned(),
        label: "Time zone",
        hint: "days and months are counted in it; empty: the machine's",
        list: "zones",
        ..Field::default()
    };
    view! {
        <div class="fields">{fields.text(interval)}{fields.text(zone)}</div>
        <datalist id="zones">{zones}</datalist>
    }
    .into_any()
}

/// A button of the form that is sent elsewhere: forms do not stand in forms.
fn try_it(name: String, label: &str, test: ServerAction<TestSource>) -> AnyView {
    let (source, described) = (name.clone(), format!("Test connection: {label}"));
    let is_asked = move || {
        let asked = test.input().with(|input| input.as_ref().is_some_and(|input| input.source == name));
        (asked && test.pending().get()).to_string()
    };
    let click = {
        let source = source.clone();
        move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            test.dispatch(TestSource { source: source.clone() });
        }
    };
    view! {
        <button class="btn try" name="source" value=source formaction=TestSource::PATH aria-label=described aria-busy=is_asked
            on:click=click>"Test connection"</button>
    }
    .into_any()
}

fn tested(test: SourceTest) -> AnyView {
    let dot = if test.works { "dot ok" } else { "dot bad" };
    view! { <p class="tested"><i class=dot></i>{test.said}", "<Ago moment=test.at /></p> }.into_any()
}

/// What is read at all, and how often.
pub(super) fn sources(fields: &Fields, test: ServerAction<TestSource>, tests: &[SourceTest]) -> AnyView {
    let form = untrack(|| fields.now());
    let rows = form.rows(LIST).into_iter().map(|row| {
        let name = form.text(&cell(LIST, row, "name")).to_owned();
        let known = fields.known.sources.iter().find(|source| source.id == name);
        let label = known.map_or_else(|| name.clone(), |source| source.label.clone());
        let last = tests.iter().find(|test| test.source == name).cloned().map(tested);
        let interval = Field {
            name: cell(LIST, row, "interval"),
            label: "Interval",
            hint: "minutes; empty: as all",
            mode: "numeric",
            ..Field::default()
        };
        view! {
            <div class="row" role="group" aria-label=label.clone()>
                {fields.hidden(&cell(LIST, row, "name"))}
                {fields.tick(&cell(LIST, row, "on"), label.clone())}
                {fields.text(interval)}
                {may(Role::Operator).then(|| try_it(name, &label, test))}
                {last}
            </div>
        }
    });
    let rows = rows.collect_view();
    view! {
        <p class="mute">
            "A source that is off is not read; what it brought stays. A test asks it for a little and stores nothing. More of each: "
            <A href="/sources">"Sources"</A>"."
        </p>
        <div class="rows">{rows}</div>
    }
    .into_any()
}
