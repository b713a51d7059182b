//! Random keys, and what is kept of them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

/// 256 bits, as 43 characters that an address and a header may hold.
///
/// # Errors
/// When the system gives no random numbers.
pub(super) fn secret() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A short name of small letters and digits; nothing secret.
///
/// # Errors
/// When the system gives no random numbers.
pub(super) fn short_id() -> anyhow::Result<String> {
    let mut bytes = [0; 5];
    fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What is kept of a key: a key of 128 random bits or more needs no slower hash.
#[must_use]
pub(super) fn hash_of(key: &str) -> String {
    digest(&SHA256, key.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fill(bytes: &mut [u8]) -> anyhow::Result<()> {
    SystemRandom::new().fill(bytes).map_err(|_| anyhow::anyhow!("the system gives no random numbers"))
}
