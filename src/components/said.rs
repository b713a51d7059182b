//! What became of a form, on the page it came back to.

use leptos::prelude::*;

use crate::model::Said;

/// A sentence, and below it what is shown this once.
#[component]
pub fn SaidNotice(said: Said) -> impl IntoView {
    let Said { good, text, secrets } = said;
    let class = if good { "banner good" } else { "banner wrong" };
    let secrets = (!secrets.is_empty()).then(|| {
        let items =
            secrets.into_iter().map(|secret| view! { <li><code class="secret">{secret}</code></li> }).collect_view();
        view! { <ul class="secrets">{items}</ul> }
    });
    view! {
        <div class=class role={if good { "status" } else { "alert" }}>
            <p>{text}</p>
            {secrets}
        </div>
    }
}
