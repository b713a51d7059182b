//! The form of the alerts: thresholds, limits, rules and quiet hours.

use leptos::prelude::*;

use super::fields::{Field, Fields};
use crate::model::settings::{RULES, cell};

pub(super) fn body(fields: &Fields) -> AnyView {
    let thresholds = fields.list("threshold", &["percent", "label"], "Add a threshold", threshold);
    let limits = fields.list("limit", &["project", "amount"], "Add a limit", limit);
    let rules = RULES.into_iter().map(|(name, label)| fields.tick(name, label.to_owned())).collect_view();
    let points = fields.text(Field {
        name: "quality".to_owned(),
        label: "Points of quality",
        hint: "an alert when so many are lost within a week",
        mode: "numeric",
        ..Field::default()
    });
    view! {
        <h3>"Thresholds"</h3>
        <p class="mute">"Parts of every budget at which something is said; from 90 % on it is critical."</p>
        {thresholds}
        <h3>"Limits of projects"</h3>
        <p class="mute">"What a project may spend in a month; told when all of it is used."</p>
        {limits}
        <h3>"Rules"</h3>
        <div class="ticks">{rules}</div>
        <div class="fields">{points}</div>
        {quiet(fields)}
    }
    .into_any()
}

fn threshold(fields: &Fields, row: u32) -> AnyView {
    let field = |name: &str, label, hint, mode| Field {
        name: cell("threshold", row, name),
        label,
        hint,
        mode,
        ..Field::default()
    };
    view! {
        <div class="row" role="group" aria-label=format!("Threshold {}", row + 1)>
            {fields.text(field("percent", "Percent", "1 to 100", "decimal"))}
            {fields.text(field("label", "Label", "such as Warning", ""))}
            {fields.remove("threshold", row, format!("Remove threshold {}", row + 1))}
        </div>
    }
    .into_any()
}

fn limit(fields: &Fields, row: u32) -> AnyView {
    let field = |name: &str, label, hint| Field {
        name: cell("limit", row, name),
        label,
        hint,
        mode: "decimal",
        ..Field::default()
    };
    let none = (String::new(), "Choose a project".to_owned());
    let projects = fields.known.projects.iter().map(|project| (project.id.clone(), project.label.clone()));
    view! {
        <div class="row" role="group" aria-label=format!("Limit {}", row + 1)>
            {fields.select(field("project", "Project", ""), std::iter::once(none).chain(projects).collect())}
            {fields.text(field("amount", "Limit", "US dollars a month"))}
            {fields.remove("limit", row, format!("Remove limit {}", row + 1))}
        </div>
    }
    .into_any()
}

fn quiet(fields: &Fields) -> AnyView {
    let time = |name: &str, label| Field { name: name.to_owned(), label, kind: "time", ..Field::default() };
    view! {
        <h3>"Quiet hours"</h3>
        <p class="mute">"Within them nothing is sent; what came up is sent afterwards."</p>
        <div class="ticks">
            {fields.tick("quiet", "Keep quiet hours".to_owned())}
            {fields.tick("quiet-critical", "What is critical is sent all the same".to_owned())}
        </div>
        <div class="fields">{fields.text(time("quiet-from", "From"))}{fields.text(time("quiet-to", "Until"))}</div>
    }
    .into_any()
}
