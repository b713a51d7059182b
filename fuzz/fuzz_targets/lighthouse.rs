//! Whatever the bytes are, reading a Lighthouse report never panics.
#![no_main]

use allclear::sources::quality::lighthouse;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = lighthouse::parse(bytes);
});
