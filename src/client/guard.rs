//! Asks before a link, or the browser's Back and Forward, leads away.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

type Listener = Closure<dyn FnMut(web_sys::Event)>;
type Step = Rc<dyn Fn() -> bool>;

thread_local! {
    /// Says whether a step back or forward may be taken, while a page is guarded.
    static STEPS: RefCell<Option<Step>> = const { RefCell::new(None) };
}

/// Hears of steps back and forward, for as long as the document lives. To be called before the router begins to: browsers
/// tell of them in the order in which they were asked to, whatever the phase.
pub(super) fn hear_steps() {
    let listener = Listener::new(|event: web_sys::Event| {
        // A question may take long, and the guard may be another one by then.
        let guard = STEPS.with_borrow(Clone::clone);
        if guard.is_some_and(|may_go| !may_go()) {
            event.stop_immediate_propagation();
        }
    });
    // It fails for no event that exists.
    let _ = window().add_event_listener_with_callback("popstate", listener.as_ref().unchecked_ref());
    listener.forget();
}

/// A guard that is on duty until it is removed.
pub(crate) struct LeaveGuard(StoredValue<Option<Listener>, LocalStorage>);

/// Lets other pages than `here` be gone to only when `may_leave`. Before the router learns of it. `address` is the
/// page's own, with query and fragment.
pub(crate) fn guard_page(
    here: &'static str,
    address: impl Fn() -> String + 'static,
    may_leave: impl Fn() -> bool + Copy + 'static,
) -> LeaveGuard {
    let links = Listener::new(move |event: web_sys::Event| {
        if leads_away(&event, here) && !may_leave() {
            event.prevent_default();
            event.stop_propagation();
        }
    });
    let callback = links.as_ref().unchecked_ref();
    let _ = document().add_event_listener_with_callback_and_bool("click", callback, true);
    STEPS.set(Some(Rc::new(move || {
        if window().location().pathname().is_ok_and(|path| path == here) || may_leave() {
            return true;
        }
        // The browser has gone there already, and whether by one step or several, back or forward, it does not tell: the
        // page is put in front again. Nothing is announced of that, so nobody is asked twice.
        let front = |history: web_sys::History| history.push_state_with_url(&JsValue::NULL, "", Some(&address()));
        let _ = window().history().and_then(front);
        false
    })));
    #[expect(clippy::disallowed_methods, reason = "only in the browser, which has one thread")]
    let kept = StoredValue::new_local(Some(links));
    LeaveGuard(kept)
}

impl LeaveGuard {
    pub(crate) fn remove(self) {
        STEPS.set(None);
        if let Some(Some(links)) = self.0.try_update_value(Option::take) {
            let callback = links.as_ref().unchecked_ref();
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
