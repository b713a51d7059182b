//! The error at the wire: what a browser or a script is told when a request fails.
//!
//! Carries no internals. `From<anyhow::Error>` logs the cause and answers with a bland sentence.

use leptos::prelude::FromServerFnError;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::ServerFnErrorErr;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Every way a request can fail.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppError {
    #[error("{0}")]
    BadRequest(String),
    /// Nobody is signed in.
    #[error("Sign in first.")]
    SignedOut,
    /// Somebody is, and may not do this.
    #[error("Your account may not do that. Somebody with the role admin can give it another role.")]
    Forbidden,
    /// Too many tries; says when the next one counts.
    #[error("{0}")]
    TooMany(String),
    #[error("There is nothing at this address.")]
    NotFound,
    /// Somebody else has written in between.
    #[error("{0}")]
    Conflict(String),
    /// Another run holds the lock.
    #[error("Sync already in progress")]
    SyncRunning,
    #[error("Something went wrong on the server. The log has the details.")]
    Internal,
    /// The request never reached the server.
    #[error("The server cannot be reached. Check that it runs, then try again.")]
    Unreachable,
    /// Something answered, and what it said is not ours: another version, or a proxy in between.
    #[error("The server gave an answer that is not understood. Reload the page.")]
    NotUnderstood,
}

impl AppError {
    #[must_use]
    pub const fn status_code(&self) -> u16 {
        match self {
            AppError::BadRequest(_) => 400,
            AppError::SignedOut => 401,
            AppError::Forbidden => 403,
            AppError::NotFound => 404,
            AppError::Conflict(_) | AppError::SyncRunning => 409,
            AppError::TooMany(_) => 429,
            AppError::Internal => 500,
            AppError::NotUnderstood => 502,
            AppError::Unreachable => 503,
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> AppError {
        let error = match error {
            ServerFnErrorErr::Args(reason) | ServerFnErrorErr::MissingArg(reason) => AppError::BadRequest(reason),
            // On the server it is the request that is not understood, in the browser the answer.
            ServerFnErrorErr::Deserialization(reason) if cfg!(feature = "ssr") => AppError::BadRequest(reason),
            ServerFnErrorErr::Request(_) => AppError::Unreachable,
            _ => AppError::NotUnderstood,
        };
        #[cfg(feature = "ssr")]
        let error = error.answer();
        error
    }
}

#[cfg(feature = "ssr")]
mod ssr {
    use axum::Json;
    use axum::http::StatusCode;
    use axum::response::{IntoResponse, Response};
    use serde_json::json;

    use super::AppError;

    impl AppError {
        /// Sets the HTTP status of the server function's answer, which would be 500 for every error otherwise.
        #[must_use]
        pub fn answer(self) -> AppError {
            if let Some(options) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
                options
                    .set_status(StatusCode::from_u16(self.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
            }
            self
        }
    }

    impl AppError {
        /// Like [`AppError::answer`], but leaves a plain form its redirect back to the page.
        #[must_use]
        pub fn answer_script(self) -> AppError {
            if crate::server::is_plain_form() { self } else { self.answer() }
        }
    }

    impl From<anyhow::Error> for AppError {
        fn from(error: anyhow::Error) -> AppError {
            tracing::error!(error = format!("{error:#}"), "a request failed: {error:#}");
            AppError::Internal.answer()
        }
    }

    impl IntoResponse for AppError {
        fn into_response(self) -> Response {
            let status = StatusCode::from_u16(self.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Json(json!({"error": self.to_string(), "details": []}))).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_came_to_nothing_is_told_in_a_sentence_without_internals() {
        let told = |error| AppError::from_server_fn_error(error).to_string();
        let lost = ServerFnErrorErr::Request("TypeError: Failed to fetch".to_owned());
        assert_eq!(told(lost), "The server cannot be reached. Check that it runs, then try again.");
        let strange = ServerFnErrorErr::Response("unknown variant `error`".to_owned());
        assert_eq!(told(strange), "The server gave an answer that is not understood. Reload the page.");
    }
}
