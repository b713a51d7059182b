//! `/clients`: the restaurants whose orders are synced: how each stands, their keys, and what an admin can do about them.
//!
//! Keys go one way: typed in, sealed, never sent back. What is looked up at Toast (a test, a diagnosis) is asked for by
//! the address, so that it works without JavaScript, and writes nothing.

#[cfg(feature = "ssr")]
mod build;
mod card;
mod contacts;
mod form;
mod looked_up;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::{LazyRoute, lazy_route};
use serde::{Deserialize, Serialize};

use crate::components::{Empty, Load, Toast, focus_content, may, use_live, use_toast};
use crate::error::AppError;
use crate::model::{Moment, Role};
use contacts::ContactsCard;
use form::{ClientForm, Typed};
use looked_up::LookedUp;

/// Everything the list draws, finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientsPage {
    pub headline: String,
    pub clients: Vec<ClientCard>,
}

/// One client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCard {
    pub id: String,
    pub name: String,
    /// `dot ok`, …
    pub dot: String,
    /// `Synced`, `Sync failed`, …
    pub standing: String,
    /// When that was.
    pub at: Option<Moment>,
    /// What is wrong and what to do; empty when nothing is.
    pub problem: String,
    pub facts: Vec<(String, String)>,
    /// Its orders are kept and it is synced no more.
    pub removed: bool,
}

#[server(prefix = "/rpc", endpoint = "load_clients", input = leptos::server_fn::codec::Json)]
pub async fn load_clients() -> Result<ClientsPage, AppError> {
    crate::server::require(Role::Admin)?;
    let engine = crate::server::app()?.engine;
    Ok(build::page(&engine).await?)
}

/// Reads a client's new orders now; of that client and no other. A POST, so that it works as a plain form too.
#[server(prefix = "/rpc", endpoint = "sync_client")]
pub async fn sync_client(client: String) -> Result<String, AppError> {
    crate::server::require(Role::Admin)?;
    let engine = crate::server::app()?.engine;
    build::sync(&engine, &client).await.map_err(AppError::answer_script)
}

/// Begins to read all orders of the last days again.
#[server(prefix = "/rpc", endpoint = "resync_client")]
pub async fn resync_client(client: String, #[server(default)] days: String) -> Result<String, AppError> {
    crate::server::require(Role::Admin)?;
    let engine = crate::server::app()?.engine;
    build::resync(&engine, &client, &days).await.map_err(AppError::answer_script)
}

/// Removes a client and its keys; its orders are kept.
#[server(prefix = "/rpc", endpoint = "remove_client")]
pub async fn remove_client(client: String) -> Result<String, AppError> {
    crate::server::require(Role::Admin)?;
    let engine = crate::server::app()?.engine;
    build::remove(&engine, &client).await.map_err(AppError::answer_script)
}

/// The page's code, which the browser loads when it is first visited.
pub struct ClientsRoute;

#[lazy_route]
impl LazyRoute for ClientsRoute {
    fn data() -> Self {
        ClientsRoute
    }

    fn view(this: Self) -> AnyView {
        let ClientsRoute = this;
        view! { <Clients /> }.into_any()
    }
}

/// What can be done with a client; here and not in its card, which is drawn anew with what comes of it.
#[derive(Clone, Copy)]
struct Actions {
    sync: ServerAction<SyncClient>,
    resync: ServerAction<ResyncClient>,
    remove: ServerAction<RemoveClient>,
}

#[component]
fn Clients() -> impl IntoView {
    let (live, query, navigate) = (use_live(), use_query_map(), use_navigate());
    let actions = Actions { sync: ServerAction::new(), resync: ServerAction::new(), remove: ServerAction::new() };
    let Actions { sync, resync, remove } = actions;
    let save = ServerAction::<form::SaveClient>::new();
    let keys = ServerAction::<looked_up::TestClientKeys>::new();
    let versions = move || (sync.version().get(), resync.version().get(), remove.version().get(), save.version().get());
    let page = Resource::new(move || (live.orders(), versions()), |_| load_clients());
    // What is typed and what is looked up stay when a sync ends somewhere: they do not depend on the stream.
    let typed = Memo::new(move |_| query.with(Typed::of_address));
    // Whoever may not see the clients is told so once, by the list.
    let is_admin = may(Role::Admin);
    let form = Resource::new(
        move || typed.get(),
        move |typed| async move { if is_admin { form::load_client_form(typed).await } else { Ok(None) } },
    );
    let asked = Memo::new(move |_| query.with(looked_up::of_address));
    let found = Resource::new(
        move || asked.get(),
        move |asked| async move {
            match asked {
                Some((client, diagnose)) if is_admin => looked_up::look_up_client(client, diagnose).await.map(Some),
                _ => Ok(None),
            }
        },
    );
    let listed = Memo::new(move |_| {
        query.with(|query| {
            let client = query.get("contacts").filter(|id| !id.is_empty())?;
            Some((client, query.get("list").unwrap_or_default()))
        })
    });
    let list = Resource::new(
        move || listed.get(),
        move |listed| async move {
            match listed {
                Some((client, list)) if is_admin => contacts::load_contacts(client, list).await.map(Some),
                _ => Ok(None),
            }
        },
    );
    tell(sync, "Nothing was synced");
    tell(resync, "The resync was not begun");
    tell(remove, "Nothing was removed");
    tell(save, "Nothing was saved");
    tell(keys, "The keys were not found good");
    let leave = StoredValue::new(navigate);
    Effect::new(move |_| {
        if let Some(Ok(_)) = save.value().get() {
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            leave.get_value()("/clients", options);
        }
    });
    let draw_form = move |form: Option<ClientForm>| form.map(|form| form::form(form, save)).into_any();
    let draw_list = |card: Option<ContactsCard>| card.map(contacts::contacts).into_any();
    let draw_found = move |found: Option<LookedUp>| found.map(|found| looked_up::looked_up(found, keys)).into_any();
    view! {
        <Title text="Clients" />
        <section class="verdict ordering">
            <h1>"Clients"</h1>
            {is_admin.then(|| view! { <a class="btn strong" href="/clients?edit=new" data-noscroll="">"Add a client"</a> })}
        </section>
        <Load data=form view=draw_form />
        <Load data=found view=draw_found />
        <Load data=list view=draw_list />
        <Load data=page view=move |page: ClientsPage| clients(page, actions) />
    }
}

/// Says in a toast what came of an action.
fn tell<S>(action: ServerAction<S>, failed: &'static str)
where
    S: leptos::server_fn::ServerFn<Output = String, Error = AppError> + Clone + Send + Sync + 'static,
{
    let toast = use_toast();
    Effect::new(move |_| match action.value().get() {
        Some(Ok(said)) => {
            toast.show(Toast::Done { title: said, detail: String::new() });
            // The button that had the focus was drawn anew.
            focus_content();
        }
        Some(Err(error)) => toast.show(Toast::Failed { title: failed.to_owned(), detail: error.to_string() }),
        None => {}
    });
}

fn clients(page: ClientsPage, actions: Actions) -> AnyView {
    if page.clients.is_empty() {
        return view! {
            <Empty title="No clients yet: add one">
                <p>"A client is a restaurant whose orders are read from Toast. You need the restaurant's GUID, and an API client id and its secret with the scope orders:read."</p>
            </Empty>
        }
        .into_any();
    }
    let cards = page.clients.into_iter().map(|client| card::card(client, actions)).collect_view();
    view! { <p class="day-names">{page.headline}</p>{cards} }.into_any()
}
