//! Which sighting of the same usage counts.
//!
//! Claude Code writes a line per content block, each repeating the request's usage, and copies lines into resumed
//! sessions; a sub-agent's file replays its parent's messages under other request ids.
//! The rule is a total order, so it does not matter in which order, how often, or in how many pieces the sightings
//! arrive. It is applied while reading, and again against what is stored.
//!
//! Keys: `message:request` for a sighting, `message:~` for one of a side chain, which is a *shadow*: it counts only
//! while no other sighting of its message is known. Anything after `#` is a separate part of the same sighting.
//! Key parts are escaped, so that neither mark occurs in them and `~` sorts after all of them.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write;

use super::UsageEvent;

/// Appends the key of a sighting to `key`; a side chain's names its message alone.
pub fn push_sighting_key(key: &mut String, message: &str, request: &str, side_chain: bool) {
    key.push_str(&escaped(message));
    key.push(':');
    key.push_str(&if side_chain { "~".into() } else { escaped(request) });
}

/// Printable ASCII below `~`, without the marks.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte < b'~' {
        plain[byte as usize] = !matches!(byte, b':' | b';' | b'#' | b'@' | b'%');
        byte += 1;
    }
    plain
};

/// Replaces the marks of a key, and what sorts at or after `~`, by their percent codes.
#[must_use]
pub fn escaped(part: &str) -> Cow<'_, str> {
    let plain = |byte: u8| PLAIN[usize::from(byte)];
    if part.bytes().all(plain) {
        return part.into();
    }
    let mut out = String::with_capacity(part.len() + 8);
    for byte in part.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02x}");
        }
    }
    out.into()
}

/// Says whether `key` counts only while nothing else of its message is known.
#[must_use]
pub fn is_shadow(key: &str) -> bool {
    // Nothing else of a key can hold the mark, so a plain search for the byte tells.
    key.as_bytes().contains(&b'~')
}

/// The part of a key that all sightings of a message share, with its colon; a key without one is its own.
#[must_use]
pub fn message_prefix(key: &str) -> &str {
    key.find(':').map_or(key, |colon| &key[..=colon])
}

/// Orders two sightings of the same key: the greater one counts. More tokens win, then the one that names what changes
/// its price, then the earliest; the rest only makes the order total.
#[must_use]
pub fn rank(a: &UsageEvent, b: &UsageEvent) -> Ordering {
    (a.tokens.total().cmp(&b.tokens.total()))
        .then_with(|| a.modifiers.len().cmp(&b.modifiers.len()))
        .then_with(|| b.at_ms.cmp(&a.at_ms))
        .then_with(|| b.session.cmp(&a.session))
        .then_with(|| b.project.cmp(&a.project))
        .then_with(|| b.model.cmp(&a.model))
        .then_with(|| a.tokens.cmp(&b.tokens))
        .then_with(|| a.web_searches.cmp(&b.web_searches))
        .then_with(|| a.modifiers.cmp(&b.modifiers))
        .then_with(|| b.basis.cmp(&a.basis))
        .then_with(|| a.cost.cmp(&b.cost))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sighting_key(message: &str, request: &str, side_chain: bool) -> String {
        let mut key = String::new();
        push_sighting_key(&mut key, message, request, side_chain);
        key
    }

    #[test]
    fn shadows_sort_after_every_sighting_of_their_message() {
        let main = sighting_key("msg_01", "req_zzz", false);
        let shadow = sighting_key("msg_01", "req_aaa", true);
        assert!(is_shadow(&shadow) && !is_shadow(&main));
        assert!(main < shadow);
        assert_eq!(message_prefix(&main), message_prefix(&shadow));
        assert!(sighting_key("m", "~é\u{7f}", false) < sighting_key("m", "", true));
    }

    #[test]
    fn hostile_ids_cannot_pose_as_other_keys() {
        assert_ne!(sighting_key("a:b", "c", false), sighting_key("a", "b:c", false));
        assert!(!is_shadow(&sighting_key("a", "~", false)));
        assert_eq!(message_prefix(&sighting_key("a:~", "x", false)), "a%3a%7e:");
    }
}
