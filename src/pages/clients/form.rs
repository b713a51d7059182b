//! The form of a client: new, changed, or brought back. A plain POST; secrets go in and never come out.

use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

use crate::components::Icon;
use crate::error::AppError;

/// What a box says that is ticked.
pub(super) const ON: &str = "on";

/// What the address says of the form: whose it is, and what was typed when it was refused without JavaScript. Secrets
/// are never there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The id of a client, `new`, or nothing: no form.
    pub edit: String,
    pub again: bool,
    pub id: String,
    pub name: String,
    pub restaurant: String,
    pub api_url: String,
    pub api_client: String,
    /// `on` when it is ticked, as browsers send it.
    pub enabled: String,
    pub keeps_personal: String,
}

impl Typed {
    pub(super) fn of_address(query: &ParamsMap) -> Typed {
        let text = |name: &str| query.get(name).unwrap_or_default();
        Typed {
            edit: text("edit"),
            again: query.get("again").is_some(),
            id: text("id"),
            name: text("name"),
            restaurant: text("restaurant"),
            api_url: text("api_url"),
            api_client: text("api_client"),
            enabled: text("enabled"),
            keeps_personal: text("keeps_personal"),
        }
    }
}

/// The form, filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientForm {
    pub title: String,
    pub is_new: bool,
    pub values: Typed,
    /// `stored, and never shown again`; empty when there is none.
    pub secret: String,
    pub webhook_secret: String,
    /// Why it was refused.
    pub problems: Vec<String>,
}

#[server(prefix = "/rpc", endpoint = "load_client_form", input = leptos::server_fn::codec::Json)]
pub async fn load_client_form(typed: Typed) -> Result<Option<ClientForm>, AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    super::build::form(&engine, typed).await
}

/// Makes a client or changes one. Secrets that are left empty stay as they are.
#[server(prefix = "/rpc", endpoint = "save_client")]
pub async fn save_client(
    typed: Typed,
    #[server(default)] secret: String,
    #[server(default)] webhook_secret: String,
) -> Result<String, AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    let typed = Typed { again: true, ..typed };
    let saved = super::build::save(&engine, &typed, &secret, &webhook_secret).await;
    if crate::server::is_plain_form() {
        leptos_axum::redirect(&super::build::page_after(&typed, &saved));
        return saved;
    }
    saved.map_err(AppError::answer)
}

pub(super) fn form(form: ClientForm, action: ServerAction<SaveClient>) -> AnyView {
    let values = form.values;
    let problems = form.problems;
    let said = move || match action.value().get() {
        Some(Err(error)) => error.to_string(),
        _ => problems.join(" "),
    };
    let text = |name: &'static str, label: &'static str, value: String, hint: &'static str| {
        let (id, long) = (format!("client-{name}"), matches!(name, "restaurant" | "api_url"));
        view! {
            <label class=long.then_some("long")>
                <span>{label}</span>
                <input type="text" name=format!("typed[{name}]") value=value autocomplete="off" spellcheck="false" aria-describedby=id.clone() />
                <small id=id>{hint}</small>
            </label>
        }
    };
    let secret = |name: &'static str, label: &'static str, stored: String, hint: &'static str| {
        let id = format!("client-{name}");
        let hint = if stored.is_empty() { hint.to_owned() } else { format!("{stored}; leave it empty to keep it") };
        view! {
            <label>
                <span>{label}</span>
                <input type="password" name=name autocomplete="new-password" aria-describedby=id.clone() />
                <small id=id>{hint}</small>
            </label>
        }
    };
    let id = if form.is_new {
        text("id", "Id", values.id, "In addresses, for good: a-z, 0-9 and -. Empty: made of the name.").into_any()
    } else {
        view! { <input type="hidden" name="typed[id]" value=values.id /> }.into_any()
    };
    view! {
        <section class="card settings" id="edit">
            <header><h2>{form.title}</h2><a href="/clients" data-noscroll="">"Cancel"</a></header>
            <ActionForm action=action>
                <input type="hidden" name="typed[edit]" value=values.edit />
                <div class="fields">
                    {text("name", "Name", values.name, "Projects name their client by it, or by the id.")}
                    {id}
                </div>
                <h3>"Toast"</h3>
                <div class="fields">
                    {text("restaurant", "Restaurant GUID", values.restaurant, "36 characters, of one location.")}
                    {text("api_url", "API address", values.api_url, "https://ws-api.toasttab.com unless Toast says another.")}
                    {text("api_client", "API client id", values.api_client, "Not secret.")}
                    {secret("secret", "API client secret", form.secret, "Sealed, and never shown again.")}
                    {secret("webhook_secret", "Webhook secret", form.webhook_secret, "Only when Toast pushes orders here.")}
                </div>
                <div class="ticks">
                    <label class="tick">
                        <input type="checkbox" name="typed[enabled]" value=ON checked={values.enabled == ON} /><span>"Sync by the schedule"</span>
                    </label>
                    <label class="tick">
                        <input type="checkbox" name="typed[keeps_personal]" value=ON checked={values.keeps_personal == ON} />
                        <span>"Keep names, emails and telephones of guests"</span>
                    </label>
                </div>
                <p class="save">
                    <button class="btn strong" aria-busy=move || action.pending().get().to_string()>
                        {Icon::Check.view()}<span>"Save client"</span>
                    </button>
                </p>
                <p class="bad" role="alert">{said}</p>
            </ActionForm>
        </section>
    }
    .into_any()
}
