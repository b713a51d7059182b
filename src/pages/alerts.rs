//! `/alerts`: what holds now, with what one can do about it, what held before, and where it was sent.

#[cfg(feature = "ssr")]
mod build;
mod channels;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

pub use channels::{ChannelLine, DeliveryLine, TestResult};

use crate::components::{Ago, Empty, Load, Toast, focus_content, may, use_live, use_toast};
use crate::error::AppError;
use crate::model::{AlertLevel, AlertState, Moment, PastAlert, Role};

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertsPage {
    pub headline: String,
    pub active: Vec<ActiveLine>,
    /// Latest first.
    pub history: Vec<PastAlert>,
    pub channels: Vec<ChannelLine>,
    /// Latest first.
    pub deliveries: Vec<DeliveryLine>,
}

/// An alert that holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveLine {
    pub alert_key: String,
    pub level: AlertLevel,
    pub message: String,
    pub detail: String,
    pub href: String,
    pub since: Option<Moment>,
    /// `Acknowledged`, `Snoozed until …`; empty while it waits for somebody.
    pub state: String,
    pub acknowledged: bool,
}

#[server(prefix = "/rpc", endpoint = "load_alerts", input = leptos::server_fn::codec::Json)]
pub async fn load_alerts() -> Result<AlertsPage, AppError> {
    crate::server::require(Role::Viewer)?;
    Ok(build::load(&crate::server::app()?.engine).await?)
}

/// Acknowledges an alert or puts it off; returns what was done, in words. A POST, so that it works as a plain form too.
#[server(prefix = "/rpc", endpoint = "answer_alert")]
pub async fn answer_alert(alert_key: String, answer: String) -> Result<String, AppError> {
    crate::server::require(Role::Operator)?;
    let engine = crate::server::app()?.engine;
    build::answer(&engine, &alert_key, &answer).await.map_err(AppError::answer_script)
}

/// Sends a test through a channel. A POST, so that it works as a plain form too: what came of it is in the log then.
#[server(prefix = "/rpc", endpoint = "test_channel")]
pub async fn test_channel(channel: String) -> Result<TestResult, AppError> {
    crate::server::require(Role::Admin)?;
    Ok(build::test(&crate::server::app()?.engine, &channel).await?)
}

/// The page's code, which the browser loads when it is first visited.
pub struct AlertsRoute;

#[lazy_route]
impl LazyRoute for AlertsRoute {
    fn data() -> Self {
        AlertsRoute
    }

    fn view(this: Self) -> AnyView {
        let AlertsRoute = this;
        view! { <Alerts /> }.into_any()
    }
}

#[component]
fn Alerts() -> impl IntoView {
    let (live, toast) = (use_live(), use_toast());
    // Here and not in a line, which is drawn anew with its answer.
    let action = ServerAction::<AnswerAlert>::new();
    let test = ServerAction::<TestChannel>::new();
    let changed = move || (live.version(), action.version().get(), test.version().get());
    let page = Resource::new(changed, |_| load_alerts());
    Effect::new(move |_| match action.value().get() {
        Some(Ok(said)) => {
            toast.show(Toast::Done { title: said, detail: String::new() });
            // The button that had the focus may be gone.
            focus_content();
        }
        Some(Err(error)) => {
            toast.show(Toast::Failed { title: "Nothing was changed".to_owned(), detail: error.to_string() });
        }
        None => {}
    });
    Effect::new(move |_| match test.value().get() {
        Some(Ok(TestResult { sent: true, said })) => toast.show(Toast::Done { title: said, detail: String::new() }),
        Some(Ok(TestResult { sent: false, said })) => {
            toast.show(Toast::Failed { title: "The test did not arrive".to_owned(), detail: said });
        }
        Some(Err(error)) => {
            toast.show(Toast::Failed { title: "Nothing was sent".to_owned(), detail: error.to_string() });
        }
        None => {}
    });
    view! {
        <Title text="Alerts" />
        <Load data=page view=move |page: AlertsPage| alerts(page, action, test) />
    }
}

fn alerts(page: AlertsPage, action: ServerAction<AnswerAlert>, test: ServerAction<TestChannel>) -> AnyView {
    let none = page.active.is_empty();
    let lines = page.active.into_iter().map(|line| active(line, action)).collect_view();
    let list = if none {
        view! {
            <Empty title="Nothing is wrong">
                <p>"Budgets, sources, prices and quality are looked at with every sync. What needs you is shown here and in a banner."</p>
            </Empty>
        }
        .into_any()
    } else {
        view! { <section class="card" aria-label="Active alerts"><ul class="holding">{lines}</ul></section> }.into_any()
    };
    view! {
        <section class="verdict"><h1>{page.headline}</h1></section>
        {list}
        {history(page.history)}
        {channels::channels(page.channels, test)}
        {channels::deliveries(page.deliveries)}
    }
    .into_any()
}

fn active(line: ActiveLine, action: ServerAction<AnswerAlert>) -> AnyView {
    let since = line.since.map(|moment| view! { "since "<Ago moment /> });
    let state = (!line.state.is_empty()).then(|| view! { <b>{line.state}</b>" · " });
    let detail = (!line.detail.is_empty()).then(|| view! { <p>{line.detail}</p> });
    let message = line.message.clone();
    let button = move |answer: &'static str, words: &'static str| {
        let label = format!("{words}: {message}");
        view! { <button class="move" name="answer" value=answer aria-label=label>{words}</button> }
    };
    let buttons = [
        (!line.acknowledged).then(|| button("acknowledge", "Acknowledge")),
        Some(button("hour", "Snooze 1 h")),
        Some(button("day", "Snooze 1 day")),
    ];
    let answers = may(Role::Operator).then(|| {
        view! {
            <ActionForm action=action>
                <input type="hidden" name="alert_key" value=line.alert_key />
                {buttons.into_iter().flatten().collect_view()}
            </ActionForm>
        }
    });
    view! {
        <li>
            <i class=format!("dot {}", line.level.dot())></i>
            <div>
                <h2><A href=line.href>{line.message}</A></h2>
                {detail}
                <p class="sub">{state}{line.level.word()}" "{since}</p>
            </div>
            {answers}
        </li>
    }
    .into_any()
}

fn history(past: Vec<PastAlert>) -> AnyView {
    if past.is_empty() {
        return ().into_any();
    }
    let rows = past.into_iter().map(|alert| {
        let state = match alert.state {
            AlertState::Raised if alert.snoozed.is_some() => "snoozed",
            AlertState::Raised => "raised",
            AlertState::Acknowledged => "acknowledged",
            AlertState::Resolved => "resolved",
        };
        let until = alert.snoozed.map(|moment| view! { "until "<time datetime=moment.at>{moment.text}</time> });
        let then = match alert.state {
            AlertState::Raised => None,
            AlertState::Acknowledged => alert.acknowledged,
            AlertState::Resolved => alert.resolved,
        };
        view! {
            <tr>
                <th scope="row"><i class=format!("dot {}", alert.level.dot())></i>{alert.message}</th>
                <td><Ago moment=alert.raised /></td>
                <td>{state}" "{until}{then.map(|moment| view! { <Ago moment /> })}</td>
            </tr>
        }
    });
    view! {
        <section class="card">
            <header><h2>"History"</h2></header>
            <table class="tight past">
                <thead><tr><th scope="col">"Alert"</th><th scope="col">"Raised"</th><th scope="col">"Now"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}
