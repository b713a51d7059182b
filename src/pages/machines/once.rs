//! Tokens that are to be shown once: kept in memory for the page that follows the form, and for a few minutes at most.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whoever follows the form does so at once.
const KEPT: Duration = Duration::from_secs(300);
/// Nobody adds more machines in that time.
const AT_MOST: usize = 100;

struct Waiting {
    name: String,
    token: String,
    since: Instant,
    /// Server and browser may each draw the page once.
    drawn: bool,
}

static WAITING: LazyLock<Mutex<HashMap<String, Waiting>>> = LazyLock::new(Mutex::default);

/// Keeps a token for the page that asks for it by the machine's id.
pub(super) fn keep(id: &str, name: &str, token: &str) {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.retain(|_, waiting| waiting.since.elapsed() < KEPT);
    if waiting.len() < AT_MOST {
        let (name, token) = (name.to_owned(), token.to_owned());
        waiting.insert(id.to_owned(), Waiting { name, token, since: Instant::now(), drawn: false });
    }
}

/// Gives the name and the token away; the second time they are gone.
pub(super) fn take(id: &str) -> Option<(String, String)> {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    let found = waiting.remove(id).filter(|waiting| waiting.since.elapsed() < KEPT)?;
    let given = (found.name.clone(), found.token.clone());
    if !found.drawn {
        waiting.insert(id.to_owned(), Waiting { drawn: true, ..found });
    }
    Some(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_given_to_the_page_that_follows_and_then_gone() {
        keep("id-1", "laptop", "acm_x");
        assert!(take("id-1").is_some_and(|(name, token)| name == "laptop" && token == "acm_x"));
        assert!(take("id-1").is_some(), "the page is alive now, and may draw itself anew");
        assert_eq!(take("id-1"), None);
        assert_eq!(take("id-2"), None);
    }
}
