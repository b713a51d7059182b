//! `/projects/:id`: one project, in tabs.
//!
//! What was typed is in the address when the form comes back refused without JavaScript: the page checks it again and
//! says what is wrong, so no message ever travels in an address.

#[cfg(feature = "ssr")]
mod build;
mod edit;
mod overview;
mod quality;
#[cfg(feature = "ssr")]
mod save;
mod spend;
mod tab;
mod timeline;

use leptos::html::Details;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use leptos_router::{LazyRoute, NavigateOptions, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{
    HealthBadge, HealthMark, Load, ShownIn, Toast, focus_content, project_address, use_live, use_toast, use_window,
};
use crate::error::AppError;
use crate::model::{Shown, Window};
use edit::{Draft, Editing, SaveProject, Typed};
use tab::Tab;

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectQuery {
    pub id: String,
    pub tab: Tab,
    pub window: Window,
    /// What was typed into the form that was refused.
    pub refused: Option<Typed>,
    /// Whether the form was just taken.
    pub saved: bool,
}

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectPage {
    pub id: String,
    pub name: String,
    /// `Active · Acme · since 2026-03-01`
    pub about: String,
    /// `Deadline 2026-12-01, 10 days left`; empty without one.
    pub deadline: String,
    pub overdue: bool,
    pub health: HealthMark,
    pub stack: Vec<String>,
    pub tab: Tab,
    pub content: Content,
    pub shown: Shown,
}

/// What stands below the tabs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    Overview(Box<overview::Overview>),
    Spend(Box<spend::Spend>),
    Quality(Box<quality::Quality>),
    Timeline(timeline::Timeline),
}

impl Default for Content {
    fn default() -> Content {
        Content::Timeline(timeline::Timeline::default())
    }
}

/// Returns a project; `None` when there is none of that id.
#[server(prefix = "/rpc", endpoint = "load_project", input = leptos::server_fn::codec::Json)]
pub async fn load_project(query: ProjectQuery) -> Result<Option<ProjectPage>, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    let (snapshot, config) = (engine.snapshot(), engine.config.current());
    let mut page = build::page(&snapshot, config.shown(snapshot.today), config.zone, &query);
    if let (Some(ProjectPage { content: Content::Spend(spend), .. }), Some(report)) =
        (&mut page, snapshot.project(&query.id))
    {
        spend.beside = spend::revenue::beside(&engine, &snapshot, report, query.window).await?;
    }
    Ok(page)
}

/// The page's code, which the browser loads when it is first visited.
pub struct ProjectRoute;

#[lazy_route]
impl LazyRoute for ProjectRoute {
    fn data() -> Self {
        ProjectRoute
    }

    fn view(this: Self) -> AnyView {
        let ProjectRoute = this;
        view! { <OneProject /> }.into_any()
    }
}

/// Reads the address.
fn use_project_query() -> Memo<ProjectQuery> {
    let (params, query, window) = (use_params_map(), use_query_map(), use_window());
    Memo::new(move |_| {
        let id = params.with(|params| params.get("id").unwrap_or_default());
        query.with(|query| ProjectQuery {
            id,
            tab: query.get("tab").and_then(|key| Tab::parse(&key)).unwrap_or_default(),
            window: window.get(),
            refused: query.get("refused").map(|_| Typed::read(query)),
            saved: query.get("saved").is_some(),
        })
    })
}

#[component]
fn OneProject() -> impl IntoView {
    let (live, toast, query, navigate) = (use_live(), use_toast(), use_project_query(), use_navigate());
    // Here and not in the form: the page is drawn anew while somebody types, and what was typed must stay.
    let editing = Editing {
        action: ServerAction::<SaveProject>::new(),
        draft: RwSignal::new(None::<Draft>),
        sent: RwSignal::new(None::<Draft>),
        details: NodeRef::<Details>::new(),
    };
    let Editing { action, draft, sent, details } = editing;
    let page =
        Resource::new(move || (query.get(), live.version(), action.version().get()), |(query, ..)| load_project(query));
    Effect::new(move |_| {
        if let Some(Ok(name)) = action.value().get() {
            toast.show(Toast::Done { title: "Saved".to_owned(), detail: name });
            // Whoever went on typing, here or about another project, is not done.
            let same = |draft: Option<Draft>| draft.map(|draft| (draft.id, draft.now));
            if same(draft.get_untracked()) != same(sent.get_untracked()) {
                return;
            }
            draft.set(None);
            if let Some(details) = details.get_untracked() {
                // The button that had the focus goes; who uses the keyboard goes on from the top.
                let _ = details.remove_attribute("open");
                focus_content();
            }
            if let ProjectQuery { id, refused: Some(_), .. } = query.get_untracked() {
                let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
                navigate(&project_address(&id), options);
            }
        }
    });
    let title = RwSignal::new("Project".to_owned());
    let shown = move |page: Option<ProjectPage>| {
        title.set(page.as_ref().map_or_else(|| "Not found".to_owned(), |page| page.name.clone()));
        page.map_or_else(not_found, |page| project(page, editing))
    };
    view! {
        <Title text=move || title.get() />
        <Load data=page view=shown />
    }
}

fn project(page: ProjectPage, editing: Editing) -> AnyView {
    let stack = (!page.stack.is_empty()).then(|| {
        let names = page.stack.into_iter().map(|name| view! { <li>{name}</li> });
        view! { <ul class="tags" aria-label="Stack">{names.collect_view()}</ul> }
    });
    let deadline = (!page.deadline.is_empty()).then(|| {
        view! { " · "<span class:bad=page.overdue>{page.deadline}</span> }
    });
    // The other tabs show no amounts.
    let note = matches!(page.tab, Tab::Overview | Tab::Spend).then(|| view! { <ShownIn shown=page.shown /> });
    let content = match page.content {
        Content::Overview(overview) => overview::overview(*overview, editing),
        Content::Spend(spend) => spend::spend(*spend),
        Content::Quality(quality) => quality::quality(*quality),
        Content::Timeline(timeline) => timeline::timeline(timeline),
    };
    view! {
        <section class="verdict">
            <h1>{page.name}</h1>
            <p class="mute">{page.about}{deadline}</p>
            <div class="marks">"Health "<HealthBadge mark=page.health />{stack}</div>
        </section>
        {tab::tabs(page.tab)}
        {content}
        {note}
    }
    .into_any()
}

fn not_found() -> AnyView {
    #[cfg(feature = "ssr")]
    drop(AppError::NotFound.answer());
    view! {
        <section class="card notice">
            <h1>"There is no project at this address"</h1>
            <p>"It may have another name now, or the link is wrong."</p>
            <p><a href="/projects">"See all projects"</a></p>
        </section>
    }
    .into_any()
}
