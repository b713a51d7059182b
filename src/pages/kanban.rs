//! `/kanban`: the projects as cards on a board; a card is moved with the mouse, the keyboard, or a plain form.

mod board;
#[cfg(feature = "ssr")]
mod build;
mod card;
mod moves;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{HealthMark, Load, NoProjects, use_live, use_project};
use crate::error::AppError;
use crate::model::ProjectStatus;
use board::Board;

/// Everything the page draws, finished but for which card is on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KanbanPage {
    /// Which state of the projects this is.
    pub snapshot: u64,
    /// What became of the card a plain form moved; else empty.
    pub said: String,
    /// By name.
    pub cards: Vec<(ProjectStatus, Card)>,
    /// Whether there is any project at all.
    pub any: bool,
    /// Whether only one of them is shown.
    pub narrowed: bool,
}

/// A project on the board.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Card {
    pub id: String,
    pub name: String,
    pub href: String,
    pub client: String,
    pub health: HealthMark,
    /// In percent; `None` while nobody has set any.
    pub progress: Option<u8>,
    /// `3 days overdue`; empty without a deadline.
    pub deadline: String,
    pub overdue: bool,
    /// What to do next; may be empty.
    pub next: String,
}

/// Where a project stands from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub id: String,
    pub status: ProjectStatus,
    /// The first state of the projects that knows of it.
    pub snapshot: u64,
}

#[server(prefix = "/rpc", endpoint = "load_kanban", input = leptos::server_fn::codec::Json)]
pub async fn load_kanban(project: Option<String>, moved: Option<String>) -> Result<KanbanPage, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    Ok(build::page(&engine.snapshot(), project.as_deref(), moved.as_deref()))
}

/// Changes where a project stands, and nothing else. A POST, so that it works as a plain form too.
#[server(prefix = "/rpc", endpoint = "move_project")]
pub async fn move_project(id: String, status: String) -> Result<Moved, AppError> {
    crate::server::require(crate::model::Role::Operator)?;
    let engine = crate::server::app()?.engine;
    let Some(status) = ProjectStatus::parse(&status) else {
        return Err(AppError::BadRequest(ProjectStatus::refusal(&status)).answer());
    };
    let is_there = engine.set_status(&id, status).await?;
    if crate::server::is_plain_form() {
        leptos_axum::redirect(&build::page_after(&id));
    }
    if !is_there {
        return Err(AppError::NotFound.answer_script());
    }
    Ok(Moved { id, status, snapshot: engine.snapshot().number })
}

/// The page's code, which the browser loads when it is first visited.
pub struct KanbanRoute;

#[lazy_route]
impl LazyRoute for KanbanRoute {
    fn data() -> Self {
        KanbanRoute
    }

    fn view(this: Self) -> AnyView {
        let KanbanRoute = this;
        view! { <Kanban /> }.into_any()
    }
}

#[component]
fn Kanban() -> impl IntoView {
    let (live, project, query) = (use_live(), use_project(), use_query_map());
    let moved = Memo::new(move |_| query.with(|query| query.get("moved")));
    let page = Resource::new(
        move || (project.get(), moved.get(), live.version()),
        |(project, moved, _)| load_kanban(project, moved),
    );
    // Here and not on the board, which is drawn anew while a card is on its way.
    let board = Board::new();
    view! {
        <Title text="Kanban" />
        <h1 class="unseen">"Kanban"</h1>
        <Load data=page view=move |page: KanbanPage| kanban(page, board) />
    }
}

fn kanban(page: KanbanPage, board: Board) -> AnyView {
    if !page.any {
        return view! { <NoProjects /> }.into_any();
    }
    let said = (!page.said.is_empty()).then(|| view! { <p class="banner good" role="status">{page.said.clone()}</p> });
    view! { {said}{board.view(page)} }.into_any()
}
