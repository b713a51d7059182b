//! What a page of projects says while there is none.

use leptos::prelude::*;

use super::Empty;

/// No project is known: where they come from, and how to name a folder of them.
#[component]
pub fn NoProjects() -> impl IntoView {
    view! {
        <Empty title="No project is known yet">
            <p>"A folder becomes a project by itself when the log of an agent names it. To have all folders of a place, name it in "
                <code>"data/config/projects.json"</code> ", and the next sync finds them:"</p>
            <pre><code>"{\"roots\": [\"/home/me/code\"]}"</code></pre>
        </Empty>
    }
}
