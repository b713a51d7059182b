//! What every request must pass: the Host allow-list against DNS rebinding, and the headers every answer carries.
//!
//! Cross-site requests are refused by tower-http's CSRF layer; it lets a rebound DNS name
//! through, which is why the Host is checked here.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::config::Environment;

/// For answers that are no pages: nothing may be loaded or framed.
const STRICT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";

/// The host names under which the dashboard answers.
#[derive(Clone, Debug)]
pub(super) struct AllowedHosts(Arc<[String]>);

impl AllowedHosts {
    pub(super) fn new(environment: &Environment) -> AllowedHosts {
        let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned()];
        let ip = environment.addr.ip();
        if !ip.is_unspecified() {
            hosts.push(if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() });
        }
        hosts.extend(environment.allowed_hosts.iter().map(|host| host_of(host).to_owned()));
        AllowedHosts(hosts.into())
    }

    fn allows(&self, authority: &str) -> bool {
        let host = host_of(authority).to_ascii_lowercase();
        self.0.contains(&host)
    }
}

/// `localhost:3000` → `localhost`, `[::1]:3000` → `[::1]`.
fn host_of(authority: &str) -> &str {
    if authority.starts_with('[') {
        return authority.find(']').map_or(authority, |end| &authority[..=end]);
    }
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

/// Refuses requests under a name that is not ours.
pub(super) async fn check_host(State(hosts): State<AllowedHosts>, request: Request, next: Next) -> Response {
    let named = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let authority = request.uri().authority().map(axum::http::uri::Authority::as_str).or(named);
    match authority {
        Some(authority) if hosts.allows(authority) => next.run(request).await,
        _ => {
            let sentence = "This dashboard does not answer under that host name. Its owner can allow it: ALLCLEAR_ALLOWED_HOSTS=name";
            let body = json!({"error": sentence, "details": []});
            (StatusCode::MISDIRECTED_REQUEST, axum::Json(body)).into_response()
        }
    }
}

/// Adds the headers every answer carries; a page brings its own policy, with its nonce.
pub(super) async fn add_headers(request: Request, next: Next) -> Response {
    let cache = cache_of(request.uri());
    let mut response = next.run(request).await;
    let succeeded = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(CONTENT_SECURITY_POLICY, STRICT_POLICY);
    default(X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(REFERRER_POLICY, "same-origin");
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    default(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    default(CACHE_CONTROL, if succeeded { cache } else { "no-store" });
    response
}

/// Files with a hash in their name never change; everything else is private and live.
fn cache_of(uri: &Uri) -> &'static str {
    let path = uri.path();
    let hashed = path.starts_with("/pkg/") && path.rsplit('/').next().is_some_and(|file| file.split('.').count() > 2);
    if hashed {
        "public, max-age=31536000, immutable"
    } else if path.starts_with("/pkg/") || path == "/charts.js" || path == "/favicon.svg" || path == "/sw.js" {
        "no-cache"
    } else {
        "no-store"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_names_are_answered_under() {
        let environment = Environment {
            data_dir: std::path::PathBuf::new(),
            addr: "0.0.0.0:3000".parse().expect("an address"),
            allowed_hosts: vec!["dash.example".to_owned()],
            trusted_proxies: Vec::new(),
            zone: None,
            working_folder: None,
        };
        let hosts = AllowedHosts::new(&environment);
        for good in ["localhost", "LOCALHOST:3000", "127.0.0.1:3000", "[::1]:3000", "[::1]", "dash.example:443"] {
            assert!(hosts.allows(good), "{good}");
        }
        for bad in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:3000",
            "0.0.0.0",
            "",
            "[::2]",
            "xdash.example",
        ] {
            assert!(!hosts.allows(bad), "{bad}");
        }
    }
}
