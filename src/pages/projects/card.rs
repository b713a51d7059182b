//! One project of the list.

use leptos::prelude::*;
use leptos_router::components::A;

use super::ProjectCard;
use crate::components::HealthBadge;

pub(super) fn card(project: ProjectCard) -> AnyView {
    let progress = project.progress.map(|percent| {
        view! {
            <p class="progress">
                <meter min="0" max="100" value=percent.to_string() aria-hidden="true"></meter>{format!("{percent} % done")}
            </p>
        }
    });
    let stack = (!project.stack.is_empty()).then(|| {
        let names = project.stack.into_iter().map(|name| view! { <li>{name}</li> });
        view! { <ul class="tags" aria-label="Stack">{names.collect_view()}</ul> }
    });
    let overdue = project.overdue;
    let bits = [
        ("Tasks", project.tasks, false),
        ("Deadline", project.deadline, overdue),
        ("Last commit", project.last_commit, false),
    ];
    let bits: Vec<_> = bits
        .into_iter()
        .filter(|(_, text, _)| !text.is_empty())
        .map(|(name, text, bad)| view! { <div><dt>{name}</dt><dd class:bad=bad>{text}</dd></div> })
        .collect();
    let bits = (!bits.is_empty()).then(|| view! { <dl class="bits">{bits}</dl> });
    let next = (!project.next.is_empty()).then(|| view! { <p class="upnext"><b>"Next: "</b>{project.next}</p> });
    let text = (!project.description.is_empty()).then(|| view! { <p class="mute">{project.description}</p> });
    view! {
        <li class="card project">
            <header><h3><A href=project.href>{project.name}</A><small>{project.client}</small></h3><HealthBadge mark=project.health /></header>
            <p>{project.sentence}</p>
            {text}
            {stack}
            {progress}
            {bits}
            {next}
        </li>
    }
    .into_any()
}
