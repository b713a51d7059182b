//! Whatever the bytes are, reading an Istanbul summary never panics.
#![no_main]

use allclear::sources::quality::coverage;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = coverage::istanbul::parse(bytes);
});
