//! Keys that people type in, sealed before they are stored: a copied database or backup gives none of them away.
//!
//! XChaCha20-Poly1305 with a random nonce. What a text belongs to is sealed with it, so that it opens nowhere else. The
//! key lies in a file of its own (`data/.key`, or the one that `ALLCLEAR_KEY_FILE` names), readable by its owner only, and
//! never in the database. Nothing here prints, logs or serialises what it opened.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ring::rand::{SecureRandom, SystemRandom};

use super::Secret;

const KEY_FILE: &str = ".key";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// Names the key and the cipher in a sealed text, for the day there is a second.
const VERSION: &str = "v1:";

/// Seals and opens, with one key.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
}

impl Vault {
    /// Opens the vault of a data folder; makes its key when there is none.
    ///
    /// # Errors
    /// When the key file cannot be read or written, or holds no key: what was sealed with another key stays shut.
    pub fn open(data_dir: &Path) -> Result<Vault> {
        let named = std::env::var_os("ALLCLEAR_KEY_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
        let path = named.unwrap_or_else(|| data_dir.join(KEY_FILE));
        let key = match std::fs::read(&path) {
            Ok(text) => BASE64.decode(text.trim_ascii()).ok().filter(|key| key.len() == KEY_BYTES),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(make_key(&path)?),
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        };
        let Some(key) = key else {
            bail!("{} holds no key: put the file from your backup back", path.display());
        };
        let cipher = XChaCha20Poly1305::new_from_slice(&key).map_err(|_| anyhow!("the key has the wrong length"))?;
        Ok(Vault { cipher })
    }

    /// Seals a text for the place it belongs to (`"client/bistro/secret"`).
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn seal(&self, place: &str, text: &str) -> Result<String> {
        let mut nonce = [0; NONCE_BYTES];
        fill(&mut nonce)?;
        let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| anyhow!("sealing failed"))?;
        Ok(format!("{VERSION}{}", BASE64.encode([&nonce[..], &sealed].concat())))
    }

    /// Opens what was sealed for this place; `name` is what errors call it.
    ///
    /// # Errors
    /// When it was sealed for another place or with another key, or was changed since.
    pub fn unseal(&self, place: &str, name: &str, sealed: &str) -> Result<Secret> {
        let shut = || anyhow!("{name} cannot be opened with this key: enter it again, or put the key file back");
        let bytes = sealed.strip_prefix(VERSION).and_then(|text| BASE64.decode(text).ok()).ok_or_else(shut)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(shut)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let text = self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| shut())?;
        let text = String::from_utf8(text).map_err(|_| shut())?;
        Secret::new(name, &text).ok_or_else(shut)
    }
}

/// Makes a key that only the owner of the process can read. Two that start at once agree on one: the file is made whole
/// under its name, or not at all.
fn make_key(path: &Path) -> Result<Vec<u8>> {
    let mut key = [0; KEY_BYTES];
    fill(&mut key)?;
    // Two that start at once may be one process.
    let draft = path.with_extension(format!("key-{:016x}", fastrand::u64(..)));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft).with_context(|| format!("writing {}", draft.display()))?;
    writeln!(file, "{}", BASE64.encode(key))?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Ok(()) => Ok(key.to_vec()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let text = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
            BASE64.decode(text.trim_ascii()).with_context(|| format!("{} holds no key", path.display()))
        }
        Err(error) => Err(error).with_context(|| format!("writing {}", path.display())),
    }
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    SystemRandom::new().fill(bytes).map_err(|_| anyhow!("the system gives no random numbers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "toast-canary-R2D2";

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[test]
    fn what_was_sealed_opens_again_also_in_the_next_process_and_shows_nothing() {
        let folder = folder();
        let sealed = Vault::open(folder.path()).expect("opens").seal("a", KEY).expect("seals");
        assert!(!sealed.contains(KEY));
        let vault = Vault::open(folder.path()).expect("opens");
        assert_eq!(vault.unseal("a", "the secret", &sealed).expect("opens").expose(), KEY);
        assert_ne!(vault.seal("a", KEY).expect("seals"), sealed, "never the same twice");
    }

    #[test]
    fn it_opens_for_its_place_only_and_not_when_it_was_changed_or_the_key_is_another() {
        let (here, elsewhere) = (folder(), folder());
        let vault = Vault::open(here.path()).expect("opens");
        let sealed = vault.seal("client/a", KEY).expect("seals");
        let mut changed = sealed.clone();
        changed.replace_range(40..41, if &sealed[40..41] == "A" { "B" } else { "A" });
        let other = Vault::open(elsewhere.path()).expect("opens");
        for refused in [
            vault.unseal("client/b", "the secret", &sealed),
            vault.unseal("client/a", "the secret", &changed),
            vault.unseal("client/a", "the secret", ""),
            other.unseal("client/a", "the secret", &sealed),
        ] {
            let error = refused.expect_err("stays shut").to_string();
            assert!(error.contains("the secret") && !error.contains(KEY), "{error}");
        }
    }

    #[test]
    fn a_key_file_that_holds_no_key_is_never_written_over() {
        let folder = folder();
        std::fs::write(folder.path().join(KEY_FILE), "oops").expect("writes");
        assert!(Vault::open(folder.path()).is_err());
        assert_eq!(std::fs::read_to_string(folder.path().join(KEY_FILE)).expect("is there"), "oops");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder();
        Vault::open(folder.path()).expect("opens");
        let mode = std::fs::metadata(folder.path().join(KEY_FILE)).expect("is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
