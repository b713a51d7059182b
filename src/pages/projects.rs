//! `/projects`: every project, grouped by where it stands.

#[cfg(feature = "ssr")]
mod build;
mod card;
mod tools;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::{LazyRoute, NavigateOptions, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{Downloads, Empty, HealthMark, Load, ShownIn, use_live, use_project};
use crate::error::AppError;
use crate::model::Shown;

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectsQuery {
    pub search: String,
    pub sort: Sort,
}

/// What the projects of a group are in the order of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    /// Latest first.
    #[default]
    Activity,
    Name,
    /// Of 30 days, the dearest first.
    Spend,
    /// The poorest first: that is where something is to be done.
    Health,
}

impl Sort {
    pub const ALL: [Sort; 4] = [Sort::Activity, Sort::Name, Sort::Spend, Sort::Health];

    /// The key in the address.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Sort::Activity => "activity",
            Sort::Name => "name",
            Sort::Spend => "spend",
            Sort::Health => "health",
        }
    }

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Sort::Activity => "Activity",
            Sort::Name => "Name",
            Sort::Spend => "Spend",
            Sort::Health => "Health",
        }
    }

    #[must_use]
    pub fn parse(key: &str) -> Option<Sort> {
        Sort::ALL.into_iter().find(|sort| sort.key() == key)
    }
}

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectsPage {
    /// `14 projects: 6 active, 4 paused, 4 completed`
    pub headline: String,
    pub sort: Sort,
    pub groups: Vec<Group>,
    /// Why only some are here; empty when all are.
    pub shown: String,
    /// Whether `shown` is because of the project the pages are narrowed to.
    pub narrowed: bool,
    /// The query of the same projects as a table to take away.
    pub exports: String,
    /// Where projects were looked for, when there are none.
    pub looked_in: Option<Vec<String>>,
    /// How amounts are shown.
    pub money: Shown,
}

/// The projects of one status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub label: String,
    pub cards: Vec<ProjectCard>,
}

/// One project. What is not known is empty, and not drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectCard {
    pub name: String,
    pub href: String,
    pub client: String,
    pub health: HealthMark,
    /// What the last seven days came to.
    pub sentence: String,
    pub description: String,
    pub stack: Vec<String>,
    /// Percent, once the user has set any.
    pub progress: Option<u8>,
    /// `4 of 10`
    pub tasks: String,
    pub deadline: String,
    pub overdue: bool,
    pub last_commit: String,
    /// The most pressing of the next actions.
    pub next: String,
}

#[server(prefix = "/rpc", endpoint = "load_projects", input = leptos::server_fn::codec::Json)]
pub async fn load_projects(query: ProjectsQuery, project: Option<String>) -> Result<ProjectsPage, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    let config = engine.config.current();
    let snapshot = engine.snapshot();
    let money = config.shown(snapshot.today);
    Ok(build::page(&snapshot, money, &config.projects.roots, &query, project.as_deref()))
}

/// The page's code, which the browser loads when it is first visited.
pub struct ProjectsRoute;

#[lazy_route]
impl LazyRoute for ProjectsRoute {
    fn data() -> Self {
        ProjectsRoute
    }

    fn view(this: Self) -> AnyView {
        let ProjectsRoute = this;
        view! { <Projects /> }.into_any()
    }
}

#[component]
fn Projects() -> impl IntoView {
    let (live, project, query) = (use_live(), use_project(), use_query_map());
    let asked = Memo::new(move |_| {
        query.with(|query| ProjectsQuery {
            search: query.get("search").unwrap_or_default(),
            sort: query.get("sort").and_then(|key| Sort::parse(&key)).unwrap_or_default(),
        })
    });
    let page = Resource::new(
        move || (asked.get(), project.get(), live.version()),
        |(query, project, _)| load_projects(query, project),
    );
    // Here and not in the page, which is drawn anew while somebody types.
    let typed = RwSignal::new(asked.with_untracked(|asked| asked.search.clone()));
    // What the box itself asked for, and the address does not say yet.
    let sent = StoredValue::new(vec![typed.get_untracked()]);
    Effect::new(move |_| {
        let search = asked.with(|asked| asked.search.clone());
        let own = sent.with_value(|sent| sent.iter().position(|own| *own == search));
        match own {
            // By now more may have been typed.
            Some(at) => sent.update_value(|sent| drop(sent.drain(..=at))),
            None => {
                sent.set_value(Vec::new());
                typed.set(search);
            }
        }
    });
    let navigate = StoredValue::new(use_navigate());
    let go = move |search: String, address: String| {
        // The page may have been left since the last key was pressed.
        let (Some(navigate), Some(now)) = (navigate.try_get_value(), asked.try_get_untracked()) else { return };
        if now.search != search {
            sent.update_value(|sent| sent.push(search));
            navigate(&address, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
    };
    view! {
        <Title text="Projects" />
        <Load data=page view=move |page: ProjectsPage| {
            view! {
                <section class="verdict"><h1>{page.headline.clone()}</h1></section>
                {projects(page, typed, go)}
            }
            .into_any()
        } />
    }
}

fn projects(page: ProjectsPage, typed: RwSignal<String>, go: impl Fn(String, String) + Copy + 'static) -> AnyView {
    if let Some(looked_in) = page.looked_in {
        return none_yet(looked_in);
    }
    let tools = (!page.narrowed).then(|| tools::tools(page.sort, typed, go));
    let back = if page.narrowed {
        view! { <a href="/projects?project=">"Show all projects"</a> }.into_any()
    } else {
        view! { <a href="/projects">"Show all projects"</a> }.into_any()
    };
    let shown = if page.shown.is_empty() { None } else { Some(view! { {page.shown}" "{back} }) };
    let groups = page.groups.into_iter().map(|group| {
        let count = group.cards.len();
        view! {
            <section class="group">
                <h2>{group.label}" "<span class="mute">{count}</span></h2>
                <ul class="projects">{group.cards.into_iter().map(card::card).collect_view()}</ul>
            </section>
        }
    });
    view! {
        {tools}
        <p class="narrowed" role="status">{shown}</p>
        {groups.collect_view()}
        <Downloads of="Projects" table="projects" query=page.exports />
        <ShownIn shown=page.money />
    }
    .into_any()
}

fn none_yet(looked_in: Vec<String>) -> AnyView {
    let nowhere = looked_in.is_empty();
    let folders = looked_in.into_iter().map(|folder| view! { <li><code>{folder}</code></li> }).collect_view();
    let looked = if nowhere {
        view! { <p>"No folder is named to look in."</p> }.into_any()
    } else {
        view! { <p>"These folders were looked in:"</p><ul class="looked">{folders}</ul> }.into_any()
    };
    view! {
        <Empty title="How projects get here">
            {looked}
            <p>"Name the folder that holds your projects in "<code>"data/config/projects.json"</code>", and refresh:"</p>
            <pre><code>r#"{"roots": ["/home/me/code"]}"#</code></pre>
            <p>"Folders that an agent's logs name appear by themselves."</p>
        </Empty>
    }
    .into_any()
}
