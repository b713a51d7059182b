//! Whatever the bytes are, reading Qwen Code's sessions never panics.
#![no_main]

use allclear::sources::qwen;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = qwen::parse("p/chats/s.jsonl", bytes);
});
