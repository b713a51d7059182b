//! Judging an answer: its status, its kind, its size, and whether it is whole.
//!
//! Only well-formed JSON passes. `text/plain` does not, also when it looks like JSON, unless the API is one that serves
//! files: no provider sends it, so what sends it is something else at that address. Never reads more than the cap, which counts decompressed bytes.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use chrono::Utc;
use reqwest::Response;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::api::Api;
use super::error::HttpError;
use super::retry;

const PLAIN_TEXT: &str = "text/plain";

/// An error's body is read for one sentence.
const ERROR_BODY_BYTES: usize = 64 * 1024;

/// Returns the body, or what the answer means instead.
pub(super) async fn read(api: &Api, response: Response, cap_bytes: usize) -> Result<Bytes, HttpError> {
    match response.status().as_u16() {
        200..=299 => success(api, response, cap_bytes).await,
        300..=399 => Err(redirected(api, &response)),
        _ => Err(refusal(api, response).await),
    }
}

async fn success(api: &Api, mut response: Response, cap_bytes: usize) -> Result<Bytes, HttpError> {
    if let Some(instead) = not_json(response.headers())
        && !(api.serves_text() && instead == PLAIN_TEXT)
    {
        let reason = format!("{instead} instead of JSON; check {}", api.base_variable());
        return Err(HttpError::invalid(api, &reason));
    }
    let body = match body(&mut response, cap_bytes).await {
        Ok(body) => body,
        Err(Broken::TooLarge) => {
            return Err(HttpError::invalid(api, &format!("it is larger than {} MB", cap_bytes / (1024 * 1024))));
        }
        Err(Broken::Off(error)) if error.is_timeout() => return Err(HttpError::network(api, &error)),
        Err(Broken::Off(_)) => return Err(HttpError::invalid(api, "it breaks off in the middle")),
    };
    match serde_json::from_slice::<IgnoredAny>(&body) {
        Ok(_) => Ok(body),
        Err(_) if body.trim_ascii_start().starts_with(b"<") => {
            let reason = format!("a web page instead of JSON; check {}", api.base_variable());
            Err(HttpError::invalid(api, &reason))
        }
        Err(error) if error.is_eof() => Err(HttpError::invalid(api, "its JSON breaks off in the middle")),
        // The error says where, never what.
        Err(error) => Err(HttpError::invalid(api, &format!("its JSON is broken: {error}"))),
    }
}

/// Names what an answer is when it is not JSON.
fn not_json(headers: &HeaderMap) -> Option<String> {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else {
        return Some("something without a content type".to_owned());
    };
    let kind = String::from_utf8_lossy(kind.as_bytes()).to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    match kind {
        "application/json" => None,
        kind if kind.starts_with("application/") && kind.ends_with("+json") => None,
        "text/html" | "application/xhtml+xml" => Some("a web page".to_owned()),
        kind => Some(kind.to_owned()),
    }
}

enum Broken {
    TooLarge,
    Off(reqwest::Error),
}

/// Reads piece by piece, so that neither a huge body nor a decompression bomb is ever held.
async fn body(response: &mut Response, cap_bytes: usize) -> Result<Bytes, Broken> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(Broken::Off)? {
        if body.len() + piece.len() > cap_bytes {
            return Err(Broken::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.into())
}

fn redirected(api: &Api, response: &Response) -> HttpError {
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    // Without query and user: those are nobody's business, and long.
    let to = location.and_then(|location| response.url().join(location).ok()).map(|mut to| {
        to.set_query(None);
        to.set_fragment(None);
        to.set_password(None).ok();
        to.set_username("").ok();
        api.clean(to.as_str())
    });
    let to = to.unwrap_or_else(|| "an address that is none".to_owned());
    HttpError::Redirected { service: api.to_string(), to, base_variable: api.base_variable() }
}

async fn refusal(api: &Api, mut response: Response) -> HttpError {
    let status = response.status();
    let now = Utc::now();
    let reset = api.reset().filter(|_| status.as_u16() == 429);
    let reset = reset.and_then(|name| retry::reset(response.headers(), name, now));
    let retry_after = retry::retry_after(response.headers(), now).max(reset);
    let service = api.to_string();
    let key = || api.key_name().to_owned();
    match status.as_u16() {
        // What is to be done is known; the body would only be waited for.
        429 => HttpError::RateLimited { service, retry_after },
        408 | 500 | 502 | 503 | 504 | 529 => {
            HttpError::Unavailable { service, reason: format!("it answers {}", named(status)), retry_after }
        }
        401 => HttpError::Unauthorised { service, key: key(), said: said(api, &mut response).await },
        403 => HttpError::Forbidden { service, key: key(), said: said(api, &mut response).await },
        status => HttpError::Refused { service, status, said: said(api, &mut response).await },
    }
}

fn named(status: StatusCode) -> String {
    match status.as_u16() {
        // Anthropic's own.
        529 => "529 Overloaded".to_owned(),
        code => format!("{code} {}", status.canonical_reason().unwrap_or_default()),
    }
}

/// Returns the provider's own words, when there are any.
async fn said(api: &Api, response: &mut Response) -> Option<String> {
    let body = body(response, ERROR_BODY_BYTES).await.ok()?;
    let body: Value = serde_json::from_slice(&body).ok()?;
    let said = api.clean(message(&body)?);
    (!said.is_empty()).then_some(said)
}

/// Anthropic, OpenAI, OpenRouter and LiteLLM say `error.message`; gateways and FastAPI the others.
fn message(body: &Value) -> Option<&str> {
    ["/error/message", "/error", "/message", "/detail/0/msg", "/detail"]
        .into_iter()
        .find_map(|path| body.pointer(path).and_then(Value::as_str))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_calls_itself_json_is_taken_for_json() {
        let instead = |kind| not_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]));
        for kind in ["application/json", "Application/JSON; charset=utf-8", "application/problem+json"] {
            assert_eq!(instead(kind), None, "{kind}");
        }
        assert_eq!(instead("text/html; charset=utf-8").as_deref(), Some("a web page"));
        assert_eq!(instead("text/plain").as_deref(), Some("text/plain"));
        assert_eq!(instead("application/jsonp").as_deref(), Some("application/jsonp"));
        assert_eq!(not_json(&HeaderMap::new()).as_deref(), Some("something without a content type"));
    }

    #[test]
    fn the_words_of_every_provider_are_found() {
        for body in [
            json!({"type": "error", "error": {"type": "x", "message": "words"}, "request_id": "req_1"}),
            json!({"error": {"code": 403, "message": "words"}}),
            json!({"error": "words"}),
            json!({"message": "words"}),
            json!({"detail": [{"loc": ["query", "page"], "msg": "words", "type": "x"}]}),
            json!({"detail": "words"}),
        ] {
            assert_eq!(message(&body), Some("words"), "{body}");
        }
        assert_eq!(message(&json!({"error": {"message": null}})), None);
        assert_eq!(message(&json!(["words"])), None);
    }
}
