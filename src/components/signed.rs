//! Who is signed in, for what a page shows and leaves out. It only hides: what somebody may do is asked on the server,
//! where it is done.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::encoded;
use crate::error::AppError;
use crate::model::Role;

/// Begins the addresses a client's person sees.
const FOR_CLIENTS: [&str; 2] = ["/orders", "/account"];
/// Pages with nothing on them but what an admin does.
const FOR_ADMINS: [&str; 3] = ["/clients", "/machines", "/users"];

/// Who looks at this page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// `None` for nobody.
    pub role: Option<Role>,
    pub name: String,
    /// The one client a client's person sees.
    pub client: Option<String>,
    /// Somebody with an account, not the owner of a machine that is open.
    pub is_user: bool,
    /// Signed in here, so that there is something to sign out of.
    pub is_session: bool,
}

impl Signed {
    #[must_use]
    pub fn may(&self, least: Role) -> bool {
        self.role.is_some_and(|role| role >= least)
    }

    /// Whether a page is one for this person.
    #[must_use]
    pub fn sees(&self, path: &str) -> bool {
        let least = match path {
            path if FOR_CLIENTS.contains(&path) => Role::Client,
            path if FOR_ADMINS.contains(&path) => Role::Admin,
            _ => Role::Viewer,
        };
        self.may(least)
    }
}

/// Ends this browser's session. A POST, so that it works as a plain form.
#[server(prefix = "/rpc", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), AppError> {
    crate::server::require(Role::Client)?;
    let visit = crate::server::visit()?;
    visit.sign_in.leave(&visit).await?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// Makes it known to the page who looks at it; returns whether anybody does.
pub fn provide_signed() -> bool {
    let signed = SharedValue::new(current).into_inner();
    let is_somebody = signed.role.is_some();
    provide_context(signed);
    is_somebody
}

/// Whether who looks at this page may do what `least` may: what changes something is drawn for nobody else.
#[must_use]
pub fn may(least: Role) -> bool {
    use_context::<Signed>().is_some_and(|signed| signed.may(least))
}

/// Returns who looks at this page.
#[must_use]
pub fn use_signed() -> Signed {
    use_context().unwrap_or_default()
}

fn current() -> Signed {
    #[cfg(feature = "ssr")]
    if let (Some(who), Ok(visit)) = (crate::server::who(), crate::server::visit()) {
        use crate::server::Via;
        return Signed {
            role: Some(who.role),
            name: who.name,
            client: who.client,
            is_user: visit.via != Via::OpenMachine,
            is_session: visit.via == Via::Session,
        };
    }
    Signed::default()
}

/// Returns an address of this dashboard that somebody asked to be sent to; `None` when it would lead elsewhere.
#[must_use]
pub fn local_path(text: &str) -> Option<&str> {
    let odd = |letter: char| letter == '\\' || letter.is_control() || letter.is_whitespace();
    let leads_elsewhere = !text.starts_with('/') || text.starts_with("//") || text.contains(odd);
    (!leads_elsewhere && !text.starts_with("/sign-in")).then_some(text)
}

/// Goes to the sign-in page, and back here from there.
pub fn go_and_sign_in() {
    let here = window().location();
    let asked = here.pathname().unwrap_or_default() + &here.search().unwrap_or_default();
    // A browser that cannot go there is gone already.
    let _ = here.set_href(&format!("/sign-in?next={}", encoded(&asked)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for good in ["/", "/tokens?window=7d", "/projects/a%20b#x"] {
            assert_eq!(local_path(good), Some(good));
        }
        let bad = [
            "",
            "tokens",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nb",
            "/\t/evil",
            "/sign-in",
        ];
        for bad in bad {
            assert_eq!(local_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_clients_person_sees_their_orders_and_their_account_alone() {
        let of = |role| Signed { role, ..Signed::default() };
        let client = of(Some(Role::Client));
        assert!(client.sees("/orders") && client.sees("/account") && !client.sees("/") && !client.may(Role::Viewer));
        assert!(of(Some(Role::Viewer)).sees("/tokens") && !of(None).may(Role::Client) && !of(None).sees("/"));
        let (operator, admin) = (of(Some(Role::Operator)), of(Some(Role::Admin)));
        assert!(["/clients", "/machines", "/users"].iter().all(|page| admin.sees(page) && !operator.sees(page)));
    }
}
