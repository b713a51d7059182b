//! A button that copies what stands beside it. Without a script there is none: the text can be selected.

use leptos::prelude::*;

use super::{Toast, use_toast};

/// Copies `text`; `of` tells a screen reader what it belongs to.
#[component]
pub fn CopyButton(#[prop(into)] text: String, #[prop(into)] of: String) -> impl IntoView {
    let toast = use_toast();
    let copy = move |_| {
        let told = move |copied: bool| {
            toast.show(if copied {
                Toast::Done { title: "Copied".to_owned(), detail: String::new() }
            } else {
                let detail = "Browsers allow it over HTTPS and on this machine only. Select the text instead.";
                Toast::Failed { title: "It could not be copied".to_owned(), detail: detail.to_owned() }
            });
        };
        #[cfg(feature = "hydrate")]
        crate::client::copy(text.clone(), told);
        #[cfg(not(feature = "hydrate"))]
        let _ = (&text, told);
    };
    view! { <button type="button" class="btn copy" aria-label=format!("Copy for {of}") on:click=copy>"Copy"</button> }
        .into_any()
}
