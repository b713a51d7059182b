//! Whatever the bytes are, reading an npm audit report never panics.
#![no_main]

use allclear::sources::quality::advisories;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = advisories::parse_npm(bytes);
});
