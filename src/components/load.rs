//! The one way a page waits for its data: what it looks like while loading, empty and failed.

use leptos::prelude::*;

use super::go_and_sign_in;
use crate::error::AppError;

/// Shows `data` through `view`; keeps the old numbers on the screen while new ones are fetched.
#[component]
pub fn Load<T, F>(data: Resource<Result<T, AppError>>, view: F) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=|| view! { <p class="loading" role="status">"Loading…"</p> }>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match data.await {
                        Ok(value) => view(value),
                        Err(error) => failed(&error),
                    }
                })
            }}
        </Transition>
    }
}

fn failed(error: &AppError) -> AnyView {
    if *error == AppError::SignedOut {
        // In the browser only: on the server nobody who is signed out gets this far.
        Effect::new(|_| go_and_sign_in());
    }
    view! {
        <section class="card notice" role="alert">
            <h2>"This could not be loaded"</h2>
            <p>{error.to_string()}</p>
            <p><a href="">"Try again"</a></p>
        </section>
    }
    .into_any()
}

/// Moves the keyboard to the beginning of the page: the frame around it stays when what is inside is drawn anew.
pub fn focus_content() {
    use leptos::wasm_bindgen::JsCast;
    let content = document().get_element_by_id("content");
    if let Some(content) = content.and_then(|content| content.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = content.focus();
    }
}

/// A list without entries: why, and what to do next.
#[component]
pub fn Empty(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <section class="card notice">
            <h2>{title}</h2>
            {children()}
        </section>
    }
}
