//! Whatever the bytes are, reading Anthropic's usage report never panics.
#![no_main]

use allclear::sources::anthropic;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = anthropic::usage::parse(bytes);
});
