//! Who somebody is to this dashboard, and what that lets them do.
//!
//! A role says what may be asked for; it never says of whom: a person of a client sees that client alone
//! ([`Who::client`]).

use serde::{Deserialize, Serialize};

/// What a person may do. Ordered: each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A client's own person: the orders of that client, nothing else.
    Client,
    /// Reads everything but settings that hold addresses and keys.
    Viewer,
    /// Also starts syncs, answers alerts, moves projects.
    Operator,
    /// Also changes settings, clients and users.
    Admin,
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Client, Role::Viewer, Role::Operator, Role::Admin];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Role::Client => "client",
            Role::Viewer => "viewer",
            Role::Operator => "operator",
            Role::Admin => "admin",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// What a key for scripts may do at most; its owner's role is the other bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenScope {
    #[default]
    Read,
    Sync,
    Admin,
}

impl TokenScope {
    pub const ALL: [TokenScope; 3] = [TokenScope::Read, TokenScope::Sync, TokenScope::Admin];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            TokenScope::Read => "read",
            TokenScope::Sync => "sync",
            TokenScope::Admin => "admin",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<TokenScope> {
        TokenScope::ALL.into_iter().find(|scope| scope.name() == name)
    }

    /// The role a key of this scope has in the hands of somebody of that role.
    #[must_use]
    pub fn role(self, owner: Role) -> Role {
        let most = match self {
            TokenScope::Read => Role::Viewer,
            TokenScope::Sync => Role::Operator,
            TokenScope::Admin => Role::Admin,
        };
        most.min(owner)
    }
}

/// Whose request it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    pub name: String,
    pub role: Role,
    /// The one client a [`Role::Client`] sees; `None` for everybody else.
    pub client: Option<String>,
}

impl Who {
    /// The owner of a dashboard that is open on its own machine.
    #[must_use]
    pub fn owner() -> Who {
        Who { name: "owner".to_owned(), role: Role::Admin, client: None }
    }

    /// Whether this person may see that client's orders.
    #[must_use]
    pub fn sees(&self, client: &str) -> bool {
        self.role > Role::Client || self.client.as_deref() == Some(client)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_person_sees_that_client_alone_and_everybody_else_sees_all() {
        let of = |role, client: Option<&str>| Who { name: "a".into(), role, client: client.map(str::to_owned) };
        assert!(of(Role::Client, Some("bistro")).sees("bistro"));
        assert!(!of(Role::Client, Some("bistro")).sees("diner"));
        assert!(!of(Role::Client, None).sees("diner"));
        assert!(of(Role::Viewer, None).sees("diner"));
    }

    #[test]
    fn a_key_never_does_more_than_its_scope_nor_more_than_its_owner() {
        assert_eq!(TokenScope::Read.role(Role::Admin), Role::Viewer);
        assert_eq!(TokenScope::Sync.role(Role::Admin), Role::Operator);
        assert_eq!(TokenScope::Admin.role(Role::Viewer), Role::Viewer);
        assert_eq!(TokenScope::Read.role(Role::Client), Role::Client);
    }

    #[test]
    fn names_are_read_back_and_roles_grow() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.name()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
        assert!(Role::ALL.is_sorted());
    }
}
