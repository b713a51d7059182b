//! One exchange, as it is: for protocols that judge answers themselves, such as signing in at an identity provider. Never
//! follows a redirect, tries once, and reads no more than a cap.

use axum::http::{Request, Response};
use reqwest::redirect;

use super::{Limits, USER_AGENT};

/// Documents of an identity provider are kilobytes.
const CAP_BYTES: usize = 512 * 1024;

/// Why an exchange came to nothing; the address and what was sent are not in it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PlainError {
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    #[error("its answer is larger than {} KB", CAP_BYTES / 1024)]
    TooLarge,
}

/// Sends single requests.
#[derive(Clone, Debug)]
pub struct Plain(reqwest::Client);

impl Plain {
    /// Builds the client.
    ///
    /// # Errors
    /// When the machine has no certificates to know servers by.
    #[expect(clippy::disallowed_methods, reason = "beside the one for providers' reports, with the same bounds")]
    pub fn new(limits: &Limits) -> anyhow::Result<Plain> {
        // `Err` means that there is one already, which is as good.
        rustls::crypto::ring::default_provider().install_default().ok();
        let client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            .timeout(limits.read)
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .build()?;
        Ok(Plain(client))
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// See [`PlainError`].
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, PlainError> {
        let unreachable = |error: reqwest::Error| PlainError::Unreachable(super::error::root_cause(&error));
        let (parts, body) = request.into_parts();
        let asked = self.0.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body).send();
        let mut answer = asked.await.map_err(unreachable)?;
        let mut read = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(unreachable)? {
            if read.len() + piece.len() > CAP_BYTES {
                return Err(PlainError::TooLarge);
            }
            read.extend_from_slice(&piece);
        }
        let mut response = Response::new(read);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}
