//! The gate: finds out who asks, once per request, and turns away who is nobody. What somebody may do is asked where it is
//! done; only a client's person is kept to the pages that are for them, because a page is drawn before it asks.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{ACCEPT, AUTHORIZATION, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use tower_sessions::Session;

use super::random::hash_of;
use super::session_store::USER;
use super::users::{name_of, new_user};
use super::{SignIn, proxy};
use crate::components::encoded;
use crate::error::AppError;
use crate::model::{Role, Who};
use crate::server::auth::{VISIT, Via, Visit};
use crate::store::UserChange;

/// What everybody may ask for: signing in and what that page is made of, health, and what knows its callers itself.
const PUBLIC: [&str; 21] = [
    "/api/push",
    "/api/webhooks/toast",
    "/charts.js",
    "/favicon.svg",
    "/healthz",
    "/readyz",
    "/reset",
    "/rpc/load_reset",
    "/rpc/load_set_up",
    "/rpc/load_sign_in",
    "/rpc/reset_password",
    "/rpc/set_up",
    "/rpc/sign_in",
    "/rpc/sign_in_code",
    "/setup",
    "/sign-in",
    "/sign-in/oidc",
    "/sign-in/oidc/callback",
    "/sw.js",
    "/v1/logs",
    "/v1/metrics",
];
const PUBLIC_FOLDER: &str = "/pkg/";
/// Where a client's person is at home.
const CLIENT_HOME: &str = "/orders";
/// Begins the addresses that are no pages.
const NO_PAGES: [&str; 5] = ["/rpc/", "/api/", "/data/", "/events", "/v1/"];
/// Begins a key for scripts.
pub(super) const TOKEN_PREFIX: &str = "dsh_";
/// The use of a key is noted no more often than this.
const NOTED_EVERY_MS: i64 = 60 * 1000;

/// Lets a request through with a [`Visit`], or sends it to the sign-in page, or refuses it.
pub(in crate::server) async fn gate(State(sign_in): State<Arc<SignIn>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = match recognise(&sign_in, &parts).await {
        Ok(visit) => Arc::new(visit),
        Err(error) => return AppError::from(error).into_response(),
    };
    if let Some(answer) = turned_away(&visit, &parts.method, &parts.uri, &parts.headers) {
        return answer;
    }
    parts.extensions.insert(visit.clone());
    VISIT.scope(visit, next.run(Request::from_parts(parts, body))).await
}

fn turned_away(visit: &Visit, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let path = uri.path();
    let wants_page =
        headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|a| a.contains("text/html"));
    let is_page = method == Method::GET && !NO_PAGES.iter().any(|start| path.starts_with(start));
    let is_public = PUBLIC.contains(&path) || path.starts_with(PUBLIC_FOLDER);
    match &visit.who {
        None if is_public => None,
        None if is_page && wants_page => {
            let asked = uri.path_and_query().map_or(path, |asked| asked.as_str());
            let to = if asked == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={}", encoded(asked)) };
            Some(Redirect::to(&to).into_response())
        }
        // A form that was open when the session ended.
        None if method == Method::POST && wants_page => Some(Redirect::to("/sign-in").into_response()),
        // As a server function says it, so that the page understands it.
        None if path.starts_with("/rpc/") => {
            Some((StatusCode::UNAUTHORIZED, axum::Json(AppError::SignedOut)).into_response())
        }
        None => Some(AppError::SignedOut.into_response()),
        Some(who) if who.role == Role::Client && is_page && !is_public && !is_for_clients(path) => {
            Some(Redirect::to(CLIENT_HOME).into_response())
        }
        Some(_) if path == "/sign-in" && visit.via == Via::Session => Some(Redirect::to("/").into_response()),
        Some(_) => None,
    }
}

fn is_for_clients(path: &str) -> bool {
    let within = |home: &str| path.strip_prefix(home).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    within(CLIENT_HOME) || within("/account")
}

async fn recognise(sign_in: &Arc<SignIn>, request: &Parts) -> anyhow::Result<Visit> {
    let headers = &request.headers;
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0);
    let proxies = &sign_in.engine.config.environment.trusted_proxies;
    let session = request.extensions.get::<Session>().cloned();
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let mut visit = Visit {
        who: None,
        via: Via::Nothing,
        ip: proxy::address(peer, headers, proxies),
        agent: agent.chars().take(200).collect(),
        session,
        token: None,
        sign_in: sign_in.clone(),
    };
    (visit.via, visit.who) = match of_token(sign_in, headers).await? {
        Some((id, found)) => {
            visit.token = id;
            (Via::Token, found)
        }
        None => by_browser(sign_in, &visit, peer, headers).await?,
    };
    Ok(visit)
}

async fn by_browser(
    sign_in: &Arc<SignIn>,
    visit: &Visit,
    peer: Option<SocketAddr>,
    headers: &HeaderMap,
) -> anyhow::Result<(Via, Option<Who>)> {
    if let Some(who) = of_session(sign_in, visit).await? {
        return Ok((Via::Session, Some(who)));
    }
    if let Some(who) = of_proxy(sign_in, visit, peer, headers).await? {
        return Ok((Via::Proxy, Some(who)));
    }
    let open = !super::links::is_exposed(&sign_in.engine.config.environment)
        && !proxy::is_forwarded(headers)
        && !sign_in.has_users().await?;
    Ok(if open { (Via::OpenMachine, Some(Who::owner())) } else { (Via::Nothing, None) })
}

/// The id of a key for scripts, and whom it belongs to; `None` when there is none, nobody when it is not good.
async fn of_token(sign_in: &SignIn, headers: &HeaderMap) -> anyhow::Result<Option<(Option<String>, Option<Who>)>> {
    let not_good = Ok(Some((None, None)));
    let Some(key) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer) else {
        return Ok(None);
    };
    let Some((id, _)) = key.strip_prefix(TOKEN_PREFIX).and_then(|rest| rest.split_once('_')) else {
        return Ok(None);
    };
    let (store, now) = (&sign_in.engine.store, sign_in.now_ms());
    let Some(token) = store.token(id).await? else { return not_good };
    if token.key_hash != hash_of(key) || token.expires_ms <= now {
        return not_good;
    }
    let Some(user) = store.user(&token.user_name).await?.filter(|user| !user.disabled) else { return not_good };
    let id = token.id.clone();
    if now.saturating_sub(token.used_ms.unwrap_or(0)) > NOTED_EVERY_MS {
        let store = store.clone();
        tokio::spawn(async move {
            if let Err(error) = store.touch_token(&token.id, now).await {
                tracing::warn!("{error:#}");
            }
        });
    }
    let who = Who { role: token.scope.role(user.role), name: user.name, client: user.client };
    Ok(Some((Some(id), Some(who))))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

async fn of_session(sign_in: &SignIn, visit: &Visit) -> anyhow::Result<Option<Who>> {
    let Some(session) = &visit.session else { return Ok(None) };
    let Some(name) = session.get::<String>(USER).await? else { return Ok(None) };
    let user = sign_in.engine.store.user(&name).await?.filter(|user| !user.disabled);
    Ok(user.map(|user| Who { name: user.name, role: user.role, client: user.client }))
}

/// Whom a reverse proxy has signed in; its header counts from a trusted one only.
async fn of_proxy(
    sign_in: &SignIn,
    visit: &Visit,
    peer: Option<SocketAddr>,
    headers: &HeaderMap,
) -> anyhow::Result<Option<Who>> {
    let config = sign_in.engine.config.current();
    let Some(chosen) = &config.sign_in.proxy else { return Ok(None) };
    let mut said = headers.get_all(&chosen.header).iter();
    let Some(first) = said.next() else { return Ok(None) };
    // Two are one of the proxy's and one of whoever sent the request: a proxy has to replace it, and not to add to it.
    let Some(name) = name_of(first.to_str().unwrap_or_default()).ok().filter(|_| said.next().is_none()) else {
        tracing::warn!(ip = %visit.ip, "a request came with {} twice, or with no name in it; it does not count", chosen.header);
        return Ok(None);
    };
    let proxies = &sign_in.engine.config.environment.trusted_proxies;
    if !peer.is_some_and(|peer| proxy::is_trusted(peer.ip(), proxies)) {
        tracing::warn!(ip = %visit.ip, "a request with {} came from no trusted proxy; the header does not count", chosen.header);
        return Ok(None);
    }
    let store = &sign_in.engine.store;
    let user = match (store.user(&name).await?, chosen.create_as) {
        (Some(user), _) => user,
        (None, Some(role)) => {
            let user = new_user(&name, role, sign_in.now_ms());
            if store.add_user(&user).await? != UserChange::Done {
                return Ok(None);
            }
            sign_in.there_are_users();
            sign_in.audit(visit, &name, "user added", &name, "by the reverse proxy").await;
            user
        }
        (None, None) => return Ok(None),
    };
    Ok((!user.disabled).then_some(Who { name: user.name, role: user.role, client: user.client }))
}
