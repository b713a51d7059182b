//! The live connection of a page: one `/events` stream, closed while the tab is hidden, unless this browser shows
//! notifications: those are for whoever looks elsewhere.

use codee::string::JsonSerdeCodec;
use leptos::prelude::*;
use leptos_use_document_visibility::use_document_visibility;
use leptos_use_event_source::{
    ReconnectLimit, UseEventSourceOptions, UseEventSourceReturn, use_event_source_with_options,
};

use super::{Permission, use_signed};
use crate::model::{ClientLive, ClientPhase, LiveState, Role, SyncRun};

/// What the page knows of the server at this moment.
#[derive(Clone, Copy)]
pub struct Live {
    /// The last state that came over the stream; `None` until the first.
    state: RwSignal<Option<LiveState>>,
    /// Grows when the numbers of the pages are out of date.
    version: RwSignal<u64>,
    /// The snapshot the page was drawn from, or an older one: so that the stream's first word fetches again what was
    /// published while the server drew the page, and nothing else.
    seen: RwSignal<u64>,
    /// Grows when orders are out of date.
    orders: RwSignal<u64>,
    /// How the orders stood when the page was drawn, for the same reason as `seen`.
    orders_seen: RwSignal<String>,
    /// False while the part of the page that asks is being hydrated: its resources are then as the server drew them, and
    /// do not look at their sources before one changes.
    alive: RwSignal<bool>,
}

impl Live {
    /// A source for resources: changes exactly when they should fetch again.
    #[must_use]
    pub fn version(self) -> u64 {
        self.when_alive(self.version)
    }

    /// The state to show: the stream's, until it speaks the one the page came with.
    #[must_use]
    pub fn state_or(self, drawn: &LiveState) -> LiveState {
        self.state.get().unwrap_or_else(|| drawn.clone())
    }

    /// The same for what is drawn from orders, which have numbers of their own.
    #[must_use]
    pub fn orders(self) -> u64 {
        self.when_alive(self.orders)
    }

    /// A resource that is made after the number grew would never know of it: so it sees the number grow once it is alive.
    fn when_alive(self, number: RwSignal<u64>) -> u64 {
        if self.alive.try_get().unwrap_or_default() { number.get() } else { 0 }
    }

    /// How the sync of each client's orders stands; `None` until the stream speaks.
    #[must_use]
    pub fn clients(self) -> Option<Vec<ClientLive>> {
        self.state.with(|state| state.as_ref().map(|state| state.clients.clone()))
    }

    fn take(self, state: LiveState) {
        let stamp = stamp_of(&state);
        if self.orders_seen.with_untracked(|seen| *seen != stamp) {
            self.orders_seen.set(stamp);
            self.orders.update(|version| *version += 1);
        }
        if self.seen.get_untracked() != state.snapshot {
            self.version.update(|version| *version += 1);
        }
        self.seen.set(state.snapshot);
        self.state.set(Some(state));
    }

    /// The last run the stream told of.
    #[must_use]
    pub fn last_run(self) -> Option<SyncRun> {
        self.state.get().and_then(|state| state.last)
    }

    /// Whether a run is in progress, whoever started it.
    #[must_use]
    pub fn is_running(self) -> bool {
        self.state.with(|state| state.as_ref().is_some_and(|state| state.running.is_some()))
    }

    /// Like [`Live::is_running`], for handlers.
    #[must_use]
    pub fn running_untracked(self) -> bool {
        self.state.with_untracked(|state| state.as_ref().is_some_and(|state| state.running.is_some()))
    }

    /// How far a run is, 0 to 100, when it says so.
    #[must_use]
    pub fn percent(self) -> Option<u64> {
        self.state.with(|state| {
            let running = state.as_ref()?.running.as_ref()?;
            running.done.saturating_mul(100).checked_div(running.total)
        })
    }
}

/// Opens the stream in the browser and makes it available to the page.
pub fn provide_live() {
    // Before anything on the page asks for its data: parts may be drawn from different snapshots, none from an older one.
    let seen = SharedValue::new(current_snapshot).into_inner();
    let orders_seen = SharedValue::new(current_orders).into_inner();
    let live = Live {
        state: RwSignal::new(None),
        version: RwSignal::new(0),
        seen: RwSignal::new(seen),
        orders: RwSignal::new(0),
        orders_seen: RwSignal::new(orders_seen),
        alive: RwSignal::new(true),
    };
    provide_context(live);
    let options = UseEventSourceOptions::default().immediate(false).reconnect_limit(ReconnectLimit::Infinite);
    let UseEventSourceReturn { message, open, close, .. } =
        use_event_source_with_options::<LiveState, JsonSerdeCodec>("/events", options);
    let visibility = use_document_visibility();
    // What others are told is nothing for a client's person.
    let may_know = use_signed().may(Role::Viewer);
    Effect::new(move |_| {
        if !may_know {
            return;
        }
        let is_seen = visibility.get() == web_sys::VisibilityState::Visible;
        if is_seen || Permission::current() == Permission::Granted { open() } else { close() }
    });
    Effect::new(move |_| {
        if let Some(message) = message.get() {
            live.take(message.data);
        }
    });
}

/// The number of the snapshot in force, as the server has it when it begins to draw a page.
fn current_snapshot() -> u64 {
    #[cfg(feature = "ssr")]
    return crate::server::app().map_or(0, |app| app.engine.snapshot().number);
    #[cfg(not(feature = "ssr"))]
    0
}

/// What pages of orders depend on: the orders, and whose sync failed. When each was last synced, which is every minute,
/// is none of it: pages take that from the stream.
fn stamp_of(state: &LiveState) -> String {
    let failed = state.clients.iter().filter(|client| client.phase == ClientPhase::Error);
    failed.fold(state.orders.to_string(), |stamp, client| stamp + " " + &client.id)
}

/// The orders, as the server has them when it begins to draw a page.
fn current_orders() -> String {
    #[cfg(feature = "ssr")]
    return crate::server::app().map_or_else(|_| String::new(), |app| stamp_of(&app.engine.live().borrow()));
    #[cfg(not(feature = "ssr"))]
    String::new()
}

/// Returns the page's live connection.
#[must_use]
pub fn use_live() -> Live {
    let hydrating = Owner::current_shared_context().is_some_and(|context| context.during_hydration());
    let alive = RwSignal::new(!hydrating);
    Effect::new(move |_| alive.set(true));
    Live { alive, ..expect_context::<Live>() }
}
