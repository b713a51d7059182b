//! Whatever the bytes are, reading a list of clippy messages never panics.
#![no_main]

use allclear::sources::quality::lint;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = lint::clippy::parse(bytes);
});
