//! A browser and its push service: it decrypts what comes as the browser would, and can be told to misbehave.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint;
use web_push_native::{Auth, decrypt};

use super::receiver::Mood;

const AUTH: [u8; 16] = *b"sixteen bytes !!";

#[derive(Clone)]
pub(in crate::tests) struct PushService {
    pub(in crate::tests) addr: SocketAddr,
    key: SecretKey,
    got: Arc<Mutex<Vec<Got>>>,
    moods: Arc<Mutex<Vec<Mood>>>,
}

/// What came, opened.
#[derive(Clone, Debug)]
pub(in crate::tests) struct Got {
    pub said: Value,
    pub claims: Value,
    /// The key of the `vapid` header, by which the signature was verified.
    pub sender: String,
    pub headers: HeaderMap,
}

impl PushService {
    pub(in crate::tests) async fn start() -> PushService {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let key = SecretKey::from_slice(&[7; 32]).expect("a key");
        let fake = PushService { addr, key, got: Arc::default(), moods: Arc::default() };
        let app = Router::new().fallback(post(take)).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        fake
    }

    pub(in crate::tests) fn then(&self, moods: &[Mood]) {
        self.moods.lock().expect("is not poisoned").extend(moods);
    }

    pub(in crate::tests) fn endpoint(&self) -> String {
        format!("http://{}/push/canary", self.addr)
    }

    /// As the browser gives it.
    pub(in crate::tests) fn subscription(&self) -> Value {
        let public = self.key.public_key().to_encoded_point(false);
        let keys = json!({"p256dh": BASE64.encode(public.as_bytes()), "auth": BASE64.encode(AUTH)});
        json!({"endpoint": self.endpoint(), "expirationTime": null, "keys": keys})
    }

    pub(in crate::tests) fn got(&self) -> Vec<Got> {
        self.got.lock().expect("is not poisoned").clone()
    }
}

async fn take(State(fake): State<PushService>, headers: HeaderMap, body: Bytes) -> axum::response::Response {
    let opened = decrypt(body.to_vec(), &fake.key, &Auth::clone_from_slice(&AUTH)).expect("is encrypted for it");
    let (claims, sender) = verified(headers["authorization"].to_str().expect("is text"));
    let said = serde_json::from_slice(&opened).expect("is JSON");
    fake.got.lock().expect("is not poisoned").push(Got { said, claims, sender, headers });
    let mood = {
        let mut moods = fake.moods.lock().expect("is not poisoned");
        if moods.is_empty() { Mood::Answers(201, None) } else { moods.remove(0) }
    };
    match mood {
        Mood::Hangs => std::future::pending().await,
        Mood::Answers(status, wish) => {
            let status = StatusCode::from_u16(status).expect("is a status");
            let wish: HeaderMap = wish
                .map(|wish| ("retry-after".parse().expect("a name"), wish.parse().expect("a value")))
                .into_iter()
                .collect();
            (status, wish, "canary words").into_response()
        }
    }
}

/// Verifies the signature by RFC 8292; returns what is signed and by whom.
fn verified(header: &str) -> (Value, String) {
    let (token, key) = header.strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k=")).expect("is VAPID");
    let (signed, signature) = token.rsplit_once('.').expect("is a token");
    let bytes = |text: &str| BASE64.decode(text).expect("is base64url");
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes(key));
    public.verify(signed.as_bytes(), &bytes(signature)).expect("is signed by that key");
    let (head, claims) = signed.split_once('.').expect("has two parts");
    let json = |text: &str| serde_json::from_slice::<Value>(&bytes(text)).expect("is JSON");
    assert_eq!(json(head), json!({"typ": "JWT", "alg": "ES256"}));
    (json(claims), key.to_owned())
}
