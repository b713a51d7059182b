//! Whatever the bytes are, reading Gemini CLI's sessions never panics, as a document or as lines.
#![no_main]

use allclear::sources::gemini;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for name in ["p/chats/session-s.json", "p/chats/session-s.jsonl"] {
        let _ = gemini::parse(name, bytes);
    }
});
