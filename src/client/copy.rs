//! Copying text, where the browser allows it.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Missing without HTTPS, except on this machine.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "clipboard"], js_name = writeText)]
    fn write_text(text: &str) -> Result<js_sys::Promise, JsValue>;
}

/// Copies `text` and says whether it could be.
pub(crate) fn copy(text: String, told: impl FnOnce(bool) + 'static) {
    let Ok(writing) = write_text(&text) else { return told(false) };
    leptos::task::spawn_local(async move {
        told(wasm_bindgen_futures::JsFuture::from(writing).await.is_ok());
    });
}
