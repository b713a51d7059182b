//! Notifications of the browser about new alerts: of one that may show them, once per alert, in a hidden tab too.

use leptos::prelude::*;

use super::alerts::use_alert_news;

/// Whether this browser may show notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permission {
    Granted,
    Denied,
    /// Nobody was asked yet.
    #[default]
    Default,
    Unsupported,
}

impl Permission {
    /// As this browser has it; on the server nothing is known.
    #[must_use]
    pub fn current() -> Permission {
        #[cfg(feature = "hydrate")]
        return crate::client::permission();
        #[cfg(not(feature = "hydrate"))]
        Permission::Default
    }

    /// Asks the person. Only on a click.
    pub fn ask(answered: impl Fn(Permission) + 'static) {
        #[cfg(feature = "hydrate")]
        crate::client::ask(answered);
        #[cfg(not(feature = "hydrate"))]
        let _ = answered;
    }
}

/// Shows what is new among the alerts, as they come over the live connection.
pub fn provide_notifications() {
    let news = use_alert_news();
    Effect::new(move |_| {
        for alert in news() {
            #[cfg(feature = "hydrate")]
            crate::client::tell(&alert.alert_key, &alert.message, &alert.detail, &alert.href);
            #[cfg(not(feature = "hydrate"))]
            drop(alert);
        }
    });
}
