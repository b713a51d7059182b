//! A provider's API, and a request to it: where it is, and the headers that open it.
//!
//! The key goes into a header and nowhere else; there is no way to put one into an address.

use std::fmt;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use reqwest::Url;

use super::redact;
use crate::config::{Secret, SecretError};

/// One provider's API. Made once by its source, asked many times.
#[derive(Clone, Debug)]
pub struct Api {
    /// What people call it.
    name: &'static str,
    base: Url,
    /// Host, and port when it is not the usual one.
    host: String,
    /// The variable that says where it is.
    base_variable: &'static str,
    key: Option<Secret>,
    /// Whether JSON may come as plain text.
    as_text: bool,
    lane: Option<Lane>,
    /// Of an answer, when it may be more than is usual.
    body_bytes: Option<usize>,
    /// A header that says when a limit ends, in seconds since 1970.
    reset: Option<&'static str>,
    headers: HeaderMap,
}

/// What a host counts by itself: requests in one lane wait for each other, and for nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) spacing: Duration,
}

/// A base URL that cannot be used. It does not say which: a password may be in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} is not a base URL: {reason}; it should look like https://api.example.com/v1")]
pub struct BadBaseUrl {
    variable: &'static str,
    reason: String,
}

impl Api {
    /// An API at `base`, which `base_variable` may set to another place.
    ///
    /// Plain HTTP is accepted: the address is its operator's choice, and a proxy in the same network often has nothing
    /// else.
    ///
    /// # Errors
    /// When `base` is not an HTTP address, or more than one: with a user, a query, a fragment.
    pub fn new(name: &'static str, base: &str, base_variable: &'static str) -> Result<Api, BadBaseUrl> {
        let bad = |reason: &str| BadBaseUrl { variable: base_variable, reason: reason.to_owned() };
        let base = Url::parse(base.trim()).map_err(|error| bad(&error.to_string()))?;
        if !matches!(base.scheme(), "https" | "http") {
            return Err(bad("it begins neither with https:// nor with http://"));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(bad("it holds a user or a password"));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(bad("it goes on after the path"));
        }
        let host = base.host_str().ok_or_else(|| bad("it names no host"))?;
        let host = base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(Api {
            name,
            base,
            host,
            base_variable,
            key: None,
            as_text: false,
            lane: None,
            body_bytes: None,
            reset: None,
            headers: accept_json(),
        })
    }

    /// Adds the key as a header of its own, such as `x-api-key`.
    ///
    /// # Errors
    /// When the key cannot be a header.
    pub fn with_key(mut self, header: HeaderName, key: Secret) -> Result<Api, SecretError> {
        self.headers.insert(header, key.header("")?);
        self.key = Some(key);
        Ok(self)
    }

    /// Adds the key as `Authorization: Bearer …`.
    ///
    /// # Errors
    /// When the key cannot be a header.
    pub fn with_bearer(mut self, key: Secret) -> Result<Api, SecretError> {
        self.headers.insert(header::AUTHORIZATION, key.header("Bearer ")?);
        self.key = Some(key);
        Ok(self)
    }

    /// Adds a header that every request carries, such as a version.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Api {
        self.headers.insert(name, value);
        self
    }

    /// Keeps a key out of every message although it is in no header, such as one that goes into a body.
    #[must_use]
    pub fn hiding(mut self, key: Secret) -> Api {
        self.key = Some(key);
        self
    }

    /// Gives requests a lane of their own on the host, with a distance of its own: what limits, failures and pauses
    /// are counted by.
    #[must_use]
    pub fn in_lane(mut self, name: &str, spacing: Duration) -> Api {
        self.lane = Some(Lane { name: name.to_owned(), spacing });
        self
    }

    /// Accepts answers up to this size, decompressed.
    #[must_use]
    pub fn with_cap(mut self, body_bytes: usize) -> Api {
        self.body_bytes = Some(body_bytes);
        self
    }

    /// Names a header that says when a limit ends (seconds since 1970): a 429 is waited out until then at least.
    #[must_use]
    pub fn with_reset(mut self, header: &'static str) -> Api {
        self.reset = Some(header);
        self
    }

    /// Takes JSON that is served as plain text too: hosts of raw files know no better.
    #[must_use]
    pub fn serving_text(mut self) -> Api {
        self.as_text = true;
        self
    }

    /// Begins a request; `path` goes after the base URL and is the program's own text. What comes from elsewhere goes
    /// through [`Request::segment`].
    #[must_use]
    pub fn request(&self, path: &str) -> Request<'_> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{}", self.base.path().trim_end_matches('/'), path.trim_start_matches('/')));
        Request { api: self, url, body: None }
    }

    pub(super) fn lane(&self) -> Option<&Lane> {
        self.lane.as_ref()
    }

    pub(super) fn body_bytes(&self) -> Option<usize> {
        self.body_bytes
    }

    pub(super) fn reset(&self) -> Option<&'static str> {
        self.reset
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn base_variable(&self) -> &'static str {
        self.base_variable
    }

    pub(super) fn serves_text(&self) -> bool {
        self.as_text
    }

    /// Where the key came from, for "check …".
    pub(super) fn key_name(&self) -> &str {
        self.key.as_ref().map_or("the key", Secret::name)
    }

    /// Makes a server's text fit to be shown and stored.
    pub(super) fn clean(&self, text: &str) -> String {
        redact::clean(text, self.key.as_ref())
    }
}

fn accept_json() -> HeaderMap {
    HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("application/json"))])
}

/// `Anthropic (api.anthropic.com)`: the host too, because a base URL can lead anywhere.
impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.host)
    }
}

/// A request to be sent, as often as it takes: a GET, or with a body a POST that may come twice.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    api: &'a Api,
    url: Url,
    body: Option<Body>,
}

/// What is posted, JSON; it may hold a key.
#[derive(Clone)]
pub(super) enum Body {
    Json(String),
    /// Packed with gzip.
    Packed(Bytes),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<'a> Request<'a> {
    /// Adds one segment to the path, such as an id from another answer; whatever is in it, it stays one segment.
    #[must_use]
    pub fn segment(mut self, segment: &str) -> Request<'a> {
        if let Ok(mut segments) = self.url.path_segments_mut() {
            segments.pop_if_empty().push(segment);
        }
        self
    }

    /// Adds a pair to the query; a name may come more than once.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl fmt::Display) -> Request<'a> {
        self.url.query_pairs_mut().append_pair(name, &value.to_string());
        self
    }

    /// Makes it a POST of JSON that was packed with gzip. Who receives it must not mind it twice.
    #[must_use]
    pub fn with_packed_json(mut self, packed: Bytes) -> Request<'a> {
        self.body = Some(Body::Packed(packed));
        self
    }

    /// Makes it a POST of this JSON.
    #[must_use]
    pub fn posting(mut self, json: String) -> Request<'a> {
        self.body = Some(Body::Json(json));
        self
    }

    pub(super) fn body(&self) -> Option<&Body> {
        self.body.as_ref()
    }

    pub(super) fn api(&self) -> &'a Api {
        self.api
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(base: &str) -> Result<Api, BadBaseUrl> {
        Api::new("Somebody", base, "SOMEBODY_BASE_URL")
    }

    #[test]
    fn a_path_goes_after_the_base_whatever_slashes_there_are() {
        for base in ["https://a.test/v1", "https://a.test/v1/"] {
            for path in ["usage/costs", "/usage/costs"] {
                let api = api(base).expect("is an address");
                assert_eq!(api.request(path).url().as_str(), "https://a.test/v1/usage/costs");
            }
        }
        assert_eq!(
            api("http://a.test:8080").expect("is an address").request("/x").url().as_str(),
            "http://a.test:8080/x"
        );
    }

    #[test]
    fn a_segment_and_a_query_stay_what_they_are() {
        let api = api("https://a.test").expect("is an address");
        let url = |segment| api.request("/projects").segment(segment).segment("keys").url().to_string();
        assert_eq!(url("proj_1"), "https://a.test/projects/proj_1/keys");
        assert_eq!(url("../admin?x=1#y"), "https://a.test/projects/..%2Fadmin%3Fx=1%23y/keys");
        let request = api.request("/u").query("group_by[]", "model").query("group_by[]", "a&b").query("limit", 31);
        assert_eq!(request.url().query(), Some("group_by%5B%5D=model&group_by%5B%5D=a%26b&limit=31"));
    }

    #[test]
    fn a_base_that_is_no_address_is_named_by_its_variable_and_not_shown() {
        for base in [
            "",
            "canary",
            "ftp://canary.test",
            "https://user:canary@a.test",
            "https://canary@a.test",
            "https://a.test?key=canary",
            "https://a.test#canary",
        ] {
            let error = api(base).expect_err(base).to_string();
            assert!(error.contains("SOMEBODY_BASE_URL") && !error.contains("canary"), "{error}");
        }
    }
}
