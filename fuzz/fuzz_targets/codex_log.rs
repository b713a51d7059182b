//! Whatever the bytes are, reading Codex's logs never panics.
#![no_main]

use allclear::sources::codex;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = codex::parse("2026/11/18/rollout-s.jsonl", bytes);
});
