//! Logging in: what is sent, and what the answer means.

use std::time::Duration;

use serde::Deserialize;

use crate::config::Secret;
use crate::sources::provider::{FeedError, read};

pub const PATH: &str = "/authentication/v1/authentication/login";
const FEED: &str = "Toast login";
/// What errors call the token.
pub const TOKEN_NAME: &str = "the client's Toast keys";
/// A token is renewed this long before it ends.
pub const SPARE: Duration = Duration::from_secs(5 * 60);
/// Longer than any token lasts.
const LONGEST: u64 = 7 * 24 * 60 * 60;

/// Returns the body of a login. It holds the secret: it goes nowhere but to Toast.
#[must_use]
pub fn body(api_client: &str, secret: &Secret) -> String {
    serde_json::json!({
        "clientId": api_client,
        "clientSecret": secret.expose(),
        "userAccessType": "TOAST_MACHINE_CLIENT",
    })
    .to_string()
}

/// What a login gave.
#[derive(Clone)]
pub struct Token {
    pub secret: Secret,
    pub lasts: Duration,
}

/// Reads the answer of a login.
///
/// # Errors
/// When there is no token in it.
pub fn parse(bytes: &[u8]) -> Result<Token, FeedError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Inner {
        access_token: String,
        expires_in: u64,
    }
    #[derive(Deserialize)]
    struct Answer {
        token: Inner,
    }
    let answer: Answer = read(FEED, bytes)?;
    let secret = Secret::new(TOKEN_NAME, &answer.token.access_token)
        .ok_or_else(|| FeedError { feed: FEED, problem: "token.accessToken: empty".to_owned() })?;
    Ok(Token { secret, lasts: Duration::from_secs(answer.token.expires_in.min(LONGEST)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_and_an_answer_without_one_is_refused() {
        let token =
            parse(br#"{"token":{"tokenType":"Bearer","expiresIn":86400,"accessToken":"eyJ"},"status":"SUCCESS"}"#);
        let token = token.expect("reads");
        assert_eq!((token.secret.expose(), token.lasts.as_secs()), ("eyJ", 86_400));
        for (answer, said) in [
            (&br#"{"status":"FAILURE"}"#[..], "missing field `token`"),
            (br#"{"token":{"expiresIn":1,"accessToken":" "}}"#, "accessToken: empty"),
        ] {
            let error = parse(answer).err().expect("is refused").to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn quotes_in_a_secret_stay_in_the_secret() {
        let secret = Secret::new("s", "a\"b\\c").expect("is one");
        let body: serde_json::Value = serde_json::from_str(&body("id", &secret)).expect("is JSON");
        assert_eq!(body["clientSecret"], "a\"b\\c");
        assert_eq!(body["userAccessType"], "TOAST_MACHINE_CLIENT");
    }
}
