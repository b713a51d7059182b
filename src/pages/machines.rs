//! `/machines`: which machines push to this dashboard; adding one, and taking its token away. All plain forms: a token is
//! shown on the page that follows, once, and is in no address.

#[cfg(feature = "ssr")]
mod build;
#[cfg(feature = "ssr")]
mod once;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{Ago, CopyButton, Icon, Load, ShownIn, use_live};
use crate::error::AppError;
use crate::model::{Moment, Shown};

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachinesPage {
    pub headline: String,
    /// A machine that was just added.
    pub added: Option<Added>,
    /// What was wrong with the form; else empty.
    pub problem: String,
    /// What has just been done; else empty.
    pub done: String,
    pub machines: Vec<MachineLine>,
    /// What telemetry tells of sessions that are counted from a better source.
    pub also_seen: Vec<String>,
    pub shown: Shown,
}

/// A machine with its token, which is shown this once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    pub name: String,
    pub token: String,
    /// What to run on that machine, and what to set for its agents.
    pub push: String,
    pub telemetry: String,
    /// Whether other machines reach this dashboard at the address in these.
    pub is_reached: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineLine {
    pub id: String,
    pub name: String,
    pub person: String,
    /// What it calls itself; empty before its first push.
    pub host: String,
    pub seen: Option<Moment>,
    pub revoked: Option<Moment>,
    /// What it used in the last 30 days.
    pub cost: String,
}

/// What the address says: the number of a token to be shown, what was wrong, what was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachinesQuery {
    pub new: String,
    pub problem: String,
    pub revoked: String,
}

#[server(prefix = "/rpc", endpoint = "load_machines", input = leptos::server_fn::codec::Json)]
pub async fn load_machines(query: MachinesQuery) -> Result<MachinesPage, AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    // The token of a machine that was just added is for who added it.
    let new = crate::server::by_a_person().map(|()| query.new).unwrap_or_default();
    Ok(build::load(&engine, MachinesQuery { new, ..query }, crate::server::address()).await?)
}

/// Adds a machine; the page that follows shows its token.
#[server(prefix = "/rpc", endpoint = "add_machine")]
pub async fn add_machine(name: String, #[server(default)] person: String) -> Result<(), AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    crate::server::by_a_person()?;
    let engine = crate::server::app()?.engine;
    let back = build::add(&engine, &name, &person).await;
    crate::server::note("machine added", &name).await;
    leptos_axum::redirect(&back);
    Ok(())
}

/// Makes a machine's token worthless.
#[server(prefix = "/rpc", endpoint = "revoke_machine")]
pub async fn revoke_machine(id: String) -> Result<(), AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    let back = build::revoke(&engine, &id).await?;
    crate::server::note("machine revoked", &id).await;
    leptos_axum::redirect(&back);
    Ok(())
}

/// The page's code, which the browser loads when it is first visited.
pub struct MachinesRoute;

#[lazy_route]
impl LazyRoute for MachinesRoute {
    fn data() -> Self {
        MachinesRoute
    }

    fn view(this: Self) -> AnyView {
        let MachinesRoute = this;
        view! { <Machines /> }.into_any()
    }
}

#[component]
fn Machines() -> impl IntoView {
    let (live, query) = (use_live(), use_query_map());
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let text = |name: &str| query.get(name).unwrap_or_default();
            MachinesQuery { new: text("new"), problem: text("problem"), revoked: text("revoked") }
        })
    });
    let page = Resource::new(move || (asked.get(), live.version()), |(query, _)| load_machines(query));
    view! {
        <Title text="Machines" />
        <Load data=page view=move |page: MachinesPage| {
            view! {
                <section class="verdict">
                    <h1>{page.headline}</h1>
                    <p class="mute">
                        "Machines tell this dashboard what they used: numbers and ids, never text. "
                        <A href="/sources" attr:class="also">"All sources"</A>
                    </p>
                </section>
                {(!page.done.is_empty()).then(|| view! { <p class="banner good" role="status">{page.done}</p> })}
                {page.added.map(added)}
                {form(page.problem)}
                {machines(page.machines)}
                {also_seen(page.also_seen)}
                <ShownIn shown=page.shown />
            }
            .into_any()
        } />
    }
}

fn added(added: Added) -> AnyView {
    let unreached = (!added.is_reached).then(|| {
        view! {
            <p class="mute">
                "HOST is the name of this machine in your network. Other machines may not reach this dashboard yet: "
                <A href="/connect#push" attr:class="also">"what to do about it"</A>"."
            </p>
        }
    });
    view! {
        <section class="card" id="token">
            <header><h2>{format!("The token of {}", added.name)}</h2></header>
            <p class="mute">"Copy it now: it is shown this once, and kept nowhere."</p>
            {copied(added.token, "the token")}
            <p>"On that machine, with the token in ~/.allclear-token:"</p>
            {copied(added.push, "pushing")}
            <p>"Or let Claude Code there send its telemetry:"</p>
            {copied(added.telemetry, "telemetry")}
            {unreached}
        </section>
    }
    .into_any()
}

fn copied(text: String, of: &'static str) -> AnyView {
    view! {
        <div class="copied">
            <pre><code>{text.clone()}</code></pre>
            <CopyButton text of />
        </div>
    }
    .into_any()
}

fn form(problem: String) -> AnyView {
    let wrong = !problem.is_empty();
    view! {
        <section class="card" id="add">
            <header><h2>"Add a machine"</h2></header>
            <form method="post" action="/rpc/add_machine" class="machine">
                <label>
                    <span>"Name"</span>
                    <input type="text" name="name" required maxlength="80" autocomplete="off" aria-invalid=wrong.then_some("true")
                        aria-describedby="machine-problem" />
                </label>
                <label>
                    <span>"Person (optional)"</span>
                    <input type="text" name="person" maxlength="80" autocomplete="off" />
                </label>
                <button class="btn strong">{Icon::Check.view()}<span>"Add"</span></button>
            </form>
            <p id="machine-problem" class="bad" role="alert">{problem}</p>
        </section>
    }
    .into_any()
}

fn machines(lines: Vec<MachineLine>) -> AnyView {
    if lines.is_empty() {
        return view! {
            <section class="card"><p class="mute">"No machine pushes here yet: add the first above."</p></section>
        }
        .into_any();
    }
    let rows = lines.into_iter().map(|line| {
        let seen = match (line.revoked.clone(), line.seen) {
            (Some(moment), _) => view! { "revoked "<Ago moment /> }.into_any(),
            (None, Some(moment)) => view! { <Ago moment /> }.into_any(),
            (None, None) => "never".into_any(),
        };
        let revoke = line.revoked.is_none().then(|| {
            view! {
                <form method="post" action="/rpc/revoke_machine">
                    <input type="hidden" name="id" value=line.id />
                    <button class="btn" aria-label=format!("Revoke {}", line.name)>"Revoke"</button>
                </form>
            }
        });
        view! {
            <tr>
                <th scope="row">{line.name.clone()}<small>{line.host}</small></th>
                <td>{line.person}</td>
                <td class="num">{line.cost}</td>
                <td class="num mute">{seen}</td>
                <td>{revoke}</td>
            </tr>
        }
    });
    view! {
        <section class="card">
            <header><h2>"Machines"</h2></header>
            <div class="scroll" tabindex="0" role="region" aria-label="Machines">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Machine"</th><th scope="col">"Person"</th>
                            <th scope="col" class="num">"30 days"</th><th scope="col" class="num">"Last seen"</th>
                            <th scope="col">"Token"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn also_seen(lines: Vec<String>) -> AnyView {
    let some = !lines.is_empty();
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> });
    some.then(|| {
        view! {
            <section class="card">
                <header><h2>"Also seen"</h2></header>
                <p class="mute">"Told of twice, and counted once: from the log where there is one, else from its events."</p>
                <ul class="seen">{lines.collect_view()}</ul>
            </section>
        }
    })
    .into_any()
}
