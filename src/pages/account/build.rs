//! An account as its page shows it, on the server.

use chrono::DateTime;

use super::{AccountPage, NewTotp, SessionRow, TokenRow};
use crate::error::AppError;
use crate::model::Moment;
use crate::server::{AccountFacts, SessionFacts, TokenFacts, Via, app, visit};

pub(super) async fn load(said: &str) -> Result<AccountPage, AppError> {
    let (visit, app) = (visit()?, app()?);
    let said = visit.sign_in.heard(&visit, said);
    if visit.via == Via::OpenMachine {
        return Ok(AccountPage { said, ..AccountPage::default() });
    }
    let AccountFacts { has_password, has_totp, recovery_left, new_totp, sessions, tokens } =
        visit.sign_in.account(&visit).await.map_err(AppError::answer)?;
    let zone = app.engine.config.current().zone;
    let moment = |ms: i64| zone.moment(&DateTime::from_timestamp_millis(ms).unwrap_or_default().to_rfc3339());
    let now_ms = app.engine.clock.now().timestamp_millis();
    let who = visit.who.clone();
    Ok(AccountPage {
        name: visit.name().to_owned(),
        role: who.as_ref().map(|who| who.role.name().to_owned()).unwrap_or_default(),
        client: who.and_then(|who| who.client).unwrap_or_default(),
        has_password,
        has_totp,
        recovery_left: u32::try_from(recovery_left).unwrap_or(u32::MAX),
        setting_up: new_totp.map(|(secret, link, size, path)| NewTotp { secret, link, size, path }),
        sessions: sessions.into_iter().map(|session| session_row(session, moment)).collect(),
        tokens: tokens.into_iter().map(|token| token_row(token, moment, now_ms)).collect(),
        said,
    })
}

fn session_row(session: SessionFacts, moment: impl Fn(i64) -> Moment) -> SessionRow {
    SessionRow {
        id: session.name,
        is_this: session.is_this,
        browser: browser(&session.agent),
        ip: session.ip,
        begun: moment(session.begun_ms).text,
        seen: moment(session.seen_ms),
    }
}

fn token_row(token: TokenFacts, moment: impl Fn(i64) -> Moment, now_ms: i64) -> TokenRow {
    TokenRow {
        id: token.id,
        label: token.label,
        scope: token.scope.name().to_owned(),
        ends: moment(token.expires_ms).text,
        is_over: token.expires_ms <= now_ms,
        used: token.used_ms.map(moment),
    }
}

/// Names a browser as people do; the order tells those apart that claim to be each other.
fn browser(agent: &str) -> String {
    let named =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let program = named(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = named(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "An unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_have_the_names_people_know() {
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
        assert_eq!(browser(chrome), "Chrome on Linux");
        assert_eq!(browser(&format!("{chrome} Edg/140.0")), "Edge on Linux");
        assert_eq!(browser("curl/8.5"), "curl");
        assert_eq!(browser(""), "An unknown browser");
    }
}
