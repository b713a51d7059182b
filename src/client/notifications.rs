//! Notifications of the browser: whether it may show them, asking for it, and showing one, once per alert.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Notification, NotificationOptions, NotificationPermission, Storage};

use super::push;
use crate::components::Permission;

/// Where this browser keeps the keys of the alerts it has shown, for all its tabs.
const TOLD: &str = "allclear_told";
/// More keys than hold at a time.
const TOLD_MAX: usize = 100;

/// Whether notifications may be shown.
pub(crate) fn permission() -> Permission {
    // Some browsers have none, or only over HTTPS.
    if !js_sys::Reflect::has(&window(), &"Notification".into()).unwrap_or(false) {
        return Permission::Unsupported;
    }
    of(Notification::permission())
}

/// Asks the person; only ever on a click, which browsers insist on.
pub(crate) fn ask(answered: impl Fn(Permission) + 'static) {
    if permission() != Permission::Default {
        return answered(permission());
    }
    let Ok(asked) = Notification::request_permission() else { return };
    leptos::task::spawn_local(async move {
        let _ = wasm_bindgen_futures::JsFuture::from(asked).await;
        answered(permission());
    });
}

/// Shows an alert, unless this browser has; a click on it leads to the page about it.
pub(crate) fn tell(alert_key: &str, title: &str, body: &str, href: &str) {
    if permission() != Permission::Granted || !remember(alert_key) {
        return;
    }
    let [key, title, body, href] = [alert_key, title, body, href].map(str::to_owned);
    leptos::task::spawn_local(async move {
        match push::worker().await {
            // What is pushed comes from it too: under one tag, the later one takes the place of the other.
            Some(worker) => push::show(&worker, &title, &body, &key, &href),
            None => show(&key, &title, &body, href),
        }
    });
}

fn show(tag: &str, title: &str, body: &str, href: String) {
    let options = NotificationOptions::new();
    options.set_body(body);
    // Two tabs at the same moment: the later one takes the place of the other.
    options.set_tag(tag);
    // On some phones only service workers may: the banner on the page says it all the same.
    let Ok(shown) = Notification::new_with_options(title, &options) else { return };
    let opened = Closure::once_into_js(move || {
        let _ = window().focus();
        let _ = window().location().set_href(&href);
    });
    shown.set_onclick(Some(opened.unchecked_ref()));
}

/// Notes that an alert is shown; false when it was before.
fn remember(alert_key: &str) -> bool {
    let Some(storage) = storage() else { return true };
    let told = storage.get_item(TOLD).ok().flatten().unwrap_or_default();
    let mut keys: Vec<&str> = told.lines().filter(|key| !key.is_empty()).collect();
    if keys.contains(&alert_key) {
        return false;
    }
    keys.push(alert_key);
    keys.drain(..keys.len().saturating_sub(TOLD_MAX));
    // A full store costs a notification shown twice.
    let _ = storage.set_item(TOLD, &keys.join("\n"));
    true
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn of(permission: NotificationPermission) -> Permission {
    match permission {
        NotificationPermission::Granted => Permission::Granted,
        NotificationPermission::Denied => Permission::Denied,
        _ => Permission::Default,
    }
}
