//! The users, for admins: add, change, disable, remove, and give a link for a new password. A change of what somebody may
//! do ends their sessions: the next request under the old rights is none.

use super::SignIn;
use super::links::new_link;
use crate::error::AppError;
use crate::model::Role;
use crate::server::auth::{Via, Visit};
use crate::store::{User, UserChange};

const LONGEST_NAME: usize = 64;

/// Returns a name as it is kept: in small letters.
///
/// # Errors
/// When it is none: a sentence with the remedy.
pub(crate) fn name_of(typed: &str) -> Result<String, String> {
    let name = typed.trim().to_lowercase();
    let good = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '@' | '+');
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(good) {
        return Err("A name has 1 to 64 letters, digits, dots, dashes, underscores, + or @.".to_owned());
    }
    Ok(name)
}

/// A user who has nothing yet but a role.
pub(crate) fn new_user(name: &str, role: Role, now_ms: i64) -> User {
    User {
        name: name.to_owned(),
        role,
        client: None,
        email: None,
        password: None,
        totp: None,
        totp_step: 0,
        recovery: Vec::new(),
        identity: None,
        disabled: false,
        created_ms: now_ms,
    }
}

impl SignIn {
    /// Adds a user and returns the key of the link by which they choose their password. The first user is given one here
    /// and now, for who adds it is signed out by that.
    ///
    /// # Errors
    /// When the name or the role cannot be: a sentence.
    pub(crate) async fn add_user(
        &self,
        visit: &Visit,
        user: User,
        password: Option<String>,
    ) -> Result<Option<String>, AppError> {
        by_a_person(visit)?;
        if let Some(password) = &password {
            super::check_password(password, &user.name).map_err(AppError::BadRequest)?;
        }
        let is_first = !self.engine.store.has_users().await?;
        if is_first && password.is_none() {
            return Err(AppError::BadRequest(
                "The first user needs a password: from then on everybody signs in.".into(),
            ));
        }
        if user.role == Role::Client && user.client.is_none() {
            return Err(AppError::BadRequest("Name the client that this user may see.".to_owned()));
        }
        let hashed = match password {
            Some(password) => Some(self.hashing.hash(password).await?),
            None => None,
        };
        let needs_link = hashed.is_none();
        let user = User { password: hashed, ..user };
        let outcome = self.engine.store.add_user(&user).await?;
        self.judged(visit, "user added", &user.name, outcome, user.role.name()).await?;
        self.there_are_users();
        if needs_link { Ok(Some(new_link(&self.engine.store, &user.name, self.now_ms()).await?)) } else { Ok(None) }
    }

    /// Gives a user another role, and the client that goes with it.
    ///
    /// # Errors
    /// When nobody would be left who may change anything.
    pub(crate) async fn set_role(
        &self,
        visit: &Visit,
        name: &str,
        role: Role,
        client: Option<String>,
    ) -> Result<(), AppError> {
        if role == Role::Client && client.is_none() {
            return Err(AppError::BadRequest("Name the client that this user may see.".to_owned()));
        }
        by_a_person(visit)?;
        let client = client.filter(|_| role == Role::Client);
        let outcome = self.engine.store.change_user(name, |user| (user.role, user.client) = (role, client)).await?;
        self.judged(visit, "role changed", name, outcome, role.name()).await?;
        self.engine.store.end_sessions_of(name, "", None).await?;
        Ok(())
    }

    /// Lets a user in no longer, or again.
    ///
    /// # Errors
    /// When nobody would be left who may change anything.
    pub(crate) async fn set_disabled(&self, visit: &Visit, name: &str, disabled: bool) -> Result<(), AppError> {
        by_a_person(visit)?;
        let outcome = self.engine.store.change_user(name, |user| user.disabled = disabled).await?;
        let action = if disabled { "user disabled" } else { "user enabled" };
        self.judged(visit, action, name, outcome, "ok").await?;
        self.engine.store.end_sessions_of(name, "", None).await?;
        Ok(())
    }

    /// Removes a user and everything that was theirs.
    ///
    /// # Errors
    /// When nobody would be left who may change anything.
    pub(crate) async fn remove_user(&self, visit: &Visit, name: &str) -> Result<(), AppError> {
        by_a_person(visit)?;
        let outcome = self.engine.store.remove_user(name).await?;
        self.judged(visit, "user removed", name, outcome, "ok").await
    }

    /// Makes a link by which a user chooses a new password; takes the second factor away when told to.
    ///
    /// # Errors
    /// When there is no such user.
    pub(crate) async fn reset_link(&self, visit: &Visit, name: &str, without_totp: bool) -> Result<String, AppError> {
        by_a_person(visit)?;
        let user = self.known(name).await?;
        if without_totp && user.totp.is_some() {
            let outcome = self.engine.store.change_user(name, User::without_totp).await?;
            self.judged(visit, "second factor removed", name, outcome, "ok").await?;
        }
        let key = new_link(&self.engine.store, name, self.now_ms()).await?;
        self.audit(visit, visit.name(), "link for a new password", name, "ok").await;
        Ok(key)
    }

    async fn known(&self, name: &str) -> Result<User, AppError> {
        let missing = || AppError::BadRequest(format!("There is no user {name}; the page was out of date."));
        self.engine.store.user(name).await?.ok_or_else(missing)
    }

    async fn judged(
        &self,
        visit: &Visit,
        action: &str,
        target: &str,
        outcome: UserChange,
        detail: &str,
    ) -> Result<(), AppError> {
        let refusal = match outcome {
            UserChange::Done => {
                self.audit(visit, visit.name(), action, target, detail).await;
                return Ok(());
            }
            UserChange::Exists => format!("There is a user {target} already."),
            UserChange::Missing => format!("There is no user {target}; the page was out of date."),
            UserChange::NoAdmin => {
                "An admin has to be left who can sign in: give somebody else that role first.".to_owned()
            }
        };
        self.audit(visit, visit.name(), action, target, "refused").await;
        Err(AppError::BadRequest(refusal))
    }
}

/// A key for scripts gives nobody a way in, and takes nobody's: it would outlive itself.
pub(super) fn by_a_person(visit: &Visit) -> Result<(), AppError> {
    if visit.via == Via::Token { Err(AppError::Forbidden) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_small_and_hold_nothing_odd() {
        assert_eq!(name_of(" Ada.Lovelace@example.com ").as_deref(), Ok("ada.lovelace@example.com"));
        for bad in ["", " ", "ada lovelace", "ada/..", "adá", "<b>", &"a".repeat(65)] {
            assert!(name_of(bad).is_err(), "{bad}");
        }
    }
}
