//! Whatever the bytes are, reading an LCOV tracefile never panics.
#![no_main]

use allclear::sources::quality::coverage;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = coverage::lcov::parse(bytes);
});
