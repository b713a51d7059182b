//! `/connect`: how to have each tool read or send, step by step, and whether its first data has come.

#[cfg(feature = "ssr")]
mod build;
#[cfg(feature = "ssr")]
mod guides;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{CopyButton, Icon, Load, may, use_live};
use crate::error::AppError;
use crate::model::Role;

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectPage {
    /// How many tools have sent anything.
    pub headline: String,
    pub groups: Vec<Group>,
}

/// Tools that are connected in the same way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub title: String,
    /// What they have in common.
    pub text: String,
    pub guides: Vec<Guide>,
}

/// How one tool is connected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide {
    /// The source's name; the part of the address that leads to it.
    pub name: String,
    pub label: String,
    /// What it brings.
    pub brings: String,
    pub steps: Vec<Step>,
    /// Whether a machine with a token takes part.
    pub of_machines: bool,
    /// What is known of its data; `None` when that cannot be told.
    pub received: Option<Received>,
}

/// One step: what to do, and what to type or write for that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub text: String,
    /// To be copied; empty when there is nothing.
    pub code: String,
}

/// Whether data came, and what is to be said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    pub yes: bool,
    pub text: String,
}

#[server(prefix = "/rpc", endpoint = "load_connect", input = leptos::server_fn::codec::Json)]
pub async fn load_connect() -> Result<ConnectPage, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    let hub = super::hub::Hub::new(&crate::server::address(), &engine.config.environment.data_dir);
    let machines = engine.store.machines().await?;
    Ok(build::page(&engine.snapshot(), &engine.config.current(), &hub, &machines))
}

/// The page's code, which the browser loads when it is first visited.
pub struct ConnectRoute;

#[lazy_route]
impl LazyRoute for ConnectRoute {
    fn data() -> Self {
        ConnectRoute
    }

    fn view(this: Self) -> AnyView {
        let ConnectRoute = this;
        view! { <Connect /> }.into_any()
    }
}

#[component]
fn Connect() -> impl IntoView {
    let live = use_live();
    // The first data is on the page as soon as it is anywhere.
    let page = Resource::new(move || live.version(), |_| load_connect());
    view! {
        <Title text="Connect a tool" />
        <Load data=page view=|page: ConnectPage| {
            let groups = page.groups.into_iter().map(group).collect_view();
            view! {
                <section class="verdict">
                    <h1>"Connect a tool"</h1>
                    <p class="mute" role="status">{page.headline}</p>
                    <p><A href="/sources" attr:class="also">"The state of each source"</A></p>
                </section>
                {groups}
            }
            .into_any()
        } />
    }
}

fn group(group: Group) -> AnyView {
    let guides = group.guides.into_iter().map(guide).collect_view();
    view! {
        <section class="card connect">
            <header><h2>{group.title}</h2></header>
            <p class="mute">{group.text}</p>
            {guides}
        </section>
    }
    .into_any()
}

fn guide(guide: Guide) -> AnyView {
    let steps = guide.steps.into_iter().map(|step| {
        let code = (!step.code.is_empty()).then(|| {
            view! {
                <div class="copied">
                    <pre><code>{step.code.clone()}</code></pre>
                    <CopyButton text=step.code of=guide.label.clone() />
                </div>
            }
        });
        view! { <li>{step.text}{code}</li> }
    });
    let steps = steps.collect_view();
    let machines = (guide.of_machines && may(Role::Admin)).then(|| {
        view! { <p><A href="/machines" attr:class="also">"Machines, and their tokens"</A></p> }
    });
    let received = guide.received.map(|received| {
        let (class, icon) = if received.yes { ("arrived yes", Some(Icon::Check.view())) } else { ("arrived", None) };
        view! { <span class=class>{icon}{received.text}</span> }
    });
    view! {
        <article id=guide.name class="guide">
            <h3>{guide.label.clone()}</h3>
            {received}
            <p class="mute">{guide.brings}</p>
            <ol>{steps}</ol>
            {machines}
        </article>
    }
    .into_any()
}
