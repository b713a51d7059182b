//! How the sync of the orders stands, at the foot of the sidebar, for admins; and the browser's half of live sync.
//!
//! While an admin has a client chosen and the tab is seen, the server is told so every now and then, and reads that
//! client's orders often. One timer at most: it ends with the client, with the tab's being seen, and with the page.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_use_document_visibility::use_document_visibility;
use serde::{Deserialize, Serialize};

use super::{AgoShort, Icon, use_client, use_live, use_now};
use crate::error::AppError;
use crate::model::{ClientLive, ClientPhase};

/// How often the server hears that somebody looks; it forgets who was not heard of for longer.
const HEARD_EVERY: Duration = Duration::from_secs(20);

/// What the indicator is drawn from before the stream speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSyncData {
    /// Others see nothing of it.
    pub is_admin: bool,
    pub clients: Vec<ClientLive>,
}

#[server(prefix = "/rpc", endpoint = "load_order_sync", input = leptos::server_fn::codec::Json)]
pub async fn load_order_sync() -> Result<OrderSyncData, AppError> {
    use crate::model::Role;
    let who = crate::server::require(Role::Client)?;
    if who.role < Role::Admin {
        return Ok(OrderSyncData::default());
    }
    let clients = crate::server::app()?.engine.live().borrow().clients.clone();
    Ok(OrderSyncData { is_admin: true, clients })
}

/// Says that an admin looks at a client's orders, or does so no more. `tab` tells one tab from another.
#[server(prefix = "/rpc", endpoint = "watch_orders", input = leptos::server_fn::codec::Json)]
pub async fn watch_orders(client: String, tab: String, looks: bool) -> Result<(), AppError> {
    crate::server::require(crate::model::Role::Admin)?;
    let engine = crate::server::app()?.engine;
    if looks {
        engine.watch_orders(&client, &tab);
    } else {
        engine.leave_orders(&tab);
    }
    Ok(())
}

#[component]
pub fn OrderSync() -> impl IntoView {
    let data = Resource::new(|| (), |()| load_order_sync());
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match data.await {
                    Ok(data) if data.is_admin => indicator(data.clients),
                    _ => ().into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn indicator(drawn: Vec<ClientLive>) -> AnyView {
    let (live, chosen) = (use_live(), use_client());
    let clients = Memo::new(move |_| live.clients().unwrap_or_else(|| drawn.clone()));
    let watched = Memo::new(move |_| {
        let chosen = chosen.get()?;
        clients.with(|clients| clients.iter().any(|client| client.id == chosen)).then_some(chosen)
    });
    watch(watched);
    let shown = Memo::new(move |_| {
        clients.with(|clients| match chosen.get().and_then(|id| clients.iter().find(|client| client.id == id)) {
            Some(client) => Some((client.clone(), String::new())),
            None => most_urgent(clients).map(|client| (client.clone(), client.name.clone())),
        })
    });
    let view = move || shown.get().map(|(client, name)| state(client, name));
    view! { <div class="order-sync">{view}</div> }.into_any()
}

/// Of several clients the one to tell of: what fails comes first, then what is going on.
fn most_urgent(clients: &[ClientLive]) -> Option<&ClientLive> {
    let urgency = |client: &&ClientLive| match client.phase {
        ClientPhase::Error => 0,
        ClientPhase::RateLimited => 1,
        ClientPhase::Syncing => 2,
        ClientPhase::Idle => 4,
        ClientPhase::Success => 3,
    };
    clients.iter().min_by_key(urgency)
}

/// One of five states. `name` is said where several clients are meant.
fn state(client: ClientLive, name: String) -> AnyView {
    let of = (!name.is_empty()).then(|| view! { <small>{name}</small> });
    let (class, words) = match client.phase {
        ClientPhase::Idle => {
            ("sync-state", view! { <i class="dot"></i><span role="status">"Auto-sync active"</span> }.into_any())
        }
        ClientPhase::Syncing => {
            let far = client.progress.map(|progress| view! { <small>{progress.words}</small> });
            let words =
                view! { <i class="spinner" aria-hidden="true"></i><span role="status">"Syncing orders…"</span>{far} };
            ("sync-state", words.into_any())
        }
        ClientPhase::Success => {
            let ago = client.last_success.map(|moment| view! { " "<AgoShort moment /> });
            let words = view! { <b class="tick-mark">{Icon::Check.view()}</b><span><span role="status">"Synced"</span>{ago}</span> };
            ("sync-state good", words.into_any())
        }
        ClientPhase::Error => {
            let why = client.error.unwrap_or_default();
            let words = view! {
                <b class="warn-mark" aria-hidden="true">"⚠"</b><span role="status">"Sync failed"</span><small>{why}</small>
            };
            ("sync-state failed", words.into_any())
        }
        ClientPhase::RateLimited => {
            let words = view! { <i class="dot warn pulse"></i><span>{retrying(client.until_ms)}</span> };
            ("sync-state", words.into_any())
        }
    };
    view! { <p class=class>{words}{of}</p> }.into_any()
}

/// `Rate limited, retrying in 12 s`; the first drawing knows no clock.
fn retrying(until_ms: Option<i64>) -> impl Fn() -> String + Send + Sync {
    let now = use_now();
    move || match (until_ms, now.get()) {
        (Some(until), Some(now)) if until > now => {
            format!("Rate limited, retrying in {} s", (until - now).saturating_add(999) / 1000)
        }
        (_, None) => "Rate limited, retrying".to_owned(),
        _ => "Rate limited, retrying now".to_owned(),
    }
}

/// Tells the server whom this tab looks at, at once and then again and again, as long as it is so.
fn watch(client: Memo<Option<String>>) {
    let visibility = use_document_visibility();
    let looked_at = Memo::new(move |_| {
        let seen = visibility.get() == web_sys::VisibilityState::Visible;
        seen.then(|| client.get()).flatten()
    });
    let tab = StoredValue::new(String::new());
    Effect::new(move |looked_before: Option<bool>| {
        let Some(client) = looked_at.get() else {
            if looked_before == Some(true) {
                leave(tab.get_value(), looked_at);
            }
            return false;
        };
        if tab.with_value(String::is_empty) {
            tab.set_value(tab_name());
        }
        let look = move || look(client.clone(), tab.get_value());
        look();
        // Before the effect runs again, and when the page is left: there are never two timers.
        if let Ok(timer) = set_interval_with_handle(look, HEARD_EVERY) {
            on_cleanup(move || timer.clear());
        }
        true
    });
}

/// The answer does not matter: the stream tells what comes of it, and the next time is soon.
fn look(client: String, tab: String) {
    spawn_local(async move {
        let _ = watch_orders(client, tab, true).await;
    });
}

fn leave(tab: String, looked_at: Memo<Option<String>>) {
    spawn_local(async move {
        let _ = watch_orders(String::new(), tab.clone(), false).await;
        // Who came back meanwhile may have been heard of first.
        if let Some(Some(client)) = looked_at.try_get_untracked() {
            look(client, tab);
        }
    });
}

#[cfg(feature = "hydrate")]
fn tab_name() -> String {
    js_sys::Math::random().to_string()
}

#[cfg(not(feature = "hydrate"))]
fn tab_name() -> String {
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_clients_the_one_that_fails_is_told_of() {
        let of = |id: &str, phase| ClientLive { id: id.to_owned(), phase, ..ClientLive::default() };
        let clients = [of("a", ClientPhase::Success), of("b", ClientPhase::Syncing), of("c", ClientPhase::Error)];
        assert_eq!(most_urgent(&clients).map(|client| client.id.as_str()), Some("c"));
        assert_eq!(most_urgent(&clients[..2]).map(|client| client.id.as_str()), Some("b"));
        assert_eq!(most_urgent(&[]), None);
    }
}
