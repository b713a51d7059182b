//! Asks before a link leads away.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

type Listener = Closure<dyn FnMut(web_sys::Event)>;

/// A guard that is on duty until it is removed.
pub(crate) struct LinkGuard(StoredValue<Option<Listener>, LocalStorage>);

/// Lets links to other pages than `here` be followed only when `may_leave`. Before the router sees the click.
pub(crate) fn guard_links(here: &'static str, may_leave: impl Fn() -> bool + 'static) -> LinkGuard {
    let closure = Listener::new(move |event: web_sys::Event| {
        if leads_away(&event, here) && !may_leave() {
            event.prevent_default();
            event.stop_propagation();
        }
    });
    // It fails for no event that exists.
    let _ = document().add_event_listener_with_callback_and_bool("click", closure.as_ref().unchecked_ref(), true);
    LinkGuard(StoredValue::new_local(Some(closure)))
}

impl LinkGuard {
    pub(crate) fn remove(self) {
        if let Some(Some(closure)) = self.0.try_update_value(Option::take) {
            let callback = closure.as_ref().unchecked_ref();
            let _ = document().remove_event_listener_with_callback_and_bool("click", callback, true);
        }
    }
}

/// Whether a click is on a link within the app to another page; what loads a document anew asks by itself.
fn leads_away(event: &web_sys::Event, here: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
    let Some(link) = link.filter(|link| !link.has_attribute("rel") && !link.has_attribute("target")) else {
        return false;
    };
    let href = link.get_attribute("href").unwrap_or_default();
    let path = href.split(['?', '#']).next().unwrap_or_default();
    path.starts_with('/') && path != here
}
