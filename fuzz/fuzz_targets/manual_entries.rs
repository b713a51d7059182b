//! Whatever the bytes are, reading the file of manual entries never panics.
#![no_main]

use allclear::sources::manual;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = manual::parse(text);
    }
});
