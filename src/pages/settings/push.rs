//! Whether this browser is told also while no tab is open: Web Push, subscribed and ended on a click only.

use leptos::prelude::*;

use crate::components::{Icon, Permission, Toast, use_toast};
use crate::error::AppError;

/// What a browser is given to subscribe by.
#[server(prefix = "/rpc", endpoint = "load_push_key", input = leptos::server_fn::codec::Json)]
pub async fn load_push_key() -> Result<String, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    Ok(crate::server::app()?.engine.push_key().await?)
}

/// Whether the dashboard knows a browser, by where it is reached.
#[server(prefix = "/rpc", endpoint = "load_push_state", input = leptos::server_fn::codec::Json)]
pub async fn load_push_state(endpoint: String) -> Result<bool, AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    Ok(crate::server::app()?.engine.subscribed(&endpoint).await?.is_some())
}

/// Has this browser told from now on; `subscription` is what it gave, as JSON.
#[server(prefix = "/rpc", endpoint = "subscribe_push")]
pub async fn subscribe_push(subscription: String) -> Result<(), AppError> {
    use crate::sync::Subscribed;

    let who = crate::server::require(crate::model::Role::Viewer)?;
    let refused = |sentence: String| AppError::BadRequest(sentence).answer();
    let browser = crate::model::PushSubscription::parse(&subscription)
        .ok_or_else(|| refused("What the browser gave is no subscription; try again.".to_owned()))?;
    match crate::server::app()?.engine.subscribe(&who.name, &browser).await? {
        Subscribed::Yes(_) => Ok(()),
        Subscribed::No(sentence) => Err(refused(sentence)),
    }
}

/// Has this browser told no more.
#[server(prefix = "/rpc", endpoint = "unsubscribe_push")]
pub async fn unsubscribe_push(endpoint: String) -> Result<(), AppError> {
    crate::server::require(crate::model::Role::Viewer)?;
    Ok(crate::server::app()?.engine.unsubscribe(&endpoint).await?)
}

/// Sends a test to this browser; returns why it did not arrive, else nothing.
#[server(prefix = "/rpc", endpoint = "test_push")]
pub async fn test_push(endpoint: String) -> Result<Option<String>, AppError> {
    use crate::sync::Tested;

    crate::server::require(crate::model::Role::Viewer)?;
    let engine = crate::server::app()?.engine;
    let Some(channel) = engine.subscribed(&endpoint).await? else {
        return Ok(Some("this browser has not subscribed".to_owned()));
    };
    Ok(match engine.test_channel(&channel).await? {
        Tested::Sent => None,
        Tested::Failed(reason) => Some(reason),
        Tested::Unknown(_) => Some("this browser has not subscribed".to_owned()),
    })
}

/// How it stands with this browser.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the server cannot know"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The server cannot know; the browser says it once the page is alive.
    Unknown,
    Unsupported,
    Denied,
    Off,
    On,
    /// The browser has subscribed, and the dashboard does not know it.
    Lapsed,
    /// Something is on its way.
    Busy,
}

impl State {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            State::Unknown => ("dot", "Being told without an open tab needs JavaScript."),
            State::Unsupported => ("dot", "This browser cannot be told without an open tab here; most want HTTPS."),
            State::Denied => ("dot bad", "Not told without an open tab: notifications are denied."),
            State::Off => ("dot", "Off: nothing is shown while no tab of this dashboard is open."),
            State::On => ("dot ok", "On: this browser is told also while no tab of this dashboard is open."),
            State::Lapsed => {
                ("dot warn", "Ended: this dashboard does not know this browser any more. Subscribe again.")
            }
            State::Busy => ("dot", "Waiting for the browser…"),
        }
    }
}

/// What a click begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Look,
    Subscribe,
    Unsubscribe,
    Test,
}

/// Below the permission, which it needs.
#[component]
pub(super) fn Push(permission: RwSignal<Option<Permission>>) -> impl IntoView {
    let toast = use_toast();
    let state = RwSignal::new(State::Unknown);
    let begin = move |wish: Wish| {
        let before = state.get_untracked();
        if wish != Wish::Look {
            state.set(State::Busy);
        }
        leptos::task::spawn_local(async move {
            let (now, said) = browser::carry_out(wish, before).await;
            // The page may be gone by then.
            state.try_set(now);
            match said {
                Some(Ok(title)) => toast.show(Toast::Done { title: title.to_owned(), detail: String::new() }),
                Some(Err(detail)) => toast.show(Toast::Failed { title: "That did not work".to_owned(), detail }),
                None => {}
            }
        });
    };
    // Again when the permission was asked for above.
    Effect::new(move |_| {
        if permission.get().is_some() {
            begin(Wish::Look);
        }
    });
    let subscribe = move |_| {
        Permission::ask(move |answer| {
            permission.try_set(Some(answer));
            if answer == Permission::Granted {
                begin(Wish::Subscribe);
            }
        });
    };
    let buttons = move || match state.get() {
        State::Off | State::Lapsed => view! {
            <button class="btn" on:click=subscribe>{Icon::Bell.view()}<span>"Subscribe this browser"</span></button>
        }
        .into_any(),
        State::On => view! {
            <button class="btn" on:click=move |_| begin(Wish::Test)>"Send a test to this browser"</button>
            <button class="btn" on:click=move |_| begin(Wish::Unsubscribe)>"Unsubscribe"</button>
        }
        .into_any(),
        State::Unknown | State::Unsupported | State::Denied | State::Busy => ().into_any(),
    };
    view! {
        <div class="switch" aria-busy=move || (state.get() == State::Busy).to_string()>
            <p role="status"><i class=move || state.get().words().0></i>{move || state.get().words().1}</p>
            {buttons}
        </div>
    }
}

/// What only a browser can do.
mod browser {
    use super::{State, Wish};

    type Said = Option<Result<&'static str, String>>;

    #[cfg(feature = "hydrate")]
    pub(super) async fn carry_out(wish: Wish, before: State) -> (State, Said) {
        let done = match wish {
            Wish::Look => return (look().await, None),
            Wish::Subscribe => subscribe().await.map(|()| "This browser is told from now on"),
            Wish::Unsubscribe => unsubscribe().await.map(|()| "This browser is told no more"),
            Wish::Test => test().await.map(|()| "A test was sent to this browser"),
        };
        let now = look().await;
        (if now == State::Unknown { before } else { now }, Some(done))
    }

    #[cfg(not(feature = "hydrate"))]
    pub(super) async fn carry_out(_: Wish, before: State) -> (State, Said) {
        std::future::ready((before, None)).await
    }

    #[cfg(feature = "hydrate")]
    async fn look() -> State {
        use crate::components::Permission;

        match Permission::current() {
            _ if !crate::client::has_push() => return State::Unsupported,
            Permission::Unsupported => return State::Unsupported,
            Permission::Denied => return State::Denied,
            Permission::Granted | Permission::Default => {}
        }
        let Some(endpoint) = crate::client::push_endpoint().await else { return State::Off };
        match super::load_push_state(endpoint).await {
            Ok(true) => State::On,
            Ok(false) => State::Lapsed,
            Err(_) => State::Unknown,
        }
    }

    #[cfg(feature = "hydrate")]
    async fn subscribe() -> Result<(), String> {
        let key = super::load_push_key().await.map_err(|error| error.to_string())?;
        let subscription = crate::client::push_subscribe(&key).await?;
        super::subscribe_push(subscription).await.map_err(|error| error.to_string())
    }

    #[cfg(feature = "hydrate")]
    async fn unsubscribe() -> Result<(), String> {
        match crate::client::push_unsubscribe().await? {
            Some(endpoint) => super::unsubscribe_push(endpoint).await.map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }

    #[cfg(feature = "hydrate")]
    async fn test() -> Result<(), String> {
        let endpoint = crate::client::push_endpoint().await.ok_or("This browser has not subscribed.")?;
        match super::test_push(endpoint).await.map_err(|error| error.to_string())? {
            None => Ok(()),
            Some(reason) => Err(reason),
        }
    }
}
