//! The desktop of this machine, by the service of its session that shows notifications (freedesktop.org).
//!
//! A server has no desktop. That is no failure: [`is_there`] says so, and nothing is sent.

use super::{Failure, Message};

/// What a bubble has room for.
#[cfg(all(unix, not(target_os = "macos")))]
const TEXT_MAX: usize = 500;

/// Whether this program runs in somebody's session: whether that shows notifications, only trying tells.
#[must_use]
pub fn is_there() -> bool {
    let named = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty());
    let usual = std::env::var_os("XDG_RUNTIME_DIR").map(|folder| std::path::Path::new(&folder).join("bus"));
    cfg!(all(unix, not(target_os = "macos"))) && (named || usual.is_some_and(|bus| bus.exists()))
}

#[cfg(all(unix, not(target_os = "macos")))]
pub(super) async fn show(message: &Message<'_>) -> Result<(), Failure> {
    use notify_rust::Urgency;

    if !is_there() {
        return Err(Failure::Lasting("this machine has no desktop session".to_owned()));
    }
    let shown = notify_rust::Notification::new()
        .appname("Allclear")
        .summary(&message.title())
        .body(&without_markup(&super::text::cut(&message.text(), TEXT_MAX)))
        .urgency(if message.is_critical() { Urgency::Critical } else { Urgency::Normal })
        .show_async()
        .await;
    // Nobody may be logged in yet.
    shown.map(drop).map_err(|_| Failure::passing("no program of the desktop session shows notifications"))
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
#[expect(clippy::unused_async, reason = "the other system waits")]
pub(super) async fn show(_: &Message<'_>) -> Result<(), Failure> {
    Err(Failure::Lasting("notifications on the desktop are for Linux".to_owned()))
}

/// Many desktops read tags in the text.
#[cfg(all(unix, not(target_os = "macos")))]
fn without_markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
