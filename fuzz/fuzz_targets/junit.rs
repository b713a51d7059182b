//! Whatever the bytes are, reading a JUnit report never panics.
#![no_main]

use allclear::sources::quality::junit;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = junit::parse(bytes);
});
