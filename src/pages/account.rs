//! `/account`: one's own password, second factor, sessions and keys for scripts. Plain forms: every one comes back to this
//! page, which says what became of it.

#[cfg(feature = "ssr")]
mod build;
mod forms;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{Ago, Load, SaidNotice};
use crate::error::AppError;
use crate::model::{Moment, Said};
use forms::{EndSession, EndSessions, RevokeToken};
use leptos::server_fn::ServerFn;

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPage {
    /// Empty for the owner of an open machine, who has no account.
    pub name: String,
    pub role: String,
    pub client: String,
    pub has_password: bool,
    pub has_totp: bool,
    pub recovery_left: u32,
    pub setting_up: Option<NewTotp>,
    pub sessions: Vec<SessionRow>,
    pub tokens: Vec<TokenRow>,
    pub said: Option<Said>,
}

/// An authenticator app that is being set up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTotp {
    pub secret: String,
    pub link: String,
    /// Modules on a side, and the path of the dark ones.
    pub size: i32,
    pub path: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    pub id: String,
    pub is_this: bool,
    /// `Firefox on Linux`
    pub browser: String,
    pub ip: String,
    pub begun: String,
    pub seen: Moment,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    pub id: String,
    pub label: String,
    pub scope: String,
    pub ends: String,
    pub is_over: bool,
    pub used: Option<Moment>,
}

/// `said` names what is to be said, once.
#[server(prefix = "/rpc", endpoint = "load_account", input = leptos::server_fn::codec::Json)]
pub async fn load_account(said: String) -> Result<AccountPage, AppError> {
    crate::server::require(crate::model::Role::Client)?;
    build::load(&said).await
}

/// The page's code, which the browser loads when it is first visited.
pub struct AccountRoute;

#[lazy_route]
impl LazyRoute for AccountRoute {
    fn data() -> Self {
        AccountRoute
    }

    fn view(this: Self) -> AnyView {
        let AccountRoute = this;
        view! { <Account /> }.into_any()
    }
}

#[component]
fn Account() -> impl IntoView {
    let query = use_query_map();
    // Not of the live version: what is said is said once, and must stay.
    let said = Memo::new(move |_| query.with(|query| query.get("said").unwrap_or_default()));
    let page = Resource::new(move || said.get(), load_account);
    view! {
        <Title text="Account" />
        <Load data=page view=|page: AccountPage| draw(page) />
    }
}

fn draw(page: AccountPage) -> AnyView {
    if page.name.is_empty() {
        return view! {
            <section class="verdict"><h1>"Account"</h1></section>
            <section class="card notice">
                <h2>"There are no accounts yet"</h2>
                <p>"The dashboard is open to whoever uses this machine. Once there is a user, everybody signs in."</p>
                <p><a href="/users">"Add the first user"</a></p>
            </section>
        }
        .into_any();
    }
    let what = if page.client.is_empty() { page.role.clone() } else { format!("{} of {}", page.role, page.client) };
    let said = page.said.clone().map(|said| view! { <SaidNotice said /> });
    view! {
        <section class="verdict"><h1>{page.name.clone()}</h1><p class="mute">"Role: "{what}</p></section>
        {said}
        {forms::password(&page)}
        {forms::second_factor(&page)}
        {sessions(page.sessions)}
        {tokens(page.tokens)}
    }
    .into_any()
}

fn sessions(rows: Vec<SessionRow>) -> AnyView {
    let others = rows.iter().any(|row| !row.is_this);
    let rows = rows.into_iter().map(|row| {
        let label = format!("End the session of {}, {}", row.browser, row.ip);
        let end = if row.is_this {
            view! { <span class="mute">"this one"</span> }.into_any()
        } else {
            view! {
                <form method="post" action=EndSession::PATH>
                    <input type="hidden" name="id" value=row.id />
                    <button class="btn" aria-label=label>"End"</button>
                </form>
            }
            .into_any()
        };
        view! {
            <tr><th scope="row">{row.browser}</th><td>{row.ip}</td><td>{row.begun}</td><td><Ago moment=row.seen /></td><td>{end}</td></tr>
        }
    });
    view! {
        <section class="card" id="sessions">
            <header><h2>"Sessions"</h2></header>
            <p class="mute">"Browsers that are signed in. A session ends after 7 days without use, and after 30 in any case."</p>
            <div class="broad" tabindex="0" role="region" aria-label="Sessions">
                <table>
                    <thead><tr><th scope="col">"Browser"</th><th scope="col">"Address"</th><th scope="col">"Since"</th><th scope="col">"Last used"</th><th scope="col"><span class="unseen">"End"</span></th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
            {others.then(|| view! {
                <form class="after" method="post" action=EndSessions::PATH><button class="btn">"End all others"</button></form>
            })}
        </section>
    }
    .into_any()
}

fn tokens(rows: Vec<TokenRow>) -> AnyView {
    let empty = rows.is_empty();
    let rows = rows.into_iter().map(|row| {
        let label = format!("Revoke the token {}", row.label);
        let ends = if row.is_over { format!("ended {}", row.ends) } else { row.ends };
        let used = match row.used {
            Some(moment) => view! { <Ago moment /> }.into_any(),
            None => "never".into_any(),
        };
        view! {
            <tr>
                <th scope="row">{row.label}</th><td>{row.scope}</td><td>{ends}</td><td>{used}</td>
                <td>
                    <form method="post" action=RevokeToken::PATH>
                        <input type="hidden" name="id" value=row.id />
                        <button class="btn" aria-label=label>"Revoke"</button>
                    </form>
                </td>
            </tr>
        }
    });
    let table = (!empty).then(|| {
        view! {
            <div class="broad" tabindex="0" role="region" aria-label="Tokens">
                <table>
                    <thead><tr><th scope="col">"For"</th><th scope="col">"May"</th><th scope="col">"Until"</th><th scope="col">"Last used"</th><th scope="col"><span class="unseen">"Revoke"</span></th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        }
    });
    view! {
        <section class="card" id="tokens">
            <header><h2>"Tokens for scripts"</h2></header>
            <p class="mute">"Sent as "<code>"Authorization: Bearer dsh_…"</code>". A token may never do more than your role."</p>
            {table}
            {forms::new_token()}
        </section>
    }
    .into_any()
}
