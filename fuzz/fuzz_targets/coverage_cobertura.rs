//! Whatever the bytes are, reading a Cobertura report never panics.
#![no_main]

use allclear::sources::quality::coverage;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = coverage::cobertura::parse(bytes);
});
