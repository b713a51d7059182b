//! Signing in at an identity provider: a small one on loopback, which can misbehave.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{TimeDelta, Utc};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::harness::{TestApp, exchange, write};
use super::sign_in::{add_user, set_cookie};
use crate::model::Role;
use crate::store::User;
use crate::sync::Clock;
use crate::tests::alerts::Hand;

const CLIENT_ID: &str = "allclear";
const PROBLEM: &str = "/sign-in?problem=provider";

/// What the provider was asked, and what it answers.
struct Said {
    /// Over the claims of the next token; `null` takes one out.
    claims: Value,
    /// Of the last request to sign in.
    challenge: String,
    nonce: String,
    /// Signs with a key nobody knows.
    forges: bool,
    /// The name of the key that is in use.
    kid: &'static str,
    /// How often the keys were asked for.
    key_requests: u32,
}

#[derive(Clone)]
struct Provider {
    issuer: String,
    key: Arc<EcdsaKeyPair>,
    other_key: Arc<EcdsaKeyPair>,
    said: Arc<Mutex<Said>>,
}

fn key() -> Arc<EcdsaKeyPair> {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("makes a key");
    Arc::new(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).expect("is a key"))
}

impl Provider {
    async fn start() -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let said = Said {
            claims: json!({}),
            challenge: String::new(),
            nonce: String::new(),
            forges: false,
            kid: "k1",
            key_requests: 0,
        };
        let provider = Provider { issuer, key: key(), other_key: key(), said: Arc::new(Mutex::new(said)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(about))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    fn claim(&self, claims: Value) {
        self.said.lock().expect("is free").claims = claims;
    }

    fn token(&self) -> String {
        let said = self.said.lock().expect("is free");
        let now = Utc::now().timestamp();
        let mut claims = json!({"iss": self.issuer, "aud": CLIENT_ID, "sub": "s-1", "iat": now, "exp": now + 300,
            "nonce": said.nonce, "email": "ada@example.com", "email_verified": true});
        for (name, value) in said.claims.as_object().expect("is an object") {
            claims[name] = value.clone();
        }
        claims.as_object_mut().expect("is an object").retain(|_, value| !value.is_null());
        let encode = |value: &Value| BASE64.encode(value.to_string());
        let signed = format!("{}.{}", encode(&json!({"alg": "ES256", "kid": said.kid, "typ": "JWT"})), encode(&claims));
        let key = if said.forges { &self.other_key } else { &self.key };
        let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).expect("signs");
        format!("{signed}.{}", BASE64.encode(signature))
    }
}

async fn about(State(provider): State<Provider>) -> Json<Value> {
    let issuer = &provider.issuer;
    Json(json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"]}))
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let kid = {
        let mut said = provider.said.lock().expect("is free");
        said.key_requests += 1;
        if said.kid == "unheard-of" { "k1" } else { said.kid }
    };
    let point = provider.key.public_key().as_ref();
    let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
    Json(json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": x, "y": y}]}))
}

async fn token(
    State(provider): State<Provider>,
    Form(asked): Form<Vec<(String, String)>>,
) -> Result<Json<Value>, axum::http::StatusCode> {
    let of = |name: &str| asked.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let proof = BASE64.encode(digest(&SHA256, of("code_verifier").as_bytes()));
    let challenge = provider.said.lock().expect("is free").challenge.clone();
    if proof != challenge || of("code") != "the-code" {
        return Err(axum::http::StatusCode::BAD_REQUEST);
    }
    Ok(Json(json!({"access_token": "at", "token_type": "Bearer", "id_token": provider.token()})))
}

/// An app that knows the provider, and an admin beside.
async fn app(provider: &Provider, more: Value) -> (TestApp, SocketAddr) {
    app_at(provider, more, Clock::system()).await
}

async fn app_at(provider: &Provider, more: Value, clock: Clock) -> (TestApp, SocketAddr) {
    let app = TestApp::with_clock(clock).await;
    let mut oidc = json!({"issuer": provider.issuer, "clientId": CLIENT_ID, "name": "Example"});
    for (name, value) in more.as_object().expect("is an object") {
        oidc[name] = value.clone();
    }
    let file = json!({"publicUrl": "http://localhost:1", "oidc": oidc});
    write(&app.data("config/sign-in.json"), file.to_string());
    assert_eq!(app.engine.config.reload(), []);
    add_user(&app, "root", Role::Admin).await;
    let addr = app.serve().await;
    (app, addr)
}

async fn get_page(addr: SocketAddr, path: &str, cookie: &str) -> (u16, String, String) {
    let (status, head, _) = exchange(addr, "GET", path, &[("Accept", "text/html"), ("Cookie", cookie)], "").await;
    let location = head.lines().find_map(|line| line.strip_prefix("location: ").map(str::to_owned)).unwrap_or_default();
    (status, location, set_cookie(&head).unwrap_or_else(|| cookie.to_owned()))
}

fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').expect("has a query").1;
    let found = query.split('&').find_map(|part| part.strip_prefix(&format!("{name}=")));
    percent_encoding::percent_decode_str(found.expect("is there")).decode_utf8().expect("is text").into_owned()
}

/// Goes to the provider and comes back; where that leads, and the cookie.
async fn round(addr: SocketAddr, provider: &Provider, nonce: Option<&str>) -> (String, String) {
    let (status, to, cookie) = get_page(addr, "/sign-in/oidc?next=%2Ftokens", "").await;
    assert_eq!(status, 303, "{to}");
    assert!(to.starts_with(&format!("{}/authorize?", provider.issuer)), "{to}");
    assert_eq!(parameter(&to, "code_challenge_method"), "S256");
    assert_eq!(parameter(&to, "redirect_uri"), "http://localhost:1/sign-in/oidc/callback");
    {
        let mut said = provider.said.lock().expect("is free");
        said.challenge = parameter(&to, "code_challenge");
        said.nonce = nonce.map_or_else(|| parameter(&to, "nonce"), str::to_owned);
    }
    let back = format!("/sign-in/oidc/callback?code=the-code&state={}", parameter(&to, "state"));
    let (_, location, cookie) = get_page(addr, &back, &cookie).await;
    (location, cookie)
}

async fn role(app: &TestApp, name: &str) -> Option<Role> {
    app.engine.store.user(name).await.expect("reads").map(|user| user.role)
}

#[tokio::test]
async fn new_people_get_the_role_of_their_groups_whenever_they_sign_in() {
    let provider = Provider::start().await;
    let roles = json!({"roles": {"ops": "operator", "heads": "admin"}});
    let (app, addr) = app(&provider, roles).await;
    provider.claim(json!({"groups": ["staff", "ops"]}));
    let (to, cookie) = round(addr, &provider, None).await;
    assert_eq!(to, "/tokens");
    assert_eq!(get_page(addr, "/tokens", &cookie).await.0, 200);
    assert_eq!(role(&app, "ada@example.com").await, Some(Role::Operator));
    // Known by subject from now on, whatever the address is; and with other groups another role.
    provider.claim(json!({"groups": ["heads"], "email": "else@example.com"}));
    assert_eq!(round(addr, &provider, None).await.0, "/tokens");
    assert_eq!(role(&app, "ada@example.com").await, Some(Role::Admin));
    assert_eq!(get_page(addr, "/tokens", &cookie).await.0, 303, "what was open under the other role is over");
    provider.claim(json!({"groups": ["staff"]}));
    assert_eq!(round(addr, &provider, None).await.0, PROBLEM, "none of the groups has a role");
}

#[tokio::test]
async fn an_account_is_linked_by_a_verified_address_only() {
    let provider = Provider::start().await;
    let (app, addr) = app(&provider, json!({})).await;
    add_user(&app, "ada", Role::Operator).await;
    let store = &app.engine.store;
    let ada = store.user("ada").await.expect("reads").expect("is there");
    let ada = User { email: Some("ada@example.com".to_owned()), ..ada };
    store.change_user(&ada.name, |user| *user = ada.clone()).await.expect("changes");
    for unverified in [json!({"email_verified": false}), json!({"email_verified": null}), json!({"email": null})] {
        provider.claim(unverified);
        assert_eq!(round(addr, &provider, None).await.0, PROBLEM);
    }
    assert_eq!(store.user("ada").await.expect("reads").and_then(|user| user.identity), None);
    provider.claim(json!({}));
    assert_eq!(round(addr, &provider, None).await.0, "/tokens");
    let identity = Some((provider.issuer.clone(), "s-1".to_owned()));
    assert_eq!(store.user("ada").await.expect("reads").map(|user| user.identity), Some(identity));
    assert_eq!(role(&app, "ada").await, Some(Role::Operator));
    provider.claim(json!({"sub": "s-2"}));
    assert_eq!(round(addr, &provider, None).await.0, PROBLEM, "the address alone takes no linked account over");
}

#[tokio::test]
async fn a_name_that_somebody_has_is_not_taken_over() {
    let provider = Provider::start().await;
    let (app, addr) = app(&provider, json!({"defaultRole": "viewer"})).await;
    provider.claim(json!({"email": null, "preferred_username": "root"}));
    assert_eq!(round(addr, &provider, None).await.0, PROBLEM);
    assert_eq!(role(&app, "root").await, Some(Role::Admin));
}

#[tokio::test]
async fn a_token_that_is_not_for_this_moment_place_and_browser_is_refused() {
    let provider = Provider::start().await;
    let (app, addr) = app(&provider, json!({"defaultRole": "viewer"})).await;
    assert_eq!(round(addr, &provider, Some("another")).await.0, PROBLEM, "nonce");
    let past = Utc::now().timestamp() - 3600;
    for (wrong, claims) in [
        ("audience", json!({"aud": "somebody-else"})),
        ("issuer", json!({"iss": "https://evil.example"})),
        ("time", json!({"exp": past, "iat": past - 300})),
        ("no nonce", json!({"nonce": null})),
    ] {
        provider.claim(claims);
        assert_eq!(round(addr, &provider, None).await.0, PROBLEM, "{wrong}");
    }
    provider.claim(json!({}));
    provider.said.lock().expect("is free").forges = true;
    assert_eq!(round(addr, &provider, None).await.0, PROBLEM, "signature");
    provider.said.lock().expect("is free").forges = false;
    // Another browser's answer, and one to a question nobody asked.
    let (_, to, cookie) = get_page(addr, "/sign-in/oidc", "").await;
    let back = |state: &str| format!("/sign-in/oidc/callback?code=the-code&state={state}");
    let state = parameter(&to, "state");
    assert_eq!(get_page(addr, &back(&state), "").await.1, PROBLEM, "no cookie");
    assert_eq!(get_page(addr, &back("guessed"), &cookie).await.1, PROBLEM, "another state");
    assert_eq!(get_page(addr, &back(&state), &cookie).await.1, PROBLEM, "it is used up by the wrong one");
    assert_eq!(role(&app, "ada@example.com").await, None, "nobody was added");
    assert_eq!(round(addr, &provider, None).await.0, "/tokens", "and the right one comes in");
}

#[tokio::test]
async fn keys_that_were_changed_are_read_again_and_no_more_than_once_a_minute() {
    let provider = Provider::start().await;
    let start = Utc::now();
    let hand = Hand::at(&start.to_rfc3339());
    let (_app, addr) = app_at(&provider, json!({"defaultRole": "viewer"}), hand.clock()).await;
    let asked = || provider.said.lock().expect("is free").key_requests;
    let names = |kid: &'static str| provider.said.lock().expect("is free").kid = kid;
    assert_eq!((round(addr, &provider, None).await.0.as_str(), asked()), ("/tokens", 1));
    hand.set(&(start + TimeDelta::minutes(2)).to_rfc3339());
    names("k2");
    assert_eq!((round(addr, &provider, None).await.0.as_str(), asked()), ("/tokens", 2), "within the hour");
    names("unheard-of");
    for _ in 0..3 {
        assert_eq!((round(addr, &provider, None).await.0.as_str(), asked()), (PROBLEM, 2), "just read");
    }
    hand.set(&(start + TimeDelta::minutes(4)).to_rfc3339());
    assert_eq!((round(addr, &provider, None).await.0.as_str(), asked()), (PROBLEM, 3), "once more, and in vain");
}
