//! The forms about users, and what they ask of the server.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::error::AppError;
use crate::model::Role;
#[cfg(feature = "ssr")]
use crate::model::Said;

#[cfg(feature = "ssr")]
const PAGE: &str = "/users";

/// Adds a user. Without a password the answer holds a link by which they choose one.
#[server(prefix = "/rpc", endpoint = "add_user")]
pub async fn add_user(
    #[server(default)] name: String,
    role: Role,
    #[server(default)] client: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    crate::server::require(Role::Admin)?;
    let visit = crate::server::visit()?;
    let user = crate::server::name_of(&name).map(|name| crate::store::User {
        client: some(&client).filter(|_| role == Role::Client),
        email: some(&email.to_lowercase()),
        ..crate::server::new_user(
            &name,
            role,
            crate::server::app().map_or(0, |app| app.engine.clock.now().timestamp_millis()),
        )
    });
    let password = (!password.is_empty()).then_some(password);
    let known = is_client(role, &client).await.map_err(|error| error.to_string());
    let outcome = match user.and_then(|user| known.map(|()| user)) {
        Ok(user) => visit.sign_in.add_user(&visit, user, password).await,
        Err(said) => Err(AppError::BadRequest(said)),
    };
    if outcome.is_ok() && visit.via == crate::server::Via::OpenMachine {
        // The machine is open no longer: who added the first user signs in as everybody does.
        leptos_axum::redirect("/sign-in");
        return Ok(());
    }
    crate::server::come_back(
        PAGE,
        outcome.map(|key| match key {
            Some(key) => Said::good("The user is added. Send them this link: it works once, for 30 minutes.")
                .with(vec![link(&key)]),
            None => Said::good("The user is added."),
        }),
    )
}

/// Whether a client is one; asked only where it matters.
#[cfg(feature = "ssr")]
async fn is_client(role: Role, client: &str) -> Result<(), AppError> {
    let Some(id) = some(client).filter(|_| role == Role::Client) else { return Ok(()) };
    let clients = crate::server::app()?.engine.store.clients().await?;
    if clients.iter().any(|client| client.id == id) {
        return Ok(());
    }
    let shown: String = id.chars().filter(|letter| !letter.is_control()).take(60).collect();
    Err(AppError::BadRequest(format!("There is no client “{shown}”: choose one of the list.")))
}

/// Gives a user another role.
#[server(prefix = "/rpc", endpoint = "change_role")]
pub async fn change_role(name: String, role: Role, #[server(default)] client: String) -> Result<(), AppError> {
    crate::server::require(Role::Admin)?;
    let visit = crate::server::visit()?;
    let outcome = match is_client(role, &client).await {
        Ok(()) => visit.sign_in.set_role(&visit, &name, role, some(&client)).await,
        Err(error) => Err(error),
    };
    crate::server::come_back(
        PAGE,
        outcome.map(|()| Said::good(format!("{name} is {} now, and signs in again.", role.name()))),
    )
}

/// Lets a user in no longer, or again.
#[server(prefix = "/rpc", endpoint = "disable_user")]
pub async fn disable_user(name: String, disabled: bool) -> Result<(), AppError> {
    crate::server::require(Role::Admin)?;
    let visit = crate::server::visit()?;
    let outcome = visit.sign_in.set_disabled(&visit, &name, disabled).await;
    let word = if disabled { "disabled, and signed out" } else { "enabled" };
    crate::server::come_back(PAGE, outcome.map(|()| Said::good(format!("{name} is {word}."))))
}

/// Removes a user for good.
#[server(prefix = "/rpc", endpoint = "remove_user")]
pub async fn remove_user(name: String, #[server(default)] sure: bool) -> Result<(), AppError> {
    crate::server::require(Role::Admin)?;
    let visit = crate::server::visit()?;
    let outcome = if sure {
        visit.sign_in.remove_user(&visit, &name).await
    } else {
        Err(AppError::BadRequest("Tick the box to remove a user for good.".to_owned()))
    };
    crate::server::come_back(PAGE, outcome.map(|()| Said::good(format!("{name} is removed."))))
}

/// Makes a link by which a user chooses a new password.
#[server(prefix = "/rpc", endpoint = "reset_link")]
pub async fn reset_link(name: String, #[server(default)] without_totp: bool) -> Result<(), AppError> {
    crate::server::require(Role::Admin)?;
    let visit = crate::server::visit()?;
    let outcome = visit.sign_in.reset_link(&visit, &name, without_totp).await;
    let text = format!("Send {name} this link: it works once, for 30 minutes.");
    crate::server::come_back(PAGE, outcome.map(|key| Said::good(text).with(vec![link(&key)])))
}

/// The address a link for a new password leads to, under the name this dashboard is asked under.
#[cfg(feature = "ssr")]
fn link(key: &str) -> String {
    format!("{}/reset?key={key}", crate::server::address())
}

#[cfg(feature = "ssr")]
fn some(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The clients to choose from, and the one that was chosen, be it gone.
pub(super) fn client_options(clients: &[(String, String)], chosen: &str) -> AnyView {
    let gone = !chosen.is_empty() && clients.iter().all(|(id, _)| id != chosen);
    let gone = gone.then(|| (chosen.to_owned(), format!("{chosen} (not among the clients)")));
    let options = gone.into_iter().chain(clients.iter().cloned()).map(|(id, name)| {
        let selected = id == chosen;
        view! { <option value=id selected=selected>{name}</option> }
    });
    view! { <option value="">"none"</option>{options.collect_view()} }.into_any()
}

pub(super) fn new_user(is_first: bool, clients: &[(String, String)]) -> AnyView {
    let roles = Role::ALL.into_iter().rev().filter(|role| !is_first || *role == Role::Admin);
    let roles = roles.map(
        |role| view! { <option value=role.name() selected={!is_first && role == Role::Viewer}>{role.name()}</option> },
    );
    let hint = if is_first { "12 characters or more" } else { "Empty: you get a link, and they choose one" };
    let client = (!is_first).then(|| {
        let hint = if clients.is_empty() { "there are none yet: add one first" } else { "of the role client: the one they see" };
        view! { <label><span>"Client"</span><select name="client">{client_options(clients, "")}</select><small>{hint}</small></label> }
    });
    let title = if is_first { "Add the first user" } else { "Add a user" };
    view! {
        <section class="card settings" id="add-user">
            <header><h2>{title}</h2></header>
            <p class="mute">"viewer reads; operator also starts syncs and answers alerts; admin may do everything; client sees the orders of one client."</p>
            <form method="post" action=AddUser::PATH>
                <div class="fields">
                    <label><span>"Name"</span><input type="text" name="name" autocomplete="off" autocapitalize="none" spellcheck="false" required /></label>
                    <label><span>"Role"</span><select name="role">{roles.collect_view()}</select></label>
                    {client}
                    <label><span>"E-mail"</span><input type="email" name="email" autocomplete="off" /><small>"an identity provider is known by it"</small></label>
                    <label><span>"Password"</span><input type="password" name="password" autocomplete="new-password" minlength="12" required=is_first /><small>{hint}</small></label>
                </div>
                <p class="save"><button class="btn strong">"Add the user"</button></p>
            </form>
        </section>
    }
    .into_any()
}
