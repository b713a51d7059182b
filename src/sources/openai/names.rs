//! What people call projects and keys. Reports name them by id only.

use crate::sources::provider::Request;

pub const FEED_PROJECTS: &str = "OpenAI list of projects";
pub const FEED_KEYS: &str = "OpenAI list of a project's API keys";
const NAMES_PER_PAGE: &str = "100";

/// Returns the request for the projects, those that were archived too: their spend stays.
#[must_use]
pub fn request_projects(after: Option<&str>) -> Request {
    let mut query = vec![("limit", NAMES_PER_PAGE.to_owned()), ("include_archived", "true".to_owned())];
    query.extend(after.map(|id| ("after", id.to_owned())));
    Request::new("/v1/organization/projects", query)
}

/// Returns the request for the keys of one project; there is no list of all keys.
#[must_use]
pub fn request_keys(project: &str, after: Option<&str>) -> Request {
    let mut query = vec![("limit", NAMES_PER_PAGE.to_owned())];
    query.extend(after.map(|id| ("after", id.to_owned())));
    let segments = vec![project.to_owned(), "api_keys".to_owned()];
    Request { segments, ..Request::new("/v1/organization/projects", query) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_asked_for_by_project_and_go_on_after_the_last_id() {
        let keys = request_keys("../a?b", None);
        assert_eq!((keys.path, keys.segments), ("/v1/organization/projects", vec!["../a?b".into(), "api_keys".into()]));
        assert_eq!(request_projects(Some("proj_abc")).query.last(), Some(&("after", "proj_abc".to_owned())));
    }
}
