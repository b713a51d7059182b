//! Closes what hangs open over a page, a chart's menu or the choice of other days, once one turns to something else.
//!
//! They are `<details name="drop">`, of which the browser keeps at most one open. Without JavaScript their heading is what
//! closes them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

const OPEN: &str = "details[name=drop][open]";

/// Looks out for as long as the document lives.
pub(super) fn watch_drops() {
    // A press beside it closes it before the press does what it does.
    hear("pointerdown", |event| {
        if let Some(open) = open_one().filter(|open| around(event, OPEN).as_ref() != Some(open)) {
            close(&open);
        }
    });
    hear("keydown", |event| {
        let is_escape = event.dyn_ref::<web_sys::KeyboardEvent>().is_some_and(|event| event.key() == "Escape");
        if let Some(open) = open_one().filter(|_| is_escape) {
            close(&open);
            focus_heading(&open);
        }
    });
    // Whatever leads to other numbers: a link anywhere, its own form, a step back.
    hear("click", |event| {
        if let Some(open) = open_one().filter(|_| around(event, "a[href]").is_some()) {
            close(&open);
        }
    });
    for event in ["submit", "popstate"] {
        hear(event, |_| {
            if let Some(open) = open_one() {
                close(&open);
            }
        });
    }
}

fn hear(event: &str, react: impl Fn(&web_sys::Event) + 'static) {
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| react(&event));
    let callback = listener.as_ref().unchecked_ref();
    // It fails for no event that exists. First of all: who hears of it later may keep it from others.
    let _ = window().add_event_listener_with_callback_and_bool(event, callback, true);
    listener.forget();
}

fn open_one() -> Option<web_sys::Element> {
    document().query_selector(OPEN).ok().flatten()
}

/// What is around the place an event happened at, or is that place.
fn around(event: &web_sys::Event, selector: &str) -> Option<web_sys::Element> {
    event.target()?.dyn_into::<web_sys::Element>().ok()?.closest(selector).ok().flatten()
}

fn close(open: &web_sys::Element) {
    let _ = open.remove_attribute("open");
}

fn focus_heading(of: &web_sys::Element) {
    let heading = of.query_selector("summary").ok().flatten();
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = heading.focus();
    }
}
