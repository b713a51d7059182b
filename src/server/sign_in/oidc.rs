//! Signing in at an identity provider: OpenID Connect with a code, PKCE, state and nonce. People are known by issuer and
//! subject; an e-mail address links an account only when the provider has verified it.

use std::pin::Pin;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query};
use axum::response::{IntoResponse, Redirect, Response};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AsyncHttpClient, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IdTokenClaims, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse,
    TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use super::SignIn;
use super::enter::session;
use super::users::{name_of, new_user};
use crate::components::encoded;
use crate::config::{OIDC_SECRET, OidcConfig, Secret};
use crate::error::AppError;
use crate::model::Role;
use crate::server::auth::Visit;
use crate::sources::http::{Limits, Plain, PlainError};
use crate::store::{User, UserChange};

const CALLBACK: &str = "/sign-in/oidc/callback";
/// Of a session: a way in that was begun.
const BEGUN: &str = "oidc";
/// How long somebody may take at the provider.
const BEGUN_MS: i64 = 10 * 60 * 1000;
/// What the provider says of itself is asked again after this.
const FRESH_MS: i64 = 60 * 60 * 1000;
/// The same when an ID token names a key that is not known: keys are changed without notice. No sooner, so that nobody
/// can have the provider asked again and again.
const UNKNOWN_KEY_MS: i64 = 60 * 1000;

/// The claims that no standard names, such as groups.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Extra(Map<String, Value>);

impl AdditionalClaims for Extra {}

type Tokens = StandardTokenResponse<
    IdTokenFields<
        Extra,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
type Provided<Auth, Token, Info> = Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    Auth,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    Token,
    Info,
>;
type Known = Provided<EndpointSet, EndpointMaybeSet, EndpointMaybeSet>;
type Claims = IdTokenClaims<Extra, CoreGenderClaim>;

/// The HTTP client, as the library asks for it.
struct Asking(Plain);

impl<'c> AsyncHttpClient<'c> for Asking {
    type Error = PlainError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, PlainError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.send(request))
    }
}

/// What the provider says of itself, and when it was asked.
#[derive(Default)]
pub(super) struct Provider {
    metadata: Mutex<Option<(OidcConfig, i64, CoreProviderMetadata)>>,
}

#[derive(Serialize, Deserialize)]
struct Begun {
    state: String,
    nonce: String,
    verifier: String,
    next: String,
    until_ms: i64,
}

#[derive(Deserialize)]
pub(in crate::server) struct Next {
    #[serde(default)]
    next: String,
}

/// What the provider sends people back with.
#[derive(Deserialize)]
pub(in crate::server) struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
}

/// `GET /sign-in/oidc`: sends somebody to the provider.
pub(in crate::server) async fn begin(
    Extension(visit): Extension<Arc<Visit>>,
    query: Result<Query<Next>, QueryRejection>,
) -> Result<Response, AppError> {
    let next = query.map(|Query(next)| next.next).unwrap_or_default();
    let sign_in = &visit.sign_in;
    let config = sign_in.engine.config.current();
    let (Some(oidc), Some(url)) = (&config.sign_in.oidc, &config.sign_in.public_url) else {
        return Err(AppError::NotFound);
    };
    if let Err(seconds) = sign_in.throttle.enter_from(visit.ip) {
        return Err(AppError::TooMany(format!("Too many tries. Wait {seconds} seconds.")));
    }
    let client = match sign_in.client(oidc, url, FRESH_MS).await {
        Ok((client, _)) => client,
        Err(error) => return Ok(sign_in.refused(&visit, "", &format!("{error:#}")).await),
    };
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let asked = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
    let scopes = ["email", "profile"].map(|name| Scope::new(name.to_owned()));
    let (address, state, nonce) = asked.add_scopes(scopes).set_pkce_challenge(challenge).url();
    let begun = Begun {
        state: state.into_secret(),
        nonce: nonce.secret().clone(),
        verifier: verifier.into_secret(),
        next,
        until_ms: sign_in.now_ms().saturating_add(BEGUN_MS),
    };
    session(&visit)?.insert(BEGUN, begun).await.map_err(anyhow::Error::from)?;
    Ok(Redirect::to(address.as_str()).into_response())
}

/// `GET /sign-in/oidc/callback`: somebody comes back.
pub(in crate::server) async fn come_back(
    Extension(visit): Extension<Arc<Visit>>,
    query: Result<Query<Answer>, QueryRejection>,
) -> Result<Response, AppError> {
    let sign_in = &visit.sign_in;
    let begun: Option<Begun> = session(&visit)?.remove(BEGUN).await.map_err(anyhow::Error::from)?;
    let now_ms = sign_in.now_ms();
    let Some(begun) = begun.filter(|begun| begun.until_ms > now_ms) else {
        return Ok(sign_in.refused(&visit, "", "nothing was begun in this browser").await);
    };
    let answer = match query {
        Ok(Query(answer)) if answer.error.is_empty() && answer.state == begun.state => answer,
        Ok(Query(answer)) if !answer.error.is_empty() => {
            return Ok(sign_in.refused(&visit, "", "the provider refused it").await);
        }
        _ => return Ok(sign_in.refused(&visit, "", "the answer is to another question").await),
    };
    let claims = match sign_in.claims(&begun, answer.code).await {
        Ok(claims) => claims,
        Err(error) => return Ok(sign_in.refused(&visit, "", &format!("{error:#}")).await),
    };
    match sign_in.user_of(&visit, &claims).await? {
        Ok(name) => {
            sign_in.let_in(&visit, &name, "sign in at the provider").await?;
            let next = crate::components::local_path(&begun.next).unwrap_or("/");
            Ok(Redirect::to(next).into_response())
        }
        Err(why) => Ok(sign_in.refused(&visit, claims.subject().as_str(), why).await),
    }
}

impl SignIn {
    /// Sends somebody back to the sign-in page; the audit log has the reason.
    async fn refused(&self, visit: &Visit, subject: &str, why: &str) -> Response {
        let subject: String = subject.chars().filter(|letter| !letter.is_control()).take(80).collect();
        self.audit(visit, &subject, "sign in at the provider", "", &format!("refused: {why}")).await;
        Redirect::to("/sign-in?problem=provider").into_response()
    }

    /// The client of the provider, and what asks it.
    async fn client(&self, oidc: &OidcConfig, public_url: &str, fresh_ms: i64) -> anyhow::Result<(Known, Asking)> {
        let plain = Asking(Plain::new(&Limits::default())?);
        let mut kept = self.provider.metadata.lock().await;
        let now_ms = self.now_ms();
        let known = kept.as_ref().filter(|(of, at_ms, _)| of == oidc && now_ms.saturating_sub(*at_ms) < fresh_ms);
        let metadata = match known {
            Some((_, _, metadata)) => metadata.clone(),
            None => {
                let issuer = IssuerUrl::new(oidc.issuer.clone())?;
                let found = CoreProviderMetadata::discover_async(issuer, &plain).await;
                let found = found.map_err(|error| anyhow::anyhow!("{} cannot be used: {error}", oidc.issuer))?;
                *kept = Some((oidc.clone(), now_ms, found.clone()));
                found
            }
        };
        drop(kept);
        let secret = Secret::read(OIDC_SECRET)?.map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let back = RedirectUrl::new(format!("{}{CALLBACK}", public_url.trim_end_matches('/')))?;
        let client = Client::from_provider_metadata(metadata, ClientId::new(oidc.client_id.clone()), secret);
        Ok((client.set_redirect_uri(back), plain))
    }

    /// Exchanges the code, and returns what the provider says of the person; everything about it is checked.
    async fn claims(&self, begun: &Begun, code: String) -> anyhow::Result<Claims> {
        let config = self.engine.config.current();
        let (Some(oidc), Some(url)) = (&config.sign_in.oidc, &config.sign_in.public_url) else {
            anyhow::bail!("there is no identity provider any more");
        };
        let (mut client, plain) = self.client(oidc, url, FRESH_MS).await?;
        let exchange = client.exchange_code(AuthorizationCode::new(code))?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(begun.verifier.clone())).request_async(&plain);
        let tokens = exchange.await.map_err(|error| anyhow::anyhow!("the code was not accepted: {error}"))?;
        let token = tokens.id_token().ok_or_else(|| anyhow::anyhow!("the provider sent no ID token"))?;
        let nonce = Nonce::new(begun.nonce.clone());
        let unknown = ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey);
        if token.claims(&client.id_token_verifier(), &nonce).is_err_and(|error| error == unknown) {
            (client, _) = self.client(oidc, url, UNKNOWN_KEY_MS).await?;
        }
        let verifier = client.id_token_verifier();
        let claims = token.claims(&verifier, &nonce);
        let claims = claims.map_err(|error| anyhow::anyhow!("the ID token is not good: {error}"))?.clone();
        if let Some(expected) = claims.access_token_hash() {
            let (algorithm, key) = (token.signing_alg()?, token.signing_key(&verifier)?);
            if AccessTokenHash::from_token(tokens.access_token(), algorithm, key)? != *expected {
                anyhow::bail!("the access token belongs to another ID token");
            }
        }
        Ok(claims)
    }

    /// The user whom these claims are about, with the role their groups give them; or why they are not let in.
    async fn user_of(&self, visit: &Visit, claims: &Claims) -> anyhow::Result<Result<String, &'static str>> {
        let config = self.engine.config.current();
        let Some(oidc) = &config.sign_in.oidc else { return Ok(Err("there is no identity provider any more")) };
        let store = &self.engine.store;
        let identity = (claims.issuer().to_string(), claims.subject().to_string());
        let email = claims.email().map(|email| email.to_lowercase()).filter(|_| claims.email_verified() == Some(true));
        let known = match store.user_of_identity(&identity.0, &identity.1).await? {
            Some(user) => Some(user),
            None => {
                let users = store.users().await?;
                let unlinked = users.into_iter().filter(|user| user.identity.is_none());
                let mut of_email = unlinked.filter(|user| email.is_some() && user.email == email);
                of_email.next().filter(|_| of_email.next().is_none())
            }
        };
        let granted = role_of(oidc, claims.additional_claims());
        let Some(user) = known else { return self.newcomer(visit, claims, identity, email, granted).await };
        if user.disabled {
            return Ok(Err("the user is disabled"));
        }
        let role = match (user.role, granted) {
            // An admin has said which client this is; no group can.
            (Role::Client, _) => Role::Client,
            (role, _) if oidc.roles.is_empty() => role,
            (_, Some(role)) => role,
            (_, None) => return Ok(Err("none of their groups has a role")),
        };
        if user.identity.as_ref() != Some(&identity) || role != user.role {
            let linked = identity.clone();
            let change = |user: &mut User| (user.identity, user.role) = (Some(linked), role);
            match store.change_user(&user.name, change).await? {
                UserChange::Done => self.audit(visit, &user.name, "role by group", &user.name, role.name()).await,
                UserChange::NoAdmin => {
                    tracing::warn!("{} stays an admin: nobody else could change anything", user.name);
                    store.change_user(&user.name, |user| user.identity = Some(identity)).await?;
                }
                UserChange::Exists | UserChange::Missing => return Ok(Err("the user was removed")),
            }
            if role != user.role {
                store.end_sessions_of(&user.name, "", None).await?;
            }
        }
        Ok(Ok(user.name))
    }

    async fn newcomer(
        &self,
        visit: &Visit,
        claims: &Claims,
        identity: (String, String),
        email: Option<String>,
        granted: Option<Role>,
    ) -> anyhow::Result<Result<String, &'static str>> {
        let Some(role) = granted else { return Ok(Err("there is no such user, and none of their groups has a role")) };
        let preferred = claims.preferred_username().map(|name| name.as_str().to_owned());
        let names = [email.clone(), preferred, Some(identity.1.clone())];
        let Some(name) = names.into_iter().flatten().find_map(|name| name_of(&name).ok()) else {
            return Ok(Err("the provider gave no name that can be one here"));
        };
        let user = User { email, identity: Some(identity), ..new_user(&name, role, self.now_ms()) };
        match self.engine.store.add_user(&user).await? {
            UserChange::Done => {
                self.there_are_users();
                self.audit(visit, &name, "user added", &name, "by the provider").await;
                Ok(Ok(name))
            }
            UserChange::NoAdmin => Ok(Err("the first user has to be an admin")),
            // Somebody else has that name: to take it over would take their account over.
            UserChange::Exists | UserChange::Missing => Ok(Err("another user has that name")),
        }
    }
}

/// The highest role a person's groups give, or the one for everybody.
fn role_of(oidc: &OidcConfig, extra: &Extra) -> Option<Role> {
    let groups: Vec<&str> = match extra.0.get(&oidc.groups_claim) {
        Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(group)) => vec![group],
        _ => Vec::new(),
    };
    groups.into_iter().filter_map(|group| oidc.roles.get(group).copied()).max().or(oidc.default_role)
}

/// Where the sign-in page sends people who use the provider.
pub(crate) fn provider_link(next: &str) -> String {
    if next.is_empty() { "/sign-in/oidc".to_owned() } else { format!("/sign-in/oidc?next={}", encoded(next)) }
}
