//! Whatever the bytes are, reading OpenRouter's activity never panics.
#![no_main]

use allclear::sources::openrouter;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = openrouter::parse(bytes);
});
