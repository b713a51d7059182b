//! What people call workspaces and keys. Reports name them by id only.

use crate::sources::provider::Request;

pub const FEED_WORKSPACES: &str = "Anthropic list of workspaces";
pub const FEED_KEYS: &str = "Anthropic list of API keys";
const NAMES_PER_PAGE: &str = "1000";

/// Returns the request for the workspaces, those that were archived too: their spend stays.
#[must_use]
pub fn request_workspaces(after: Option<&str>) -> Request {
    let mut query = vec![("limit", NAMES_PER_PAGE.to_owned()), ("include_archived", "true".to_owned())];
    query.extend(after.map(|id| ("after_id", id.to_owned())));
    Request::new("/v1/organizations/workspaces", query)
}

/// Returns the request for the keys, whatever their status.
#[must_use]
pub fn request_keys(after: Option<&str>) -> Request {
    let mut query = vec![("limit", NAMES_PER_PAGE.to_owned())];
    query.extend(after.map(|id| ("after_id", id.to_owned())));
    Request::new("/v1/organizations/api_keys", query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_goes_on_after_the_last_id() {
        let next = request_workspaces(Some("wrkspc_02Example"));
        assert_eq!(next.query.last(), Some(&("after_id", "wrkspc_02Example".to_owned())));
        assert_eq!(request_keys(None).path, "/v1/organizations/api_keys");
    }
}
