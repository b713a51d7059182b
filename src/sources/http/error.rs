//! What can go wrong with a request: one sentence for people each, and what may be done about it.
//!
//! Everything in a message that came from outside went through [`Api::clean`]; no key is in any of them.

use std::error::Error;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::api::Api;

/// Why a request brought nothing. `service` is the provider and its host, `said` the provider's own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    #[error("{service} refused the key (401): check {key}{}", quoted(said))]
    Unauthorised { service: String, key: String, said: Option<String> },
    #[error("{service} does not let this key do that (403): check the rights of {key}{}", quoted(said))]
    Forbidden { service: String, key: String, said: Option<String> },
    #[error("{service} limits how often it may be asked (429){}", wish(*retry_after))]
    RateLimited { service: String, retry_after: Option<Duration> },
    /// Network, timeout, or the server's own trouble.
    #[error("{service} is not available: {reason}{}", wish(*retry_after))]
    Unavailable { service: String, reason: String, retry_after: Option<Duration> },
    /// There was an answer, but not one that can be read.
    #[error("{service} gave an answer that cannot be used: {reason}")]
    Invalid { service: String, reason: String },
    #[error("{service} refused the request ({status}){}", quoted(said))]
    Refused { service: String, status: u16, said: Option<String> },
    #[error("{service} redirects to {to}, and no key is sent there: check {base_variable}")]
    Redirected { service: String, to: String, base_variable: &'static str },
    /// The breaker is open: nothing was sent.
    #[error("{service} is left alone after repeated failures, for another {}; the last was: {because}", in_words(*wait))]
    Resting { service: String, until: DateTime<Utc>, wait: Duration, because: String },
    #[error("stopped before the answer came; the next sync asks again")]
    Stopped,
}

/// What may be done about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A person has to change a key, its rights or a base URL; until then every try ends the same.
    Settings,
    /// It may have passed by the next run.
    Passing,
    /// We and the provider do not understand each other: the request was refused, or the answer makes no sense.
    Protocol,
    /// The program is about to end; nothing went wrong.
    Stopped,
}

impl HttpError {
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            HttpError::Unauthorised { .. } | HttpError::Forbidden { .. } | HttpError::Redirected { .. } => {
                ErrorKind::Settings
            }
            HttpError::RateLimited { .. } | HttpError::Unavailable { .. } | HttpError::Resting { .. } => {
                ErrorKind::Passing
            }
            HttpError::Invalid { .. } | HttpError::Refused { .. } => ErrorKind::Protocol,
            HttpError::Stopped => ErrorKind::Stopped,
        }
    }

    /// Whether trying again within the same call makes sense. Not while the host rests: that takes too long.
    pub(super) fn may_be_tried_again(&self) -> bool {
        matches!(self, HttpError::RateLimited { .. } | HttpError::Unavailable { .. })
    }

    /// How long the server wants to be left alone.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            HttpError::RateLimited { retry_after, .. } | HttpError::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The exchange did not come to an answer.
    pub(super) fn network(api: &Api, error: &reqwest::Error) -> HttpError {
        let cause = root_cause(error);
        let reason = match () {
            () if error.is_timeout() && error.is_connect() => "no connection in time".to_owned(),
            () if error.is_timeout() => "no complete answer in time".to_owned(),
            () if error.is_connect() => format!("no connection: {cause}"),
            () => cause,
        };
        HttpError::Unavailable { service: api.to_string(), reason: api.clean(&reason), retry_after: None }
    }

    pub(super) fn invalid(api: &Api, reason: &str) -> HttpError {
        HttpError::Invalid { service: api.to_string(), reason: api.clean(reason) }
    }
}

/// The innermost cause says what happened, the outer ones where in the client; and the outermost has the address in it.
pub(super) fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(inner) = cause.and_then(Error::source) {
        cause = Some(inner);
    }
    cause.map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}

fn quoted(said: &Option<String>) -> String {
    said.as_ref().map_or_else(String::new, |said| format!(". It says: {said}"))
}

fn wish(retry_after: Option<Duration>) -> String {
    retry_after.map_or_else(String::new, |wait| format!("; it wants to be asked again in {}", in_words(wait)))
}

/// `3 s`, `15 min`; rounded up, so that nobody comes too early.
pub(super) fn in_words(wait: Duration) -> String {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds.div_ceil(60)),
        7200..=172_799 => format!("{} h", seconds.div_ceil(3600)),
        _ => "days".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_told_in_words_and_never_too_short() {
        for (seconds, words) in [
            (0.0, "0 s"),
            (0.2, "1 s"),
            (119.0, "119 s"),
            (121.0, "3 min"),
            (900.0, "15 min"),
            (7201.0, "3 h"),
            (1e9, "days"),
        ] {
            assert_eq!(in_words(Duration::from_secs_f64(seconds)), words);
        }
        assert_eq!(in_words(Duration::MAX - Duration::from_nanos(999_999_999)), "days");
    }
}
