//! Clients whose orders are not synced.

use super::AlertFacts;
use crate::model::{Alert, AlertLevel, AlertType, Client, ClientPhase, Scope};

/// What is over within this time was no news.
const PATIENCE_MS: i64 = 30 * 60 * 1_000;

/// Clients whose last sync failed, and whose last success is half an hour before that or was never.
pub(super) fn failing(facts: &AlertFacts<'_>) -> Vec<Alert> {
    facts.clients.iter().filter_map(failing_one).collect()
}

fn failing_one(client: &Client) -> Option<Alert> {
    let standing = &client.standing;
    let is_long = match (standing.last_attempt_ms, standing.last_success_ms) {
        (Some(attempt), Some(success)) => attempt - success >= PATIENCE_MS,
        (attempt, _) => attempt.is_some(),
    };
    if client.removed || !client.enabled || standing.phase != ClientPhase::Error || !is_long {
        return None;
    }
    let since = standing.last_success_ms.map_or_else(|| "never".to_owned(), |at| at.to_string());
    Some(Alert {
        alert_key: format!("orders-{}", client.id),
        kind: AlertType::OrderSync,
        level: AlertLevel::Warning,
        message: format!("Orders of {} could not be synced", client.name),
        detail: standing.error.clone().unwrap_or_default(),
        scope: Scope::Client(client.name.clone()),
        period: since,
        href: "/orders".to_owned(),
        ..Alert::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ClientStanding;

    fn client(phase: ClientPhase, success_ms: Option<i64>, attempt_ms: i64) -> Client {
        let error = (phase == ClientPhase::Error).then(|| "the key was refused".to_owned());
        let standing = ClientStanding {
            phase,
            last_success_ms: success_ms,
            last_attempt_ms: Some(attempt_ms),
            error,
            until_ms: None,
        };
        Client { id: "bistro".into(), name: "Bistro".into(), enabled: true, standing, ..Client::default() }
    }

    #[test]
    fn a_client_that_fails_for_half_an_hour_is_an_alert_once_and_a_limit_is_none() {
        let failing = client(ClientPhase::Error, Some(1_000), 1_000 + PATIENCE_MS);
        let alert = failing_one(&failing).expect("is one");
        assert_eq!(alert.message, "Orders of Bistro could not be synced");
        assert_eq!(alert.detail, "the key was refused");
        let later = client(ClientPhase::Error, Some(1_000), 1_000 + 9 * PATIENCE_MS);
        assert_eq!(failing_one(&later).map(|alert| alert.alert_key), Some(alert.alert_key), "the same trouble");
        assert!(failing_one(&client(ClientPhase::Error, None, 5)).is_some(), "never a success");
        for other in [
            client(ClientPhase::Error, Some(1_000), 60_000),
            client(ClientPhase::RateLimited, Some(1_000), 1_000 + 9 * PATIENCE_MS),
            client(ClientPhase::Success, Some(1_000), 1_000),
            Client { removed: true, ..failing.clone() },
            Client { enabled: false, ..failing },
        ] {
            assert_eq!(failing_one(&other), None, "{other:?}");
        }
    }
}
