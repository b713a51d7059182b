//! The users as their page shows them, on the server.

use chrono::DateTime;

use super::{AuditRow, UserRow, UsersPage};
use crate::error::AppError;
use crate::server::{app, visit};
use crate::store::{AuditEntry, User};

/// Entries of the audit log the page shows.
const ENTRIES: u32 = 100;

pub(super) async fn load(said: &str) -> Result<UsersPage, AppError> {
    let (visit, app) = (visit()?, app()?);
    let (store, zone) = (&app.engine.store, app.engine.config.current().zone);
    let users = store.users().await?.into_iter().map(|user| user_row(user, visit.name())).collect();
    let audit = store.audit(ENTRIES).await?.into_iter().map(|entry| {
        let AuditEntry { at_ms, actor, ip, action, target, outcome } = entry;
        let at = zone.moment(&DateTime::from_timestamp_millis(at_ms).unwrap_or_default().to_rfc3339()).text;
        AuditRow { at, actor, ip, action, target, outcome }
    });
    let broken = store.audit_break().await?;
    let audit_break = broken.map(|seq| {
        format!(
            "Entry {seq} of the audit log does not follow from the one before it: somebody has changed the database."
        )
    });
    let clients = store.clients().await?.into_iter().filter(|client| !client.removed);
    Ok(UsersPage {
        users,
        audit: audit.collect(),
        audit_break: audit_break.unwrap_or_default(),
        said: visit.sign_in.heard(&visit, said),
        clients: clients.map(|client| (client.id, client.name)).collect(),
    })
}

fn user_row(user: User, you: &str) -> UserRow {
    let ways = [
        user.password.as_ref().map(|_| if user.totp.is_some() { "password and code" } else { "password" }),
        user.identity.as_ref().map(|_| "identity provider"),
    ];
    let ways: Vec<&str> = ways.into_iter().flatten().collect();
    UserRow {
        is_you: user.name == you,
        has_totp: user.totp.is_some(),
        signs_in: if ways.is_empty() { "has not signed in with a password yet".to_owned() } else { ways.join(", ") },
        name: user.name,
        role: user.role,
        client: user.client.unwrap_or_default(),
        disabled: user.disabled,
    }
}
