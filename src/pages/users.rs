//! `/users`: who may sign in, what they may do, and what was done. For admins. Plain forms, as on the account's page.

#[cfg(feature = "ssr")]
mod build;
mod forms;

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{Load, SaidNotice};
use crate::error::AppError;
use crate::model::{Role, Said};
use forms::{ChangeRole, DisableUser, RemoveUser, ResetLink};

/// Everything the page draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsersPage {
    pub users: Vec<UserRow>,
    pub audit: Vec<AuditRow>,
    /// Where the audit log does not hang together; else empty.
    pub audit_break: String,
    pub said: Option<Said>,
    /// Ids and names, to choose from.
    pub clients: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    pub name: String,
    pub role: Role,
    pub client: String,
    /// `password and code`, `identity provider`, `nothing yet`
    pub signs_in: String,
    pub has_totp: bool,
    pub disabled: bool,
    pub is_you: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    pub at: String,
    pub actor: String,
    pub ip: String,
    pub action: String,
    pub target: String,
    pub outcome: String,
}

/// `said` names what is to be said, once.
#[server(prefix = "/rpc", endpoint = "load_users", input = leptos::server_fn::codec::Json)]
pub async fn load_users(said: String) -> Result<UsersPage, AppError> {
    crate::server::require(Role::Admin)?;
    build::load(&said).await
}

/// The page's code, which the browser loads when it is first visited.
pub struct UsersRoute;

#[lazy_route]
impl LazyRoute for UsersRoute {
    fn data() -> Self {
        UsersRoute
    }

    fn view(this: Self) -> AnyView {
        let UsersRoute = this;
        view! { <Users /> }.into_any()
    }
}

#[component]
fn Users() -> impl IntoView {
    let query = use_query_map();
    let said = Memo::new(move |_| query.with(|query| query.get("said").unwrap_or_default()));
    let page = Resource::new(move || said.get(), load_users);
    view! {
        <Title text="Users" />
        <section class="verdict"><h1>"Users"</h1><p class="mute">"Who may sign in, and what they may do."</p></section>
        <Load data=page view=|page: UsersPage| draw(page) />
    }
}

fn draw(page: UsersPage) -> AnyView {
    let UsersPage { users, audit, audit_break, said, clients } = page;
    let is_first = users.is_empty();
    let said = said.map(|said| view! { <SaidNotice said /> });
    let list = users.into_iter().map(|row| user(row, &clients)).collect_view();
    let open = is_first.then(|| {
        view! {
            <p class="banner" role="note">
                "The dashboard is open to whoever uses this machine. With the first user that ends: everybody signs in, you too."
            </p>
        }
    });
    view! {
        {said}
        {open}
        {(!is_first).then(|| view! { <section class="card people"><header><h2>"Everybody"</h2></header><ul>{list}</ul></section> })}
        {forms::new_user(is_first, &clients)}
        {log(audit, audit_break)}
    }
    .into_any()
}

fn user(row: UserRow, clients: &[(String, String)]) -> AnyView {
    let UserRow { name, role, client, signs_in, has_totp, disabled, is_you } = row;
    let marks = format!(
        "{}{}{}",
        if is_you { " · you" } else { "" },
        if disabled { " · disabled" } else { "" },
        if client.is_empty() { String::new() } else { format!(" · {client}") }
    );
    let hidden = {
        let name = name.clone();
        move || view! { <input type="hidden" name="name" value=name.clone() /> }
    };
    let of = |what: &str| format!("{what}: {name}");
    let (role_label, client_label) = (of("Role"), of("Client"));
    let roles = Role::ALL.map(|choice| {
        view! { <option value=choice.name() selected={choice == role}>{choice.name()}</option> }
    });
    let toggle = if disabled { "Enable" } else { "Disable" };
    let without = has_totp.then(|| {
        view! { <label class="tick"><input type="checkbox" name="without_totp" value="true" />"and turn the second factor off"</label> }
    });
    view! {
        <li>
            <p class="who"><b>{name.clone()}</b><span class="mute">{format!("{}{marks}", role.name())}</span><span class="mute">{signs_in}</span></p>
            <details>
                <summary>{format!("Change {name}")}</summary>
                <form method="post" action=ChangeRole::PATH>
                    {hidden()}
                    <label><span>"Role"</span><select name="role" aria-label=role_label>{roles.into_view()}</select></label>
                    <label><span>"Client, of the role client"</span><select name="client" aria-label=client_label>{forms::client_options(clients, &client)}</select></label>
                    <button class="btn">"Set the role"</button>
                </form>
                <form method="post" action=ResetLink::PATH>{hidden()}{without}<button class="btn">"Link for a new password"</button></form>
                <form method="post" action=DisableUser::PATH>
                    {hidden()}<input type="hidden" name="disabled" value={(!disabled).to_string()} />
                    <button class="btn">{toggle}</button>
                </form>
                <form method="post" action=RemoveUser::PATH>
                    {hidden()}
                    <label class="tick"><input type="checkbox" name="sure" value="true" required />{format!("Remove {name} for good")}</label>
                    <button class="btn">"Remove"</button>
                </form>
            </details>
        </li>
    }
    .into_any()
}

fn log(rows: Vec<AuditRow>, audit_break: String) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let broken = (!audit_break.is_empty()).then(|| view! { <p class="banner wrong" role="alert">{audit_break}</p> });
    let rows = rows.into_iter().map(|row| {
        view! {
            <tr><th scope="row">{row.at}</th><td>{row.actor}</td><td>{row.action}</td><td>{row.target}</td><td>{row.outcome}</td><td>{row.ip}</td></tr>
        }
    });
    view! {
        <section class="card" id="audit">
            <header><h2>"Audit log"</h2></header>
            <p class="mute">"The latest 100 entries. Each row is bound to the one before it; a change shows here."</p>
            {broken}
            <div class="broad" tabindex="0" role="region" aria-label="Audit log">
                <table>
                    <thead><tr><th scope="col">"When"</th><th scope="col">"Who"</th><th scope="col">"What"</th><th scope="col">"Of"</th><th scope="col">"Outcome"</th><th scope="col">"From"</th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
