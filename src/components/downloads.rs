//! A table to take away: two quiet links, which work without a script.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::encoded;

/// Links to a table as CSV and as JSON. `table` is what the server exports it as, `query` what it is narrowed to
/// (`window=30d&by=model`), and `of` what a screen reader calls it.
#[component]
pub fn Downloads(
    #[prop(into)] of: String,
    table: &'static str,
    #[prop(optional, into)] query: String,
) -> impl IntoView {
    let link = |format: &'static str, ending: &str| {
        let (href, label) = (export_address(&format!("{table}.{ending}"), &query), format!("{of} as {format}"));
        // With a download the router leaves the link to the browser.
        view! { <a href=href download="" aria-label=label>{format}</a> }
    };
    view! { <p class="downloads">{link("CSV", "csv")}{link("JSON", "json")}</p> }.into_any()
}

/// Where a table is exported as this file, narrowed by `query`.
#[must_use]
pub fn export_address(file: &str, query: &str) -> String {
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/api/export/{file}{mark}{query}")
}

/// The query that narrows a table to a project; an empty one for all of them.
#[cfg(feature = "ssr")]
#[must_use]
pub fn project_query(project: Option<&str>) -> String {
    project.map_or_else(String::new, |id| format!("project={}", encoded(id)))
}
