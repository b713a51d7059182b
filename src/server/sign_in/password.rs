//! Passwords: which are good enough, and how they are hashed. A hash costs 20 MB and tens of milliseconds on purpose, so
//! only a few are computed at a time.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

const SHORTEST: usize = 12;
const LONGEST: usize = 1024;
/// OWASP's minimum for Argon2id.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
/// Passwords everybody tries first, of those that are long enough.
const COMMON: &str = include_str!("common.txt");

/// What unknown names are measured against, so that they take as long as known ones.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash("a password that nobody has").ok());

/// Says what is wrong with a new password.
///
/// # Errors
/// A sentence with the remedy.
pub(crate) fn check_password(password: &str, name: &str) -> Result<(), String> {
    let small = password.to_lowercase();
    if password.len() < SHORTEST {
        return Err(format!("A password has at least {SHORTEST} characters; a sentence is a good one."));
    }
    if password.len() > LONGEST {
        return Err(format!("A password has at most {LONGEST} bytes."));
    }
    let same = password.chars().all(|letter| password.starts_with(letter));
    if same || COMMON.lines().any(|common| common == small) || (!name.is_empty() && small.replace(name, "").len() < 4) {
        return Err("That password is one of the first that are tried; choose another.".to_owned());
    }
    Ok(())
}

/// Hashes a password, for a command that has nothing else to do.
///
/// # Errors
/// When the system gives no random numbers.
pub(crate) fn hash_password(password: &str) -> anyhow::Result<String> {
    hash(password)
}

fn hash(password: &str) -> anyhow::Result<String> {
    let hashed = argon2()?.hash_password(password.as_bytes());
    Ok(hashed.map_err(|error| anyhow::anyhow!("hashing failed: {error}"))?.to_string())
}

fn argon2() -> anyhow::Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|error| anyhow::anyhow!("hashing: {error}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// What came of comparing a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    Wrong,
    Right,
    /// Right, and hashed by other parameters than today's: this is the hash to keep.
    Rehashed(String),
}

/// Hashes a few passwords at a time, away from the threads that answer.
#[derive(Debug)]
pub(super) struct Hashing {
    turns: Arc<Semaphore>,
}

impl Default for Hashing {
    fn default() -> Hashing {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Hashing { turns: Arc::new(Semaphore::new(cores.min(4))) }
    }
}

impl Hashing {
    pub(super) async fn hash(&self, password: String) -> anyhow::Result<String> {
        self.work(move || hash(&password)).await
    }

    /// Compares a password with a hash; without one it takes as long, and is wrong.
    pub(super) async fn compare(&self, password: String, hashed: Option<String>) -> anyhow::Result<Compared> {
        self.work(move || compare(&password, hashed.as_deref())).await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let turn = self.turns.clone().acquire_owned().await?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await?
    }
}

fn compare(password: &str, hashed: Option<&str>) -> anyhow::Result<Compared> {
    let Some(text) = hashed.or(NOBODY.as_deref()) else { return Ok(Compared::Wrong) };
    let parsed = PasswordHash::new(text).map_err(|error| anyhow::anyhow!("a password's hash is damaged: {error}"))?;
    let is_right = password.len() <= LONGEST && argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
    if !is_right || hashed.is_none() {
        return Ok(Compared::Wrong);
    }
    let today = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$");
    Ok(if text.starts_with(&today) { Compared::Right } else { Compared::Rehashed(hash(password)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "seven geese over the lake";

    #[test]
    fn short_long_and_common_ones_are_refused_and_a_sentence_is_fine() {
        assert_eq!(check_password(GOOD, "ada"), Ok(()));
        assert_eq!(check_password(&"ab".repeat(512), "ada"), Ok(()));
        for bad in
            ["elevenbytes", &"ab".repeat(513), "aaaaaaaaaaaaaaaa", "Password1234", "administrator", "qwertyuiop123"]
        {
            assert!(check_password(bad, "ada").is_err(), "{bad}");
        }
        assert!(check_password("ada.lovelaceada.lovelace1", "ada.lovelace").is_err(), "it is the name");
    }

    #[test]
    fn a_password_is_right_with_its_own_hash_only_and_nobody_has_one() {
        let hashed = hash(GOOD).expect("hashes");
        assert!(!hashed.contains("geese") && hash(GOOD).expect("hashes") != hashed, "salted");
        assert_eq!(compare(GOOD, Some(&hashed)).expect("compares"), Compared::Right);
        assert_eq!(compare("seven geese over the lak", Some(&hashed)).expect("compares"), Compared::Wrong);
        assert_eq!(compare("a password that nobody has", None).expect("compares"), Compared::Wrong);
        assert!(compare(GOOD, Some("$argon2id$nonsense")).is_err());
    }

    #[test]
    fn a_hash_of_other_parameters_is_made_anew() {
        let params = Params::new(8, 1, 1, None).expect("are parameters");
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let weak = weak.hash_password(GOOD.as_bytes()).expect("hashes").to_string();
        let Compared::Rehashed(strong) = compare(GOOD, Some(&weak)).expect("compares") else { panic!("is weak") };
        assert_eq!(compare(GOOD, Some(&strong)).expect("compares"), Compared::Right);
        assert_eq!(compare("wrong, and long enough", Some(&weak)).expect("compares"), Compared::Wrong);
    }
}
