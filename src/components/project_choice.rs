//! The project every page is narrowed to: the one the address names, else the one this browser chose last.
//!
//! Kept in a cookie, so that the server draws the right numbers at once. An id that no project has narrows nothing: the
//! server decides that, and pages show everything then.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::location::Url;
use serde::{Deserialize, Serialize};

use super::choice::Choice;
use super::{Load, project_address, query_with, use_live};
use crate::error::AppError;
use crate::model::ProjectStatus;

/// Of the query and of the cookie.
const KEY: &str = "project";
/// Begins the address of one project's page.
const ONE_PROJECT: &str = "/projects/";
/// Where nothing belongs to a project.
const NOT_NARROWED: [&str; 10] =
    ["/account", "/alerts", "/clients", "/connect", "/machines", "/orders", "/prices", "/sources", "/sync", "/users"];

#[derive(Clone, Copy)]
struct ProjectChoice(Choice);

/// One project, as the selector has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectOption {
    pub id: String,
    pub name: String,
    pub status: ProjectStatus,
}

#[server(prefix = "/rpc", endpoint = "load_project_options", input = leptos::server_fn::codec::Json)]
pub async fn load_project_options() -> Result<Vec<ProjectOption>, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let snapshot = crate::server::app()?.engine.snapshot();
    let option = |project: &crate::analytics::ProjectReport| ProjectOption {
        id: project.id.clone(),
        name: project.choices.name.clone(),
        status: project.choices.status,
    };
    let mut options: Vec<_> = snapshot.projects.iter().map(option).collect();
    options.sort_by_cached_key(|option| (option.name.to_lowercase(), option.id.clone()));
    Ok(options)
}

/// Makes the choice available to the page; needs the router.
pub fn provide_project_choice() {
    provide_context(ProjectChoice(Choice::new(KEY)));
}

/// Returns the id of the project to narrow to, if any; it may be one that no project has.
#[must_use]
pub fn use_project() -> Memo<Option<String>> {
    expect_context::<ProjectChoice>().0.chosen
}

/// Chooses the project, on every page that one narrows.
#[component]
pub fn ProjectSelect() -> impl IntoView {
    let location = use_location();
    let narrowed = Memo::new(move |_| location.pathname.with(|path| !NOT_NARROWED.contains(&path.as_str())));
    view! {
        <Show when=move || narrowed.get()>
            <Selector />
        </Show>
    }
}

#[component]
fn Selector() -> impl IntoView {
    let live = use_live();
    let options = Resource::new(move || live.version(), |_| load_project_options());
    view! { <Load data=options view=select /> }
}

fn select(options: Vec<ProjectOption>) -> AnyView {
    if options.is_empty() {
        return ().into_any();
    }
    let ProjectChoice(choice) = expect_context();
    let (location, query, navigate) = (use_location(), use_query_map(), use_navigate());
    let pathname = location.pathname;
    let known: Vec<String> = options.iter().map(|option| option.id.clone()).collect();
    // On a project's own page it says which one that is.
    let shown = Memo::new(move |_| {
        let own = pathname.with(|path| path.strip_prefix(ONE_PROJECT).map(Url::unescape));
        own.or_else(|| choice.chosen.get()).filter(|id| known.contains(id)).unwrap_or_default()
    });
    let go = move |event| {
        let id = event_target_value(&event);
        choice.remember(id.clone());
        let path = pathname.get_untracked();
        let address = match path.strip_prefix(ONE_PROJECT) {
            Some(_) if id.is_empty() => "/projects".to_owned(),
            Some(_) => project_address(&id),
            None => path + &query.with_untracked(|query| query_with(query, &[(KEY, &id), ("page", "")])),
        };
        navigate(&address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
    };
    let groups = ProjectStatus::ALL.map(|status| {
        let of: Vec<_> = options.iter().filter(|option| option.status == status).cloned().collect();
        (!of.is_empty()).then(|| {
            let options = of.into_iter().map(|option| {
                let id = option.id.clone();
                view! { <option value=option.id selected=move || shown.with(|shown| *shown == id)>{option.name}</option> }
            });
            view! { <optgroup label=status.label()>{options.collect_view()}</optgroup> }
        })
    });
    let on_project = move || pathname.with_untracked(|path| path.starts_with(ONE_PROJECT));
    let action =
        move || pathname.with(|path| if path.starts_with(ONE_PROJECT) { "/projects".to_owned() } else { path.clone() });
    let others = query.with_untracked(|query| {
        let others = query.clone().into_iter().filter(|(name, _)| name != KEY && name != "page");
        // On a project's page, what is in the query is about that project.
        let others = others.filter(|_| !on_project());
        others.map(|(name, value)| view! { <input type="hidden" name=name.into_owned() value=value /> }).collect_view()
    });
    view! {
        <form class="narrow" method="get" action=action>
            {others}
            <select name=KEY aria-label="Project" prop:value=move || shown.get() on:change=go>
                <option value="" selected=move || shown.with(String::is_empty)>"All projects"</option>
                {groups.into_view()}
            </select>
            <button class="btn">"Show"</button>
        </form>
    }
    .into_any()
}
