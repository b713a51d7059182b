//! `/sources`: where the numbers come from, how each source is, what to do about one that is not well, and which
//! sources there are besides.

#[cfg(feature = "ssr")]
mod build;
#[cfg(feature = "ssr")]
mod words;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{Ago, Icon, Load, Toast, Until, answer_of, may, use_live, use_toast};
use crate::error::AppError;
use crate::model::{Moment, Role, SyncRun};

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcesPage {
    /// How many are well, and when they are read.
    pub headline: String,
    pub schedule: String,
    pub used: Vec<UsedSource>,
    pub unused: Vec<UnusedSource>,
    pub restated: Vec<RestatedDay>,
}

/// A source that is read, or was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedSource {
    pub name: String,
    pub label: String,
    /// The colour of its dot: `ok`, `warn`, `bad` or nothing.
    pub dot: String,
    pub state: String,
    /// What the last attempt said.
    pub message: String,
    /// What to do when something is wrong; else empty.
    pub remedy: String,
    pub last_success: Option<Moment>,
    pub last_attempt: Option<Moment>,
    /// `12 rows in 340 ms`; empty before the first attempt.
    pub attempt: String,
    pub next: Option<Moment>,
    /// `every 15 min`, or why there is no next time.
    pub every: String,
}

/// A source nobody set up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnusedSource {
    pub label: String,
    /// What it would bring.
    pub brings: String,
    /// The variables to set or the file to write.
    pub needs: Vec<String>,
}

/// A day that became smaller when it was read again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestatedDay {
    pub source: String,
    pub day: String,
    pub cost: String,
    pub tokens: String,
    pub noted: Moment,
}

#[server(prefix = "/rpc", endpoint = "load_sources", input = leptos::server_fn::codec::Json)]
pub async fn load_sources() -> Result<SourcesPage, AppError> {
    crate::server::require(Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    Ok(build::load(engine).await?)
}

/// Reads one source, to its end. A POST, so that it works as a plain form too.
#[server(prefix = "/rpc", endpoint = "sync_source")]
pub async fn sync_source(name: String) -> Result<SyncRun, AppError> {
    crate::server::require(Role::Operator)?;
    use crate::sources::Source;
    let app = crate::server::app()?;
    let Some(source) = Source::parse(&name) else {
        let problem = format!("There is no such source; the sources are {}.", Source::names());
        return Err(AppError::BadRequest(problem).answer());
    };
    match app.engine.run(crate::model::Trigger::Manual, &[source]).await? {
        crate::sync::Outcome::Finished(run) => Ok(run),
        // Without JavaScript the form goes back to its page, which shows the run in progress.
        crate::sync::Outcome::Busy(_) => Err(AppError::SyncRunning.answer_script()),
    }
}

/// The page's code, which the browser loads when it is first visited.
pub struct SourcesRoute;

#[lazy_route]
impl LazyRoute for SourcesRoute {
    fn data() -> Self {
        SourcesRoute
    }

    fn view(this: Self) -> AnyView {
        let SourcesRoute = this;
        view! { <Sources /> }.into_any()
    }
}

#[component]
fn Sources() -> impl IntoView {
    let (live, toast) = (use_live(), use_toast());
    let page = Resource::new(move || live.version(), |_| load_sources());
    // Here and not in the list, which is drawn anew while a run that was asked for is on.
    let action = ServerAction::<SyncSource>::new();
    let asked = RwSignal::new(String::new());
    Effect::new(move |_| {
        if let Some(answer) = action.value().get() {
            toast.show(answer_of(&answer, live));
        }
    });
    let busy = move |name: &str| asked.with(|asked| asked == name) && (action.pending().get() || live.is_running());
    view! {
        <Title text="Sources" />
        <Load data=page view=move |page: SourcesPage| {
            let used = page.used.into_iter().map(|source| {
                let (name, busy_name, value) = (source.name.clone(), source.name.clone(), source.name.clone());
                let submit = move |_| {
                    asked.set(name.clone());
                    toast.show(Toast::Working("Syncing…".to_owned()));
                };
                let label = format!("Sync {}", source.label);
                let button = may(Role::Operator).then(|| view! {
                    <ActionForm action=action on:submit=submit>
                        <input type="hidden" name="name" value=value />
                        <button class="btn" aria-label=label aria-busy=move || busy(&busy_name).to_string()>
                            {Icon::Sync.view()}<span>"Sync this one"</span>
                        </button>
                    </ActionForm>
                });
                used_source(source, button.into_any())
            });
            view! {
                <section class="verdict">
                    <h1>{page.headline}</h1>
                    <p class="mute">{page.schedule}</p>
                    <p>
                        <A href="/connect" attr:class="also">"Connect a tool"</A>
                        {may(Role::Admin).then(|| view! { " · "<A href="/machines" attr:class="also">"Machines that push here"</A> })}
                    </p>
                </section>
                {used.collect_view()}
                {unused(page.unused)}
                {restated(page.restated)}
            }
            .into_any()
        } />
    }
}

fn used_source(source: UsedSource, button: AnyView) -> AnyView {
    let never = || "never".into_any();
    let success = source.last_success.map(|moment| view! { <Ago moment /> }.into_any()).unwrap_or_else(never);
    let attempt = source.last_attempt.map(|moment| view! { <Ago moment /> }.into_any()).unwrap_or_else(never);
    let next = source.next.map(|moment| view! { <Until moment /> }.into_any());
    let remedy =
        (!source.remedy.is_empty()).then(|| view! { <p class="todo"><b>"What to do: "</b>{source.remedy}</p> });
    view! {
        <section class="card source">
            <header>
                <i class=format!("dot {}", source.dot)></i>
                <h2>{source.label}</h2>
                <span class="mute">{source.state}</span>
                {button}
            </header>
            <dl class="kinds">
                <div><dt>"Last success"</dt><dd>{success}</dd></div>
                <div><dt>"Last attempt"</dt><dd>{attempt}</dd></div>
                <div><dt>"It brought"</dt><dd>{source.attempt}</dd></div>
                <div><dt>"Next run"</dt><dd>{next}<small>{source.every}</small></dd></div>
            </dl>
            <p class="said">{source.message}</p>
            {remedy}
        </section>
    }
    .into_any()
}

fn unused(sources: Vec<UnusedSource>) -> AnyView {
    let some = !sources.is_empty();
    let rows = sources.into_iter().map(|source| {
        let last = source.needs.len().saturating_sub(1);
        let needs = source.needs.into_iter().enumerate().map(|(at, name)| {
            view! { <code>{name}</code>{(at < last).then_some(" and ")} }
        });
        view! { <div><dt>{source.label}</dt><dd>{source.brings}<small>"Needs "{needs.collect_view()}</small></dd></div> }
    });
    some.then(|| {
        view! {
            <section class="card">
                <header><h2>"Not set up"</h2></header>
                <p class="mute">
                    "None of these is needed. Agents are read once their folder is there. For the others set a variable where "
                    "Allclear is started, and start it again; a name with " <code>"_FILE"</code> " behind it may name a file "
                    "with the key instead. " <A href="/connect" attr:class="also">"Step by step"</A>
                </p>
                <dl class="offers">{rows.collect_view()}</dl>
            </section>
        }
    })
    .into_any()
}

fn restated(days: Vec<RestatedDay>) -> AnyView {
    let some = !days.is_empty();
    let rows = days.into_iter().map(|day| {
        view! {
            <tr>
                <th scope="row">{day.day}<small>{day.source}</small></th>
                <td class="num">{day.cost}</td>
                <td class="num wide">{day.tokens}</td>
                <td class="num wide mute"><Ago moment=day.noted /></td>
            </tr>
        }
    });
    some.then(|| {
        view! {
            <section class="card">
                <header><h2>"Restated days"</h2><A href="/sync">"Sync log"</A></header>
                <p class="mute">"Days that were complete, and came back smaller when they were read again."</p>
                <div class="scroll" tabindex="0" role="region" aria-label="Restated days">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Day"</th><th scope="col" class="num">"Cost, before → after"</th>
                                <th scope="col" class="num wide">"Tokens, before → after"</th><th scope="col" class="num wide">"Noticed"</th>
                            </tr>
                        </thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            </section>
        }
    })
    .into_any()
}
