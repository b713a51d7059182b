//! The second factor: codes of an authenticator app, and recovery codes for who has lost it. A code counts once.

use base64::Engine as _;
use qrcodegen::{QrCode, QrCodeEcc};
use totp_rs::{Builder, Secret, Totp};

use super::random::{hash_of, secret};

/// Codes that are handed out; each counts once.
const RECOVERY_CODES: usize = 10;
const ISSUER: &str = "Allclear";

/// The place a secret is sealed for.
pub(super) fn place(name: &str) -> String {
    format!("user/{name}/totp")
}

/// Makes a secret for an authenticator app, as people type it.
pub(super) fn new_secret() -> String {
    Secret::generate().to_base32()
}

fn of(name: &str, base32: &str) -> anyhow::Result<Totp> {
    let secret =
        Secret::try_from_base32(base32).map_err(|error| anyhow::anyhow!("reading a second factor: {error}"))?;
    let totp = Builder::new().with_secret(secret).with_issuer(Some(ISSUER)).with_account_name(name).build();
    totp.map_err(|error| anyhow::anyhow!("reading a second factor: {error}"))
}

/// The step a code belongs to, when it is one of this moment.
pub(super) fn step_of(name: &str, base32: &str, code: &str, now_ms: i64) -> anyhow::Result<Option<i64>> {
    let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let seconds = u64::try_from(now_ms / 1000).unwrap_or(0);
    Ok(of(name, base32)?.check(&code, seconds).and_then(|step| i64::try_from(step).ok()))
}

/// The address an authenticator app reads.
pub(super) fn link(name: &str, base32: &str) -> anyhow::Result<String> {
    of(name, base32)?.to_url().map_err(|error| anyhow::anyhow!("naming a second factor: {error}"))
}

/// An address as the modules of a QR code: its size, and the path of the dark ones.
pub(super) fn qr(link: &str) -> Option<(i32, String)> {
    let code = QrCode::encode_text(link, QrCodeEcc::Medium).ok()?;
    let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let path = dark.filter(|(x, y)| code.get_module(*x, *y)).map(|(x, y)| format!("M{x} {y}h1v1h-1z")).collect();
    Some((code.size(), path))
}

/// Makes recovery codes: what people write down, and what is kept of them.
pub(super) fn recovery_codes() -> anyhow::Result<Vec<(String, String)>> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let key = secret()?;
            let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&key)?;
            let letters: String =
                bytes.iter().take(LETTERS_OF_CODE).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
            let code = [&letters[..4], &letters[4..8], &letters[8..12], &letters[12..]].join("-");
            let kept = recovery_hash(&code);
            Ok((code, kept))
        })
        .collect()
}

/// Five bits each, so 80 bits: what is kept of a code is a plain hash, which is as good as the code is long.
const LETTERS_OF_CODE: usize = 16;

/// Letters and digits that are not mistaken for each other.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// What is kept of a recovery code, however it is typed.
pub(super) fn recovery_hash(code: &str) -> String {
    hash_of(&code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_of_its_step_or_the_one_beside_it_and_of_its_own_secret() {
        let (mine, other) = (new_secret(), new_secret());
        let now = 1_763_762_400_000;
        let code = of("ada", &mine).expect("reads").generate(1_763_762_400).to_string();
        let step = step_of("ada", &mine, &code, now).expect("reads");
        assert_eq!(step, Some(1_763_762_400 / 30));
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert_eq!(step_of("ada", &mine, &spaced, now + 30_000).expect("reads"), step);
        assert_eq!(step_of("ada", &mine, &code, now + 90_000).expect("reads"), None);
        assert_eq!(step_of("ada", &other, &code, now).expect("reads"), None);
        assert_eq!(step_of("ada", &mine, "", now).expect("reads"), None);
    }

    #[test]
    fn recovery_codes_differ_and_are_read_however_they_are_typed() {
        let codes = recovery_codes().expect("makes");
        let kept: std::collections::BTreeSet<_> = codes.iter().map(|(_, kept)| kept).collect();
        assert_eq!((codes.len(), kept.len()), (RECOVERY_CODES, RECOVERY_CODES));
        let (code, kept) = &codes[0];
        assert_eq!(recovery_hash(&code.to_uppercase().replace('-', " ")), *kept);
        let letters = code.bytes().filter(|letter| LETTERS.contains(letter)).count();
        assert!(letters * 5 >= 80, "{letters} letters of five bits");
    }

    #[test]
    fn the_code_to_scan_holds_the_link() {
        let link = link("ada", &new_secret()).expect("is a link");
        assert!(link.starts_with("otpauth://totp/Allclear:ada?"), "{link}");
        assert!(qr(&link).is_some_and(|(size, path)| size > 20 && path.starts_with("M0 0h1v1h-1z")));
    }
}
