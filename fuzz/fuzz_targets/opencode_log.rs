//! Whatever the bytes are, reading OpenCode's messages never panics.
#![no_main]

use allclear::sources::opencode;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = opencode::parse("ses_1/msg_1.json", bytes);
});
