//! What a server said, made fit to be shown, logged and stored: short, on one line, and without a key.

use crate::config::Secret;

/// Enough for a sentence; an error page would bury the cause.
const LONGEST: usize = 200;

/// Cleans text that came from outside. The key goes first: cut before, the rest of it could no longer be recognised.
pub(super) fn clean(text: &str, key: Option<&Secret>) -> String {
    let text = key.map_or_else(|| text.to_owned(), |key| key.hide_in(text));
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let text = words.into_iter().map(without_any_key).collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}

/// Providers mention keys that are not ours, or ours with its middle starred out: `sk-ant-R2D...igAA`.
fn without_any_key(word: &str) -> String {
    let begins = |start: &usize| !word[..*start].ends_with(char::is_alphanumeric);
    match word.match_indices("sk-").map(|(start, _)| start).find(begins) {
        Some(start) => {
            let rest = word[start..].trim_start_matches(|c: char| c.is_alphanumeric() || "-_.*…".contains(c));
            format!("{}***{rest}", &word[..start])
        }
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let key = Secret::new("A_KEY", "canary-0123456789");
        assert_eq!(clean(text, key.as_ref()), expected);
    }

    #[test]
    fn text_is_one_line_without_control_characters() {
        check("  too\r\nmany\u{1b}[31m\trequests\u{0} ", "too many [31m requests");
    }

    #[test]
    fn a_key_is_gone_ours_or_not() {
        check("Incorrect API key: sk-admin-****abcd.", "Incorrect API key: ***");
        check(
            "(sk-ant-api03-R2D...igAA) and 'sk-or-v1-0e6', no risk-free desk-",
            "(***) and '***', no risk-free desk-",
        );
        check("no canary-0123456789 here", "no *** here");
    }

    #[test]
    fn long_text_is_cut_after_the_key_was_taken_out() {
        check(&"é".repeat(300), &format!("{}…", "é".repeat(200)));
        let filling = "x".repeat(190);
        check(&format!("{filling} canary-0123456789"), &format!("{filling} ***"));
    }
}
