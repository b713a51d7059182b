//! The browser's side: start of hydration, and the one place that talks to JavaScript.

mod copy;
mod drops;
mod file;
mod guard;
mod notifications;
mod push;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::app::Root;
pub(crate) use copy::copy;
pub(crate) use file::text_of_file;
pub(crate) use guard::guard_page;
pub(crate) use notifications::{ask, permission, tell};
pub(crate) use push::{has_push, push_endpoint, push_subscribe, push_unsubscribe};

const CHARTS_FILE: &str = "/charts.js";

#[wasm_bindgen]
extern "C" {
    /// `window.allclearCharts`, which `charts/entry.js` sets once it has been loaded.
    type Charts;
    #[wasm_bindgen(method)]
    fn mount(this: &Charts, element: &web_sys::Element, option: &str, hidden: &str);
}

/// Makes the page alive, and says so to tests (`window._hydrated`).
///
/// Waits, because the code of the page that is shown is a file of its own.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    guard::hear_steps();
    drops::watch_drops();
    leptos::mount::hydrate_from_async(leptos::tachys::dom::body(), Root).await.forget();
    // What waits for the page to be alive, such as relative times, has had its turn then.
    leptos::task::tick().await;
    let _ = js_sys::Reflect::set(&window(), &"_hydrated".into(), &JsValue::TRUE);
}

/// Draws, or draws anew, a chart without the series whose names are in the lines of `hidden`. The charts' script is
/// loaded on first use, after the page has been painted.
pub(crate) fn draw_chart(element: &web_sys::Element, option: &str, hidden: &str) {
    if let Some(charts) = charts() {
        return charts.mount(element, option, hidden);
    }
    let (element, option, hidden) = (element.clone(), option.to_owned(), hidden.to_owned());
    let loaded = Closure::once_into_js(move || {
        if let Some(charts) = charts() {
            charts.mount(&element, &option, &hidden);
        }
    });
    // A script that cannot be loaded leaves the table below the chart, which holds the same numbers.
    let script = charts_script();
    let _ = script.and_then(|script| script.add_event_listener_with_callback("load", loaded.unchecked_ref()).ok());
}

fn charts() -> Option<Charts> {
    let charts = js_sys::Reflect::get(&window(), &"allclearCharts".into()).ok()?;
    charts.is_object().then(|| charts.unchecked_into())
}

fn charts_script() -> Option<web_sys::Element> {
    let document = document();
    if let Some(script) = document.get_element_by_id("charts-script") {
        return Some(script);
    }
    let script = document.create_element("script").ok()?;
    for (name, value) in [("id", "charts-script"), ("type", "module"), ("src", CHARTS_FILE)] {
        script.set_attribute(name, value).ok()?;
    }
    document.body()?.append_child(&script).ok()?;
    Some(script)
}
