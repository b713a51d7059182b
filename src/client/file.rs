//! What stands in a file that somebody chose.

use leptos::ev::Event;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlInputElement;

/// Reads the file of an input that was just chosen, as text; `None` when there is none, or it cannot be read.
pub(crate) fn text_of_file(event: &Event) -> impl Future<Output = Option<String>> + use<> {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let file = input.and_then(|input| input.files()).and_then(|files| files.get(0));
    async move { JsFuture::from(file?.text()).await.ok()?.as_string() }
}
