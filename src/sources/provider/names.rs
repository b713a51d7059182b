//! Lists of names, which Anthropic and OpenAI write alike. Reports name things by id only.

use serde::Deserialize;

use super::{FeedError, Name, next_page, read};

/// One page of a list of names: ids and what people call them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamesPage {
    pub names: Vec<(String, String)>,
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: Vec<Named<'a>>,
    has_more: bool,
    #[serde(borrow)]
    last_id: Option<Name<'a>>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    id: Name<'a>,
    #[serde(borrow)]
    name: Option<Name<'a>>,
}

/// Reads one page of the list `feed`. What has no name is left out.
///
/// # Errors
/// When it is not the documented list: the field is named.
pub fn parse_names(feed: &'static str, bytes: &[u8]) -> Result<NamesPage, FeedError> {
    let answer: Answer<'_> = read(feed, bytes)?;
    let named = |named: Named<'_>| named.name.map(|name| (named.id.to_string(), name.to_string()));
    let names = answer.data.into_iter().filter_map(named).collect();
    Ok(NamesPage { names, next: next_page(feed, answer.has_more, "last_id", answer.last_id)? })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{edited, refused};
    use super::*;

    const FEED: &str = "A list";
    const WORKSPACES: &str = include_str!("../anthropic/fixtures/workspaces.json");

    #[test]
    fn names_come_with_the_cursor_of_the_next_page() {
        let page = parse_names(FEED, WORKSPACES.as_bytes()).expect("parses");
        assert_eq!(page.names, [("wrkspc_01Example".to_owned(), "Dashboard".to_owned())]);
        assert_eq!(page.next.as_deref(), Some("wrkspc_02Example"));
        let last = parse_names(FEED, include_bytes!("../openai/fixtures/projects.json")).expect("parses");
        let names: Vec<&str> = last.names.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!((names, last.next), (vec!["Dashboard", "Café"], None));
    }

    #[test]
    fn a_list_that_goes_on_nowhere_is_refused() {
        let broken = edited(WORKSPACES, r#", "last_id": "wrkspc_02Example""#, "");
        refused(parse_names(FEED, broken.as_bytes()), FEED, "has_more is true, and last_id is missing");
    }
}
