//! A key from the environment, in a type that shows it to nobody.
//!
//! There is no `Display`, `Debug` prints `***`, and the memory is wiped. A key leaves in three ways only: as a header that
//! is marked sensitive ([`Secret::header`]), as what is searched for when somebody else's text is cleaned of it
//! ([`Secret::hide_in`]), and bare, for a channel whose address or body is the key ([`Secret::expose`]). An error names the variable, never the value; and never the path in `NAME_FILE` either,
//! because a key that was put there by mistake would be in it.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use axum::http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// Far more than any key has; a `NAME_FILE` that names a log or a device is not read to its end.
const LONGEST: u64 = 16 * 1024;

/// What stands where a key stood.
const HIDDEN: &str = "***";

/// A key and the name of the variable it came from.
#[derive(Clone)]
pub struct Secret {
    name: String,
    value: SecretString,
}

/// Why a key cannot be used, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("{name} and {name}_FILE are both set: remove one of them")]
    Both { name: String },
    #[error("the file named by {name}_FILE cannot be read: {reason}; check the path and its permissions")]
    Unreadable { name: String, reason: String },
    #[error("{name} holds something that is not text: set it again")]
    NotText { name: String },
    #[error("the file named by {name}_FILE is too large for a key: check the path")]
    TooLong { name: String },
    #[error("{name} holds a character that no key has, such as a line break or an accented letter: copy the key again")]
    NotAHeader { name: String },
}

impl Secret {
    /// Reads the variable `name`, or the file that the variable `name_FILE` names. Nothing, or nothing but blanks, is
    /// `None`.
    ///
    /// # Errors
    /// When there is something that cannot be read.
    pub fn read(name: &str) -> Result<Option<Secret>, SecretError> {
        Secret::look_up(name, |name| std::env::var_os(name))
    }

    /// Takes a key from elsewhere; `name` is what errors call it. `None` when it is blank.
    #[must_use]
    pub fn new(name: &str, value: &str) -> Option<Secret> {
        let value = value.trim();
        (!value.is_empty()).then(|| Secret { name: name.to_owned(), value: SecretString::from(value) })
    }

    /// Reads a file that holds a key and nothing else; `name` is what errors call it. `None` when it is blank.
    ///
    /// # Errors
    /// When it cannot be read; the path is not in the message.
    pub fn in_file(name: &str, path: &Path) -> Result<Option<Secret>, SecretError> {
        Ok(Secret::new(name, from_file(name, &path.as_os_str().to_owned())?.expose_secret()))
    }

    /// The key itself, for what is sent to its owner: never for a message, a log or a page.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.value.expose_secret()
    }

    /// The name of the variable, for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the value of a header, marked sensitive: `prefix` (`"Bearer "` or nothing) and the key.
    ///
    /// # Errors
    /// When the key holds a character that a header cannot.
    pub fn header(&self, prefix: &str) -> Result<HeaderValue, SecretError> {
        let not_a_header = || SecretError::NotAHeader { name: self.name.clone() };
        let text = SecretString::from(format!("{prefix}{}", self.value.expose_secret()));
        // A header may hold bytes beyond ASCII; a key that does was copied wrongly.
        if !text.expose_secret().is_ascii() {
            return Err(not_a_header());
        }
        let mut value = HeaderValue::from_str(text.expose_secret()).map_err(|_| not_a_header())?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Returns somebody else's text without the key: whole, and in pieces of eight characters or more, because
    /// providers like to say which key they refused.
    #[must_use]
    pub fn hide_in(&self, text: &str) -> String {
        let key = self.value.expose_secret();
        let text = text.replace(key, HIDDEN);
        let pieces = text.split(|c: char| !is_of_a_key(c)).filter(|piece| piece.len() >= 8 && key.contains(piece));
        let pieces: Vec<String> = pieces.map(str::to_owned).collect();
        pieces.iter().fold(text, |text, piece| text.replace(piece, HIDDEN))
    }

    fn look_up(name: &str, variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<Secret>, SecretError> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        match (set(name), set(&format!("{name}_FILE"))) {
            (Some(_), Some(_)) => Err(SecretError::Both { name: name.to_owned() }),
            (Some(value), None) => match value.to_str() {
                Some(value) => Ok(Secret::new(name, value)),
                None => Err(SecretError::NotText { name: name.to_owned() }),
            },
            (None, Some(path)) => Ok(Secret::new(name, from_file(name, &path)?.expose_secret())),
            (None, None) => Ok(None),
        }
    }
}

fn from_file(name: &str, path: &OsString) -> Result<SecretString, SecretError> {
    let name = || name.to_owned();
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text));
    let text = SecretString::from(text);
    match read {
        Ok(bytes) if bytes as u64 > LONGEST => Err(SecretError::TooLong { name: name() }),
        Ok(_) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => Err(SecretError::NotText { name: name() }),
        // The kind alone: a message may one day hold the path.
        Err(error) => Err(SecretError::Unreadable { name: name(), reason: error.kind().to_string() }),
    }
}

/// Whether keys are made of such characters.
fn is_of_a_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={HIDDEN}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sk-ant-admin01-canary-R2D2C3PO";

    fn read(variables: &[(&str, &str)]) -> Result<Option<Secret>, SecretError> {
        Secret::look_up("A_KEY", |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        })
    }

    fn value(secret: Option<Secret>) -> Option<String> {
        secret.map(|secret| secret.value.expose_secret().to_owned())
    }

    fn file(content: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), content).expect("writes");
        file
    }

    fn read_file(content: impl AsRef<[u8]>) -> Result<Option<Secret>, SecretError> {
        read(&[("A_KEY_FILE", file(content).path().to_str().expect("is text"))])
    }

    #[test]
    fn a_key_comes_from_the_variable_or_from_the_file_it_names_without_blanks_around_it() {
        assert_eq!(value(read(&[("A_KEY", " sk-1\n")]).expect("reads")).as_deref(), Some("sk-1"));
        assert_eq!(value(read_file("sk-2\r\n").expect("reads")).as_deref(), Some("sk-2"));
        assert_eq!(value(read(&[("A_KEY", "sk-1"), ("A_KEY_FILE", "")]).expect("reads")).as_deref(), Some("sk-1"));
    }

    #[test]
    fn an_empty_key_is_no_key() {
        for variables in [&[][..], &[("A_KEY", "")], &[("A_KEY", " \n")], &[("A_KEY_FILE", "")]] {
            assert!(read(variables).expect("reads").is_none(), "{variables:?}");
        }
        assert!(read_file("\n").expect("reads").is_none());
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_variable_and_never_by_its_value() {
        let both = read(&[("A_KEY", KEY), ("A_KEY_FILE", KEY)]).expect_err("is ambiguous");
        let not_a_path = read(&[("A_KEY_FILE", KEY)]).expect_err("is a key, not a path");
        let too_long = read_file("k".repeat(20_000)).expect_err("is too long");
        let not_text = read_file([0xff, 0xfe]).expect_err("is not text");
        for error in [&both, &not_a_path, &too_long, &not_text] {
            assert!(error.to_string().contains("A_KEY"), "{error}");
            assert!(!format!("{error} {error:?}").contains(KEY), "{error}");
        }
        assert!(matches!(not_a_path, SecretError::Unreadable { .. }));
    }

    #[test]
    fn a_key_that_cannot_be_a_header_is_an_error_that_names_the_variable() {
        for bad in ["sk-canary\nsk-canary", "sk-canäry", "sk-canary\u{0}"] {
            let secret = Secret::new("A_KEY", bad).expect("is there");
            let error = secret.header("Bearer ").expect_err("is no header").to_string();
            assert!(error.contains("A_KEY") && !error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn a_key_is_shown_to_nobody_and_its_header_is_sensitive() {
        let secret = Secret::new("A_KEY", KEY).expect("is there");
        let header = secret.header("Bearer ").expect("is a header");
        assert_eq!(header.to_str().expect("is text"), format!("Bearer {KEY}"));
        assert!(header.is_sensitive());
        assert_eq!(format!("{secret:?} {header:?}"), "A_KEY=*** Sensitive");
    }

    #[test]
    fn a_key_is_hidden_in_the_text_of_others_also_when_they_quote_a_piece() {
        let secret = Secret::new("A_KEY", KEY).expect("is there");
        for (text, hidden) in [
            (format!("bad key {KEY}!"), "bad key ***!"),
            (format!("bad key {}...", &KEY[..14]), "bad key ***..."),
            (format!("bad key ...{}", &KEY[KEY.len() - 8..]), "bad key ...***"),
            ("an admin key is needed".to_owned(), "an admin key is needed"),
        ] {
            assert_eq!(secret.hide_in(&text), hidden);
        }
    }
}
