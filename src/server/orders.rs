//! Whose orders a request is about: decided here, once, for pages and exports alike.

use crate::model::{Client, ClientPhase, Role, Who, Whose};
use crate::sync::Engine;

/// Whose orders somebody asks for, as far as they may see them.
#[derive(Clone, Debug)]
pub struct OrderScope {
    /// Those the asker may see, removed ones too.
    pub clients: Vec<Client>,
    /// The one that is shown, when it is only one.
    pub one: Option<Client>,
    pub whose: Whose,
    /// The asker may choose between clients.
    pub chooses: bool,
}

impl OrderScope {
    /// Decides it. `chosen` is a client's id, `current` leaves out those whose last sync failed; who belongs to a client
    /// sees that one, whatever is chosen.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn of(engine: &Engine, who: &Who, chosen: Option<&str>, current: bool) -> anyhow::Result<OrderScope> {
        Ok(OrderScope::among(engine.store.clients().await?, who, chosen, current))
    }

    fn among(mut clients: Vec<Client>, who: &Who, chosen: Option<&str>, current: bool) -> OrderScope {
        clients.retain(|client| who.sees(&client.id));
        let chooses = who.role > Role::Client;
        let chosen = if chooses { chosen } else { who.client.as_deref() };
        let one = clients.iter().find(|client| Some(client.id.as_str()) == chosen).cloned();
        let whose = match &one {
            Some(client) => Whose::client(&client.id),
            None if !chooses => Whose::These(Vec::new()),
            None if current => {
                let kept = clients.iter().filter(|client| !OrderScope::has_failed(client));
                Whose::These(kept.map(|client| client.id.clone()).collect())
            }
            None => Whose::Everybody,
        };
        OrderScope { clients, one, whose, chooses }
    }

    /// Whether the numbers of a client are older than they should be.
    #[must_use]
    pub fn has_failed(client: &Client) -> bool {
        !client.removed && client.standing.phase == ClientPhase::Error
    }

    #[must_use]
    pub fn named(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    #[must_use]
    pub fn currency(&self, id: &str) -> &str {
        self.named(id).map_or("USD", |client| client.currency.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clients() -> Vec<Client> {
        let of = |id: &str, phase| {
            let mut client = Client { id: id.to_owned(), name: id.to_owned(), ..Client::default() };
            client.standing.phase = phase;
            client
        };
        vec![of("bistro", ClientPhase::Success), of("diner", ClientPhase::Error)]
    }

    fn whose(role: Role, client: Option<&str>, chosen: Option<&str>, current: bool) -> Whose {
        let who = Who { name: "a".into(), role, client: client.map(str::to_owned) };
        OrderScope::among(clients(), &who, chosen, current).whose
    }

    #[test]
    fn who_belongs_to_a_client_sees_that_one_whatever_is_chosen() {
        for chosen in [None, Some("bistro"), Some("diner"), Some("nobody")] {
            assert_eq!(whose(Role::Client, Some("bistro"), chosen, false), Whose::client("bistro"), "{chosen:?}");
            assert_eq!(whose(Role::Client, None, chosen, false), Whose::These(Vec::new()), "{chosen:?}");
            assert_eq!(whose(Role::Client, Some("gone"), chosen, true), Whose::These(Vec::new()), "{chosen:?}");
        }
    }

    #[test]
    fn others_choose_one_or_see_all_or_those_that_are_current() {
        assert_eq!(whose(Role::Viewer, None, Some("diner"), true), Whose::client("diner"));
        assert_eq!(whose(Role::Admin, None, Some("nobody"), false), Whose::Everybody);
        assert_eq!(whose(Role::Admin, None, None, false), Whose::Everybody);
        assert_eq!(whose(Role::Admin, None, None, true), Whose::client("bistro"));
    }
}
