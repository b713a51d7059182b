//! The forms of an account, and what they ask of the server.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::AccountPage;
use crate::error::AppError;
use crate::model::TokenScope;
#[cfg(feature = "ssr")]
use crate::model::{Role, Said};

#[cfg(feature = "ssr")]
const PAGE: &str = "/account";

/// Changes one's password.
#[server(prefix = "/rpc", endpoint = "change_password")]
pub async fn change_password(
    #[server(default)] old: String,
    #[server(default)] new: String,
    #[server(default)] again: String,
) -> Result<(), AppError> {
    crate::server::require(Role::Client)?;
    let visit = crate::server::visit()?;
    let outcome = if new == again {
        visit.sign_in.change_password(&visit, old, new).await
    } else {
        Err(AppError::BadRequest("The two passwords differ.".to_owned()))
    };
    crate::server::come_back(
        PAGE,
        outcome.map(|()| Said::good("The password is changed; other browsers are signed out.")),
    )
}

/// Begins to set up an authenticator app.
#[server(prefix = "/rpc", endpoint = "begin_totp")]
pub async fn begin_totp() -> Result<(), AppError> {
    crate::server::require(Role::Client)?;
    let visit = crate::server::visit()?;
    let outcome = visit.sign_in.begin_totp(&visit).await;
    crate::server::come_back(PAGE, outcome.map(|()| Said::good("Scan the code, then type what the app shows.")))
}

/// Turns the second factor on.
#[server(prefix = "/rpc", endpoint = "confirm_totp")]
pub async fn confirm_totp(#[server(default)] code: String) -> Result<(), AppError> {
    crate::server::require(Role::Client)?;
    let visit = crate::server::visit()?;
    let outcome = visit.sign_in.confirm_totp(&visit, &code).await;
    let text = "The second factor is on. Keep these recovery codes where you find them without your phone; each counts once, \
                and they are not shown again.";
    crate::server::come_back(PAGE, outcome.map(|codes| Said::good(text).with(codes)))
}

/// Turns the second factor off.
#[server(prefix = "/rpc", endpoint = "stop_totp")]
pub async fn stop_totp(#[server(default)] password: String) -> Result<(), AppError> {
    crate::server::require(Role::Client)?;
    let visit = crate::server::visit()?;
    let outcome = visit.sign_in.stop_totp(&visit, password).await;
    crate::server::come_back(PAGE, outcome.map(|()| Said::good("The second factor is off.")))
}

/// Ends one of one's sessions.
#[server(prefix = "/rpc", endpoint = "end_session")]
pub async fn end_session(id: String) -> Result<(), AppError> {
    crate::server::require(Role::Client)?;
    let visit = crate::server::visit()?;
    let outcome = visit.sign_in.end_sessions(&visit, Some(&id)).await;
    crate::server::come_back(PAGE, outcome.map(|_| Said::good("That session is ended.")))
}

/// Ends all of one's sessions but this one.
#[server(prefix = "/rpc", endpoint = "end_sessions")]
pub async fn end_sessions() -> Result<(), AppError> {
    crate::server::require(Role::Client)?;
    let visit = crate::server::visit()?;
    let outcome = visit.sign_in.end_sessions(&visit, None).await;
    crate::server::come_back(PAGE, outcome.map(|_| Said::good("All other sessions are ended.")))
}

/// Makes a key for scripts.
#[server(prefix = "/rpc", endpoint = "make_token")]
pub async fn make_token(
    #[server(default)] label: String,
    #[server(default)] scope: TokenScope,
    #[server(default)] days: u32,
) -> Result<(), AppError> {
    crate::server::require(Role::Client)?;
    let visit = crate::server::visit()?;
    let outcome = visit.sign_in.add_token(&visit, &label, scope, days).await;
    let said = |key| Said::good("Copy the token now; it is not shown again.").with(vec![key]);
    crate::server::come_back(PAGE, outcome.map(said))
}

/// Takes a key out of use.
#[server(prefix = "/rpc", endpoint = "revoke_token")]
pub async fn revoke_token(id: String) -> Result<(), AppError> {
    crate::server::require(Role::Client)?;
    let visit = crate::server::visit()?;
    let outcome = visit.sign_in.remove_token(&visit, &id).await;
    crate::server::come_back(PAGE, outcome.map(|()| Said::good("The token counts no longer.")))
}

pub(super) fn password(page: &AccountPage) -> AnyView {
    if !page.has_password {
        return view! {
            <section class="card settings" id="password">
                <header><h2>"Password"</h2></header>
                <p class="mute">"You sign in elsewhere. An admin can give you a link for a password of your own here."</p>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="card settings" id="password">
            <header><h2>"Password"</h2></header>
            <form method="post" action=ChangePassword::PATH>
                // For password managers.
                <input type="text" autocomplete="username" value=page.name.clone() hidden />
                <div class="fields">
                    <label><span>"Password now"</span><input type="password" name="old" autocomplete="current-password" required /></label>
                    <label><span>"New password"</span><input type="password" name="new" autocomplete="new-password" minlength="12" required /><small>"12 characters or more"</small></label>
                    <label><span>"The same again"</span><input type="password" name="again" autocomplete="new-password" minlength="12" required /></label>
                </div>
                <p class="save"><button class="btn strong">"Change the password"</button></p>
            </form>
        </section>
    }
    .into_any()
}

pub(super) fn second_factor(page: &AccountPage) -> AnyView {
    let body = match (&page.setting_up, page.has_totp) {
        (Some(new), _) => {
            let viewbox = format!("-4 -4 {0} {0}", new.size + 8);
            view! {
                <div class="scan">
                    <svg viewBox=viewbox role="img" aria-label="QR code for the authenticator app"><path d=new.path.clone() /></svg>
                    <div>
                        <p>"Scan this with your authenticator app, or "<a href=new.link.clone() rel="external">"open it on this device"</a>", or type the secret:"</p>
                        <p><code class="secret">{new.secret.clone()}</code></p>
                        <form method="post" action=ConfirmTotp::PATH>
                            <div class="fields">
                                <label><span>"Code the app shows"</span><input type="text" name="code" autocomplete="one-time-code" inputmode="numeric" required /></label>
                            </div>
                            <p class="save"><button class="btn strong">"Turn it on"</button></p>
                        </form>
                    </div>
                </div>
            }
            .into_any()
        }
        (None, true) => view! {
            <p>"On. "{page.recovery_left}" recovery codes are left."</p>
            <form method="post" action=StopTotp::PATH>
                <input type="text" autocomplete="username" value=page.name.clone() hidden />
                <div class="fields">
                    <label><span>"Your password"</span><input type="password" name="password" autocomplete="current-password" required /></label>
                </div>
                <p class="save"><button class="btn">"Turn it off"</button></p>
            </form>
        }
        .into_any(),
        (None, false) => view! {
            <p class="mute">"A code of an authenticator app beside the password: who learns the password is not in yet."</p>
            <form method="post" action=BeginTotp::PATH><p class="save"><button class="btn">"Set it up"</button></p></form>
        }
        .into_any(),
    };
    view! {
        <section class="card settings" id="second-factor">
            <header><h2>"Second factor"</h2></header>
            {body}
        </section>
    }
    .into_any()
}

pub(super) fn new_token() -> AnyView {
    view! {
        <form class="settings after" method="post" action=MakeToken::PATH>
            <div class="fields">
                <label><span>"What it is for"</span><input type="text" name="label" maxlength="80" autocomplete="off" required /></label>
                <label><span>"May"</span>
                    <select name="scope">
                        <option value="read">"read"</option>
                        <option value="sync">"read and start syncs"</option>
                        <option value="admin">"everything you may"</option>
                    </select>
                </label>
                <label><span>"Days until it ends"</span><input type="number" name="days" value="90" min="1" max="3650" required /></label>
            </div>
            <p class="save"><button class="btn">"Make a token"</button></p>
        </form>
    }
    .into_any()
}
