//! The forms of the schedule and of the sources, and the switch that pauses both.

use leptos::prelude::*;
use leptos_router::components::A;

use super::PauseSync;
use super::fields::{Field, Fields};
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

/// What is read at all, and how often.
pub(super) fn sources(fields: &Fields) -> AnyView {
    let form = untrack(|| fields.now());
    let rows = form.rows(LIST).into_iter().map(|row| {
        let name = form.text(&cell(LIST, row, "name")).to_owned();
        let known = fields.known.sources.iter().find(|source| source.id == name);
        let label = known.map_or(name, |source| source.label.clone());
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
            </div>
        }
    });
    let rows = rows.collect_view();
    view! {
        <p class="mute">
            "A source that is off is not read; what it brought stays. Test one by syncing it alone, on "
            <A href="/sources">"Sources"</A>"."
        </p>
        <div class="rows">{rows}</div>
    }
    .into_any()
}
