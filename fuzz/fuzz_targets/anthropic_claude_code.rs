//! Whatever the bytes are, reading the Claude Code analytics report never panics.
#![no_main]

use allclear::sources::anthropic;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = anthropic::claude_code::parse(bytes);
});
