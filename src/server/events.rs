//! `/events`: the one live stream. Carries sync progress and snapshot numbers, never the numbers of a page.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt};
use tokio_stream::wrappers::WatchStream;

use super::{App, require, visit};
use crate::error::AppError;
use crate::model::Role;

/// Proxies cut connections that are silent for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How soon a browser comes back after the server went away.
const COME_BACK_MS: u64 = 2_000;

/// Streams the live state: at once, and at every change, until the server stops.
///
/// Whoever is signed out meanwhile is told nothing more, and the stream of a key that is revoked or expires ends.
pub(super) async fn events(
    State(app): State<App>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, AppError> {
    let who = require(Role::Viewer)?;
    let visit = visit()?;
    let mut stopping = app.engine.stopping();
    let stream_of = visit.clone();
    // Nothing may change for hours: that a key was revoked is not to wait for it.
    let over = async move {
        let stopped = async {
            let _ = stopping.wait_for(|stop| *stop).await;
        };
        tokio::select! {
            () = stopped => {}
            () = stream_of.sign_in.token_over(&stream_of) => {}
        }
    };
    let states = WatchStream::new(app.engine.live()).take_while(move |_| {
        let visit = visit.clone();
        async move { visit.sign_in.still_counts(&visit).await }
    });
    // How clients' orders are synced, with what Toast said, is for those who can do something about it.
    let sees_clients = who.role >= Role::Admin;
    let states = states.filter_map(move |mut state| async move {
        if !sees_clients {
            state.clients.clear();
        }
        let event = Event::default().retry(Duration::from_millis(COME_BACK_MS)).json_data(&state);
        event.ok().map(Ok)
    });
    Ok(Sse::new(Box::pin(states).take_until(Box::pin(over))).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}
