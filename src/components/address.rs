//! Addresses of pages, written the same by server and browser.

use leptos_router::params::ParamsMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands for itself everywhere in an address (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Writes a part of a path, or a value of a query, so that it is read as it is.
#[must_use]
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The page of a project.
#[must_use]
pub fn project_address(id: &str) -> String {
    format!("/projects/{}", encoded(id))
}

/// Returns a query, with its question mark, in which some values are others; an empty value takes its name out.
#[must_use]
pub fn query_with(query: &ParamsMap, changes: &[(&str, &str)]) -> String {
    // A form with a button that has no name leaves one that is empty.
    let is_kept = |name: &str| !name.is_empty() && changes.iter().all(|(changed, _)| *changed != name);
    let kept = query.clone().into_iter().filter(|(name, _)| is_kept(name));
    let kept = kept.map(|(name, value)| (name.into_owned(), value));
    let changed = changes.iter().filter(|(_, value)| !value.is_empty());
    let all = kept.chain(changed.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let parts: Vec<String> = all.map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value))).collect();
    format!("?{}", parts.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_keeps_what_is_not_changed_and_escapes_what_would_mean_something() {
        let query: ParamsMap = [("window", "7d"), ("project", "a")].into_iter().collect();
        assert_eq!(query_with(&query, &[("project", "R&D #2")]), "?window=7d&project=R%26D%20%232");
        assert_eq!(query_with(&query, &[("project", ""), ("window", "")]), "?");
        assert_eq!(project_address("a/b c"), "/projects/a%2Fb%20c");
    }
}
