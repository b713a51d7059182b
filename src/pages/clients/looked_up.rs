//! What is looked up at Toast when somebody asks: whether the keys work, and whether what is stored agrees. Writes
//! nothing.

use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedUp {
    pub title: String,
    pub good: bool,
    pub said: String,
    /// Of a diagnosis, latest day first.
    pub days: Vec<DiagnosedLine>,
    /// The client whose keys were not tried themselves; else empty.
    pub keys_of: String,
}

/// One business day at Toast and here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnosedLine {
    pub day: String,
    pub at_toast: (String, String),
    pub here: (String, String),
    pub not_counted: String,
    pub agrees: bool,
}

/// Which client is to be looked up, and whether by a diagnosis.
pub(super) fn of_address(query: &ParamsMap) -> Option<(String, bool)> {
    let text = |name: &str| query.get(name).filter(|id| !id.is_empty());
    text("diagnose").map(|id| (id, true)).or_else(|| text("test").map(|id| (id, false)))
}

/// Asks Toast, within its limits.
#[server(prefix = "/rpc", endpoint = "look_up_client", input = leptos::server_fn::codec::Json)]
pub async fn look_up_client(client: String, diagnose: bool) -> Result<LookedUp, AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    if diagnose { super::build::diagnose(&engine, &client).await } else { super::build::test(&engine, &client).await }
}

/// Logs in with a client's keys, be there a login that is kept. A POST: it uses one of two logins an hour up.
#[server(prefix = "/rpc", endpoint = "test_client_keys")]
pub async fn test_client_keys(client: String) -> Result<String, AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    super::build::test_keys(&engine, &client).await.map_err(AppError::answer_script)
}

pub(super) fn looked_up(found: LookedUp, keys: ServerAction<TestClientKeys>) -> AnyView {
    let dot = if found.good { "dot ok" } else { "dot bad" };
    let days = (!found.days.is_empty()).then(|| table(found.days));
    let check = (!found.keys_of.is_empty()).then(|| {
        view! {
            <ActionForm action=keys attr:class="deeds">
                <button class="btn" name="client" value=found.keys_of aria-busy=move || keys.pending().get().to_string()>
                    "Check the keys themselves"
                </button>
                <p class="mute">"This logs in, which Toast allows twice an hour."</p>
            </ActionForm>
        }
    });
    view! {
        <section class="card" id="found" role="status">
            <header><i class=dot></i><h2>{found.title}</h2><a href="/clients" data-noscroll="">"Close"</a></header>
            <p>{found.said}</p>
            {check}
            {days}
        </section>
    }
    .into_any()
}

fn table(days: Vec<DiagnosedLine>) -> AnyView {
    let rows = days.into_iter().map(|line| {
        let verdict = if line.agrees {
            view! { <td>"agrees"</td> }.into_any()
        } else {
            view! { <td><b class="bad">"differs"</b></td> }.into_any()
        };
        view! {
            <tr>
                <th scope="row">{line.day}</th>
                <td class="num">{line.at_toast.0}</td>
                <td class="num">{line.at_toast.1}</td>
                <td class="num">{line.here.0}</td>
                <td class="num">{line.here.1}</td>
                <td class="num">{line.not_counted}</td>
                {verdict}
            </tr>
        }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Day by day">
            <table class="margins">
                <thead>
                    <tr>
                        <th scope="col">"Business day"</th><th scope="col" class="num">"Orders at Toast"</th>
                        <th scope="col" class="num">"Revenue at Toast"</th><th scope="col" class="num">"Orders here"</th>
                        <th scope="col" class="num">"Revenue here"</th><th scope="col" class="num">"Not counted"</th>
                        <th scope="col">"Verdict"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
