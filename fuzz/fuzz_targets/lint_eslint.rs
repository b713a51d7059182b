//! Whatever the bytes are, reading an ESLint report never panics.
#![no_main]

use allclear::sources::quality::lint;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = lint::eslint::parse(bytes);
});
