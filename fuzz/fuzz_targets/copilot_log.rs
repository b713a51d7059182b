//! Whatever the bytes are, reading Copilot CLI's sessions never panics.
#![no_main]

use allclear::sources::copilot;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = copilot::parse("s/events.jsonl", bytes);
});
