//! Asks before a link, or the browser's Back and Forward, leads away.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

type Listener = Closure<dyn FnMut(web_sys::Event)>;

/// A guard that is on duty until it is removed.
pub(crate) struct LeaveGuard(StoredValue<Option<[Watch; 2]>, LocalStorage>);

/// Lets other pages than `here` be gone to only when `may_leave`. Before the router learns of it. `address` is the
/// page's own, with query and fragment.
pub(crate) fn guard_page(
    here: &'static str,
    address: impl Fn() -> String + 'static,
    may_leave: impl Fn() -> bool + Copy + 'static,
) -> LeaveGuard {
    let links = Watch::over(&document(), "click", move |event| {
        if leads_away(&event, here) && !may_leave() {
            event.prevent_default();
            event.stop_propagation();
        }
    });
    // The browser has gone there already. What was passed over by then is behind the page again: whether it was one step
    // or several, back or forward, no browser tells. Nothing is announced of what is pushed, so nobody is asked twice.
    let steps = Watch::over(&window(), "popstate", move |event| {
        if window().location().pathname().is_ok_and(|path| path != here) && !may_leave() {
            event.stop_immediate_propagation();
            let back = |history: web_sys::History| history.push_state_with_url(&JsValue::NULL, "", Some(&address()));
            // It fails for no address of our own.
            let _ = window().history().and_then(back);
        }
    });
    LeaveGuard(StoredValue::new_local(Some([links, steps])))
}

impl LeaveGuard {
    pub(crate) fn remove(self) {
        if let Some(Some(watches)) = self.0.try_update_value(Option::take) {
            watches.into_iter().for_each(Watch::end);
        }
    }
}

/// Hears of an event before everybody else.
struct Watch {
    target: web_sys::EventTarget,
    event: &'static str,
    listener: Listener,
}

impl Watch {
    fn over(target: &web_sys::EventTarget, event: &'static str, heard: impl FnMut(web_sys::Event) + 'static) -> Watch {
        let listener = Listener::new(heard);
        // It fails for no event that exists.
        let callback = listener.as_ref().unchecked_ref();
        let _ = target.add_event_listener_with_callback_and_bool(event, callback, true);
        Watch { target: target.clone(), event, listener }
    }

    fn end(self) {
        let callback = self.listener.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback_and_bool(self.event, callback, true);
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
